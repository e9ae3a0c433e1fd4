/** A list that keeps its rows from one state to the next. */

/** One kept item of a list. */
export interface Row<Item> {
	readonly node: HTMLElement;
	update(item: Item): void;
	/** Frees what the row holds besides its node. */
	dispose?(): void;
}

/**
 * A list whose rows keep their node, focus and folds over new states.
 *
 * The returned function takes the items of a new state.
 */
export function list<Item>(
	parent: HTMLElement,
	keyOf: (item: Item) => string,
	create: (item: Item) => Row<Item>,
): (items: readonly Item[]) => void {
	const rows = new Map<string, Row<Item>>();
	return (items) => {
		dropOthers(rows, new Set(items.map(keyOf)));
		let place = parent.firstElementChild;
		for (const item of items) {
			const key = keyOf(item);
			const row = rows.get(key) ?? create(item);
			rows.set(key, row);
			row.update(item);
			// A node that is moved loses its focus, so only a misplaced one moves.
			if (row.node === place) place = place.nextElementSibling;
			else parent.insertBefore(row.node, place);
		}
	};
}

function dropOthers<Item>(
	rows: Map<string, Row<Item>>,
	wanted: ReadonlySet<string>,
): void {
	for (const [key, row] of rows) {
		if (wanted.has(key)) continue;
		row.dispose?.();
		row.node.remove();
		rows.delete(key);
	}
}
