/** A frame as a table that scrolls: the kernel sorts, searches and hands over the rows in sight. */

import type { Content } from "../channel";
import { attributes, element, root, say, setText, show, spoken } from "../dom";
import type { Unsubscribe } from "../host";
import {
	type About,
	ago,
	type Facts,
	here,
	origin,
	type Page,
	readPage,
	tally,
	warning,
} from "../state/grid";
import gridSheet from "../styles/grid.css";
import { grouped, visible } from "../text";
import { trans } from "../words";
import { foldOf, searchBox } from "./controls";
import { type Query, type Table, tableOf } from "./gridtable";

/** With fewer rows there is nothing to search for. */
const SEARCH_FROM = 11;
const PAUSE = 200;
/** Rows of the first request; widths are taken from them. */
const FIRST = 100;

/** What the view needs of where it stands. */
export interface GridHome {
	/** The kernel's reply to a request for this frame; rejects where none comes. */
	ask(request: Content): Promise<Content>;
}

export interface Grid {
	/** To be called when the view was out of the page and is in it again. */
	revive(): void;
	dispose: Unsubscribe;
}

/**
 * Shows the frame `about` in `host`; null where the kernel no longer has its rows.
 *
 * `ready` runs when there are rows; then the host must be in the page, for widths are measured.
 */
export async function mount(
	host: HTMLElement,
	about: About,
	home: GridHome,
	ready: () => void,
): Promise<Grid | null> {
	const first = readPage(await home.ask(asked({ start: 0, length: FIRST })));
	if (first === null) return null;
	ready();
	return standing(host, about, home, first);
}

function asked({ start, length, ...rest }: Query): Content {
	return { type: "page", start, length, ...rest };
}

function standing(
	host: HTMLElement,
	{ columns, left_out, facts }: About,
	home: GridHome,
	first: Page,
): Grid {
	const node = root(host, "grid", gridSheet);
	const head = headOf(columns.length, facts, () => table.search(head.query()));
	const trouble = spoken("alert", "jcn-trouble");
	const box = element("div", "jcn-box");
	const foot = footOf(facts, columns.length, left_out);
	node.append(...bannerOf(facts), head.node, box, trouble, foot);
	const fail = (words: string) => say(trouble, words);
	fail("");
	const read = readerOf(home, first, {
		busy: (is) => attributes(box, { "aria-busy": is ? "true" : null }),
		got: (page) => {
			fail(page === null ? goneWords() : "");
			if (page !== null) head.update(page);
		},
		failed: () =>
			fail(
				trans.__("The kernel has not answered; scroll or sort to ask again."),
			),
	});
	head.update(first);
	const table: Table = tableOf(box, columns, first.rows, read);
	return {
		revive: table.revive,
		dispose() {
			table.dispose();
			host.replaceChildren();
		},
	};
}

const goneWords = () =>
	trans.__("The kernel no longer holds these rows: run the cell again.");

interface Told {
	busy(is: boolean): void;
	got(page: Page | null): void;
	failed(): void;
}

/** Reads pages from the kernel; the first one is there already. */
function readerOf(home: GridHome, first: Page, told: Told) {
	let isFirst = true;
	let waiting = 0;
	const wait = (more: number) => {
		waiting += more;
		told.busy(waiting > 0);
	};
	return async (query: Query): Promise<Page | null> => {
		const known = isFirst && query.length <= FIRST;
		isFirst = false;
		if (known) return first;
		wait(1);
		try {
			const page = readPage(await home.ask(asked(query)));
			told.got(page);
			return page;
		} catch {
			told.failed();
			return null;
		} finally {
			wait(-1);
		}
	};
}

function headOf(columns: number, facts: Facts, changed: () => void) {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const search = searchBox(trans.__("Search all rows"), () => {
		clearTimeout(timer);
		timer = setTimeout(changed, PAUSE);
	});
	const rows = element("span", "jcn-rows");
	const width = element("span", "jcn-muted", columnWords(columns));
	attributes(rows, { role: "status" });
	show(search.node, facts.here >= SEARCH_FROM);
	return {
		node: element("div", "jcn-head", rows, width, search.node),
		query: search.query,
		update: ({ found, total }: Page) => setText(rows, tally(found, total)),
	};
}

function columnWords(columns: number): string {
	return trans._n("%2 column", "%2 columns", columns, grouped(columns));
}

function bannerOf(facts: Facts): HTMLElement[] {
	const words = warning(facts);
	if (words === "") return [];
	const mark = element("span", "jcn-mark", "⚠");
	mark.ariaHidden = "true";
	const node = element("div", "jcn-banner", mark, element("span", "", words));
	attributes(node, { role: "note", "data-state": facts.state });
	return [node];
}

function footOf(facts: Facts, columns: number, leftOut: number): HTMLElement {
	const words = origin(facts);
	if (leftOut > 0) {
		const all = columns + leftOut;
		words.push(
			trans._n(
				"%2 of %3 column shown",
				"%2 of %3 columns shown",
				all,
				columns,
				grouped(all),
			),
		);
	}
	const line = element("div", "jcn-foot-line");
	for (const each of words.filter((word) => word !== "")) {
		line.append(element("span", "jcn-fact", visible(each)));
	}
	const since = new Date(facts.fetched_at);
	if (!Number.isNaN(since.getTime())) line.append(timeOf(since));
	const node = element("div", "jcn-foot", line);
	if (facts.notes.length > 0) node.append(...notesOf(facts.notes, line));
	return node;
}

function timeOf(since: Date): HTMLElement {
	const node = element("time", "jcn-fact", ago(since, new Date()));
	attributes(node, {
		datetime: since.toISOString(),
		title: `${since.toISOString().slice(0, 19).replace("T", " ")} UTC\n${here(since)}`,
	});
	// Said anew when it is looked at, rather than by a clock that runs for each table.
	node.addEventListener("pointerenter", () =>
		setText(node, ago(since, new Date())),
	);
	return node;
}

function notesOf(notes: readonly string[], line: HTMLElement): HTMLElement[] {
	const listed = element("ul", "jcn-notes");
	for (const note of notes) listed.append(element("li", "", visible(note)));
	const fold = foldOf(false, () => update());
	const many = notes.length;
	fold.node.append(trans._n("%2 note", "%2 notes", many, grouped(many)));
	const update = () => {
		fold.update(fold.open());
		show(listed, fold.open());
	};
	// `foldOf` turns before it calls back, so the first state is set by hand.
	fold.update(false);
	show(listed, false);
	line.append(element("span", "jcn-fact", fold.node));
	return [listed];
}
