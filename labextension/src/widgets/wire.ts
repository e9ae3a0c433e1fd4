/** Requests of an app's widget to the kernel, on whichever route the front end has. */

import { ask, type Content, type ControlKernel, uuid } from "../channel";
import type { Json, Unsubscribe } from "../host";

/** What we use of the model anywidget hands to `render`. */
export interface Model {
	get(trait: "view"): unknown;
	on(event: "change:view" | "comm_live_update", changed: () => void): void;
	on(event: "msg:custom", told: (content: unknown) => void): void;
	off(event: "change:view" | "comm_live_update", changed: () => void): void;
	off(event: "msg:custom", told: (content: unknown) => void): void;
	send(content: object): void;
	readonly widget_manager?: { readonly kernel?: unknown };
}

export interface Wire {
	/** The kernel's reply, however long it takes. */
	ask(content: Content): Promise<Content>;
	/** True while the kernel has not read what was sent: a cell runs. */
	busy(): boolean;
	close: Unsubscribe;
}

/** A kernel that reads a message says so; one that has not by now is busy. */
const BRIEFLY = 1000;

/** A call may wait for a person, and a tool may take its time. */
const LONG = 24 * 3_600_000;

interface Waiting {
	resolve(reply: Content): void;
	timer: ReturnType<typeof setTimeout>;
	late: boolean;
}

/** The comm of a widget: messages wait behind the running cell in some front ends, and are never lost. */
export function commWire(model: Model, changed: () => void): Wire {
	const waiting = new Map<string, Waiting>();
	const read = (each: Waiting) => {
		clearTimeout(each.timer);
		if (!each.late) return;
		each.late = false;
		changed();
	};
	const told = (content: unknown) => {
		const { rid, ack, reply } = (content ?? {}) as {
			readonly [key: string]: Json;
		};
		const each = typeof rid === "string" ? waiting.get(rid) : undefined;
		if (each === undefined) return;
		if (ack === true || reply !== undefined) read(each);
		if (reply === undefined) return;
		waiting.delete(String(rid));
		each.resolve(reply as Content);
	};
	model.on("msg:custom", told);
	return {
		ask: (content) =>
			new Promise((resolve) => {
				const rid = uuid();
				const each: Waiting = {
					resolve,
					late: false,
					timer: setTimeout(() => {
						each.late = true;
						changed();
					}, BRIEFLY),
				};
				waiting.set(rid, each);
				model.send({ ...content, rid });
			}),
		busy: () => [...waiting.values()].some(({ late }) => late),
		close() {
			model.off("msg:custom", told);
			for (const { timer } of waiting.values()) clearTimeout(timer);
			waiting.clear();
		},
	};
}

/** The control channel, which a kernel reads while cells run. */
export function controlWire(kernel: () => ControlKernel | null): Wire {
	const end = new AbortController();
	return {
		async ask(content) {
			// Looked up for each request: a page that was away comes back with another connection.
			const now = kernel();
			if (now === null) throw new Error("The kernel is gone");
			return ask(now, content, { limit: LONG, signal: end.signal });
		},
		busy: () => false,
		close: () => end.abort(),
	};
}
