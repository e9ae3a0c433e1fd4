/** The way of a sign-in: the page to open or the code to type, what is waited for, and the address brought by hand. */

import { attributes, button, element, setText, show, spoken } from "../dom";
import type { Row } from "../list";
import {
	type Device,
	leftWords,
	type Send,
	type SignIn,
	waitingWords,
	webPage,
} from "../state/signin";
import { visible } from "../text";
import { trans } from "../words";
import { foldFor } from "./controls";
import { keepOf } from "./keyfield";

/** Stands for a link in a sentence: no text has it. */
const SLOT = "\u0000";

/** The page to open, what is waited for, and the other ways. */
export function wayOf(send: Send): Row<SignIn> {
	const open = openLink(() => send("opened"));
	const cancel = button("jcn-button", trans.__("Cancel"), () => send("cancel"));
	const onDevice = button(
		"jcn-link",
		trans.__("Use a code on another device"),
		() => send("device"),
	);
	const onPage = button(
		"jcn-link",
		trans.__("Use a link in this browser"),
		() => send("link"),
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
			setText(node, trans.__("Open %1", host));
		},
	};
}

function deviceOf() {
	const code = element("div", "jcn-device-code");
	const address = element("a", "");
	// The address may stand anywhere in the sentence of another language.
	const [before = "", after = ""] = trans
		.__("On any device, open %1 and type", SLOT)
		.split(SLOT);
	attributes(address, { target: "_blank", rel: "noopener noreferrer" });
	const node = element(
		"div",
		"jcn-device",
		element("div", "", before, address, after),
		code,
	);
	attributes(node, { role: "group", "aria-label": trans.__("A code to type") });
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
	const problem = spoken("alert", "jcn-problem");
	attributes(input, {
		type: "text",
		autocomplete: "off",
		spellcheck: "false",
		"aria-label": trans.__("The address your browser ended at"),
	});
	const hand = () => {
		const address = input.value.trim();
		input.value = "";
		if (address !== "") send("paste", { address });
	};
	const body = element(
		"form",
		"jcn-paste",
		hint,
		element(
			"div",
			"jcn-buttons",
			input,
			button("jcn-button", trans.__("Use this address"), hand),
		),
		problem,
	);
	body.addEventListener("submit", (event) => {
		event.preventDefault();
		hand();
	});
	const fold = foldFor(body, false, trans.__("The browser did not come back?"));
	let way = "";
	const node = element("div", "jcn-back", fold.node, body);
	return {
		node,
		update(asked: SignIn, shown: boolean) {
			show(node, shown);
			show(fold.node, shown && asked.way !== "paste");
			if (!shown) fold.turn(false);
			if (shown && asked.way !== way && asked.way === "paste") fold.turn(true);
			way = shown ? asked.way : "";
			setText(
				hint,
				trans.__(
					"Paste the whole address it shows. It begins with %1",
					visible(asked.redirect),
				),
			);
			setText(problem, visible(asked.problem));
		},
	};
}
