/** A frame's columns, rows and origin as the kernel tells them, and how they read. Pure. */

import type { Content } from "../channel";
import type { Json } from "../host";
import { grouped, visible } from "../text";
import { trans } from "../words";

export type Kind =
	| "text"
	| "int"
	| "number"
	| "money"
	| "flag"
	| "instant"
	| "time"
	| "day"
	| "json";

export interface Column {
	readonly name: string;
	readonly kind: Kind;
	/** The kind in words. */
	readonly type: string;
	readonly meaning: string;
	/** Decimals that every number of the column has, so that they stand in line. */
	readonly digits?: number;
}

export interface Facts {
	readonly source: string;
	/** The list inside the rows that this frame is, if it is one. */
	readonly list: string;
	readonly state: "complete" | "partial" | "unknown";
	readonly line: string;
	readonly fetched_at: string;
	readonly fetched: number | null;
	readonly here: number;
	/** Rows or columns were taken out or made anew since they were fetched. */
	readonly derived: boolean;
	readonly notes: readonly string[];
}

export interface About {
	readonly columns: readonly Column[];
	readonly left_out: number;
	readonly facts: Facts;
}

export interface Page {
	readonly rows: readonly (readonly Json[])[];
	readonly found: number;
	readonly total: number;
}

/** The description in a kernel's reply; null where the kernel has no such frame. */
export function readAbout(reply: Content): About | null {
	const good = reply.status === "ok" && Array.isArray(reply.columns);
	return good && reply.facts ? (reply as unknown as About) : null;
}

/** The rows in a kernel's reply; null where the kernel has no such frame. */
export function readPage(reply: Content): Page | null {
	const good = reply.status === "ok" && Array.isArray(reply.rows);
	return good ? (reply as unknown as Page) : null;
}

/** What stands in a cell, in two parts; the second is said more quietly. */
export interface Shown {
	readonly text: string;
	readonly unit?: string;
	/** The whole value where the cell shows less. */
	readonly title?: string;
}

const NUMBER = new Intl.NumberFormat(undefined, { maximumFractionDigits: 6 });

/** A value as its column shows it; null is nothing at all. */
export function shown(value: Json, column: Column): Shown | null {
	if (value === null || value === undefined) return null;
	return WRITERS[column.kind]?.(value, column) ?? whole(value);
}

const WRITERS: Record<string, (value: Json, column: Column) => Shown> = {
	int: (value, { name }) => integer(value, name),
	number: (value, { digits = 0 }) => ({
		text: decimal(value, digits),
		title: String(value),
	}),
	money: (value) => amount(value),
	flag: (value) => ({
		text: value === true ? "✓" : "✗",
		title: value === true ? "true" : "false",
	}),
	instant: (value) => instant(value),
};

function whole(value: Json): Shown {
	const text = visible(String(value));
	return { text, title: text };
}

const LABEL = /(?:^|_)(?:id|no|number|year|code|zip|phone|index|key)$/i;

function integer(value: Json, name: string): Shown {
	// Digits in groups would make another thing of a number that only names.
	if (typeof value !== "number" || LABEL.test(name)) return whole(value);
	return { text: NUMBER.format(value), title: String(value) };
}

function decimal(value: Json, digits: number): string {
	if (typeof value !== "number") return String(value);
	return value.toLocaleString(undefined, {
		minimumFractionDigits: digits,
		maximumFractionDigits: 6,
	});
}

/** The column with the decimals that most of these values need: at most two, as amounts have. */
export function aligned(column: Column, values: readonly Json[]): Column {
	if (column.kind !== "number") return column;
	const needed = values.map((value) => `${value}`.split(".")[1]?.length ?? 0);
	return { ...column, digits: Math.min(2, Math.max(0, ...needed)) };
}

function amount(value: Json): Shown {
	const [number, code] = Array.isArray(value) ? value : [value, ""];
	if (typeof number !== "number") return whole(number as Json);
	const unit = visible(String(code)).toUpperCase();
	const digits = minorDigits(unit);
	const text = number.toLocaleString(undefined, {
		minimumFractionDigits: digits,
		maximumFractionDigits: digits,
	});
	return { text, unit, title: `${number} ${unit}`.trim() };
}

/** The decimals of a currency: none for JPY, three for BHD, two where nobody knows. */
export function minorDigits(currency: string): number {
	if (!/^[A-Z]{3}$/.test(currency)) return 2;
	const options = { style: "currency", currency } as const;
	const resolved = new Intl.NumberFormat("en", options).resolvedOptions();
	return resolved.maximumFractionDigits ?? 2;
}

function instant(value: Json): Shown {
	const date = new Date(Number(value));
	if (Number.isNaN(date.getTime())) return whole(value);
	const iso = date.toISOString();
	const utc = iso.replace("T", " ").replace(/(?:\.000)?Z$/, "");
	return { text: utc.slice(0, -3), title: `${utc} UTC\n${here(date)}` };
}

/** The instant where the reader is: `2026-11-18 10:30:00 Europe/Berlin (GMT+1)`. */
export function here(date: Date): string {
	const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
	const offset = new Intl.DateTimeFormat("en", { timeZoneName: "shortOffset" })
		.formatToParts(date)
		.find(({ type }) => type === "timeZoneName")?.value;
	const local = date.toLocaleString("sv-SE");
	return `${local} ${zone} (${offset ?? trans.__("local time")})`;
}

/** "complete" needs no warning; everything else gets one line. */
export function warning({ state, line, derived }: Facts): string {
	if (state === "complete") return "";
	return derived ? trans.__("made of rows that are %1", line) : line;
}

/** Where the rows come from and whether they are all, for the line below them. */
export function origin(facts: Facts): string[] {
	const { source, list, here, fetched, derived, state } = facts;
	if (list !== "") {
		const rows = trans._n(
			"%2 row of the list %3",
			"%2 rows of the list %3",
			here,
			grouped(here),
			list,
		);
		return [rows, source, ofFetched()];
	}
	if (!derived) return [source, state === "complete" ? facts.line : ""];
	const from = trans._n(
		"%2 row here, derived from %3",
		"%2 rows here, derived from %3",
		here,
		grouped(here),
		source,
	);
	return [from, fetched === null ? facts.line : ofFetched()];

	function ofFetched(): string {
		if (fetched === null) return "";
		const many = grouped(fetched);
		return state === "complete"
			? trans._n(
					"of %2 row fetched, complete",
					"of %2 rows fetched, complete",
					fetched,
					many,
				)
			: trans._n("of %2 row fetched", "of %2 rows fetched", fetched, many);
	}
}

/** "fetched just now", "fetched 5 min ago"; the exact time is for the hover. */
export function ago(since: Date, now: Date): string {
	const minutes = Math.floor((now.getTime() - since.getTime()) / 60_000);
	if (minutes < 1) return trans.__("fetched just now");
	if (minutes < 60) return trans.__("fetched %1 min ago", minutes);
	if (minutes < 48 * 60) {
		return trans.__("fetched %1 h ago", Math.floor(minutes / 60));
	}
	return trans.__("fetched %1 days ago", Math.floor(minutes / 1440));
}

/** "240 rows", "38 of 240 rows". */
export function tally(found: number, total: number): string {
	return found === total
		? trans._n("%2 row", "%2 rows", total, grouped(total))
		: trans._n(
				"%2 of %3 row",
				"%2 of %3 rows",
				total,
				grouped(found),
				grouped(total),
			);
}

/** True for what is read from the right: numbers of every kind. */
export function isNumeric({ kind }: Column): boolean {
	return kind === "int" || kind === "number" || kind === "money";
}
