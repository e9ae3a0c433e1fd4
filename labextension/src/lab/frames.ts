/** Draws the frames in a notebook's outputs, as long as the notebook's kernel still has them. */

import type { INotebookTracker } from "@jupyterlab/notebook";
import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { ask, type Content, type ControlKernel } from "../channel";
import { readAbout } from "../state/grid";
import type { Grid } from "../views/grid";
import { type Current, Output } from "./output";
import { isOurs } from "./watch";

export const MIME = "application/vnd.jupyter-connectors.grid+json";

const PATIENCE = 10_000;
/** After so long without an answer the preview is shown until one comes. */
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
class FrameRenderer extends Output {
	readonly #kernel: (node: HTMLElement) => Promise<ControlKernel | null>;
	#grid: Grid | null = null;

	constructor(
		registry: IRenderMimeRegistry,
		kernel: (node: HTMLElement) => Promise<ControlKernel | null>,
	) {
		super(registry, BRIEFLY);
		this.#kernel = kernel;
		this.addClass("jcn-frame");
	}

	protected override onAfterAttach(): void {
		super.onAfterAttach();
		this.#grid?.revive();
	}

	protected override async live(
		model: IRenderMime.IMimeModel,
		isCurrent: Current,
	): Promise<string | null> {
		const data = model.data[MIME] as { id?: unknown } | undefined;
		const id = data?.id;
		if (typeof id !== "string") return "";
		const kernel = await this.#kernel(this.node);
		if (kernel === null || !(await isOurs(kernel))) return "";
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
		if (about === null) return "";
		await seen(this.node);
		if (!isCurrent()) return null;
		const place = document.createElement("div");
		const grid = await view.mount(place, about, home, () => {
			if (isCurrent()) this.replace(place);
		});
		if (isCurrent()) this.#grid = grid;
		else grid?.dispose();
		return grid === null ? "" : null;
	}

	protected override end(): void {
		this.#grid?.dispose();
		this.#grid = null;
	}

	/** A notebook that nobody here has made or trusted shows its results as text: HTML may load pictures from anywhere. */
	protected override previews({
		trusted,
	}: IRenderMime.IMimeModel): readonly string[] {
		return trusted ? ["text/html", "text/plain"] : ["text/plain"];
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
