/** What a card of the directory and the page behind it share: a picture, a button, badges. */

import { attributes, button, element, setText, show } from "../dom";
import type { Code } from "../host";
import { icon } from "../icon";
import { capabilityWords, type Entry } from "../state/connectors";
import { initials, visible } from "../text";
import { trans } from "../words";
import type { Given } from "./form";
import { badge, dot } from "./marks";

/** What the views below may have done. */
export interface Acts {
	connect(entry: Entry, given: Given): void;
	disconnect(entry: Entry): void;
	open(entry: Entry): void;
	/** The line that connects an entry with what is given; missing where nobody can say. */
	line?(entry: Entry, given: Given): Promise<string>;
	readonly code: Code | undefined;
}

/** The top of a card and of a page: a picture, the names, the button. */
export function topOf(
	{ id, title }: Entry,
	name: HTMLElement,
	by: HTMLElement,
	action: HTMLElement,
): HTMLElement {
	const picture = dot(initials(title || id), id);
	return element(
		"div",
		"jcn-top",
		picture,
		element("div", "jcn-names", name, by),
		action,
	);
}

/** What an entry may do, and whose it is. */
export function badgesOf(entry: Entry): HTMLElement[] {
	const may = [entry.badge, ...(entry.interactive ? ["interactive"] : [])];
	const said = may.map((each) => badge(capabilityWords(each), each));
	if (entry.custom) said.push(badge(trans.__("Custom"), "custom"));
	if (isBlocked(entry)) said.push(badge(trans.__("Blocked"), "blocked"));
	return said;
}

function connectWords(state: Entry["state"]): string {
	const all: Record<Entry["state"], string> = {
		idle: trans.__("Connect"),
		connecting: trans.__("Connecting…"),
		connected: trans.__("Connected"),
		failed: trans.__("Try again"),
	};
	return all[state] ?? all.idle;
}

/** The button that connects, and what stands in its place afterwards. */
export function actionOf(connects: () => void, disconnects: () => void) {
	const connect = button("jcn-button", "", connects);
	const connected = element(
		"span",
		"jcn-connected",
		icon("check"),
		trans.__("Connected"),
	);
	const disconnect = button("jcn-link", trans.__("Disconnect"), disconnects);
	const done = element("div", "jcn-done", connected, disconnect);
	return {
		node: element("div", "jcn-action", connect, done),
		update(entry: Entry, name: string) {
			const { state } = entry;
			const label = connectWords(state);
			setText(connect, label);
			attributes(connect, { "aria-label": `${label} ${name}` });
			attributes(disconnect, { "aria-label": trans.__("Disconnect %1", name) });
			connect.disabled = state === "connecting";
			show(connect, state !== "connected" && !isBlocked(entry));
			show(done, state === "connected");
		},
	};
}

/** True where a policy does not let it be connected. */
export function isBlocked({ blocked = "" }: Entry): boolean {
	return blocked !== "";
}

/** What to say of it now: why it failed, or why it may not be connected. */
export function messageOf({ message, blocked = "" }: Entry): string {
	return message || visible(blocked);
}
