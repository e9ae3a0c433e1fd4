/** Small tools to build and keep a view. Text goes in as text, never as markup. */

type Child = Node | string | null;

/** A new element with a class and children; strings become text nodes. */
export function element<K extends keyof HTMLElementTagNameMap>(
	tag: K,
	className = "",
	...children: Child[]
): HTMLElementTagNameMap[K] {
	const node = document.createElement(tag);
	if (className !== "") node.className = className;
	node.append(...children.filter((child) => child !== null));
	return node;
}

/** A push button that never submits a form it may stand in. */
export function button(
	className: string,
	label: string,
	pressed: () => void,
): HTMLButtonElement {
	const node = element("button", className, label);
	node.type = "button";
	node.addEventListener("click", pressed);
	return node;
}

/** Sets attributes; null takes one away. Unchanged ones stay untouched. */
export function attributes<T extends Element>(
	node: T,
	values: Record<string, string | null>,
): T {
	for (const [name, value] of Object.entries(values)) {
		if (value === null) node.removeAttribute(name);
		else if (node.getAttribute(name) !== value) node.setAttribute(name, value);
	}
	return node;
}

/** Sets the text only when it is another, so that a live region stays calm. */
export function setText(node: Element, text: string): void {
	if (node.textContent !== text) node.textContent = text;
}

/** Shows a node or takes it out of sight, of the tab order and of the tree for readers. */
export function show(node: HTMLElement, shown: boolean): void {
	node.hidden = !shown;
}

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

/** A view's root: its class, its style sheets and the way to take it away. */
export function root(
	host: HTMLElement,
	name: string,
	sheets: readonly string[],
): HTMLElement {
	// Inside the view and not in the head: a cell's output may live in a shadow tree.
	const style = element("style", "", sheets.join("\n"));
	const node = element("div", `jcn-root jcn-${name}`);
	host.replaceChildren(style, node);
	return node;
}

const ICONS = {
	check: ["M3.5 8.5l3 3 6-7"],
	cross: ["M4.5 4.5l7 7M11.5 4.5l-7 7"],
	minus: ["M4 8h8"],
	chevron: ["M6 4l4 4-4 4"],
	back: ["M10 4l-4 4 4 4"],
	search: ["M7 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM10 10l3 3"],
	copy: ["M6 6h7v7H6z", "M10 6V3H3v7h3"],
	hand: [
		"M5 8.5V4.2a1 1 0 0 1 2 0V7.5M7 7V3a1 1 0 0 1 2 0v4M9 7V3.7a1 1 0 0 1 2 0V8M11 7.5V5.7a1 1 0 0 1 2 0v4.1c0 2.6-1.7 4.2-4.2 4.2-2 0-3-.9-3.9-2.3L3 9.2c-.5-.9.7-1.7 1.4-.9l.6.7",
	],
	blocked: [
		"M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z",
		"M4.1 4.1l7.8 7.8",
	],
	lock: ["M4 7.5h8v6H4z", "M5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5"],
	warning: ["M8 2.2l6.2 11.3H1.8z", "M8 6.5v3.2M8 11.6v.1"],
	plug: ["M6 2v3M10 2v3M4 5h8v3a4 4 0 0 1-8 0zM8 12v2.5"],
} as const;

export type Icon = keyof typeof ICONS;

/** A line drawing of 16 by 16 in the text's colour; says nothing to a reader. */
export function icon(name: Icon): SVGElement {
	const space = "http://www.w3.org/2000/svg";
	const svg = document.createElementNS(space, "svg");
	attributes(svg, {
		class: "jcn-icon",
		viewBox: "0 0 16 16",
		fill: "none",
		stroke: "currentColor",
		"stroke-width": "1.5",
		"stroke-linecap": "round",
		"stroke-linejoin": "round",
		"aria-hidden": "true",
	});
	for (const d of ICONS[name]) {
		const path = document.createElementNS(space, "path");
		svg.append(attributes(path, { d }));
	}
	return svg;
}
