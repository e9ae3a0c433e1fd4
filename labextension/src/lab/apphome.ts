/** A notebook and its kernel, as the view of an app needs them. */

import type { NotebookPanel } from "@jupyterlab/notebook";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { ask, type Content, uuid } from "../channel";
import type { Message, Mount, Unsubscribe } from "../host";
import { ofApp, readAnswer, readOutcome } from "../state/app";
import type { Questions } from "../state/approval";
import { askCell } from "../state/wishes";
import type { AppHome } from "../views/app";
import { mount as mountApproval } from "../views/approval";
import type { Notebooks } from "./notebooks";

export const PATIENCE = 10_000;

/** A call may wait for a person, and a tool may take its time. */
const LONG = 24 * 3_600_000;

/** What the outputs of one page share. */
export interface Page {
	readonly registry: IRenderMimeRegistry;
	readonly notebooks: Notebooks;
	/** The server's page for apps, null without it. */
	readonly sandbox: () => Promise<string | null>;
	/** How high an app was; one that is moved in the page comes back so. */
	readonly heights: Map<string, number>;
}

/** The home of one view of one app, until it is disposed. */
export class Home implements AppHome {
	readonly page: Promise<string | null>;
	readonly suggest: (text: string) => void;
	readonly height: AppHome["height"];
	readonly #page: Page;
	readonly #panel: NotebookPanel;
	readonly #id: string;
	readonly #view = uuid();
	readonly #greeted = new Set<string>();
	readonly #changed = new Set<() => void>();
	/** Aborted with the kernel: what waits for it waits no longer. */
	readonly #end = new AbortController();

	constructor(page: Page, panel: NotebookPanel, id: string, node: HTMLElement) {
		this.#page = page;
		this.#panel = panel;
		this.#id = id;
		this.page = page.sandbox();
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
		this.#page.notebooks.changed.disconnect(this.#tell, this);
		this.#panel.sessionContext.statusChanged.disconnect(this.#onStatus, this);
		this.#panel.sessionContext.kernelChanged.disconnect(this.#onKernel, this);
		this.#changed.clear();
	}

	/** The kernel's reply about this app. */
	async ask(content: Content, limit = LONG): Promise<Content> {
		// Looked up for each request: a page that was away comes back with another connection.
		const kernel = this.#panel.sessionContext.session?.kernel;
		const { signal } = this.#end;
		if (!kernel || signal.aborted) throw new Error("The kernel is gone");
		const mine = { id: this.#id, view: this.#view };
		return ask(kernel, { ...content, ...mine }, { limit, signal });
	}

	readonly request: AppHome["request"] = async (method, params) => {
		const reply = await this.ask({ type: "request", method, params });
		return readAnswer(reply);
	};

	readonly outcome: AppHome["outcome"] = async () =>
		readOutcome(await this.ask({ type: "outcome" }));

	readonly tell: AppHome["tell"] = async ({ content, structuredContent }) => {
		const told = {
			type: "context",
			content: content ?? null,
			structuredContent: structuredContent ?? null,
		};
		const reply = await this.ask(told, PATIENCE).catch(() => null);
		return reply?.status === "ok";
	};

	readonly left = (): void => {
		// Nobody waits for the reply, and a kernel that is gone needs no word.
		void this.ask({ type: "left" }, PATIENCE).catch(() => {});
	};

	readonly back = (): void => {
		void this.ask({ type: "alive" }, PATIENCE).catch(() => {});
	};

	readonly cards = async (): Promise<Mount<Questions>> => mountApproval;

	readonly decide = (message: Message): void => {
		void this.#watch?.send(message);
	};

	pending(): ReturnType<AppHome["pending"]> {
		const mine = ofApp(this.#watch?.status.pending ?? [], this.#id);
		for (const { id } of mine) {
			if (this.#greeted.has(id)) continue;
			this.#greeted.add(id);
			// A question that nobody shows is answered with no.
			this.decide({ id, type: "hello" });
		}
		return mine;
	}

	condition(): ReturnType<AppHome["condition"]> {
		return this.#end.signal.aborted ? "gone" : "well";
	}

	onChange(changed: () => void): Unsubscribe {
		this.#changed.add(changed);
		return () => this.#changed.delete(changed);
	}

	get #watch() {
		return this.#page.notebooks.of(this.#panel);
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
