/** The line at the lower edge: what was done last, why it failed, and the code that does the same. */

import { button, element, say, show, spoken } from "../dom";
import { icon } from "../icon";
import { visible } from "../text";
import { codeLine } from "../views/codeline";
import { trans } from "../words";
import type { Home } from "./home";
import type { Panel } from "./state";

/** The foot; it has nothing to say before the first action. */
export function footOf(home: Home) {
	const problem = spoken("alert", "jcn-problem");
	const hint = element("div", "jcn-muted jcn-hint");
	const same = element(
		"div",
		"jcn-muted jcn-same",
		trans.__("The same in code"),
	);
	const code = codeLine(home.code);
	const close = button("jcn-copy jcn-close", "", () => home.dismiss());
	close.append(icon("cross"));
	close.title = trans.__("Close");
	close.ariaLabel = trans.__("Close");
	const lines = element("div", "jcn-lines", problem, hint, same, code.node);
	const node = element("div", "jcn-foot-line", lines, close);
	return {
		node,
		update({ outcome, trouble, situation }: Panel) {
			const isWrong = outcome !== null && outcome.problem !== "";
			const said = isWrong ? outcome : (trouble ?? outcome);
			const {
				problem: wrong = "",
				hint: next = "",
				code: line = "",
			} = said ?? {};
			const shown = situation === "ready" && (wrong !== "" || line !== "");
			show(node, shown);
			say(problem, visible(wrong));
			say(hint, visible(next));
			show(same, wrong === "" && line !== "");
			code.update(line, trans.__("what was done last"));
		},
	};
}
