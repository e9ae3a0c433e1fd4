/** Sample states, invented. */

import type { Answer, Call } from "../src/state/answer";
import type { Approval } from "../src/state/approval";
import type { Connectors, Entry } from "../src/state/connectors";
import type { Status } from "../src/state/status";
import type { Tool, Tools } from "../src/state/tools";

const refund: Approval = {
	id: "a1",
	state: "pending",
	note: "",
	connector: "acme-billing",
	title: "Acme Billing",
	account: "ops@acme.example",
	tool: "create_refund",
	tool_title: "Refund a payment",
	kind: "write",
	asked_by: "model",
	choices: ["once", "session", "deny"],
	why: "writes ask each time",
	arguments: [
		{ name: "payment", value: '"pay_8F2kQ1"' },
		{
			name: "amount",
			value: '{\n  "value": "149.00",\n  "currency": "EUR"\n}',
		},
		{ name: "reason", value: '"Paid twice, see ticket 4711"' },
	],
};

const letter = Array.from(
	{ length: 40 },
	(_, i) => `Line ${i + 1}: the contract ends on the last day of the quarter.`,
).join("\\n");

export const approvals: Record<string, Approval> = {
	write: refund,
	"read, no arguments": {
		...refund,
		id: "a2",
		tool: "list_accounts",
		tool_title: "List accounts",
		kind: "read",
		asked_by: "person",
		choices: ["once", "deny"],
		why: "first use of this connector",
		account: "",
		arguments: [],
	},
	"destructive, hidden letters": {
		...refund,
		id: "a3",
		tool: "delete_customer",
		tool_title: "Delete a customer and everything that belongs to it",
		kind: "destructive",
		why: "deletes always ask",
		arguments: [{ name: "customer", value: '"cus_\u202e9001\u200b"' }],
	},
	"sends, long": {
		...refund,
		id: "a4",
		connector: "acme-mail",
		title: "Acme Mail",
		tool: "send_message",
		tool_title: "Send an email",
		kind: "sends",
		why: "data from acme-crm would leave for another system",
		arguments: [
			{ name: "to", value: '[\n  "finance@acme.example"\n]' },
			{ name: "body", value: `"${letter}"` },
		],
	},
	allowed: { ...refund, id: "a5", state: "allowed", note: "allowed once" },
	denied: { ...refund, id: "a6", state: "denied", note: "denied" },
};

const entry: Entry = {
	id: "acme-billing",
	title: "Acme Billing",
	summary: "Invoices, payments and customers of an embedded demo database.",
	category: "Finance",
	developer: "jupyter-connectors",
	badge: "read & write",
	custom: false,
	state: "idle",
	message: "",
	code: "%connect acme-billing",
};

function other(id: string, title: string, more: Partial<Entry>): Entry {
	return { ...entry, id, title, code: `%connect ${id}`, ...more };
}

export const connectors: Connectors = {
	id: "c1",
	entries: [
		{ ...entry, state: "connected", message: "14 tools" },
		other("acme-crm", "Acme CRM", {
			summary: "Accounts, contacts and opportunities of the same demo.",
			category: "Sales",
			badge: "read-only",
		}),
		other("github", "GitHub", {
			summary: "Repositories, issues and pull requests.",
			category: "Development",
			developer: "GitHub",
			state: "connecting",
			message: "Waiting for the sign-in in your browser",
		}),
		other("notion", "Notion", {
			summary: "Pages and databases.",
			category: "Documents",
			developer: "Notion Labs",
			state: "failed",
			message:
				"The sign-in was refused. Sign in again with an account that may read pages.",
		}),
		other("erp", "erp", {
			summary: "https://mcp.corp.example/mcp",
			category: "",
			developer: "",
			badge: "unreviewed",
			custom: true,
			code: "%connect https://mcp.corp.example/mcp --name erp",
		}),
		other("stripe", "Stripe", {
			summary: "Customers, invoices, subscriptions and payouts.",
			developer: "Stripe",
		}),
	],
};

function tool(name: string, title: string, more: Partial<Tool>): Tool {
	return {
		name,
		title,
		description: `${title}. Returns one page after the other until the last.`,
		kind: "read",
		enabled: true,
		tokens: 180,
		signature: `${name}(status: str | None = None, limit: int = 100)`,
		...more,
	};
}

export const tools: Tools = {
	id: "t1",
	connectors: [
		{
			id: "acme-billing",
			title: "Acme Billing",
			enabled: true,
			tokens: 1460,
			tools: [
				tool("list_invoices", "List invoices", { tokens: 320 }),
				tool("get_customer", "Get a customer", { tokens: 140 }),
				tool("create_refund", "Refund a payment", {
					kind: "write",
					tokens: 410,
				}),
				tool("update_customer", "Update a customer", {
					kind: "write",
					tokens: 380,
					enabled: false,
				}),
				tool("delete_customer", "Delete a customer", {
					kind: "destructive",
					tokens: 120,
					enabled: false,
				}),
				tool("send_reminder", "Send a reminder by email", {
					kind: "sends",
					tokens: 90,
				}),
			],
		},
		{
			id: "acme-crm",
			title: "Acme CRM",
			enabled: false,
			tokens: 420,
			tools: [
				tool("search_opportunities", "Search opportunities", { tokens: 280 }),
				tool("list_accounts", "List accounts", { tokens: 140 }),
			],
		},
	],
};

const call: Call = {
	key: "k1",
	connector: "acme-billing",
	tool: "list_invoices",
	arguments: '{\n  "status": "overdue"\n}',
	state: "ok",
	rows: 3200,
	complete: true,
	seconds: 1.2,
	frame: "invoices",
	message: "",
};

const running: Answer = {
	id: "q1",
	state: "running",
	model: "claude-sonnet",
	usage: "",
	calls: [
		call,
		{
			...call,
			key: "k2",
			connector: "acme-crm",
			tool: "search_opportunities",
			state: "running",
			rows: null,
			complete: null,
			seconds: null,
			frame: null,
		},
	],
};

export const answers: Record<string, Answer> = {
	running,
	done: {
		...running,
		state: "done",
		usage: "3 calls, 4,120 tokens in, 310 out",
		calls: [
			call,
			{
				...call,
				key: "k2",
				connector: "acme-crm",
				tool: "search_opportunities",
				rows: 1,
				complete: false,
				seconds: 75,
				frame: "opportunities",
				message: "The server stopped after the first page",
			},
			{
				...call,
				key: "k3",
				tool: "create_refund",
				state: "denied",
				rows: null,
				complete: null,
				seconds: null,
				frame: null,
			},
			{
				...call,
				key: "k4",
				tool: "get_customer",
				state: "error",
				rows: null,
				complete: null,
				seconds: 0.3,
				frame: null,
				message:
					"ToolFailed: no customer cus_9\nAsk for one that list_customers returns.",
			},
		],
	},
	"no model": { ...running, state: "done", model: "", calls: [call] },
	stopped: { ...running, state: "stopped", calls: [call] },
};

export const status: Status = {
	connected: [
		{ id: "acme-billing", title: "Acme Billing" },
		{ id: "acme-crm", title: "Acme CRM" },
	],
	pending: [refund],
};
