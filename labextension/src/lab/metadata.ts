/** What a notebook's metadata says of connectors: names, and what is off. Read as what a stranger wrote. */

import { MODES, type Mode } from "../panel/parts";
import { isRecord, items } from "../reading";

export const KEY = "jupyter_connectors";

/** Names of the directory, or of the person's own; never an address, an account or a grant. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
/** With more than this nobody reads the bar. */
const MOST = 20;

export interface Names {
	/** What the notebook uses. */
	readonly connectors: readonly string[];
	/** Those of them that are off in this notebook. */
	readonly off: readonly string[];
	/** Null where the notebook says nothing. */
	readonly mode: Mode | null;
}

export const NO_NAMES: Names = { connectors: [], off: [], mode: null };

/** The names in the metadata; what is no name is left out. */
export function readNames(metadata: unknown): Names {
	if (!isRecord(metadata)) return NO_NAMES;
	const off = isRecord(metadata.off)
		? Object.keys(metadata.off).filter(
				(name) => (metadata.off as Record<string, unknown>)[name] === true,
			)
		: [];
	return {
		connectors: named(items(metadata.connectors)),
		off: named(off),
		mode: MODES.find((mode) => mode === metadata.mode) ?? null,
	};
}

/** As it is written over what was there, of which what is not ours stays; null where there is nothing to write. */
export function writeNames(names: Names, before?: unknown): object | null {
	const { connectors, off, mode } = names;
	const { connectors: _, off: __, mode: ___, ...others } = recordOf(before);
	const written = {
		...others,
		...(connectors.length === 0 ? {} : { connectors: [...connectors] }),
		...(off.length === 0
			? {}
			: { off: Object.fromEntries(off.map((name) => [name, true])) }),
		...(mode === null ? {} : { mode }),
	};
	return Object.keys(written).length === 0 ? null : written;
}

const recordOf = (value: unknown) => (isRecord(value) ? value : {});

export function withConnector(names: Names, name: string): Names {
	if (!NAME.test(name) || names.connectors.includes(name)) return names;
	return { ...names, connectors: [...names.connectors, name] };
}

export function withoutConnector(names: Names, name: string): Names {
	const others = (all: readonly string[]) =>
		all.filter((each) => each !== name);
	return {
		...names,
		connectors: others(names.connectors),
		off: others(names.off),
	};
}

export function withSwitch(names: Names, name: string, on: boolean): Names {
	const off = names.off.filter((each) => each !== name);
	if (on || !NAME.test(name)) return { ...names, off };
	return { ...names, off: [...off, name] };
}

export function withMode(names: Names, mode: Mode | null): Names {
	return { ...names, mode };
}

function named(all: readonly unknown[]): string[] {
	const names = all.filter(
		(each): each is string => typeof each === "string" && NAME.test(each),
	);
	return [...new Set(names)].slice(0, MOST);
}

/** "acme-crm" as a title, for a kernel that has not told the real one: "Acme CRM". */
export function titleOf(name: string): string {
	return name
		.split("-")
		.map((word) =>
			/^[^aeiouy\d]{2,4}$/.test(word)
				? word.toUpperCase()
				: word.charAt(0).toUpperCase() + word.slice(1),
		)
		.join(" ");
}

/** "Stripe, GitHub and Acme CRM". */
export function listed(titles: readonly string[], and: string): string {
	if (titles.length < 2) return titles.join("");
	return `${titles.slice(0, -1).join(", ")} ${and} ${titles[titles.length - 1]}`;
}
