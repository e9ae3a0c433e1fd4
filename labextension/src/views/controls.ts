/** The controls several views share. */

import { attributes, button, element, icon } from "../dom";

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
	const node = button("jcn-fold", "", () => {
		isOpen = !isOpen;
		changed();
	});
	node.append(icon("chevron"));
	return {
		node,
		open: () => isOpen,
		update(shown: boolean) {
			attributes(node, { "aria-expanded": String(shown) });
		},
	};
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
