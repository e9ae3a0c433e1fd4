/** The tools of the connected connectors, how their switches stand, and what they cost. */

import { grouped, matches } from "../text";
import { trans } from "../words";
import { KINDS, type Kind } from "./approval";

export type Effect = "allow" | "ask" | "block";

/** Where one switch stands. */
export interface Position {
	/** Null for a group whose tools stand in several ways. */
	readonly stands: Effect | null;
	/** The rule that decides, in words. */
	readonly why: string;
	/** It was set for just this tool or group. */
	readonly own: boolean;
	/** The positions it cannot take, each with the reason in words. */
	readonly closed: { readonly [effect in Effect]?: string };
}

/** What a person should look at before the tool is used. */
export interface Review {
	readonly state: "new" | "changed";
	/** True where it is refused until then. */
	readonly off: boolean;
	readonly hash: string;
	/** As `diff -u` writes it. */
	readonly difference: string;
}

export interface Tool {
	readonly name: string;
	readonly title: string;
	readonly description: string;
	readonly kind: Kind;
	readonly enabled: boolean;
	/** It brings a view of its own. */
	readonly interactive: boolean;
	/** What the definition takes of a model's context. */
	readonly tokens: number;
	readonly signature: string;
	/** The line that calls it, with its required arguments. */
	readonly call?: string;
	/** For all notebooks of the person. */
	readonly mine: Position;
	/** For this notebook; null where nobody knows which it is. */
	readonly here: Position | null;
	readonly review: Review | null;
}

export interface GroupState {
	readonly kind: Kind;
	readonly mine: Position;
	readonly here: Position | null;
}

/** Tools that a rule takes away: how many, and not which. */
export interface Hidden {
	readonly rule: string;
	readonly count: number;
}

export interface Connector {
	readonly id: string;
	readonly title: string;
	readonly enabled: boolean;
	/** False where it is blocked as a whole, for all notebooks or for this one. */
	readonly mine: boolean;
	readonly here: boolean;
	readonly tokens: number;
	readonly tools: readonly Tool[];
	readonly groups: readonly GroupState[];
	readonly hidden: readonly Hidden[];
}

/** What the definitions of tools take of each request to a model. */
export interface Cost {
	readonly tokens: number;
	/** With the first question of a conversation. */
	readonly first: number;
	readonly tools: number;
	/** It is an upper bound. */
	readonly most: boolean;
}

/** "~2,310 tokens"; "≤ 20,120 tokens" where it depends on what is asked. */
export function costWords({ tokens, most }: Cost): string {
	return most
		? trans.__("≤ %1 tokens", grouped(tokens))
		: trans.__("~%1 tokens", grouped(tokens));
}

export interface Tools {
	readonly id: string;
	/** Grows with each request the kernel has dealt with. */
	readonly turn: number;
	/** Why the last request came to nothing. */
	readonly problem: string;
	/** The notebook's name; empty where nobody knows it. */
	readonly notebook: string;
	/** Shows only what changed or is new. */
	readonly review: boolean;
	readonly connectors: readonly Connector[];
	/** What is sent with each request now; missing where that is the sum of the tools. */
	readonly cost?: Cost;
}

export type Scope = "mine" | "here";

/** A switch a person has turned and the kernel has not yet confirmed. */
export interface Flip {
	readonly connector: string;
	/** Null with a kind is the group's switch, with neither the connector's. */
	readonly tool: string | null;
	readonly kind: Kind | null;
	readonly setting: Effect | null;
	readonly here: boolean;
}

/** The position a scope shows: for a notebook nobody knows, the person's own. */
export function at(
	item: { readonly mine: Position; readonly here: Position | null },
	scope: Scope,
): Position {
	return (scope === "here" ? item.here : null) ?? item.mine;
}

const ALL: readonly Effect[] = ["allow", "ask", "block"];
const NEVER_UNASKED: readonly Kind[] = ["destructive", "sends"];

/** The positions a switch of this kind has at all. */
export function positions(kind: Kind): readonly Effect[] {
	return NEVER_UNASKED.includes(kind) ? ALL.slice(1) : ALL;
}

export function effectWords(effect: Effect): string {
	const all: Record<Effect, string> = {
		allow: trans.__("Always allow"),
		ask: trans.__("Needs approval"),
		block: trans.__("Blocked"),
	};
	return all[effect];
}

/** Why some positions are greyed, one sentence for each reason. */
export function closedWords({ closed }: Position): string[] {
	const reasons = new Set(ALL.map((effect) => closed[effect] ?? ""));
	reasons.delete("");
	return [...reasons].map((why) => {
		const shut = ALL.filter((effect) => closed[effect] === why);
		return trans._n(
			"%2 is not offered: %3",
			"%2 are not offered: %3",
			shut.length,
			shut.map(effectWords).join(` ${trans.__("and")} `),
			why,
		);
	});
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

function flipped(connector: Connector, flip: Flip): Connector {
	const { tool, kind, setting, here } = flip;
	if (tool === null && kind === null) {
		const on = setting !== "block";
		const other = here ? connector.mine : connector.here;
		const turned = here ? { here: on } : { mine: on };
		return { ...connector, ...turned, enabled: on && other };
	}
	// Where a setting was taken away, only the kernel knows what stands then.
	if (setting === null) return connector;
	const turn = <T extends GroupState>(item: T): T => {
		const scope = here ? "here" : "mine";
		return { ...item, [scope]: { ...at(item, scope), stands: setting } };
	};
	if (tool === null) {
		const groups = connector.groups.map((g) => (g.kind === kind ? turn(g) : g));
		return { ...connector, groups };
	}
	const tools = connector.tools.map((t) =>
		t.name === tool ? { ...turn(t), enabled: setting !== "block" } : t,
	);
	return { ...connector, tools };
}

export interface Total {
	readonly tools: number;
	readonly enabled: number;
	/** Tokens of the tools that are on, in connectors that are on. */
	readonly tokens: number;
}

/** How many tools there are, how many can be called, and what those cost together. */
export function total(connectors: readonly Connector[]): Total {
	const all = connectors.flatMap((c) => c.tools);
	const on = connectors
		.filter((c) => c.enabled)
		.flatMap((c) => c.tools.filter((t) => t.enabled));
	const tokens = on.reduce((sum, tool) => sum + tool.tokens, 0);
	return { tools: all.length, enabled: on.length, tokens };
}

export interface Group {
	readonly kind: Kind;
	readonly tools: readonly Tool[];
	/** The group's own switch; null where the kernel told of none. */
	readonly state: GroupState | null;
}

/** The tools a query finds, from harmless to not; no empty groups. */
export function groups(
	{ tools, groups: states }: Connector,
	query: string,
): Group[] {
	const hits = tools.filter((t) =>
		matches(query, t.name, t.title, t.description),
	);
	const kindOf = (t: Tool) => (KINDS.includes(t.kind) ? t.kind : "write");
	return KINDS.map((kind) => ({
		kind,
		tools: hits.filter((t) => kindOf(t) === kind),
		state: states.find((each) => each.kind === kind) ?? null,
	})).filter((group) => group.tools.length > 0);
}

/** How many tools of a group have a setting of their own. */
export function ownCount(tools: readonly Tool[], scope: Scope): number {
	return tools.filter((tool) => at(tool, scope).own).length;
}
