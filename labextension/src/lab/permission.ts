/** The command that sets a permission: of a tool, of the tools of a kind, or of a whole connector. */

import type { Action } from "../panel/action";
import { type Kind, kindWords } from "../state/approval";
import {
	at,
	type Connector,
	type Effect,
	effectWords,
	type Position,
	positions,
} from "../state/tools";
import { visible } from "../text";
import { trans } from "../words";
import { type Args, act, type CommandHome, read, text } from "./actions";
import { type Choice, choose, confirm } from "./dialogs";

const EFFECTS: readonly Effect[] = ["allow", "ask", "block"];

export async function setPermission(
	home: CommandHome,
	args: Args,
): Promise<void> {
	const found = await read(home, "tools");
	if (found === null) return;
	const [session, { connectors }] = found;
	const title = trans.__("Set a permission");
	const connector = await choose(title, connectors, text(args.connector));
	if (connector === null) return;
	const target = await targetOf(title, connector, args);
	if (target === null) return;
	const setting = await settingOf(connector, target, args);
	if (setting === null) return;
	const { tool, kind } = target;
	await act(home, session, {
		type: "set",
		connector: connector.id,
		tool,
		kind,
		setting,
		here: args.here === true,
	} as Action);
}

/** What a permission is for: a tool, the tools of a kind, or, with neither, all of a connector. */
interface Target extends Choice {
	readonly tool: string | null;
	readonly kind: Kind | null;
	/** The settings it can have. */
	readonly effects: readonly Effect[];
}

async function targetOf(
	title: string,
	connector: Connector,
	args: Args,
): Promise<Target | null> {
	const [tool, kind] = [text(args.tool), text(args.kind)];
	const isNamed = tool !== undefined || kind !== undefined;
	if (!isNamed && args.connector !== undefined && args.setting !== undefined) {
		const all = trans.__("all tools");
		return { id: "", title: all, tool: null, kind: null, effects: EFFECTS };
	}
	const here = args.here === true;
	const groups = connector.groups.map((group) => ({
		id: `kind ${group.kind}`,
		title: trans.__("all, %1", kindWords(group.kind)),
		tool: null,
		kind: group.kind,
		effects: effectsOf(group.kind, at(group, here ? "here" : "mine")),
	}));
	const tools = connector.tools.map((each) => ({
		id: `tool ${each.name}`,
		title: each.name,
		tool: each.name,
		kind: null,
		effects: effectsOf(each.kind, at(each, here ? "here" : "mine")),
	}));
	const given = tool === undefined ? `kind ${kind}` : `tool ${tool}`;
	return choose<Target>(
		title,
		[...groups, ...tools],
		isNamed ? given : undefined,
	);
}

function effectsOf(kind: Kind, { closed }: Position): readonly Effect[] {
	return positions(kind).filter((effect) => closed[effect] === undefined);
}

/** The setting that is given, if the person says yes to it; or that they choose. */
async function settingOf(
	connector: Connector,
	{ tool, kind, title, effects }: Target,
	args: Args,
): Promise<Effect | null> {
	const of = visible(`${connector.id} · ${tool ?? kind ?? title}`);
	const what =
		args.here === true
			? trans.__("%1 in this notebook", of)
			: trans.__("%1 in all your notebooks", of);
	const given = EFFECTS.find((each) => each === args.setting);
	if (given === undefined) {
		const all = effects.map((id) => ({ id, title: effectWords(id) }));
		const chosen = await choose(trans.__("Permission for %1", what), all);
		return chosen?.id ?? null;
	}
	const question = {
		allow: trans.__("Always allow %1?", what),
		ask: trans.__("Ask before each call of %1?", what),
		block: trans.__("Block %1?", what),
	}[given];
	return (await confirm(question)) ? given : null;
}
