/** The sidebar: the panel's view over the session of the notebook in front. */

import { Widget } from "@lumino/widgets";
import type { Code, Message } from "../host";
import { type Action, type Outcome, outcomeOf } from "../panel/action";
import type { Home, Tab } from "../panel/home";
import type { Part } from "../panel/parts";
import { EMPTY, type Panel } from "../panel/state";
import type { View } from "../panel/view";
import type { Session } from "./session";
import type { Sessions } from "./sessions";

/** How often a person who turns to the panel makes it look at what other kernels did. */
const LOOK_AGAIN = 3000;

export interface Around {
	readonly code: Code;
	/** True where a console is in front. */
	isConsole(): boolean;
}

/** The widget in the sidebar. The view is loaded with the first look at it. */
export class ConnectorsPanel extends Widget {
	readonly #sessions: Sessions;
	readonly #around: Around;
	readonly #callbacks = new Set<() => void>();
	#view: Promise<View> | null = null;
	#session: Session | null = null;
	#parts: readonly Part[] = [];
	#looked = 0;
	readonly #prepared = new WeakSet<Session>();

	constructor(sessions: Sessions, around: Around) {
		super();
		this.#sessions = sessions;
		this.#around = around;
		this.addClass("jcn-sidebar");
		// So that the focus has a place when a card that had it goes.
		this.node.tabIndex = -1;
		sessions.changed.connect(this.#follow, this);
		this.node.addEventListener("pointerenter", () => this.#look());
		this.node.addEventListener("focusin", () => this.#look());
		this.#follow();
	}

	/** Shows a tab, and in the directory the page of an entry. */
	async reveal(tab?: Tab, entry?: string): Promise<void> {
		const view = await this.#made();
		if (tab !== undefined) view.show(tab, entry);
	}

	/** Puts the focus on what waits for an answer; false where nothing does. */
	async approvals(): Promise<boolean> {
		return (await this.#made()).approvals();
	}

	/** Loads the code of the view before anyone looks. */
	preload(): void {
		void import("../panel/view");
	}

	/** Says again what is in front: a console is no notebook. */
	refresh(): void {
		this.#follow();
	}

	override dispose(): void {
		if (this.isDisposed) return;
		void this.#view?.then((view) => view.dispose());
		super.dispose();
	}

	protected override onAfterShow(): void {
		void this.#made();
		this.#follow();
		this.#want();
		this.#look();
	}

	protected override onAfterHide(): void {
		this.#session?.want([]);
	}

	protected override onActivateRequest(): void {
		void this.#made().then((view) => view.focus());
	}

	#made(): Promise<View> {
		this.#view ??= import("../panel/view").then(({ mount }) =>
			mount(this.node, this.#home()),
		);
		return this.#view;
	}

	#home(): Home {
		const { code } = this.#around;
		return {
			code,
			state: () => this.#state(),
			onState: (changed) => {
				this.#callbacks.add(changed);
				return () => this.#callbacks.delete(changed);
			},
			want: (parts) => {
				this.#parts = parts;
				this.#want();
			},
			act: (action) => this.#act(action),
			lineOf: async (action) => (await this.#session?.lineOf(action)) ?? "",
			send: (message: Message) => this.#session?.send(message),
			start: () => void this.#session?.start(),
			dismiss: () => this.#session?.dismiss(),
			kernelId: () => this.#session?.watch.kernel.id ?? "",
		};
	}

	#state(): Panel {
		if (this.#around.isConsole()) return { ...EMPTY, situation: "console" };
		if (this.#session !== null) return this.#session.panel;
		const { notebook } = this.#sessions;
		if (notebook === null) return EMPTY;
		const isStarting = !notebook.sessionContext.isReady;
		return {
			...EMPTY,
			notebook: notebook.context.path.split("/").pop() ?? "",
			situation: isStarting ? "asking" : "no kernel",
		};
	}

	async #act(action: Action): Promise<Outcome> {
		const session = this.#session;
		return session === null ? outcomeOf(null) : session.act(action);
	}

	/**
	 * Asks once before anyone looks, where connectors are in use: the kernel
	 * loads what it needs for its first answer, and that takes longer than a
	 * person likes to wait after a click.
	 */
	#prepare(): void {
		const session = this.#sessions.current;
		const { notebook } = this.#sessions;
		if (session === null || notebook === null) return;
		const inUse = this.#sessions.statusOf(notebook).connected.length > 0;
		if (!inUse || this.#prepared.has(session)) return;
		this.#prepared.add(session);
		void session.read("connected", "signins", "modes");
	}

	/** Turns to the session of the notebook in front. */
	#follow(): void {
		if (!this.isVisible) this.#prepare();
		// A session is not asked for anything before someone looks.
		const next = this.isVisible ? this.#sessions.current : this.#session;
		if (next !== this.#session) {
			this.#session?.want([]);
			this.#session?.changed.disconnect(this.#told, this);
			this.#session = next;
			next?.changed.connect(this.#told, this);
			this.#want();
		}
		this.#told();
	}

	#told(): void {
		for (const callback of this.#callbacks) callback();
	}

	#want(): void {
		if (this.isVisible) this.#session?.want(this.#parts);
	}

	#look(): void {
		if (Date.now() - this.#looked < LOOK_AGAIN) return;
		this.#looked = Date.now();
		void this.#session?.look();
	}
}
