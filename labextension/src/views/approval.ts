/** The card a person decides on: what would run, with what, and three buttons. */

import { attributes, button, element, icon, root, setText, show } from "../dom";
import type { Host, Unsubscribe } from "../host";
import {
	type Approval,
	type Argument,
	askedBy,
	DECISIONS,
	type Decision,
	kindWords,
	outcome,
	toolName,
} from "../state/approval";
import approvalSheet from "../styles/approval.css";
import baseSheet from "../styles/base.css";
import { grouped, head, visible } from "../text";

const PATIENCE = 3000;

/** Shows one approval and sends `decide` messages. */
export function mount(host: HTMLElement, home: Host<Approval>): Unsubscribe {
	const node = root(host, "approval", [baseSheet, approvalSheet]);
	let card: Card | null = null;
	const update = () => {
		const approval = home.state();
		if (!approval.id) return;
		if (card?.id !== approval.id) {
			card?.dispose();
			card = cardOf(approval, (decision) =>
				home.send({ id: approval.id, type: "decide", decision }),
			);
			node.replaceChildren(card.node);
		}
		card.update(approval);
	};
	const off = home.onState(update);
	update();
	return () => {
		off();
		card?.dispose();
		host.replaceChildren();
	};
}

interface Card {
	readonly id: string;
	readonly node: HTMLElement;
	update(approval: Approval): void;
	dispose(): void;
}

function cardOf(
	approval: Approval,
	decide: (decision: Decision) => void,
): Card {
	const node = element("div", "jcn-card", ...described(approval));
	attributes(node, {
		role: "group",
		"aria-label": `Approval: ${toolName(approval)}`,
		tabindex: "-1",
	});
	const footer = footerOf(approval.choices, decide, () => node.focus());
	node.append(footer.node);
	return {
		id: approval.id,
		node,
		dispose: footer.dispose,
		update(next) {
			node.dataset.state = next.state;
			footer.update(next);
		},
	};
}

function described(approval: Approval): (HTMLElement | null)[] {
	const badge = element("span", "jcn-badge", kindWords(approval.kind));
	badge.dataset.kind = approval.kind;
	const place = [approval.title || approval.connector, approval.account];
	return [
		element(
			"div",
			"jcn-head",
			element("span", "jcn-title", toolName(approval)),
			badge,
		),
		element(
			"div",
			"jcn-sub",
			element("span", "", place.filter(Boolean).map(visible).join(" · ")),
			element(
				"code",
				"jcn-name",
				visible(`${approval.connector}.${approval.tool}`),
			),
		),
		argumentList(approval.arguments),
		element(
			"div",
			"jcn-why",
			element("span", "", askedBy(approval)),
			approval.why
				? element("span", "jcn-rule", `Asked because ${visible(approval.why)}`)
				: null,
		),
	];
}

function argumentList(given: readonly Argument[]): HTMLElement {
	if (given.length === 0) return element("div", "jcn-none", "No arguments");
	const rows = given.flatMap(({ name, value }) => [
		element("dt", "", visible(name)),
		element("dd", "", foldable(visible(value))),
	]);
	return element("dl", "jcn-arguments", ...rows);
}

/** A value, folded if it is long; the fold says how much there is. */
function foldable(text: string): HTMLElement {
	const short = head(text);
	const pre = element("pre", "jcn-value", short === null ? text : `${short}…`);
	if (short === null) return pre;
	let open = false;
	const whole = `Show all (${grouped(text.length)} characters)`;
	const toggle = button("jcn-link", whole, () => {
		open = !open;
		setText(pre, open ? text : `${short}…`);
		setText(toggle, open ? "Show less" : whole);
		attributes(toggle, { "aria-expanded": String(open) });
	});
	attributes(toggle, { "aria-expanded": "false" });
	return element("div", "", pre, toggle);
}

/** The buttons, then what became of it. `refocus` moves the focus to the card. */
function footerOf(
	choices: readonly Decision[],
	decide: (decision: Decision) => void,
	refocus: () => void,
) {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const mark = element("span", "jcn-mark");
	const words = element("span", "");
	const live = element("div", "jcn-live", mark, words);
	attributes(live, { role: "status", "aria-live": "polite" });

	// A button that is disabled or hidden drops the focus to the page's start.
	const keepFocus = () => {
		if (row.contains(document.activeElement)) refocus();
	};
	const press = (decision: Decision) => {
		keepFocus();
		for (const each of buttons) each.disabled = true;
		setText(words, "Sending…");
		timer = setTimeout(
			() => setText(words, "Waiting for the kernel"),
			PATIENCE,
		);
		decide(decision);
	};
	const buttons = DECISIONS.filter(([decision]) =>
		choices.includes(decision),
	).map(([decision, label]) => {
		const node = button("jcn-button", label, () => press(decision));
		node.dataset.decision = decision;
		return node;
	});
	const row = element("div", "jcn-buttons", ...buttons);

	const close = (approval: Approval) => {
		clearTimeout(timer);
		keepFocus();
		show(row, false);
		const allowed = approval.state === "allowed";
		mark.replaceChildren(icon(allowed ? "check" : "cross"));
		setText(words, outcome(approval));
	};
	return {
		node: element("div", "jcn-foot", row, live),
		dispose: () => clearTimeout(timer),
		update(approval: Approval) {
			if (approval.state !== "pending") close(approval);
		},
	};
}
