/** Lines of code that go into the notebook: as a new cell, or by a drag. */

import { type INotebookTracker, NotebookActions } from "@jupyterlab/notebook";
import { MimeData } from "@lumino/coreutils";
import { Drag } from "@lumino/dragdrop";
import type { Code } from "../host";

/** What a notebook takes as cells that are dropped on it. */
const CELLS = "application/vnd.jupyter.cells";
/** So many pixels of movement make a press a drag, as in JupyterLab. */
const THRESHOLD = 5;

/** Puts code into the notebook in front. Nothing is run. */
export function codeFor(tracker: INotebookTracker): Code {
	return {
		insert(line) {
			const panel = tracker.currentWidget;
			if (panel === null) return;
			const notebook = panel.content;
			NotebookActions.insertBelow(notebook);
			// A person may have new cells be something else.
			if (notebook.activeCell?.model.type !== "code") {
				NotebookActions.changeCellType(notebook, "code");
			}
			notebook.activeCell?.model.sharedModel.setSource(line);
			void NotebookActions.focusActiveCell(notebook);
		},
		drags: makeDraggable,
	};
}

function makeDraggable(node: HTMLElement, line: () => string): void {
	node.classList.add("jcn-drags");
	let from: { x: number; y: number } | null = null;
	const end = () => {
		from = null;
		window.removeEventListener("pointermove", moved, true);
		window.removeEventListener("pointerup", end, true);
		window.removeEventListener("pointercancel", end, true);
	};
	const moved = (event: PointerEvent) => {
		if (from === null) return;
		const far = Math.hypot(event.clientX - from.x, event.clientY - from.y);
		if (far < THRESHOLD) return;
		end();
		start(line(), event);
	};
	node.addEventListener("pointerdown", (event) => {
		if (event.button !== 0 || line() === "") return;
		from = { x: event.clientX, y: event.clientY };
		window.addEventListener("pointermove", moved, true);
		window.addEventListener("pointerup", end, true);
		window.addEventListener("pointercancel", end, true);
	});
}

function start(line: string, { clientX, clientY }: PointerEvent): void {
	const mimeData = new MimeData();
	mimeData.setData(CELLS, [cellOf(line)]);
	mimeData.setData("text/plain", line);
	const dragImage = document.createElement("div");
	dragImage.className = "jp-dragImage jcn-drag-image";
	dragImage.textContent = line;
	const drag = new Drag({
		mimeData,
		dragImage,
		supportedActions: "copy",
		proposedAction: "copy",
	});
	void drag.start(clientX, clientY).then(() => drag.dispose());
}

function cellOf(source: string) {
	return {
		cell_type: "code",
		source,
		metadata: {},
		outputs: [],
		execution_count: null,
	};
}
