/** The field a key is typed into, and the box that a key or a sign-in may be kept in a file. */

import { attributes, button, element, setText, show } from "../dom";
import type { Row } from "../list";
import type { Key, Send } from "../state/signin";
import { visible } from "../text";
import { trans } from "../words";
import { keepBox, keptWords } from "./keeping";

/** The key leaves the page as one message and stays in no state. */
export function keyOf(send: Send): Row<Key> {
	const input = element("input", "jcn-input");
	attributes(input, {
		type: "password",
		autocomplete: "off",
		spellcheck: "false",
	});
	const label = element("label", "jcn-panel-title");
	const stored = element("div", "jcn-muted");
	const keep = keepOf(send);
	const hand = () => {
		const value = input.value;
		input.value = "";
		if (value.trim() !== "") send("secret", { value });
	};
	const use = button("jcn-button", trans.__("Use this key"), hand);
	use.dataset.decision = "once";
	const body = element(
		"form",
		"jcn-foot",
		label,
		input,
		stored,
		keep.node,
		element(
			"div",
			"jcn-buttons",
			use,
			button("jcn-button", trans.__("Cancel"), () => send("cancel")),
		),
	);
	body.addEventListener("submit", (event) => {
		event.preventDefault();
		hand();
	});
	return {
		node: body,
		update(asked) {
			setText(label, visible(asked.what));
			attributes(input, { "aria-label": visible(asked.what) });
			setText(stored, keptWords(asked.stored));
			keep.update(asked.can_keep);
		},
	};
}

/** The box that a key or a sign-in may be kept in a file; each turn is sent. */
export function keepOf(send: Send) {
	const { box, node } = keepBox();
	box.addEventListener("change", () => send("keep", { on: box.checked }));
	return { node, update: (shown: boolean) => show(node, shown) };
}
