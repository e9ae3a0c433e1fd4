/** A notebook and its kernel, as the view of an app needs them. */

import type { NotebookPanel } from "@jupyterlab/notebook";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { type Attendance, attendanceOf } from "../apps/attendance";
import { ask, type Content, uuid } from "../channel";
import type { Message, Mount, Unsubscribe } from "../host";
import { ofApp } from "../state/app";
import type { Questions } from "../state/approval";
import { askCell } from "../state/wishes";
import type { AppHome } from "../views/app";
import { mount as mountApproval } from "../views/approval";
import type { Notebooks } from "./notebooks";

/** A call may wait for a person, a tool may take its time, and a kernel that computes is silent. */
const LONG = 24 * 3_600_000;

/** What the outputs of one page share. */
export interface Page {
	readonly registry: IRenderMimeRegistry;
	readonly notebooks: Notebooks;
	/** The server's page for apps, null without it. */
	readonly sandbox: () => Promise<string | null>;
	/** How high an app was; one that is moved in the page comes back so. */
	readonly heights: Map<string, number>;
	/** Leads to the sign-in at a connector. */
	readonly signIn: (connector: string) => void;
}

/** The home of one view of one app, until it is disposed. */
export class Home implements AppHome {
	readonly page: AppHome["page"];
	readonly suggest: (text: string) => void;
	readonly signIn: (connector: string) => void;
	readonly height: AppHome["height"];
	readonly request: AppHome["request"];
	readonly outcome: AppHome["outcome"];
	readonly tell: AppHome["tell"];
	readonly left: AppHome["left"];
	readonly back: AppHome["back"];
	readonly #page: Page;
	readonly #panel: NotebookPanel;
	readonly #id: string;
	readonly #view = uuid();
	readonly #attendance: Attendance;
	readonly #changed = new Set<() => void>();
	/** Aborted with the kernel: what waits for it waits no longer. */
	readonly #end = new AbortController();

	constructor(page: Page, panel: NotebookPanel, id: string, node: HTMLElement) {
		this.#page = page;
		this.#panel = panel;
		this.#id = id;
		this.page = page.sandbox;
		this.signIn = page.signIn;
		this.#attendance = attendanceOf(
			(content) => this.#send(content),
			() => this.#tell(),
		);
		this.request = this.#attendance.request;
		this.outcome = this.#attendance.outcome;
		this.tell = this.#attendance.tell;
		this.left = this.#attendance.left;
		this.back = this.#attendance.back;
		this.suggest = (text) => putCell(panel, node, askCell(text));
		this.height = {
			get: () => page.heights.get(id),
			set: (height) => page.heights.set(id, height),
		};
		page.notebooks.changed.connect(this.#tell, this);
		panel.sessionContext.statusChanged.connect(this.#onStatus, this);
		panel.sessionContext.kernelChanged.connect(this.#onKernel, this);
	}

	dispose(): void {
		this.#attendance.dispose();
		// Nobody waits for a reply any more, and that it left is sent.
		this.#end.abort();
		this.#page.notebooks.changed.disconnect(this.#tell, this);
		this.#panel.sessionContext.statusChanged.disconnect(this.#onStatus, this);
		this.#panel.sessionContext.kernelChanged.disconnect(this.#onKernel, this);
		this.#changed.clear();
	}

	/** What the app is; waits as long as the kernel takes. */
	open(): Promise<Content> {
		return this.#attendance.ask({ type: "open" });
	}

	readonly cards = async (): Promise<Mount<Questions>> => mountApproval;

	readonly decide = (message: Message): void => {
		void this.#watch?.send(message);
	};

	pending(): ReturnType<AppHome["pending"]> {
		return ofApp(this.#watch?.status.pending ?? [], this.#id);
	}

	condition(): ReturnType<AppHome["condition"]> {
		if (this.#end.signal.aborted) return "gone";
		return this.#attendance.isDropped() ? "dropped" : "well";
	}

	onChange(changed: () => void): Unsubscribe {
		this.#changed.add(changed);
		return () => this.#changed.delete(changed);
	}

	get #watch() {
		return this.#page.notebooks.of(this.#panel);
	}

	/** The kernel's reply about this app. */
	async #send(content: Content): Promise<Content> {
		// Looked up for each request: a page that was away comes back with another connection.
		const kernel = this.#panel.sessionContext.session?.kernel;
		const { signal } = this.#end;
		if (!kernel || signal.aborted) throw new Error("The kernel is gone");
		const mine = { id: this.#id, view: this.#view };
		return ask(kernel, { ...content, ...mine }, { limit: LONG, signal });
	}

	#tell(): void {
		for (const changed of [...this.#changed]) changed();
	}

	#onStatus(_: unknown, status: string): void {
		if (!["restarting", "autorestarting", "dead"].includes(status)) return;
		this.#lost();
	}

	#onKernel(): void {
		this.#lost();
	}

	#lost(): void {
		// What a kernel holds does not come back with the next one.
		this.#end.abort();
		this.#tell();
	}
}

/** A new cell below the one a node is in, with this text; it is not run. */
function putCell(
	panel: NotebookPanel,
	node: HTMLElement,
	source: string,
): void {
	const cells = panel.content;
	const own = cells.widgets.findIndex((cell) => cell.node.contains(node));
	const place = (own < 0 ? cells.activeCellIndex : own) + 1;
	cells.model?.sharedModel.insertCell(place, { cell_type: "code", source });
	cells.activeCellIndex = place;
	const made = cells.widgets[place];
	if (made !== undefined) void cells.scrollToCell(made);
}
