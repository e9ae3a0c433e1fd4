/** Draws the frames in a notebook's outputs, as long as the notebook's kernel still has them. */

import type { INotebookTracker } from "@jupyterlab/notebook";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { PanelLayout, Widget } from "@lumino/widgets";
import { ask, type Content, type ControlKernel } from "../channel";
import { readAbout } from "../state/grid";
import type { Grid } from "../views/grid";
import { isOurs } from "./watch";

export const MIME = "application/vnd.jupyter-connectors.grid+json";

const PATIENCE = 10_000;
/** After so long without an answer the saved preview is shown until one comes. */
const BRIEFLY = 400;

/** Teaches a registry to show frames; below HTML in rank, so that it is preferred to that. */
export function showFrames(
	registry: IRenderMimeRegistry,
	tracker: INotebookTracker,
): void {
	registry.addFactory(
		{
			safe: true,
			mimeTypes: [MIME],
			createRenderer: () =>
				new FrameRenderer(registry, (node) => kernelOf(tracker, node)),
		},
		10,
	);
}

/** The kernel of the notebook that a node is in. */
async function kernelOf(
	tracker: INotebookTracker,
	node: HTMLElement,
): Promise<ControlKernel | null> {
	const panel = tracker.find((each) => each.node.contains(node));
	if (panel === undefined) return null;
	await panel.sessionContext.ready;
	return panel.sessionContext.session?.kernel ?? null;
}

/** One output: a live grid, or the preview that was saved with it. */
class FrameRenderer extends Widget implements IRenderMime.IRenderer {
	readonly #registry: IRenderMimeRegistry;
	readonly #kernel: (node: HTMLElement) => Promise<ControlKernel | null>;
	readonly #attached: Promise<void>;
	#attach = () => {};
	#grid: Grid | null = null;
	#round = 0;

	constructor(
		registry: IRenderMimeRegistry,
		kernel: (node: HTMLElement) => Promise<ControlKernel | null>,
	) {
		super();
		this.#registry = registry;
		this.#kernel = kernel;
		this.#attached = new Promise((resolve) => {
			this.#attach = resolve;
		});
		this.layout = new PanelLayout();
		this.addClass("jcn-frame");
	}

	async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
		this.#round += 1;
		this.#clear();
		// Not awaited: the notebook puts an output into the page only when it is rendered.
		void this.#draw(model, this.#round);
	}

	override dispose(): void {
		if (this.isDisposed) return;
		this.#round += 1;
		this.#grid?.dispose();
		super.dispose();
	}

	protected override onAfterAttach(): void {
		this.#attach();
		this.#grid?.revive();
	}

	async #draw(model: IRenderMime.IMimeModel, round: number): Promise<void> {
		const timer = setTimeout(() => this.#preview(model, round), BRIEFLY);
		const grid = await this.#live(model, round).catch(() => null);
		clearTimeout(timer);
		if (round !== this.#round) grid?.dispose();
		else if (grid === null) this.#preview(model, round);
		else this.#grid = grid;
	}

	async #live(
		model: IRenderMime.IMimeModel,
		round: number,
	): Promise<Grid | null> {
		const data = model.data[MIME] as { id?: unknown } | undefined;
		const id = data?.id;
		if (typeof id !== "string") return null;
		await this.#attached;
		const kernel = await this.#kernel(this.node);
		if (kernel === null || !(await isOurs(kernel))) return null;
		const home = {
			// Looked up for each request: a restart brings another connection.
			ask: async (request: Content) => {
				const now = (await this.#kernel(this.node)) ?? kernel;
				return ask(now, { ...request, id }, { limit: PATIENCE });
			},
		};
		const [view, reply] = await Promise.all([
			import("../views/grid"),
			home.ask({ type: "about" }),
		]);
		const about = readAbout(reply);
		if (about === null) return null;
		await seen(this.node);
		if (round !== this.#round) return null;
		const place = document.createElement("div");
		const shown = await view.mount(place, about, home, () => {
			this.#clear();
			this.node.append(place);
		});
		return shown;
	}

	#preview(model: IRenderMime.IMimeModel, round: number): void {
		const layout = this.layout as PanelLayout;
		if (round !== this.#round || layout.widgets.length > 0) return;
		// A notebook that nobody here has made or trusted shows its results as text: HTML may load pictures from anywhere.
		const kinds = model.trusted ? ["text/html", "text/plain"] : ["text/plain"];
		const kind = kinds.find((each) => each in model.data);
		if (kind === undefined) return;
		const preview = this.#registry.createRenderer(kind);
		layout.addWidget(preview);
		void preview.renderModel(model);
	}

	#clear(): void {
		this.#grid?.dispose();
		this.#grid = null;
		for (const each of [...(this.layout as PanelLayout).widgets])
			each.dispose();
		this.node.replaceChildren();
	}
}

/** Resolves when a node has a width: in a hidden one nothing can be measured. */
function seen(node: HTMLElement): Promise<void> {
	if (node.clientWidth > 0) return Promise.resolve();
	return new Promise((resolve) => {
		const observer = new ResizeObserver(() => {
			if (node.clientWidth === 0) return;
			observer.disconnect();
			resolve();
		});
		observer.observe(node);
	});
}
