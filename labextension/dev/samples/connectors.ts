/** A directory, invented. */

import type { Connectors, Entry } from "../../src/state/connectors";

const entry: Entry = {
	id: "acme-billing",
	title: "Acme Billing",
	summary: "Invoices, payments and customers of an embedded demo database.",
	category: "business systems",
	developer: "jupyter-connectors",
	badge: "read & write",
	custom: false,
	interactive: false,
	words: "",
	state: "idle",
	message: "",
	code: "%connect acme-billing",
	review: "Reviewed",
	where: "https://mcp.example.com/mcp",
	signin: "You sign in at the service, in your browser.",
	needs: "",
	note: "",
	links: [{ label: "About it", url: "https://example.com/docs/mcp" }],
	tools: [
		{ kind: "read", names: ["list_invoices", "get_invoice"] },
		{ kind: "write", names: ["create_refund"] },
		{ kind: "destructive", names: ["delete_draft_invoice"] },
		{ kind: "sends", names: ["send_reminder"] },
	],
	examples: ["open invoices over 1,000 euros from last month"],
	ask: [],
	sources: ["2026-08-20 · tools and their claims · github.com"],
};

function other(id: string, title: string, more: Partial<Entry>): Entry {
	return { ...entry, id, title, code: `%connect ${id}`, ...more };
}

export const connectors: Connectors = {
	id: "c1",
	categories: ["documents and knowledge", "business systems"],
	notes: ["The registry mcp.corp.example: its list here is 3 hours old."],
	entries: [
		{ ...entry, state: "connected", message: "14 tools" },
		other("acme-crm", "Acme CRM", {
			summary: "Accounts, contacts and opportunities of the same demo.",
			category: "business systems",
			badge: "read-only",
		}),
		other("github", "GitHub", {
			summary: "Repositories, issues and pull requests.",
			category: "developer tools",
			developer: "GitHub",
			state: "connecting",
			message: "Waiting for the sign-in in your browser",
		}),
		other("notion", "Notion", {
			summary: "Pages and databases.",
			category: "documents and knowledge",
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
			review: "Custom: not reviewed",
			tools: [],
			sources: [],
			code: "%connect https://mcp.corp.example/mcp --name erp",
		}),
		other("dataverse", "Dataverse", {
			summary: "Tables and records of a Dataverse environment.",
			developer: "Microsoft",
			interactive: true,
			words: "dynamics",
			ask: [
				{
					name: "org",
					description: "the first part of your address",
					value: "",
					choices: [],
				},
			],
			code: "%connect dataverse --set org=…",
		}),
		other("stripe", "Stripe", {
			summary: "Customers, invoices, subscriptions and payouts.",
			developer: "Stripe",
		}),
	],
};
