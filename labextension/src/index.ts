/**
 * The JupyterLab extension: a sidebar of connectors, a status item with the current notebook's
 * connectors and the approvals that wait, the grid that shows a frame, and the
 * apps of services. A page reload takes the buttons out of a running cell's
 * output; here they come back.
 */

import type {
	JupyterFrontEnd,
	JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { ICommandPalette, IToolbarWidgetRegistry } from "@jupyterlab/apputils";
import { INotebookTracker } from "@jupyterlab/notebook";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { IStatusBar } from "@jupyterlab/statusbar";
import { ITranslator } from "@jupyterlab/translation";
import { Token } from "@lumino/coreutils";
import { version } from "../package.json";
import { showApps } from "./lab/apps";
import { showFrames } from "./lab/frames";
import { StatusItem } from "./lab/item";
import { Notebooks } from "./lab/notebooks";
import { ID, showPanel } from "./lab/plugin";
import { speak } from "./words";

const INotebooks = new Token<Notebooks>("jupyter-connectors:INotebooks");

const notebooks: JupyterFrontEndPlugin<Notebooks> = {
	id: "jupyter-connectors:notebooks",
	description: "Follows what the kernels of open notebooks tell.",
	autoStart: true,
	requires: [INotebookTracker],
	optional: [ITranslator],
	provides: INotebooks,
	activate: (
		_: JupyterFrontEnd,
		tracker: INotebookTracker,
		translator: ITranslator | null,
	) => {
		// Here, for the plugins that show something wait for this one.
		speak(translator?.load("jupyter_connectors") ?? null);
		return new Notebooks(tracker);
	},
};

const status: JupyterFrontEndPlugin<void> = {
	id: "jupyter-connectors:status",
	description: "Shows connected connectors and approvals that wait.",
	autoStart: true,
	requires: [INotebooks],
	optional: [IStatusBar],
	activate: (
		_: JupyterFrontEnd,
		notebooks: Notebooks,
		statusBar: IStatusBar | null,
	) => {
		// Notebook 7 has no status bar.
		if (statusBar === null) return;
		const item = new StatusItem(notebooks);
		statusBar.registerStatusItem("jupyter-connectors:status", {
			item,
			align: "left",
			rank: 50,
			isActive: () => item.isActive,
			activeStateChanged: item.activeChanged,
		});
	},
};

const grid: JupyterFrontEndPlugin<void> = {
	id: "jupyter-connectors:grid",
	description: "Shows the frames of connectors as tables that scroll.",
	autoStart: true,
	requires: [INotebooks, INotebookTracker, IRenderMimeRegistry],
	activate: (
		_: JupyterFrontEnd,
		__: Notebooks,
		tracker: INotebookTracker,
		registry: IRenderMimeRegistry,
	) => showFrames(registry, tracker),
};

const apps: JupyterFrontEndPlugin<void> = {
	id: "jupyter-connectors:apps",
	description: "Runs the apps of services in the outputs of cells.",
	autoStart: true,
	requires: [INotebooks, IRenderMimeRegistry],
	activate: (
		{ commands }: JupyterFrontEnd,
		notebooks: Notebooks,
		registry: IRenderMimeRegistry,
	) =>
		showApps(registry, notebooks, (entry) => {
			const args = { tab: "directory", entry };
			void commands.execute("jupyter-connectors:open", args);
		}),
};

const panel: JupyterFrontEndPlugin<void> = {
	id: ID,
	description: "The sidebar of connectors, its commands and its settings.",
	autoStart: true,
	requires: [INotebooks, INotebookTracker],
	optional: [ISettingRegistry, ICommandPalette, IToolbarWidgetRegistry],
	activate: (
		app: JupyterFrontEnd,
		notebooks: Notebooks,
		tracker: INotebookTracker,
		settings: ISettingRegistry | null,
		palette: ICommandPalette | null,
		toolbars: IToolbarWidgetRegistry | null,
	) =>
		showPanel({
			app,
			notebooks,
			tracker,
			settings,
			palette,
			toolbars,
			version,
		}),
};

export default [notebooks, status, grid, apps, panel];
