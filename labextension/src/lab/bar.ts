/** The quiet bar under a notebook's toolbar that says which connectors it uses. Nothing connects before a click. */

import type { NotebookPanel } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";
import { attributes, button, element, root, setText } from "../dom";
import { icon } from "../icon";
import type { Words } from "../panel/words";
import { lacks } from "../state/connectors";
import barSheet from "../styles/bar.css";
import { KEY, listed, titleOf } from "./metadata";
import type { Session } from "./session";
import { namesOf, type Sessions } from "./sessions";

export interface BarHome {
	readonly words: Words;
	/** A setting. */
	isOn(): boolean;
	/** Shows the panel, and the page of an entry that needs something first. */
	open(entry?: string): void;
}

/** Puts a bar over each notebook that names connectors which are not connected. */
export function showBars(
	panel: NotebookPanel,
	sessions: Sessions,
	home: BarHome,
): Bar {
	const bar = new Bar(panel, sessions, home);
	panel.contentHeader.addWidget(bar);
	return bar;
}

/** One notebook's bar. */
export class Bar extends Widget {
	readonly #panel: NotebookPanel;
	readonly #sessions: Sessions;
	readonly #home: BarHome;
	readonly #text = element("span", "jcn-bar-text");
	readonly #connect: HTMLButtonElement;
	#isDismissed = false;

	constructor(panel: NotebookPanel, sessions: Sessions, home: BarHome) {
		super();
		this.#panel = panel;
		this.#sessions = sessions;
		this.#home = home;
		this.addClass("jcn-notebook-bar");
		const { words } = home;
		this.#connect = button("jcn-link", words.__("Connect"), () => {
			this.#dismiss();
			void this.#start();
		});
		const close = button("jcn-copy", "", () => this.#dismiss());
		close.append(icon("cross"));
		attributes(close, {
			"aria-label": words.__("Not now"),
			title: words.__("Not now"),
		});
		const place = element("div", "");
		const node = root(place, "uses", barSheet);
		attributes(node, { role: "region", "aria-label": words.__("Connectors") });
		node.append(icon("plug"), this.#text, this.#connect, close);
		this.node.append(place);
		this.hide();
		sessions.changed.connect(this.update, this);
		void panel.context.ready.then(() => this.update());
		panel.model?.metadataChanged.connect((_, { key }) => {
			if (key === KEY) this.update();
		});
		this.update();
	}

	/** What the notebook names and nobody has connected. */
	get missing(): readonly string[] {
		const used = this.#sessions.statusOf(this.#panel).connected;
		return namesOf(this.#panel).connectors.filter(
			(name) =>
				!used.some(({ id }) => id === name || id.startsWith(`${name}-`)),
		);
	}

	protected override onUpdateRequest(): void {
		const { words } = this.#home;
		const missing = this.missing;
		const shown = this.#home.isOn() && !this.#isDismissed && missing.length > 0;
		this.setHidden(!shown);
		if (!shown) return;
		const titles = missing.map((name) => this.#titleOf(name));
		const names = listed(titles, words.__("and"));
		setText(this.#text, words.__("This notebook uses %1", names));
		this.#text.title = names;
		attributes(this.#connect, {
			"aria-label": words.__("Connect %1", names),
		});
	}

	#titleOf(name: string): string {
		const { directory } = this.#sessions.of(this.#panel)?.panel.parts ?? {};
		const entry = directory?.entries.find(({ id }) => id === name);
		return entry?.title || titleOf(name);
	}

	#dismiss(): void {
		this.#isDismissed = true;
		this.update();
	}

	async #start(): Promise<void> {
		const names = this.missing;
		this.#home.open();
		const session = this.#sessions.of(this.#panel);
		if (session === null || !(await session.start())) return;
		await session.read("directory", "connected");
		for (const name of names) await this.#connectOne(session, name);
		await this.#narrow(session);
	}

	async #connectOne(session: Session, name: string): Promise<void> {
		const { directory } = session.panel.parts;
		const entry = directory?.entries.find(({ id }) => id === name);
		if (entry?.state === "connected") return;
		// What it needs is asked for on its page; a name the kernel does not know, it says so.
		if (entry !== undefined && lacks(entry)) this.#home.open(name);
		else await session.act({ type: "connect", entry: name });
	}

	/** What the notebook asks for can be less than the person's settings, never more. */
	async #narrow(session: Session): Promise<void> {
		const { off, mode } = namesOf(this.#panel);
		const { parts } = await session.read("connected", "modes");
		for (const { id, entry, here, mine } of parts.connected ?? []) {
			if (!off.includes(entry || id) || !(here && mine)) continue;
			await session.act({
				type: "enable",
				connector: id,
				here: true,
				on: false,
			});
		}
		const { modes } = parts;
		if (mode === null || modes === undefined || modes.own) return;
		const costOf = (one: string) =>
			modes.choices.find((each) => each.mode === one)?.cost.tokens ?? 0;
		if (costOf(mode) < costOf(modes.mode)) {
			await session.act({ type: "mode", mode });
		}
	}
}
