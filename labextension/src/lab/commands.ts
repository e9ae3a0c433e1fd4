/**
 * Commands for everything the panel does.
 *
 * A link in a notebook's output can name a command and its arguments, so what
 * widens anything asks the person first, and no command answers an approval:
 * it leads to the card.
 */

import type { ICommandPalette } from "@jupyterlab/apputils";
import type { CommandRegistry } from "@lumino/commands";
import { LOAD } from "../load";
import { TABS, type Tab } from "../panel/home";
import { trans } from "../words";
import {
	type Args,
	type CommandHome,
	connect,
	disconnect,
	insertCall,
	isReady,
	refresh,
	revoke,
	setMode,
	start,
	text,
	toggle,
} from "./actions";
import { setPermission } from "./permission";

interface Command {
	readonly name: string;
	readonly label: string;
	readonly caption?: string;
	/** It needs a kernel with our package. */
	readonly kernel?: boolean;
	run(args: Args): Promise<unknown>;
}

const PREFIX = "jupyter-connectors:";

/** Adds the commands, and the palette's entries where there is one. */
export function addCommands(
	commands: CommandRegistry,
	palette: ICommandPalette | null,
	home: CommandHome,
): void {
	const { sessions } = home;
	for (const command of [...views(home), ...actions(home)]) {
		const id = `${PREFIX}${command.name}`;
		commands.addCommand(id, {
			label: command.label,
			...(command.caption === undefined ? {} : { caption: command.caption }),
			execute: (args) => command.run(args),
			isEnabled: () => command.kernel !== true || isReady(sessions.current),
			describedBy: { args: { type: "object" } },
		});
		palette?.addItem({ command: id, category: trans.__("Connectors") });
	}
	sessions.changed.connect(() => commands.notifyCommandChanged());
}

/** Commands that only show something. */
function views(home: CommandHome): Command[] {
	const tab = (name: Tab, label: string): Command => ({
		name: `show-${name}`,
		label,
		run: () => home.open(name),
	});
	return [
		{
			name: "open",
			label: trans.__("Show Connectors"),
			run: (args) =>
				home.open(
					TABS.find((each) => each === args.tab),
					text(args.entry),
				),
		},
		{
			name: "approvals",
			label: trans.__("Show Waiting Approvals"),
			caption: trans.__("Go to the calls and sign-ins that wait for you"),
			run: () => home.approvals(),
		},
		tab("directory", trans.__("Show Directory of Connectors")),
		tab("tools", trans.__("Show Tools and Permissions")),
		tab("data", trans.__("Show Data from Connectors")),
	];
}

function actions(home: CommandHome): Command[] {
	const needs = { kernel: true };
	return [
		{
			name: "start",
			label: trans.__("Use Connectors in This Notebook"),
			caption: LOAD,
			run: () => start(home),
		},
		{
			name: "connect",
			label: trans.__("Connect…"),
			...needs,
			run: (args) => connect(home, args),
		},
		{
			name: "disconnect",
			label: trans.__("Disconnect…"),
			...needs,
			run: (args) => disconnect(home, args),
		},
		{
			name: "toggle",
			label: trans.__("Turn a Connector On or Off in This Notebook…"),
			...needs,
			run: (args) => toggle(home, args),
		},
		{
			name: "set-mode",
			label: trans.__("Set the Access Mode…"),
			...needs,
			run: (args) => setMode(home, args),
		},
		{
			name: "set-permission",
			label: trans.__("Set a Permission…"),
			...needs,
			run: (args) => setPermission(home, args),
		},
		{
			name: "revoke",
			label: trans.__("Revoke What You Have Allowed…"),
			...needs,
			run: (args) => revoke(home, args),
		},
		{
			name: "insert-call",
			label: trans.__("Insert a Call of a Tool…"),
			...needs,
			run: (args) => insertCall(home, args),
		},
		{
			name: "refresh",
			label: trans.__("Refresh Connectors"),
			...needs,
			run: () => refresh(home),
		},
	];
}
