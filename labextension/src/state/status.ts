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
import { count } from "../text";
import {
	type Approval,
	type Argument,
	type Condition,
	type Field,
	isDecision,
} from "./approval";

export interface Status {
	readonly connected: readonly {
		readonly id: string;
		readonly title: string;
	}[];
	readonly pending: readonly Approval[];
}

export const NOTHING: Status = { connected: [], pending: [] };

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
		connected: connected
			.filter(isRecord)
			.map((each) => texts(each, "id", "title")),
		pending: pending.filter(isRecord).map(readApproval).filter(waits),
	};
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
	return connected.length === 0 ? "" : count(connected.length, "connector");
}

/** "1 approval waiting"; empty where none waits. */
export function pendingWords({ pending }: Status): string {
	if (pending.length === 0) return "";
	return `${count(pending.length, "approval")} waiting`;
}

/** True where there is nothing to show. */
export function isQuiet({ connected, pending }: Status): boolean {
	return connected.length === 0 && pending.length === 0;
}
