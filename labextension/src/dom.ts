/** Small tools to build and keep a view. Text goes in as text, never as markup. */

import type { Host, Unsubscribe } from "./host";
import baseSheet from "./styles/base.css";
import partsSheet from "./styles/parts.css";

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

/** Sets the text of a line that is only there when it says something. */
export function say(node: HTMLElement, text: string): void {
	setText(node, text);
	show(node, text !== "");
}

/** A line that a reader speaks when it changes: a status in its turn, an alert at once. */
export function spoken(
	role: "status" | "alert",
	className: string,
	...children: Child[]
): HTMLElement {
	return attributes(element("div", className, ...children), { role });
}

/** A view's root: its class and its style sheets, after those of every view. */
export function root(
	host: HTMLElement,
	name: string,
	...sheets: string[]
): HTMLElement {
	return plainRoot(host, name, partsSheet, ...sheets);
}

/** The same for a view that has few of the parts views have. */
export function plainRoot(
	host: HTMLElement,
	name: string,
	...sheets: string[]
): HTMLElement {
	// Inside the view and not in the head: a cell's output may live in a shadow tree.
	const style = element("style", "", [baseSheet, ...sheets].join("\n"));
	const node = element("div", `jcn-root jcn-${name}`);
	host.replaceChildren(style, node);
	return node;
}

/** Draws a view now and with each new state; the returned function takes it out of `host`. */
export function follow<State>(
	host: HTMLElement,
	home: Host<State>,
	update: () => void,
	gone: () => void = () => {},
): Unsubscribe {
	const off = home.onState(update);
	update();
	return () => {
		off();
		gone();
		host.replaceChildren();
	};
}

/** JupyterLab reads single keys as commands; in this node they are the person's. */
export function keepKeys(node: HTMLElement): void {
	node.addEventListener("keydown", (event) => {
		const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
		if (isPlain && event.key !== "Escape") event.stopPropagation();
	});
}
