/** The card of a sign-in: who asks for what, the page to open, and the ways back. And the card that takes a key. */

import { attributes, button, element, icon, root, setText, show } from "../dom";
import type { Host, Unsubscribe } from "../host";
import {
	type Device,
	type Key,
	leftWords,
	type Needed,
	type SignIn,
	waitingWords,
	warningsOf,
	webPage,
	whyWords,
} from "../state/signin";
import approvalSheet from "../styles/approval.css";
import baseSheet from "../styles/base.css";
import signinSheet from "../styles/signin.css";
import { hue, initial, visible } from "../text";

interface Part<State> {
	readonly node: HTMLElement;
	update(state: State): void;
	dispose?(): void;
}

type Send = (type: string, more?: Record<string, string | boolean>) => void;

/** Shows what is needed; sends `opened`, `paste`, `device`, `link`, `keep`, `secret` and `cancel`. */
export function mount(host: HTMLElement, home: Host<Needed>): Unsubscribe {
	const node = root(host, "approval", [baseSheet, approvalSheet, signinSheet]);
	node.classList.add("jcn-signin");
	const send: Send = (type, more = {}) =>
		home.send({ id: home.state().id, type, ...more });
	const first = home.state();
	const card = element("div", "jcn-card");
	card.dataset.state = "pending";
	attributes(card, {
		role: "group",
		"aria-label": first.kind === "secret" ? "A key is needed" : "Sign in",
	});
	const parts: Part<Needed>[] =
		first.kind === "secret"
			? [headOf(first), keyOf(send) as Part<Needed>]
			: [
					headOf(first),
					factsOf(first) as Part<Needed>,
					signInOf(send) as Part<Needed>,
				];
	card.append(...parts.map((part) => part.node));
	node.append(card);
	// JupyterLab reads single keys as commands; on the card they are the person's.
	node.addEventListener("keydown", (event) => {
		const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
		if (isPlain && event.key !== "Escape") event.stopPropagation();
	});
	const update = () => {
		for (const part of parts) part.update(home.state());
	};
	const off = home.onState(update);
	update();
	return () => {
		off();
		for (const part of parts) part.dispose?.();
		host.replaceChildren();
	};
}

function headOf(asked: Needed): Part<Needed> {
	const dot = element("span", "jcn-dot", initial(asked.title));
	dot.style.setProperty("--jcn-hue", String(hue(asked.connector)));
	dot.ariaHidden = "true";
	const title = visible(asked.title || asked.connector);
	const words =
		asked.kind === "secret" ? `${title} needs a key` : `Sign in to ${title}`;
	const first = element(
		"div",
		"jcn-first",
		element("span", "jcn-title", words),
	);
	if (asked.kind === "sign-in" && asked.custom) {
		const badge = element("span", "jcn-badge", "Custom: not reviewed");
		badge.dataset.kind = "custom";
		first.append(badge);
	}
	const sub = element("div", "jcn-sub", element("code", "", asked.host));
	if (asked.kind === "sign-in" && asked.account !== "") {
		sub.append(element("span", "", `account ${visible(asked.account)}`));
	}
	const what = element("div", "jcn-what", first, sub);
	const why = asked.kind === "sign-in" ? whyWords(asked) : "";
	if (why !== "") {
		what.append(element("div", "jcn-why", element("span", "jcn-often", why)));
	}
	return { node: element("div", "jcn-head", dot, what), update() {} };
}

/** What is asked for and where it is kept. */
function factsOf(asked: SignIn): Part<SignIn> {
	const rows = element("dl", "jcn-arguments");
	const row = (name: string, ...value: (Node | string)[]) =>
		rows.append(element("dt", "", name), element("dd", "", ...value));
	row("Signs in at", element("code", "", asked.issuer));
	row("Asks for", scopesOf(asked));
	row("Is kept in", visible(asked.stored));
	const node = element("div", "jcn-facts");
	const warnings = warningsOf(asked);
	if (warnings.length > 0) {
		const lines = warnings.map((each) =>
			element("li", "", icon("warning"), element("span", "", visible(each))),
		);
		const list = element("ul", "jcn-warnings", ...lines);
		node.append(attributes(list, { "aria-label": "Look twice" }));
	}
	node.append(element("div", "jcn-values", rows));
	return { node, update() {} };
}

function scopesOf({ scopes }: SignIn): HTMLElement {
	if (scopes.length === 0) {
		return element("span", "", "whatever the service decides");
	}
	const items = scopes.map(({ name, fresh, odd }) => {
		const item = element("li", "", element("code", "", visible(name)));
		if (fresh) item.append(badge("new", "write"));
		if (odd) item.append(badge("not in the directory", "destructive"));
		return item;
	});
	return element("ul", "jcn-scopes", ...items);
}

function badge(words: string, kind: string): HTMLElement {
	const node = element("span", "jcn-badge", words);
	node.dataset.kind = kind;
	return node;
}

/** The page to open, what is waited for, and the other ways. */
function signInOf(send: Send): Part<SignIn> {
	const open = openLink(() => send("opened"));
	const cancel = button("jcn-button", "Cancel", () => send("cancel"));
	const onDevice = button("jcn-link", "Use a code on another device", () =>
		send("device"),
	);
	const onPage = button("jcn-link", "Use a link in this browser", () =>
		send("link"),
	);
	const device = deviceOf();
	const wait = element("span", "");
	attributes(wait, { role: "status", "aria-live": "polite" });
	const left = clock();
	const paste = pasteOf(send);
	const keep = keepOf(send);
	const node = element(
		"div",
		"jcn-foot",
		device.node,
		keep.node,
		element("div", "jcn-buttons", open.node, cancel, onDevice, onPage),
		element("div", "jcn-wait", wait, left.node),
		paste.node,
	);
	return {
		node,
		dispose: () => left.stop(),
		update(asked) {
			const isLink = asked.state === "link";
			const link = isLink ? webPage(asked.link) : null;
			open.update(link, asked.link_host || asked.issuer);
			show(onDevice, isLink && asked.has_device);
			show(onPage, asked.state === "device" && asked.has_link);
			device.update(asked.state === "device" ? asked.device : null);
			setText(wait, waitingWords(asked));
			if (asked.state !== "preparing") left.start(asked.seconds);
			keep.update(asked.can_keep);
			paste.update(asked, isLink);
		},
	};
}

/** A real link: the browser opens it, at the person's click, and tells the page nothing of ours. */
function openLink(opened: () => void) {
	const node = element("a", "jcn-button jcn-open");
	attributes(node, {
		target: "_blank",
		rel: "noopener noreferrer",
		referrerpolicy: "no-referrer",
	});
	node.addEventListener("click", opened);
	return {
		node,
		update(link: string | null, host: string) {
			show(node, link !== null);
			attributes(node, { href: link });
			setText(node, `Open ${host}`);
		},
	};
}

function deviceOf() {
	const code = element("div", "jcn-device-code");
	const address = element("a", "");
	attributes(address, { target: "_blank", rel: "noopener noreferrer" });
	const node = element(
		"div",
		"jcn-device",
		element("div", "", "On any device, open ", address, " and type"),
		code,
	);
	attributes(node, { role: "group", "aria-label": "A code to type" });
	return {
		node,
		update(device: Device | null) {
			show(node, device !== null);
			if (device === null) return;
			setText(code, visible(device.code));
			setText(address, visible(device.address));
			attributes(address, { href: webPage(device.address) });
		},
	};
}

function clock() {
	const node = element("span", "jcn-muted");
	let timer: ReturnType<typeof setInterval> | null = null;
	let of = 0;
	const stop = () => {
		if (timer !== null) clearInterval(timer);
		timer = null;
	};
	return {
		node,
		stop,
		start(seconds: number) {
			if (timer !== null && of === seconds) return;
			stop();
			of = seconds;
			const end = Date.now() + seconds * 1000;
			const tick = () => {
				const left = (end - Date.now()) / 1000;
				setText(node, leftWords(left));
				if (left <= 0) stop();
			};
			timer = setInterval(tick, 1000);
			tick();
		},
	};
}

/** The address the browser ended at, carried by hand. It goes to the kernel and into no state. */
function pasteOf(send: Send) {
	const input = element("input", "jcn-input");
	const hint = element("div", "jcn-muted");
	const problem = element("div", "jcn-problem");
	attributes(input, {
		type: "text",
		autocomplete: "off",
		spellcheck: "false",
		"aria-label": "The address your browser ended at",
	});
	attributes(problem, { role: "alert" });
	const hand = () => {
		const address = input.value.trim();
		input.value = "";
		if (address !== "") send("paste", { address });
	};
	const fold = button("jcn-fold", "", () => open(body.hidden));
	fold.append(icon("chevron"), "The browser did not come back?");
	const body = element(
		"form",
		"jcn-paste",
		hint,
		element(
			"div",
			"jcn-buttons",
			input,
			button("jcn-button", "Use this address", hand),
		),
		problem,
	);
	body.addEventListener("submit", (event) => {
		event.preventDefault();
		hand();
	});
	const open = (on: boolean) => {
		show(body, on);
		attributes(fold, { "aria-expanded": String(on) });
	};
	open(false);
	let way = "";
	const node = element("div", "jcn-back", fold, body);
	return {
		node,
		update(asked: SignIn, shown: boolean) {
			show(node, shown);
			show(fold, shown && asked.way !== "paste");
			if (!shown) open(false);
			if (shown && asked.way !== way && asked.way === "paste") open(true);
			way = shown ? asked.way : "";
			setText(
				hint,
				`Paste the whole address it shows. It begins with ${visible(asked.redirect)}`,
			);
			setText(problem, visible(asked.problem));
		},
	};
}

function keepOf(send: Send) {
	const box = element("input", "");
	box.type = "checkbox";
	box.addEventListener("change", () => send("keep", { on: box.checked }));
	const node = element(
		"label",
		"jcn-check",
		box,
		"Keep it in a file that only I can read (there is no system keyring here)",
	);
	return { node, update: (shown: boolean) => show(node, shown) };
}

/** The field a key is typed into. It leaves the page as one message and stays in no state. */
function keyOf(send: Send): Part<Key> {
	const input = element("input", "jcn-input");
	attributes(input, {
		type: "password",
		autocomplete: "off",
		spellcheck: "false",
	});
	const label = element("label", "jcn-panel-title");
	const stored = element("div", "jcn-muted");
	const keep = keepOf(send);
	const hand = () => {
		const value = input.value;
		input.value = "";
		if (value.trim() !== "") send("secret", { value });
	};
	const use = button("jcn-button", "Use this key", hand);
	use.dataset.decision = "once";
	const body = element(
		"form",
		"jcn-foot",
		label,
		input,
		stored,
		keep.node,
		element(
			"div",
			"jcn-buttons",
			use,
			button("jcn-button", "Cancel", () => send("cancel")),
		),
	);
	body.addEventListener("submit", (event) => {
		event.preventDefault();
		hand();
	});
	return {
		node: body,
		update(asked) {
			setText(label, visible(asked.what));
			attributes(input, { "aria-label": visible(asked.what) });
			setText(
				stored,
				`Is kept in ${visible(asked.stored)}, never in the notebook`,
			);
			keep.update(asked.can_keep);
		},
	};
}
