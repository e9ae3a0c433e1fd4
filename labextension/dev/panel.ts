/** The panel as a kernel's reply makes it, what it asks for, and its home without a kernel. */

import type { Action } from "../src/panel/action";
import type { Home } from "../src/panel/home";
import { EMPTY, type Panel, reduce } from "../src/panel/state";
import { told } from "./samples/told";

export const panel: Panel = reduce(
	{ ...EMPTY, notebook: "refunds.ipynb", ours: "0.1.0" },
	{ type: "told", reply: told },
);

/** Requests of the panel, one of each kind. */
export const requests: readonly (Action & { readonly id: "panel" })[] = [
	{ id: "panel", type: "look" },
	{
		id: "panel",
		type: "connect",
		entry: "snowflake",
		set: { account: "acme", region: "eu" },
		account: "test",
		secrets: { key: "k" },
		keep: true,
	},
	{
		id: "panel",
		type: "connect",
		address: "https://mcp.example.com/mcp",
		name: "northwind",
	},
	{ id: "panel", type: "connect", entry: "stripe", name: "pay" },
	{ id: "panel", type: "disconnect", name: "stripe-test", revoke: true },
	{ id: "panel", type: "mode", mode: "on-demand" },
	{ id: "panel", type: "mode", mode: null, connector: "stripe-test" },
	{
		id: "panel",
		type: "enable",
		connector: "acme-billing",
		here: true,
		on: false,
	},
	{ id: "panel", type: "revoke", grant: "1f00aa01" },
];

/** A home that only says what it was asked for. */
export function homeOf(state: () => Panel): Home {
	const log = (said: unknown) => console.log(JSON.stringify(said));
	return {
		code: { insert: log, drags() {} },
		state,
		onState: () => () => {},
		want: log,
		async act(action) {
			log(action);
			return { ok: true, problem: "", hint: "", code: "" };
		},
		lineOf: async (action) => `%${action.type} …`,
		send: log,
		start: () => log("start"),
		dismiss() {},
		kernelId: () => "",
	};
}
