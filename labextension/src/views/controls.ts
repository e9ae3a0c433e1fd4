/** The controls several views share. */

import { attributes, button, element, setText, show } from "../dom";
import { icon } from "../icon";
import { list, type Row } from "../list";

/** A box that filters as a person types, and the query in it. */
export function searchBox(label: string, changed: () => void) {
	const input = element("input", "jcn-search-input");
	attributes(input, {
		type: "search",
		placeholder: label,
		"aria-label": label,
		autocomplete: "off",
		spellcheck: "false",
	});
	input.addEventListener("input", changed);
	return {
		node: element("div", "jcn-search", icon("search"), input),
		query: () => input.value.trim(),
	};
}

/** A heading that folds what belongs to it; the caller shows and hides that. */
export function foldOf(open: boolean, changed: () => void) {
	let isOpen = open;
	const turn = (on: boolean) => {
		if (on === isOpen) return;
		isOpen = on;
		changed();
	};
	const node = button("jcn-fold", "", () => turn(!isOpen));
	node.append(icon("chevron"));
	return {
		node,
		open: () => isOpen,
		turn,
		update(shown: boolean) {
			attributes(node, { "aria-expanded": String(shown) });
		},
	};
}

/** A fold that shows and hides `body` by itself, with what its heading says. */
export function foldFor(
	body: HTMLElement,
	open: boolean,
	...heading: (Node | string)[]
) {
	const fold = foldOf(open, () => paint());
	const paint = () => {
		fold.update(fold.open());
		show(body, fold.open());
	};
	fold.node.append(...heading);
	paint();
	return { node: fold.node, turn: fold.turn };
}

/** An on-off switch; it shows what it is told and reports each turn. */
export function switchOf(turned: () => void) {
	const node = button("jcn-switch", "", turned);
	node.append(element("span", "jcn-knob"));
	attributes(node, { role: "switch" });
	return {
		node,
		update(on: boolean, label: string) {
			attributes(node, { "aria-checked": String(on), "aria-label": label });
		},
	};
}

type Chip = readonly [name: string, count: number | null];

/** A row of chips of which one may be chosen; a second press lets it go. */
export function chips(
	label: string,
	changed: () => void,
	wordsOf: (name: string) => string = (name) => name,
) {
	let chosen = "";
	const node = element("div", "jcn-chips");
	attributes(node, { role: "group", "aria-label": label });
	const chipOf = ([name]: Chip): Row<Chip> => {
		const words = element("span", "", wordsOf(name));
		const number = element("span", "jcn-muted");
		const chip = button("jcn-chip", "", () => {
			chosen = chosen === name ? "" : name;
			changed();
		});
		chip.append(words, number);
		return {
			node: chip,
			update([, count]) {
				setText(number, String(count ?? ""));
				show(number, count !== null);
				attributes(chip, { "aria-pressed": String(chosen === name) });
			},
		};
	};
	const fill = list<Chip>(node, ([name]) => name, chipOf);
	return { node, chosen: () => chosen, update: fill };
}

const LOOK_AGAIN = 1000;

/** Calls `look` when a person turns to the view: another kernel may have changed what it shows. */
export function looking(node: HTMLElement, look: () => void): void {
	let last = Date.now();
	const turned = () => {
		if (Date.now() - last < LOOK_AGAIN) return;
		last = Date.now();
		look();
	};
	node.addEventListener("pointerenter", turned);
	node.addEventListener("focusin", turned);
}
