/** The line at the lower edge: what was done last, why it failed, and the code that does the same. */

import { button, element, say, show, spoken } from "../dom";
import { icon } from "../icon";
import { visible } from "../text";
import { type CodeWords, codeLine } from "../views/codeline";
import type { Home } from "./home";
import { olderSide, type Panel } from "./state";
import type { Words } from "./words";

export function codeWords(words: Words): CodeWords {
	return {
		copy: words.__("Copy"),
		insert: words.__("Insert"),
		inserted: words.__("Insert into the notebook as a new cell"),
	};
}

/** The foot; it has nothing to say before the first action. */
export function footOf(home: Home) {
	const { words } = home;
	const problem = spoken("alert", "jcn-problem");
	const hint = element("div", "jcn-muted jcn-hint");
	const same = element(
		"div",
		"jcn-muted jcn-same",
		words.__("The same in code"),
	);
	const code = codeLine(home.code, codeWords(words));
	const close = button("jcn-copy jcn-close", "", () => home.dismiss());
	close.append(icon("cross"));
	close.title = words.__("Close");
	close.ariaLabel = words.__("Close");
	const lines = element("div", "jcn-lines", problem, hint, same, code.node);
	const node = element("div", "jcn-foot-line", lines, close);
	return {
		node,
		update({ outcome, situation }: Panel) {
			const {
				problem: wrong = "",
				hint: next = "",
				code: line = "",
			} = outcome ?? {};
			const shown = situation === "ready" && (wrong !== "" || line !== "");
			show(node, shown);
			say(problem, visible(wrong));
			say(hint, visible(next));
			show(same, wrong === "" && line !== "");
			code.update(line, words.__("what was done last"));
		},
	};
}

/** Says which side to upgrade where the kernel and the extension are of different versions. */
export function versionNote(home: Home) {
	const { words } = home;
	const text = element("span", "");
	const node = element("div", "jcn-version", icon("warning"), text);
	node.setAttribute("role", "note");
	return {
		node,
		update({ version, ours }: Panel) {
			const side = olderSide(version, ours);
			show(node, side !== null);
			say(text, side === null ? "" : versionWords(words, side, version, ours));
		},
	};
}

function versionWords(
	words: Words,
	side: "kernel" | "extension",
	kernel: string,
	extension: string,
): string {
	return side === "kernel"
		? words.__(
				"jupyter-connectors is %1 in this kernel and %2 beside the Jupyter server. Upgrade it in the kernel's environment.",
				visible(kernel),
				extension,
			)
		: words.__(
				"jupyter-connectors is %1 in this kernel and %2 beside the Jupyter server. Upgrade it beside the server.",
				visible(kernel),
				extension,
			);
}
