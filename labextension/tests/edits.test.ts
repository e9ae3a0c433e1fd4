import assert from "node:assert/strict";
import { test } from "node:test";
import type { Argument, Condition } from "../src/state/approval";
import {
	initialText,
	limitJson,
	limitsFor,
	patternJson,
	typed,
} from "../src/state/edits";

test("a number goes on as it was typed, however long", () => {
	assert.equal(
		typed("integer", " 12345678901234567890 ").json,
		"12345678901234567890",
	);
	assert.equal(typed("number", "1.0").json, "1.0");
});

test("what is no number is no number", () => {
	for (const text of [
		"",
		"1,5",
		"0x1F",
		"NaN",
		"1e",
		"01",
		"--1",
		"Infinity",
	]) {
		assert.ok(typed("number", text).problem);
	}
	assert.ok(typed("integer", "1.5").problem);
});

test("a text is any text and JSON is only JSON", () => {
	assert.equal(typed("text", '"a\\').json, JSON.stringify('"a\\'));
	assert.equal(typed("json", ' {"a": 1.0} ').json, '{"a": 1.0}');
	assert.ok(typed("json", "{a: 1}").problem?.startsWith("not valid JSON"));
});

test("a text is edited as it reads, anything else as JSON", () => {
	const argument = {
		json: '"a\\nb"',
		field: { kind: "long" },
	} as Argument;
	assert.equal(initialText(argument), "a\nb");
	assert.equal(
		initialText({ ...argument, field: { kind: "json" } }),
		'"a\\nb"',
	);
	assert.equal(initialText({ ...argument, json: "" }), "");
});

const condition = (type: Condition["type"], json: string): Condition => ({
	path: "money.value",
	type,
	value: json,
	json,
});

test("limits become the pattern the kernel reads", () => {
	const number = condition("number", "149.0");
	const text = condition("text", '"EUR"');
	const limits = [
		limitJson({ condition: number, limit: "max", text: "150.0" }).json,
		limitJson({ condition: number, limit: "equals", text: "1" }).json,
		limitJson({ condition: text, limit: "equals", text: "EUR" }).json,
		limitJson({ condition: text, limit: "in", text: "EUR\n\nUSD\n" }).json,
		limitJson({
			condition: condition("boolean", "true"),
			limit: "equals",
			text: "anything",
		}).json,
	];
	assert.deepEqual(limits, [
		'{"max":150.0}',
		'{"in":[1]}',
		'{"in":["EUR"]}',
		'{"in":["EUR","USD"]}',
		'{"in":[true]}',
	]);
	assert.deepEqual(limitsFor("number")[0], ["max", "at most"]);
});

test("a pattern with one wrong limit is none", () => {
	const amount = condition("number", "5");
	const right = { condition: amount, limit: "max", text: "5" } as const;
	assert.equal(patternJson([right]), '{"money.value":{"max":5}}');
	assert.equal(patternJson([right, { ...right, text: "five" }]), null);
});
