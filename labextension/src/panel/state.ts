/** All that the panel shows, as plain objects, and how each event changes it. Pure. */

import { isRecord } from "../reading";
import type { Approval } from "../state/approval";
import type { Connectors } from "../state/connectors";
import type { Grant } from "../state/grants";
import type { Needed } from "../state/signin";
import type { Connector } from "../state/tools";

/** One connector in use in this kernel. */
export interface Connected {
	readonly id: string;
	/** The entry of the directory; empty for what is not in it. */
	readonly entry: string;
	readonly title: string;
	/** The notebook's variable. */
	readonly variable: string;
	readonly state:
		| "ready"
		| "connecting"
		| "signing in"
		| "sign in again"
		| "down";
	readonly reason: string;
	readonly account: string;
	readonly interactive: boolean;
	readonly custom: boolean;
	/** The switch for all notebooks of the person, and the one for this notebook. */
	readonly mine: boolean;
	readonly here: boolean;
	readonly tools: number;
	readonly on: number;
	readonly review: number;
	readonly hidden: number;
	readonly tokens: number;
	readonly protocol: string;
	readonly notes: readonly string[];
	/** The lines that leave it, and that sign out as well. */
	readonly code: string;
	readonly revoke: string;
}

export type Mode = "auto" | "always" | "on-demand";
export const MODES: readonly Mode[] = ["auto", "always", "on-demand"];

export interface Cost {
	readonly tokens: number;
	readonly tools: number;
	/** It is an upper bound. */
	readonly most: boolean;
}

export interface Modes {
	readonly mode: Mode;
	/** It was set in this notebook. */
	readonly own: boolean;
	readonly choices: readonly {
		readonly mode: Mode;
		readonly title: string;
		readonly says: string;
		readonly code: string;
		readonly cost: Cost;
	}[];
	readonly connectors: readonly {
		readonly id: string;
		readonly title: string;
		/** Null where it follows the notebook. */
		readonly mode: Mode | null;
		readonly costs: { readonly [mode in Mode]: Cost };
	}[];
	readonly budget: number;
}

/** A frame or result in the notebook that comes from connectors. */
export interface Held {
	readonly name: string;
	readonly type: "frame" | "result";
	readonly sources: readonly string[];
	readonly list: string;
	/** As it is now, and how many were fetched; null for what SQL made. */
	readonly rows: number;
	readonly fetched: number | null;
	/** Null where counting them would build the frame. */
	readonly columns: number | null;
	readonly complete: boolean | null;
	readonly completeness: string;
	readonly fetched_at: string;
}

/** What the kernel is asked for by name. */
export interface Parts {
	readonly connected: readonly Connected[];
	readonly directory: Omit<Connectors, "id">;
	readonly tools: {
		readonly notebook: string;
		readonly connectors: readonly Connector[];
	};
	readonly modes: Modes;
	readonly data: readonly Held[];
	readonly grants: readonly Grant[];
	readonly signins: readonly (Needed & { readonly told?: object })[];
}

export type Part = keyof Parts;

const LISTS: readonly Part[] = ["connected", "data", "grants", "signins"];
const RECORDS: readonly Part[] = ["directory", "tools", "modes"];

/** Why there is nothing to show, or that there is. */
export type Situation =
	| "no notebook"
	| "console"
	| "no kernel"
	| "asking"
	| "other language"
	| "absent"
	| "missing"
	| "starting"
	| "old"
	| "ready";

/** What an action came to. */
export interface Outcome {
	readonly ok: boolean;
	readonly problem: string;
	readonly hint: string;
	/** The line that does the same. */
	readonly code: string;
}

export interface Panel {
	readonly situation: Situation;
	/** The notebook's file name; empty without one. */
	readonly notebook: string;
	/** The language of a kernel that is not ours. */
	readonly language: string;
	/** Of the package in the kernel; empty as long as nobody knows. */
	readonly version: string;
	/** Of this extension. */
	readonly ours: string;
	readonly turn: number;
	/** What was told so far; a part nobody asked for is missing. */
	readonly parts: Partial<Parts>;
	readonly pending: readonly Approval[];
	/** What the last action came to; null before the first one. */
	readonly outcome: Outcome | null;
	/** Actions the kernel has not answered. */
	readonly busy: readonly string[];
}

export const EMPTY: Panel = {
	situation: "no notebook",
	notebook: "",
	language: "",
	version: "",
	ours: "",
	turn: 0,
	parts: {},
	pending: [],
	outcome: null,
	busy: [],
};

export type Event =
	| {
			readonly type: "situation";
			readonly situation: Situation;
			readonly language?: string;
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
			return situated(panel, event.situation, event.language ?? "");
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
			return { ...panel, outcome: null };
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
function situated(panel: Panel, situation: Situation, language: string): Panel {
	if (situation === "ready") return { ...panel, situation };
	const { notebook, ours } = panel;
	return { ...EMPTY, notebook, ours, situation, language };
}

/** An answer that is older than what is shown changes nothing. */
function told(panel: Panel, reply: unknown): Panel {
	if (!isRecord(reply)) return panel;
	// A kernel without our desk for panels says that it knows no such id.
	if (reply.status === "unknown") return situated(panel, "old", "");
	if (reply.status !== "ok") {
		return { ...panel, situation: "ready", outcome: outcomeOf(reply) };
	}
	const turn = typeof reply.turn === "number" ? reply.turn : 0;
	const version = typeof reply.version === "string" ? reply.version : "";
	const parts = { ...panel.parts, ...partsOf(reply) };
	return { ...panel, situation: "ready", turn, version, parts };
}

/** The parts of a reply that have the shape they should have. */
function partsOf(reply: { readonly [name: string]: unknown }): Partial<Parts> {
	const told = [
		...LISTS.filter((name) => Array.isArray(reply[name])),
		...RECORDS.filter((name) => isRecord(reply[name])),
	];
	return Object.fromEntries(told.map((name) => [name, reply[name]]));
}

export function outcomeOf(reply: unknown): Outcome {
	const said = isRecord(reply) ? reply : {};
	const text = (name: string) => {
		const value = said[name];
		return typeof value === "string" ? value : "";
	};
	return {
		ok: said.status === "ok",
		problem: text("problem"),
		hint: text("hint"),
		code: text("code"),
	};
}

function without(all: readonly string[], one: string): readonly string[] {
	const place = all.indexOf(one);
	return place === -1 ? all : all.filter((_, index) => index !== place);
}

/** Which side to upgrade: versions agree where their first two numbers do. */
export function olderSide(
	kernel: string,
	extension: string,
): "kernel" | "extension" | null {
	const [mine, theirs] = [extension, kernel].map(numbersOf);
	if (mine === undefined || theirs === undefined) return null;
	if (mine.length < 2 || theirs.length < 2) return null;
	const [major = 0, minor = 0] = mine;
	const [otherMajor = 0, otherMinor = 0] = theirs;
	const difference = otherMajor - major || otherMinor - minor;
	if (difference === 0) return null;
	return difference < 0 ? "kernel" : "extension";
}

function numbersOf(version: string): number[] {
	const found = /^(\d+)\.(\d+)/.exec(version);
	return found === null ? [] : found.slice(1).map(Number);
}

/** "just now", "4 min", "3 h", "2 d": how old an instant is; empty for none. */
export function ageOf(instant: string, now: number): string {
	const then = Date.parse(instant);
	if (Number.isNaN(then)) return "";
	const minutes = Math.floor(Math.max(0, now - then) / 60_000);
	if (minutes < 1) return "just now";
	if (minutes < 60) return `${minutes} min`;
	const hours = Math.floor(minutes / 60);
	return hours < 48 ? `${hours} h` : `${Math.floor(hours / 24)} d`;
}

/** The actions of the panel, as the kernel takes them. */
export type Action =
	| {
			readonly type: "connect";
			readonly entry: string;
			readonly [more: string]: unknown;
	  }
	| {
			readonly type: "connect";
			readonly address: string;
			readonly [more: string]: unknown;
	  }
	| {
			readonly type: "disconnect";
			readonly name: string;
			readonly revoke?: boolean;
	  }
	| {
			readonly type: "mode";
			readonly mode: Mode | null;
			readonly connector?: string;
	  }
	| {
			readonly type: "enable";
			readonly connector: string;
			readonly here: boolean;
			readonly on: boolean;
	  }
	| { readonly type: "set" | "reset" | "accept"; readonly connector: string }
	| { readonly type: "revoke"; readonly grant: string }
	| { readonly type: "look" };

/** A name for an action under way: `connect stripe`. */
export function nameOf(action: Action): string {
	const { type, entry, address, name, connector, grant } = action as {
		readonly [key: string]: unknown;
	};
	const of = entry ?? address ?? name ?? connector ?? grant ?? "";
	return `${type} ${of}`.trim();
}
