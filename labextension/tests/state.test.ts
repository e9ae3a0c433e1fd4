import assert from "node:assert/strict";
import { test } from "node:test";
import { answers } from "../dev/samples/answers";
import { approvals } from "../dev/samples/approvals";
import { connectors } from "../dev/samples/connectors";
import { grants, tools } from "../dev/samples/tools";
import { facts, headline } from "../src/state/answer";
import {
	type Approval,
	inline,
	kindWords,
	outcome,
	sizeOf,
	summary,
	together,
} from "../src/state/approval";
import { found, hostOf, shelves } from "../src/state/connectors";
import { instant, untilWords } from "../src/state/grants";
import {
	connectedWords,
	isQuiet,
	NOTHING,
	pendingWords,
	readStatus,
} from "../src/state/status";
import {
	at,
	closedWords,
	type Flip,
	groups,
	ownCount,
	positions,
	total,
	withFlips,
} from "../src/state/tools";

const only = <T>(items: readonly T[]): T => {
	assert.equal(items.length, 1);
	return items[0] as T;
};

test("an unknown kind of tool counts as one that changes data", () => {
	assert.equal(kindWords("sends"), "Sends to others");
	assert.equal(kindWords("harmless" as Approval["kind"]), "Changes data");
});

test("an outcome is the kernel's note, as a sentence", () => {
	const allowed = approvals.allowed.questions[0] as Approval;
	assert.equal(outcome(allowed), "Allowed once");
	assert.equal(outcome({ ...allowed, note: "" }), "Allowed");
});

test("a list says how many wait and what they would do", () => {
	const { questions } = approvals.several;
	const words = "3 calls wait for you: 2 change data, 1 deletes or overwrites";
	assert.equal(summary(questions), words);
	assert.equal(
		summary(questions.slice(0, 2)),
		"1 call waits for you: 1 changes data",
	);
});

test("what needs a second look is not allowed together with the others", () => {
	const ids = together(approvals.several.questions).map(({ id }) => id);
	assert.deepEqual(ids, ["c1", "c4"]);
});

test("a text stands in quotes on one line, a number does not", () => {
	const [payment, amount] = only(approvals.write.questions).arguments;
	assert.ok(payment && amount);
	assert.equal(inline({ ...payment, value: "a\n b" }), "“a b”");
	assert.equal(inline(amount), "14900");
});

test("a fold says how much it holds", () => {
	assert.equal(sizeOf("a\nb\nc"), "3 lines");
	assert.equal(sizeOf("x".repeat(3200)), "3,200 characters");
});

test("the total counts only what is on in a connector that is on", () => {
	const sum = total(tools.connectors);
	assert.deepEqual(sum, { tools: 8, enabled: 4, tokens: 960 });
});

const flip: Flip = {
	connector: "acme-billing",
	tool: null,
	kind: null,
	setting: "ask",
	here: false,
};

test("a turned switch counts at once and leaves the kernel's state alone", () => {
	const flips: Flip[] = [
		{ ...flip, connector: "acme-crm", setting: null },
		{ ...flip, tool: "list_invoices", setting: "block" },
	];
	const after = withFlips(tools.connectors, flips);
	assert.equal(total(after).tokens, 960 + 420 - 320);
	assert.equal(total(tools.connectors).tokens, 960);
});

test("tools stand from harmless to not, without empty groups", () => {
	const [billing] = tools.connectors;
	assert.ok(billing);
	const kinds = groups(billing, "").map((group) => group.kind);
	assert.deepEqual(kinds, ["read", "write", "destructive", "sends"]);
	const hit = only(groups(billing, "refund"));
	assert.equal(only(hit.tools).name, "create_refund");
});

test("a turned group waits for the kernel to say how its tools stand", () => {
	const [before] = tools.connectors;
	const [after] = withFlips(tools.connectors, [
		{ ...flip, kind: "read", setting: "block" },
	]);
	assert.ok(before && after);
	assert.equal(after.groups[0]?.mine.stands, "block");
	assert.equal(after.groups[0]?.here?.stands, "allow");
	assert.equal(after.tools, before.tools);
});

test("a switch for a notebook nobody knows is the person's own", () => {
	const [billing] = tools.connectors;
	assert.ok(billing?.tools[0]);
	assert.equal(at(billing.tools[0], "here"), billing.tools[0].mine);
	assert.equal(ownCount(billing.tools, "here"), 2);
});

test("what deletes or sends has no position without a question", () => {
	assert.deepEqual(positions("write"), ["allow", "ask", "block"]);
	assert.deepEqual(positions("destructive"), ["ask", "block"]);
	assert.deepEqual(positions("sends"), ["ask", "block"]);
});

test("each reason that closes positions is said once", () => {
	const none = { stands: "block", why: "", own: false } as const;
	const closed = { allow: "a rule", ask: "a rule" };
	assert.deepEqual(closedWords({ ...none, closed }), [
		"Always allow and Needs approval are not offered: a rule",
	]);
	assert.deepEqual(closedWords({ ...none, closed: {} }), []);
});

test("a grant says until when it holds", () => {
	const [always, hours] = grants.grants;
	assert.ok(always && hours);
	assert.equal(untilWords(always), "revoked");
	assert.equal(untilWords({ ...always, lasts: "session" }), "this kernel ends");
	assert.match(untilWords(hours), /2026/);
	assert.equal(instant("not a date"), "");
});

const ALL = { query: "", category: "", capability: "" };

test("a directory search looks at the name, the summary and the other names", () => {
	const search = (query: string) =>
		found(connectors.entries, { ...ALL, query });
	assert.equal(only(search("pull requests")).id, "github");
	assert.equal(only(search("dynamics")).id, "dataverse");
	assert.equal(search("").length, 7);
});

test("chips narrow the directory by category and by what a connector may do", () => {
	const { entries } = connectors;
	const data = found(entries, { ...ALL, category: "developer tools" });
	assert.equal(only(data).id, "github");
	const reads = found(entries, { ...ALL, capability: "read-only" });
	assert.equal(only(reads).id, "acme-crm");
	const views = found(entries, { ...ALL, capability: "interactive" });
	assert.equal(only(views).id, "dataverse");
});

test("shelves stand in the kernel's order, and unknown ones after them", () => {
	const names = shelves(connectors.entries, connectors.categories).map(
		({ category }) => category,
	);
	assert.deepEqual(names.slice(0, 2), connectors.categories);
	assert.ok(names.includes("developer tools"));
});

test("only an https link is one", () => {
	assert.equal(hostOf("https://mcp.linear.app/mcp"), "mcp.linear.app");
	assert.equal(hostOf("javascript:alert(1)"), "");
	assert.equal(hostOf("http://example.com"), "");
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
	const write = only(approvals.write.questions);
	const denied = only(approvals.denied.questions);
	const status = readStatus({
		connected: [{ id: "a", title: "A" }, null, 3],
		pending: [write, { state: "pending" }, denied, "x"],
	});
	assert.ok(status);
	assert.equal(connectedWords(status), "1 connector");
	assert.equal(pendingWords(status), "1 approval waiting");
	assert.deepEqual(status.pending, [write]);
});

test("what is no status is not taken for one", () => {
	for (const data of [null, 1, "x", [], {}, { connected: [] }]) {
		assert.equal(readStatus(data), null);
	}
	assert.ok(isQuiet(NOTHING));
	assert.equal(connectedWords(NOTHING) + pendingWords(NOTHING), "");
});
