/** The tools of the connected connectors, which are on, and what they cost. */

import { matches } from "../text";
import type { Kind } from "./approval";

export interface Tool {
	readonly name: string;
	readonly title: string;
	readonly description: string;
	readonly kind: Kind;
	readonly enabled: boolean;
	/** What the definition takes of a model's context. */
	readonly tokens: number;
	readonly signature: string;
}

export interface Connector {
	readonly id: string;
	readonly title: string;
	readonly enabled: boolean;
	readonly tokens: number;
	readonly tools: readonly Tool[];
}

export interface Tools {
	readonly id: string;
	readonly connectors: readonly Connector[];
}

/** A switch a person has turned and the kernel has not yet confirmed. */
export interface Flip {
	readonly connector: string;
	/** Null is the connector's own switch. */
	readonly tool: string | null;
	readonly enabled: boolean;
}

/** The connectors as they will be when the kernel has confirmed the flips. */
export function withFlips(
	connectors: readonly Connector[],
	flips: readonly Flip[],
): readonly Connector[] {
	return flips.reduce<readonly Connector[]>(
		(list, flip) =>
			list.map((c) => (c.id === flip.connector ? flipped(c, flip) : c)),
		connectors,
	);
}

function flipped(connector: Connector, { tool, enabled }: Flip): Connector {
	if (tool === null) return { ...connector, enabled };
	const tools = connector.tools.map((t) =>
		t.name === tool ? { ...t, enabled } : t,
	);
	return { ...connector, tools };
}

export interface Total {
	readonly tools: number;
	readonly enabled: number;
	/** Tokens of the tools that are on, in connectors that are on. */
	readonly tokens: number;
}

/** How many tools there are, how many are on, and what those cost together. */
export function total(connectors: readonly Connector[]): Total {
	const all = connectors.flatMap((c) => c.tools);
	const on = connectors
		.filter((c) => c.enabled)
		.flatMap((c) => c.tools.filter((t) => t.enabled));
	const tokens = on.reduce((sum, tool) => sum + tool.tokens, 0);
	return { tools: all.length, enabled: on.length, tokens };
}

const KINDS: readonly Kind[] = ["read", "write", "destructive", "sends"];

export interface Group {
	readonly kind: Kind;
	readonly tools: readonly Tool[];
}

/** The tools a query finds, from harmless to not; no empty groups. */
export function groups(tools: readonly Tool[], query: string): Group[] {
	const hits = tools.filter((t) =>
		matches(query, t.name, t.title, t.description),
	);
	const kindOf = (t: Tool) => (KINDS.includes(t.kind) ? t.kind : "write");
	return KINDS.map((kind) => ({
		kind,
		tools: hits.filter((t) => kindOf(t) === kind),
	})).filter((group) => group.tools.length > 0);
}
