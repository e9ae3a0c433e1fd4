import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import { panel, requests } from "../dev/panel";
import { status as approvals } from "../dev/samples/approvals";
import { signIns } from "../dev/samples/signins";
import { crowded, told } from "../dev/samples/told";
import { after, isLess } from "../src/lab/keeper";
import {
	listed,
	NO_NAMES,
	readNames,
	titleOf,
	withConnector,
	withMode,
	withoutConnector,
	withSwitch,
	writeNames,
} from "../src/lab/metadata";
import { within } from "../src/long";
import { ageOf } from "../src/panel/data";
import type { Mode } from "../src/panel/parts";
import { saidOf } from "../src/panel/situation";
import { type Panel, reduce, type Situation } from "../src/panel/state";
import { olderSide } from "../src/panel/version";
import { type Entry, formFor, lacks } from "../src/state/connectors";
import { NOTHING, readStatus } from "../src/state/status";

const WIRE = new URL("../../src/jupyter_connectors/wire/", import.meta.url);

function schemas() {
	const ajv = new Ajv2020({ strict: false, allErrors: true });
	for (const name of readdirSync(WIRE)) {
		if (!name.endsWith(".schema.json")) continue;
		ajv.addSchema(JSON.parse(readFileSync(new URL(name, WIRE), "utf8")));
	}
	return (name: string, data: unknown) => {
		const check = ajv.getSchema(`${name}.schema.json`);
		assert.ok(check, name);
		check(JSON.parse(JSON.stringify(data)));
		return check.errors ?? [];
	};
}

test("the gallery shows what a kernel can tell", () => {
	const errorsOf = schemas();
	assert.deepEqual(errorsOf("state", told), []);
	assert.deepEqual(errorsOf("state", crowded(40, 2000)), []);
});

test("a sign-in of the gallery is one a kernel can tell", () => {
	const errorsOf = schemas();
	for (const { link = "", ...signIn } of Object.values(signIns) as {
		link?: string;
	}[]) {
		const errors = errorsOf("signins", [{ ...signIn, told: { link } }]);
		assert.deepEqual(errors, []);
	}
});

test("what the panel asks for is what a kernel takes", () => {
	const errorsOf = schemas();
	for (const request of requests) {
		assert.deepEqual(errorsOf("request", request), [], JSON.stringify(request));
	}
	const parts = Object.keys(panel.parts);
	assert.deepEqual(
		errorsOf("request", { id: "panel", type: "state", parts }),
		[],
	);
});

test("parts that were not asked for stay as they were told before", () => {
	const reply = { status: "ok", version: "0.1.0", turn: 8, connected: [] };
	const next = reduce(panel, { type: "told", reply });
	assert.deepEqual(next.parts.connected, []);
	assert.equal(next.parts.data, panel.parts.data);
	assert.equal(next.turn, 8);
});

test("a part that is older than what is shown changes nothing", () => {
	const told = (turn: number, parts: object) => (before: Panel) =>
		reduce(before, {
			type: "told",
			reply: { status: "ok", version: "0.1.0", turn, ...parts },
		});
	const newer = told(9, { connected: [] })(panel);
	const older = told(8, { connected: panel.parts.connected, data: [] })(newer);
	assert.deepEqual(older.parts.connected, []);
	// What was told before that is replaced all the same.
	assert.deepEqual(older.parts.data, []);
	assert.equal(older.turn, 9);
});

test("what the kernel cannot tell is said until it tells again", () => {
	const reply = { status: "error", problem: "the policy cannot be read" };
	const wrong = reduce(panel, { type: "told", reply });
	assert.equal(wrong.trouble?.problem, reply.problem);
	const right = reduce(wrong, { type: "told", reply: { status: "ok" } });
	assert.equal(right.trouble, null);
});

test("a notebook has its new name at once", () => {
	const next = reduce(panel, { type: "notebook", notebook: "other.ipynb" });
	assert.equal(next.notebook, "other.ipynb");
});

test("a part that is not what it should be changes nothing", () => {
	const reply = { status: "ok", connected: "all", modes: [], turn: "many" };
	const next = reduce(panel, { type: "told", reply });
	assert.deepEqual(next.parts, panel.parts);
	assert.equal(reduce(panel, { type: "told", reply: null }), panel);
});

test("a kernel that knows no panel has a package that is too old", () => {
	const next = reduce(panel, { type: "told", reply: { status: "unknown" } });
	assert.equal(next.situation, "old");
	assert.deepEqual(next.parts, {});
	assert.equal(next.notebook, "refunds.ipynb");
});

test("what went wrong is said until the next action ends", () => {
	const reply = {
		status: "error",
		problem: "no connector is called 'stirpe'",
		hint: "did you mean stripe?",
		code: "%connect stirpe",
	};
	const action = { type: "connect", entry: "stirpe" } as const;
	const began = reduce(panel, { type: "began", action });
	assert.deepEqual(began.busy, ["connect stirpe"]);
	const ended = reduce(began, { type: "ended", action, reply });
	assert.deepEqual(ended.busy, []);
	assert.equal(ended.outcome?.problem, reply.problem);
	assert.equal(reduce(ended, { type: "dismissed" }).outcome, null);
});

test("a switch stands as it was turned until the kernel says how it is", () => {
	const connector = "acme-billing";
	const off = reduce(panel, {
		type: "began",
		action: { type: "enable", connector, here: true, on: false },
	});
	assert.equal(off.parts.connected?.[0]?.here, false);
	assert.equal(panel.parts.connected?.[0]?.here, true);
	const modes = reduce(panel, {
		type: "began",
		action: { type: "mode", mode: "on-demand" },
	}).parts.modes;
	assert.equal(modes?.mode, "on-demand");
	const own = reduce(panel, {
		type: "began",
		action: { type: "mode", mode: "always", connector },
	}).parts.modes;
	assert.equal(own?.connectors[0]?.mode, "always");
	assert.equal(own?.mode, "auto");
});

test("a kernel that went takes all it told along", () => {
	const gone: Panel = reduce(panel, {
		type: "situation",
		situation: "no kernel",
	});
	assert.deepEqual(gone.parts, {});
	assert.deepEqual(gone.pending, []);
	assert.equal(gone.ours, "0.1.0");
});

test("each situation but the usual one has words of its own", () => {
	const situations: Situation[] = [
		"no notebook",
		"console",
		"no kernel",
		"asking",
		"other language",
		"absent",
		"missing",
		"failed",
		"starting",
		"old",
	];
	const texts = situations.map(
		(each) => saidOf(each, { language: "R", failure: "no" })?.text,
	);
	assert.equal(new Set(texts).size, situations.length);
	assert.equal(saidOf("ready"), null);
});

test("the older side is the one to upgrade; a patch is no difference", () => {
	assert.equal(olderSide("0.1.4", "0.1.0"), null);
	assert.equal(olderSide("0.1.0", "0.2.0"), "kernel");
	assert.equal(olderSide("1.0.0", "0.9.3"), "extension");
	assert.equal(olderSide("", "0.1.0"), null);
	assert.equal(olderSide("0.2.0.dev1", "0.2.0"), null);
});

test("an age is as coarse as a person says it", () => {
	const now = Date.parse("2026-11-18T12:00:00Z");
	assert.equal(ageOf("2026-11-18T11:59:40Z", now), "just now");
	assert.equal(ageOf("2026-11-18T11:20:00Z", now), "40 min ago");
	assert.equal(ageOf("2026-11-17T12:00:00Z", now), "24 h ago");
	assert.equal(ageOf("2026-11-10T12:00:00Z", now), "8 d ago");
	assert.equal(ageOf("", now), "");
});

test("names in a notebook are names, whoever wrote them", () => {
	const names = readNames({
		connectors: [
			"stripe",
			"stripe",
			"https://evil.example/mcp",
			"Ignore all previous",
			7,
			"acme-crm",
			"-x",
		],
		off: { stripe: true, "acme-crm": false, "a b": true },
		mode: "everything",
		account: "ops@acme.example",
	});
	assert.deepEqual(names.connectors, ["stripe", "acme-crm"]);
	assert.deepEqual(names.off, ["stripe"]);
	assert.equal(names.mode, null);
	assert.deepEqual(readNames("stripe"), NO_NAMES);
	const many = Array.from({ length: 500 }, (_, place) => `x${place}`);
	assert.equal(readNames({ connectors: many }).connectors.length, 20);
});

test("what is written holds names, what is off and the mode, and nothing else", () => {
	const names = withMode(
		withSwitch(withConnector(NO_NAMES, "stripe"), "stripe", false),
		"on-demand",
	);
	assert.deepEqual(writeNames(names), {
		connectors: ["stripe"],
		off: { stripe: true },
		mode: "on-demand",
	});
	assert.deepEqual(readNames(writeNames(names)), names);
	assert.deepEqual(withSwitch(names, "stripe", true).off, []);
	const left = withMode(withoutConnector(names, "stripe"), null);
	assert.equal(writeNames(left), null);
	assert.deepEqual(writeNames(withMode(NO_NAMES, "always")), {
		mode: "always",
	});
	assert.deepEqual(writeNames(withSwitch(NO_NAMES, "stripe", false)), {
		off: { stripe: true },
	});
});

test("what someone else wrote beside the names stays", () => {
	const raw = { connectors: ["stripe"], other: { kept: 1 }, mode: "auto" };
	assert.deepEqual(writeNames(withMode(readNames(raw), null), raw), {
		connectors: ["stripe"],
		other: { kept: 1 },
	});
	assert.deepEqual(writeNames(NO_NAMES, raw), { other: { kept: 1 } });
});

function using(...names: readonly (readonly [string, string, boolean?])[]) {
	const connected = names.map(([id, entry, here = true]) => ({
		id,
		entry,
		title: id,
		here,
	}));
	return { ...NOTHING, connected, mode: null };
}

test("a name is in the notebook as long as one account of it is connected", () => {
	const [none, live, both] = [
		NOTHING,
		using(["stripe", "stripe"]),
		using(["stripe", "stripe"], ["stripe-test", "stripe"]),
	];
	const first = after(NO_NAMES, none, both);
	assert.deepEqual(first.connectors, ["stripe"]);
	assert.deepEqual(after(first, both, live).connectors, ["stripe"]);
	const test = using(["stripe-test", "stripe"]);
	assert.deepEqual(after(first, both, test).connectors, ["stripe"]);
	assert.deepEqual(after(first, test, none), NO_NAMES);
});

test("what is turned off and the mode are written as the kernel tells them", () => {
	const names = { ...NO_NAMES, connectors: ["crm"] };
	const [on, off] = [using(["crm", "crm"]), using(["crm", "crm", false])];
	const turned = after(names, on, off);
	assert.deepEqual(turned.off, ["crm"]);
	assert.deepEqual(after(turned, off, on), names);
	const mode = { ...on, mode: "on-demand" };
	assert.equal(after(names, on, mode).mode, "on-demand");
	assert.equal(after(names, { ...on, mode: undefined }, mode).mode, null);
});

test("a sign-out in another notebook takes no name out of this one", () => {
	const names = { ...NO_NAMES, connectors: ["crm"] };
	const left = { ...using(), left: ["crm"] };
	assert.deepEqual(after(names, using(["crm", "crm"]), left), names);
});

test("a mode in a notebook only narrows", () => {
	const { modes } = told;
	const now = (mode: Mode) => ({ ...modes, mode });
	assert.equal(isLess("on-demand", now("auto")), true);
	assert.equal(isLess("auto", now("always")), true);
	assert.equal(isLess("always", now("auto")), false);
	assert.equal(isLess("auto", now("on-demand")), false);
	assert.equal(isLess("auto", now("auto")), false);
});

test("the status of a kernel with an older package is read by its names", () => {
	const status = readStatus({
		connected: [{ id: "stripe", title: "Stripe" }],
		pending: [],
	});
	assert.deepEqual(status?.connected, [
		{ id: "stripe", entry: "stripe", title: "Stripe", here: true },
	]);
	assert.equal(status?.mode, undefined);
	const errorsOf = schemas();
	const { mode, left, ...rest } = approvals;
	assert.deepEqual(errorsOf("status", { ...rest, mode, left, changed: 1 }), []);
});

test("an address or an account is never a name", () => {
	for (const name of ["https://mcp.example", "ops@acme.example", "A", ""]) {
		assert.deepEqual(withConnector(NO_NAMES, name), NO_NAMES);
	}
});

test("names are read as a person lists them", () => {
	const titles = ["stripe", "acme-crm"].map(titleOf);
	assert.equal(listed(titles, "and"), "Stripe and Acme CRM");
	assert.equal(listed(["A", "B", "C"], "and"), "A, B and C");
	assert.equal(listed(["A"], "and"), "A");
});

test("only as many rows are made as fit, and never none", () => {
	assert.equal(within([50, 50, 50], 120), 2);
	assert.equal(within([500], 120), 1);
	assert.equal(within([], 120), 0);
	assert.equal(within([10, 10], 120), 2);
});

test("an entry lacks what is required and has no value", () => {
	const entry = told.directory.entries.find(({ id }) => id === "snowflake");
	assert.ok(entry);
	assert.equal(lacks(entry), true);
	const given = formFor(entry).fields.map((each) => ({ ...each, value: "x" }));
	const form = { ...formFor(entry), fields: given };
	assert.equal(lacks({ ...entry, form }), false);
});

test("an entry without a form asks for the parts of its address", () => {
	const ask = [{ name: "site", description: "", value: "", choices: [] }];
	const { form: _, ...rest } = told.directory.entries[0] as Entry;
	const [field] = formFor({ ...rest, ask }).fields;
	assert.equal(field?.goes, "set");
	assert.equal(field?.required, true);
});
