/** Which tools a model is sent: for the notebook, and for one connector. */

import { attributes, element, setText, show } from "../dom";
import { grouped, visible } from "../text";
import type { Home } from "./home";
import {
	type Connected,
	type Cost,
	MODES,
	type Mode,
	type Modes,
} from "./state";
import type { Words } from "./words";

/** The mode's name. */
export function modeWords(words: Words, mode: Mode): string {
	const all: Record<Mode, string> = {
		auto: words.__("Auto"),
		always: words.__("Always available"),
		"on-demand": words.__("On demand"),
	};
	return all[mode];
}

/** "~2,310 tokens"; "at most 900" where it depends on the question. */
export function costWords(words: Words, { tokens, most }: Cost): string {
	return most
		? words.__("≤ %1 tokens", grouped(tokens))
		: words.__("~%1 tokens", grouped(tokens));
}

/** The three modes of the notebook as one choice, each with what it costs. */
export function accessOf(home: Home) {
	const { words } = home;
	const says = element("div", "jcn-muted jcn-says");
	const choices = MODES.map((mode) => {
		const input = element("input", "");
		attributes(input, { type: "radio", name: "jcn-access", value: mode });
		input.addEventListener("change", () => {
			if (input.checked) void home.act({ type: "mode", mode });
		});
		const cost = element("span", "jcn-muted jcn-cost");
		const name = element("span", "", modeWords(words, mode));
		const node = element("label", "jcn-choice", input, name, cost);
		return { mode, input, cost, node };
	});
	const node = element(
		"fieldset",
		"jcn-access",
		element("legend", "", words.__("Tools sent to the model")),
		...choices.map((each) => each.node),
		says,
	);
	return {
		node,
		update(modes: Modes | undefined, used: boolean) {
			show(node, used && modes !== undefined);
			if (modes === undefined) return;
			for (const { mode, input, cost } of choices) {
				const choice = modes.choices.find((each) => each.mode === mode);
				input.checked = modes.mode === mode;
				setText(
					cost,
					choice === undefined ? "" : costWords(words, choice.cost),
				);
			}
			const chosen = modes.choices.find(({ mode }) => mode === modes.mode);
			setText(says, visible(chosen?.says ?? ""));
		},
	};
}

/** The mode of one connector: the notebook's, or one of its own. */
export function ownAccess(home: Home) {
	const { words } = home;
	let id = "";
	const select = element("select", "jcn-input");
	const options = ["", ...MODES].map((mode) => {
		const node = element("option", "");
		node.value = mode;
		select.append(node);
		return { mode: mode as Mode | "", node };
	});
	select.addEventListener("change", () => {
		const mode = MODES.find((each) => each === select.value) ?? null;
		void home.act({ type: "mode", mode, connector: id });
	});
	const name = element(
		"span",
		"jcn-muted",
		words.__("Tools sent to the model"),
	);
	const node = element("label", "jcn-own-access", name, select);
	return {
		node,
		update(connected: Connected, modes: Modes | undefined) {
			id = connected.id;
			const own = modes?.connectors.find((each) => each.id === id);
			show(node, own !== undefined);
			if (modes === undefined || own === undefined) return;
			for (const { mode, node: option } of options) {
				setText(option, optionWords(words, mode, own.costs, modes.mode));
			}
			select.value = own.mode ?? "";
		},
	};
}

/** "Auto · ~900 tokens"; the first says what the notebook has. */
function optionWords(
	words: Words,
	mode: Mode | "",
	costs: { readonly [mode in Mode]: Cost },
	notebook: Mode,
): string {
	const shown = mode === "" ? notebook : mode;
	const name = modeWords(words, shown);
	const cost = costWords(words, costs[shown]);
	const said = mode === "" ? words.__("As the notebook") : name;
	return `${said} · ${cost}`;
}
