/** Puts the panel, the bars, the toolbar's button and the commands into JupyterLab or Notebook. */

import type { JupyterFrontEnd } from "@jupyterlab/application";
import type {
	ICommandPalette,
	IToolbarWidgetRegistry,
} from "@jupyterlab/apputils";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import { LabIcon } from "@jupyterlab/ui-components";
import type { Tab } from "../panel/home";
import toolbarSheet from "../styles/toolbar.css";
import { trans } from "../words";
import { type Bar, showBars } from "./bar";
import { addCommands } from "./commands";
import { codeFor } from "./insert";
import type { Notebooks } from "./notebooks";
import { ConnectorsPanel } from "./panel";
import { Sessions } from "./sessions";
import { ToolbarItem } from "./toolbar";

export const ID = "jupyter-connectors:plugin";
const PANEL = "jupyter-connectors-panel";
/** After the file browser, the running kernels and the table of contents. */
const RANK = 450;

/** As the icon of the views, in the colours JupyterLab gives to icons of a sidebar. */
const PLUG = `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">
<g class="jp-icon3" fill="none" stroke="#616161" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round">
<path d="M5.7 1.8v3.4M10.3 1.8v3.4M3.6 5.2h8.8v2.6a4.4 4.4 0 0 1-8.8 0zM8 12.2v2.2"/></g></svg>`;

const plugIcon = new LabIcon({
	name: "jupyter-connectors:plug",
	svgstr: PLUG,
});

export interface Parts {
	readonly app: JupyterFrontEnd;
	readonly notebooks: Notebooks;
	readonly tracker: INotebookTracker;
	readonly settings: ISettingRegistry | null;
	readonly palette: ICommandPalette | null;
	readonly toolbars: IToolbarWidgetRegistry | null;
	readonly version: string;
}

/** Everything but the views of cells. */
export async function showPanel(parts: Parts): Promise<void> {
	const { app, notebooks, tracker, version } = parts;
	const code = codeFor(tracker);
	const sessions = new Sessions(notebooks, tracker, version);
	const panel = new ConnectorsPanel(sessions, {
		code,
		isConsole: () => isConsole(app),
	});
	panel.id = PANEL;
	panel.title.icon = plugIcon;
	panel.title.caption = trans.__("Connectors");
	panel.node.setAttribute("role", "region");
	panel.node.setAttribute("aria-label", trans.__("Connectors"));
	styleOnce();
	const open = async (tab?: Tab, entry?: string) => {
		app.shell.activateById(PANEL);
		await panel.reveal(tab, entry);
	};
	const approvals = async () => {
		await open();
		await panel.approvals();
	};
	parts.toolbars?.addFactory<NotebookPanel>(
		"Notebook",
		"connectors",
		(each) =>
			new ToolbarItem(each, sessions, {
				open: (waiting) => void (waiting ? approvals() : open()),
			}),
	);
	addCommands(app.commands, parts.palette, {
		code,
		sessions,
		open,
		approvals,
	});
	const chosen = settingsOf(sessions, () => reveal(app, panel, chosen));
	showAllBars(tracker, sessions, chosen, {
		open: (entry) =>
			void (entry === undefined ? open() : open("directory", entry)),
	});
	app.shell.currentChanged?.connect(() => panel.refresh());
	await chosen.load(parts.settings);
	app.shell.add(panel, chosen.side, { rank: RANK });
	void app.restored.then(() => {
		// Its code is there before the first click, and after all that the page itself needs.
		setTimeout(() => panel.preload(), 500);
	});
}

interface Settings {
	bar: boolean;
	reveal: boolean;
	side: string;
	onBar: () => void;
	load(registry: ISettingRegistry | null): Promise<void>;
}

function settingsOf(sessions: Sessions, waits: () => void): Settings {
	let known = 0;
	sessions.changed.connect(() => {
		const { notebook } = sessions;
		const many = notebook ? sessions.statusOf(notebook).pending.length : 0;
		if (many > known) waits();
		known = many;
	});
	const settings: Settings = {
		bar: true,
		reveal: false,
		side: "left",
		onBar: () => {},
		async load(registry) {
			const found = await registry?.load(ID).catch(() => null);
			if (!found) return;
			const read = () => {
				const told = found.composite;
				settings.bar = told.bar !== false;
				settings.reveal = told.reveal === true;
				settings.side = told.side === "right" ? "right" : "left";
				sessions.remembers = told.remember !== false;
				settings.onBar();
			};
			found.changed.connect(read);
			read();
		},
	};
	return settings;
}

/** Opens the panel without taking the focus, where the person has chosen that. */
function reveal(
	app: JupyterFrontEnd,
	panel: ConnectorsPanel,
	settings: Settings,
): void {
	if (!settings.reveal || panel.isVisible) return;
	const focused = document.activeElement;
	app.shell.activateById(PANEL);
	if (focused instanceof HTMLElement) focused.focus();
}

function showAllBars(
	tracker: INotebookTracker,
	sessions: Sessions,
	settings: Settings,
	home: { open(entry?: string): void },
): void {
	const bars = new Set<Bar>();
	const follow = (panel: NotebookPanel) => {
		const isOn = () => settings.bar;
		const bar = showBars(panel, sessions, { ...home, isOn });
		bars.add(bar);
		bar.disposed.connect(() => bars.delete(bar));
	};
	settings.onBar = () => {
		for (const bar of bars) bar.update();
	};
	tracker.forEach(follow);
	tracker.widgetAdded.connect((_, panel) => follow(panel));
}

/** By its class: the console's own package is large, and only this is asked of it. */
function isConsole(app: JupyterFrontEnd): boolean {
	const { currentWidget } = app.shell;
	return currentWidget?.node.querySelector(".jp-CodeConsole") != null;
}

/** The sheet of what is outside of any view: the toolbar's button, the drag's picture. */
function styleOnce(): void {
	const style = document.createElement("style");
	style.textContent = toolbarSheet;
	document.head.append(style);
}
