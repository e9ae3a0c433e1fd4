/** A kernel's connectors, and the approvals that wait, outside of any cell. */

import { element, follow, root, setText, show } from "../dom";
import type { Host, Unsubscribe } from "../host";
import { list, type Row } from "../list";
import type { Questions } from "../state/approval";
import { pendingWords, type Status } from "../state/status";
import statusSheet from "../styles/status.css";
import { initials, visible } from "../text";
import { trans } from "../words";
import { mount as mountApproval } from "./approval";
import { dot } from "./marks";

type Connected = Status["connected"][number];

/** Shows a status and sends the `decide` messages of its approvals. */
export function mount(host: HTMLElement, home: Host<Status>): Unsubscribe {
	const node = root(host, "status", statusSheet);
	const waiting = element("div", "jcn-title");
	const cards = element("div", "jcn-cards");
	const heading = element("div", "jcn-title", trans.__("Connected"));
	const connected = element("ul", "jcn-connected");
	node.append(waiting, cards, heading, connected);
	let changed = () => {};
	const unmount = mountApproval(cards, {
		state: () => questionsOf(home.state()),
		onState(callback) {
			changed = callback;
			return () => {};
		},
		send: home.send,
	});
	const fillConnected = list<Connected>(connected, ({ id }) => id, lineOf);
	const update = () => {
		const status = home.state();
		const focused = node.contains(document.activeElement);
		setText(waiting, pendingWords(status));
		show(waiting, status.pending.length > 0);
		show(cards, status.pending.length > 0);
		show(heading, status.connected.length > 0);
		changed();
		fillConnected(status.connected);
		// A settled card takes the focus with it; Escape must still find the popup.
		if (focused && !node.contains(document.activeElement)) host.focus();
	};
	return follow(host, home, update, unmount);
}

function questionsOf({ pending }: Status): Questions {
	const state = pending.length > 0 ? "pending" : "settled";
	return { id: "waiting", state, questions: pending };
}

function lineOf({ id, title }: Connected): Row<Connected> {
	const name = element("span", "");
	const short = element("code", "", visible(id));
	const node = element("li", "", dot(initials(title || id), id), name, short);
	return {
		node,
		update(next) {
			setText(name, visible(next.title || next.id));
		},
	};
}
