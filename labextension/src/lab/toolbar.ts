/** The button in a notebook's toolbar: how many connectors are connected, and what waits. */

import type { NotebookPanel } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";
import { attributes, element, setText, show } from "../dom";
import { icon } from "../icon";
import { trans } from "../words";
import type { Sessions } from "./sessions";

export interface ToolbarHome {
	/** Opens the panel; with what waits in focus, where something does. */
	open(waiting: boolean): void;
}

/** The item of one notebook. */
export class ToolbarItem extends Widget {
	readonly #panel: NotebookPanel;
	readonly #sessions: Sessions;
	readonly #home: ToolbarHome;
	readonly #count = element("span", "jcn-toolbar-count");
	readonly #waiting = element("span", "jcn-toolbar-waiting");
	readonly #press: HTMLElement;

	constructor(panel: NotebookPanel, sessions: Sessions, home: ToolbarHome) {
		super();
		this.#panel = panel;
		this.#sessions = sessions;
		this.#home = home;
		this.addClass("jp-ToolbarButton");
		this.addClass("jcn-toolbar");
		// JupyterLab's own button: its toolbars know how to reach it by keyboard.
		this.#press = document.createElement("jp-button");
		this.#press.className = "jp-ToolbarButtonComponent";
		attributes(this.#press, { appearance: "stealth" });
		this.#press.append(icon("plug"), this.#count, this.#waiting);
		this.#press.addEventListener("click", () => this.#open());
		this.#press.addEventListener("keydown", (event) => {
			if (event.key !== "Enter" && event.key !== " ") return;
			event.preventDefault();
			this.#open();
		});
		this.node.append(this.#press);
		sessions.changed.connect(this.update, this);
		this.update();
	}

	protected override onUpdateRequest(): void {
		const { connected, pending } = this.#sessions.statusOf(this.#panel);
		setText(this.#count, String(connected.length || ""));
		setText(this.#waiting, String(pending.length || ""));
		show(this.#count, connected.length > 0);
		show(this.#waiting, pending.length > 0);
		const label = labelOf(connected.length, pending.length);
		attributes(this.#press, { "aria-label": label, title: label });
	}

	#open(): void {
		const { pending } = this.#sessions.statusOf(this.#panel);
		this.#home.open(pending.length > 0);
	}
}

function labelOf(connected: number, pending: number): string {
	const parts = [
		trans.__("Connectors"),
		...(connected > 0 ? [trans.__("%1 connected", connected)] : []),
		...(pending > 0
			? [trans._n("%1 approval waiting", "%1 approvals waiting", pending)]
			: []),
	];
	return parts.join(", ");
}
