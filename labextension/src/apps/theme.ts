/** How JupyterLab looks, in the words apps understand: light or dark, and the style variables of MCP Apps. */

import type {
	McpUiHostContext,
	McpUiStyleVariableKey,
} from "@modelcontextprotocol/ext-apps/app-bridge";
import { element } from "../dom";
import type { Unsubscribe } from "../host";

/** Variables of the base sheet, by name. */
const ours = (name: string) => `var(--jcn-${name})`;

const mixed = (name: string, share: number, other = "back") =>
	`color-mix(in srgb, ${ours(name)} ${share}%, ${ours(other)})`;

const PURE = {
	"background-primary": "back",
	"background-secondary": "soft",
	"background-inverse": "strong",
	"text-primary": "strong",
	"text-secondary": "text",
	"text-tertiary": "muted",
	"text-inverse": "back",
	"text-ghost": "muted",
	"border-primary": "edge",
	"border-secondary": "line",
	"border-inverse": "back",
	"ring-primary": "brand",
	"ring-secondary": "edge",
	"ring-inverse": "back",
};

const TONES = {
	info: "brand",
	danger: "bad",
	success: "good",
	warning: "care",
};

/** Colours by variable, as a view of ours would write them. */
function colours(): readonly (readonly [string, string])[] {
	const found: [string, string][] = [
		["background-tertiary", mixed("strong", 10)],
		["background-ghost", "transparent"],
		["background-disabled", mixed("strong", 8)],
		["text-disabled", mixed("strong", 45)],
		["border-tertiary", mixed("line", 55)],
		["border-ghost", "transparent"],
		["border-disabled", mixed("line", 55)],
	];
	for (const [name, tone] of Object.entries(PURE)) {
		found.push([name, ours(tone)]);
	}
	for (const [name, tone] of Object.entries(TONES)) {
		found.push(
			[`background-${name}`, mixed(tone, 12)],
			[`text-${name}`, mixed(tone, 70, "strong")],
			[`border-${name}`, mixed(tone, 45)],
			[`ring-${name}`, ours(tone)],
		);
	}
	return found;
}

/** Sizes of text: the share of the page's own, and the height of a line. */
const SIZES: readonly (readonly [string, number, number])[] = [
	["text-xs", 0.85, 1.4],
	["text-sm", 0.92, 1.45],
	["text-md", 1, 1.5],
	["text-lg", 1.15, 1.5],
	["heading-xs", 1, 1.4],
	["heading-sm", 1.15, 1.4],
	["heading-md", 1.3, 1.35],
	["heading-lg", 1.55, 1.3],
	["heading-xl", 1.85, 1.25],
	["heading-2xl", 2.3, 1.2],
	["heading-3xl", 2.8, 1.15],
];

const PLAIN = {
	"--font-weight-normal": "400",
	"--font-weight-medium": "500",
	"--font-weight-semibold": "600",
	"--font-weight-bold": "700",
	"--border-radius-xs": "2px",
	"--border-radius-sm": "2px",
	"--border-radius-md": "4px",
	"--border-radius-lg": "6px",
	"--border-radius-xl": "8px",
	"--border-radius-full": "9999px",
	"--border-width-regular": "1px",
};

const SHADOWS: readonly (readonly [string, string])[] = [
	["hairline", "0 0 0 1px"],
	["sm", "0 1px 2px 0"],
	["md", "0 2px 6px 0"],
	["lg", "0 6px 16px 0"],
];

export type Look = Required<Pick<McpUiHostContext, "theme" | "styles">>;

/** How the page looks where `root`, a view of ours, stands. */
export function lookOf(root: HTMLElement): Look {
	const probe = element("div", "");
	probe.hidden = true;
	const dyed = colours().map(([name, colour]) => {
		const drop = element("i", "");
		drop.style.color = colour;
		probe.append(drop);
		return [name, drop] as const;
	});
	root.append(probe);
	const variables: Record<string, string> = { ...PLAIN };
	for (const [name, drop] of dyed) {
		variables[`--color-${name}`] = getComputedStyle(drop).color;
	}
	const back = rgb(variables["--color-background-primary"] ?? "");
	probe.remove();
	const own = getComputedStyle(root);
	variables["--font-sans"] = own.fontFamily;
	variables["--font-mono"] =
		own.getPropertyValue("--jcn-mono").trim() || "monospace";
	const size = Number.parseFloat(own.fontSize) || 13;
	for (const [name, share, line] of SIZES) {
		variables[`--font-${name}-size`] =
			`${Math.round(size * share * 10) / 10}px`;
		variables[`--font-${name}-line-height`] = String(line);
	}
	const theme = isDark(back) ? "dark" : "light";
	const shade = theme === "dark" ? "rgb(0 0 0 / 0.5)" : "rgb(0 0 0 / 0.15)";
	for (const [name, where] of SHADOWS) {
		variables[`--shadow-${name}`] = `${where} ${shade}`;
	}
	return {
		theme,
		styles: {
			variables: variables as Record<McpUiStyleVariableKey, string>,
		},
	};
}

/** Calls back when the page may look otherwise than before. */
export function onLook(changed: () => void): Unsubscribe {
	let frame = 0;
	// A theme comes as a style sheet; what it does shows in the next frame.
	const soon = () => {
		cancelAnimationFrame(frame);
		frame = requestAnimationFrame(changed);
	};
	const observer = new MutationObserver(soon);
	for (const node of [document.documentElement, document.body]) {
		observer.observe(node, {
			attributes: true,
			attributeFilter: [
				"class",
				"style",
				"theme",
				"data-jp-theme-name",
				"data-jp-theme-light",
				"data-vscode-theme-kind",
				"data-vscode-theme-id",
			],
		});
	}
	document.head.addEventListener("load", soon, { capture: true });
	const dark = matchMedia("(prefers-color-scheme: dark)");
	dark.addEventListener("change", soon);
	return () => {
		cancelAnimationFrame(frame);
		observer.disconnect();
		document.head.removeEventListener("load", soon, { capture: true });
		dark.removeEventListener("change", soon);
	};
}

/** Red, green and blue from 0 to 1, of a colour as the browser computes it. */
export function rgb(colour: string): readonly number[] {
	const found = (colour.match(/[\d.]+(?:e-?\d+)?/g) ?? []).map(Number);
	const [red = 1, green = 1, blue = 1] = found;
	const most = colour.startsWith("rgb") ? 255 : 1;
	return [red, green, blue].map((each) => each / most);
}

/** True for a background on which text is light. */
export function isDark([red = 1, green = 1, blue = 1]: readonly number[]) {
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.45;
}
