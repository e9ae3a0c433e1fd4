/** What most tabs are: rows of one kind, or words where there is none. */

import { attributes, element, show } from "../dom";
import { list, type Row } from "../list";

/** How a tab lists its items. */
export interface Listed<Item> {
	readonly className: string;
	/** Its name for a reader. */
	readonly label: string;
	/** What to say where there is none, and what can be done about it. */
	readonly none: string;
	readonly help?: HTMLElement;
	keyOf(item: Item): string;
	create(item: Item): Row<Item>;
}

/** The rows; as long as nobody has told of any, neither they nor the words. */
export function rowsOf<Item>({
	className,
	label,
	none,
	help,
	keyOf,
	create,
}: Listed<Item>) {
	const rows = attributes(element("div", className), {
		role: "list",
		"aria-label": label,
	});
	const words = element("p", "jcn-muted", none);
	const empty = element("div", "jcn-empty", words, help ?? null);
	const fill = list<Item>(rows, keyOf, create);
	return {
		nodes: [rows, empty],
		update(items: readonly Item[] | undefined) {
			show(empty, items?.length === 0);
			fill(items ?? []);
		},
	};
}
