/** Calls that wait for a person, as the kernel tells them. */

import { grouped, visible } from "../text";
import { trans } from "../words";

export type Kind = "read" | "write" | "destructive" | "sends";
export const KINDS: readonly Kind[] = ["read", "write", "destructive", "sends"];
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

/** What a kind of tool does, in words; an unknown kind counts as a change. */
export function kindWords(kind: Kind): string {
	const all: Record<Kind, string> = {
		read: trans.__("Reads data"),
		write: trans.__("Changes data"),
		destructive: trans.__("Deletes or overwrites"),
		sends: trans.__("Sends to others"),
	};
	return all[kind] ?? all.write;
}

/** Who wants the call. */
export function askedBy({ asked_by, app_title }: Approval): string {
	if (asked_by === "app" && app_title !== "") {
		return trans.__("The app “%1” asks for this", visible(app_title));
	}
	const all: Record<Approval["asked_by"], string> = {
		person: trans.__("You called this"),
		model: trans.__("The model asks for this"),
		app: trans.__("An app asks for this"),
		replay: trans.__("A replay asks for this"),
	};
	return all[asked_by] ?? all.model;
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
	return trans.__(
		"Approval needed: %1, %2, %3",
		toolName(approval),
		placeOf(approval),
		kind,
	);
}

/** A value on one line: a text in quotes, so that it can't pass for a number. */
export function inline({ type, value }: Argument): string {
	const line = visible(value).split(/\s+/).join(" ").trim();
	return type === "text" ? `“${line}”` : line;
}

/** "3 lines", "3,200 characters": how much a folded value holds. */
export function sizeOf(text: string): string {
	const lines = text.split("\n").length;
	const letters = text.length;
	return lines > 1
		? trans._n("%2 line", "%2 lines", lines, grouped(lines))
		: trans._n("%2 character", "%2 characters", letters, grouped(letters));
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
	const kinds = KINDS.map(
		(kind) => [kind, left.filter((each) => each.kind === kind).length] as const,
	)
		.filter(([, many]) => many !== 0)
		.map(([kind, many]) => doing(kind, many));
	return trans._n(
		"%1 call waits for you: %2",
		"%1 calls wait for you: %2",
		left.length,
		kinds.join(", "),
	);
}

/** "2 change data". */
function doing(kind: Kind, many: number): string {
	const all: Record<Kind, string> = {
		read: trans._n("%1 reads data", "%1 read data", many),
		write: trans._n("%1 changes data", "%1 change data", many),
		destructive: trans._n(
			"%1 deletes or overwrites",
			"%1 delete or overwrite",
			many,
		),
		sends: trans._n("%1 sends to others", "%1 send to others", many),
	};
	return all[kind];
}

/** The words on the button of a choice. */
export function choiceWords(decision: Decision, hours: number): string {
	const words: Record<Decision, string> = {
		once: trans.__("Allow once"),
		session: trans.__("Allow for this session"),
		hours: trans._n(
			"Allow for %2 hour",
			"Allow for %2 hours",
			hours,
			grouped(hours),
		),
		always: trans.__("Always allow…"),
		deny: trans.__("Deny"),
	};
	return words[decision];
}
