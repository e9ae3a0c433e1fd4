/** The tools of the connected connectors, how each is permitted, and what they cost. */

import {
	attributes,
	button,
	element,
	follow,
	root,
	say,
	setText,
	show,
	spoken,
} from "../dom";
import type { Host, Unsubscribe } from "../host";
import { list, type Row } from "../list";
import { longList } from "../long";
import {
	type Connector,
	type Cost,
	costWords,
	type Group,
	groups,
	type Scope,
	type Tools,
	total,
	withFlips,
} from "../state/tools";
import codeSheet from "../styles/code.css";
import reviewSheet from "../styles/review.css";
import switchesSheet from "../styles/switches.css";
import toolsSheet from "../styles/tools.css";
import { grouped, tokens, visible } from "../text";
import { trans } from "../words";
import { foldFor, foldOf, looking, searchBox, switchOf } from "./controls";
import { pendingFlips } from "./switches";
import { GROUP_HEAD, groupOf, ROW, type View } from "./toolrows";

/** With more tools than this the connectors start folded. */
const OPEN_UP_TO = 30;

/** Shows the tools and sends `set`, `reset`, `accept` and `look` messages. */
export function mount(host: HTMLElement, home: Host<Tools>): Unsubscribe {
	const node = root(
		host,
		"tools",
		codeSheet,
		toolsSheet,
		switchesSheet,
		reviewSheet,
	);
	const search = searchBox(trans.__("Search tools"), () => update());
	const header = headerOf();
	const flips = pendingFlips(() => update());
	const scopes = scopesOf(() => update());
	const view: View = {
		turn(flip) {
			flips.add(flip);
			home.send({ id: home.state().id, type: "set", ...flip });
		},
		reset: (connector, kind) =>
			home.send({
				id: home.state().id,
				type: "reset",
				connector,
				kind,
				here: scopes.scope() === "here",
			}),
		accept: (connector, tool, hash) =>
			home.send({ id: home.state().id, type: "accept", connector, tool, hash }),
		query: search.query,
		scope: scopes.scope,
		review: () => home.state().review === true,
		open: startsOpen(home.state()),
		code: home.code,
	};
	const bar = element("div", "jcn-bar", header.node, search.node);
	const sections = element("div", "jcn-sections");
	const problem = spoken("alert", "jcn-problem");
	const none = spoken("status", "jcn-none", trans.__("No tool matches"));
	const fill = longList<Connector>(
		sections,
		(connector) => connector.id,
		(connector) => sectionOf(connector, view),
		(connector) => heightOf(connector, view),
	);
	const update = () => {
		const state = home.state();
		const connectors = withFlips(state.connectors ?? [], flips.all());
		header.update(connectors, flips.late(), state.cost);
		scopes.update(state.notebook ?? "");
		say(problem, state.problem ?? "");
		fill(connectors);
		const found = connectors.some((c) => groups(c, view.query()).length);
		const hides = !state.review && connectors.some((c) => c.hidden.length > 0);
		show(none, !found && !hides);
		const idle = state.review && total(connectors).tools === 0;
		show(bar, !idle);
		show(scopes.node, !idle && (state.notebook ?? "") !== "");
		setText(none, noneWords(state, connectors));
	};
	node.append(bar, scopes.node, problem, sections, none);
	looking(node, () => home.send({ id: home.state().id, type: "look" }));
	let seen = home.state().connectors;
	const told = () => {
		const { connectors } = home.state();
		// The kernel may tell of something else before it has turned the switch.
		if (connectors !== seen) flips.clear();
		seen = connectors;
		update();
	};
	return follow(host, home, told, flips.clear);
}

const SECTION_HEAD = 50;

/** About how high a section is before it was made. */
function heightOf(connector: Connector, view: View): number {
	const query = view.query();
	if (query === "" && !view.open) return SECTION_HEAD;
	const hits = groups(connector, query);
	if (hits.length === 0) return query === "" ? SECTION_HEAD : 0;
	const rows = hits.reduce((sum, { tools }) => sum + tools.length, 0);
	return SECTION_HEAD + hits.length * GROUP_HEAD + rows * ROW;
}

function noneWords(state: Tools, connectors: readonly Connector[]): string {
	if (total(connectors).tools > 0) return trans.__("No tool matches");
	return state.review
		? trans.__("Nothing to review: every tool is as it was accepted")
		: trans.__("No tools");
}

function startsOpen({ connectors = [], review }: Tools): boolean {
	const few = total(connectors).tools <= OPEN_UP_TO;
	return review || connectors.length === 1 || few;
}

function headerOf() {
	const cost = element("span", "jcn-title");
	const share = element("span", "jcn-muted");
	const late = element("span", "jcn-late");
	const node = spoken("status", "jcn-total", cost, share, late);
	return {
		node,
		update(connectors: readonly Connector[], isLate: boolean, sent?: Cost) {
			const sum = total(connectors);
			setText(cost, sent === undefined ? tokens(sum.tokens) : costWords(sent));
			setText(
				share,
				trans.__("%1 of %2 tools on", grouped(sum.enabled), grouped(sum.tools)),
			);
			setText(late, isLate ? trans.__("The kernel has not answered") : "");
		},
	};
}

/** Whether a switch is for all notebooks of the person, or for this one. */
function scopesOf(changed: () => void) {
	let scope: Scope = "mine";
	const name = element("span", "jcn-muted jcn-note");
	const choose = (next: Scope) => () => {
		scope = next;
		changed();
	};
	const mine = button("jcn-way", trans.__("All my notebooks"), choose("mine"));
	const here = button("jcn-way", trans.__("This notebook"), choose("here"));
	const ways = element("div", "jcn-ways", mine, here);
	attributes(ways, {
		role: "group",
		"aria-label": trans.__("Permissions for"),
	});
	const label = element("span", "", trans.__("Permissions for"));
	const node = element("div", "jcn-scopes", label, ways, name);
	return {
		node,
		scope: () => scope,
		update(notebook: string) {
			if (notebook === "") scope = "mine";
			show(node, notebook !== "");
			attributes(mine, { "aria-pressed": String(scope === "mine") });
			attributes(here, { "aria-pressed": String(scope === "here") });
			setText(
				name,
				scope === "here"
					? trans.__("%1 can only be narrower", visible(notebook))
					: "",
			);
		},
	};
}

function sectionOf(connector: Connector, view: View): Row<Connector> {
	const fold = foldOf(view.open, () => paint());
	const name = element("span", "jcn-title");
	const tally = element("span", "jcn-muted");
	const isOn = () =>
		view.scope() === "here" ? current.here && current.mine : current.mine;
	const power = switchOf(() => {
		// In a notebook, what is blocked everywhere cannot be switched on.
		if (view.scope() === "here" && !current.mine) return;
		view.turn({
			connector: connector.id,
			tool: null,
			kind: null,
			setting: isOn() ? "block" : null,
			here: view.scope() === "here",
		});
	});
	fold.node.append(name, tally);
	const body = element("div", "jcn-groups");
	const hidden = hiddenOf();
	const node = element(
		"section",
		"jcn-section",
		element("div", "jcn-section-head", fold.node, power.node),
		body,
		hidden.node,
	);
	const fill = list<Group>(
		body,
		(group) => group.kind,
		(group) => groupOf(group, connector.id, view),
	);
	let current = connector;
	const paint = () => {
		const query = view.query();
		const hits = groups(current, query);
		const sum = total([current]);
		const title = visible(current.title || current.id);
		setText(name, title);
		setText(
			tally,
			trans.__(
				"%1 of %2 on, %3",
				grouped(sum.enabled),
				grouped(sum.tools),
				tokens(sum.tokens),
			),
		);
		attributes(node, { "aria-label": title });
		power.update(isOn(), trans.__("All tools of %1", title));
		node.dataset.enabled = String(current.enabled);
		// A search shows what it finds, folded or not.
		const shown = query !== "" || fold.open();
		fold.update(shown);
		show(body, shown && hits.length > 0);
		hidden.update(
			query === "" && shown && !view.review() ? current.hidden : [],
		);
		show(node, hits.length > 0 || (query === "" && !view.review()));
		// What is folded is made when it is unfolded.
		if (shown) fill(hits);
	};
	return {
		node,
		update(next) {
			current = next;
			paint();
		},
	};
}

/** That rules take tools away, and which rules; not which tools. */
function hiddenOf() {
	const said = element("span", "");
	const rules = element("ul", "jcn-rules");
	const fold = foldFor(rules, false, said);
	const node = element("div", "jcn-hidden", fold.node, rules);
	return {
		node,
		update(hidden: Connector["hidden"]) {
			const sum = hidden.reduce((all, each) => all + each.count, 0);
			show(node, sum > 0);
			setText(
				said,
				trans._n(
					"%2 more tool blocked by policy",
					"%2 more tools blocked by policy",
					sum,
					grouped(sum),
				),
			);
			rules.replaceChildren(
				...hidden.map((each) =>
					element(
						"li",
						"",
						trans._n(
							"%3 (%2 tool)",
							"%3 (%2 tools)",
							each.count,
							grouped(each.count),
							visible(each.rule),
						),
					),
				),
			);
		},
	};
}
