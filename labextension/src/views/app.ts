/** An app of a service: its head, what waits for a person, and the frame it runs in. */

import type {
	McpUiDisplayMode,
	McpUiHostContext,
} from "@modelcontextprotocol/ext-apps/app-bridge";
import { type AppHost, hostOf } from "../apps/host";
import { withoutOwn } from "../apps/policy";
import { type Sandbox, sandboxOf } from "../apps/sandbox";
import { AT_FIRST, HIGHEST, heights } from "../apps/sizes";
import { type Look, lookOf, onLook } from "../apps/theme";
import { plainRoot } from "../dom";
import type { Message, Mount, Unsubscribe } from "../host";
import type { Answer, Fields, Opened, Outcome } from "../state/app";
import type { Approval, Questions } from "../state/approval";
import { blobOf, type File } from "../state/wishes";
import appSheet from "../styles/app.css";
import { visible } from "../text";
import { asksOf } from "./appasks";
import { type Condition, type Frame, frameOf } from "./appframe";

/** Where an app lives: what it needs of the kernel and of the page. */
export interface AppHome {
	/** A request of the app to its service. */
	request(method: string, params: Fields): Promise<Answer>;
	/** Resolves once the call that the app belongs to is over. */
	outcome(): Promise<Outcome>;
	/** Hands over context for the next question; false where nobody took it. */
	tell(params: Fields): Promise<boolean>;
	/** The view is gone, or closed. */
	left(): void;
	/** A closed view is opened again. */
	back(): void;
	/** The view of approvals. */
	cards(): Promise<Mount<Questions>>;
	/** Sends the answer to an approval. */
	decide(message: Message): void;
	/** Approvals of this app that wait. */
	pending(): readonly Approval[];
	condition(): Condition;
	/** Calls back when approvals or the condition changed. */
	onChange(changed: () => void): Unsubscribe;
	/** Makes a cell that asks this; null where there are no cells. */
	readonly suggest: ((text: string) => void) | null;
	/** Leads to the sign-in at a connector; null where only a cell does. */
	readonly signIn: ((connector: string) => void) | null;
	/** The address of the server's page for apps, null where there is none; rejects where nobody knows. */
	page(): Promise<string | null>;
	/** How high the app was the last time, and a place to keep it. */
	readonly height: { get(): number | undefined; set(height: number): void };
}

const RESIZING = 100;

/** Shows an app; the returned function takes it away. */
export function mount(
	host: HTMLElement,
	opened: Opened,
	home: AppHome,
): Unsubscribe {
	const app = withoutOwn(opened, location.href);
	const node = plainRoot(host, "app", appSheet);
	const asks = asksOf(titleOf(app), home.cards, home.decide);
	let running: Running | null = null;

	const close = async (words = "") => {
		const closing = running;
		closing?.display("inline");
		running = null;
		frame.closed(true, words);
		asks.clear();
		// One that was stopped is told nothing more.
		if (words === "") await closing?.end();
		else closing?.drop();
		// It may have been opened again meanwhile.
		if (running === null) home.left();
	};
	const open = () => {
		frame.closed(false);
		running = run(app, { node, frame, asks, home, close });
	};
	const frame = frameOf(app, asks.node, {
		full: (on) => running?.display(on ? "fullscreen" : "inline"),
		close: () => void close(),
		open() {
			home.back();
			open();
		},
		again() {
			running?.drop();
			open();
		},
		signIn: home.signIn && (() => home.signIn?.(app.connector)),
	});
	node.append(frame.node);
	const update = () => {
		asks.update(home.pending());
		frame.condition(home.condition());
	};
	const off = home.onChange(update);
	open();
	update();
	return () => {
		off();
		running?.drop();
		running = null;
		frame.dispose();
		asks.dispose();
		home.left();
		host.replaceChildren();
	};
}

/** An app that is open. */
interface Running {
	display(mode: McpUiDisplayMode): McpUiDisplayMode;
	/** Lets the app put its things away. */
	end(): Promise<void>;
	drop(): void;
}

interface Surroundings {
	readonly node: HTMLElement;
	readonly frame: Frame;
	readonly asks: ReturnType<typeof asksOf>;
	readonly home: AppHome;
	readonly close: (words?: string) => Promise<void>;
}

function run(
	app: Opened,
	{ node, frame, asks, home, close }: Surroundings,
): Running {
	let talk: AppHost | null = null;
	let look: Look = lookOf(node);
	let mode: McpUiDisplayMode = "inline";
	const size = heights(home.height.get() ?? AT_FIRST, (height) => {
		home.height.set(height);
		frame.height(height);
	});
	frame.height(size.now());

	const display = (wanted: McpUiDisplayMode) => {
		if (wanted !== "inline" && wanted !== "fullscreen") return mode;
		if (wanted === mode) return mode;
		mode = wanted;
		frame.full(mode === "fullscreen");
		talk?.changed({ displayMode: mode, containerDimensions: dimensions() });
		return mode;
	};
	const dimensions = () => dimensionsOf(frame.stage, mode);
	const begin = () => {
		talk?.close();
		asks.clear();
		talk = hostOf(app, sandbox.post, {
			context: () => contextOf(look, mode, dimensions()),
			outcome: home.outcome,
			async request(method, params) {
				const answer = await home.request(method, params);
				// Any other answer tells that there is a sign-in, or nothing of it.
				if ("result" in answer || answer.signin) {
					frame.signin("error" in answer);
				}
				return answer;
			},
			openLink: asks.openLink,
			save: (files) => asks.save(files, () => saveAll(files, home)),
			suggest: (text) => {
				const put = home.suggest;
				return asks.suggest(text, put && (() => put(text)));
			},
			tell: home.tell,
			// An app fills the page for somebody who works in it, not of its own accord.
			display: (wanted) =>
				wanted === "inline" || isUsed(sandbox.frame) ? display(wanted) : mode,
			fills(can) {
				frame.fills(can);
				if (!can) display("inline");
			},
			resized: size.said,
			ready: frame.ready,
			close: () => void close(),
		});
	};
	const sandbox: Sandbox = sandboxOf(app, titleOf(app), home.page(), {
		began: begin,
		received: (data) => talk?.receive(data),
		missed: frame.missed,
		stopped: (words) => void close(words),
	});
	frame.hold(sandbox.frame, look.theme);

	const offLook = onLook(() => {
		const next = lookOf(node);
		if (JSON.stringify(next) === JSON.stringify(look)) return;
		look = next;
		frame.scheme(look.theme);
		talk?.changed({ ...look });
	});
	const offSize = onSize(frame.stage, () =>
		talk?.changed({ containerDimensions: dimensions() }),
	);
	const drop = () => {
		offLook();
		offSize();
		size.stop();
		talk?.close();
		talk = null;
		sandbox.dispose();
	};
	return {
		display,
		async end() {
			await talk?.teardown();
			drop();
		},
		drop,
	};
}

function titleOf({ title, tool }: Opened): string {
	return visible(title || tool.name);
}

/** True while somebody who has just pressed something is in a frame. */
function isUsed(frame: HTMLIFrameElement): boolean {
	const { activeElement } = frame.getRootNode() as Document | ShadowRoot;
	const isActive = navigator.userActivation?.isActive ?? true;
	return isActive && activeElement === frame;
}

function dimensionsOf(stage: HTMLElement, mode: McpUiDisplayMode) {
	const width = stage.clientWidth;
	return mode === "fullscreen"
		? { width, height: stage.clientHeight }
		: { width, maxHeight: HIGHEST };
}

function contextOf(
	look: Look,
	displayMode: McpUiDisplayMode,
	containerDimensions: ReturnType<typeof dimensionsOf>,
): McpUiHostContext {
	return {
		...look,
		displayMode,
		availableDisplayModes: ["inline", "fullscreen"],
		containerDimensions,
		locale: navigator.language,
		timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
		userAgent: "jupyter-connectors",
		platform: "web",
		deviceCapabilities: {
			touch: matchMedia("(any-pointer: coarse)").matches,
			hover: matchMedia("(any-hover: hover)").matches,
		},
		safeAreaInsets: { top: 0, right: 0, bottom: 0, left: 0 },
	};
}

/** Calls back when the width has changed, and the height of what fills the page. */
function onSize(stage: HTMLElement, changed: () => void): Unsubscribe {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let known = "";
	const observer = new ResizeObserver(() => {
		const isFull = stage.closest("[popover]") !== null;
		const now = `${stage.clientWidth} ${isFull ? stage.clientHeight : ""}`;
		// Out of sight it has no size, which is nothing to tell.
		if (now === known || stage.clientWidth === 0) return;
		const isFirst = known === "";
		known = now;
		clearTimeout(timer);
		if (!isFirst) timer = setTimeout(changed, RESIZING);
	});
	observer.observe(stage);
	return () => {
		clearTimeout(timer);
		observer.disconnect();
	};
}

/** Saves what is here, and reads what is still at the service. */
async function saveAll(
	files: readonly File[],
	home: AppHome,
): Promise<boolean> {
	for (const file of files) {
		const content = file.content ?? (await read(file, home));
		if (content === null) return false;
		const link = document.createElement("a");
		link.href = URL.createObjectURL(content);
		link.download = file.name;
		link.click();
		setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
	}
	return true;
}

async function read({ uri }: File, home: AppHome): Promise<Blob | null> {
	const answer = await home.request("resources/read", { uri });
	const contents = "result" in answer ? answer.result.contents : [];
	const first = Array.isArray(contents) ? contents[0] : null;
	return first === null || first === undefined ? null : blobOf(first as Fields);
}
