/** Answers in the making, invented. */

import type { Answer, Call } from "../../src/state/answer";

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
