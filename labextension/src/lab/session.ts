/** What the panel knows of one kernel: asked for when it is shown, and again when something changed. */

import type { KernelMessage } from "@jupyterlab/services";
import { type ISignal, Signal } from "@lumino/signaling";
import type { Content } from "../channel";
import type { Message } from "../host";
import { LOAD } from "../load";
import { type Action, type Outcome, outcomeOf } from "../panel/action";
import type { Part } from "../panel/parts";
import {
	EMPTY,
	type Event,
	type Panel,
	reduce,
	type Situation,
} from "../panel/state";
import { trans } from "../words";
import type { Watch } from "./watch";

const PANEL = "panel";
/** A connect waits for a person who signs in. */
const LONG = 24 * 3_600_000;
const UNLOADED: readonly Situation[] = [
	"absent",
	"missing",
	"failed",
	"no kernel",
	"other language",
];
/** Whether the package is there is found out by loading it. */
const FOUND_OUT: readonly Situation[] = ["starting", "missing", "failed"];

/** The panel's side of one kernel connection. */
export class Session {
	readonly #watch: Watch;
	readonly #changed = new Signal<this, void>(this);
	#panel: Panel;
	#wanted: readonly Part[] = [];
	#isAsking = false;
	#isStale = false;

	constructor(watch: Watch, notebook: string, ours: string) {
		this.#watch = watch;
		this.#panel = { ...EMPTY, notebook, ours, situation: "asking" };
		watch.changed.connect(this.#onWatch, this);
		watch.executed.connect(this.#onExecuted, this);
		this.#onWatch();
	}

	get panel(): Panel {
		return this.#panel;
	}

	get watch(): Watch {
		return this.#watch;
	}

	get changed(): ISignal<this, void> {
		return this.#changed;
	}

	dispose(): void {
		this.#watch.changed.disconnect(this.#onWatch, this);
		this.#watch.executed.disconnect(this.#onExecuted, this);
		Signal.clearData(this);
	}

	/** These parts are shown from now on; none, where nobody looks. */
	want(parts: readonly Part[]): void {
		this.#wanted = parts;
		void this.#ask();
	}

	/** Looks at what other kernels have done, as a person turns to the panel. */
	async look(): Promise<void> {
		if (this.#panel.situation !== "ready") {
			await this.#watch.refresh();
			return;
		}
		await this.#watch.request({ id: PANEL, type: "look" }).catch(() => null);
		await this.#ask();
	}

	/** Has the kernel do something. What comes of it is in the state as well. */
	async act(action: Action): Promise<Outcome> {
		if (action.type === "look") {
			await this.look();
			return outcomeOf({ status: "ok" });
		}
		this.#reduce({ type: "began", action });
		const content = { ...action, id: PANEL } as unknown as Content;
		const reply = await this.#watch.request(content, LONG).catch(unanswered);
		this.#reduce({ type: "ended", action, reply });
		await this.#ask();
		return outcomeOf(reply);
	}

	/** The line of code that an action is; nothing is done. */
	async lineOf(action: Action): Promise<string> {
		const content = { ...action, id: PANEL, dry: true } as unknown as Content;
		const reply = await this.#watch.request(content).catch(unanswered);
		return outcomeOf(reply).code;
	}

	/** A part, from the kernel, whether it is shown or not. */
	async read(...parts: Part[]): Promise<Panel> {
		await this.#fetch(parts);
		return this.#panel;
	}

	send(message: Message): void {
		void this.#watch.send(message);
	}

	/** The notebook has another name. */
	rename(notebook: string): void {
		this.#reduce({ type: "notebook", notebook });
	}

	dismiss(): void {
		this.#reduce({ type: "dismissed" });
	}

	/** Loads our package into the kernel, without a trace in the notebook. True if it is there now. */
	async start(): Promise<boolean> {
		if (this.#isHere()) return true;
		this.#situate("starting");
		const future = this.#watch.kernel.requestExecute({
			code: LOAD,
			silent: false,
			store_history: false,
			allow_stdin: false,
			stop_on_error: false,
		});
		const reply = await future.done.catch(() => null);
		await this.#watch.refresh();
		if (this.#isHere()) return true;
		const failure = failureOf(reply?.content);
		this.#reduce({ type: "situation", ...failure });
		return false;
	}

	#isHere(): boolean {
		return this.#watch.presence === "here";
	}

	#reduce(event: Event): void {
		this.#panel = reduce(this.#panel, event);
		this.#changed.emit();
	}

	#situate(situation: Situation, language = ""): void {
		this.#reduce({ type: "situation", situation, language });
	}

	#onWatch(): void {
		const { presence, status } = this.#watch;
		if (presence !== "here") {
			void this.#away(presence);
			return;
		}
		// What was true of a kernel without the package is not any more.
		if (UNLOADED.includes(this.#panel.situation)) this.#situate("asking");
		if (status.pending !== this.#panel.pending) {
			this.#reduce({ type: "pending", pending: status.pending });
		}
		void this.#ask();
	}

	async #away(presence: Watch["presence"]): Promise<void> {
		const { situation } = this.#panel;
		if (FOUND_OUT.includes(situation)) return;
		if (presence !== "absent") {
			this.#situate(presence === "gone" ? "no kernel" : "asking");
			return;
		}
		const info = await this.#watch.kernel.info.catch(() => null);
		const language = info?.language_info.name ?? "python";
		if (this.#watch.presence !== "absent") return;
		if (language === "python") this.#situate("absent");
		else this.#situate("other language", language);
	}

	#onExecuted(): void {
		// A cell may have loaded our package, or made a table.
		if (this.#wanted.length === 0) return;
		if (this.#watch.presence !== "here") void this.#watch.refresh();
		else if (this.#wanted.includes("data")) void this.#ask();
	}

	/** Asks for what is shown; what changes meanwhile is asked for once more, and not more often. */
	async #ask(): Promise<void> {
		if (this.#wanted.length === 0 || this.#watch.presence !== "here") return;
		if (this.#isAsking) {
			this.#isStale = true;
			return;
		}
		this.#isAsking = true;
		do {
			this.#isStale = false;
			await this.#fetch(this.#wanted);
		} while (this.#isStale && !this.#watch.isDisposed);
		this.#isAsking = false;
	}

	async #fetch(parts: readonly Part[]): Promise<void> {
		const request = { id: PANEL, type: "state", parts: [...parts] };
		const reply = await this.#watch.request(request).catch(() => null);
		if (reply === null || this.#watch.isDisposed) return;
		this.#reduce({ type: "told", reply });
	}
}

/** Why a load came to nothing. One that was aborted, because an earlier cell failed, can be pressed again. */
function failureOf(
	content: KernelMessage.IExecuteReplyMsg["content"] | undefined,
): {
	readonly situation: Situation;
	readonly failure?: string;
} {
	if (content?.status === "ok") {
		const failure = trans.__(
			"It was loaded and does not answer. Something else in this kernel may be called jupyter_connectors.",
		);
		return { situation: "failed", failure };
	}
	if (content?.status !== "error") return { situation: "absent" };
	const { ename, evalue } = content;
	const isMissing =
		ename === "ModuleNotFoundError" && evalue.includes("jupyter_connectors");
	if (isMissing) return { situation: "missing" };
	return { situation: "failed", failure: `${ename}: ${evalue}` };
}

function unanswered(): Content {
	return {
		status: "error",
		problem: trans.__("The kernel has not answered"),
		hint: trans.__("It may have been restarted"),
	};
}
