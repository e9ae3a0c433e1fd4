/** What a kernel tells of itself outside of any cell. */

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
			.map(({ id, title }) => ({ id: text(id), title: text(title) })),
		pending: pending.filter(isRecord).map(readApproval).filter(waits),
	};
}

const waits = ({ id, state }: Approval) => id !== "" && state === "pending";

function readApproval(data: Record<string, unknown>): Approval {
	return {
		id: text(data.id),
		state: text(data.state) as Approval["state"],
		note: text(data.note),
		problem: text(data.problem),
		tries: number(data.tries),
		connector: text(data.connector),
		title: text(data.title),
		account: text(data.account),
		tool: text(data.tool),
		tool_title: text(data.tool_title),
		kind: text(data.kind) as Approval["kind"],
		asked_by: text(data.asked_by) as Approval["asked_by"],
		asked: number(data.asked),
		why: text(data.why),
		warnings: items(data.warnings).map(text),
		choices: items(data.choices).filter(isDecision),
		hours: number(data.hours),
		arguments: items(data.arguments).filter(isRecord).map(readArgument),
		conditions: items(data.conditions).filter(isRecord).map(readCondition),
	};
}

function readArgument(data: Record<string, unknown>): Argument {
	return {
		name: text(data.name),
		type: text(data.type) as Argument["type"],
		value: text(data.value),
		json: json(data.json),
		secret: text(data.secret),
		origin: text(data.origin),
		now: typeof data.now === "string" ? data.now : null,
		changed: data.changed === true,
		field: isRecord(data.field) ? readField(data.field) : { kind: "json" },
	};
}

function readField(data: Record<string, unknown>): Field {
	const kind = text(data.kind) as Field["kind"];
	if (!Array.isArray(data.options)) return { kind };
	const pairs = data.options.filter(Array.isArray);
	const options = pairs.map(
		([value, label]) => [json(value), text(label)] as const,
	);
	return { kind, options };
}

function readCondition(data: Record<string, unknown>): Condition {
	return {
		path: text(data.path),
		type: text(data.type) as Condition["type"],
		value: text(data.value),
		json: json(data.json),
	};
}

/** Text that is JSON; empty where it is not, which shows the value and edits nothing. */
function json(value: unknown): string {
	try {
		JSON.parse(text(value));
		return text(value);
	} catch {
		return "";
	}
}

function items(data: unknown): readonly unknown[] {
	return Array.isArray(data) ? data : [];
}

function number(data: unknown): number {
	return typeof data === "number" ? data : 0;
}

function isRecord(data: unknown): data is Record<string, unknown> {
	return typeof data === "object" && data !== null && !Array.isArray(data);
}

function text(value: unknown): string {
	if (typeof value === "string") return value;
	return value === undefined || value === null ? "" : JSON.stringify(value);
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
