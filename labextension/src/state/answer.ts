/** A question being answered: the calls so far and how they went. */

import { count, seconds } from "../text";

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
	if (state === "running") return "Working…";
	if (state === "failed") return "Failed";
	if (state === "stopped") return "Stopped";
	return model ? "Answered by" : "Done, no model answered";
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
	if (call.state === "denied") say("denied");
	if (call.rows !== null) say(count(call.rows, "row"));
	if (call.complete !== null) {
		say(call.complete ? "complete" : "incomplete", !call.complete);
	}
	const took = call.seconds ?? (call.state === "running" ? elapsed : null);
	if (took !== null) say(seconds(took));
	return said;
}

const STATE_WORDS: Record<Call["state"], string> = {
	running: "running",
	ok: "succeeded",
	error: "failed",
	denied: "denied",
};

/** The state in a word, for a person who can't see the mark. */
export function stateWords(call: Call): string {
	return STATE_WORDS[call.state] ?? "unknown";
}
