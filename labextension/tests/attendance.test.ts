import assert from "node:assert/strict";
import { test } from "node:test";
import { attendanceOf } from "../src/apps/attendance";
import { floodOf } from "../src/apps/flood";
import { pageOf } from "../src/apps/sandbox";
import type { Content } from "../src/channel";

/** A view, and what the kernel heard of it; `reply` is what the kernel says. */
function view(reply: (content: Content) => Content | Promise<Content>) {
	const heard: unknown[] = [];
	let dropped = 0;
	const made = attendanceOf(
		async (content) => {
			heard.push(content.type);
			return reply(content);
		},
		() => {
			dropped += 1;
		},
	);
	return { ...made, heard, dropped: () => dropped };
}

test("a view that asked for the app and was not answered says that it left", async () => {
	const { ask, dispose, heard } = view(() => Promise.reject(new Error("late")));
	await assert.rejects(ask({ type: "open" }));
	dispose();
	dispose();
	assert.deepEqual(heard, ["open", "left"]);
	const silent = view(() => ({}));
	silent.dispose();
	assert.deepEqual(silent.heard, []);
});

test("after a view has left nothing more comes from it, until it is back", async () => {
	const { back, heard, left, request, tell } = view(() => ({ status: "ok" }));
	await tell({});
	left();
	left();
	await assert.rejects(request("tools/list", {}), /left/);
	await assert.rejects(tell({}), /left/);
	back();
	await request("tools/list", {});
	assert.deepEqual(heard, ["context", "left", "alive", "request"]);
});

test("the end of the call is asked for once, and again after a failure or a return", async () => {
	let isLost = true;
	const { back, heard, left, outcome } = view(({ type }) => {
		if (type === "outcome" && isLost) throw new Error("gone");
		return { state: "done", result: {} };
	});
	await assert.rejects(outcome());
	isLost = false;
	await Promise.all([outcome(), outcome()]);
	assert.equal((await outcome()).state, "done");
	assert.equal(heard.length, 2);
	left();
	back();
	await outcome();
	assert.deepEqual(heard.slice(2), ["left", "alive", "outcome"]);
});

test("an app that the kernel does not know any more is dropped", async () => {
	const { dropped, isDropped, request } = view(() => ({ status: "unknown" }));
	assert.equal(isDropped(), false);
	await request("tools/list", {});
	await request("tools/list", {});
	assert.equal(isDropped(), true);
	assert.equal(dropped(), 1);
});

const HEADERS = {
	"Content-Security-Policy": "sandbox allow-scripts allow-forms",
	"Connection-Allowlist": "()",
};
const BASE = new URL("http://localhost:8888/");

test("the server's page is asked for until the server has said whether it is there", async () => {
	const answers: (() => Response)[] = [
		() => {
			throw new DOMException("", "TimeoutError");
		},
		() => new Response("", { status: 503 }),
		() => new Response("", { headers: HEADERS }),
	];
	let asked = 0;
	const page = pageOf(BASE, async () => {
		asked += 1;
		return answers.shift()?.() as Response;
	});
	await assert.rejects(page());
	await assert.rejects(page());
	const place = "http://localhost:8888/jupyter-connectors/app/sandbox";
	assert.equal(await page(), place);
	assert.equal(await page(), place);
	assert.equal(asked, 3);
});

test("without the server's page, or without its headers, there is none", async () => {
	for (const answer of [{ status: 404 }, { headers: {} }]) {
		let asked = 0;
		const page = pageOf(BASE, async () => {
			asked += 1;
			return new Response("", answer);
		});
		assert.equal(await page(), null);
		assert.equal(await page(), null);
		assert.equal(asked, 1);
	}
	assert.equal(await pageOf(null)(), null);
});

test("many messages are no flood, and too many in a moment are one", () => {
	let time = 0;
	const isTooMany = floodOf(() => time);
	for (let n = 0; n < 5000; n += 1) {
		time += 4;
		assert.equal(isTooMany(), false);
	}
	const many = Array.from({ length: 1200 }, () => isTooMany());
	assert.ok(many.filter(Boolean).length > 100);
});
