/** The status bar item, and the popup a click on it opens. */

import { type Popup, showPopup } from "@jupyterlab/statusbar";
import { Signal } from "@lumino/signaling";
import { Widget } from "@lumino/widgets";
import { attributes, button, element, root, setText, show } from "../dom";
import type { Host } from "../host";
import { icon } from "../icon";
import {
	connectedWords,
	isQuiet,
	NOTHING,
	pendingWords,
	type Status,
} from "../state/status";
import statusSheet from "../styles/status.css";
import { mount } from "../views/status";
import { trans } from "../words";
import type { Notebooks } from "./notebooks";
import type { Watch } from "./watch";

/** "2 connectors", and how many approvals wait; follows the current notebook. */
export class StatusItem extends Widget {
	/** Emitted when the item has something to show, or nothing any more. */
	readonly activeChanged = new Signal<this, void>(this);
	readonly #notebooks: Notebooks;
	readonly #button: HTMLButtonElement;
	readonly #connected = element("span", "");
	readonly #pending = element("span", "jcn-waiting");
	#popup: Popup | null = null;
	#shown: Watch | null = null;

	constructor(notebooks: Notebooks) {
		super();
		this.#notebooks = notebooks;
		this.addClass("jp-mod-highlighted");
		this.#button = button("jcn-item", "", () => this.#toggle());
		attributes(this.#button, {
			"aria-haspopup": "dialog",
			title: trans.__("Connectors"),
		});
		this.#button.append(icon("plug"), this.#connected, this.#pending);
		attributes(this.#pending, { role: "status" });
		root(this.node, "bar", statusSheet).append(this.#button);
		notebooks.changed.connect(this.#update, this);
		this.#update();
	}

	/** True where the current notebook has connectors or approvals. */
	get isActive(): boolean {
		return !isQuiet(this.#status);
	}

	get #status(): Status {
		return this.#notebooks.current?.status ?? NOTHING;
	}

	#update(): void {
		setText(this.#connected, connectedWords(this.#status));
		setText(this.#pending, pendingWords(this.#status));
		show(this.#connected, this.#status.connected.length > 0);
		show(this.#pending, this.#status.pending.length > 0);
		const moved = this.#shown !== this.#notebooks.current;
		if (moved || !this.isActive) this.#popup?.dispose();
		this.activeChanged.emit();
	}

	#toggle(): void {
		const watch = this.#notebooks.current;
		if (this.#popup !== null) this.#popup.dispose();
		else if (watch !== null) this.#open(watch);
	}

	#open(watch: Watch): void {
		const body = new Widget();
		const unmount = mount(body.node, hostOf(watch));
		this.#shown = watch;
		this.#popup = showPopup({
			body,
			anchor: this,
			align: "left",
			hasDynamicSize: true,
		});
		attributes(this.#button, { "aria-expanded": "true" });
		body.disposed.connect(() => {
			unmount();
			this.#popup = null;
			attributes(this.#button, { "aria-expanded": "false" });
			// Otherwise the focus would fall back to the start of the page.
			if (document.activeElement === document.body) this.#button.focus();
		});
		attributes(body.node, {
			role: "dialog",
			"aria-label": trans.__("Connectors"),
			tabindex: "-1",
		});
		body.node.focus();
	}
}

function hostOf(watch: Watch): Host<Status> {
	return {
		state: () => watch.status,
		onState(changed) {
			watch.changed.connect(changed);
			return () => watch.changed.disconnect(changed);
		},
		send: (message) => void watch.send(message),
	};
}
