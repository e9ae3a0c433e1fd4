/** The directory: cards by category, narrowed by a search and by chips, and a page behind each. */

import {
	attributes,
	button,
	element,
	follow,
	root,
	say,
	setText,
	show,
	spoken,
} from "../dom";
import type { Host, Unsubscribe } from "../host";
import { list, type Row } from "../list";
import {
	CAPABILITIES,
	type Connectors,
	capabilityWords,
	type Entry,
	found,
	lacks,
	SEARCH_FROM,
	shelves,
} from "../state/connectors";
import codeSheet from "../styles/code.css";
import connectorsSheet from "../styles/connectors.css";
import factsSheet from "../styles/facts.css";
import pageSheet from "../styles/page.css";
import { visible } from "../text";
import { trans } from "../words";
import { chips, searchBox } from "./controls";
import {
	type Acts,
	actionOf,
	badgesOf,
	isBlocked,
	messageOf,
	topOf,
} from "./entry";
import { type Given, NOTHING_GIVEN } from "./form";
import { pageOf } from "./listing";

type Shelf = ReturnType<typeof shelves>[number];

/** Shows the directory and sends `connect` and `disconnect` messages. */
export const mount = (host: HTMLElement, home: Host<Connectors>): Unsubscribe =>
	directory(host, home).dispose;

/** The same, for who sends a person to one entry. */
export function directory(host: HTMLElement, home: Host<Connectors>) {
	const node = root(
		host,
		"connectors",
		connectorsSheet,
		codeSheet,
		factsSheet,
		pageSheet,
	);
	const acts: Acts = {
		connect: (entry, given) => send("connect", entry, given),
		disconnect: (entry) => send("disconnect", entry, NOTHING_GIVEN),
		open: (entry) => front.open(entry),
		code: home.code,
		...(home.line && {
			line: async (entry: Entry, given: Given) =>
				(await home.line?.(message("connect", entry, given))) ?? "",
		}),
	};
	const message = (type: string, entry: Entry, given: Given) => ({
		id: home.state().id,
		type,
		entry: entry.id,
		...given,
	});
	const send = (type: string, entry: Entry, given: Given) =>
		home.send(message(type, entry, given));
	const board = boardOf(home, acts);
	const front = frontOf(node, board.node, acts);
	let wanted = "";
	const update = () => {
		const { entries = [] } = home.state();
		board.update();
		front.update(entries);
		// Whoever comes here before the kernel has told of the directory waits for it.
		if (wanted === "" || entries.length === 0) return;
		const entry = entries.find(({ id }) => id === wanted);
		wanted = "";
		if (entry !== undefined) front.open(entry);
	};
	return {
		dispose: follow(host, home, update),
		/** Shows the page of an entry, as soon as it is known. */
		open(id: string) {
			wanted = id;
			update();
		},
	};
}

/** Shows the board, or the page of one entry in its place. */
function frontOf(node: HTMLElement, board: HTMLElement, acts: Acts) {
	let page: { id: string; row: Row<Entry>; from: Element | null } | null = null;
	const back = () => {
		const { from } = page ?? { from: null };
		page?.row.node.remove();
		page = null;
		show(board, true);
		if (from instanceof HTMLElement) from.focus();
	};
	node.append(board);
	return {
		open(entry: Entry) {
			const place = node.getRootNode() as Document | ShadowRoot;
			const from = page?.from ?? place.activeElement;
			page?.row.node.remove();
			page = { id: entry.id, row: pageOf(entry, acts, back), from };
			page.row.update(entry);
			show(board, false);
			node.append(page.row.node);
			page.row.node.querySelector("h2")?.focus();
		},
		update(entries: readonly Entry[]) {
			const entry = entries.find(({ id }) => id === page?.id);
			if (entry !== undefined) page?.row.update(entry);
			else if (page !== null) back();
		},
	};
}

/** The search, the chips and the cards. */
function boardOf(home: Host<Connectors>, acts: Acts) {
	const search = searchBox(trans.__("Search connectors"), () => update());
	const category = chips(trans.__("Category"), () => update());
	const capability = chips(
		trans.__("What it may do"),
		() => update(),
		capabilityWords,
	);
	const notes = element("div", "jcn-notes jcn-muted");
	const grid = element("div", "jcn-shelves");
	const none = spoken("status", "jcn-none", trans.__("No connector matches"));
	const fill = list<Shelf>(
		grid,
		(shelf) => shelf.category,
		() => shelfOf(acts),
	);
	const bar = element("div", "jcn-bar", search.node, capability.node);
	const update = () => {
		const { entries = [], categories = [], notes: told = [] } = home.state();
		const many = entries.length > SEARCH_FROM;
		const all = shelves(entries, categories);
		show(bar, many);
		show(category.node, many);
		category.update(all.map((shelf) => [shelf.category, shelf.entries.length]));
		capability.update(CAPABILITIES.map((each) => [each, null]));
		const hits = found(entries, {
			query: search.query(),
			category: category.chosen(),
			capability: capability.chosen(),
		});
		fill(shelves(hits, categories));
		show(none, hits.length === 0);
		notes.replaceChildren(
			...told.map((each) => element("div", "", visible(each))),
		);
	};
	return {
		node: element("div", "jcn-board", bar, category.node, notes, grid, none),
		update,
	};
}

function shelfOf(acts: Acts): Row<Shelf> {
	const heading = element("h2", "jcn-heading");
	const grid = attributes(element("div", "jcn-cards"), { role: "list" });
	const fill = list<Entry>(
		grid,
		(entry) => entry.id,
		(entry) => cardOf(entry, acts),
	);
	return {
		node: element("section", "jcn-shelf", heading, grid),
		update({ category, entries }) {
			setText(heading, visible(category));
			attributes(grid, { "aria-label": visible(category) });
			fill(entries);
		},
	};
}

function cardOf(entry: Entry, acts: Acts): Row<Entry> {
	let shown = entry;
	const title = button("jcn-title jcn-open", "", () => acts.open(shown));
	title.dataset.entry = entry.id;
	const by = element("span", "jcn-by");
	const summary = element("div", "jcn-summary");
	const badges = element("div", "jcn-badges");
	// A part of the address that nobody gave is asked for on the page.
	const connect = () =>
		lacks(shown) ? acts.open(shown) : acts.connect(shown, NOTHING_GIVEN);
	const action = actionOf(connect, () => acts.disconnect(shown));
	const message = spoken("status", "jcn-message");
	const node = element(
		"div",
		"jcn-card",
		topOf(entry, title, by, action.node),
		summary,
		message,
		badges,
	);
	attributes(node, { role: "listitem" });
	return {
		node,
		update(next) {
			shown = next;
			node.dataset.state = next.state;
			const name = visible(next.title || next.id);
			setText(title, name);
			attributes(title, { "aria-label": trans.__("About %1", name) });
			setText(by, visible(next.developer));
			setText(summary, visible(next.summary));
			say(message, messageOf(next));
			node.dataset.blocked = String(isBlocked(next));
			badges.replaceChildren(...badgesOf(next));
			action.update(next, name);
		},
	};
}
