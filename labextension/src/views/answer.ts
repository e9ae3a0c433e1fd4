/** An answer in the making: one line a call, with a clock while it runs. */

import {
	attributes,
	element,
	follow,
	root,
	say,
	setText,
	show,
	spoken,
} from "../dom";
import type { Host, Unsubscribe } from "../host";
import { icon } from "../icon";
import { list, type Row } from "../list";
import {
	type Answer,
	type Call,
	type Fact,
	facts,
	headline,
	stateWords,
} from "../state/answer";
import answerSheet from "../styles/answer.css";
import { visible } from "../text";
import { trans } from "../words";
import { foldOf } from "./controls";

const TICK = 100;

interface CallRow extends Row<Call> {
	/** Moves the clock of a running call on. */
	tick(): void;
}

/** Shows the calls of an answer; sends nothing. */
export function mount(host: HTMLElement, home: Host<Answer>): Unsubscribe {
	const node = root(host, "answer", answerSheet);
	const header = headerOf();
	const calls = element("div", "jcn-calls");
	attributes(calls, { role: "list", "aria-label": trans.__("Calls") });
	const told = element("div", "jcn-told");
	node.append(header.node, told, calls);

	const running = new Set<CallRow>();
	const fill = list<Call>(
		calls,
		(call) => call.key,
		(call) => callOf(call, running),
	);
	const clock = clockOf(() => {
		for (const row of running) row.tick();
	});
	const update = () => {
		const answer = home.state();
		header.update(answer);
		sayTold(told, answer.told ?? []);
		fill(answer.calls ?? []);
		show(calls, calls.childElementCount > 0);
		clock.run(running.size > 0 && answer.state === "running");
	};
	return follow(host, home, update, () => clock.run(false));
}

/** They are only added to while an answer comes. */
function sayTold(node: HTMLElement, lines: readonly string[]) {
	for (const line of lines.slice(node.childElementCount)) {
		node.append(
			element(
				"div",
				"jcn-message",
				trans.__("told by the app %1", visible(line)),
			),
		);
	}
	show(node, lines.length > 0);
}

function clockOf(tick: () => void) {
	let timer: ReturnType<typeof setInterval> | undefined;
	return {
		run(on: boolean) {
			if (on && timer === undefined) timer = setInterval(tick, TICK);
			if (!on) {
				clearInterval(timer);
				timer = undefined;
			}
		},
	};
}

function headerOf() {
	const mark = markOf();
	const words = element("span", "jcn-title");
	const model = element("span", "jcn-model");
	const usage = element("span", "jcn-muted jcn-usage");
	const node = spoken("status", "jcn-head", mark.node, words, model, usage);
	return {
		node,
		update(answer: Answer) {
			node.dataset.state = answer.state;
			mark.update(answer.state);
			setText(words, headline(answer));
			setText(model, visible(answer.model ?? ""));
			setText(usage, answer.usage ?? "");
		},
	};
}

function callOf(call: Call, running: Set<CallRow>): CallRow {
	const since = performance.now();
	let current = call;
	const mark = markOf();
	const name = element("code", "jcn-name");
	const said = element("span", "jcn-facts");
	const given = element("pre", "jcn-value");
	const message = element("div", "jcn-message");
	const fold = foldOf(false, () => paint());
	fold.node.prepend(name);
	const node = element(
		"div",
		"jcn-call",
		element("div", "jcn-line", mark.node, fold.node, said),
		message,
		given,
	);
	attributes(node, { role: "listitem" });

	const tick = () => {
		const elapsed = (performance.now() - since) / 1000;
		const parts = facts(current, elapsed).map(factOf);
		if (current.frame) parts.push(frameOf(current.frame));
		said.replaceChildren(...parts);
	};
	const paint = () => {
		node.dataset.state = current.state;
		mark.update(current.state, stateWords(current));
		setText(name, visible(`${current.connector}.${current.tool}`));
		fold.update(fold.open());
		setText(given, visible(current.arguments) || trans.__("No arguments"));
		show(given, fold.open());
		say(message, current.message);
		tick();
	};
	const row: CallRow = {
		node,
		tick,
		dispose: () => running.delete(row),
		update(next) {
			current = next;
			if (next.state === "running") running.add(row);
			else running.delete(row);
			paint();
		},
	};
	return row;
}

function factOf({ text, warn }: Fact): HTMLElement {
	return element("span", warn ? "jcn-fact jcn-warn" : "jcn-fact", text);
}

function frameOf(name: string): HTMLElement {
	const arrow = attributes(element("span", "jcn-arrow", "→"), {
		"aria-label": trans.__("as"),
	});
	const frame = element("code", "jcn-frame", visible(name));
	return element("span", "jcn-fact", arrow, frame);
}

const MARKS = {
	running: null,
	ok: "check",
	done: "check",
	error: "cross",
	failed: "cross",
	denied: "minus",
	stopped: "minus",
} as const;

/** A small sign of a state: a ring that turns, a check, a cross, a bar. */
function markOf() {
	const node = element("span", "jcn-mark");
	let shown = "";
	return {
		node,
		update(state: keyof typeof MARKS, words?: string) {
			if (words) attributes(node, { role: "img", "aria-label": words });
			if (shown === state) return;
			shown = state;
			node.dataset.state = state;
			const sign = MARKS[state] ?? null;
			node.replaceChildren(
				sign === null ? element("span", "jcn-spinner") : icon(sign),
			);
		},
	};
}
