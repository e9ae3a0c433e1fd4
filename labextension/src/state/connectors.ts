/** The directory of what can be connected, as the kernel tells it. */

import { matches } from "../text";
import { trans } from "../words";
import type { Kind } from "./approval";

/** The tools of one class, by name. */
export interface Group {
	readonly kind: Kind;
	readonly names: readonly string[];
}

/** A part of a service's address that the person gives. */
export interface Asked {
	readonly name: string;
	readonly description: string;
	readonly value: string;
	readonly choices: readonly string[];
}

export interface Entry {
	readonly id: string;
	readonly title: string;
	readonly summary: string;
	readonly category: string;
	readonly developer: string;
	readonly badge: "read-only" | "read & write" | "unreviewed";
	/** Added by the person, or listed by their organisation: not by our directory. */
	readonly custom: boolean;
	/** Some of its tools show a view of their own. */
	readonly interactive: boolean;
	/** Other names it goes by. */
	readonly words: string;
	readonly state: "idle" | "connecting" | "connected" | "failed";
	readonly message: string;
	/** The line that does the same: `%connect acme-billing`. */
	readonly code: string;

	/** Who reviewed it, in words. */
	readonly review: string;
	/** The address, or the command, in full. */
	readonly where: string;
	readonly signin: string;
	readonly needs: string;
	readonly note: string;
	readonly links: readonly { readonly label: string; readonly url: string }[];
	readonly tools: readonly Group[];
	readonly examples: readonly string[];
	readonly ask: readonly Asked[];
	readonly sources: readonly string[];
	/** Why a policy does not let it be connected; empty where it may. */
	readonly blocked?: string;
	/** What to ask the person for; missing where the kernel only knows the parts of the address. */
	readonly form?: Form;
}

/** One thing a person gives to connect. */
export interface FormField {
	readonly name: string;
	/** Where the value belongs in the message `connect`. */
	readonly goes: "set" | "secrets" | "client_id" | "account";
	readonly label: string;
	readonly description: string;
	readonly required: boolean;
	/** Typed into a password field, sent once, never sent back. */
	readonly secret: boolean;
	readonly value: string;
	/** Empty where anything may be written. */
	readonly choices: readonly string[];
}

export interface Form {
	readonly fields: readonly FormField[];
	/** Where a secret is kept, in words. */
	readonly stored: string;
	/** There is no keyring: a secret is kept in a file only with the person's yes. */
	readonly can_keep: boolean;
	/** Several accounts can be connected side by side. */
	readonly accounts: boolean;
}

/** The form of an entry; of one that has none, the parts of its address. */
export function formFor({ form, ask = [] }: Entry): Form {
	if (form !== undefined) return form;
	const fields = ask.map(({ name, description, value, choices }) => ({
		name,
		goes: "set" as const,
		label: name,
		description,
		required: true,
		secret: false,
		value,
		choices,
	}));
	return { fields, stored: "", can_keep: false, accounts: false };
}

/** True where something must be given that nobody has given. */
export function lacks(entry: Entry): boolean {
	return formFor(entry).fields.some(
		({ required, value, choices }) =>
			required && value === "" && choices.length === 0,
	);
}

export interface Connectors {
	readonly id: string;
	/** The categories, in the order to show them. */
	readonly categories: readonly string[];
	/** What to know of the list itself: how old the registry's part is. */
	readonly notes: readonly string[];
	readonly entries: readonly Entry[];
}

/** With this many entries or fewer, a person sees them all at a glance. */
export const SEARCH_FROM = 4;

/** What a person narrows the directory to; empty means all. */
export interface Filters {
	readonly query: string;
	readonly category: string;
	readonly capability: string;
}

export const CAPABILITIES = [
	"read-only",
	"read & write",
	"interactive",
] as const;

/** What an entry may do, in words; a kernel may tell of more than we know. */
export function capabilityWords(name: string): string {
	const all = new Map([
		["read-only", trans.__("read-only")],
		["read & write", trans.__("read & write")],
		["interactive", trans.__("interactive")],
		["unreviewed", trans.__("unreviewed")],
	]);
	return all.get(name) ?? name;
}

/** The entries that pass the filters, in their order. */
export function found(
	entries: readonly Entry[],
	{ query, category, capability }: Filters,
): Entry[] {
	return entries.filter(
		(entry) =>
			(category === "" || entry.category === category) &&
			can(entry, capability) &&
			matches(
				query,
				entry.id,
				entry.title,
				entry.summary,
				entry.category,
				entry.developer,
				entry.words ?? "",
			),
	);
}

function can(entry: Entry, capability: string): boolean {
	if (capability === "") return true;
	if (capability === "interactive") return entry.interactive === true;
	return entry.badge === capability;
}

/** The entries by category, in the kernel's order of them, without empty ones. */
export function shelves(
	entries: readonly Entry[],
	order: readonly string[],
): { readonly category: string; readonly entries: Entry[] }[] {
	const known = new Set(entries.map((entry) => entry.category));
	const rest = [...known].filter((category) => !order.includes(category));
	return [...order, ...rest]
		.filter((category) => known.has(category))
		.map((category) => ({
			category,
			entries: entries.filter((entry) => entry.category === category),
		}));
}

/** The host of a link, for a person to read before they follow it. */
export function hostOf(url: string): string {
	try {
		const { protocol, host } = new URL(url);
		return protocol === "https:" ? host : "";
	} catch {
		return "";
	}
}
