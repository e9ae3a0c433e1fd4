/** What was allowed beyond one call. */

import { trans } from "../words";

export interface Grant {
	readonly id: string;
	readonly connector: string;
	readonly account: string;
	readonly tool: string;
	/** Bounds on the arguments in words; empty for any. */
	readonly limits: string;
	readonly lasts: "session" | "hours" | "always";
	/** An instant; empty for one that does not expire. */
	readonly until: string;
	readonly made: string;
	/** Where it was made; it holds everywhere. */
	readonly notebook: string;
	/** The line that takes it back, where the kernel tells it. */
	readonly code?: string;
}

export interface Grants {
	readonly id: string;
	readonly turn: number;
	readonly problem: string;
	readonly grants: readonly Grant[];
}

/** Until when it holds, as a person says it. */
export function untilWords({ lasts, until }: Grant): string {
	if (lasts === "session") return trans.__("this kernel ends");
	return lasts === "always" ? trans.__("revoked") : instant(until);
}

/** An instant in the reader's own time, to the minute. */
export function instant(text: string): string {
	const moment = new Date(text);
	if (Number.isNaN(moment.getTime())) return "";
	return moment.toLocaleString(undefined, {
		dateStyle: "medium",
		timeStyle: "short",
	});
}
