import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import { crowded, panel, requests, told } from "../dev/panel";
import { signIns } from "../dev/samples";
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
import { saidOf } from "../src/panel/situation";
import {
	ageOf,
	olderSide,
	type Panel,
	reduce,
	type Situation,
} from "../src/panel/state";
import { ENGLISH } from "../src/panel/words";
import { type Entry, formFor, lacks } from "../src/state/connectors";

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
		"starting",
		"old",
	];
	const texts = situations.map((each) => saidOf(ENGLISH, each, "R")?.text);
	assert.equal(new Set(texts).size, situations.length);
	assert.equal(saidOf(ENGLISH, "ready"), null);
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
	assert.equal(ageOf("2026-11-18T11:20:00Z", now), "40 min");
	assert.equal(ageOf("2026-11-17T12:00:00Z", now), "24 h");
	assert.equal(ageOf("2026-11-10T12:00:00Z", now), "8 d");
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
