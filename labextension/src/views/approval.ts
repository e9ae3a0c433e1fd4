/** The card a person decides on: every call that waits in a cell, each with its own answer. */

import {
	attributes,
	button,
	element,
	follow,
	keepKeys,
	root,
	setText,
	show,
} from "../dom";
import type { Host, Unsubscribe } from "../host";
import { list } from "../list";
import {
	type Approval,
	announcement,
	type Questions,
	type Said,
	summary,
	together,
	waiting,
} from "../state/approval";
import approvalSheet from "../styles/approval.css";
import cardSheet from "../styles/card.css";
import recordSheet from "../styles/record.css";
import rememberSheet from "../styles/remember.css";
import { trans } from "../words";
import { sure } from "./answers";
import { type QuestionRow, questionOf } from "./question";

/** Above this many the list folds: a yes to all needs all of them seen. */
const MOST = 10;

/** Shows the questions of one card and sends a `decide` message for each answer. */
export function mount(host: HTMLElement, home: Host<Questions>): Unsubscribe {
	const node = root(
		host,
		"approval",
		cardSheet,
		approvalSheet,
		recordSheet,
		rememberSheet,
	);
	const card = element("div", "jcn-card");
	attributes(card, { role: "group", "aria-label": trans.__("Approval") });
	const spoken = element("div", "jcn-spoken");
	attributes(spoken, { role: "status", "aria-live": "polite" });
	const rows = new Map<string, QuestionRow>();
	const bar = barOf(
		(approvals, said) => {
			for (const { id } of approvals) {
				const row = rows.get(id);
				if (row !== undefined) row.answer(said);
				else home.send({ id, type: "decide", ...said });
			}
		},
		() => update(),
	);
	const body = element("div", "jcn-questions");
	card.append(bar.node, body, bar.more);
	node.append(card, spoken);
	keepKeys(node);

	const fill = list<Approval>(
		body,
		({ id }) => id,
		(approval) => {
			const alone = rows.size === 0 && home.state().questions.length === 1;
			const row = questionOf(approval, alone, (said) =>
				home.send({ id: approval.id, type: "decide", ...said }),
			);
			rows.set(approval.id, row);
			return { ...row, dispose: () => drop(approval.id) };
		},
	);
	const drop = (id: string) => {
		rows.get(id)?.dispose?.();
		rows.delete(id);
	};
	let told = "";
	const update = () => {
		const { questions = [] } = home.state();
		const shown = bar.update(questions);
		fill(shown);
		const several = questions.length > 1;
		for (const row of rows.values()) row.fold(several);
		show(card, questions.length > 0);
		card.dataset.state = waiting(questions).length > 0 ? "pending" : "settled";
		card.dataset.several = String(several);
		const words = spokenWords(questions);
		// A reader speaks what changes in a region that stands; not what comes with it.
		if (words !== told) requestAnimationFrame(() => setText(spoken, words));
		told = words;
	};
	return follow(host, home, update, () => {
		fill([]);
		bar.dispose();
	});
}

function spokenWords(questions: readonly Approval[]): string {
	const [first, ...more] = waiting(questions);
	if (first === undefined) return "";
	return more.length === 0 ? announcement(first) : summary(questions);
}

/** The head of a list: how many wait, and the answers to all of them. */
function barOf(
	answer: (approvals: readonly Approval[], said: Said) => void,
	changed: () => void,
) {
	let all = false;
	let known = "";
	let current: readonly Approval[] = [];
	const words = element("span", "jcn-title");
	const deny = button("jcn-button", trans.__("Deny all"), () =>
		answer(waiting(current), { decision: "deny" }),
	);
	const allow = button("jcn-button", "", () => {
		answer(together(current), { decision: "once" });
	});
	allow.dataset.decision = "once";
	const hint = element("span", "jcn-muted");
	const node = element(
		"div",
		"jcn-bar",
		words,
		element("div", "jcn-buttons", deny, allow, hint),
	);
	const settle = sure(node);
	const more = button("jcn-fold jcn-rest", "", () => {
		all = true;
		changed();
	});

	/** What the person has not seen yet is not allowed by a press that was under way. */
	const calm = (questions: readonly Approval[]) => {
		const ids = questions.map(({ id }) => id).join(" ");
		if (ids === known) return;
		known = ids;
		settle.arm();
	};
	return {
		node,
		more,
		dispose: settle.dispose,
		/** Gives those to show. */
		update(questions: readonly Approval[]): readonly Approval[] {
			current = questions;
			calm(questions);
			const folded = !all && questions.length > MOST;
			const left = waiting(questions);
			const open = together(questions);
			setText(words, summary(questions));
			setText(allow, allWords(left, open));
			allow.dataset.kind = open.some(({ kind }) => kind === "destructive")
				? "destructive"
				: "write";
			show(allow, open.length > 1 && !folded);
			setText(hint, hintWords(left, open, folded));
			setText(more, trans.__("Show all %1 calls", questions.length));
			show(more, folded);
			show(node, questions.length > 1 && left.length > 0);
			show(deny, left.length > 1);
			return folded ? questions.slice(0, MOST) : questions;
		},
	};
}

function allWords(
	left: readonly Approval[],
	open: readonly Approval[],
): string {
	return left.length === open.length
		? trans.__("Allow all %1 once", open.length)
		: trans.__("Allow the other %1 once", open.length);
}

function hintWords(
	left: readonly Approval[],
	open: readonly Approval[],
	folded: boolean,
): string {
	if (folded) {
		return trans.__("Show all %1 to allow them together", left.length);
	}
	const alone = left.length - open.length;
	if (alone === 0) return "";
	return trans._n(
		"%1 needs a look of its own",
		"%1 need a look of their own",
		alone,
	);
}
