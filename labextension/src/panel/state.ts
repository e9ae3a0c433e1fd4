/** All that the panel shows, as plain objects, and how each event changes it. Pure. */

import { isRecord } from "../reading";
import type { Approval } from "../state/approval";
import { type Action, nameOf, type Outcome, outcomeOf } from "./action";
import { type Modes, type Part, type Parts, partsOf } from "./parts";

/** Why there is nothing to show, or that there is. */
export type Situation =
	| "no notebook"
	| "console"
	| "no kernel"
	| "asking"
	| "other language"
	| "absent"
	| "missing"
	| "failed"
	| "starting"
	| "old"
	| "ready";

export interface Panel {
	readonly situation: Situation;
	/** The notebook's file name; empty without one. */
	readonly notebook: string;
	/** The language of a kernel that is not ours. */
	readonly language: string;
	/** Why our package could not be loaded; empty where it was not tried. */
	readonly failure: string;
	/** Of the package in the kernel; empty as long as nobody knows. */
	readonly version: string;
	/** Of this extension. */
	readonly ours: string;
	readonly turn: number;
	/** What was told so far; a part nobody asked for is missing. */
	readonly parts: Partial<Parts>;
	readonly pending: readonly Approval[];
	/** The turn in which each part was told. */
	readonly turns: { readonly [part in Part]?: number };
	/** Why the kernel tells nothing, as long as it does not. */
	readonly trouble: Outcome | null;
	/** What the last action came to; null before the first one. */
	readonly outcome: Outcome | null;
	/** Actions the kernel has not answered. */
	readonly busy: readonly string[];
}

export const EMPTY: Panel = {
	situation: "no notebook",
	notebook: "",
	language: "",
	failure: "",
	version: "",
	ours: "",
	turn: 0,
	parts: {},
	turns: {},
	trouble: null,
	pending: [],
	outcome: null,
	busy: [],
};

export type Event =
	| {
			readonly type: "situation";
			readonly situation: Situation;
			readonly language?: string;
			readonly failure?: string;
	  }
	| { readonly type: "notebook"; readonly notebook: string }
	| { readonly type: "pending"; readonly pending: readonly Approval[] }
	| { readonly type: "told"; readonly reply: unknown }
	| { readonly type: "began"; readonly action: Action }
	| {
			readonly type: "ended";
			readonly action: Action;
			readonly reply: unknown;
	  }
	| { readonly type: "dismissed" };

/** The panel after an event. */
export function reduce(panel: Panel, event: Event): Panel {
	switch (event.type) {
		case "situation":
			return situated(panel, event);
		case "notebook":
			return { ...panel, notebook: event.notebook };
		case "pending":
			return { ...panel, pending: event.pending };
		case "told":
			return told(panel, event.reply);
		case "began":
			return {
				...panel,
				busy: [...panel.busy, nameOf(event.action)],
				parts: foreseen(panel.parts, event.action),
			};
		case "ended":
			return {
				...panel,
				busy: without(panel.busy, nameOf(event.action)),
				outcome: outcomeOf(event.reply),
			};
		case "dismissed":
			return { ...panel, outcome: null, trouble: null };
	}
}

/** A switch stands as it was turned until the kernel says how it is, which it does after each action. */
function foreseen(parts: Partial<Parts>, action: Action): Partial<Parts> {
	const { modes, connected } = parts;
	if (action.type === "mode" && modes !== undefined) {
		return { ...parts, modes: modesWith(modes, action) };
	}
	if (action.type === "enable" && connected !== undefined) {
		const turned = action.here ? { here: action.on } : { mine: action.on };
		return {
			...parts,
			connected: connected.map((each) =>
				each.id === action.connector ? { ...each, ...turned } : each,
			),
		};
	}
	return parts;
}

function modesWith(
	modes: Modes,
	{ mode, connector }: Action & { readonly type: "mode" },
): Modes {
	if (connector === undefined) return { ...modes, mode: mode ?? "auto" };
	const connectors = modes.connectors.map((each) =>
		each.id === connector ? { ...each, mode } : each,
	);
	return { ...modes, connectors };
}

/** What an old kernel told is nothing for a new one. */
function situated(
	panel: Panel,
	{ situation, language = "", failure = "" }: Event & { type: "situation" },
): Panel {
	if (situation === "ready") return { ...panel, situation };
	const { notebook, ours } = panel;
	return { ...EMPTY, notebook, ours, situation, language, failure };
}

/** A part of an answer that is older than what is shown changes nothing. */
function told(panel: Panel, reply: unknown): Panel {
	if (!isRecord(reply)) return panel;
	// A kernel without our desk for panels says that it knows no such id.
	if (reply.status === "unknown") {
		return situated(panel, { type: "situation", situation: "old" });
	}
	if (reply.status !== "ok") {
		return { ...panel, situation: "ready", trouble: outcomeOf(reply) };
	}
	const turn = typeof reply.turn === "number" ? reply.turn : 0;
	const version = typeof reply.version === "string" ? reply.version : "";
	const found = Object.entries(partsOf(reply)) as [Part, unknown][];
	const newer = found.filter(([name]) => turn >= (panel.turns[name] ?? 0));
	return {
		...panel,
		situation: "ready",
		turn: Math.max(turn, panel.turn),
		version,
		parts: { ...panel.parts, ...Object.fromEntries(newer) },
		turns: {
			...panel.turns,
			...Object.fromEntries(newer.map(([name]) => [name, turn])),
		},
		trouble: null,
	};
}

function without(all: readonly string[], one: string): readonly string[] {
	const place = all.indexOf(one);
	return place === -1 ? all : all.filter((_, index) => index !== place);
}
