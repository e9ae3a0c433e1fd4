/** An output of a cell that is drawn with the kernel's help, and its saved preview where there is none. */

import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { PanelLayout, Widget } from "@lumino/widgets";

/** True until the output is given something else to show. */
export type Current = () => boolean;

/** Shows a model alive; until then, or instead, the preview that was saved with it. */
export abstract class Output extends Widget implements IRenderMime.IRenderer {
	readonly #registry: IRenderMimeRegistry;
	readonly #briefly: number;
	readonly #attached: Promise<void>;
	#attach = () => {};
	#isAlive = false;
	#round = 0;

	/** After `briefly` ms without an answer the preview is shown until one comes. */
	constructor(registry: IRenderMimeRegistry, briefly: number) {
		super();
		this.#registry = registry;
		this.#briefly = briefly;
		this.#attached = new Promise((resolve) => {
			this.#attach = resolve;
		});
		this.layout = new PanelLayout();
	}

	async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
		this.#round += 1;
		const mine = this.#round;
		this.clear();
		// Not awaited: the notebook puts an output into the page only when it is rendered.
		void this.#draw(model, () => mine === this.#round);
	}

	override dispose(): void {
		if (this.isDisposed) return;
		this.#round += 1;
		this.end();
		super.dispose();
	}

	/** Puts the model alive into `replace`; gives null, or, where that can't be, the words for the person. */
	protected abstract live(
		model: IRenderMime.IMimeModel,
		isCurrent: Current,
	): Promise<string | null>;

	/** Ends what is alive. */
	protected abstract end(): void;

	/** The kinds of the model that may be its preview, the best first. */
	protected abstract previews(model: IRenderMime.IMimeModel): readonly string[];

	/** Says below the preview why it is not alive. */
	protected say(_model: IRenderMime.IMimeModel, _words: string): void {}

	/** The kind of the preview; undefined where there is none. */
	protected previewOf(model: IRenderMime.IMimeModel): string | undefined {
		return this.previews(model).find((each) => each in model.data);
	}

	/** Shows what is alive in place of all else. */
	protected replace(place: HTMLElement): void {
		this.clear();
		this.#isAlive = true;
		this.node.append(place);
	}

	protected clear(): void {
		this.end();
		this.#isAlive = false;
		for (const each of [...this.#panel.widgets]) each.dispose();
		this.node.replaceChildren();
	}

	protected override onAfterAttach(): void {
		this.#attach();
	}

	get #panel(): PanelLayout {
		return this.layout as PanelLayout;
	}

	async #draw(
		model: IRenderMime.IMimeModel,
		isCurrent: Current,
	): Promise<void> {
		const preview = () => {
			if (isCurrent()) this.#preview(model);
		};
		const timer = setTimeout(preview, this.#briefly);
		const problem = await this.#attached
			.then(() => this.live(model, isCurrent))
			.catch(() => "");
		clearTimeout(timer);
		if (problem === null || !isCurrent()) return;
		// What failed half way is no output.
		if (this.#isAlive) this.clear();
		this.#preview(model);
		this.say(model, problem);
	}

	#preview(model: IRenderMime.IMimeModel): void {
		if (this.#isAlive || this.#panel.widgets.length > 0) return;
		const kind = this.previewOf(model);
		if (kind === undefined) return;
		const preview = this.#registry.createRenderer(kind);
		this.#panel.addWidget(preview);
		void preview.renderModel(model);
	}
}
