/** What waits for a person above an app: approvals of its calls, and what it asks for itself. */

import { attributes, button, element, setText, show, spoken } from "../dom";
import type { Host, Message, Mount, Unsubscribe } from "../host";
import type { Approval, Questions } from "../state/approval";
import { type File, fileWords } from "../state/wishes";
import { trans } from "../words";
import { settling } from "./settling";

/** Wishes shown at a time; an app that has more is refused. */
const MOST = 3;

export interface Asks {
	readonly node: HTMLElement;
	/** Takes the questions that wait now. */
	update(pending: readonly Approval[]): void;
	openLink(page: URL): Promise<boolean>;
	save(files: readonly File[], save: () => Promise<boolean>): Promise<boolean>;
	/** `put` is null where no cell can be made. */
	suggest(text: string, put: (() => void) | null): Promise<boolean>;
	/** Every wish that waits is refused. */
	clear(): void;
	dispose: Unsubscribe;
}

/** A place for the questions of the app `title`; `decide` sends the answers to approvals. */
export function asksOf(
	title: string,
	view: () => Promise<Mount<Questions>>,
	decide: (message: Message) => void,
): Asks {
	const cards = element("div", "jcn-app-cards");
	const wishes = element("div", "jcn-app-wishes");
	const node = element("div", "jcn-app-asks", cards, wishes);
	const guard = settling(node, "button, a", (isFresh) => {
		if (isFresh) node.dataset.fresh = "true";
		else delete node.dataset.fresh;
	});
	const greeted = new Set<string>();
	const open = new Set<() => void>();
	let pending: readonly Approval[] = [];
	let changed = () => {};
	let unmount = () => {};
	let isOver = false;
	const home: Host<Questions> = {
		state: () => ({
			id: "app",
			state: pending.length > 0 ? "pending" : "settled",
			questions: pending,
		}),
		onState(callback) {
			changed = callback;
			return () => {};
		},
		send: decide,
	};
	let loading: Promise<void> | null = null;
	/** Shows the questions; the view comes with the first of them. */
	const draw = async () => {
		loading ??= view().then((mount) => {
			if (!isOver) unmount = mount(cards, home);
		});
		try {
			await loading;
			if (!isOver) shown();
		} catch {
			loading = null;
		}
	};
	const shown = () => {
		guard.arm();
		changed();
		for (const { id } of pending) {
			// A question that nobody shows is answered with no.
			if (!greeted.has(id)) decide({ id, type: "hello" });
			greeted.add(id);
		}
		if (pending.length > 0) reveal(node);
	};
	const arrange = () => {
		show(cards, pending.length > 0);
		show(wishes, open.size > 0);
		show(node, pending.length + open.size > 0);
	};
	/** A wish until it is answered; what else may answer it comes as `yes`. */
	const wish = (made: Wish) =>
		new Promise<boolean>((resolve) => {
			if (open.size >= MOST) return resolve(false);
			const answer = (said: boolean) => {
				card.remove();
				open.delete(refuse);
				guard.arm();
				arrange();
				resolve(said);
			};
			const refuse = () => answer(false);
			const card = cardOf(made, answer);
			open.add(refuse);
			wishes.append(card);
			guard.arm();
			arrange();
			reveal(node);
		});
	arrange();
	return {
		node,
		update(next) {
			const ids = next.map(({ id }) => id).join(" ");
			const isOther = ids !== pending.map(({ id }) => id).join(" ");
			pending = next;
			arrange();
			if (isOther || loading === null) void draw();
			else changed();
		},
		openLink: (page) => wish(linkWish(title, page)),
		save: async (files, save) => (await wish(saveWish(title, files))) && save(),
		suggest: (text, put) => wish(askWish(title, text, put)),
		clear() {
			for (const refuse of [...open]) refuse();
		},
		dispose() {
			for (const refuse of [...open]) refuse();
			isOver = true;
			guard.dispose();
			unmount();
		},
	};
}

/** Brings a place into sight for somebody who is at the app, and for nobody else: no app moves the page. */
function reveal(node: HTMLElement): void {
	const { activeElement } = node.getRootNode() as Document | ShadowRoot;
	const isThere = node.parentElement?.contains(activeElement) === true;
	if (isThere) node.scrollIntoView({ block: "nearest" });
}

interface Wish {
	readonly title: string;
	readonly body: readonly HTMLElement[];
	/** The button or link that says yes; its press calls back. */
	readonly yes: (answered: () => void) => HTMLElement;
	readonly no: string;
}

function cardOf(
	{ title, body, yes, no }: Wish,
	answer: (said: boolean) => void,
): HTMLElement {
	const node = element(
		"div",
		"jcn-app-wish",
		element("div", "jcn-title", title),
		...body,
		element(
			"div",
			"jcn-buttons",
			yes(() => answer(true)),
			button("jcn-button", no, () => answer(false)),
		),
	);
	attributes(node, { role: "group", "aria-label": title });
	const said = spoken("status", "jcn-spoken");
	node.append(said);
	// A reader speaks what changes in a region that stands; not what comes with it.
	requestAnimationFrame(() => setText(said, title));
	return node;
}

function main(label: string, pressed: () => void): HTMLButtonElement {
	return button("jcn-button jcn-primary", label, pressed);
}

function linkWish(app: string, page: URL): Wish {
	return {
		title: trans.__("The app “%1” asks to open a page of %2", app, page.host),
		// All of it, and the host as it is looked up: what it carries may be the person's data.
		body: [element("code", "jcn-app-address", page.href)],
		yes(answered) {
			const link = element("a", "jcn-button jcn-primary", trans.__("Open"));
			attributes(link, {
				href: page.href,
				target: "_blank",
				rel: "noopener noreferrer",
				referrerpolicy: "no-referrer",
			});
			// The page is opened by the press itself, so the link must outlive it.
			link.addEventListener("click", () => setTimeout(answered));
			return link;
		},
		no: trans.__("Don't open"),
	};
}

function saveWish(app: string, files: readonly File[]): Wish {
	const lines = files.map((file) => element("li", "", fileWords(file)));
	return {
		title: trans._n(
			"The app “%2” asks to save a file",
			"The app “%2” asks to save %1 files",
			files.length,
			app,
		),
		body: [element("ul", "jcn-app-files", ...lines)],
		yes: (answered) => main(trans.__("Save"), answered),
		no: trans.__("Don't save"),
	};
}

function askWish(app: string, text: string, put: (() => void) | null): Wish {
	const words = element("div", "jcn-value jcn-app-words", text);
	attributes(words, {
		tabindex: "0",
		"aria-label": trans.__("The suggestion"),
	});
	return {
		title: trans.__("The app “%1” suggests to ask", app),
		body: [words],
		yes: (answered) =>
			put === null
				? main(trans.__("Copy"), () => {
						void navigator.clipboard?.writeText(text);
						answered();
					})
				: main(trans.__("Put it in a cell"), () => {
						put();
						answered();
					}),
		no: trans.__("Dismiss"),
	};
}
