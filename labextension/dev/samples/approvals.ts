/** Calls that wait for a person, invented; and a kernel's status with two of them. */

import type { Json } from "../../src/host";
import type {
	Approval,
	Argument,
	Field,
	Questions,
} from "../../src/state/approval";
import type { InUse, Status } from "../../src/state/status";

function argument(
	name: string,
	value: Json,
	more: Partial<Argument> = {},
): Argument {
	const isText = typeof value === "string";
	const type = isText
		? "text"
		: Array.isArray(value)
			? "list"
			: (typeof value as Argument["type"]);
	const exact = JSON.stringify(value, null, 2);
	const kinds: Record<string, Field["kind"]> = {
		text: "text",
		number: "number",
		boolean: "boolean",
	};
	return {
		name,
		type,
		value: isText ? value : exact,
		json: exact,
		secret: "",
		origin: "the model chose it",
		now: null,
		changed: false,
		field: { kind: kinds[type] ?? "json" },
		...more,
	};
}

export const refund: Approval = {
	id: "a1",
	app: "",
	app_title: "",
	state: "pending",
	note: "",
	problem: "",
	tries: 0,
	connector: "acme-billing",
	title: "Acme Billing",
	account: "ops@acme.example",
	tool: "create_refund",
	tool_title: "Refund a payment",
	kind: "write",
	asked_by: "model",
	asked: 1,
	choices: ["once", "hours", "always", "deny"],
	hours: 8,
	why: "it changes data",
	warnings: [],
	arguments: [
		argument("payment", "pi_8F2kQ1", {
			origin: "from a result of acme-billing.list_payments",
		}),
		argument("amount", 14900, { field: { kind: "integer" } }),
		argument("money", { value: "149.00", currency: "EUR" }),
		argument("reason", "duplicate", {
			field: {
				kind: "choice",
				options: [
					['"duplicate"', "duplicate"],
					['"fraudulent"', "fraudulent"],
				],
			},
		}),
		argument("notify", true),
	],
	conditions: [
		{ path: "payment", type: "text", value: "pi_8F2kQ1", json: '"pi_8F2kQ1"' },
		{ path: "amount", type: "number", value: "14900", json: "14900" },
		{ path: "money.currency", type: "text", value: "EUR", json: '"EUR"' },
		{ path: "notify", type: "boolean", value: "true", json: "true" },
	],
};

const letter = Array.from(
	{ length: 40 },
	(_, i) => `Line ${i + 1}: the contract ends on the last day of the quarter.`,
).join("\n");

const update: Approval = {
	...refund,
	id: "a2",
	connector: "acme-crm",
	title: "Acme CRM",
	account: "",
	tool: "update_opportunity",
	tool_title: "Update an opportunity",
	asked_by: "person",
	asked: 3,
	arguments: [
		argument("id", "006gK00000AABOoQAP", { origin: "you typed it" }),
		argument("next_step", "Call on Monday", {
			origin: "you typed it",
			now: '"Send the offer"',
			changed: true,
		}),
		argument("stage_name", "Negotiation/Review", {
			origin: "from a result of acme-crm.list_opportunities",
			now: '"Proposal/Price Quote"',
			changed: true,
		}),
		argument("amount", 120000, { origin: "", now: "120000" }),
	],
};

const remove: Approval = {
	...refund,
	id: "a3",
	tool: "delete_customer",
	tool_title: "Delete a customer and everything that belongs to it",
	kind: "destructive",
	why: "it deletes or overwrites",
	choices: ["once", "deny"],
	warnings: [
		"It says that it only reads, but its name says delete",
		"This run has read mail from Acme Mail and data of Acme CRM. What it was told there may be what it does here.",
	],
	arguments: [argument("customer", "cus_\u202e9001\u200b")],
};

const message: Approval = {
	...refund,
	id: "a4",
	connector: "acme-mail",
	title: "Acme Mail",
	tool: "send_message",
	tool_title: "Send an email",
	kind: "sends",
	why: "it sends something to other people",
	choices: ["once", "deny"],
	arguments: [
		argument("to", ["finance@acme.example", "ops@acme.example"]),
		argument("body", letter, { field: { kind: "long" } }),
		argument("token", "<AWS key, 20 characters>", {
			json: "",
			secret: "AWS key",
		}),
	],
};

function card(id: string, ...questions: readonly Approval[]): Questions {
	return { id, state: "pending", questions };
}

export const approvals = {
	write: card("1", refund),
	"before and after": card("2", update),
	"read, no arguments": card("3", {
		...refund,
		id: "b1",
		tool: "list_accounts",
		tool_title: "List accounts",
		kind: "read",
		asked_by: "person",
		choices: ["once", "session", "deny"],
		why: "first use of this connector",
		account: "",
		arguments: [],
		conditions: [],
	}),
	"destructive, warnings, hidden letters": card("4", remove),
	"sends, long, secret": card("5", message),
	several: card(
		"6",
		{ ...refund, id: "c1" },
		{ ...update, id: "c2", state: "allowed", note: "allowed once" },
		{ ...remove, id: "c3" },
		{ ...update, id: "c4" },
	),
	many: card(
		"7",
		...Array.from({ length: 24 }, (_, i) => ({
			...refund,
			id: `d${i}`,
			arguments: [
				argument("payment", `pi_${i}8F2kQ1`),
				argument("amount", 100 * i),
			],
		})),
	),
	refused: card("8", {
		...refund,
		id: "e1",
		tries: 1,
		problem:
			"acme-billing.create_refund: amount: 0 is less than the minimum of 1",
	}),
	allowed: card("9", {
		...refund,
		id: "f1",
		state: "allowed",
		note: "allowed once",
	}),
	denied: card("10", {
		...refund,
		id: "g1",
		state: "denied",
		note: "denied: too much",
	}),
} satisfies Record<string, Questions>;

function inUse(id: string, title: string): InUse {
	return { id, entry: id, title, here: true };
}

export const status: Status = {
	connected: [
		inUse("acme-billing", "Acme Billing"),
		inUse("acme-crm", "Acme CRM"),
	],
	left: [],
	mode: null,
	pending: [refund, { ...message, id: "h1" }],
};
