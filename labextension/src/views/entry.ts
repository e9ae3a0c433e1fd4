/** What a card of the directory and the page behind it share: a picture, a button, badges. */

import { attributes, button, element, icon, setText, show } from "../dom";
import type { Asked, Entry } from "../state/connectors";
import { hue, initials } from "../text";

/** The person's values for the parts of an address. */
export type Given = { readonly [name: string]: string };

/** What the views below may have done. */
export interface Acts {
	connect(entry: Entry, given: Given): void;
	disconnect(entry: Entry): void;
	open(entry: Entry): void;
}

/** Initials in a square whose colour is the entry's own. */
export function avatar({ id, title }: Entry): HTMLElement {
	const node = element("span", "jcn-avatar", initials(title || id));
	node.style.setProperty("--jcn-hue", String(hue(id)));
	return attributes(node, { "aria-hidden": "true" });
}

/** What an entry may do, and whose it is. */
export function badgesOf(entry: Entry): HTMLElement[] {
	const said: [string, string][] = [[entry.badge, entry.badge]];
	if (entry.interactive) said.push(["interactive", "interactive"]);
	if (entry.custom) said.push(["Custom", "custom"]);
	return said.map(([words, kind]) => badge(words, kind));
}

export function badge(words: string, kind: string): HTMLElement {
	const node = element("span", "jcn-badge", words);
	node.dataset.kind = kind;
	return node;
}

const CONNECT: Record<Entry["state"], string> = {
	idle: "Connect",
	connecting: "Connecting…",
	connected: "Connected",
	failed: "Try again",
};

/** The button that connects, and what stands in its place afterwards. */
export function actionOf(connects: () => void, disconnects: () => void) {
	const connect = button("jcn-button", "", connects);
	const connected = element(
		"span",
		"jcn-connected",
		icon("check"),
		"Connected",
	);
	const disconnect = button("jcn-link", "Disconnect", disconnects);
	const done = element("div", "jcn-done", connected, disconnect);
	return {
		node: element("div", "jcn-action", connect, done),
		update({ state }: Entry, name: string) {
			const label = CONNECT[state] ?? CONNECT.idle;
			setText(connect, label);
			attributes(connect, { "aria-label": `${label} ${name}` });
			attributes(disconnect, { "aria-label": `Disconnect ${name}` });
			connect.disabled = state === "connecting";
			show(connect, state !== "connected");
			show(done, state === "connected");
		},
	};
}

/** True where the address has a part that nobody has given. */
export function lacks(entry: Entry): boolean {
	return (entry.ask ?? []).some(({ value }: Asked) => value === "");
}
