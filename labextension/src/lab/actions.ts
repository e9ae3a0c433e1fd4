/**
 * What the commands have the kernel do. An argument that is not given is asked
 * for; what fails is said at the panel's lower edge, as after a press in it.
 */

import type { ReadonlyPartialJSONObject } from "@lumino/coreutils";
import type { Code } from "../host";
import { LOAD } from "../load";
import type { Action } from "../panel/action";
import type { Tab } from "../panel/home";
import { modeWords } from "../panel/modes";
import { MODES, type Part, type Parts } from "../panel/parts";
import { lacks } from "../state/connectors";
import { visible } from "../text";
import { trans } from "../words";
import { choose, confirm, tell } from "./dialogs";
import { RISING } from "./keeper";
import type { Session } from "./session";
import type { Sessions } from "./sessions";

export type Args = ReadonlyPartialJSONObject;

/** What the commands need of where they are. */
export interface CommandHome {
	readonly code: Code;
	readonly sessions: Sessions;
	open(tab?: Tab, entry?: string): Promise<void>;
	approvals(): Promise<void>;
}

export async function connect(home: CommandHome, args: Args): Promise<void> {
	const found = await read(home, "directory");
	if (found === null) return;
	const [session, { entries }] = found;
	const given = text(args.entry);
	const left = entries.filter(({ state }) => state !== "connected");
	const entry = await choose(
		trans.__("Connect"),
		given === undefined ? left : entries,
		given,
	);
	if (entry === null) return;
	await home.open();
	if (lacks(entry) || entry.blocked) {
		await home.open("directory", entry.id);
		return;
	}
	const question = trans.__("Connect %1?", visible(entry.title));
	if (given !== undefined && !(await confirm(question))) return;
	await session.act({ type: "connect", entry: entry.id });
}

export async function disconnect(home: CommandHome, args: Args): Promise<void> {
	const found = await read(home, "connected");
	if (found === null) return;
	const [session, connected] = found;
	const title = trans.__("Disconnect");
	const one = await choose(title, connected, text(args.name));
	if (one === null) return;
	const revoke = args.revoke === true;
	const question = trans.__(
		"Sign out of %1 in all your notebooks?",
		visible(one.title),
	);
	if (revoke && !(await confirm(question))) return;
	const revokes = revoke ? { revoke } : {};
	await act(home, session, { type: "disconnect", name: one.id, ...revokes });
}

/** The panel's button without the panel: it runs a line in the kernel, so that a link must not be enough. */
export async function start(home: CommandHome): Promise<void> {
	await home.open();
	const { current } = home.sessions;
	if (current === null || current.watch.presence === "here") return;
	const question = trans.__("Use connectors in this notebook?");
	const line = trans.__("It runs %1 in its kernel.", LOAD);
	if (await confirm(question, line)) await current.start();
}

export async function toggle(home: CommandHome, args: Args): Promise<void> {
	const found = await read(home, "connected");
	if (found === null) return;
	const [session, connected] = found;
	const given = text(args.connector);
	const chosen = await choose(
		trans.__("On or off in this notebook"),
		connected.map((one) => ({ id: one.id, title: switchWords(one), one })),
		given,
	);
	if (chosen === null) return;
	const { one } = chosen;
	const here = args.here !== false;
	const on =
		typeof args.on === "boolean" ? args.on : !(here ? one.here : one.mine);
	const name = visible(one.title);
	const question = here
		? trans.__("Turn %1 on in this notebook?", name)
		: trans.__("Turn %1 on in all your notebooks?", name);
	// Whoever chose it in the dialog was asked about this notebook.
	const isChosen = given === undefined && here;
	if (on && !isChosen && !(await confirm(question))) return;
	await act(home, session, { type: "enable", connector: one.id, here, on });
}

function switchWords({ here, title }: Parts["connected"][number]): string {
	return here ? trans.__("%1 (on)", title) : trans.__("%1 (off)", title);
}

export async function setMode(home: CommandHome, args: Args): Promise<void> {
	const found = await read(home, "modes");
	if (found === null) return;
	const given = text(args.mode);
	const chosen = await choose(
		trans.__("Access mode"),
		MODES.map((id) => ({ id, title: modeWords(id) })),
		given,
	);
	if (chosen === null) return;
	const connector = text(args.connector);
	const now = modeOf(found[1], connector);
	const question = trans.__("Set the access mode to %1?", chosen.title);
	const isWider = RISING.indexOf(chosen.id) > RISING.indexOf(now);
	if (given !== undefined && isWider && !(await confirm(question))) return;
	const of = connector === undefined ? {} : { connector };
	await act(home, found[0], { type: "mode", mode: chosen.id, ...of });
}

function modeOf({ mode, connectors }: Parts["modes"], connector?: string) {
	return connectors.find(({ id }) => id === connector)?.mode ?? mode;
}

export async function revoke(home: CommandHome, args: Args): Promise<void> {
	const found = await read(home, "grants");
	if (found === null) return;
	const [session, grants] = found;
	const choices = grants.map(({ id, connector, tool, limits }) => ({
		id,
		title: [`${connector}.${tool}`, limits].filter(Boolean).join(" · "),
	}));
	const title = trans.__("Revoke");
	const grant = await choose(title, choices, text(args.grant));
	if (grant === null) return;
	await act(home, session, { type: "revoke", grant: grant.id });
}

/** Only lines that the kernel told are inserted: a command is no way to write code. */
export async function insertCall(home: CommandHome, args: Args): Promise<void> {
	const found = await read(home, "tools");
	if (found === null) return;
	const [connector, tool] = [text(args.connector), text(args.tool)];
	const choices = found[1].connectors
		.filter(({ id }) => connector === undefined || id === connector)
		.flatMap(({ id, tools }) =>
			tools.map(({ name, call = "" }) => {
				const of = `${id}.${name}`;
				return { id: of, title: of, call };
			}),
		)
		.filter(({ call }) => call !== "");
	const isNamed = connector !== undefined && tool !== undefined;
	const chosen = await choose(
		trans.__("Insert a call"),
		choices,
		isNamed ? `${connector}.${tool}` : undefined,
	);
	if (chosen !== null) home.code.insert(chosen.call);
}

export async function refresh(home: CommandHome): Promise<void> {
	const { current } = home.sessions;
	if (isReady(current)) await current.look();
	else await home.open();
}

/** True for the session of a kernel with our package. */
export function isReady(session: Session | null): session is Session {
	return session?.watch.presence === "here";
}

/** The session in front with a part as it is now; null where there is none, and the person sees why. */
export async function read<P extends Part>(
	home: CommandHome,
	part: P,
): Promise<readonly [Session, Parts[P]] | null> {
	const { current } = home.sessions;
	if (!isReady(current)) {
		// The panel says what is missing, and what can be done about it.
		await home.open();
		return null;
	}
	const { parts } = await current.read(part);
	const told = parts[part];
	if (told !== undefined) return [current, told];
	await tell(
		trans.__("The kernel has not answered"),
		trans.__("It may have been restarted"),
	);
	return null;
}

export async function act(
	home: CommandHome,
	session: Session,
	action: Action,
): Promise<void> {
	const { ok } = await session.act(action);
	if (!ok) await home.open();
}

/** An argument as text; undefined where it is none. */
export function text(value: unknown): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}
