/** One watch a notebook, and the one of the notebook in front. */

import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { type ISignal, Signal } from "@lumino/signaling";
import { Watch } from "./watch";

/** Watches the kernel of every open notebook. */
export class Notebooks {
	readonly #tracker: INotebookTracker;
	readonly #watches = new Map<NotebookPanel, Watch>();
	readonly #changed = new Signal<this, void>(this);

	constructor(tracker: INotebookTracker) {
		this.#tracker = tracker;
		tracker.forEach((panel) => {
			this.#follow(panel);
		});
		tracker.widgetAdded.connect((_, panel) => this.#follow(panel));
		tracker.currentChanged.connect(() => this.#changed.emit());
	}

	/** The watch of the current notebook's kernel; null without one. */
	get current(): Watch | null {
		const panel = this.#tracker.currentWidget;
		return (panel && this.#watches.get(panel)) ?? null;
	}

	/** The watch of a notebook's kernel; null without one. */
	of(panel: NotebookPanel): Watch | null {
		return this.#watches.get(panel) ?? null;
	}

	/**
	 * The notebook of an output: a copy of one, in a tab of its own, has the
	 * notebook's resolver, and elsewhere its node is in the notebook's.
	 */
	find(
		resolver: IRenderMime.IResolver | null,
		node: HTMLElement,
	): NotebookPanel | null {
		const found = this.#tracker.find(
			({ content }) =>
				resolver !== null && content.rendermime.resolver === resolver,
		);
		const around = () => this.#tracker.find((each) => each.node.contains(node));
		return found ?? around() ?? null;
	}

	/** Emitted when the current notebook, its kernel or its status changes. */
	get changed(): ISignal<this, void> {
		return this.#changed;
	}

	#follow(panel: NotebookPanel): void {
		const context = panel.sessionContext;
		const renew = () => {
			this.#watches.get(panel)?.dispose();
			this.#watches.delete(panel);
			const kernel = panel.isDisposed ? null : context.session?.kernel;
			if (kernel) {
				const watch = new Watch(kernel);
				watch.changed.connect(() => this.#changed.emit());
				this.#watches.set(panel, watch);
			}
			this.#changed.emit();
		};
		context.kernelChanged.connect(renew);
		panel.disposed.connect(renew);
		renew();
	}
}
