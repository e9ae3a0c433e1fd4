import assert from "node:assert/strict";
import { test } from "node:test";
import { bridgeOf, type Handlers, Refusal } from "../src/apps/bridge";

interface Sent {
	jsonrpc: string;
	id?: unknown;
	method?: string;
	result?: unknown;
	error?: { code: number; message: string };
}

const NONE: Handlers = { requests: {}, notifications: {} };

/** A bridge, what it sent, and a way to wait until it has answered. */
function bridge(handlers: Partial<Handlers> = {}) {
	const sent: Sent[] = [];
	const made = bridgeOf((message) => sent.push(message as Sent), {
		...NONE,
		...handlers,
	});
	return { ...made, sent, settled: () => new Promise(setImmediate) };
}

const asked = (id: unknown, method: unknown, params?: unknown) => ({
	jsonrpc: "2.0",
	id,
	method,
	params,
});

test("a request is answered under its id", async () => {
	const { receive, sent, settled } = bridge({
		requests: { add: ({ a, b }) => ({ sum: Number(a) + Number(b) }) },
	});
	receive(asked("x", "add", { a: 1, b: 2 }));
	await settled();
	assert.deepEqual(sent, [{ jsonrpc: "2.0", id: "x", result: { sum: 3 } }]);
});

test("a method that is not there, and what every object has, is answered with -32601", async () => {
	const { receive, sent, settled } = bridge();
	for (const each of ["sampling/createMessage", "constructor", "__proto__"]) {
		receive(asked(1, each));
	}
	await settled();
	assert.deepEqual(
		sent.map(({ error }) => error?.code),
		[-32601, -32601, -32601],
	);
});

test("a refusal goes back with its code, and an error of ours without its words", async () => {
	const { receive, sent, settled } = bridge({
		requests: {
			no: () => {
				throw new Refusal(-32000, "not today");
			},
			broken: () => {
				throw new Error("a path of this machine");
			},
		},
	});
	receive(asked(1, "no"));
	receive(asked(2, "broken"));
	await settled();
	assert.deepEqual(sent[0]?.error, { code: -32000, message: "not today" });
	assert.deepEqual(sent[1]?.error, { code: -32603, message: "Failed" });
});

test("what is no message is passed over", async () => {
	const { receive, sent, settled } = bridge({
		requests: { ping: () => ({}) },
	});
	for (const data of [
		null,
		undefined,
		"text",
		7,
		[],
		{},
		{ id: 1, method: "ping" },
		{ jsonrpc: "1.0", id: 1, method: "ping" },
		asked({}, "ping"),
		asked(null, "ping"),
		asked(1, { toString: () => "ping" }),
	]) {
		receive(data);
	}
	await settled();
	assert.deepEqual(sent, []);
});

test("parameters that JSON can't say are refused", async () => {
	const { receive, sent, settled } = bridge({
		requests: { take: () => ({}) },
	});
	const circle: { self?: unknown } = {};
	circle.self = circle;
	for (const params of [circle, [1], "text", 3, { n: 1n }]) {
		receive(asked(1, "take", params));
	}
	await settled();
	assert.deepEqual(
		sent.map(({ error }) => error?.code),
		[-32600, -32600, -32600, -32600, -32600],
	);
});

test("an app that asks without end is refused what is above the limit, and heard again later", async () => {
	const open: (() => void)[] = [];
	const { receive, sent, settled } = bridge({
		requests: {
			wait: () => new Promise((resolve) => open.push(() => resolve({}))),
		},
	});
	for (let n = 0; n < 70; n += 1) receive(asked(n, "wait"));
	await settled();
	assert.equal(sent.length, 6);
	assert.equal(sent[0]?.error?.code, -32000);
	for (const end of open) end();
	await settled();
	receive(asked("again", "wait"));
	await settled();
	assert.equal(open.length, 65);
});

test("a question to the app gets its answer, and none after the limit", async () => {
	const { ask, receive, sent } = bridge();
	const answer = ask("ui/resource-teardown", {}, 1000);
	receive({ jsonrpc: "2.0", id: sent[0]?.id, result: { done: true } });
	assert.deepEqual(await answer, { done: true });
	await assert.rejects(ask("ui/resource-teardown", {}, 5), /did not answer/);
});

test("a bridge that is closed neither sends nor hears, and those who wait are told", async () => {
	const heard: string[] = [];
	const { ask, close, notify, receive, sent, settled } = bridge({
		notifications: { log: () => heard.push("log") },
	});
	const answer = ask("ui/resource-teardown", {}, 1000);
	close();
	await assert.rejects(answer);
	notify("x", {});
	receive(asked(undefined, "log"));
	await settled();
	assert.equal(sent.length, 1);
	assert.deepEqual(heard, []);
});
