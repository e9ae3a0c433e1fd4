import assert from "node:assert/strict";
import { test } from "node:test";
import { answers, approvals, connectors, tools } from "../dev/samples";
import { facts, headline } from "../src/state/answer";
import { type Approval, kindWords, outcome } from "../src/state/approval";
import { found } from "../src/state/connectors";
import {
	connectedWords,
	isQuiet,
	NOTHING,
	pendingWords,
	readStatus,
} from "../src/state/status";
import { groups, total, withFlips } from "../src/state/tools";

const only = <T>(items: readonly T[]): T => {
	assert.equal(items.length, 1);
	return items[0] as T;
};

test("an unknown kind of tool counts as one that changes data", () => {
	assert.equal(kindWords("sends"), "Sends");
	assert.equal(kindWords("harmless" as Approval["kind"]), "Changes data");
});

test("an outcome is the kernel's note, as a sentence", () => {
	const allowed = approvals.allowed as Approval;
	assert.equal(outcome(allowed), "Allowed once");
	assert.equal(outcome({ ...allowed, note: "" }), "Allowed");
});

test("the total counts only what is on in a connector that is on", () => {
	const sum = total(tools.connectors);
	assert.deepEqual(sum, { tools: 8, enabled: 4, tokens: 960 });
});

test("a turned switch counts at once and leaves the kernel's state alone", () => {
	const flips = [
		{ connector: "acme-crm", tool: null, enabled: true },
		{ connector: "acme-billing", tool: "list_invoices", enabled: false },
	];
	const after = withFlips(tools.connectors, flips);
	assert.equal(total(after).tokens, 960 + 420 - 320);
	assert.equal(total(tools.connectors).tokens, 960);
});

test("tools stand from harmless to not, without empty groups", () => {
	const [billing] = tools.connectors;
	assert.ok(billing);
	const kinds = groups(billing.tools, "").map((group) => group.kind);
	assert.deepEqual(kinds, ["read", "write", "destructive", "sends"]);
	const hit = only(groups(billing.tools, "refund"));
	assert.equal(only(hit.tools).name, "create_refund");
});

test("a directory search looks at the name and the summary", () => {
	assert.equal(only(found(connectors.entries, "pull requests")).id, "github");
	assert.equal(found(connectors.entries, "").length, 6);
});

test("a call tells rows, completeness and time in this order", () => {
	const [call] = answers.done?.calls ?? [];
	assert.ok(call);
	const said = facts(call, null).map(({ text }) => text);
	assert.deepEqual(said, ["3,200 rows", "complete", "1.2 s"]);
	const part = facts({ ...call, complete: false }, null);
	assert.equal(only(part.filter(({ warn }) => warn)).text, "incomplete");
});

test("a running call tells the time so far, a finished one never does", () => {
	const [done, running] = answers.running?.calls ?? [];
	assert.ok(done && running);
	assert.deepEqual(facts(running, 2.5), [{ text: "2.5 s", warn: false }]);
	assert.deepEqual(
		facts({ ...done, rows: null, complete: null, seconds: null }, 9),
		[],
	);
});

test("a headline admits that no model answered", () => {
	assert.equal(
		headline({ id: "", state: "done", model: "", calls: [], usage: "" }),
		"Done, no model answered",
	);
});

test("a status is read field by field, whoever sent it", () => {
	const status = readStatus({
		connected: [{ id: "a", title: "A" }, null, 3],
		pending: [approvals.write, { state: "pending" }, approvals.denied, "x"],
	});
	assert.ok(status);
	assert.equal(connectedWords(status), "1 connector");
	assert.equal(pendingWords(status), "1 approval waiting");
	assert.deepEqual(status.pending, [approvals.write]);
});

test("what is no status is not taken for one", () => {
	for (const data of [null, 1, "x", [], {}, { connected: [] }]) {
		assert.equal(readStatus(data), null);
	}
	assert.ok(isQuiet(NOTHING));
	assert.equal(connectedWords(NOTHING) + pendingWords(NOTHING), "");
});
