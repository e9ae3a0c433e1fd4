import assert from "node:assert/strict";
import { test } from "node:test";
import {
	head,
	hue,
	initial,
	initials,
	matches,
	seconds,
	tokens,
	visible,
} from "../src/text";

test("one is singular and thousands are grouped", () => {
	assert.equal(tokens(1), "~1 token");
	assert.equal(tokens(0), "~0 tokens");
	assert.equal(tokens(3200), "~3,200 tokens");
});

test("a time is precise when short and never says 60 seconds", () => {
	assert.equal(seconds(0.44), "0.4 s");
	assert.equal(seconds(9.96), "10.0 s");
	assert.equal(seconds(12.4), "12 s");
	assert.equal(seconds(59.7), "1 min 00 s");
	assert.equal(seconds(125), "2 min 05 s");
});

test("initials are two letters where a name has two parts", () => {
	assert.equal(initials("GitHub"), "GH");
	assert.equal(initials("Google Drive"), "GD");
	assert.equal(initials("Linear"), "L");
	assert.equal(initials("monday.com"), "MC");
	assert.equal(initials("…"), "?");
});

test("an avatar shows the first letter or digit, in any script", () => {
	assert.equal(initial("acme"), "A");
	assert.equal(initial("  (3) things"), "3");
	assert.equal(initial("öre"), "Ö");
	assert.equal(initial("…"), "?");
});

test("a hue depends on the id alone and stays on the wheel", () => {
	assert.equal(hue("github"), hue("github"));
	assert.notEqual(hue("github"), hue("gitlab"));
	for (const id of ["", "a", "ж".repeat(99)]) {
		assert.ok(hue(id) >= 0 && hue(id) < 360);
	}
});

test("letters that hide or turn text around are written out", () => {
	assert.equal(visible("a\u202eb"), "a⟨U+202E⟩b");
	assert.equal(visible("\u200bx\u001b[2J"), "⟨U+200B⟩x⟨U+001B⟩[2J");
	assert.equal(visible("\u{e0041}"), "⟨U+E0041⟩");
	assert.equal(visible("a\ufe0fb\r"), "a⟨U+FE0F⟩b⟨U+000D⟩");
});

test("ordinary text, line ends and emoji stay as they are", () => {
	for (const text of ["héllo\n\tworld", "日本語", "❤️", "👩‍💻", "👩🏽‍💻"]) {
		assert.equal(visible(text), text);
	}
});

test("a short text has no head and a long one has its beginning", () => {
	assert.equal(head("short"), null);
	assert.equal(head("x".repeat(400)), null);
	assert.equal(head("x".repeat(401)), "x".repeat(400));
	assert.equal(head("a\nb\nc", { lines: 2 }), "a\nb");
	assert.equal(head("ab😀", { letters: 3 }), "ab");
});

test("a query matches when each of its words is somewhere", () => {
	assert.ok(matches("", "anything"));
	assert.ok(matches("INV list", "list_invoices", ""));
	assert.ok(!matches("list crm", "list_invoices", "Lists them"));
});
