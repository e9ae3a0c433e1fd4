/** Calls that wait for a person, as the kernel tells them. */

import { count, visible } from "../text";

export type Kind = "read" | "write" | "destructive" | "sends";
export type Decision = "once" | "session" | "hours" | "always" | "deny";
export type ValueType =
	| "text"
	| "number"
	| "boolean"
	| "null"
	| "list"
	| "object";

/** How a value is edited. A choice has its options as JSON text and label. */
export interface Field {
	readonly kind:
		| "text"
		| "long"
		| "number"
		| "integer"
		| "boolean"
		| "choice"
		| "json";
	readonly options?: readonly (readonly [string, string])[];
}

export interface Argument {
	readonly name: string;
	readonly type: ValueType;
	/** A text as it is, anything else as pretty JSON. */
	readonly value: string;
	/** The exact value as JSON text; empty for one that holds a secret. */
	readonly json: string;
	/** The kinds of secrets masked in the value; empty where there are none. */
	readonly secret: string;
	/** Where it comes from: "the model chose it". */
	readonly origin: string;
	/** What the record holds now; null for what is no field of a known record. */
	readonly now: string | null;
	readonly changed: boolean;
	readonly field: Field;
}

/** A single value a lasting yes can be bound to. */
export interface Condition {
	/** The dotted way to it in the arguments. */
	readonly path: string;
	readonly type: ValueType;
	readonly value: string;
	readonly json: string;
}

export interface Approval {
	readonly id: string;
	readonly state: "pending" | "allowed" | "denied" | "cancelled";
	/** The id of the app that asks; empty where none does. */
	readonly app: string;
	readonly app_title: string;
	/** What became of it, in words: "allowed once". */
	readonly note: string;
	/** Why the last answer could not be taken; the question still waits. */
	readonly problem: string;
	/** How many answers could not be taken. */
	readonly tries: number;
	readonly connector: string;
	/** The connector's title. */
	readonly title: string;
	readonly account: string;
	readonly tool: string;
	readonly tool_title: string;
	readonly kind: Kind;
	readonly asked_by: "person" | "model" | "app" | "replay";
	/** How often exactly this was asked in this session. */
	readonly asked: number;
	/** The rule that asks. */
	readonly why: string;
	/** What to look at twice. */
	readonly warnings: readonly string[];
	/** The answers the person may give; some kinds of call are never remembered. */
	readonly choices: readonly Decision[];
	/** How long "hours" is. */
	readonly hours: number;
	readonly arguments: readonly Argument[];
	readonly conditions: readonly Condition[];
}

/** What one card shows: every call that waits in a cell. */
export interface Questions {
	readonly id: string;
	readonly state: "pending" | "settled";
	readonly questions: readonly Approval[];
}

/** What goes to the kernel with a decision. */
export interface Said {
	readonly decision: Decision;
	/** Changed arguments: JSON text by their place in the list. */
	readonly edits?: { readonly [place: string]: string };
	/** JSON text of the limits within which a lasting yes holds. */
	readonly pattern?: string;
	/** Why not; told to the model. */
	readonly reason?: string;
}

const DECISIONS: readonly string[] = [
	"once",
	"session",
	"hours",
	"always",
	"deny",
];

/** True for an answer a person can give. */
export function isDecision(value: unknown): value is Decision {
	return typeof value === "string" && DECISIONS.includes(value);
}

const KIND_WORDS: Record<Kind, string> = {
	read: "Reads data",
	write: "Changes data",
	destructive: "Deletes or overwrites",
	sends: "Sends to others",
};

/** What a kind of tool does, in words; an unknown kind counts as a change. */
export function kindWords(kind: Kind): string {
	return KIND_WORDS[kind] ?? KIND_WORDS.write;
}

const ASKED_BY: Record<Approval["asked_by"], string> = {
	person: "You called this",
	model: "The model asks for this",
	app: "An app asks for this",
	replay: "A replay asks for this",
};

/** Who wants the call. */
export function askedBy(approval: Approval): string {
	if (approval.asked_by === "app" && approval.app_title !== "") {
		return `The app “${visible(approval.app_title)}” asks for this`;
	}
	return ASKED_BY[approval.asked_by] ?? ASKED_BY.model;
}

/** The heading: the tool's title, or its name. */
export function toolName(approval: Approval): string {
	return visible(approval.tool_title || approval.tool);
}

/** The connector, and whose account it is. */
export function placeOf({ title, connector, account }: Approval): string {
	return [title || connector, account].filter(Boolean).map(visible).join(" · ");
}

/** How it ended, as a sentence. */
export function outcome({ state, note }: Approval): string {
	const said = visible(note || state);
	return said.charAt(0).toUpperCase() + said.slice(1);
}

/** What a reader hears when a call begins to wait. */
export function announcement(approval: Approval): string {
	const kind = kindWords(approval.kind).toLowerCase();
	return `Approval needed: ${toolName(approval)}, ${placeOf(approval)}, ${kind}`;
}

/** A value on one line: a text in quotes, so that it can't pass for a number. */
export function inline({ type, value }: Argument): string {
	const line = visible(value).split(/\s+/).join(" ").trim();
	return type === "text" ? `“${line}”` : line;
}

/** "3 lines", "3,200 characters": how much a folded value holds. */
export function sizeOf(text: string): string {
	const lines = text.split("\n").length;
	return lines > 1 ? count(lines, "line") : count(text.length, "character");
}

/** Those still waiting. */
export function waiting(questions: readonly Approval[]): readonly Approval[] {
	return questions.filter(({ state }) => state === "pending");
}

/**
 * Those one press may allow together: each may be allowed once, and nothing
 * about it needs a second look.
 */
export function together(questions: readonly Approval[]): readonly Approval[] {
	return waiting(questions).filter(
		({ choices, warnings }) =>
			choices.includes("once") && warnings.length === 0,
	);
}

/** "3 calls wait for you: 2 change data, 1 deletes or overwrites". */
export function summary(questions: readonly Approval[]): string {
	const left = waiting(questions);
	const kinds = (Object.keys(KIND_WORDS) as Kind[])
		.map((kind) => [kind, left.filter((each) => each.kind === kind).length])
		.filter(([, many]) => many !== 0)
		.map(([kind, many]) => `${many} ${VERBS[kind as Kind](many === 1)}`);
	const heads =
		left.length === 1 ? "1 call waits" : `${left.length} calls wait`;
	return `${heads} for you: ${kinds.join(", ")}`;
}

const VERBS: Record<Kind, (one: boolean) => string> = {
	read: (one) => (one ? "reads data" : "read data"),
	write: (one) => (one ? "changes data" : "change data"),
	destructive: (one) => (one ? "deletes or overwrites" : "delete or overwrite"),
	sends: (one) => (one ? "sends to others" : "send to others"),
};

/** The words on the button of a choice. */
export function choiceWords(decision: Decision, hours: number): string {
	const words: Record<Decision, string> = {
		once: "Allow once",
		session: "Allow for this session",
		hours: `Allow for ${count(hours, "hour")}`,
		always: "Always allow…",
		deny: "Deny",
	};
	return words[decision];
}
