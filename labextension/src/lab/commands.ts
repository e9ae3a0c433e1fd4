/**
 * Commands for everything the panel does.
 *
 * A link in a notebook's output can name a command and its arguments, so what
 * widens anything asks the person first, and no command answers an approval:
 * it leads to the card.
 */

import {
	Dialog,
	type ICommandPalette,
	InputDialog,
	showDialog,
} from "@jupyterlab/apputils";
import type { CommandRegistry } from "@lumino/commands";
import type { ReadonlyPartialJSONObject } from "@lumino/coreutils";
import type { Code } from "../host";
import type { Tab } from "../panel/home";
import { TABS } from "../panel/home";
import { modeWords } from "../panel/modes";
import { type Action, MODES, type Panel, type Part } from "../panel/state";
import type { Words } from "../panel/words";
import { lacks } from "../state/connectors";
import { visible } from "../text";
import type { Session } from "./session";
import type { Sessions } from "./sessions";

type Args = ReadonlyPartialJSONObject;

export interface CommandHome {
	readonly words: Words;
	readonly code: Code;
	readonly sessions: Sessions;
	open(tab?: Tab, entry?: string): Promise<void>;
	approvals(): Promise<void>;
}

interface Command {
	readonly name: string;
	readonly label: string;
	readonly caption?: string;
	/** It needs a kernel with our package. */
	readonly kernel?: boolean;
	run(args: Args): Promise<unknown>;
}

const PREFIX = "jupyter-connectors:";
export const OPEN = `${PREFIX}open`;

/** Adds the commands, and the palette's entries where there is one. */
export function addCommands(
	commands: CommandRegistry,
	palette: ICommandPalette | null,
	home: CommandHome,
): void {
	const { words, sessions } = home;
	for (const command of [...views(home), ...actions(home)]) {
		const id = `${PREFIX}${command.name}`;
		commands.addCommand(id, {
			label: command.label,
			...(command.caption === undefined ? {} : { caption: command.caption }),
			execute: (args) => command.run(args),
			isEnabled: () => command.kernel !== true || isReady(sessions),
			describedBy: { args: { type: "object" } },
		});
		palette?.addItem({ command: id, category: words.__("Connectors") });
	}
	sessions.changed.connect(() => commands.notifyCommandChanged());
}

function isReady({ current }: Sessions): boolean {
	return current?.watch.presence === "here";
}

/** Commands that only show something. */
function views(home: CommandHome): Command[] {
	const { words } = home;
	const tab = (name: Tab, label: string): Command => ({
		name: `show-${name}`,
		label,
		run: () => home.open(name),
	});
	return [
		{
			name: "open",
			label: words.__("Show Connectors"),
			run: (args) =>
				home.open(
					TABS.find((each) => each === args.tab),
					text(args.entry),
				),
		},
		{
			name: "approvals",
			label: words.__("Show Waiting Approvals"),
			caption: words.__("Go to the calls and sign-ins that wait for you"),
			run: () => home.approvals(),
		},
		tab("directory", words.__("Show Directory of Connectors")),
		tab("tools", words.__("Show Tools and Permissions")),
		tab("data", words.__("Show Data from Connectors")),
	];
}

function actions(home: CommandHome): Command[] {
	const { words, sessions } = home;
	const needs = { kernel: true };
	return [
		{
			name: "start",
			label: words.__("Use Connectors in This Notebook"),
			caption: "%load_ext jupyter_connectors",
			async run() {
				await home.open();
				await sessions.current?.start();
			},
		},
		{
			name: "connect",
			label: words.__("Connect…"),
			...needs,
			run: (args) => connect(home, args),
		},
		{
			name: "disconnect",
			label: words.__("Disconnect…"),
			...needs,
			run: (args) => disconnect(home, args),
		},
		{
			name: "toggle",
			label: words.__("Turn a Connector On or Off in This Notebook…"),
			...needs,
			run: (args) => toggle(home, args),
		},
		{
			name: "set-mode",
			label: words.__("Choose Which Tools the Model Is Sent…"),
			...needs,
			run: (args) => setMode(home, args),
		},
		{
			name: "set-permission",
			label: words.__("Set a Permission…"),
			...needs,
			run: (args) => setPermission(home, args),
		},
		{
			name: "revoke",
			label: words.__("Take Back What You Have Allowed…"),
			...needs,
			run: (args) => revoke(home, args),
		},
		{
			name: "insert-call",
			label: words.__("Insert a Call of a Tool…"),
			...needs,
			run: (args) => insertCall(home, args),
		},
		{
			name: "refresh",
			label: words.__("Refresh Connectors"),
			...needs,
			run: async () => sessions.current?.look(),
		},
	];
}

async function connect(home: CommandHome, args: Args): Promise<void> {
	const { words } = home;
	const [session, panel] = await read(home, "directory");
	if (session === null) return;
	const entries = panel.parts.directory?.entries ?? [];
	const left = entries.filter(({ state }) => state !== "connected");
	const id =
		text(args.entry) ??
		(await pick(home, words.__("Connect"), left, ({ title }) => title));
	const entry = entries.find((each) => each.id === id);
	if (entry === undefined) return;
	await home.open();
	if (lacks(entry) || entry.blocked) {
		await home.open("directory", entry.id);
		return;
	}
	const sure =
		args.entry === undefined ||
		(await confirm(home, words.__("Connect %1?", visible(entry.title))));
	if (sure) await session.act({ type: "connect", entry: entry.id });
}

async function disconnect(home: CommandHome, args: Args): Promise<void> {
	const [session, panel] = await read(home, "connected");
	if (session === null) return;
	const { connected = [] } = panel.parts;
	const name =
		text(args.name) ??
		(await pick(
			home,
			home.words.__("Disconnect"),
			connected,
			({ title }) => title,
		));
	if (!connected.some(({ id }) => id === name)) return;
	const revokes = args.revoke === true ? { revoke: true } : {};
	await session.act({ type: "disconnect", name: String(name), ...revokes });
}

async function toggle(home: CommandHome, args: Args): Promise<void> {
	const { words } = home;
	const [session, panel] = await read(home, "connected");
	if (session === null) return;
	const { connected = [] } = panel.parts;
	const id =
		text(args.connector) ??
		(await pick(
			home,
			words.__("On or off in this notebook"),
			connected,
			({ title, here }) =>
				here ? words.__("%1 (on)", title) : words.__("%1 (off)", title),
		));
	const one = connected.find((each) => each.id === id);
	if (one === undefined) return;
	const here = args.here !== false;
	const on =
		typeof args.on === "boolean" ? args.on : !(here ? one.here : one.mine);
	const asks = on && args.connector !== undefined;
	const title = visible(one.title);
	if (asks && !(await confirm(home, words.__("Turn %1 on?", title)))) return;
	await session.act({ type: "enable", connector: one.id, here, on });
}

async function setMode(home: CommandHome, args: Args): Promise<void> {
	const { words } = home;
	const [session] = await read(home, "modes");
	if (session === null) return;
	const choices = MODES.map((id) => ({ id, title: modeWords(words, id) }));
	const chosen =
		text(args.mode) ??
		(await pick(
			home,
			words.__("Tools sent to the model"),
			choices,
			({ title }) => title,
		));
	const mode = MODES.find((each) => each === chosen);
	if (mode === undefined) return;
	const connector = text(args.connector);
	await session.act({
		type: "mode",
		mode,
		...(connector === undefined ? {} : { connector }),
	});
}

const EFFECTS = ["allow", "ask", "block"] as const;

async function setPermission(home: CommandHome, args: Args): Promise<void> {
	const { words } = home;
	const session = home.sessions.current;
	const connector = text(args.connector);
	const setting = EFFECTS.find((each) => each === args.setting);
	if (session === null || connector === undefined || setting === undefined) {
		await home.open("tools");
		return;
	}
	const of = text(args.tool) ?? text(args.kind) ?? words.__("all tools");
	const what = visible(`${connector} · ${of}`);
	const question = {
		allow: words.__("Always allow %1?", what),
		ask: words.__("Ask before each call of %1?", what),
		block: words.__("Block %1?", what),
	}[setting];
	if (!(await confirm(home, question))) return;
	await session.act({
		type: "set",
		connector,
		tool: text(args.tool) ?? null,
		kind: text(args.kind) ?? null,
		setting,
		here: args.here === true,
	} as Action);
}

async function revoke(home: CommandHome, args: Args): Promise<void> {
	const [session, panel] = await read(home, "grants");
	if (session === null) return;
	const { grants = [] } = panel.parts;
	const grant =
		text(args.grant) ??
		(await pick(
			home,
			home.words.__("Take back"),
			grants,
			({ connector, tool, limits }) =>
				[`${connector}.${tool}`, limits].filter(Boolean).join(" · "),
		));
	if (grant !== undefined) await session.act({ type: "revoke", grant });
}

/** Only lines that the kernel told are inserted: a command is no way to write code. */
async function insertCall(home: CommandHome, args: Args): Promise<void> {
	const [, panel] = await read(home, "tools");
	const all = (panel.parts.tools?.connectors ?? []).flatMap((connector) =>
		connector.tools
			.filter(({ call }) => call !== undefined && call !== "")
			.map((tool) => ({ ...tool, id: `${connector.id}.${tool.name}` })),
	);
	const asked =
		text(args.connector) !== undefined && text(args.tool) !== undefined
			? `${text(args.connector)}.${text(args.tool)}`
			: undefined;
	const id =
		asked ??
		(await pick(home, home.words.__("Insert a call"), all, (tool) => tool.id));
	const found = all.find((each) => each.id === id);
	if (found?.call !== undefined) home.code.insert(found.call);
}

/** The session in front with these parts as they are now. */
async function read(
	{ sessions }: CommandHome,
	...parts: Part[]
): Promise<
	readonly [Session, Panel] | readonly [null, { parts: Panel["parts"] }]
> {
	const session = sessions.current;
	if (session === null) return [null, { parts: {} }];
	return [session, await session.read(...parts)];
}

/** Lets the person choose one by its title; undefined where they choose none. */
async function pick<Item extends { readonly id: string }>(
	{ words }: CommandHome,
	title: string,
	items: readonly Item[],
	titleOf: (item: Item) => string,
): Promise<string | undefined> {
	const names = items.map((item) => visible(titleOf(item)) || item.id);
	if (names.length === 0) {
		await showDialog({
			title,
			body: words.__("There is nothing to choose from."),
			buttons: [Dialog.okButton()],
		});
		return undefined;
	}
	const { value, button } = await InputDialog.getItem({ title, items: names });
	if (!button.accept || value === null) return undefined;
	return items[names.indexOf(value)]?.id;
}

async function confirm({ words }: CommandHome, title: string) {
	const { button } = await showDialog({
		title,
		buttons: [
			Dialog.cancelButton(),
			Dialog.okButton({ label: words.__("Yes") }),
		],
		// Enter on a link must not be the answer as well.
		defaultButton: 0,
	});
	return button.accept;
}

function text(value: unknown): string | undefined {
	return typeof value === "string" && value !== "" ? value : undefined;
}
