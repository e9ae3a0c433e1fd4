/** What is connected: how it stands, its switch for this notebook, and what its tools cost. */

import { attributes, button, element, say, setText, show } from "../dom";
import type { Row } from "../list";
import { costWords as tokensOf } from "../state/tools";
import { grouped, initials, visible } from "../text";
import { codeLine } from "../views/codeline";
import { foldOf, switchOf } from "../views/controls";
import { badge, dot } from "../views/marks";
import { trans } from "../words";
import type { Home, Tab } from "./home";
import { accessOf, ownAccess } from "./modes";
import type { Connected, Modes } from "./parts";
import { rowsOf } from "./rows";
import type { Page } from "./view";

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
	const access = accessOf(home);
	const rows = rowsOf<Item>({
		className: "jcn-in-use",
		label: trans.__("Connected"),
		none: trans.__("Nothing is connected in this notebook."),
		help: button(
			"jcn-button jcn-primary",
			trans.__("Browse the directory"),
			() => go("directory"),
		),
		keyOf: ({ connected }) => connected.id,
		create: ({ connected }) => rowOf(connected, home, go),
	});
	return {
		node: element("div", "jcn-connected-tab", access.node, ...rows.nodes),
		parts: ["modes"],
		update({ parts, busy }) {
			const { connected, modes } = parts;
			access.update(modes, (connected?.length ?? 0) > 0);
			rows.update(connected?.map((each) => ({ connected: each, modes, busy })));
		},
	};
}

function rowOf(
	first: Connected,
	home: Home,
	go: (tab: Tab, entry?: string) => void,
): Row<Item> {
	let current = first;
	const name = element("span", "jcn-title");
	const account = element("span", "jcn-muted jcn-account");
	const state = element("span", "jcn-state");
	const cost = element("span", "jcn-muted jcn-cost");
	const reason = element("div", "jcn-reason");
	const again = button("jcn-link", "", () => void home.act(renewal(current)));
	const fold = foldOf(false, () => paint());
	const power = switchOf(() => {
		// What is off everywhere is switched on where that is said.
		if (!current.mine) return;
		const { id, here } = current;
		void home.act({ type: "enable", connector: id, here: true, on: !here });
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
		setText(state, stateWords(connected));
		setText(cost, costWords(item));
		show(cost, connected.state === "ready" && isOn(connected));
		say(reason, reasonWords(connected));
		setText(again, renewalWords(connected));
		show(again, canRenew(connected));
		const label = trans.__("%1 in this notebook", title);
		power.update(isOn(connected), connected.mine ? label : offWords(label));
		attributes(power.node, {
			// Not `disabled`: what cannot be reached cannot say why.
			"aria-disabled": connected.mine ? null : "true",
			title: connected.mine ? null : offWords(label),
		});
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

function offWords(label: string): string {
	return trans.__(
		"%1. It is off in all your notebooks; unfold it to turn it on in all of them",
		label,
	);
}

/** Under the name it has, which the person may have given it. */
function renewal({ id, entry, account }: Connected) {
	const of = account === "" ? {} : { account };
	return { type: "connect", entry, name: id, ...of } as const;
}

function renewalWords({ state }: Connected): string {
	return state === "down" ? trans.__("Connect again") : trans.__("Sign in");
}

function stateWords(connected: Connected): string {
	const all: Record<Connected["state"], string> = {
		ready: trans.__("Ready"),
		connecting: trans.__("Connecting…"),
		"signing in": trans.__("Signing in…"),
		"sign in again": trans.__("Sign in again"),
		down: trans.__("Down"),
	};
	const { state } = connected;
	if (state !== "ready" || isOn(connected)) return all[state] ?? all.down;
	return connected.mine
		? trans.__("Off in this notebook")
		: trans.__("Off in all your notebooks");
}

/** How many tools can be called, and what they cost as they are sent now. */
function costWords({ connected, modes }: Item): string {
	const { id, on, tools } = connected;
	const own = modes?.connectors.find((each) => each.id === id);
	const cost = own?.costs[own.mode ?? modes?.mode ?? "auto"];
	const many =
		on === tools
			? trans._n("%1 tool", "%1 tools", tools)
			: trans.__("%1 of %2 tools", on, tools);
	// On demand it adds nothing of its own.
	const sent = cost === undefined || cost.tokens === 0 ? "" : tokensOf(cost);
	return [many, sent].filter((each) => each !== "").join(" · ");
}

function reasonWords(connected: Connected): string {
	const { state, reason, review } = connected;
	if (state !== "ready") return visible(reason);
	return review === 0
		? ""
		: trans._n(
				"%1 tool is new or changed and waits for a look",
				"%1 tools are new or changed and wait for a look",
				review,
			);
}

/** What a row shows when it is unfolded. */
function moreOf(home: Home, go: (tab: Tab, entry?: string) => void) {
	let current: Connected | null = null;
	const own = ownAccess(home);
	const variable = element("code", "");
	const protocol = element("span", "");
	const facts = element(
		"dl",
		"jcn-facts",
		element("dt", "", trans.__("In code")),
		element("dd", "", variable),
	);
	const version = [
		element("dt", "", trans.__("Protocol")),
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
	const disconnect = button("jcn-button", trans.__("Disconnect"), leave(false));
	const signOut = button("jcn-button", trans.__("Sign out"), leave(true));
	signOut.title = trans.__(
		"Disconnect, and forget the sign-in in all notebooks",
	);
	const about = button("jcn-link", trans.__("About"), () => {
		if (current !== null) go("directory", current.entry);
	});
	const tools = button("jcn-link", trans.__("Tools"), () => go("tools"));
	const everywhere = button("jcn-link", "", () => {
		if (current === null) return;
		void home.act({
			type: "enable",
			connector: current.id,
			here: false,
			on: !current.mine,
		});
	});
	const code = codeLine(home.code);
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
			marks.replaceChildren(...marksOf(connected));
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
					? trans.__("Off in all my notebooks")
					: trans.__("On in all my notebooks"),
			);
			for (const each of [disconnect, signOut]) {
				each.disabled = busy.includes(`disconnect ${connected.id}`);
				each.ariaLabel = `${each.textContent} ${title}`;
			}
			code.update(connected.code, trans.__("Disconnect %1", title));
		},
	};
}

function marksOf(connected: Connected): HTMLElement[] {
	const { interactive, custom, hidden } = connected;
	return [
		...(interactive ? [badge(trans.__("Interactive"), "interactive")] : []),
		...(custom ? [badge(trans.__("Custom: not reviewed"), "custom")] : []),
		...(hidden > 0
			? [
					badge(
						trans._n(
							"%2 tool blocked by policy",
							"%2 tools blocked by policy",
							hidden,
							grouped(hidden),
						),
						"blocked",
					),
				]
			: []),
	];
}
