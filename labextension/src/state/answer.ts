/** A question being answered: the calls so far and how they went. */

import { grouped, seconds } from "../text";
import { trans } from "../words";

export interface Call {
	readonly key: string;
	readonly connector: string;
	readonly tool: string;
	/** JSON text. */
	readonly arguments: string;
	readonly state: "running" | "ok" | "error" | "denied";
	readonly rows: number | null;
	readonly complete: boolean | null;
	readonly seconds: number | null;
	/** The name of the DataFrame that holds the rows. */
	readonly frame: string | null;
	readonly message: string;
}

export interface Answer {
	readonly id: string;
	readonly state: "running" | "done" | "failed" | "stopped";
	readonly model: string;
	/** What apps told the model before it began, each with its source. */
	readonly told?: readonly string[];
	readonly calls: readonly Call[];
	readonly usage: string;
}

/** The headline's first words; the model's name stands behind them. */
export function headline({ state, model }: Answer): string {
	if (state === "running") return trans.__("Working…");
	if (state === "failed") return trans.__("Failed");
	if (state === "stopped") return trans.__("Stopped");
	return model ? trans.__("Answered by") : trans.__("Done, no model answered");
}

export interface Fact {
	readonly text: string;
	/** Worth a second look: the rows are not all there. */
	readonly warn: boolean;
}

/** What is known of a call besides its name: rows, completeness, time. */
export function facts(call: Call, elapsed: number | null): Fact[] {
	const said: Fact[] = [];
	const say = (text: string, warn = false) => said.push({ text, warn });
	if (call.state === "denied") say(trans.__("denied"));
	if (call.rows !== null) {
		say(trans._n("%2 row", "%2 rows", call.rows, grouped(call.rows)));
	}
	if (call.complete !== null) {
		const whole = trans.__("complete");
		say(call.complete ? whole : trans.__("incomplete"), !call.complete);
	}
	const took = call.seconds ?? (call.state === "running" ? elapsed : null);
	if (took !== null) say(seconds(took));
	return said;
}

/** The state in a word, for a person who can't see the mark. */
export function stateWords(call: Call): string {
	const all: Record<Call["state"], string> = {
		running: trans.__("running"),
		ok: trans.__("succeeded"),
		error: trans.__("failed"),
		denied: trans.__("denied"),
	};
	return all[call.state] ?? trans.__("unknown");
}
