/** A call that waits for a person, as the kernel tells it. */

import { visible } from "../text";

export type Kind = "read" | "write" | "destructive" | "sends";
export type Decision = "once" | "session" | "deny";

export interface Argument {
	readonly name: string;
	/** Pretty JSON text. */
	readonly value: string;
}

export interface Approval {
	readonly id: string;
	readonly state: "pending" | "allowed" | "denied" | "cancelled";
	/** What became of it, in words: "allowed once". */
	readonly note: string;
	readonly connector: string;
	/** The connector's title. */
	readonly title: string;
	readonly account: string;
	readonly tool: string;
	readonly tool_title: string;
	readonly kind: Kind;
	readonly asked_by: "person" | "model" | "app" | "replay";
	/** The rule that asks. */
	readonly why: string;
	/** The answers the person may give; some kinds of call are never remembered. */
	readonly choices: readonly Decision[];
	readonly arguments: readonly Argument[];
}

/** True for an answer a person can give. */
export function isDecision(value: unknown): value is Decision {
	return value === "once" || value === "session" || value === "deny";
}

const KIND_WORDS: Record<Kind, string> = {
	read: "Reads",
	write: "Changes data",
	destructive: "Deletes",
	sends: "Sends",
};

/** What a kind of tool does, in words; an unknown kind counts as a change. */
export function kindWords(kind: Kind): string {
	return KIND_WORDS[kind] ?? KIND_WORDS.write;
}

const ASKED_BY: Record<Approval["asked_by"], string> = {
	person: "You called this",
	model: "The model wants to run this",
	app: "An app wants to run this",
	replay: "A replay wants to run this",
};

/** Who wants the call. */
export function askedBy(approval: Approval): string {
	return ASKED_BY[approval.asked_by] ?? ASKED_BY.model;
}

/** The heading: the tool's title, or its name. */
export function toolName(approval: Approval): string {
	return visible(approval.tool_title || approval.tool);
}

/** How it ended, as a sentence. */
export function outcome({ state, note }: Approval): string {
	const said = visible(note || state);
	return said.charAt(0).toUpperCase() + said.slice(1);
}

export const DECISIONS: readonly (readonly [Decision, string])[] = [
	["once", "Allow once"],
	["session", "Allow for this session"],
	["deny", "Deny"],
];
