/** What one kernel tells of its connectors, kept up to date. */

import type { Kernel, KernelMessage } from "@jupyterlab/services";
import type { IDisposable } from "@lumino/disposable";
import { type ISignal, Signal } from "@lumino/signaling";
import { ask, type ControlKernel, deliver, uuid } from "../channel";
import type { Json, Message } from "../host";
import { NOTHING, readStatus, type Status } from "../state/status";

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
		if (this.#disposed || status === null) return;
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
		if (!(await isOurs(this.#kernel))) return NOTHING;
		const request = { id: uuid(), type: "status" };
		const reply = await ask(this.#kernel, request, { limit: PATIENCE });
		return reply.status === "ok" ? readStatus(reply) : null;
	}

	#set(status: Status): void {
		this.#status = status;
		this.#changed.emit();
	}

	#onMessage(_: unknown, { header, content }: KernelMessage.IMessage): void {
		if (header.msg_type !== "comm_msg") return;
		const { comm_id, data } = content as KernelMessage.ICommMsgMsg["content"];
		const status = comm_id === COMM ? readStatus(data) : null;
		if (status === null) return;
		this.#pushes += 1;
		this.#set(status);
	}

	#onConnection(_: unknown, status: Kernel.ConnectionStatus): void {
		if (status === "connected") void this.refresh();
	}

	#onStatus(_: unknown, status: Kernel.Status): void {
		const gone = ["restarting", "autorestarting", "dead"].includes(status);
		if (gone && this.#status !== NOTHING) this.#set(NOTHING);
	}
}

/** True for a kernel with our package: every kernel may be asked for its comms, only ours gets our own requests. */
export async function isOurs(kernel: ControlKernel): Promise<boolean> {
	const content = { target_name: TARGET };
	const options = { type: "comm_info_request", limit: PATIENCE };
	const { comms } = await ask(kernel, content, options);
	return isFilled(comms);
}

function isFilled(comms: Json | undefined): boolean {
	return (
		typeof comms === "object" && comms !== null && Object.keys(comms).length > 0
	);
}
