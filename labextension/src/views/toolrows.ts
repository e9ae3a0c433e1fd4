/** A group of tools with its switch, and each tool with its own. */

import { attributes, button, element, setText, show } from "../dom";
import type { Code } from "../host";
import { icon } from "../icon";
import type { Row } from "../list";
import { longList } from "../long";
import { type Kind, kindWords } from "../state/approval";
import {
	at,
	closedWords,
	effectWords,
	type Flip,
	type Group,
	ownCount,
	type Scope,
	type Tool,
} from "../state/tools";
import { grouped, tokens, visible } from "../text";
import { trans } from "../words";
import { codeLine } from "./codeline";
import { foldOf } from "./controls";
import { badge } from "./marks";
import { reviewOf } from "./review";
import { triple } from "./switches";

/** What every part needs to know besides its own item. */
export interface View {
	turn(flip: Flip): void;
	/** Lets the tools of a group follow it again. */
	reset(connector: string, kind: Kind): void;
	accept(connector: string, tool: string, hash: string): void;
	query(): string;
	scope(): Scope;
	/** True where only what changed is shown. */
	review(): boolean;
	/** True where the person sees the tools without unfolding them. */
	readonly open: boolean;
	/** Where the call of a tool can go. */
	readonly code: Code | undefined;
}

/** About how high the row of a tool is, and the head of a group. */
export const ROW = 47;
export const GROUP_HEAD = 38;

/** One group: its badge, its switch, its tools. */
export function groupOf(
	group: Group,
	connector: string,
	view: View,
): Row<Group> {
	const { kind } = group;
	const tally = element("span", "jcn-muted");
	const reset = button("jcn-link", "", () => view.reset(connector, kind));
	const here = () => view.scope() === "here";
	const way = triple(kind, { words: true }, (setting) =>
		view.turn({ connector, tool: null, kind, setting, here: here() }),
	);
	const heading = element(
		"div",
		"jcn-group-head",
		badge(kindWords(kind), kind),
		tally,
		reset,
	);
	heading.append(element("span", "jcn-space"), way.node);
	const rows = element("div", "");
	const fill = longList<Tool>(
		rows,
		(tool) => tool.name,
		(tool) => toolOf(tool, connector, view),
		() => ROW,
	);
	return {
		node: element("div", "jcn-group", heading, rows),
		update(next) {
			const own = ownCount(next.tools, view.scope());
			setText(tally, grouped(next.tools.length));
			setText(
				reset,
				trans._n(
					"Reset %2 tool set separately",
					"Reset %2 tools set separately",
					own,
					grouped(own),
				),
			);
			show(reset, own > 0);
			show(way.node, next.state !== null && !view.review());
			if (next.state !== null)
				way.update(
					at(next.state, view.scope()),
					trans.__("all, %1", kindWords(kind)),
				);
			fill(next.tools);
		},
	};
}

function toolOf(tool: Tool, connector: string, view: View): Row<Tool> {
	let current = tool;
	const name = element("code", "jcn-name");
	const title = element("span", "jcn-muted jcn-tool-title");
	const news = element("span", "jcn-badge jcn-news");
	const cost = element("span", "jcn-cost");
	const description = element("div", "jcn-description");
	const closed = element("div", "jcn-closed");
	const signature = element("pre", "jcn-value");
	const why = element("div", "jcn-why");
	const fold = foldOf(false, () => paint());
	const call = codeLine(view.code);
	view.code?.drags(fold.node, () => current.call ?? "");
	const app = badge(trans.__("Interactive"), "interactive");
	fold.node.append(name, title, app, news);
	const way = triple(tool.kind, { words: false }, (setting) =>
		view.turn({
			connector,
			tool: current.name,
			kind: null,
			setting,
			here: view.scope() === "here",
		}),
	);
	const review = reviewOf(({ hash }) =>
		view.accept(connector, current.name, hash),
	);
	const node = element(
		"div",
		"jcn-tool",
		element("div", "jcn-tool-main", fold.node, description, closed, why),
		cost,
		way.node,
		element("div", "jcn-tool-more", signature, call.node, review.node),
	);
	const paint = () => {
		const open = fold.open();
		const position = at(current, view.scope());
		const off = current.review?.off === true;
		node.dataset.enabled = String(current.enabled);
		node.dataset.open = String(open);
		setText(name, visible(current.name));
		setText(
			title,
			current.title === current.name ? "" : visible(current.title),
		);
		show(app, current.interactive === true);
		show(news, current.review !== null);
		setText(news, newsWords(current));
		setText(cost, tokens(current.tokens));
		setText(description, visible(current.description));
		setText(signature, visible(current.signature));
		show(description, current.description !== "");
		show(signature, open && current.signature !== "");
		call.update(
			open ? (current.call ?? "") : "",
			trans.__("Call %1", visible(current.name)),
		);
		setText(why, `${effectWords(position.stands ?? "block")}: ${position.why}`);
		// The line about what is closed has said it already.
		const isSaid = Object.values(position.closed).includes(position.why);
		show(why, open && !off && !isSaid && position.why !== "");
		paintClosed(closed, off ? [] : closedLines(current, view.scope()));
		fold.update(open);
		show(way.node, !off);
		way.update(position, visible(current.name));
		review.update(current.review);
	};
	return {
		node,
		update(next) {
			current = next;
			paint();
		},
	};
}

function newsWords({ review }: Tool): string {
	if (review === null) return "";
	if (review.state === "new") {
		return review.off ? trans.__("New, off") : trans.__("New");
	}
	return review.off ? trans.__("Changed, off") : trans.__("Changed");
}

/** What a person should know of a switch: what closes positions of it, and what one notebook narrows. */
function closedLines(tool: Tool, scope: Scope): string[] {
	const narrowed =
		scope === "mine" &&
		tool.here !== null &&
		tool.here.stands !== tool.mine.stands
			? [
					trans.__(
						"In this notebook: %1",
						effectWords(tool.here.stands ?? "block").toLowerCase(),
					),
				]
			: [];
	// In a notebook every switch is closed to what is wider; the line above the tools says so once.
	return scope === "here" ? [] : [...closedWords(tool.mine), ...narrowed];
}

function paintClosed(node: HTMLElement, lines: string[]): void {
	show(node, lines.length > 0);
	if (node.dataset.lines === lines.join("\n")) return;
	node.dataset.lines = lines.join("\n");
	node.replaceChildren(
		...lines.map((line) =>
			element("div", "", icon("lock"), element("span", "", visible(line))),
		),
	);
	attributes(node, { role: "note" });
}
