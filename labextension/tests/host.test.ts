import assert from "node:assert/strict";
import { test } from "node:test";
import { type Duties, hostOf } from "../src/apps/host";
import type { Opened } from "../src/state/app";

const app: Opened = {
	title: "Board",
	service: "Acme",
	connector: "acme",
	tool: { name: "board", title: "Board", inputSchema: { type: "object" } },
	arguments: { year: 2026 },
	state: "done",
	result: { content: [{ type: "text", text: "three" }] },
	reason: "",
	html: "",
	policy: "",
	query: "",
	granted: { connectDomains: ["https://api.example"] },
	refused: [],
	clipboard: true,
	border: true,
};

interface Sent {
	readonly id?: unknown;
	readonly method?: string;
	readonly params?: unknown;
	readonly result?: { readonly [key: string]: unknown };
	readonly error?: { readonly code: number };
}

/** An app as the host sees it: what it was sent, and a way to speak. */
function view(over: Partial<Opened> = {}, does: Partial<Duties> = {}) {
	const sent: Sent[] = [];
	const did: unknown[][] = [];
	const note =
		<T>(name: string, answer: T) =>
		(...given: unknown[]) => {
			did.push([name, ...given]);
			return answer;
		};
	const host = hostOf(
		{ ...app, ...over },
		(message) => sent.push(message as Sent),
		{
			context: () => ({ theme: "dark", displayMode: "inline" }),
			outcome: async () => app,
			request: async () => ({ result: { ok: true } }),
			openLink: note("openLink", Promise.resolve(true)),
			save: note("save", Promise.resolve(true)),
			suggest: note("suggest", Promise.resolve(true)),
			tell: note("tell", Promise.resolve(true)),
			display: note("display", "inline"),
			fills: (can) => {
				if (!can) did.push(["does not fill"]);
			},
			resized: note("resized", undefined),
			ready: note("ready", undefined),
			close: note("close", undefined),
			...does,
		},
	);
	const settled = () => new Promise(setImmediate);
	const tell = (method: string, params: object = {}) =>
		host.receive({ jsonrpc: "2.0", method, params });
	let next = 0;
	const ask = async (method: string, params: object = {}) => {
		next += 1;
		host.receive({ jsonrpc: "2.0", id: next, method, params });
		await settled();
		return sent.find(({ id, method: m }) => id === next && m === undefined);
	};
	const greet = async (version = "2026-01-26") => {
		const hello = await ask("ui/initialize", { protocolVersion: version });
		tell("ui/notifications/initialized");
		await settled();
		return hello?.result;
	};
	const notified = () =>
		sent.filter(({ id }) => id === undefined).map(({ method }) => method);
	return { host, sent, did, tell, ask, greet, notified, settled };
}

test("nothing is sent before the app has said that it is there, then the input, then the result", async () => {
	const { ask, host, notified, sent, settled, tell } = view();
	host.changed({ theme: "light" });
	await settled();
	assert.equal(sent.length, 0);
	await ask("ui/initialize", { protocolVersion: "2026-01-26" });
	assert.deepEqual(notified(), []);
	tell("ui/notifications/initialized");
	tell("ui/notifications/initialized");
	await settled();
	assert.deepEqual(notified(), [
		"ui/notifications/tool-input",
		"ui/notifications/tool-result",
	]);
	assert.deepEqual(sent.at(-2)?.params, { arguments: { year: 2026 } });
	assert.deepEqual(sent.at(-1)?.params, app.result);
});

test("initialize tells the version, what was granted, the tool and the context", async () => {
	const hello = await view().greet();
	assert.equal(hello?.protocolVersion, "2026-01-26");
	const can = hello?.hostCapabilities as { sandbox: unknown };
	assert.deepEqual(can.sandbox, {
		csp: { connectDomains: ["https://api.example"] },
		permissions: { clipboardWrite: {} },
	});
	const context = hello?.hostContext as { toolInfo: unknown; theme: string };
	assert.deepEqual(context.toolInfo, { tool: app.tool });
	assert.equal(context.theme, "dark");
	assert.equal(
		(await view().greet("2031-01-01"))?.protocolVersion,
		"2026-01-26",
	);
});

test("a change between the greeting and its answer is not lost", async () => {
	const { ask, host, sent, settled, tell } = view();
	await ask("ui/initialize");
	host.changed({ theme: "light" });
	tell("ui/notifications/initialized");
	await settled();
	const first = sent.find(({ id }) => id === undefined);
	assert.equal(first?.method, "ui/notifications/host-context-changed");
	assert.deepEqual(first?.params, { theme: "light" });
});

test("a call that still runs has its result later, and one that was stopped is told as cancelled", async () => {
	let end = (_: Opened) => {};
	const { greet, notified, settled } = view(
		{ state: "running", result: null },
		{
			outcome: () =>
				new Promise((resolve) => {
					end = resolve;
				}),
		},
	);
	await greet();
	assert.deepEqual(notified(), ["ui/notifications/tool-input"]);
	end(app);
	await settled();
	assert.equal(notified().at(-1), "ui/notifications/tool-result");

	const stopped = view({ state: "cancelled", result: null, reason: "stopped" });
	await stopped.greet();
	assert.equal(stopped.notified().at(-1), "ui/notifications/tool-cancelled");
	assert.deepEqual(stopped.sent.at(-1)?.params, { reason: "stopped" });
});

test("a kernel that is lost while the call runs cancels it", async () => {
	const { greet, notified } = view(
		{ state: "running", result: null },
		{ outcome: () => Promise.reject(new Error("gone")) },
	);
	await greet();
	assert.equal(notified().at(-1), "ui/notifications/tool-cancelled");
});

test("an app that starts over gets input and result once more", async () => {
	const { greet, notified } = view();
	await greet();
	await greet();
	assert.equal(
		notified().filter((each) => each?.endsWith("tool-input")).length,
		2,
	);
});

test("requests to the service are handed on, and its errors back", async () => {
	const seen: unknown[] = [];
	const { ask } = view(
		{},
		{
			request: async (method, params) => {
				seen.push([method, params]);
				return method === "tools/call"
					? { error: { code: -32602, message: "not visible" } }
					: { result: { tools: [] } };
			},
		},
	);
	assert.deepEqual((await ask("tools/list"))?.result, { tools: [] });
	assert.equal((await ask("tools/call", { name: "x" }))?.error?.code, -32602);
	assert.deepEqual(seen, [
		["tools/list", {}],
		["tools/call", { name: "x" }],
	]);
});

test("arguments above a megabyte do not reach the kernel", async () => {
	const never = () => assert.fail("it did");
	const { ask } = view({}, { request: never, tell: never });
	// Half as many letters, of two bytes each.
	for (const text of ["x".repeat(1_000_001), "ü".repeat(500_001)]) {
		const large = { name: "x", arguments: { text } };
		assert.equal((await ask("tools/call", large))?.error?.code, -32602);
		const read = await ask("resources/read", { uri: text });
		assert.equal(read?.error?.code, -32602);
		const content = [{ type: "text", text }];
		const told = await ask("ui/update-model-context", { content });
		assert.equal(told?.error?.code, -32602);
		const link = { type: "resource_link", uri: text, name: "a" };
		const saved = await ask("ui/download-file", { contents: [link] });
		assert.equal(saved?.error?.code, -32602);
	}
});

test("nothing else is served", async () => {
	const { ask } = view();
	for (const method of [
		"sampling/createMessage",
		"resources/subscribe",
		"completion/complete",
		"prompts/get",
		"logging/setLevel",
		"ui/resource-teardown",
		"ui/notifications/sandbox-resource-ready",
	]) {
		assert.equal((await ask(method))?.error?.code, -32601, method);
	}
	assert.deepEqual((await ask("ping"))?.result, {});
});

test("only web pages without a user name are put before a person", async () => {
	const { ask, did } = view();
	for (const url of [
		"javascript:alert(1)",
		"data:text/html,x",
		"file:///etc/passwd",
		"blob:null/x",
		"https://user:pw@example.org/",
		"//example.org",
		"",
		7,
		undefined,
	]) {
		const answer = await ask("ui/open-link", { url });
		assert.equal(answer?.error?.code, -32602, String(url));
	}
	assert.equal(did.length, 0);
	await ask("ui/open-link", { url: "https://bücher.example/a b" });
	const [[name, page] = []] = did;
	assert.equal(name, "openLink");
	assert.equal((page as URL).href, "https://xn--bcher-kva.example/a%20b");
});

test("what a person refuses is an error of the app's, not of the protocol", async () => {
	const no = async () => false;
	const { ask } = view({}, { openLink: no, save: no, suggest: no });
	const link = await ask("ui/open-link", { url: "https://example.org" });
	assert.deepEqual(link?.result, { isError: true });
	const content = [{ type: "text", text: "Why?" }];
	const message = await ask("ui/message", { role: "user", content });
	assert.deepEqual(message?.result, { isError: true });
});

test("a display mode is answered with the one that is", async () => {
	const { ask, did } = view();
	const answer = await ask("ui/request-display-mode", { mode: "pip" });
	assert.deepEqual(answer?.result, { mode: "inline" });
	assert.deepEqual(did, [["display", "pip"]]);
});

test("an app is not put into a mode that it did not declare", async () => {
	const { ask, did } = view();
	const appCapabilities = { availableDisplayModes: ["inline"] };
	await ask("ui/initialize", { appCapabilities });
	assert.deepEqual(did, [["does not fill"]]);
	const answer = await ask("ui/request-display-mode", { mode: "fullscreen" });
	assert.deepEqual(answer?.result, { mode: "inline" });
	assert.deepEqual(did.at(-1), ["display", "inline"]);
	for (const availableDisplayModes of [[], ["inline", "fullscreen"]]) {
		const other = view();
		const params = { appCapabilities: { availableDisplayModes } };
		await other.ask("ui/initialize", params);
		await other.ask("ui/request-display-mode", { mode: "fullscreen" });
		assert.deepEqual(other.did, [["display", "fullscreen"]]);
	}
});

test("an app that is told to put its things away asks a person nothing more", async () => {
	const { ask, did, greet, host, sent } = view();
	await greet();
	did.length = 0;
	const over = host.teardown();
	const content = [{ type: "text", text: "Why?" }];
	for (const [method, params] of [
		["ui/open-link", { url: "https://example.org" }],
		["ui/message", { role: "user", content }],
		["ui/update-model-context", { content }],
	] as const) {
		assert.equal((await ask(method, params))?.error?.code, -32000, method);
	}
	await ask("ui/request-display-mode", { mode: "fullscreen" });
	assert.deepEqual(did, []);
	const asked = sent.find(({ method }) => method === "ui/resource-teardown");
	host.receive({ jsonrpc: "2.0", id: asked?.id, result: {} });
	await over;
});

test("context that nobody took is refused", async () => {
	const { ask } = view({}, { tell: async () => false });
	assert.equal((await ask("ui/update-model-context"))?.error?.code, -32000);
});

test("a height counts where it is one", async () => {
	const { did, tell } = view();
	for (const height of [-1, "7", null, undefined, Number.NaN]) {
		tell("ui/notifications/size-changed", { height });
	}
	tell("ui/notifications/size-changed", { height: 320.4 });
	assert.deepEqual(did, [["resized", 320.4]]);
});

test("an app may ask to be closed once it is there, and is told before it is", async () => {
	const { did, greet, host, sent, settled, tell } = view();
	tell("ui/notifications/request-teardown");
	assert.deepEqual(did, []);
	await greet();
	tell("ui/notifications/request-teardown");
	assert.deepEqual(did.at(-1), ["close"]);
	const over = host.teardown();
	await settled();
	const { id, method } = sent.at(-1) ?? {};
	assert.equal(method, "ui/resource-teardown");
	host.receive({ jsonrpc: "2.0", id, result: {} });
	await over;
	host.changed({ theme: "light" });
	assert.equal(sent.at(-1)?.method, "ui/resource-teardown");
});
