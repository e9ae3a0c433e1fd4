/** A box that filters as a person types. */

import { attributes, element, icon } from "../dom";

/** The box, and the query in it. */
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
