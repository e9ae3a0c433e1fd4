/** One call that waits: what would run, with what, and the answers to it. */

import { attributes, button, element, setText, show } from "../dom";
import { icon } from "../icon";
import type { Row } from "../list";
import {
	type Approval,
	askedBy,
	inline,
	kindWords,
	outcome,
	placeOf,
	type Said,
	toolName,
} from "../state/approval";
import { initials, visible } from "../text";
import { trans } from "../words";
import { answersOf } from "./answers";
import { badge, dot, warningList } from "./marks";

export interface QuestionRow extends Row<Approval> {
	/** Shows a line to fold it by, for one call of several. */
	fold(several: boolean): void;
	/** Sends an answer as a press on its own button would. */
	answer(said: Said): void;
}

/** A question and its answers; `open` says whether it begins unfolded. */
export function questionOf(
	approval: Approval,
	open: boolean,
	send: (said: Said) => void,
): QuestionRow {
	const node = element("section", "jcn-question");
	attributes(node, { "aria-label": toolName(approval), tabindex: "-1" });
	let body: Body | null = null;
	let isOpen = open;
	let several = false;
	let current = approval;
	// Made when it is first seen: a list may have hundreds.
	const unfold = () => {
		body ??= bodyOf(current, send, () => node.focus());
		if (body.node.parentElement === null) node.append(body.node);
		body.update(current);
	};
	const row = summaryOf(approval, () => {
		isOpen = !isOpen;
		arrange();
	});
	const arrange = () => {
		const shown = isOpen || !several;
		if (shown) unfold();
		show(row.node, several);
		row.update(current, shown);
		if (body !== null) show(body.node, shown);
	};
	node.append(row.node);
	return {
		node,
		dispose: () => body?.dispose(),
		fold(on) {
			several = on;
			arrange();
		},
		answer(said) {
			if (body !== null) body.answer(said);
			else send(said);
		},
		update(next) {
			// What was decided needs no second look; the line says it.
			if (current.state === "pending" && next.state !== "pending")
				isOpen = false;
			current = next;
			node.dataset.state = next.state;
			node.dataset.kind = next.kind;
			body?.update(next);
			arrange();
		},
	};
}

/** One line: the tool, what it would do with what, and what became of it. */
function summaryOf(approval: Approval, toggled: () => void) {
	const node = button("jcn-fold jcn-line", "", toggled);
	const preview = approval.arguments.flatMap((argument) => [
		element("span", "jcn-muted", ` ${visible(argument.name)} `),
		inline(argument).slice(0, 200),
	]);
	const state = element("span", "jcn-outcome");
	const words = element(
		"span",
		"jcn-words",
		element("span", "jcn-title", toolName(approval)),
		element("span", "jcn-preview", ...preview),
	);
	const warn =
		approval.warnings.length > 0
			? element("span", "jcn-care", icon("warning"))
			: null;
	node.append(
		icon("chevron"),
		words,
		...(warn ? [warn] : []),
		badge(kindWords(approval.kind), approval.kind),
		state,
	);
	return {
		node,
		update(next: Approval, open: boolean) {
			attributes(node, { "aria-expanded": String(open) });
			setText(state, next.state === "pending" ? "" : outcome(next));
		},
	};
}

interface Body {
	readonly node: HTMLElement;
	update(approval: Approval): void;
	answer(said: Said): void;
	dispose(): void;
}

function bodyOf(
	approval: Approval,
	send: (said: Said) => void,
	refocus: () => void,
): Body {
	const answers = answersOf(approval, send, refocus);
	const node = element(
		"div",
		"jcn-body",
		headOf(approval),
		warningList(approval.warnings),
		answers.values,
		answers.node,
	);
	return { ...answers, node };
}

function headOf(approval: Approval): HTMLElement {
	const name = visible(`${approval.connector}.${approval.tool}`);
	const often = approval.asked > 1;
	return element(
		"div",
		"jcn-head",
		dot(initials(approval.title), approval.connector),
		element(
			"div",
			"jcn-what",
			element(
				"div",
				"jcn-first",
				element("span", "jcn-title", toolName(approval)),
				badge(kindWords(approval.kind), approval.kind),
			),
			element(
				"div",
				"jcn-sub",
				element("span", "", placeOf(approval)),
				element("code", "jcn-name", name),
			),
			element(
				"div",
				"jcn-why",
				element("span", "jcn-who", askedBy(approval)),
				approval.why
					? element(
							"span",
							"",
							trans.__("Asked because %1", visible(approval.why)),
						)
					: null,
				often
					? element(
							"span",
							"jcn-often",
							trans.__("Asked %1 times in this session", approval.asked),
						)
					: null,
			),
		),
	);
}
