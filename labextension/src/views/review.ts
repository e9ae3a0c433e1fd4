/** What changed in a tool since it was accepted, and the button that accepts it. */

import { attributes, button, element, setText, show } from "../dom";
import type { Review } from "../state/tools";
import { head } from "../text";
import { trans } from "../words";

/** The difference line by line, and trans.__("Accept the change"). */
export function reviewOf(accepted: (review: Review) => void) {
	const said = element("div", "jcn-review-said");
	const lines = element("pre", "jcn-value jcn-diff");
	const more = button("jcn-link", trans.__("Show all of it"), () => {
		isWhole = true;
		paint();
	});
	const accept = button("jcn-button", "", () => {
		if (current !== null) accepted(current);
	});
	const node = element(
		"div",
		"jcn-review",
		said,
		lines,
		element("div", "jcn-review-foot", accept, more),
	);
	let current: Review | null = null;
	let drawn = "";
	let isWhole = false;
	const paint = () => {
		show(node, current !== null);
		if (current === null) return;
		const isNew = current.state === "new";
		setText(said, words(current));
		setText(
			accept,
			isNew ? trans.__("Accept the tool") : trans.__("Accept the change"),
		);
		const part = isWhole
			? null
			: head(current.difference, { letters: 4000, lines: 40 });
		show(more, part !== null);
		const text = part ?? current.difference;
		if (text !== drawn) lines.replaceChildren(...text.split("\n").map(lineOf));
		drawn = text;
	};
	return {
		node,
		update(review: Review | null) {
			if (review?.hash !== current?.hash) isWhole = false;
			current = review;
			paint();
		},
	};
}

function words({ state, off }: Review): string {
	const what =
		state === "new"
			? trans.__("The server added this tool after you connected it first.")
			: trans.__("The server changed this tool after you accepted it.");
	return off ? `${what} ${trans.__("It is off until you accept it.")}` : what;
}

function lineOf(line: string): HTMLElement {
	const node = element("span", "jcn-diff-line", `${line}\n`);
	const sign = { "+": "added", "-": "removed", "@": "place" }[line.slice(0, 1)];
	const isHead = line.startsWith("--- ") || line.startsWith("+++ ");
	return attributes(node, { "data-sign": isHead ? "place" : (sign ?? null) });
}
