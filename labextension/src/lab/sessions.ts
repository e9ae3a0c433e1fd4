/** One session a kernel connection, and one keeper of names a notebook. */

import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import { type ISignal, Signal } from "@lumino/signaling";
import { NOTHING, type Status } from "../state/status";
import { Keeper } from "./keeper";
import type { Notebooks } from "./notebooks";
import { Session } from "./session";

/** Follows the notebooks; a session is made when someone first needs it. */
export class Sessions {
	readonly #notebooks: Notebooks;
	readonly #tracker: INotebookTracker;
	readonly #version: string;
	readonly #made = new Map<NotebookPanel, Session>();
	readonly #keepers = new Map<NotebookPanel, Keeper>();
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
		notebooks.changed.connect(() => {
			for (const keeper of this.#keepers.values()) keeper.update();
			this.#changed.emit();
		});
		tracker.forEach((panel) => {
			this.#follow(panel);
		});
		tracker.widgetAdded.connect((_, panel) => this.#follow(panel));
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

	#follow(panel: NotebookPanel): void {
		const keeper = new Keeper(panel, {
			watch: () => this.#notebooks.of(panel),
			session: () => this.of(panel),
			remembers: () => this.remembers,
		});
		this.#keepers.set(panel, keeper);
		panel.context.pathChanged.connect(() => {
			this.#made.get(panel)?.rename(nameOf(panel));
		});
		panel.disposed.connect(() => {
			this.#drop(panel);
			this.#keepers.delete(panel);
		});
		keeper.update();
	}
}

/** The file's name, without the folder it is in. */
function nameOf({ context }: NotebookPanel): string {
	return context.path.split("/").pop() ?? "";
}
