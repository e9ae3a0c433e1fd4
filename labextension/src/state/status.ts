/** What a kernel tells of itself outside of any cell. */

import {
	type Data,
	isRecord,
	items,
	json,
	numbers,
	text,
	texts,
} from "../reading";
import { grouped } from "../text";
import { trans } from "../words";
import {
	type Approval,
	type Argument,
	type Condition,
	type Field,
	isDecision,
} from "./approval";

/** What is connected in a kernel. */
export interface InUse {
	readonly id: string;
	/** The entry of the directory. */
	readonly entry: string;
	readonly title: string;
	/** The switch for this notebook. */
	readonly here: boolean;
}

export interface Status {
	readonly connected: readonly InUse[];
	/** Entries left because the person signed out in another notebook. */
	readonly left: readonly string[];
	/** What was set in this notebook, null for nothing; undefined where the kernel has not told. */
	readonly mode: string | null | undefined;
	readonly pending: readonly Approval[];
}

export const NOTHING: Status = {
	connected: [],
	left: [],
	mode: undefined,
	pending: [],
};

/**
 * The status in a kernel's message, null where it is none.
 *
 * Any kernel can send anything under our name, so each field is looked at.
 */
export function readStatus(data: unknown): Status | null {
	if (!isRecord(data)) return null;
	const { connected, pending } = data;
	if (!Array.isArray(connected) || !Array.isArray(pending)) return null;
	return {
		connected: connected.filter(isRecord).map(readInUse),
		left: items(data.left).map(text),
		mode: data.mode === null ? null : text(data.mode) || undefined,
		pending: pending.filter(isRecord).map(readApproval).filter(waits),
	};
}

function readInUse(data: Data): InUse {
	const { id, entry, title } = texts(data, "id", "entry", "title");
	// A kernel with an older package tells no more than its name.
	return { id, entry: entry || id, title, here: data.here !== false };
}

const waits = ({ id, state }: Approval) => id !== "" && state === "pending";

const PLAIN = [
	"id",
	"app",
	"app_title",
	"note",
	"problem",
	"connector",
	"title",
	"account",
	"tool",
	"tool_title",
	"why",
] as const;

function readApproval(data: Data): Approval {
	const plain = texts(data, ...PLAIN);
	const words = texts(data, "state", "kind", "asked_by");
	return {
		...plain,
		...numbers(data, "tries", "asked", "hours"),
		...(words as Pick<Approval, keyof typeof words>),
		warnings: items(data.warnings).map(text),
		choices: items(data.choices).filter(isDecision),
		arguments: items(data.arguments).filter(isRecord).map(readArgument),
		conditions: items(data.conditions).filter(isRecord).map(readCondition),
	};
}

function readArgument(data: Data): Argument {
	return {
		...texts(data, "name", "value", "secret", "origin"),
		type: text(data.type) as Argument["type"],
		json: json(data.json),
		now: typeof data.now === "string" ? data.now : null,
		changed: data.changed === true,
		field: isRecord(data.field) ? readField(data.field) : { kind: "json" },
	};
}

function readField(data: Data): Field {
	const kind = text(data.kind) as Field["kind"];
	if (!Array.isArray(data.options)) return { kind };
	const pairs = data.options.filter(Array.isArray);
	const options = pairs.map(
		([value, label]) => [json(value), text(label)] as const,
	);
	return { kind, options };
}

function readCondition(data: Data): Condition {
	return {
		...texts(data, "path", "value"),
		type: text(data.type) as Condition["type"],
		json: json(data.json),
	};
}

/** "2 connectors"; empty where none is connected. */
export function connectedWords({ connected }: Status): string {
	const many = connected.length;
	if (many === 0) return "";
	return trans._n("%2 connector", "%2 connectors", many, grouped(many));
}

/** "1 approval waiting"; empty where none waits. */
export function pendingWords({ pending }: Status): string {
	const many = pending.length;
	if (many === 0) return "";
	return trans._n("%1 approval waiting", "%1 approvals waiting", many);
}

/** True where there is nothing to show. */
export function isQuiet({ connected, pending }: Status): boolean {
	return connected.length === 0 && pending.length === 0;
}
