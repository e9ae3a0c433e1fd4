/** What a kernel tells of itself outside of any cell. */

import { count } from "../text";
import { type Approval, isDecision } from "./approval";

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
	const listed = Array.isArray(data.arguments) ? data.arguments : [];
	return {
		id: text(data.id),
		state: text(data.state) as Approval["state"],
		note: text(data.note),
		connector: text(data.connector),
		title: text(data.title),
		account: text(data.account),
		tool: text(data.tool),
		tool_title: text(data.tool_title),
		kind: text(data.kind) as Approval["kind"],
		asked_by: text(data.asked_by) as Approval["asked_by"],
		why: text(data.why),
		choices: Array.isArray(data.choices) ? data.choices.filter(isDecision) : [],
		arguments: listed
			.filter(isRecord)
			.map(({ name, value }) => ({ name: text(name), value: text(value) })),
	};
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
