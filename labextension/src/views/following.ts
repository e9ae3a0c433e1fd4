/** The line of code under a form, which follows what is typed. */

import type { Given } from "./form";

/** Short enough to feel at once, long enough not to ask for each letter. */
const PAUSE = 250;

interface Form {
	readonly node: HTMLElement;
	/** Without secrets: none need travel for a line that only names them. */
	sketch(): Given;
}

/** Asks for the line after each pause in typing; an answer that is overtaken is dropped. */
export function following(
	form: Form,
	ask: ((given: Given) => Promise<string> | undefined) | undefined,
	told: (line: string) => void,
): void {
	if (ask === undefined) return;
	let turn = 0;
	let timer: ReturnType<typeof setTimeout> | undefined;
	form.node.addEventListener("input", () => {
		clearTimeout(timer);
		timer = setTimeout(async () => {
			turn += 1;
			const mine = turn;
			const line = await ask(form.sketch());
			if (mine === turn) told(line ?? "");
		}, PAUSE);
	});
}
