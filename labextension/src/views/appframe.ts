/** The box around an app's frame: its head with the buttons, and what lies over the frame. */

import {
	attributes,
	button,
	element,
	keepKeys,
	setText,
	show,
	spoken,
} from "../dom";
import type { Unsubscribe } from "../host";
import { icon } from "../icon";
import type { Opened } from "../state/app";
import { initials, visible } from "../text";
import { badge, dot } from "./marks";

/** A short wait shows nothing. */
const BRIEFLY = 500;
const TOO_LONG = 15_000;

const OPENING = "Opening…";
const STUCK = "The app does not start here. Its text result is in the kernel.";
const GONE = "The kernel is gone: run the cell again to open the app.";
const BUSY = "The kernel is busy; the app goes on when the cell ends.";

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
	full(on: boolean): void;
	closed(is: boolean): void;
	condition(is: "well" | "busy" | "gone"): void;
	dispose: Unsubscribe;
}

/** What the buttons do. */
export interface Pressed {
	full(on: boolean): void;
	close(): void;
	open(): void;
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
	const over = overlay();
	const stage = element("div", "jcn-app-stage", over.node);
	const box = element("section", "jcn-app-box", head.node, asks, stage);
	const label = `${head.title}, an app of ${visible(app.service || app.connector)}`;
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
		ready: () => over.ready(),
		full(on) {
			isFull = on;
			node.style.height = on ? `${node.offsetHeight}px` : "";
			fill(box, on);
			head.full(on);
		},
		closed(is) {
			show(stage, !is);
			head.closed(is);
			if (is) over.ready();
		},
		condition(is) {
			over.condition(is);
			isGone = is === "gone";
			if (inside !== null) inside.inert = isGone;
		},
		dispose: () => over.dispose(),
	};
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
	close.append(icon("cross"));
	attributes(close, { "aria-label": "Close", title: "Close" });
	const open = button("jcn-button", "Open", () => {
		pressed.open();
		full.focus();
	});
	const node = element(
		"header",
		"jcn-app-head",
		dot(initials(service), app.connector),
		element("span", "jcn-title", title),
		service === title ? null : element("span", "jcn-app-service", service),
		badge("App", "interactive"),
		element("span", "jcn-app-buttons", open, full, close),
	);
	const setFull = (on: boolean) => {
		full.replaceChildren(icon(on ? "shrink" : "expand"));
		if (on) full.append("Back");
		const words = on ? "Back to the notebook" : "Full screen";
		attributes(full, { "aria-label": words, title: words });
	};
	setFull(false);
	return {
		node,
		title,
		full: setFull,
		closed(is: boolean) {
			const hadFocus = node.contains(document.activeElement);
			show(open, is);
			show(full, !is);
			show(close, !is);
			if (is && hadFocus) open.focus();
		},
	};
}

/** Words over the frame: that it opens, that the kernel is busy or gone. */
function overlay() {
	const words = element("span", "");
	const node = spoken("status", "jcn-app-over", words);
	let timers: ReturnType<typeof setTimeout>[] = [];
	let waiting = "";
	let is: "well" | "busy" | "gone" = "well";
	const update = () => {
		const said = is === "gone" ? GONE : is === "busy" ? BUSY : waiting;
		setText(words, said);
		node.dataset.kind = is === "well" ? "opening" : is;
		node.dataset.shown = String(said !== "");
	};
	const clear = () => {
		for (const timer of timers) clearTimeout(timer);
		timers = [];
	};
	const say = (text: string) => {
		waiting = text;
		update();
	};
	update();
	return {
		node,
		opening() {
			clear();
			timers = [
				setTimeout(() => say(OPENING), BRIEFLY),
				setTimeout(() => say(STUCK), TOO_LONG),
			];
		},
		ready() {
			clear();
			say("");
		},
		condition(next: "well" | "busy" | "gone") {
			is = next;
			update();
		},
		dispose: clear,
	};
}
