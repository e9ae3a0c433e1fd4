import assert from "node:assert/strict";
import { afterEach, mock, test } from "node:test";
import { heights } from "../src/apps/sizes";
import { isDark, rgb } from "../src/apps/theme";
import { ofApp, readAnswer, readOpened, readOutcome } from "../src/state/app";
import type { Approval } from "../src/state/approval";
import {
	askCell,
	fileName,
	filesOf,
	fileWords,
	suggestion,
} from "../src/state/wishes";

test("an app that the kernel does not know is none", () => {
	assert.equal(readOpened({ status: "unknown" }), null);
	assert.equal(readOpened({ status: "ok", tool: {} }), null);
	const app = readOpened({ status: "ok", html: "<p>", tool: { name: "t" } });
	assert.equal(app?.state, "cancelled");
	assert.deepEqual(app?.arguments, {});
	assert.deepEqual(app?.tool.inputSchema, { type: "object" });
});

test("an answer without a result is an error", () => {
	const result = { content: [] };
	assert.deepEqual(readAnswer({ status: "ok", result }), { result });
	assert.deepEqual(readAnswer({ status: "unknown" }), {
		error: { code: -32603, message: "The kernel refused" },
	});
	const problem = "a path of this machine";
	assert.deepEqual(readAnswer({ status: "error", problem, hint: "" }), {
		error: { code: -32603, message: "The kernel refused" },
	});
	const wanted = { code: -32603, message: "sign in" };
	assert.deepEqual(readAnswer({ status: "ok", error: wanted, signin: true }), {
		error: wanted,
		signin: true,
	});
	const error = { code: -32601, message: "no such method" };
	assert.deepEqual(readAnswer({ status: "ok", error }), { error });
	assert.equal(readOutcome({ state: "odd", result: 3 }).result, null);
});

test("a card stands with the app that asks", () => {
	const some = [{ app: "a" }, { app: "" }, { app: "b" }] as Approval[];
	assert.deepEqual(ofApp(some, "a"), [some[0]]);
});

test("a suggestion is the text alone, with nothing hidden in it", () => {
	const content = [
		{ type: "text", text: "Why\u202e?" },
		{ type: "image", data: "x" },
		{ type: "text", text: "And when?" },
	];
	assert.equal(suggestion({ content }), "Why⟨U+202E⟩?\nAnd when?");
	assert.equal(suggestion({ content: "text" }), "");
	assert.equal(askCell("%%bash\nrm"), "%%ask\n%%bash\nrm");
});

test("a file has a name and no folder", () => {
	for (const [given, kept] of [
		["../../.bashrc", "bashrc"],
		["file:///a/b/report 2026.csv?x=1", "report 2026.csv"],
		["C:\\Windows\\evil.exe", "evil.exe"],
		["a\u202efdp.exe", "a⟨U+202E⟩fdp.exe"],
		["///", "download"],
		["..", "download"],
	] as const) {
		assert.equal(fileName(given), kept);
	}
	const long = fileName(`${"x".repeat(300)}.csv`);
	assert.equal(long.length, 100);
	assert.ok(long.endsWith(".csv"));
});

test("files are embedded or linked, and all of them or none", () => {
	const text = {
		type: "resource",
		resource: { uri: "file:///a.csv", mimeType: "text/csv", text: "1,2" },
	};
	const link = { type: "resource_link", uri: "report://b", name: "b.pdf" };
	const files = filesOf({ contents: [text, link] });
	assert.deepEqual(
		files?.map((file) => fileWords(file)),
		["a.csv · text/csv · 3 bytes", "b.pdf · read from the service"],
	);
	const bad = { type: "resource", resource: { uri: "x", blob: "%%%" } };
	for (const contents of [[], [text, bad], [{}], "x", Array(11).fill(text)]) {
		assert.equal(filesOf({ contents }), null);
	}
});

/** A size that is followed, and the time that passes for it. */
function following() {
	mock.timers.enable({ apis: ["setTimeout"] });
	let time = 0;
	const set: number[] = [];
	const size = heights(
		240,
		(height) => set.push(height),
		() => time,
	);
	const pass = (span: number) => {
		time += span;
		mock.timers.tick(span);
	};
	return { ...size, set, pass };
}

afterEach(() => mock.timers.reset());

test("an app grows at once, shrinks when it lasts, and never above the limit", () => {
	const { pass, said, set } = following();
	said(300);
	said(9000);
	said(100);
	said(480);
	assert.deepEqual(set, [300, 500]);
	pass(200);
	assert.deepEqual(set, [300, 500, 480]);
});

test("an app whose height goes up and down for ever comes to rest, and one that is opened and closed does not", () => {
	const { now, pass, said, set } = following();
	for (let n = 0; n < 50; n += 1) {
		said(n % 2 === 0 ? 320 : 300);
		pass(200);
	}
	assert.ok(set.length < 15);
	assert.equal(now(), 320);
	for (let n = 0; n < 20; n += 1) {
		said(400);
		pass(2000);
		said(300);
		pass(2000);
		assert.equal(now(), 300);
	}
});

test("light and dark are told apart by the background", () => {
	assert.equal(isDark(rgb("rgb(17, 17, 17)")), true);
	assert.equal(isDark(rgb("rgb(255, 255, 255)")), false);
	assert.equal(isDark(rgb("color(srgb 0.07 0.07 0.07)")), true);
});
