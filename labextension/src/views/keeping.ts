/** Where what a person gives is kept, in words, and the box to tick where that is a file. */

import { element } from "../dom";
import { visible } from "../text";
import { trans } from "../words";

/** Where a secret is kept, and that the notebook is not the place. */
export function keptWords(stored: string): string {
	return trans.__("Is kept in %1, never in the notebook", visible(stored));
}

/** A box to tick where there is no keyring. */
export function keepBox() {
	const box = element("input", "");
	box.type = "checkbox";
	const words = trans.__(
		"Keep it in a file that only I can read (there is no system keyring here)",
	);
	return { box, node: element("label", "jcn-check", box, words) };
}
