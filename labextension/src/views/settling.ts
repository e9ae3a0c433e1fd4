/** Presses that count: only on what has stood where it is for a while. */

import type { Unsubscribe } from "../host";

/** A press sooner than this was meant for what stood there before. */
const STILL = 600;

export interface Settling {
	/** Something new is to be read first. */
	arm(): void;
	dispose: Unsubscribe;
}

/**
 * Makes buttons of a place deaf for a moment after they have appeared, moved
 * or come from below something else: an app anywhere in the page can change
 * its height, and so bring them under the pointer. A press that does not count
 * starts the moment anew. The keyboard aims at no place, so for it a button
 * may move.
 */
export function settling(
	place: HTMLElement,
	only: string,
	mark: (isFresh: boolean) => void,
): Settling {
	let moved = performance.now();
	let appeared = moved;
	let seen = "";
	let isFresh = false;
	let isMeant = false;
	let frame = 0;
	const look = () => {
		const now = performance.now();
		const where = whereabouts(place, only);
		if (where !== seen) moved = now;
		if (seen === "" && where !== "") appeared = now;
		seen = where;
		const is = now - moved < STILL;
		if (is !== isFresh) mark(is);
		isFresh = is;
	};
	const watch = () => {
		look();
		frame = place.hidden && !isFresh ? 0 : requestAnimationFrame(watch);
	};
	const arm = () => {
		moved = appeared = performance.now();
		cancelAnimationFrame(frame);
		watch();
	};
	const counts = (event: Event) => {
		look();
		const now = performance.now();
		if (event.type === "pointerdown") isMeant = now - moved >= STILL;
		return isAimed(event) ? isMeant : now - appeared >= STILL;
	};
	const stop = (event: Event) => {
		const { target, type } = event;
		if (!(target instanceof Element) || target.closest(only) === null) return;
		if (counts(event)) return;
		event.preventDefault();
		event.stopImmediatePropagation();
		// Somebody presses again and again, as in a game: none of these is an answer.
		if (type === "pointerdown") arm();
	};
	const kinds = ["pointerdown", "click", "auxclick"];
	for (const kind of kinds) {
		place.addEventListener(kind, stop, { capture: true });
	}
	arm();
	return {
		arm,
		dispose() {
			cancelAnimationFrame(frame);
			for (const kind of kinds) {
				place.removeEventListener(kind, stop, { capture: true });
			}
			if (isFresh) mark(false);
		},
	};
}

/** False for a press with the keyboard, or of a reader. */
function isAimed(event: Event): boolean {
	const { detail, pointerType = "" } = event as PointerEvent;
	return detail > 0 || pointerType !== "";
}

/** Where the buttons are that can be pressed, and how large; others are nowhere. */
function whereabouts(place: HTMLElement, only: string): string {
	const page = place.getRootNode() as Document | ShadowRoot;
	let found = "";
	if (!place.isConnected || place.hidden) return found;
	for (const each of place.querySelectorAll(only)) {
		const { x, y, width, height } = each.getBoundingClientRect();
		if (width === 0) continue;
		const top = page.elementFromPoint(x + width / 2, y + height / 2);
		if (each.contains(top))
			found += `${[x, y, width, height].map(Math.round)};`;
	}
	return found;
}
