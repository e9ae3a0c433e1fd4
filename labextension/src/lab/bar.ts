/** The quiet bar under a notebook's toolbar that says which connectors it uses. Nothing connects before a click. */

import type { NotebookPanel } from "@jupyterlab/notebook";
import { Widget } from "@lumino/widgets";
import { attributes, button, element, root, setText } from "../dom";
import { icon } from "../icon";
import { saidOf } from "../panel/situation";
import { lacks } from "../state/connectors";
import barSheet from "../styles/bar.css";
import { visible } from "../text";
import { trans } from "../words";
import { namesOf } from "./keeper";
import { KEY, listed, titleOf } from "./metadata";
import type { Session } from "./session";
import type { Sessions } from "./sessions";

export interface BarHome {
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
	readonly #text = attributes(element("span", "jcn-bar-text"), {
		role: "status",
	});
	readonly #connect: HTMLButtonElement;
	#isDismissed = false;
	#isBusy = false;
	/** Why the last press came to nothing. */
	#problem = "";

	constructor(panel: NotebookPanel, sessions: Sessions, home: BarHome) {
		super();
		this.#panel = panel;
		this.#sessions = sessions;
		this.#home = home;
		this.addClass("jcn-notebook-bar");
		this.#connect = button("jcn-link", "", () => void this.#start());
		const close = button("jcn-copy", "", () => {
			this.#isDismissed = true;
			this.update();
		});
		close.append(icon("cross"));
		attributes(close, {
			"aria-label": trans.__("Not now"),
			title: trans.__("Not now"),
		});
		const place = element("div", "");
		const node = root(place, "uses", barSheet);
		attributes(node, { role: "region", "aria-label": trans.__("Connectors") });
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
			(name) => !used.some(({ entry }) => entry === name),
		);
	}

	protected override onUpdateRequest(): void {
		const missing = this.missing;
		const shown = this.#home.isOn() && !this.#isDismissed && missing.length > 0;
		this.setHidden(!shown);
		if (!shown) return;
		const titles = missing.map((name) => this.#titleOf(name));
		const names = listed(titles, trans.__("and"));
		const words = this.#wordsOf(names);
		setText(this.#text, words);
		this.#text.title = words;
		const does =
			this.#problem === "" ? trans.__("Connect") : trans.__("Try again");
		setText(this.#connect, does);
		this.#connect.disabled = this.#isBusy;
		attributes(this.#connect, {
			"aria-label": trans.__("Connect %1", names),
		});
	}

	#wordsOf(names: string): string {
		if (this.#isBusy) return trans.__("Connecting %1…", names);
		return this.#problem === ""
			? trans.__("This notebook uses %1", names)
			: visible(this.#problem);
	}

	#titleOf(name: string): string {
		const { directory } = this.#sessions.of(this.#panel)?.panel.parts ?? {};
		const entry = directory?.entries.find(({ id }) => id === name);
		return visible(entry?.title || titleOf(name));
	}

	async #start(): Promise<void> {
		this.#home.open();
		this.#isBusy = true;
		this.#problem = "";
		this.update();
		this.#problem = await this.#connectAll();
		this.#isBusy = false;
		this.update();
	}

	/** All at once, for one of them may wait for a sign-in. Gives what went wrong; the bar stays with that. */
	async #connectAll(): Promise<string> {
		const session = this.#sessions.of(this.#panel);
		if (session === null) return trans.__("This notebook has no kernel");
		if (!(await session.start())) {
			return saidOf(session.panel.situation, session.panel)?.title ?? "";
		}
		await session.read("directory", "connected");
		const connecting = this.missing.map((name) =>
			this.#connectOne(session, name),
		);
		const problems = await Promise.all(connecting);
		return problems.find((problem) => problem !== "") ?? "";
	}

	async #connectOne(session: Session, name: string): Promise<string> {
		const { directory } = session.panel.parts;
		const entry = directory?.entries.find(({ id }) => id === name);
		// What it needs is asked for on its page; a name the kernel does not know, it says so.
		if (entry !== undefined && lacks(entry)) {
			this.#home.open(name);
			return "";
		}
		return (await session.act({ type: "connect", entry: name })).problem;
	}
}
