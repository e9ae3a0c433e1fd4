/** What waits for the person: approvals and sign-ins, over the lower part of the panel, so that nothing moves when one comes. */

import { attributes, button, element, setText, show } from "../dom";
import { greet } from "../greeting";
import type { Host, Unsubscribe } from "../host";
import { icon } from "../icon";
import { list, type Row } from "../list";
import type { Questions } from "../state/approval";
import type { Needed } from "../state/signin";
import { mount as mountApproval } from "../views/approval";
import { mount as mountSignIn } from "../views/signin";
import { trans } from "../words";
import type { Home } from "./home";
import type { Parts } from "./parts";
import type { Panel } from "./state";

type SignIn = Parts["signins"][number];

/** The dock; it is away as long as nothing waits. */
export function dockOf(home: Home) {
	let isOpen = true;
	const title = element("span", "jcn-title");
	const fold = button("jcn-fold jcn-dock-head", "", () => {
		isOpen = !isOpen;
		paint();
	});
	fold.append(icon("chevron"), title);
	const cards = element("div", "jcn-dock-cards");
	const asked = element("div", "jcn-asked");
	const signIns = element("div", "jcn-sign-ins");
	cards.append(signIns, asked);
	const spoken = attributes(element("div", "jcn-spoken"), { role: "status" });
	const region = element("section", "jcn-dock", fold, cards);
	attributes(region, { "aria-label": trans.__("Waiting for you") });
	const node = element("div", "", spoken, region);
	let changed = () => {};
	const leave = mountApproval(
		asked,
		questions(home, (callback) => {
			changed = callback;
		}),
	);
	const fill = list<SignIn>(
		signIns,
		({ id }) => id,
		(each) => signInOf(each, home),
	);
	let current: Panel = home.state();
	let known = 0;
	const paint = () => {
		const { pending, parts } = current;
		const needed = parts.signins ?? [];
		const many = pending.length + needed.length;
		// What comes new is shown, also to one who has folded the others away.
		if (many > known) isOpen = true;
		known = many;
		show(region, many > 0);
		attributes(fold, { "aria-expanded": String(isOpen) });
		show(cards, isOpen);
		show(asked, pending.length > 0);
		const said = waitingWords(pending.length, needed.length);
		setText(title, said);
		setText(spoken, many > 0 ? said : "");
	};
	return {
		node,
		dispose() {
			leave();
			fill([]);
		},
		/** Puts the focus on the first card; false where none waits. */
		focus(): boolean {
			if (region.hidden) return false;
			isOpen = true;
			paint();
			const first = cards.querySelector<HTMLElement>(
				"section[tabindex], button, a[href], input",
			);
			first?.focus();
			return first !== null;
		},
		update(panel: Panel) {
			current = panel;
			const focused = region.contains(document.activeElement);
			fill(panel.parts.signins ?? []);
			changed();
			paint();
			// A settled card takes the focus with it.
			if (focused && region.hidden)
				node.closest<HTMLElement>("[tabindex]")?.focus();
		},
	};
}

function waitingWords(approvals: number, signIns: number): string {
	const asked = trans._n(
		"%1 approval waiting",
		"%1 approvals waiting",
		approvals,
	);
	const needed = trans._n("%1 sign-in waiting", "%1 sign-ins waiting", signIns);
	if (signIns === 0) return asked;
	return approvals === 0 ? needed : `${asked}, ${needed}`;
}

function questions(
	home: Home,
	watch: (changed: () => void) => void,
): Host<Questions> {
	return {
		state() {
			const { pending } = home.state();
			const state = pending.length > 0 ? "pending" : "settled";
			return { id: "waiting", state, questions: pending };
		},
		onState(changed) {
			watch(changed);
			return () => {};
		},
		send: home.send,
	};
}

/** The card of one sign-in. What the kernel told this view alone lies over the rest. */
function signInOf(first: SignIn, home: Home): Row<SignIn> {
	const node = element("div", "");
	const callbacks = new Set<() => void>();
	let current = first;
	const host: Host<Needed> = {
		state: () => ({ ...current, ...current.told }) as Needed,
		onState(changed) {
			callbacks.add(changed);
			return () => callbacks.delete(changed);
		},
		send: home.send,
	};
	const leave: Unsubscribe = mountSignIn(node, host);
	const quiet = greet(host, home.kernelId());
	return {
		node,
		dispose() {
			quiet();
			leave();
		},
		update(next) {
			current = next;
			for (const callback of callbacks) callback();
		},
	};
}
