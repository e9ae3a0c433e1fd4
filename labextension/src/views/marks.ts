/** The small signs several views share: whose it is, what it may do, what to look at twice. */

import { attributes, element } from "../dom";
import { icon } from "../icon";
import { hue, visible } from "../text";
import { trans } from "../words";

/** Letters in a square whose colour belongs to `id`. */
export function dot(letters: string, id: string): HTMLElement {
	const node = element("span", "jcn-dot", letters);
	node.style.setProperty("--jcn-hue", String(hue(id)));
	return attributes(node, { "aria-hidden": "true" });
}

/** A word or two in a frame; `kind` gives its colour. */
export function badge(words: string, kind: string): HTMLElement {
	const node = element("span", "jcn-badge", words);
	node.dataset.kind = kind;
	return node;
}

/** What a person should look at twice; null where there is nothing. */
export function warningList(warnings: readonly string[]): HTMLElement | null {
	if (warnings.length === 0) return null;
	const lines = warnings.map((each) => {
		const words = visible(each);
		return element("li", "", icon("warning"), element("span", "", words));
	});
	const node = element("ul", "jcn-warnings", ...lines);
	return attributes(node, { "aria-label": trans.__("Look twice") });
}
