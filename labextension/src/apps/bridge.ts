/**
 * JSON-RPC with an app, over messages between windows.
 *
 * Nothing here knows a window: what comes in was checked by its source, what
 * goes out is handed to `post`. An app may send anything at any time.
 */

import type { Fields } from "../state/app";

export const REFUSED = -32000;
const INVALID = -32600;
const UNKNOWN = -32601;
const INTERNAL = -32603;

/** Requests of an app that may wait at the same time; a kernel takes fewer and lets the others wait. */
const MOST = 64;

/** Letters of one request: a file to save comes in one. */
const LONGEST = 16_000_000;

/** A request is answered with this code and message. */
export class Refusal extends Error {
	readonly code: number;

	constructor(code: number, message: string) {
		super(message);
		this.code = code;
	}
}

/** What an app may ask and tell, by method. A method without an entry is answered with -32601. */
export interface Handlers {
	readonly requests: {
		readonly [method: string]: (params: Fields) => Promise<Fields> | Fields;
	};
	readonly notifications: {
		readonly [method: string]: (params: Fields) => void;
	};
}

export interface Bridge {
	/** Takes a message that came from the app. */
	receive(data: unknown): void;
	notify(method: string, params: object): void;
	/** The app's answer; rejects where it refuses or says nothing within `limit` ms. */
	ask(method: string, params: object, limit: number): Promise<unknown>;
	/** Sends nothing more; those who wait for the app are told. */
	close(): void;
}

/** One conversation with one document of an app. */
export function bridgeOf(
	post: (message: object) => void,
	handlers: Handlers,
): Bridge {
	const asked = new Map<number, (message: Received | null) => void>();
	let next = 1;
	let waiting = 0;
	let isOpen = true;

	const send = (message: object) => {
		if (isOpen) post({ jsonrpc: "2.0", ...message });
	};
	const serve = async (id: string | number, method: string, data: unknown) => {
		waiting += 1;
		try {
			if (waiting > MOST) throw new Refusal(REFUSED, "Too many requests");
			const handle = own(handlers.requests, method);
			if (handle === undefined) throw new Refusal(UNKNOWN, "Unknown method");
			send({ id, result: await handle(plain(data)) });
		} catch (problem) {
			send({ id, error: failure(problem) });
		}
		waiting -= 1;
	};
	const settle = (id: unknown, message: Received) => {
		if (typeof id === "number") asked.get(id)?.(message);
	};
	const hear = (method: string, data: unknown) => {
		try {
			own(handlers.notifications, method)?.(plain(data));
		} catch {
			// A notification has no answer, and one that can't be read no effect.
		}
	};
	return {
		receive(data) {
			if (!isOpen || !isMessage(data)) return;
			const { id, method, params } = data;
			if (typeof method !== "string") settle(id, data);
			else if (id === undefined) hear(method, params);
			else if (isId(id)) void serve(id, method, params);
		},
		notify: (method, params) => send({ method, params }),
		ask(method, params, limit) {
			const id = next++;
			return new Promise((resolve, reject) => {
				const end = (message: Received | null) => {
					clearTimeout(timer);
					asked.delete(id);
					if (message !== null && "result" in message) resolve(message.result);
					else reject(new Error(`The app did not answer ${method}`));
				};
				const timer = setTimeout(() => end(null), limit);
				asked.set(id, end);
				send({ id, method, params });
			});
		},
		close() {
			isOpen = false;
			for (const end of [...asked.values()]) end(null);
		},
	};
}

interface Received {
	readonly id?: unknown;
	readonly method?: unknown;
	readonly params?: unknown;
	readonly result?: unknown;
}

function isId(id: unknown): id is string | number {
	return typeof id === "string" || typeof id === "number";
}

/** What an app hears of a problem; of one that is ours, only that there is one. */
function failure(problem: unknown): { code: number; message: string } {
	if (!(problem instanceof Refusal))
		return { code: INTERNAL, message: "Failed" };
	return { code: problem.code, message: problem.message };
}

function isMessage(data: unknown): data is Received {
	return (data as { jsonrpc?: unknown } | null | undefined)?.jsonrpc === "2.0";
}

/** A message between windows may hold what JSON can't: circles, maps, dates. */
function plain(data: unknown): Fields {
	if (data === undefined) return {};
	let text: string | undefined;
	try {
		text = JSON.stringify(data);
	} catch {
		// Said below, as for anything that is no object.
	}
	if (text === undefined || text.length > LONGEST || !text.startsWith("{")) {
		throw new Refusal(INVALID, "The parameters are not an object of JSON");
	}
	return JSON.parse(text) as Fields;
}

/** An entry, and never what every object brings along, as `constructor`. */
function own<T>(table: { readonly [key: string]: T }, key: string) {
	return Object.hasOwn(table, key) ? table[key] : undefined;
}
