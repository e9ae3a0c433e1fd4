/** The tools of the connected connectors, with a switch each and what they cost. */

import {
	attributes,
	element,
	list,
	type Row,
	root,
	setText,
	show,
} from "../dom";
import type { Host, Unsubscribe } from "../host";
import { kindWords } from "../state/approval";
import {
	type Connector,
	type Flip,
	type Group,
	groups,
	type Tool,
	type Tools,
	total,
	withFlips,
} from "../state/tools";
import baseSheet from "../styles/base.css";
import toolsSheet from "../styles/tools.css";
import { grouped, tokens, visible } from "../text";
import { foldOf, searchBox, switchOf } from "./controls";

const PATIENCE = 3000;
/** With more tools than this the connectors start folded. */
const OPEN_UP_TO = 30;

type Turn = (flip: Flip) => void;

/** What every part below needs to know besides its own item. */
interface View {
	readonly turn: Turn;
	query(): string;
	/** True where the person sees the tools without unfolding them. */
	readonly open: boolean;
}

/** Shows the tools and sends `toggle` messages. */
export function mount(host: HTMLElement, home: Host<Tools>): Unsubscribe {
	const node = root(host, "tools", [baseSheet, toolsSheet]);
	const search = searchBox("Search tools", () => update());
	const header = headerOf();
	const flips = pendingFlips(() => update());
	const turn: Turn = (flip) => {
		const { connector, tool, enabled } = flip;
		flips.add(flip);
		home.send({
			id: home.state().id,
			type: "toggle",
			connector,
			tool,
			enabled,
		});
	};
	const view = { turn, query: search.query, open: startsOpen(home.state()) };
	const sections = element("div", "jcn-sections");
	const none = element("div", "jcn-none", "No tool matches");
	attributes(none, { role: "status" });
	const fill = list<Connector>(
		sections,
		(connector) => connector.id,
		(connector) => sectionOf(connector, view),
	);
	const update = () => {
		const connectors = withFlips(home.state().connectors ?? [], flips.all());
		header.update(connectors, flips.late());
		fill(connectors);
		const { tools } = total(connectors);
		const found = connectors.some((c) => groups(c.tools, view.query()).length);
		show(none, !found);
		setText(none, tools === 0 ? "No tools" : "No tool matches");
	};
	node.append(
		element("div", "jcn-bar", header.node, search.node),
		sections,
		none,
	);
	const off = home.onState(() => {
		flips.clear();
		update();
	});
	update();
	return () => {
		off();
		flips.clear();
		host.replaceChildren();
	};
}

function startsOpen({ connectors = [] }: Tools): boolean {
	return connectors.length === 1 || total(connectors).tools <= OPEN_UP_TO;
}

/** Switches shown as turned until the kernel says how it is, or says nothing. */
function pendingFlips(changed: () => void) {
	let waiting: readonly Flip[] = [];
	let isLate = false;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const clear = () => {
		clearTimeout(timer);
		waiting = [];
		isLate = false;
	};
	return {
		all: () => waiting,
		late: () => isLate,
		clear,
		add(flip: Flip) {
			clearTimeout(timer);
			waiting = [...waiting, flip];
			isLate = false;
			timer = setTimeout(() => {
				// A switch must not claim what nobody confirmed.
				waiting = [];
				isLate = true;
				changed();
			}, PATIENCE);
			changed();
		},
	};
}

function headerOf() {
	const cost = element("span", "jcn-title");
	const share = element("span", "jcn-muted");
	const late = element("span", "jcn-late");
	const node = element("div", "jcn-total", cost, share, late);
	attributes(node, { role: "status" });
	return {
		node,
		update(connectors: readonly Connector[], isLate: boolean) {
			const sum = total(connectors);
			setText(cost, tokens(sum.tokens));
			setText(
				share,
				`${grouped(sum.enabled)} of ${grouped(sum.tools)} tools on`,
			);
			setText(late, isLate ? "The kernel has not answered" : "");
		},
	};
}

function sectionOf(connector: Connector, view: View): Row<Connector> {
	const fold = foldOf(view.open, () => paint());
	const name = element("span", "jcn-title");
	const tally = element("span", "jcn-muted");
	const power = switchOf(() =>
		view.turn({
			connector: connector.id,
			tool: null,
			enabled: !current.enabled,
		}),
	);
	fold.node.append(name, tally);
	const body = element("div", "jcn-groups");
	const node = element(
		"section",
		"jcn-section",
		element("div", "jcn-section-head", fold.node, power.node),
		body,
	);
	const fill = list<Group>(
		body,
		(group) => group.kind,
		(group) => groupOf(group, connector.id, view.turn),
	);
	let current = connector;
	const paint = () => {
		const query = view.query();
		const hits = groups(current.tools, query);
		const sum = total([current]);
		const title = visible(current.title || current.id);
		setText(name, title);
		setText(
			tally,
			`${grouped(sum.enabled)} of ${grouped(sum.tools)} on, ${tokens(sum.tokens)}`,
		);
		attributes(node, { "aria-label": title });
		power.update(current.enabled, `All tools of ${title}`);
		node.dataset.enabled = String(current.enabled);
		// A search shows what it finds, folded or not.
		fold.update(query !== "" || fold.open());
		show(body, query !== "" || fold.open());
		show(node, query === "" || hits.length > 0);
		fill(hits);
	};
	return {
		node,
		update(next) {
			current = next;
			paint();
		},
	};
}

function groupOf(group: Group, connector: string, turn: Turn): Row<Group> {
	const heading = element("div", "jcn-group-head");
	const badge = element("span", "jcn-badge", kindWords(group.kind));
	badge.dataset.kind = group.kind;
	const tally = element("span", "jcn-muted");
	heading.append(badge, tally);
	const rows = element("div", "");
	const fill = list<Tool>(
		rows,
		(tool) => tool.name,
		(tool) => toolOf(tool, connector, turn),
	);
	return {
		node: element("div", "jcn-group", heading, rows),
		update(next) {
			setText(tally, grouped(next.tools.length));
			fill(next.tools);
		},
	};
}

function toolOf(tool: Tool, connector: string, turn: Turn): Row<Tool> {
	let current = tool;
	const power = switchOf(() =>
		turn({ connector, tool: current.name, enabled: !current.enabled }),
	);
	const name = element("code", "jcn-name");
	const title = element("span", "jcn-muted jcn-tool-title");
	const cost = element("span", "jcn-cost");
	const description = element("div", "jcn-description");
	const signature = element("pre", "jcn-value");
	const fold = foldOf(false, () => paint());
	fold.node.append(name, title);
	const node = element(
		"div",
		"jcn-tool",
		power.node,
		element("div", "jcn-tool-main", fold.node, description, signature),
		cost,
	);
	const paint = () => {
		const open = fold.open();
		node.dataset.enabled = String(current.enabled);
		node.dataset.open = String(open);
		setText(name, visible(current.name));
		setText(
			title,
			current.title === current.name ? "" : visible(current.title),
		);
		setText(cost, tokens(current.tokens));
		setText(description, visible(current.description));
		setText(signature, visible(current.signature));
		show(description, current.description !== "");
		show(signature, open && current.signature !== "");
		fold.update(open);
		power.update(current.enabled, visible(current.name));
	};
	return {
		node,
		update(next) {
			current = next;
			paint();
		},
	};
}
