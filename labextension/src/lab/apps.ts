/** Runs the apps in a notebook's outputs, as long as the notebook's kernel still has them. */

import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { PanelLayout, Widget } from "@lumino/widgets";
import { sandboxPage } from "../apps/sandbox";
import { element } from "../dom";
import type { Unsubscribe } from "../host";
import { problemOf, readOpened } from "../state/app";
import { visible } from "../text";
import { mount } from "../views/app";
import { baseUrl } from "../whereabouts";
import { Home, PATIENCE, type Page } from "./apphome";
import type { Notebooks } from "./notebooks";
import { isOurs } from "./watch";

export const MIME = "application/vnd.jupyter-connectors.app+json";

const CLOSED = "Run this cell to open the app.";

/** After so long without an answer the saved preview is shown until one comes. */
const BRIEFLY = 1500;

const GRID = "application/vnd.jupyter-connectors.grid+json";
const PREVIEWS = [GRID, "text/html", "text/plain"];

/** Teaches a registry to run apps; lowest in rank, so that it is preferred to all else. */
export function showApps(
	registry: IRenderMimeRegistry,
	notebooks: Notebooks,
): void {
	let found: Promise<string | null> | null = null;
	const sandbox = () => {
		const base = baseUrl();
		found ??= base === null ? Promise.resolve(null) : sandboxPage(base.href);
		return found;
	};
	const page: Page = { registry, notebooks, sandbox, heights: new Map() };
	registry.addFactory(
		{
			safe: true,
			mimeTypes: [MIME],
			createRenderer: ({ resolver }) => new AppRenderer(page, resolver),
		},
		// Before that of widgets (-10): a kernel that has not heard of us yet sends both.
		-20,
	);
}

/** One output: an app, or the preview that was saved with it. */
class AppRenderer extends Widget implements IRenderMime.IRenderer {
	readonly #page: Page;
	readonly #resolver: IRenderMime.IResolver | null;
	readonly #attached: Promise<void>;
	#attach = () => {};
	#unmount: Unsubscribe | null = null;
	/** The id of the app that runs here. */
	#running: unknown = null;
	#round = 0;

	constructor(page: Page, resolver: IRenderMime.IResolver | null) {
		super();
		this.#page = page;
		this.#resolver = resolver;
		this.#attached = new Promise((resolve) => {
			this.#attach = resolve;
		});
		this.layout = new PanelLayout();
		this.addClass("jcn-output");
	}

	async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
		// An answer that ends changes the text beside its apps; they run on.
		if (this.#unmount !== null && idOf(model) === this.#running) return;
		this.#round += 1;
		this.#clear();
		// Not awaited: the notebook puts an output into the page only when it is rendered.
		void this.#draw(model, this.#round);
	}

	override dispose(): void {
		if (this.isDisposed) return;
		this.#round += 1;
		this.#unmount?.();
		this.#unmount = null;
		super.dispose();
	}

	protected override onAfterAttach(): void {
		this.#attach();
	}

	async #draw(model: IRenderMime.IMimeModel, round: number): Promise<void> {
		const timer = setTimeout(() => this.#preview(model, round), BRIEFLY);
		const problem = await this.#live(model, round).catch(() => CLOSED);
		clearTimeout(timer);
		if (problem === "") return;
		this.#preview(model, round);
		if (problem !== CLOSED || !saysSo(model)) this.#say(problem, round);
	}

	/** Runs the app; gives the words for the person where it does not run. */
	async #live(model: IRenderMime.IMimeModel, round: number): Promise<string> {
		const id = idOf(model);
		if (typeof id !== "string") return CLOSED;
		await this.#attached;
		const { notebooks } = this.#page;
		const panel = notebooks.find(this.#resolver, this.node);
		if (panel === null) return CLOSED;
		await panel.sessionContext.ready;
		const kernel = panel.sessionContext.session?.kernel;
		if (!kernel) return CLOSED;
		const known = notebooks.of(panel)?.presence === "here";
		if (!known && !(await isOurs(kernel))) return CLOSED;
		const home = new Home(this.#page, panel, id, this.node);
		const reply = await home.ask({ type: "open" }, PATIENCE);
		const app = readOpened(reply);
		if (app === null || round !== this.#round) {
			home.dispose();
			return app === null ? problemOf(reply) || CLOSED : "";
		}
		this.#clear();
		const place = document.createElement("div");
		this.node.append(place);
		const unmount = mount(place, app, home);
		this.#running = id;
		this.#unmount = () => {
			unmount();
			home.dispose();
		};
		return "";
	}

	#preview(model: IRenderMime.IMimeModel, round: number): void {
		const layout = this.layout as PanelLayout;
		if (round !== this.#round || layout.widgets.length > 0) return;
		const kind = previewOf(model);
		if (kind === undefined || this.#unmount !== null) return;
		const preview = this.#page.registry.createRenderer(kind);
		layout.addWidget(preview);
		void preview.renderModel(model);
	}

	#say(words: string, round: number): void {
		if (round !== this.#round || this.#unmount !== null) return;
		const line = element("p", "jcn-hint", visible(words));
		line.style.cssText =
			"margin: 6px 0; color: var(--jp-ui-font-color2); white-space: pre-line";
		this.node.append(line);
	}

	#clear(): void {
		this.#unmount?.();
		this.#unmount = null;
		for (const each of [...(this.layout as PanelLayout).widgets])
			each.dispose();
		this.node.replaceChildren();
	}
}

function idOf({ data }: IRenderMime.IMimeModel): unknown {
	return (data[MIME] as { id?: unknown } | undefined)?.id;
}

/** A notebook that nobody here has made or trusted shows its results as text: HTML may load pictures from anywhere. */
function previewOf({
	data,
	trusted,
}: IRenderMime.IMimeModel): string | undefined {
	const previews = trusted ? PREVIEWS : [GRID, "text/plain"];
	return previews.find((each) => each in data);
}

/** True where the preview itself tells how the app is opened. */
function saysSo(model: IRenderMime.IMimeModel): boolean {
	const kind = previewOf(model) ?? GRID;
	return kind !== GRID && /run the cell/i.test(String(model.data[kind]));
}
