/** What a kernel tells the panel, invented. */

import type { Connected, Held, Modes, Parts } from "../../src/panel/parts";
import type { Entry, FormField } from "../../src/state/connectors";
import type { Connector, Tool } from "../../src/state/tools";
import { status } from "./approvals";
import { connectors } from "./connectors";
import { grants, tools } from "./tools";

function connected(
	id: string,
	title: string,
	more: Partial<Connected> = {},
): Connected {
	return {
		id,
		entry: id,
		title,
		variable: id.replaceAll("-", "_"),
		state: "ready",
		reason: "",
		account: "",
		interactive: false,
		custom: false,
		mine: true,
		here: true,
		tools: 13,
		on: 13,
		review: 0,
		hidden: 0,
		tokens: 3168,
		protocol: "2026-07-28",
		notes: [],
		code: `%disconnect ${id}`,
		revoke: "",
		...more,
	};
}

const inUse: readonly Connected[] = [
	connected("acme-billing", "Acme Billing", { interactive: true, on: 11 }),
	connected("stripe-test", "Stripe", {
		entry: "stripe",
		account: "test",
		state: "sign in again",
		reason: "What was stored is no longer accepted",
		revoke: "%disconnect --revoke stripe-test",
	}),
	connected("linear", "Linear", {
		state: "down",
		reason: "mcp.linear.app did not answer in 30 s",
	}),
	connected("northwind", "Northwind warehouse", {
		entry: "",
		custom: true,
		here: false,
		on: 0,
		tools: 4,
		tokens: 0,
		hidden: 2,
		review: 1,
		notes: ["It changed its name since yesterday"],
	}),
	connected("github", "GitHub", { state: "signing in", protocol: "" }),
];

function costs(always: number) {
	return {
		auto: {
			tokens: Math.min(always, 8000),
			first: Math.min(always, 2400),
			tools: 13,
			most: always > 8000,
		},
		always: { tokens: always, first: always, tools: 13, most: false },
		"on-demand": { tokens: 0, first: 0, tools: 0, most: false },
	};
}

export function modesOf(all: readonly Connected[]): Modes {
	return {
		mode: "auto",
		own: false,
		choices: [
			{
				mode: "auto",
				title: "Auto",
				says: "All tools while they fit the budget, else the likeliest and a search for the others; and one for SQL",
				code: "%tools --mode auto",
				cost: { tokens: 8082, first: 2482, tools: 28, most: true },
			},
			{
				mode: "always",
				title: "Always available",
				says: "All tools with each request, and one for SQL",
				code: "%tools --mode always",
				cost: { tokens: 9310, first: 9310, tools: 31, most: false },
			},
			{
				mode: "on-demand",
				title: "On demand",
				says: "Three tools with which the model finds and calls the others",
				code: "%tools --mode on-demand",
				cost: { tokens: 392, first: 392, tools: 0, most: false },
			},
		],
		connectors: all.map(({ id, title, tokens }) => ({
			id,
			title,
			mode: null,
			costs: costs(tokens),
		})),
		budget: 8000,
	};
}

const data: readonly Held[] = [
	{
		name: "invoices",
		type: "frame",
		sources: ["acme-billing · list_invoices"],
		list: "",
		rows: 812,
		fetched: 1474,
		columns: 37,
		complete: true,
		completeness: "complete: 1,474 rows in 15 pages",
		fetched_at: new Date(Date.now() - 4 * 60_000).toISOString(),
	},
	{
		name: "accounts",
		type: "result",
		sources: ["acme-crm · list_accounts"],
		list: "",
		rows: 5,
		fetched: 5,
		columns: null,
		complete: false,
		completeness: "incomplete: 5 of 3,000 rows (limit=5)",
		fetched_at: new Date(Date.now() - 3 * 3_600_000).toISOString(),
	},
	{
		name: "joined",
		type: "frame",
		sources: ["acme-billing · list_invoices", "acme-crm · list_accounts"],
		list: "",
		rows: 812,
		fetched: null,
		columns: 12,
		complete: null,
		completeness: "",
		fetched_at: "",
	},
];

function field(name: string, more: Partial<FormField>): FormField {
	return {
		name,
		goes: "set",
		label: name,
		description: "",
		required: true,
		secret: false,
		value: "",
		choices: [],
		...more,
	};
}

const EMPTY_FORM = {
	fields: [],
	stored: "the system keyring",
	can_keep: false,
	accounts: true,
};

/** An entry with what only the panel's directory has. */
function listed(entry: Entry): Entry {
	return { outside: [], blocked: "", form: EMPTY_FORM, ...entry } as Entry;
}

const entries: readonly Entry[] = [
	...connectors.entries.map(listed),
	listed({
		...(connectors.entries[1] as Entry),
		id: "snowflake",
		title: "Snowflake",
		summary: "The semantic models, search services and SQL that you have.",
		category: "data",
		developer: "Snowflake",
		badge: "unreviewed",
		custom: false,
		code: "%connect snowflake --set account=…",
		state: "idle",
		message: "",
		form: {
			fields: [
				field("account", { description: "The account in your address" }),
				field("region", { choices: ["eu", "us"], value: "eu" }),
				field("key", {
					goes: "secrets",
					label: "Key",
					secret: true,
					description: "Sent in the header Authorization",
				}),
			],
			stored: "the system keyring",
			can_keep: false,
			accounts: true,
		},
	}),
	listed({
		...(connectors.entries[1] as Entry),
		id: "zapier",
		title: "Zapier",
		category: "data",
		developer: "Zapier",
		state: "idle",
		message: "",
		blocked: "your organisation's policy: only services with a contract",
	}),
];

/** A state reply of the kernel with every part. */
export const told = {
	status: "ok",
	version: "0.1.0",
	turn: 7,
	notebook: "analysis/refunds.ipynb",
	connected: inUse,
	directory: {
		categories: [...connectors.categories, "data"],
		notes: connectors.notes,
		entries,
	},
	tools: {
		notebook: tools.notebook,
		connectors: tools.connectors.map((connector) => ({
			...connector,
			tools: connector.tools.map((tool) => ({
				...tool,
				call: `${connector.id.replaceAll("-", "_")}.${tool.name}()`,
			})),
		})),
	},
	modes: modesOf(inUse),
	data,
	grants: grants.grants.map((grant) => ({
		...grant,
		code: `%tools --revoke ${grant.id}`,
	})),
	questions: status.pending,
	signins: [],
} satisfies Partial<Parts> & Record<string, unknown>;

/** The same with as many connectors and tools as the panel must bear. */
export function crowded(
	connectorCount: number,
	toolCount: number,
): typeof told {
	const each = Math.floor(toolCount / connectorCount);
	const many = Array.from({ length: connectorCount }, (_, place) =>
		connected(`service-${place + 1}`, `Service ${place + 1}`, { tools: each }),
	);
	const first = told.tools.connectors[0] as Connector;
	const model = first.tools[0] as Tool;
	const kinds = ["read", "read", "read", "write", "destructive"] as const;
	return {
		...told,
		connected: many,
		modes: modesOf(many),
		tools: {
			notebook: told.tools.notebook,
			connectors: many.map(({ id, title }) => ({
				...first,
				id,
				title,
				tools: Array.from({ length: each }, (_, place) => ({
					...model,
					name: `tool_number_${place + 1}`,
					kind: kinds[place % kinds.length] ?? "read",
					call: `${id.replaceAll("-", "_")}.tool_number_${place + 1}()`,
				})),
			})),
		},
	};
}
