/** One session a kernel connection, and what the person's doing in it writes into the notebook. */

import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import { type ISignal, Signal } from "@lumino/signaling";
import type { Action } from "../panel/state";
import { NOTHING, type Status } from "../state/status";
import {
	KEY,
	type Names,
	readNames,
	withConnector,
	withMode,
	withoutConnector,
	withSwitch,
	writeNames,
} from "./metadata";
import type { Notebooks } from "./notebooks";
import { type Done, Session } from "./session";

/** Follows the notebooks; a session is made when someone first needs it. */
export class Sessions {
	readonly #notebooks: Notebooks;
	readonly #tracker: INotebookTracker;
	readonly #version: string;
	readonly #made = new Map<NotebookPanel, Session>();
	readonly #changed = new Signal<this, void>(this);
	/** Whether names are written into notebooks; a setting. */
	remembers = true;

	constructor(
		notebooks: Notebooks,
		tracker: INotebookTracker,
		version: string,
	) {
		this.#notebooks = notebooks;
		this.#tracker = tracker;
		this.#version = version;
		notebooks.changed.connect(() => this.#changed.emit());
		tracker.widgetAdded.connect((_, panel) => {
			panel.disposed.connect(() => this.#drop(panel));
		});
	}

	/** Emitted when another notebook is in front, or its kernel or status changed. */
	get changed(): ISignal<this, void> {
		return this.#changed;
	}

	/** The notebook in front. */
	get notebook(): NotebookPanel | null {
		return this.#tracker.currentWidget;
	}

	/** The session of the notebook in front; null where it has no kernel. */
	get current(): Session | null {
		return this.notebook && this.of(this.notebook);
	}

	/** The session of a notebook's kernel; null without one. */
	of(panel: NotebookPanel): Session | null {
		const watch = this.#notebooks.of(panel);
		const made = this.#made.get(panel);
		if (made !== undefined && made.watch === watch) return made;
		this.#drop(panel);
		if (watch === null) return null;
		const session = new Session(watch, nameOf(panel), this.#version);
		session.done.connect((_, done) => this.#remember(panel, done));
		this.#made.set(panel, session);
		return session;
	}

	/** What a notebook's kernel pushes; it costs no question. */
	statusOf(panel: NotebookPanel): Status {
		return this.#notebooks.of(panel)?.status ?? NOTHING;
	}

	#drop(panel: NotebookPanel): void {
		this.#made.get(panel)?.dispose();
		this.#made.delete(panel);
	}

	#remember(panel: NotebookPanel, done: Done): void {
		if (this.remembers) changeNames(panel, (names) => after(names, done));
	}
}

export function namesOf(panel: NotebookPanel): Names {
	return readNames(panel.model?.getMetadata(KEY));
}

/** Writes the names only where they are others, so that nothing is unsaved by a look. */
function changeNames(
	panel: NotebookPanel,
	change: (names: Names) => Names,
): void {
	const { model } = panel;
	if (model === null || model.readOnly) return;
	const before = namesOf(panel);
	const names = writeNames(change(before));
	if (JSON.stringify(names) === JSON.stringify(writeNames(before))) return;
	if (names === null) model.deleteMetadata(KEY);
	else model.setMetadata(KEY, names);
}

/** The names after what a person did in the panel. */
function after(names: Names, { action, panel }: Done): Names {
	const { connected = [] } = panel.parts;
	const nameFor = (id: string) =>
		connected.find((each) => each.id === id)?.entry || id;
	switch (action.type) {
		case "connect":
			return withConnector(names, connectedName(action, panel.parts));
		case "disconnect":
			// Of several accounts of one service, the name stays with the others.
			return connected.some(({ entry }) => entry === action.name)
				? names
				: withoutConnector(names, action.name);
		case "enable":
			return action.here
				? withSwitch(names, nameFor(action.connector), action.on)
				: names;
		case "mode":
			return action.connector === undefined
				? withMode(names, action.mode)
				: names;
		default:
			return names;
	}
}

/** The entry's name; of an address of the person's own, what it is called here. */
function connectedName(
	action: Action & { readonly type: "connect" },
	{ connected = [] }: Done["panel"]["parts"],
): string {
	if (typeof action.entry === "string") return action.entry;
	const own = connected.filter(({ entry }) => entry === "");
	const name = typeof action.name === "string" ? action.name : "";
	return name || (own[own.length - 1]?.id ?? "");
}

/** The file's name, without the folder it is in. */
function nameOf({ context }: NotebookPanel): string {
	return context.path.split("/").pop() ?? "";
}
