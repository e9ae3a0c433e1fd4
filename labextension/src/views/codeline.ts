/** A line of code that does what a button does, to copy or to put into the notebook. */

import { attributes, button, element, setText, show } from "../dom";
import type { Code } from "../host";
import { icon } from "../icon";
import { visible } from "../text";
import { trans } from "../words";

const COPIED = 1500;

/** The line, with a button that copies it, and one that inserts it where there is a notebook. */
export function codeLine(code: Code | undefined) {
	const copies = trans.__("Copy");
	const inserts = trans.__("Insert");
	let line = "";
	const text = element("code", "");
	const copy = button("jcn-copy", "", () => {
		void copyText(text, line).then((done) => {
			copy.replaceChildren(icon(done ? "check" : "cross"));
			setTimeout(() => copy.replaceChildren(icon("copy")), COPIED);
		});
	});
	copy.append(icon("copy"));
	const insert = button("jcn-link jcn-insert", inserts, () =>
		code?.insert(line),
	);
	insert.title = trans.__("Insert into the notebook as a new cell");
	show(insert, code !== undefined);
	code?.drags(text, () => line);
	const node = element("div", "jcn-code", text, insert, copy);
	return {
		node,
		/** Shows the line; `does` says what it does, for those who hear the buttons. */
		update(next: string, does: string) {
			line = next;
			setText(text, visible(next));
			attributes(copy, {
				"aria-label": `${copies}: ${does}`,
				title: copies,
			});
			attributes(insert, { "aria-label": `${inserts}: ${does}` });
			show(node, next !== "");
		},
	};
}

async function copyText(node: HTMLElement, line: string): Promise<boolean> {
	try {
		// Missing on plain http to another host, as JupyterHub at work may be.
		await navigator.clipboard.writeText(line);
		return true;
	} catch {
		getSelection()?.selectAllChildren(node);
		return document.execCommand("copy");
	}
}
