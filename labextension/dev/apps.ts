/** Apps with a home that has no kernel: `?only=app`, and `&app=<address>` for the HTML of an app that others wrote. */

import type { Mount } from "../src/host";
import type { Answer, Fields, Opened } from "../src/state/app";
import type { Approval, Questions } from "../src/state/approval";
import { type AppHome, mount } from "../src/views/app";
import { mount as approval } from "../src/views/approval";

const POLICY =
	"default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob: data:; style-src 'unsafe-inline' blob: data:; img-src data: blob:; font-src data: blob:; media-src data: blob:; connect-src data: blob:; worker-src blob: data:; frame-src 'none'; object-src 'none'; form-action 'none'; base-uri 'none'";

/** An app of a few buttons, one for each thing an app may ask for. */
const HTML = `<!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><style>
body { margin: 0; padding: 14px; font: 13px/1.5 var(--font-sans, sans-serif); color: var(--color-text-primary); }
table { border-collapse: collapse; margin: 0 0 12px; min-width: 60%; }
td, th { text-align: left; padding: 4px 14px 4px 0; border-bottom: 1px solid var(--color-border-secondary); }
button { font: inherit; padding: 3px 10px; margin: 0 6px 6px 0; border: 1px solid var(--color-border-primary); border-radius: 3px; background: var(--color-background-secondary); color: inherit; }
output { display: block; color: var(--color-text-secondary); white-space: pre-wrap; }
</style></head><body><table><thead><tr><th>Month</th><th>Open</th><th>Paid</th></tr></thead>
<tbody><tr><td>September</td><td>12</td><td>310</td></tr><tr><td>October</td><td>31</td><td>287</td></tr><tr><td>November</td><td>94</td><td>120</td></tr></tbody></table>
<div id="buttons"></div><output></output><script>
let next = 1; const waiting = new Map();
const post = (message) => parent.postMessage({ jsonrpc: "2.0", ...message }, "*");
const ask = (method, params) => new Promise((resolve) => { waiting.set(next, resolve); post({ id: next++, method, params }); });
const out = document.querySelector("output");
const log = (words) => { out.textContent += words + "\\n"; };
const style = (context) => { for (const [name, value] of Object.entries(context.styles?.variables ?? {})) document.documentElement.style.setProperty(name, value); };
addEventListener("message", ({ data, source }) => {
  if (source !== parent) return;
  if (data.method === undefined) return waiting.get(data.id)?.(data);
  if (data.id !== undefined) return post({ id: data.id, result: {} });
  if (data.method === "ui/notifications/host-context-changed") style(data.params);
  if (data.method === "ui/notifications/tool-result") log("result: " + data.params.content[0].text);
});
const add = (name, press) => { const made = document.createElement("button"); made.textContent = name; made.onclick = press; document.querySelector("#buttons").append(made); };
const said = async (name, answer) => log(name + ": " + JSON.stringify((await answer).result ?? (await answer).error));
add("Refresh", () => said("call", ask("tools/call", { name: "list_invoices", arguments: {} })));
add("Refund…", () => said("refund", ask("tools/call", { name: "create_refund", arguments: {} })));
add("Open invoice", () => said("link", ask("ui/open-link", { url: "https://billing.acme.example/invoices/in_1NrRpQb2?from=notebook" })));
add("Export", () => said("download", ask("ui/download-file", { contents: [{ type: "resource", resource: { uri: "file:///reports/../invoices 2026.csv", mimeType: "text/csv", text: "id,amount\\n1,2\\n" } }] })));
add("Ask about it", () => said("message", ask("ui/message", { role: "user", content: [{ type: "text", text: "Which customers had invoices open for more than 60 days in November, and how much do they owe?" }] })));
add("Larger", () => said("display", ask("ui/request-display-mode", { mode: "fullscreen" })));
add("Taller", () => { document.body.style.minHeight = (document.body.offsetHeight + 200) + "px"; });
ask("ui/initialize", { protocolVersion: "2026-01-26", appInfo: { name: "sample", version: "1" }, appCapabilities: {} }).then(({ result }) => {
  style(result.hostContext); post({ method: "ui/notifications/initialized", params: {} });
  new ResizeObserver(() => post({ method: "ui/notifications/size-changed", params: { height: document.documentElement.getBoundingClientRect().height } })).observe(document.body);
});
</script></body></html>`;

export const sampleApp: Opened = {
	title: "Revenue dashboard",
	service: "Acme Billing",
	connector: "acme-billing",
	tool: {
		name: "revenue_dashboard",
		inputSchema: { type: "object", properties: {} },
	},
	arguments: { year: 2026 },
	state: "done",
	result: { content: [{ type: "text", text: "717 paid, 137 open" }] },
	reason: "",
	html: HTML,
	policy: POLICY,
	query: "",
	granted: {},
	refused: [],
	clipboard: false,
	border: true,
};

/** A home without a kernel; a refund waits for `approved`. */
export function fakeHome(asked: Approval, more: Partial<AppHome> = {}) {
	let pending: readonly Approval[] = [];
	let settle = (_: boolean) => {};
	const changed = new Set<() => void>();
	const tell = () => {
		for (const each of changed) each();
	};
	const request = async (_: string, params: Fields): Promise<Answer> => {
		console.log("request", JSON.stringify(params));
		const done = { result: { content: [{ type: "text", text: "done" }] } };
		if (params.name !== "create_refund") return done;
		pending = [
			{
				...asked,
				asked_by: "app",
				app: "sample",
				app_title: "Revenue dashboard",
			},
		];
		tell();
		const said = await new Promise<boolean>((resolve) => {
			settle = resolve;
		});
		pending = [];
		tell();
		return said ? done : { error: { code: -32000, message: "Denied" } };
	};
	const home: AppHome = {
		request,
		outcome: async () => sampleApp,
		tell: async () => true,
		left: () => console.log("left"),
		back: () => console.log("back"),
		cards: async (): Promise<Mount<Questions>> => approval,
		decide({ decision }) {
			console.log("decide", decision as string);
			settle(decision !== "deny");
		},
		pending: () => pending,
		condition: () => "well",
		onChange(callback) {
			changed.add(callback);
			return () => changed.delete(callback);
		},
		suggest: (text) => console.log("suggest", text),
		signIn: null,
		page: async () => null,
		height: { get: () => undefined, set: () => {} },
		...more,
	};
	return home;
}

/** Shows an app in a place, in one of its conditions. */
export async function showApp(
	place: HTMLElement,
	asked: Approval,
	more: Partial<AppHome> = {},
): Promise<void> {
	const address = new URLSearchParams(location.search).get("app");
	let app = sampleApp;
	if (address !== null) {
		const html = await (await fetch(address)).text();
		app = { ...app, html, title: address.split("/").at(-3) ?? "App" };
	}
	mount(place, app, fakeHome(asked, more));
}
