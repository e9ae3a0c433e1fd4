/**
 * How a message reaches the kernel.
 *
 * A comm message waits behind the running cell in some kernels, and the cell
 * waits for this very message. The control channel is read all the time, so it
 * is the first route and the comm only the second.
 */

import type { Json, Message } from "./host";

export const REQUEST = "jupyter_connectors_request";

/** The part of JupyterLab's kernel connection we need; other homes may lack it. */
export interface ControlKernel {
	readonly clientId: string;
	readonly username?: string;
	// A method, not a property: JupyterLab's own type asks for its own message type.
	sendControlMessage(
		message: never,
		expectReply?: boolean,
		disposeOnDone?: boolean,
	): ControlFuture;
}

interface ControlFuture {
	onReply: (reply: never) => void | PromiseLike<void>;
	dispose(): void;
}

export type Content = { readonly [key: string]: Json };

/**
 * The content of the kernel's reply to one request on the control channel.
 *
 * Rejects when the kernel can't be reached, or says nothing within `limit` ms:
 * a kernel that doesn't know the message type stays silent.
 */
export function ask(
	kernel: ControlKernel,
	content: Content,
	{
		type = REQUEST,
		limit = 1500,
		signal,
	}: { type?: string; limit?: number; signal?: AbortSignal } = {},
): Promise<Content> {
	return new Promise((resolve, reject) => {
		const future = kernel.sendControlMessage(
			envelope(kernel, type, content) as never,
			true,
			true,
		);
		const end = () => {
			clearTimeout(timer);
			signal?.removeEventListener("abort", abort);
		};
		const fail = (problem: string) => {
			end();
			future.dispose();
			reject(new Error(problem));
		};
		const abort = () => fail("Nobody waits any more");
		const timer = setTimeout(
			() => fail(`The kernel did not answer ${type} in ${limit} ms`),
			limit,
		);
		signal?.addEventListener("abort", abort);
		// Not `done`: that one also waits for the kernel's idle status on another channel.
		future.onReply = (reply: { content: Content }) => {
			end();
			resolve(reply.content);
		};
	});
}

/** Where a message can go: the control channel if the home has it, else the comm. */
export interface Routes {
	readonly kernel: ControlKernel | null;
	readonly comm: ((message: Message) => void) | null;
	readonly limit?: number;
}

/** Sends by control, and by comm where control brought no "ok" in time. */
export async function deliver(
	message: Message,
	{ kernel, comm, limit = 1500 }: Routes,
): Promise<"control" | "comm" | "nowhere"> {
	if (kernel !== null) {
		try {
			const reply = await ask(kernel, message, { limit });
			if (reply.status === "ok") return "control";
		} catch {
			// Silence and refusal mean the same here: take the second route.
		}
	}
	if (comm === null) return "nowhere";
	comm(message);
	return "comm";
}

/** The live kernel connection behind an object, if it looks like one. */
export function controlKernel(candidate: unknown): ControlKernel | null {
	const kernel = candidate as ControlKernel | null | undefined;
	return typeof kernel?.sendControlMessage === "function" ? kernel : null;
}

function envelope(kernel: ControlKernel, type: string, content: Content) {
	return {
		channel: "control",
		header: {
			msg_id: uuid(),
			msg_type: type,
			username: kernel.username ?? "",
			session: kernel.clientId,
			version: "5.4",
			date: new Date().toISOString(),
		},
		parent_header: {},
		metadata: {},
		content,
		buffers: [],
	};
}

/** A random id. `crypto.randomUUID` is missing on plain http to another host. */
export function uuid(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
		"",
	);
}
