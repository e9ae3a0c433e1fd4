/** Runs the apps in a notebook's outputs, as long as the notebook's kernel still has them. */

import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import type { Kernel } from "@jupyterlab/services";
import { pageOf } from "../apps/sandbox";
import { element } from "../dom";
import type { Unsubscribe } from "../host";
import { problemOf, readOpened } from "../state/app";
import { visible } from "../text";
import { mount } from "../views/app";
import { baseUrl } from "../whereabouts";
import { trans } from "../words";
import { Home, type Page } from "./apphome";
import type { Notebooks } from "./notebooks";
import { type Current, Output } from "./output";
import { isOurs } from "./watch";

export const MIME = "application/vnd.jupyter-connectors.app+json";

/** After so long without an answer the saved preview is shown until one comes. */
const BRIEFLY = 1500;

const GRID = "application/vnd.jupyter-connectors.grid+json";
const PREVIEWS = [GRID, "text/html", "text/plain"];

/** Teaches a registry to run apps; lowest in rank, so that it is preferred to all else. */
export function showApps(
	registry: IRenderMimeRegistry,
	notebooks: Notebooks,
	signIn: Page["signIn"],
): void {
	const sandbox = pageOf(baseUrl());
	const heights = new Map<string, number>();
	const page: Page = { registry, notebooks, sandbox, heights, signIn };
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
class AppRenderer extends Output {
	readonly #page: Page;
	readonly #resolver: IRenderMime.IResolver | null;
	/** Of the app that runs, or of the request for it. */
	#home: Home | null = null;
	#unmount: Unsubscribe | null = null;
	/** The id of the app that runs here. */
	#running: unknown = null;

	constructor(page: Page, resolver: IRenderMime.IResolver | null) {
		super(page.registry, BRIEFLY);
		this.#page = page;
		this.#resolver = resolver;
		this.addClass("jcn-output");
	}

	override async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
		// An answer that ends changes the text beside its apps; they run on.
		if (this.#unmount !== null && idOf(model) === this.#running) return;
		await super.renderModel(model);
	}

	protected override async live(
		model: IRenderMime.IMimeModel,
		isCurrent: Current,
	): Promise<string | null> {
		const id = idOf(model);
		if (typeof id !== "string") return "";
		const { notebooks } = this.#page;
		const panel = notebooks.find(this.#resolver, this.node);
		if (panel === null) return "";
		await panel.sessionContext.ready;
		const kernel = panel.sessionContext.session?.kernel;
		if (!kernel) return "";
		const isHere = () => notebooks.of(panel)?.presence === "here";
		if (!(await isKnown(kernel, isHere, isCurrent))) return "";
		if (!isCurrent()) return null;
		const home = new Home(this.#page, panel, id, this.node);
		this.#home = home;
		const reply = await home.open();
		if (!isCurrent()) return null;
		const app = readOpened(reply);
		if (app === null) {
			this.end();
			return problemOf(reply);
		}
		const place = document.createElement("div");
		// Not with the home: what is replaced is the preview.
		this.#home = null;
		this.replace(place);
		this.#home = home;
		this.#unmount = mount(place, app, home);
		this.#running = id;
		return null;
	}

	protected override end(): void {
		this.#unmount?.();
		this.#unmount = null;
		this.#home?.dispose();
		this.#home = null;
	}

	/** A notebook that nobody here has made or trusted shows its results as text: HTML may load pictures from anywhere. */
	protected override previews({
		trusted,
	}: IRenderMime.IMimeModel): readonly string[] {
		return trusted ? PREVIEWS : [GRID, "text/plain"];
	}

	protected override say(model: IRenderMime.IMimeModel, words: string): void {
		if (words === "" && this.#saysSo(model)) return;
		const said = visible(words) || trans.__("Run this cell to open the app.");
		const line = element("p", "jcn-hint", said);
		line.style.cssText =
			"margin: 6px 0; color: var(--jp-ui-font-color2); white-space: pre-line";
		this.node.append(line);
	}

	/** True where the preview itself tells how the app is opened. */
	#saysSo(model: IRenderMime.IMimeModel): boolean {
		const kind = this.previewOf(model) ?? GRID;
		return kind !== GRID && /run the cell/i.test(String(model.data[kind]));
	}
}

/** Whether the kernel is one of ours; one that computes says so when it is done. */
async function isKnown(
	kernel: Kernel.IKernelConnection,
	isHere: () => boolean,
	isCurrent: Current,
): Promise<boolean> {
	while (isCurrent() && !kernel.isDisposed) {
		if (isHere()) return true;
		const answer = await isOurs(kernel).catch(() => null);
		if (answer !== null) return answer;
		if (["idle", "dead"].includes(kernel.status)) return false;
	}
	return false;
}

function idOf({ data }: IRenderMime.IMimeModel): unknown {
	return (data[MIME] as { id?: unknown } | undefined)?.id;
}
