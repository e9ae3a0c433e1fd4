import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { following } from "../src/views/following";
import type { Given } from "../src/views/form";

test("the line follows what is typed, and an answer that is overtaken is dropped", async () => {
	mock.timers.enable({ apis: ["setTimeout"] });
	const node = new EventTarget() as HTMLElement;
	const answers: ((line: string) => void)[] = [];
	const asked: Given[] = [];
	const told: string[] = [];
	let given: Given = { set: {} };
	following(
		{ node, sketch: () => given },
		(sketch) => {
			asked.push(sketch);
			return new Promise((resolve) => answers.push(resolve));
		},
		(line) => told.push(line),
	);
	const type = (org: string, pause: number) => {
		given = { set: { org } };
		node.dispatchEvent(new Event("input"));
		mock.timers.tick(pause);
	};
	type("a", 10);
	type("ac", 1000);
	type("acme", 1000);
	assert.deepEqual(asked, [{ set: { org: "ac" } }, { set: { org: "acme" } }]);
	answers[1]?.("%connect x --set org=acme");
	answers[0]?.("%connect x --set org=ac");
	await new Promise((resolve) => setImmediate(resolve));
	assert.deepEqual(told, ["%connect x --set org=acme"]);
	mock.timers.reset();
});
