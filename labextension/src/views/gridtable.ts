/** The table itself: DataTables with its Scroller, told to write no markup of ours or of a server's. */

import DataTable from "datatables.net";
import "datatables.net-scroller";
import { attributes, element } from "../dom";
import type { Json } from "../host";
import {
	aligned,
	type Column,
	isNumeric,
	type Page,
	shown,
} from "../state/grid";
import { trans } from "../words";

const HEIGHT = 392;
const NARROWEST = 64;
const WIDEST = 300;
const PADDING = 32;
const SCROLLBAR = 16;

/** Which rows are asked for. */
export interface Query {
	readonly [key: string]: Json;
	readonly start: number;
	readonly length: number;
}

export interface Table {
	/** Shows only rows with this text in them. */
	search(text: string): void;
	/** Puts the scroll position back, which a browser drops with a node that leaves the page. */
	revive(): void;
	dispose(): void;
}

/** A table in `box`; `read` gets the rows of a query, null where they can't be had. */
export function tableOf(
	box: HTMLElement,
	told: readonly Column[],
	sample: readonly (readonly Json[])[],
	read: (query: Query) => Promise<Page | null>,
): Table {
	const columns = told.map((column, at) =>
		aligned(
			column,
			sample.map((row) => row[at] ?? null),
		),
	);
	const widths = widthsOf(columns, sample, box);
	const sum = widths.reduce((total, width) => total + width, 0);
	const node = element("table", "jcn-table", headerOf(columns));
	box.parentElement?.style.setProperty("--jcn-width", `${sum}px`);
	box.parentElement?.style.setProperty("--jcn-fit", `${sum + SCROLLBAR}px`);
	box.append(node);
	const api = new DataTable(node, {
		ajax: (asked: unknown, answer: (reply: never) => void) =>
			void load(asked as Asked, read, answer),
		autoWidth: false,
		columns: columns.map((column, at) => columnOf(column, at, widths[at] ?? 0)),
		language: {
			emptyTable: trans.__("No rows"),
			zeroRecords: trans.__("No row matches"),
		},
		layout: {
			topStart: null,
			topEnd: null,
			bottomStart: null,
			bottomEnd: null,
		},
		order: [],
		orderMulti: false,
		processing: false,
		scrollCollapse: true,
		scroller: { displayBuffer: 5, serverWait: 40 },
		scrollX: true,
		scrollY: `${HEIGHT}px`,
		serverSide: true,
	} as never);
	const named = () => nameParts(box);
	api.on("draw.jcn column-sizing.jcn", named);
	named();
	return { search: (text) => api.search(text).draw(), ...kept(box, api) };
}

/** DataTables shows two tables as one: readers are to find the header that is in sight, not its copy for the widths. */
function nameParts(box: HTMLElement): void {
	const head = box.querySelector(".dt-scroll-head thead");
	if (head === null) return;
	attributes(head, { role: "rowgroup" });
	for (const row of head.querySelectorAll("tr")) {
		attributes(row, { role: "row" });
	}
	for (const cell of head.querySelectorAll("th")) {
		attributes(cell, { role: "columnheader" });
	}
	const copy = box.querySelector(".dt-scroll-body thead");
	if (copy !== null) attributes(copy, { "aria-hidden": "true" });
}

type Api = InstanceType<typeof DataTable>;

/** Follows the box as it changes its width, leaves the page and comes back. */
function kept(box: HTMLElement, api: Api) {
	const body = box.querySelector<HTMLElement>(".dt-scroll-body");
	let width = box.clientWidth;
	let top = 0;
	let left = 0;
	body?.addEventListener("scroll", () => {
		if (!body.isConnected || body.clientHeight === 0) return;
		top = body.scrollTop;
		left = body.scrollLeft;
		body.parentElement?.toggleAttribute("data-aside", left > 0);
	});
	const observer = new ResizeObserver(() => {
		if (box.clientWidth === 0 || box.clientWidth === width) return;
		width = box.clientWidth;
		api.columns.adjust();
	});
	observer.observe(box);
	attributes(body ?? box, { tabindex: "0", "aria-label": trans.__("Rows") });
	return {
		revive() {
			if (body === null) return;
			body.scrollTop = top;
			body.scrollLeft = left;
		},
		dispose() {
			observer.disconnect();
			api.destroy();
		},
	};
}

/** What we read of a request of DataTables. */
interface Asked {
	readonly draw: number;
	readonly start: number;
	readonly length: number;
	readonly order: readonly { column: number; dir: string }[];
	readonly search: { readonly value: string };
}

async function load(
	{ draw, start, length, order, search }: Asked,
	read: (query: Query) => Promise<Page | null>,
	answer: (reply: never) => void,
): Promise<void> {
	const [by] = order;
	const page = await read({
		start,
		length,
		search: search.value,
		sort: by?.column ?? null,
		descending: by?.dir === "desc",
	});
	if (page === null) return; // what is drawn stays
	answer({
		draw,
		data: page.rows,
		recordsTotal: page.total,
		recordsFiltered: page.found,
	} as never);
}

function columnOf(column: Column, at: number, width: number) {
	return {
		className: `jcn-${column.kind}`,
		createdCell: (cell: HTMLElement, value: Json) => fill(cell, value, column),
		data: at,
		name: `c${at}`,
		// A first click on an amount or a time asks for the largest or the newest.
		orderSequence:
			isNumeric(column) || column.kind === "instant"
				? ["desc", "asc", ""]
				: ["asc", "desc", ""],
		// DataTables writes what this returns as markup; the text is put in afterwards.
		render: () => "",
		type: "string",
		width: `${width}px`,
	};
}

function fill(cell: HTMLElement, value: Json, column: Column): void {
	const told = shown(value, column);
	if (told === null) {
		cell.classList.add("jcn-null");
		return;
	}
	cell.textContent = told.text;
	if (told.unit) cell.append(element("span", "jcn-unit", told.unit));
	if (told.title) cell.title = told.title;
}

function headerOf(columns: readonly Column[]): HTMLElement {
	const row = element("tr", "");
	for (const column of columns) {
		const cell = element(
			"th",
			"",
			element("span", "jcn-name", column.name),
			element("span", "jcn-type", column.type),
		);
		attributes(cell, {
			scope: "col",
			"aria-label": column.name,
			title: [column.name, column.meaning || column.type].join("\n"),
		});
		row.append(cell);
	}
	return element("thead", "", row);
}

/** Widths that hold the first rows, so that no column moves while one scrolls. */
function widthsOf(
	columns: readonly Column[],
	sample: readonly (readonly Json[])[],
	box: HTMLElement,
): number[] {
	const pen = document.createElement("canvas").getContext("2d");
	const { fontFamily, fontSize } = getComputedStyle(box);
	const measure = (text: string, weight = "") => {
		if (pen === null) return text.length * 7;
		pen.font = `${weight} ${fontSize} ${fontFamily}`;
		return pen.measureText(text).width;
	};
	return columns.map((column, at) => {
		let width = measure(column.name, "600") + 14;
		for (const row of sample) {
			const told = shown(row[at] ?? null, column);
			if (told === null) continue;
			const text = told.unit ? `${told.text} ${told.unit}` : told.text;
			width = Math.max(width, measure(text.slice(0, 80)));
		}
		return Math.round(Math.min(WIDEST, Math.max(NARROWEST, width + PADDING)));
	});
}
