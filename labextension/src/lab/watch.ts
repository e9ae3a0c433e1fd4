/** What one kernel tells of its connectors, kept up to date. */

import type { Kernel, KernelMessage } from "@jupyterlab/services";
import type { IDisposable } from "@lumino/disposable";
import { type ISignal, Signal } from "@lumino/signaling";
import {
	ask,
	type Content,
	type ControlKernel,
	deliver,
	uuid,
} from "../channel";
import type { Json, Message } from "../host";
import { NOTHING, readStatus, type Status } from "../state/status";

/** Whether a kernel has our package loaded; "asking" as long as it has not said. */
export type Presence = "asking" | "absent" | "here" | "gone";

const TARGET = "jupyter_connectors";
const COMM = "jupyter-connectors-status";

// After a page reload a busy kernel's messages wait up to 3 s in JupyterLab's queue.
const PATIENCE = 10_000;

/** Follows one kernel connection until it is disposed. */
export class Watch implements IDisposable {
	readonly #kernel: Kernel.IKernelConnection;
	readonly #changed = new Signal<this, void>(this);
	#status = NOTHING;
	#pushes = 0;
	#isKnown = false;
	#presence: Presence = "asking";
	readonly #executed = new Signal<this, void>(this);
	#disposed = false;

	constructor(kernel: Kernel.IKernelConnection) {
		this.#kernel = kernel;
		kernel.iopubMessage.connect(this.#onMessage, this);
		kernel.connectionStatusChanged.connect(this.#onConnection, this);
		kernel.statusChanged.connect(this.#onStatus, this);
		if (kernel.connectionStatus === "connected") void this.refresh();
	}

	/** The newest status; empty for a kernel without our package. */
	get status(): Status {
		return this.#status;
	}

	get changed(): ISignal<this, void> {
		return this.#changed;
	}

	/** Whether the kernel has our package loaded. */
	get presence(): Presence {
		return this.#presence;
	}

	/** Emitted when a cell has run: variables may be others now. */
	get executed(): ISignal<this, void> {
		return this.#executed;
	}

	get kernel(): Kernel.IKernelConnection {
		return this.#kernel;
	}

	/** The reply to a request; rejects after `limit` ms without one. */
	request(content: Content, limit = PATIENCE): Promise<Content> {
		return ask(this.#kernel, content, { limit });
	}

	get isDisposed(): boolean {
		return this.#disposed;
	}

	dispose(): void {
		this.#disposed = true;
		Signal.clearData(this);
	}

	/** Asks the kernel how things stand, if it has our package at all. */
	async refresh(): Promise<void> {
		const before = this.#pushes;
		const status = await this.#fetch().catch(() => null);
		if (this.#disposed) return;
		if (status === null) {
			// A kernel that says nothing to such a question is none of ours.
			if (this.#presence === "asking") this.#presence = "absent";
			this.#changed.emit();
			return;
		}
		// What the kernel pushed meanwhile is at least as new as its reply.
		if (this.#pushes === before) this.#set(status);
	}

	/** Sends a decision; asks anew where the kernel no longer knows the request. */
	async send(message: Message): Promise<void> {
		const routes = { kernel: this.#kernel, comm: null, limit: PATIENCE };
		const route = await deliver(message, routes);
		if (route === "nowhere" && !this.#disposed) await this.refresh();
	}

	async #fetch(): Promise<Status | null> {
		if (!(await isOurs(this.#kernel))) {
			this.#presence = "absent";
			return NOTHING;
		}
		this.#isKnown = true;
		this.#presence = "here";
		const request = { id: uuid(), type: "status" };
		const reply = await ask(this.#kernel, request, { limit: PATIENCE });
		return reply.status === "ok" ? readStatus(reply) : null;
	}

	#set(status: Status): void {
		this.#status = status;
		this.#changed.emit();
	}

	#onMessage(_: unknown, message: KernelMessage.IMessage): void {
		const { header, content } = message;
		if (isEndOfCell(message)) this.#executed.emit();
		if (header.msg_type !== "comm_msg") return;
		const { comm_id, data } = content as KernelMessage.ICommMsgMsg["content"];
		const status = comm_id === COMM ? readStatus(data) : null;
		if (status === null) return;
		this.#pushes += 1;
		this.#presence = "here";
		this.#set(status);
		// So that a kernel that got our package just now hears that we are here.
		if (!this.#isKnown) void this.refresh();
	}

	#onConnection(_: unknown, status: Kernel.ConnectionStatus): void {
		if (status === "connected") void this.refresh();
	}

	#onStatus(_: unknown, status: Kernel.Status): void {
		// One that died and was started again by the server comes back on the same connection.
		if (this.#presence === "gone" && status === "idle") {
			this.#presence = "asking";
			void this.refresh();
			return;
		}
		const gone = ["restarting", "autorestarting", "dead"].includes(status);
		if (!gone) return;
		this.#isKnown = false;
		this.#presence = "gone";
		this.#set(NOTHING);
	}
}

/** True for a kernel with our package: every kernel may be asked for its comms, only ours gets our own requests. */
export async function isOurs(kernel: ControlKernel): Promise<boolean> {
	const content = { target_name: TARGET };
	const options = { type: "comm_info_request", limit: PATIENCE };
	const { comms } = await ask(kernel, content, options);
	return isFilled(comms);
}

/** Not any idle status: each request of our own ends with one as well. */
function isEndOfCell({
	header,
	content,
	parent_header,
}: KernelMessage.IMessage) {
	if (header.msg_type !== "status") return false;
	const { execution_state } = content as { readonly execution_state?: string };
	const parent = parent_header as { readonly msg_type?: string };
	return execution_state === "idle" && parent.msg_type === "execute_request";
}

function isFilled(comms: Json | undefined): boolean {
	return (
		typeof comms === "object" && comms !== null && Object.keys(comms).length > 0
	);
}
