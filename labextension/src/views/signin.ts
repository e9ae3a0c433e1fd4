/** The card of a sign-in: who asks for what, and below it the way there. Or the card that takes a key. */

import { attributes, element, follow, keepKeys, root } from "../dom";
import type { Host, Unsubscribe } from "../host";
import type { Row } from "../list";
import {
	type Needed,
	type Send,
	type SignIn,
	warningsOf,
	whyWords,
} from "../state/signin";
import cardSheet from "../styles/card.css";
import signinSheet from "../styles/signin.css";
import { initials, visible } from "../text";
import { trans } from "../words";
import { keyOf } from "./keyfield";
import { badge, dot, warningList } from "./marks";
import { wayOf } from "./signinway";

/** Shows what is needed; sends `opened`, `paste`, `device`, `link`, `keep`, `secret` and `cancel`. */
export function mount(host: HTMLElement, home: Host<Needed>): Unsubscribe {
	const node = root(host, "approval", cardSheet, signinSheet);
	node.classList.add("jcn-signin");
	const send: Send = (type, more = {}) =>
		home.send({ id: home.state().id, type, ...more });
	const first = home.state();
	const card = element("div", "jcn-card");
	card.dataset.state = "pending";
	attributes(card, {
		role: "group",
		"aria-label":
			first.kind === "secret"
				? trans.__("A key is needed")
				: trans.__("Sign in"),
	});
	const parts: Row<Needed>[] =
		first.kind === "secret"
			? [headOf(first), keyOf(send) as Row<Needed>]
			: [
					headOf(first),
					factsOf(first) as Row<Needed>,
					wayOf(send) as Row<Needed>,
				];
	card.append(...parts.map((part) => part.node));
	node.append(card);
	keepKeys(node);
	const update = () => {
		for (const part of parts) part.update(home.state());
	};
	return follow(host, home, update, () => {
		for (const part of parts) part.dispose?.();
	});
}

function headOf(asked: Needed): Row<Needed> {
	const title = visible(asked.title || asked.connector);
	const words =
		asked.kind === "secret"
			? trans.__("%1 needs a key", title)
			: trans.__("Sign in to %1", title);
	const first = element(
		"div",
		"jcn-first",
		element("span", "jcn-title", words),
	);
	if (asked.kind === "sign-in" && asked.custom) {
		first.append(badge(trans.__("Custom: not reviewed"), "custom"));
	}
	const sub = element("div", "jcn-sub", element("code", "", asked.host));
	if (asked.kind === "sign-in" && asked.account !== "") {
		sub.append(
			element("span", "", trans.__("account %1", visible(asked.account))),
		);
	}
	const what = element("div", "jcn-what", first, sub);
	const why = asked.kind === "sign-in" ? whyWords(asked) : "";
	if (why !== "") {
		what.append(element("div", "jcn-why", element("span", "jcn-often", why)));
	}
	const sign = dot(initials(asked.title), asked.connector);
	return { node: element("div", "jcn-head", sign, what), update() {} };
}

/** What is asked for and where it is kept. */
function factsOf(asked: SignIn): Row<SignIn> {
	const rows = element("dl", "jcn-arguments");
	const row = (name: string, ...value: (Node | string)[]) =>
		rows.append(element("dt", "", name), element("dd", "", ...value));
	row(trans.__("Signs in at"), element("code", "", asked.issuer));
	row(trans.__("Asks for"), scopesOf(asked));
	row(trans.__("Is kept in"), visible(asked.stored));
	const node = element(
		"div",
		"jcn-facts",
		warningList(warningsOf(asked)),
		element("div", "jcn-values", rows),
	);
	return { node, update() {} };
}

function scopesOf({ scopes }: SignIn): HTMLElement {
	if (scopes.length === 0) {
		return element("span", "", trans.__("whatever the service decides"));
	}
	const items = scopes.map(({ name, fresh, odd }) => {
		const item = element("li", "", element("code", "", visible(name)));
		if (fresh) item.append(badge(trans.__("new"), "write"));
		if (odd)
			item.append(badge(trans.__("not in the directory"), "destructive"));
		return item;
	});
	return element("ul", "jcn-scopes", ...items);
}
