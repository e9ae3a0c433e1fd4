/** The box around an app's frame: its head with the buttons, and what lies over the frame. */

import {
	attributes,
	button,
	element,
	keepKeys,
	say,
	setText,
	show,
	spoken,
} from "../dom";
import type { Unsubscribe } from "../host";
import { drawing } from "../icon";
import type { Opened } from "../state/app";
import { initials, visible } from "../text";
import { trans } from "../words";
import { badge, dot } from "./marks";

/** A short wait shows nothing. */
const BRIEFLY = 500;
const TOO_LONG = 15_000;

const CROSS = ["M4.5 4.5l7 7M11.5 4.5l-7 7"];
const EXPAND = ["M9.5 3H13v3.5M13 3L9 7", "M6.5 13H3V9.5M3 13l4-4"];
const SHRINK = ["M12.5 7H9V3.5M9 7l4-4", "M3.5 9H7v3.5M7 9l-4 4"];

export type Condition = "well" | "busy" | "gone" | "dropped";

export interface Frame {
	readonly node: HTMLElement;
	/** Where the frame stands. */
	readonly stage: HTMLElement;
	/** Takes a frame of an app that begins. */
	hold(frame: HTMLIFrameElement, scheme: string): void;
	scheme(scheme: string): void;
	height(height: number): void;
	/** The app is there. */
	ready(): void;
	/** It does not start, which is said now and not later. */
	missed(): void;
	full(on: boolean): void;
	/** Whether there is a button that lets it fill the page. */
	fills(can: boolean): void;
	/** `words` say why it was closed, where nobody did that. */
	closed(is: boolean, words?: string): void;
	/** The service wants a new sign-in. */
	signin(is: boolean): void;
	condition(is: Condition): void;
	dispose: Unsubscribe;
}

/** What the buttons do. */
export interface Pressed {
	full(on: boolean): void;
	close(): void;
	open(): void;
	/** Starts it once more. */
	again(): void;
	/** Leads to the sign-in; null where nothing does. */
	readonly signIn: (() => void) | null;
}

/** A box for an app; `asks` stands between its head and its frame. */
export function frameOf(
	app: Opened,
	asks: HTMLElement,
	pressed: Pressed,
): Frame {
	let isFull = false;
	let isGone = false;
	let inside: HTMLIFrameElement | null = null;
	const head = headOf(app, {
		...pressed,
		full: () => pressed.full(!isFull),
	});
	const over = overlay(pressed.again);
	const stage = element("div", "jcn-app-stage", over.node);
	const why = spoken("status", "jcn-app-note");
	const signin = signinLine(app, pressed.signIn);
	const box = element(
		"section",
		"jcn-app-box",
		head.node,
		refusedLine(app),
		why,
		signin,
		asks,
		stage,
	);
	say(why, "");
	show(signin, false);
	const label = trans.__(
		"%1, an app of %2",
		head.title,
		visible(app.service || app.connector),
	);
	attributes(box, { "aria-label": label });
	box.dataset.border = String(app.border);
	// Keeps the room of a box that fills the page, so that nothing moves behind it.
	const node = element("div", "jcn-app-place", box);
	keepKeys(box);
	box.addEventListener("keydown", ({ key }) => {
		if (key === "Escape" && isFull) pressed.full(false);
	});
	return {
		node,
		stage,
		hold(frame, scheme) {
			inside?.remove();
			inside = frame;
			frame.style.colorScheme = scheme;
			frame.inert = isGone;
			stage.prepend(frame);
			over.opening();
		},
		scheme(scheme) {
			if (inside !== null) inside.style.colorScheme = scheme;
		},
		height(height) {
			stage.style.setProperty("--jcn-height", `${height}px`);
		},
		ready: over.ready,
		missed: over.missed,
		fills: head.fills,
		signin: (is) => show(signin, is),
		full(on) {
			isFull = on;
			node.style.height = on ? `${node.offsetHeight}px` : "";
			fill(box, on);
			head.full(on);
		},
		closed(is, words = "") {
			show(stage, !is);
			head.closed(is);
			say(why, words);
			if (is) over.ready();
		},
		condition(is) {
			over.condition(is);
			isGone = is === "gone" || is === "dropped";
			if (inside !== null) inside.inert = isGone;
		},
		dispose: over.dispose,
	};
}

/** That the app asked for more than it got; null where it did not. */
function refusedLine({ refused }: Opened): HTMLElement | null {
	if (refused.length === 0) return null;
	const words = trans._n(
		"%1 address this app asked for is not allowed",
		"%1 addresses this app asked for are not allowed",
		refused.length,
	);
	const node = element("div", "jcn-app-note", words);
	node.title = visible(refused.join("\n"));
	return node;
}

function signinLine(
	{ connector, service }: Opened,
	lead: (() => void) | null,
): HTMLElement {
	const title = visible(service || connector);
	const way =
		lead === null
			? element("code", "", `%connect ${visible(connector)}`)
			: button("jcn-button", trans.__("Sign in…"), lead);
	const words = trans.__("%1 wants a new sign-in", title);
	return spoken("status", "jcn-app-note", `${words} `, way);
}

/** Fills the page with a box, where it stands: a frame that is moved in the page starts anew. */
function fill(box: HTMLElement, on: boolean): void {
	attributes(box, {
		popover: on ? "manual" : null,
		role: on ? "dialog" : null,
	});
	// Without `popover` a box is in nobody's way, so only the first half is called.
	if (on) box.showPopover?.();
}

function headOf(
	app: Opened,
	pressed: Omit<Pressed, "full"> & { full(): void },
) {
	const title = visible(app.title || app.tool.name);
	const service = visible(app.service || app.connector);
	const full = button("jcn-app-button", "", pressed.full);
	const close = button("jcn-app-button", "", pressed.close);
	close.append(drawing(CROSS));
	const closes = trans.__("Close");
	attributes(close, { "aria-label": closes, title: closes });
	const open = button("jcn-button", trans.__("Open"), () => {
		pressed.open();
		full.focus();
	});
	let isClosed = false;
	let isFilling = true;
	const arrange = () => {
		show(open, isClosed);
		show(full, !isClosed && isFilling);
		show(close, !isClosed);
	};
	const node = element(
		"header",
		"jcn-app-head",
		dot(initials(service), app.connector),
		element("span", "jcn-title", title),
		service === title ? null : element("span", "jcn-app-service", service),
		badge(trans.__("App"), "interactive"),
		element("span", "jcn-app-buttons", open, full, close),
	);
	const setFull = (on: boolean) => {
		full.replaceChildren(drawing(on ? SHRINK : EXPAND));
		if (on) full.append(trans.__("Back"));
		const words = on
			? trans.__("Back to the notebook")
			: trans.__("Full screen");
		attributes(full, { "aria-label": words, title: words });
	};
	setFull(false);
	return {
		node,
		title,
		full: setFull,
		fills(can: boolean) {
			isFilling = can;
			arrange();
		},
		closed(is: boolean) {
			const hadFocus = node.contains(document.activeElement);
			isClosed = is;
			arrange();
			if (is && hadFocus) open.focus();
		},
	};
}

function saidOf(condition: Condition): string {
	if (condition === "well") return "";
	if (condition === "busy") {
		return trans.__("The kernel is busy; the app goes on when the cell ends.");
	}
	return condition === "gone"
		? trans.__("The kernel is gone: run the cell again to open the app.")
		: trans.__("Run this cell to open the app.");
}

/** Words over the frame: that it opens, that the kernel is busy or gone. */
function overlay(again: () => void) {
	const words = element("span", "");
	const retry = button("jcn-button", trans.__("Try again"), again);
	const node = spoken("status", "jcn-app-over", words, retry);
	let timers: ReturnType<typeof setTimeout>[] = [];
	let waiting = "";
	let isLate = false;
	let is: Condition = "well";
	const update = () => {
		const said = saidOf(is) || waiting;
		setText(words, said);
		show(retry, isLate && is === "well");
		node.dataset.kind =
			is === "well" ? "opening" : is === "busy" ? "busy" : "gone";
		node.dataset.shown = String(said !== "");
	};
	const clear = () => {
		for (const timer of timers) clearTimeout(timer);
		timers = [];
	};
	const wait = (text: string, late = false) => {
		waiting = text;
		isLate = late;
		update();
	};
	const missed = () =>
		wait(
			trans.__(
				"The app does not start here. Its text result is in the kernel.",
			),
			true,
		);
	update();
	return {
		node,
		opening() {
			clear();
			wait("");
			timers = [
				setTimeout(() => wait(trans.__("Opening…")), BRIEFLY),
				setTimeout(missed, TOO_LONG),
			];
		},
		missed() {
			clear();
			missed();
		},
		ready() {
			clear();
			wait("");
		},
		condition(next: Condition) {
			is = next;
			update();
		},
		dispose: clear,
	};
}
