/** What a kernel tells of an app, and what an app asks of a person; each field is looked at. */

import type { Content } from "../channel";
import type { Json } from "../host";
import { isRecord, items } from "../reading";
import type { Approval } from "./approval";

export type Fields = { readonly [key: string]: Json };

/** How the call that the app belongs to stands. */
export interface Outcome {
	readonly state: "running" | "done" | "cancelled";
	/** The server's result as it came; null while there is none. */
	readonly result: Fields | null;
	readonly reason: string;
}

/** The tool, as the app hears of it. */
export interface ToolInfo {
	readonly name: string;
	readonly inputSchema: Fields;
	readonly [key: string]: Json;
}

/** An app, with all that is needed to show it. */
export interface Opened extends Outcome {
	readonly title: string;
	/** The title of the service. */
	readonly service: string;
	readonly connector: string;
	readonly tool: ToolInfo;
	readonly arguments: Fields;
	readonly html: string;
	/** The Content-Security-Policy of its document. */
	readonly policy: string;
	/** The same for the address of the server's page. */
	readonly query: string;
	/** The origins it may use, in the words of the specification. */
	readonly granted: Fields;
	/** What it asked for and did not get, for a person to read. */
	readonly refused: readonly string[];
	readonly clipboard: boolean;
	readonly border: boolean;
}

/** The kernel's answer to a request of an app. */
export type Answer =
	| { readonly result: Fields }
	| {
			readonly error: { readonly code: number; readonly message: string };
			/** The service wants the person to sign in anew. */
			readonly signin?: boolean;
	  };

/** Bytes that the kernel takes of one request; a message that is far larger ends its connection. */
const LARGEST = 1_000_000;

/** Whether this is no more than the kernel takes, in bytes of JSON. */
export function fits(value: Fields): boolean {
	const json = JSON.stringify(value);
	return (
		json.length <= LARGEST && new TextEncoder().encode(json).length <= LARGEST
	);
}

/** The app in a kernel's reply; null where the kernel knows none. */
export function readOpened(reply: Content): Opened | null {
	const { html, tool } = reply;
	if (reply.status !== "ok" || typeof html !== "string" || !isFields(tool)) {
		return null;
	}
	return {
		...readOutcome(reply),
		title: text(reply.title),
		service: text(reply.service),
		connector: text(reply.connector),
		tool: { ...tool, name: text(tool.name), inputSchema: schemaOf(tool) },
		arguments: fields(reply.arguments),
		html,
		policy: text(reply.policy),
		query: text(reply.query),
		granted: fields(reply.granted),
		refused: items(reply.refused).filter((each) => typeof each === "string"),
		clipboard: reply.clipboard === true,
		border: reply.border !== false,
	};
}

/** Why an app can't be shown, as the kernel says it; empty where it does not know the app. */
export function problemOf({ status, problem, hint }: Content): string {
	if (status !== "error") return "";
	return [text(problem), text(hint)].filter((each) => each !== "").join("\n");
}

/** Where the call stands; a kernel that says nothing of it has lost it. */
export function readOutcome(reply: Content): Outcome {
	const { state, result, reason } = reply;
	const known = state === "running" || state === "done";
	return {
		state: known ? state : "cancelled",
		result: isFields(result) ? result : null,
		reason: text(reason),
	};
}

/** What goes back to the app that asked. */
export function readAnswer(reply: Content): Answer {
	if (reply.status === "ok" && isFields(reply.result)) {
		return { result: reply.result };
	}
	const { code, message } = fields(reply.error);
	return {
		error: {
			code: typeof code === "number" ? code : -32603,
			// Nothing of `problem`: that is for people.
			message: text(message) || "The kernel refused",
		},
		...(reply.signin === true ? { signin: true } : {}),
	};
}

/** Those of one app. */
export function ofApp(
	pending: readonly Approval[],
	id: string,
): readonly Approval[] {
	return pending.filter(({ app }) => app === id);
}

function schemaOf({ inputSchema }: Fields): Fields {
	return isFields(inputSchema) ? inputSchema : { type: "object" };
}

export function isFields(value: unknown): value is Fields {
	return isRecord(value);
}

function fields(value: Json | undefined): Fields {
	return isFields(value) ? value : {};
}

function text(value: Json | undefined): string {
	return typeof value === "string" ? value : "";
}
