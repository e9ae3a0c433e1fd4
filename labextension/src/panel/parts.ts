/** The parts that a kernel tells the panel, by name. */

import { type Data, isRecord } from "../reading";
import type { Connectors } from "../state/connectors";
import type { Grant } from "../state/grants";
import type { Needed } from "../state/signin";
import type { Connector, Cost } from "../state/tools";

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

/** The parts of a reply that have the shape they should have. */
export function partsOf(reply: Data): Partial<Parts> {
	const told = [
		...LISTS.filter((name) => Array.isArray(reply[name])),
		...RECORDS.filter((name) => isRecord(reply[name])),
	];
	return Object.fromEntries(told.map((name) => [name, reply[name]]));
}
