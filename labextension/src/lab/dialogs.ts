/** Questions of the commands, in JupyterLab's own dialogs. */

import { Dialog, InputDialog, showDialog } from "@jupyterlab/apputils";
import { visible } from "../text";
import { trans } from "../words";

/** What can be chosen; two may have the same title. */
export interface Choice {
	readonly id: string;
	readonly title: string;
}

/**
 * The one that is given by its id, or that the person chooses where none is
 * given; null where they choose none, or there is none such, which it says.
 */
export async function choose<Item extends Choice>(
	title: string,
	items: readonly Item[],
	given?: string,
): Promise<Item | null> {
	if (given !== undefined) {
		const found = items.find(({ id }) => id === given);
		if (found !== undefined) return found;
		await tell(title, trans.__("There is no “%1” here.", visible(given)));
		return null;
	}
	if (items.length === 0) {
		await tell(title, trans.__("There is nothing to choose from."));
		return null;
	}
	const names = namesOf(items);
	const { value, button } = await InputDialog.getItem({ title, items: names });
	if (!button.accept || value === null) return null;
	return items[names.indexOf(value)] ?? null;
}

/** A line of text, as long as the person reads it. */
export async function tell(title: string, body: string): Promise<void> {
	await showDialog({ title, body, buttons: [Dialog.okButton()] });
}

/** True where the person says yes. */
export async function confirm(title: string, body = ""): Promise<boolean> {
	const { button } = await showDialog({
		title,
		body,
		buttons: [
			Dialog.cancelButton(),
			Dialog.okButton({ label: trans.__("Yes") }),
		],
		// Enter on a link must not be the answer as well.
		defaultButton: 0,
	});
	return button.accept;
}

/** The titles, each only once: what a dialog gives back is the text alone. */
function namesOf(items: readonly Choice[]): string[] {
	const names: string[] = [];
	for (const { id, title } of items) {
		const name = visible(title) || visible(id);
		let unique = name;
		for (let n = 2; names.includes(unique); n += 1) unique = `${name} (${n})`;
		names.push(unique);
	}
	return names;
}
