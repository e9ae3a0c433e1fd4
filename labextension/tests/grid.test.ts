import assert from "node:assert/strict";
import { test } from "node:test";
import {
	ago,
	aligned,
	type Column,
	type Facts,
	here,
	type Kind,
	minorDigits,
	origin,
	readAbout,
	readPage,
	shown,
	tally,
	warning,
} from "../src/state/grid";

const column = (kind: Kind, name = "value"): Column => ({
	name,
	kind,
	type: kind,
	meaning: "",
});

const facts = (changed: Partial<Facts> = {}): Facts => ({
	source: "acme · list_invoices",
	list: "",
	state: "complete",
	line: "complete: 240 rows in 3 pages",
	fetched_at: "2026-11-18T09:30:00Z",
	fetched: 240,
	here: 240,
	derived: false,
	notes: [],
	...changed,
});

test("null shows nothing, which is not the empty text", () => {
	assert.equal(shown(null, column("text")), null);
	assert.equal(shown("", column("text"))?.text, "");
});

test("an amount has the decimals of its currency and its code in capitals", () => {
	const money = column("money");
	assert.equal(shown([1234.5, "eur"], money)?.unit, "EUR");
	assert.match(shown([1234.5, "eur"], money)?.text ?? "", /1.?234.50$/);
	assert.match(shown([1234, "jpy"], money)?.text ?? "", /^1.?234$/);
	assert.match(shown([2.25, "kwd"], money)?.text ?? "", /2.250$/);
	assert.match(shown(3, money)?.text ?? "", /3.00$/);
	assert.equal(minorDigits("<B>"), 2);
});

test("whole numbers are grouped unless they only name something", () => {
	assert.match(shown(12345, column("int"))?.text ?? "", /^12.345$/);
	assert.equal(shown(12345, column("int", "order_id"))?.text, "12345");
	assert.equal(shown(2024, column("int", "year"))?.text, "2024");
	assert.equal(
		shown("1152921504606846976", column("int"))?.text,
		"1152921504606846976",
	);
});

test("numbers of a column stand in line", () => {
	const rates = aligned(column("number"), [79047.2, null, 55265.29, 3]);
	assert.match(shown(79047.2, rates)?.text ?? "", /^79.047.20$/);
	assert.equal(aligned(column("number"), [1, 2]).digits, 0);
	assert.equal(aligned(column("number"), [0.123456]).digits, 2);
	assert.equal(aligned(column("int"), [1.5]).digits, undefined);
});

test("an instant is in UTC and its title has the reader's zone", () => {
	const told = shown(Date.UTC(2026, 10, 18, 9, 30, 15), column("instant"));
	assert.equal(told?.text, "2026-11-18 09:30");
	assert.match(
		told?.title ?? "",
		/^2026-11-18 09:30:15 UTC\n2026-11-1\d \d\d:\d\d:15 \S+ \(.+\)$/,
	);
	assert.match(here(new Date(0)), /^19(69|70)-/);
});

test("what hides in a text is shown", () => {
	assert.equal(
		shown("a\u202eb", column("text"))?.text.includes("\u202e"),
		false,
	);
});

test("rows that are whole need no warning and those that are not get one", () => {
	assert.equal(warning(facts()), "");
	const line = "incomplete: 200 of 8,000 rows (page 3 failed)";
	assert.equal(warning(facts({ state: "partial", line })), line);
	assert.equal(
		warning(facts({ state: "partial", line, derived: true })),
		`made of rows that are ${line}`,
	);
});

test("a part of a frame never claims the rows of the whole", () => {
	assert.deepEqual(origin(facts()), [
		"acme · list_invoices",
		"complete: 240 rows in 3 pages",
	]);
	assert.deepEqual(origin(facts({ derived: true, here: 38 })), [
		"38 rows here, derived from acme · list_invoices",
		"of 240 rows fetched, complete",
	]);
	assert.deepEqual(origin(facts({ list: "lines", derived: true, here: 900 })), [
		"900 rows of the list lines",
		"acme · list_invoices",
		"of 240 rows fetched, complete",
	]);
});

test("a time is told as people tell it", () => {
	const now = new Date("2026-11-18T12:00:00Z");
	const told = (iso: string) => ago(new Date(iso), now);
	assert.equal(told("2026-11-18T11:59:30Z"), "fetched just now");
	assert.equal(told("2026-11-18T11:55:00Z"), "fetched 5 min ago");
	assert.equal(told("2026-11-18T02:00:00Z"), "fetched 10 h ago");
	assert.equal(told("2026-11-08T12:00:00Z"), "fetched 10 days ago");
});

test("a search says how many of how many rows it found", () => {
	assert.equal(tally(240, 240), "240 rows");
	assert.equal(tally(1, 1), "1 row");
	assert.equal(tally(38, 2400), "38 of 2,400 rows");
});

test("a kernel that no longer has the rows is understood", () => {
	assert.equal(readPage({ status: "unknown" }), null);
	assert.equal(readAbout({ status: "error", problem: "x" }), null);
	assert.notEqual(
		readPage({ status: "ok", rows: [], found: 0, total: 0 }),
		null,
	);
});
