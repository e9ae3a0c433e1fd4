/** The directory as cards: what can be connected, and one button each. */

import {
	attributes,
	button,
	element,
	icon,
	list,
	type Row,
	root,
	setText,
	show,
} from "../dom";
import type { Host, Unsubscribe } from "../host";
import {
	type Connectors,
	type Entry,
	found,
	SEARCH_FROM,
} from "../state/connectors";
import baseSheet from "../styles/base.css";
import connectorsSheet from "../styles/connectors.css";
import { hue, initial, visible } from "../text";
import { searchBox } from "./controls";

type Ask = (type: "connect" | "disconnect", entry: string) => void;

/** Shows the directory and sends `connect` and `disconnect` messages. */
export function mount(host: HTMLElement, home: Host<Connectors>): Unsubscribe {
	const node = root(host, "connectors", [baseSheet, connectorsSheet]);
	const ask: Ask = (type, entry) =>
		home.send({ id: home.state().id, type, entry });
	const search = searchBox("Search connectors", () => update());
	const grid = element("div", "jcn-grid");
	attributes(grid, { role: "list", "aria-label": "Connectors" });
	const none = element("div", "jcn-none", "No connector matches");
	attributes(none, { role: "status" });
	const fill = list<Entry>(
		grid,
		(entry) => entry.id,
		(entry) => cardOf(entry, ask),
	);
	const update = () => {
		const entries = home.state().entries ?? [];
		show(search.node, entries.length > SEARCH_FROM);
		const hits = found(entries, search.query());
		fill(hits);
		show(none, hits.length === 0);
	};
	node.append(search.node, grid, none);
	const off = home.onState(update);
	update();
	return () => {
		off();
		host.replaceChildren();
	};
}

function cardOf(entry: Entry, ask: Ask): Row<Entry> {
	const title = element("span", "jcn-title");
	const by = element("span", "jcn-by");
	const summary = element("div", "jcn-summary");
	const badges = element("div", "jcn-badges");
	const action = actionOf(entry.id, ask);
	const message = element("div", "jcn-message");
	attributes(message, { role: "status" });
	const code = codeLine();
	const node = element(
		"div",
		"jcn-card",
		element(
			"div",
			"jcn-top",
			avatar(entry),
			element("div", "jcn-names", title, by),
			action.node,
		),
		summary,
		message,
		badges,
		code.node,
	);
	attributes(node, { role: "listitem" });
	return {
		node,
		update(next) {
			node.dataset.state = next.state;
			const name = visible(next.title || next.id);
			setText(title, name);
			setText(by, visible(next.developer));
			setText(summary, next.summary);
			setText(message, next.message);
			show(message, next.message !== "");
			badges.replaceChildren(...badgesOf(next));
			action.update(next, name);
			code.update(next.code, name);
		},
	};
}

function avatar({ id, title }: Entry): HTMLElement {
	const node = element("span", "jcn-avatar", initial(title || id));
	node.style.setProperty("--jcn-hue", String(hue(id)));
	return attributes(node, { "aria-hidden": "true" });
}

function badgesOf(entry: Entry): HTMLElement[] {
	const said: [string, string][] = [
		[entry.category, "category"],
		[entry.badge, entry.badge],
	];
	if (entry.custom) said.push(["Custom", "custom"]);
	return said
		.filter(([words]) => words)
		.map(([words, kind]) => {
			const node = element("span", "jcn-badge", words);
			node.dataset.kind = kind;
			return node;
		});
}

const CONNECT: Record<Entry["state"], string> = {
	idle: "Connect",
	connecting: "Connecting…",
	connected: "Connected",
	failed: "Try again",
};

function actionOf(id: string, ask: Ask) {
	const connect = button("jcn-button", "", () => ask("connect", id));
	const connected = element(
		"span",
		"jcn-connected",
		icon("check"),
		"Connected",
	);
	const disconnect = button("jcn-link", "Disconnect", () =>
		ask("disconnect", id),
	);
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

const COPIED = 1500;

/** The line of code that does the same, with a button that copies it. */
function codeLine() {
	const text = element("code", "");
	const copy = button("jcn-copy", "", () => {
		void copyText(text).then((done) => {
			copy.replaceChildren(icon(done ? "check" : "cross"));
			setTimeout(() => copy.replaceChildren(icon("copy")), COPIED);
		});
	});
	copy.append(icon("copy"));
	const node = element("div", "jcn-code", text, copy);
	return {
		node,
		update(code: string, name: string) {
			setText(text, visible(code));
			attributes(copy, {
				"aria-label": `Copy the line that connects ${name}`,
				title: "Copy",
			});
			show(node, code !== "");
		},
	};
}

async function copyText(node: HTMLElement): Promise<boolean> {
	try {
		// Missing on plain http to another host, as JupyterHub at work may be.
		await navigator.clipboard.writeText(node.textContent ?? "");
		return true;
	} catch {
		getSelection()?.selectAllChildren(node);
		return document.execCommand("copy");
	}
}
