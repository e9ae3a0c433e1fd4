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
import { keepKeyboard } from "./keyboard";
import { withoutOwn } from "./policy";

const READY = "ui/notifications/sandbox-proxy-ready";
const RESOURCE = "ui/notifications/sandbox-resource-ready";
const PRESSED = "ui/notifications/sandbox-pressed";
const PAGE = "jupyter-connectors/app/sandbox";

/** In place of an app that a person can't type beside. */
const STOPPED =
	'<meta name="color-scheme" content="light dark"><p style="font: 13px sans-serif">' +
	"The app was stopped: it took the keyboard again and again.</p>";

/** A server that does not say whether it has the page has none. */
const PATIENCE = 5000;

/** The page it said it has is given up later: without it some limits are missing. */
const LONGER = 12_000;

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
	let timer: ReturnType<typeof setTimeout> | undefined;
	let isOver = false;
	const inline = () => {
		frame.removeAttribute("src");
		frame.srcdoc = withPolicy(app.policy);
	};
	let heard: (isPressed: boolean) => void = () => {};
	const wasPressed = () =>
		new Promise<boolean>((resolve) => {
			heard = resolve;
			setTimeout(resolve, SOON, false);
			post({ jsonrpc: "2.0", method: PRESSED });
		});
	const offKeyboard = keepKeyboard(frame, wasPressed, () => {
		isOver = true;
		clearTimeout(timer);
		offKeyboard();
		// Taken out and put back: the app ends now, and not when another document has come.
		const { parentNode, nextSibling } = frame;
		frame.remove();
		frame.removeAttribute("src");
		frame.srcdoc = STOPPED;
		parentNode?.insertBefore(frame, nextSibling);
	});
	void page.then((found) => {
		if (isOver) return;
		if (found === null) return inline();
		const url = new URL(found);
		url.searchParams.set("csp", app.query);
		frame.src = url.href;
		timer = setTimeout(inline, LONGER);
	});
	const post = (message: object) =>
		// To anyone: the origin is nobody's, and the window is the frame's own.
		frame.contentWindow?.postMessage(message, "*");
	const listen = ({ source, data }: MessageEvent) => {
		// An app can reach this window too; only the relay is listened to.
		if (source === null || source !== frame.contentWindow) return;
		if (data?.method === PRESSED) return heard(data.params?.is === true);
		if (data?.method !== READY) return listener.received(data);
		clearTimeout(timer);
		listener.began();
		const permissions = app.clipboard ? { clipboardWrite: {} } : {};
		const params = { html: app.html, permissions };
		post({ jsonrpc: "2.0", method: RESOURCE, params });
	};
	window.addEventListener("message", listen);
	return {
		frame,
		post,
		dispose() {
			isOver = true;
			clearTimeout(timer);
			offKeyboard();
			window.removeEventListener("message", listen);
			frame.remove();
		},
	};
}

function withPolicy(policy: string): string {
	const quoted = withoutOwn(policy, location.href)
		.replaceAll("&", "&amp;")
		.replaceAll('"', "&quot;")
		.replaceAll("<", "&lt;");
	return relay.replace("{policy}", () => quoted);
}

/** The address of the server's page; null where it is not there with all its headers. */
export async function sandboxPage(base: string): Promise<string | null> {
	const { href } = new URL(PAGE, base);
	try {
		const answer = await fetch(href, {
			credentials: "same-origin",
			cache: "no-store",
			redirect: "error",
			signal: AbortSignal.timeout(PATIENCE),
		});
		// A proxy in between may have taken away what this page is for.
		const told = answer.headers.get("Content-Security-Policy") ?? "";
		const isWhole =
			told.includes("sandbox allow-scripts allow-forms") &&
			answer.headers.has("Connection-Allowlist");
		return answer.ok && isWhole ? href : null;
	} catch {
		return null;
	}
}
