/** The answers to one call: yes, no, an edit before it, a yes that lasts. */

import { attributes, button, element, setText, show } from "../dom";
import { icon } from "../icon";
import {
	type Approval,
	choiceWords,
	type Decision,
	outcome,
	type Said,
} from "../state/approval";
import { visible } from "../text";
import { trans } from "../words";
import { rememberOf } from "./remember";
import { type Settling, settling } from "./settling";
import { valuesOf } from "./values";

const PATIENCE = 3000;

/** The arguments, the buttons, and what became of it. `refocus` moves the focus to the card. */
export function answersOf(
	approval: Approval,
	send: (said: Said) => void,
	refocus: () => void,
) {
	const foot = element("div", "jcn-foot");
	const live = liveLine();
	let tries = 0;
	let isEditing = false;

	const answer = (given: Said) => {
		let said = given;
		// A press on the button for all takes what stands in the fields, never what stood there.
		if (isEditing && given.decision === "once") {
			const edits = values.edits();
			if (edits === null) return;
			said = { ...given, edits };
		}
		// A button that is disabled or hidden drops the focus to the page's start.
		if (foot.contains(document.activeElement)) refocus();
		enable(foot, false);
		live.sending();
		send(said);
	};
	const values = valuesOf(approval.arguments, () => update());
	const edit = button("jcn-link", trans.__("Edit…"), () => {
		setEditing(true);
	});
	const canEdit =
		approval.choices.includes("once") &&
		approval.arguments.some(({ secret }) => secret === "");
	show(edit, canEdit);

	const deny = decisionButton("deny", approval.hours, () =>
		answer({ decision: "deny" }),
	);
	const why = button("jcn-link", trans.__("Say why not…"), () =>
		reveal(reason),
	);
	const allow = approval.choices
		.filter((each) => each !== "deny")
		.map((each) =>
			decisionButton(each, approval.hours, () => {
				if (each === "always") reveal(remember);
				else answer({ decision: each });
			}),
		);
	const more = element("div", "jcn-more", edit, why);
	const main = element("div", "jcn-buttons", deny, ...allow, more);

	const allowEdited = decisionButton("once", approval.hours, () => {
		answer({ decision: "once" });
	});
	const changing = element(
		"div",
		"jcn-buttons",
		button("jcn-button", trans.__("Back"), () => setEditing(false)),
		allowEdited,
	);

	const reason = reasonOf(approval, answer, () => reveal(null));
	const remember = rememberOf(
		approval,
		(pattern) => answer({ decision: "always", pattern }),
		() => reveal(null),
	);
	const panels = [reason, remember];

	/** One panel instead of the buttons, or the buttons. */
	const reveal = (panel: (typeof panels)[number] | null) => {
		for (const each of panels) show(each.node, each === panel);
		show(main, panel === null && !isEditing);
		show(changing, isEditing);
		if (panel !== null) panel.focus();
		else if (!foot.contains(document.activeElement)) refocus();
	};
	const setEditing = (on: boolean) => {
		isEditing = on;
		reveal(null);
		values.edit(on);
		update();
	};
	const update = () => {
		const edits = isEditing ? values.edits() : {};
		allowEdited.disabled = edits === null || Object.keys(edits).length === 0;
	};
	setText(allowEdited, trans.__("Allow edited"));
	for (const each of panels) show(each.node, false);
	show(changing, false);
	foot.append(main, changing, reason.node, remember.node, live.node);
	const settle = sure(foot);
	return {
		values: values.node,
		node: foot,
		answer,
		dispose() {
			settle.dispose();
			live.dispose();
		},
		update(next: Approval) {
			if (next.state !== "pending") {
				settle.dispose();
				if (foot.contains(document.activeElement)) refocus();
				for (const each of [main, changing, reason.node, remember.node]) {
					show(each, false);
				}
				live.closed(next);
			} else if (next.tries !== tries) {
				tries = next.tries;
				enable(foot, true);
				update();
				live.refused(next.problem);
			}
		},
	};
}

/** The buttons that say yes. */
const YES = "[data-decision]:not([data-decision=deny])";

/** A press of a yes counts when it was meant for it; until then the button says that it takes none. */
export function sure(place: HTMLElement): Settling {
	return settling(place, YES, (isFresh) => {
		for (const each of place.querySelectorAll(YES)) {
			attributes(each, { "aria-disabled": isFresh ? "true" : null });
		}
	});
}

function decisionButton(
	decision: Decision,
	hours: number,
	pressed: () => void,
): HTMLButtonElement {
	const node = button("jcn-button", choiceWords(decision, hours), pressed);
	node.dataset.decision = decision;
	if (decision === "hours" || decision === "session") {
		attributes(node, { title: trans.__("This tool, with any arguments") });
	}
	return node;
}

function enable(foot: HTMLElement, on: boolean): void {
	for (const each of foot.querySelectorAll<
		HTMLButtonElement | HTMLInputElement
	>("button, input, select, textarea")) {
		each.disabled = !on;
	}
}

function reasonOf(
	approval: Approval,
	answer: (said: Said) => void,
	back: () => void,
) {
	const input = element("input", "jcn-input");
	const label =
		approval.asked_by === "person"
			? trans.__("Reason, kept in the record")
			: trans.__("Reason, told to the model");
	attributes(input, {
		placeholder: label,
		"aria-label": label,
		maxlength: "500",
		autocomplete: "off",
	});
	const deny = () => answer({ decision: "deny", reason: input.value });
	input.addEventListener("keydown", (event) => {
		if (event.key === "Enter" && !event.isComposing) deny();
	});
	const go = button("jcn-button", trans.__("Deny"), deny);
	go.dataset.decision = "deny";
	const node = element(
		"div",
		"jcn-reason",
		input,
		element(
			"div",
			"jcn-buttons",
			button("jcn-button", trans.__("Back"), back),
			go,
		),
	);
	return { node, focus: () => input.focus() };
}

/** What becomes of an answer, told to the eye and to a reader. */
function liveLine() {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const mark = element("span", "jcn-mark");
	const words = element("span", "");
	const node = element("div", "jcn-live", mark, words);
	attributes(node, { role: "status", "aria-live": "polite" });
	return {
		node,
		dispose: () => clearTimeout(timer),
		sending() {
			node.dataset.problem = "false";
			setText(words, trans.__("Sending…"));
			timer = setTimeout(
				() => setText(words, trans.__("Waiting for the kernel")),
				PATIENCE,
			);
		},
		refused(problem: string) {
			clearTimeout(timer);
			node.dataset.problem = "true";
			setText(words, trans.__("Not sent: %1", visible(problem)));
		},
		closed(approval: Approval) {
			clearTimeout(timer);
			node.dataset.problem = "false";
			const allowed = approval.state === "allowed";
			mark.replaceChildren(icon(allowed ? "check" : "cross"));
			setText(words, outcome(approval));
		},
	};
}
