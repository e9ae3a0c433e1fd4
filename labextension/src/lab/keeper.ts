/**
 * Keeps the names in a notebook and its kernel together: what is connected,
 * turned off or chosen, be it in the panel or in a cell, is written into the
 * notebook; what the notebook has off is turned off once it is connected.
 */

import type { NotebookPanel } from "@jupyterlab/notebook";
import { MODES, type Mode, type Modes } from "../panel/parts";
import { type InUse, NOTHING, type Status } from "../state/status";
import {
	KEY,
	type Names,
	readNames,
	withConnector,
	withMode,
	withoutConnector,
	withSwitch,
	writeNames,
} from "./metadata";
import type { Session } from "./session";
import type { Watch } from "./watch";

/** What a keeper needs of where it is. */
export interface KeeperHome {
	watch(): Watch | null;
	session(): Session | null;
	/** Whether names are written; a setting. */
	remembers(): boolean;
}

/** The names of one notebook. */
export class Keeper {
	readonly #panel: NotebookPanel;
	readonly #home: KeeperHome;
	#watch: Watch | null = null;
	/** As the kernel told it last; null as long as nobody knows. */
	#before: Status | null = null;
	/** What was narrowed already, once for a kernel: the person may have it otherwise from then on. */
	readonly #narrowed = new Set<string>();
	/** The same for the mode: with the first connector it may not cost less yet. */
	#hasMode = false;

	constructor(panel: NotebookPanel, home: KeeperHome) {
		this.#panel = panel;
		this.#home = home;
		void panel.context.ready.then(() => this.update());
	}

	/** Looks at what the kernel tells now. */
	update(): void {
		const watch = this.#home.watch();
		if (watch !== this.#watch) this.#forget(watch, null);
		if (watch === null || !this.#panel.context.isReady) return;
		const { presence, status } = watch;
		// A kernel without our package has nothing, and one that was started again begins anew.
		if (presence === "absent" || presence === "gone") {
			this.#forget(watch, NOTHING);
			return;
		}
		if (presence !== "here" || status === NOTHING) return;
		const before = this.#before;
		if (status === before) return;
		this.#before = status;
		void this.#narrow(status);
		if (before === null || !this.#home.remembers()) return;
		changeNames(this.#panel, (names) => after(names, before, status));
	}

	#forget(watch: Watch | null, before: Status | null): void {
		this.#watch = watch;
		this.#before = before;
		this.#narrowed.clear();
		this.#hasMode = false;
	}

	/** What the notebook asks for can be less than the person's settings, never more. */
	async #narrow({ connected, mode }: Status): Promise<void> {
		const names = namesOf(this.#panel);
		const fresh = connected.filter(({ id }) => !this.#narrowed.has(id));
		if (fresh.length === 0) return;
		for (const { id } of fresh) this.#narrowed.add(id);
		const off = fresh.filter(
			({ entry, here }) => here && names.off.includes(entry),
		);
		const session = this.#home.session();
		const turned = off.map(({ id }) =>
			session?.act({ type: "enable", connector: id, here: true, on: false }),
		);
		await Promise.all(turned);
		if (this.#hasMode || session === null) return;
		// What was set in this notebook by the person counts more.
		if (names.mode === null || typeof mode === "string") return;
		const { modes } = (await session.read("modes")).parts;
		if (modes === undefined || modes.own) return;
		if (!this.#hasMode && isLess(names.mode, modes)) {
			this.#hasMode = true;
			await session.act({ type: "mode", mode: names.mode });
		}
	}
}

/** From what sends the fewest tools to what sends the most. */
export const RISING: readonly Mode[] = ["on-demand", "auto", "always"];

/** True for a mode that sends less than the one in use. */
export function isLess(mode: Mode, { mode: now, choices }: Modes): boolean {
	const costOf = (one: Mode) =>
		choices.find((each) => each.mode === one)?.cost.tokens ?? 0;
	const isNarrower = RISING.indexOf(mode) < RISING.indexOf(now);
	return isNarrower && costOf(mode) < costOf(now);
}

export function namesOf(panel: NotebookPanel): Names {
	return readNames(panel.model?.getMetadata(KEY));
}

/** Writes the names only where they are others, so that nothing is unsaved by a look. */
function changeNames(
	panel: NotebookPanel,
	change: (names: Names) => Names,
): void {
	const { model } = panel;
	if (model === null || model.readOnly) return;
	const raw = model.getMetadata(KEY);
	const before = readNames(raw);
	const next = change(before);
	if (JSON.stringify(next) === JSON.stringify(before)) return;
	const names = writeNames(next, raw);
	if (names === null) model.deleteMetadata(KEY);
	else model.setMetadata(KEY, names);
}

/** The names after a change in the kernel. */
export function after(names: Names, before: Status, now: Status): Names {
	const added = now.connected.reduce(
		(all, each) => withOne(all, each, before),
		names,
	);
	const kept = new Set([
		...now.connected.map(({ entry }) => entry),
		// A sign-out elsewhere is no word of this notebook.
		...now.left,
	]);
	const next = before.connected
		.filter(({ entry }) => !kept.has(entry))
		.reduce((all, { entry }) => withoutConnector(all, entry), added);
	const mode = MODES.find((each) => each === now.mode) ?? null;
	const isKnown = before.mode !== undefined && now.mode !== undefined;
	return isKnown && now.mode !== before.mode ? withMode(next, mode) : next;
}

function withOne(names: Names, { id, entry, here }: InUse, before: Status) {
	const old = before.connected.find((each) => each.id === id);
	const named = old === undefined ? withConnector(names, entry) : names;
	return here === (old?.here ?? true) ? named : withSwitch(named, entry, here);
}
