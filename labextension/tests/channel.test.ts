import assert from "node:assert/strict";
import { test } from "node:test";
import {
	ask,
	type Content,
	type ControlKernel,
	controlKernel,
	deliver,
	uuid,
} from "../src/channel";
import type { Message } from "../src/host";

interface Sent {
	header: { msg_type: string; session: string };
	channel: string;
	content: Content;
}

/** A kernel connection that answers as the function says; null is silence. */
function kernel(answer: (sent: Sent) => Content | null) {
	const seen: Sent[] = [];
	let disposed = 0;
	const connection: ControlKernel = {
		clientId: "client",
		sendControlMessage(message) {
			const sent = message as Sent;
			seen.push(sent);
			const future = {
				onReply: (_: never) => {},
				dispose: () => {
					disposed += 1;
				},
			};
			const content = answer(sent);
			if (content !== null) {
				queueMicrotask(() => future.onReply({ content } as never));
			}
			return future;
		},
	};
	return { connection, seen, disposed: () => disposed };
}

const click: Message = { id: "a1", type: "decide", decision: "once" };

test("a request goes out on the control channel and its reply comes back", async () => {
	const { connection, seen } = kernel(() => ({ status: "ok", n: 1 }));
	assert.deepEqual(await ask(connection, click), { status: "ok", n: 1 });
	assert.equal(seen[0]?.channel, "control");
	assert.equal(seen[0]?.header.msg_type, "jupyter_connectors_request");
	assert.equal(seen[0]?.header.session, "client");
	assert.deepEqual(seen[0]?.content, click);
});

test("a silent kernel is given up and its future is let go", async () => {
	const { connection, disposed } = kernel(() => null);
	await assert.rejects(ask(connection, click, { limit: 5 }), /5 ms/);
	assert.equal(disposed(), 1);
});

test("who no longer waits for a reply no longer listens for its end", async () => {
	const listening = new Set<unknown>();
	const end = new AbortController();
	const { signal } = end;
	const add = signal.addEventListener.bind(signal);
	const remove = signal.removeEventListener.bind(signal);
	signal.addEventListener = (kind: string, each: EventListener) => {
		listening.add(each);
		add(kind, each);
	};
	signal.removeEventListener = (kind: string, each: EventListener) => {
		listening.delete(each);
		remove(kind, each);
	};
	const answering = kernel(() => ({ status: "ok" })).connection;
	await ask(answering, click, { signal });
	const { connection } = kernel(() => null);
	await assert.rejects(ask(connection, click, { limit: 5, signal }), /5 ms/);
	assert.equal(listening.size, 0);
	const waiting = ask(connection, click, { limit: 1000, signal });
	end.abort();
	await assert.rejects(waiting, /Nobody waits/);
	assert.equal(listening.size, 0);
});

test("a click the kernel takes on the control channel is not sent twice", async () => {
	const { connection } = kernel(() => ({ status: "ok" }));
	const comm: Message[] = [];
	const route = await deliver(click, {
		kernel: connection,
		comm: (message) => comm.push(message),
	});
	assert.equal(route, "control");
	assert.deepEqual(comm, []);
});

for (const [why, connection] of [
	["there is no kernel", null],
	["the kernel does not know the id", kernel(() => ({ status: "unknown" }))],
	["the kernel is silent", kernel(() => null)],
	[
		"the connection is dead",
		kernel(() => {
			throw new Error("Kernel is dead");
		}),
	],
] as const) {
	test(`a click takes the comm when ${why}`, async () => {
		const comm: Message[] = [];
		const route = await deliver(click, {
			kernel: connection?.connection ?? null,
			comm: (message) => comm.push(message),
			limit: 5,
		});
		assert.equal(route, "comm");
		assert.deepEqual(comm, [click]);
	});
}

test("without a second route a lost message is told", async () => {
	assert.equal(await deliver(click, { kernel: null, comm: null }), "nowhere");
});

test("only what can send on the control channel is taken for a kernel", () => {
	assert.equal(controlKernel(undefined), null);
	assert.equal(controlKernel({ clientId: "x" }), null);
	const { connection } = kernel(() => null);
	assert.equal(controlKernel(connection), connection);
});

test("ids are 32 hex digits and differ", () => {
	assert.match(uuid(), /^[0-9a-f]{32}$/);
	assert.notEqual(uuid(), uuid());
});
