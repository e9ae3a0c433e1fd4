/** Which tools a model is sent: for the notebook, and for one connector. */

import { attributes, element, setText, show } from "../dom";
import { type Cost, costWords } from "../state/tools";
import { grouped, visible } from "../text";
import { codeLine } from "../views/codeline";
import { trans } from "../words";
import type { Home } from "./home";
import { type Connected, MODES, type Mode, type Modes } from "./parts";

/** The mode's name. */
export function modeWords(mode: Mode): string {
	const all: Record<Mode, string> = {
		auto: trans.__("Auto"),
		always: trans.__("Always available"),
		"on-demand": trans.__("On demand"),
	};
	return all[mode];
}

/** "~2,540, up to 20,120 tokens": what the first question of a conversation takes, and what a long one comes to. */
function rangeWords(cost: Cost): string {
	const { first, tokens, most } = cost;
	return most && first < tokens
		? trans.__("~%1, up to %2 tokens", grouped(first), grouped(tokens))
		: costWords(cost);
}

const UNKNOWN = { mode: "auto", says: "", code: "" } as const;

/** The three modes of the notebook as one choice, each with what it costs. */
export function accessOf(home: Home) {
	const says = element("div", "jcn-muted jcn-says");
	const code = codeLine(home.code);
	const choices = MODES.map((mode) => {
		const input = element("input", "");
		attributes(input, { type: "radio", name: "jcn-access", value: mode });
		input.addEventListener("change", () => {
			if (input.checked) void home.act({ type: "mode", mode });
		});
		const cost = element("span", "jcn-muted jcn-cost");
		const name = element("span", "", modeWords(mode));
		const node = element("label", "jcn-choice", input, name, cost);
		return { mode, input, cost, node };
	});
	const node = element(
		"fieldset",
		"jcn-access",
		element("legend", "", trans.__("Access mode")),
		...choices.map((each) => each.node),
		says,
		code.node,
	);
	return {
		node,
		update(modes: Modes | undefined, used: boolean) {
			show(node, used && modes !== undefined);
			if (modes === undefined) return;
			for (const { mode, input, cost } of choices) {
				const choice = modes.choices.find((each) => each.mode === mode);
				input.checked = modes.mode === mode;
				setText(cost, choice === undefined ? "" : rangeWords(choice.cost));
			}
			const chosen = modes.choices.find(({ mode }) => mode === modes.mode);
			const { mode, says: words, code: line } = chosen ?? UNKNOWN;
			setText(says, visible(words));
			code.update(line, trans.__("Access mode %1", modeWords(mode)));
		},
	};
}

/** The mode of one connector: the notebook's, or one of its own. */
export function ownAccess(home: Home) {
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
	const name = element("span", "jcn-muted", trans.__("Access mode"));
	const node = element("label", "jcn-own-access", name, select);
	return {
		node,
		update(connected: Connected, modes: Modes | undefined) {
			id = connected.id;
			const own = modes?.connectors.find((each) => each.id === id);
			show(node, own !== undefined);
			if (modes === undefined || own === undefined) return;
			for (const { mode, node: option } of options) {
				setText(option, optionWords(mode, own.costs, modes.mode));
			}
			select.value = own.mode ?? "";
		},
	};
}

/** "Auto · ~900 tokens"; the first says what the notebook has. */
function optionWords(
	mode: Mode | "",
	costs: { readonly [mode in Mode]: Cost },
	notebook: Mode,
): string {
	const shown = mode === "" ? notebook : mode;
	const cost = costs[shown];
	const said = mode === "" ? trans.__("As the notebook") : modeWords(shown);
	return cost.tokens === 0 ? said : `${said} · ${costWords(cost)}`;
}
