/**
 * The frame an app runs in: a relay, and in it the app, both with an origin
 * that is nobody's.
 *
 * The relay is the server's page where there is one, for some of its limits
 * are read from headers only; elsewhere it is the same text in `srcdoc`.
 */

import relay from "../../../src/jupyter_connectors/server/relay.html";
import { attributes, element } from "../dom";
import type { Opened } from "../state/app";
import { ownRequest } from "../whereabouts";
import { trans } from "../words";
import { floodOf } from "./flood";
import { keepKeyboard } from "./keyboard";

const OURS = "ui/notifications/sandbox-";
const READY = `${OURS}proxy-ready`;
const RESOURCE = `${OURS}resource-ready`;
const PRESSED = `${OURS}pressed`;
const PAGE = "jupyter-connectors/app/sandbox";

const FLOODED = `${OURS}flooded`;

/** A server that takes longer to say whether it has the page has not said it. */
const PATIENCE = 5000;

export interface Sandbox {
	readonly frame: HTMLIFrameElement;
	/** Sends to the app; before it is there, to nobody. */
	post(message: object): void;
	dispose(): void;
}

/** A relay that says nothing so long stands still with its app. */
const SOON = 400;

/** Who hears of the frame. */
export interface Listener {
	/** A new document of the app begins: at first, and whenever the frame was moved in the page. */
	began(): void;
	received(data: unknown): void;
	/** There is no frame to be had now; later there may be one. */
	missed(): void;
	/** The app was ended, for the reason in these words. */
	stopped(words: string): void;
}

/** A frame for an app; `page` gives the address of the server's page, null where there is none. */
export function sandboxOf(
	app: Pick<Opened, "html" | "policy" | "query" | "clipboard">,
	title: string,
	page: Promise<string | null>,
	listener: Listener,
): Sandbox {
	const frame = element("iframe", "jcn-app-frame");
	attributes(frame, {
		title,
		sandbox: "allow-scripts allow-forms",
		referrerpolicy: "no-referrer",
		allow: app.clipboard ? "clipboard-write *" : null,
	});
	let isOver = false;
	let heard: (isPressed: boolean) => void = () => {};
	const wasPressed = () =>
		new Promise<boolean>((resolve) => {
			heard = resolve;
			setTimeout(resolve, SOON, false);
			post({ jsonrpc: "2.0", method: PRESSED });
		});
	const stop = (words: string) => {
		if (isOver) return;
		end();
		listener.stopped(words);
	};
	const flood = () => stop(trans.__("The app was stopped: it sent too much."));
	const offKeyboard = keepKeyboard(frame, wasPressed, () =>
		stop(
			trans.__("The app was stopped: it took the keyboard again and again."),
		),
	);
	page.then(
		(found) => {
			if (isOver) return;
			if (found === null) {
				frame.srcdoc = withPolicy(app.policy);
				return;
			}
			// Nothing takes its place: some limits are in its headers only, and an app may try to be without them.
			const url = new URL(found);
			url.searchParams.set("csp", app.query);
			frame.src = url.href;
		},
		() => !isOver && listener.missed(),
	);
	const post = (message: object) =>
		// To anyone: the origin is nobody's, and the window is the frame's own.
		frame.contentWindow?.postMessage(message, "*");
	const hear = (data: MessageEvent["data"]) => {
		if (data?.method === PRESSED) return heard(data.params?.is === true);
		if (data?.method === FLOODED) return flood();
		if (data?.method !== READY) return listener.received(data);
		listener.began();
		const permissions = app.clipboard ? { clipboardWrite: {} } : {};
		const params = { html: app.html, permissions };
		post({ jsonrpc: "2.0", method: RESOURCE, params });
	};
	const isTooMany = floodOf();
	const listen = (event: MessageEvent) => {
		// Before what it holds, which is made only when it is looked at.
		const { source } = event;
		if (source === null || !isWithin(source, frame.contentWindow)) return;
		if (isTooMany()) return flood();
		// An app can reach this window too; only the relay is listened to.
		if (source === frame.contentWindow) hear(event.data);
	};
	window.addEventListener("message", listen);
	const end = () => {
		isOver = true;
		offKeyboard();
		window.removeEventListener("message", listen);
		frame.remove();
	};
	return { frame, post, dispose: end };
}

/** Whether a window is another one or in it; every page may ask who is whose parent. */
function isWithin(source: MessageEventSource, outer: Window | null): boolean {
	let found = source as Window;
	while (found !== outer && found.parent !== found) {
		found = found.parent;
	}
	return found === outer;
}

function withPolicy(policy: string): string {
	const quoted = policy
		.replaceAll("&", "&amp;")
		.replaceAll('"', "&quot;")
		.replaceAll("<", "&lt;");
	return relay.replace("{policy}", () => quoted);
}

/** Asks for the address of the server's page; null for a server without it. What was said once is not asked again. */
export function pageOf(
	base: URL | null,
	get: typeof fetch = fetch,
): () => Promise<string | null> {
	let found: Promise<string | null> | null = null;
	return () => {
		found ??= sandboxPage(base, get).catch((problem) => {
			found = null;
			throw problem;
		});
		return found;
	};
}

/** Rejects where the server does not say whether it has the page with all its headers. */
async function sandboxPage(
	base: URL | null,
	get: typeof fetch,
): Promise<string | null> {
	if (base === null) return null;
	const { href } = new URL(PAGE, base);
	const answer = await get(href, ownRequest(PATIENCE));
	if (answer.status === 404) return null;
	if (!answer.ok) throw new Error(`The server answered ${answer.status}`);
	// A proxy in between may have taken away what this page is for.
	const told = answer.headers.get("Content-Security-Policy") ?? "";
	const isWhole =
		told.includes("sandbox allow-scripts allow-forms") &&
		answer.headers.has("Connection-Allowlist");
	return isWhole ? href : null;
}
