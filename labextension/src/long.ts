/** A list of any length: the rows near the eye are made, the rest is a space of about their height. */

import { element, show } from "./dom";
import { list, type Row } from "./list";

/** What is made at once, in pixels: more than a screen, so that nobody sees the end of it. */
const FIRST = 1600;
/** How far below the edge of the screen rows are made before they are seen. */
const AHEAD = "800px 0px";

/**
 * A list that makes a row when it comes near the screen, and keeps it from then on.
 *
 * Rows keep their node, focus and folds, as those of `list` do.
 */
export function longList<Item>(
	parent: HTMLElement,
	keyOf: (item: Item) => string,
	create: (item: Item) => Row<Item>,
	heightOf: (item: Item) => number,
): (items: readonly Item[]) => void {
	const rows = element("div", "jcn-rows");
	const space = element("div", "jcn-space-below");
	const fill = list<Item>(rows, keyOf, create);
	let all: readonly Item[] = [];
	let budget = FIRST;
	const paint = () => {
		const many = within(all.map(heightOf), budget);
		const rest = all.slice(many);
		fill(all.slice(0, many));
		show(space, rest.length > 0);
		const height = rest.reduce((sum, item) => sum + heightOf(item), 0);
		space.style.height = `${height}px`;
	};
	const observer = new IntersectionObserver(
		(seen) => {
			if (!seen.some((each) => each.isIntersecting)) return;
			budget *= 2;
			paint();
			// It reports changes only, and the space may still be in sight.
			observer.unobserve(space);
			observer.observe(space);
		},
		{ rootMargin: AHEAD },
	);
	observer.observe(space);
	parent.append(rows, space);
	return (items) => {
		all = items;
		paint();
	};
}

/** How many of the first heights fit; at least one. */
export function within(heights: readonly number[], budget: number): number {
	let sum = 0;
	const over = heights.findIndex((height) => {
		sum += height;
		return sum > budget;
	});
	return over === -1 ? heights.length : Math.max(1, over);
}
