/** The directory of what can be connected, as the kernel tells it. */

import { matches } from "../text";

export interface Entry {
	readonly id: string;
	readonly title: string;
	readonly summary: string;
	readonly category: string;
	readonly developer: string;
	readonly badge: "read-only" | "read & write" | "unreviewed";
	/** Added by the person, not by our directory. */
	readonly custom: boolean;
	readonly state: "idle" | "connecting" | "connected" | "failed";
	readonly message: string;
	/** The line that does the same: `%connect acme-billing`. */
	readonly code: string;
}

export interface Connectors {
	readonly id: string;
	readonly entries: readonly Entry[];
}

/** With this many entries or fewer, a person sees them all at a glance. */
export const SEARCH_FROM = 4;

/** The entries a query finds, in their order. */
export function found(entries: readonly Entry[], query: string): Entry[] {
	return entries.filter((entry) =>
		matches(
			query,
			entry.id,
			entry.title,
			entry.summary,
			entry.category,
			entry.developer,
		),
	);
}
