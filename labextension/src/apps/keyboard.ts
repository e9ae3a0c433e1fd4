/**
 * Keeps the keyboard with the person. A frame may take it at any moment, and
 * what somebody then types into a cell, or as a password, an app would read.
 */

import type { Unsubscribe } from "../host";

/** Somebody who typed just now, types on. */
const TYPING = 1000;
const TABBED = 300;

/** So often within so many ms, and it is no accident. */
const OFTEN = 4;
const SPAN = 5000;

/**
 * Gives the keyboard back when a frame takes it though nobody pressed it or
 * went to it by Tab; calls back when it does so again and again. (A frame that
 * is inert takes it all the same.)
 *
 * A page is not told of a press inside a frame, nor that the pointer is there
 * (Chromium, for a frame of another process): `wasPressed` asks the frame.
 */
export function keepKeyboard(
	frame: HTMLIFrameElement,
	wasPressed: () => Promise<boolean>,
	again: () => void,
): Unsubscribe {
	let last: HTMLElement | null = null;
	let typed = Number.NEGATIVE_INFINITY;
	let tabbed = Number.NEGATIVE_INFINITY;
	let taken: number[] = [];

	const focused = ({ target }: FocusEvent) => {
		if (isOurs(target)) last = target;
	};
	const pressed = ({ key }: KeyboardEvent) => {
		if (key === "Tab") tabbed = performance.now();
		// Not Escape, nor Enter that runs a cell: after those a press in an app is soon meant.
		else if (key.length === 1) typed = performance.now();
	};
	const hasIt = () =>
		(frame.getRootNode() as Document | ShadowRoot).activeElement === frame;
	const isMeant = async (now: number) => {
		if (now - tabbed < TABBED) return true;
		return now - typed > TYPING && (await wasPressed());
	};
	const check = async () => {
		const now = performance.now();
		if (!hasIt() || (await isMeant(now)) || !hasIt()) return;
		frame.blur();
		if (last?.isConnected) last.focus({ preventScroll: true });
		taken = [...taken.filter((then) => now - then < SPAN), now];
		if (taken.length >= OFTEN) again();
	};
	// Some browsers say who has the keyboard only after this.
	const left = () => setTimeout(check);
	const capture = { capture: true };
	document.addEventListener("focusin", focused, capture);
	document.addEventListener("keydown", pressed, capture);
	window.addEventListener("blur", left);
	if (isOurs(document.activeElement)) last = document.activeElement;
	return () => {
		document.removeEventListener("focusin", focused, capture);
		document.removeEventListener("keydown", pressed, capture);
		window.removeEventListener("blur", left);
	};
}

/** Never another app's frame: the keyboard is not handed from one to the next. */
function isOurs(target: unknown): target is HTMLElement {
	return (
		target instanceof HTMLElement && !(target instanceof HTMLIFrameElement)
	);
}
