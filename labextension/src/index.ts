/**
 * The JupyterLab extension: a status item with the current notebook's
 * connectors and the approvals that wait, and the grid that shows a frame. A
 * page reload takes the buttons out of a running cell's output; here they come
 * back.
 */

import type {
	JupyterFrontEnd,
	JupyterFrontEndPlugin,
} from "@jupyterlab/application";
import { INotebookTracker } from "@jupyterlab/notebook";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { IStatusBar } from "@jupyterlab/statusbar";
import { showFrames } from "./lab/frames";
import { StatusItem } from "./lab/item";
import { Notebooks } from "./lab/notebooks";

const status: JupyterFrontEndPlugin<void> = {
	id: "jupyter-connectors:status",
	description: "Shows connected connectors and approvals that wait.",
	autoStart: true,
	requires: [INotebookTracker],
	optional: [IStatusBar],
	activate: (
		_: JupyterFrontEnd,
		tracker: INotebookTracker,
		statusBar: IStatusBar | null,
	) => {
		// Notebook 7 has no status bar: nothing to show, so nothing is watched.
		if (statusBar === null) return;
		const item = new StatusItem(new Notebooks(tracker));
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
	requires: [INotebookTracker, IRenderMimeRegistry],
	activate: (
		_: JupyterFrontEnd,
		tracker: INotebookTracker,
		registry: IRenderMimeRegistry,
	) => showFrames(registry, tracker),
};

export default [status, grid];
