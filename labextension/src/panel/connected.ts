/** What is connected: how it stands, its switch for this notebook, and what its tools cost. */

import { attributes, button, element, say, setText, show } from "../dom";
import { list, type Row } from "../list";
import { count, initials, visible } from "../text";
import { codeLine } from "../views/codeline";
import { foldOf, switchOf } from "../views/controls";
import { badge, dot } from "../views/marks";
import { codeWords } from "./foot";
import type { Home, Tab } from "./home";
import { accessOf, costWords as modeCost, ownAccess } from "./modes";
import type { Connected, Modes } from "./state";
import type { Page } from "./view";
import type { Words } from "./words";

/** A connector, and its part of the modes where the kernel has told them. */
interface Item {
	readonly connected: Connected;
	readonly modes: Modes | undefined;
	readonly busy: readonly string[];
}

/** The tab; `go` leads to the others. */
export function connectedTab(
	home: Home,
	go: (tab: Tab, entry?: string) => void,
): Page {
	const { words } = home;
	const access = accessOf(home);
	const rows = attributes(element("div", "jcn-in-use"), {
		role: "list",
		"aria-label": words.__("Connected"),
	});
	const none = element(
		"div",
		"jcn-empty",
		element(
			"p",
			"jcn-muted",
			words.__("Nothing is connected in this notebook."),
		),
		button("jcn-button jcn-primary", words.__("Browse the directory"), () =>
			go("directory"),
		),
	);
	const fill = list<Item>(
		rows,
		({ connected }) => connected.id,
		({ connected }) => rowOf(connected, home, go),
	);
	return {
		node: element("div", "jcn-connected-tab", access.node, rows, none),
		parts: ["modes"],
		update({ parts, busy }) {
			const { connected, modes } = parts;
			const many = connected?.length ?? 0;
			show(none, connected !== undefined && many === 0);
			access.update(modes, many > 0);
			fill((connected ?? []).map((each) => ({ connected: each, modes, busy })));
		},
	};
}

function rowOf(
	first: Connected,
	home: Home,
	go: (tab: Tab, entry?: string) => void,
): Row<Item> {
	let current = first;
	const { words } = home;
	const name = element("span", "jcn-title");
	const account = element("span", "jcn-muted jcn-account");
	const state = element("span", "jcn-state");
	const cost = element("span", "jcn-muted jcn-cost");
	const reason = element("div", "jcn-reason");
	const again = button("jcn-link", "", () => void home.act(renewal(current)));
	const fold = foldOf(false, () => paint());
	const power = switchOf(() => {
		// What is off everywhere is switched on where it was switched off.
		if (power.node.ariaDisabled === "true") return;
		void home.act({
			type: "enable",
			connector: current.id,
			here: current.mine,
			on: !isOn(current),
		});
	});
	fold.node.append(element("span", "jcn-names", name, account));
	const more = moreOf(home, go);
	const node = element(
		"div",
		"jcn-use",
		element(
			"div",
			"jcn-use-head",
			fold.node,
			dot(initials(first.title || first.id), first.id),
			power.node,
		),
		element("div", "jcn-use-line", state, cost),
		reason,
		again,
		more.node,
	);
	fold.node.after(node.querySelector(".jcn-dot") as Node);
	attributes(node, { role: "listitem" });
	let item: Item = { connected: first, modes: undefined, busy: [] };
	const paint = () => {
		const { connected } = item;
		const title = visible(connected.title || connected.id);
		setText(name, title);
		setText(account, visible(connected.account));
		show(account, connected.account !== "");
		node.dataset.state = connected.state;
		node.dataset.on = String(isOn(connected));
		setText(state, stateWords(words, connected));
		setText(cost, costWords(words, item));
		show(cost, connected.state === "ready" && isOn(connected));
		say(reason, reasonWords(words, connected));
		setText(again, renewalWords(words, connected));
		show(again, canRenew(connected));
		power.update(isOn(connected), words.__("%1 in this notebook", title));
		fold.update(fold.open());
		more.update(item, fold.open());
	};
	return {
		node,
		update(next) {
			item = next;
			current = next.connected;
			paint();
		},
	};
}

const isOn = ({ mine, here }: Connected) => mine && here;

const canRenew = ({ state, entry }: Connected) =>
	entry !== "" && (state === "down" || state === "sign in again");

function renewal({ entry, account }: Connected) {
	const of = account === "" ? {} : { account };
	return { type: "connect", entry, ...of } as const;
}

function renewalWords(words: Words, { state }: Connected): string {
	return state === "down" ? words.__("Connect again") : words.__("Sign in");
}

function stateWords(words: Words, connected: Connected): string {
	const all: Record<Connected["state"], string> = {
		ready: words.__("Ready"),
		connecting: words.__("Connecting…"),
		"signing in": words.__("Signing in…"),
		"sign in again": words.__("Sign in again"),
		down: words.__("Down"),
	};
	const { state } = connected;
	if (state !== "ready" || isOn(connected)) return all[state] ?? all.down;
	return connected.mine
		? words.__("Off in this notebook")
		: words.__("Off in all your notebooks");
}

/** How many tools can be called, and what they cost as they are sent now. */
function costWords(words: Words, { connected, modes }: Item): string {
	const { id, on, tools } = connected;
	const own = modes?.connectors.find((each) => each.id === id);
	const cost = own?.costs[own.mode ?? modes?.mode ?? "auto"];
	const many =
		on === tools
			? words._n("%1 tool", "%1 tools", tools)
			: words.__("%1 of %2 tools", on, tools);
	const sent = cost === undefined ? "" : modeCost(words, cost);
	return [many, sent].filter((each) => each !== "").join(" · ");
}

function reasonWords(words: Words, connected: Connected): string {
	const { state, reason, review } = connected;
	if (state !== "ready") return visible(reason);
	return review === 0
		? ""
		: words._n(
				"%1 tool is new or changed and waits for a look",
				"%1 tools are new or changed and wait for a look",
				review,
			);
}

/** What a row shows when it is unfolded. */
function moreOf(home: Home, go: (tab: Tab, entry?: string) => void) {
	const { words } = home;
	let current: Connected | null = null;
	const own = ownAccess(home);
	const variable = element("code", "");
	const protocol = element("span", "");
	const facts = element(
		"dl",
		"jcn-facts",
		element("dt", "", words.__("In code")),
		element("dd", "", variable),
	);
	const version = [
		element("dt", "", words.__("Protocol")),
		element("dd", "", protocol),
	];
	facts.append(...version);
	const marks = element("div", "jcn-badges");
	const notes = element("ul", "jcn-notes jcn-muted");
	const leave = (revoke: boolean) => () => {
		if (current === null) return;
		void home.act({
			type: "disconnect",
			name: current.id,
			...(revoke ? { revoke } : {}),
		});
	};
	const disconnect = button("jcn-button", words.__("Disconnect"), leave(false));
	const signOut = button("jcn-button", words.__("Sign out"), leave(true));
	signOut.title = words.__(
		"Disconnect, and forget the sign-in in all notebooks",
	);
	const about = button("jcn-link", words.__("About"), () => {
		if (current !== null) go("directory", current.entry);
	});
	const tools = button("jcn-link", words.__("Tools"), () => go("tools"));
	const everywhere = button("jcn-link", "", () => {
		if (current === null) return;
		void home.act({
			type: "enable",
			connector: current.id,
			here: false,
			on: !current.mine,
		});
	});
	const code = codeLine(home.code, codeWords(words));
	const node = element(
		"div",
		"jcn-more",
		own.node,
		marks,
		facts,
		notes,
		element("div", "jcn-links", tools, about, everywhere),
		element("div", "jcn-buttons", disconnect, signOut),
		code.node,
	);
	return {
		node,
		update({ connected, modes, busy }: Item, shown: boolean) {
			current = connected;
			show(node, shown);
			if (!shown) return;
			const title = visible(connected.title || connected.id);
			own.update(connected, modes);
			setText(variable, visible(connected.variable));
			setText(protocol, visible(connected.protocol));
			for (const each of version) show(each, connected.protocol !== "");
			marks.replaceChildren(...marksOf(words, connected));
			show(marks, marks.childElementCount > 0);
			notes.replaceChildren(
				...connected.notes.map((each) => element("li", "", visible(each))),
			);
			show(notes, connected.notes.length > 0);
			show(about, connected.entry !== "");
			show(signOut, connected.revoke !== "");
			setText(
				everywhere,
				connected.mine
					? words.__("Off in all my notebooks")
					: words.__("On in all my notebooks"),
			);
			for (const each of [disconnect, signOut]) {
				each.disabled = busy.includes(`disconnect ${connected.id}`);
				each.ariaLabel = `${each.textContent} ${title}`;
			}
			code.update(connected.code, words.__("Disconnect %1", title));
		},
	};
}

function marksOf(words: Words, connected: Connected): HTMLElement[] {
	const { interactive, custom, hidden } = connected;
	return [
		...(interactive ? [badge(words.__("Interactive"), "interactive")] : []),
		...(custom ? [badge(words.__("Custom: not reviewed"), "custom")] : []),
		...(hidden > 0
			? [
					badge(
						words.__("%1 blocked by policy", count(hidden, "tool")),
						"blocked",
					),
				]
			: []),
	];
}
