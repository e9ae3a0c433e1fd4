/** The panel alone. `?tab=tools`, `?situation=absent`, `?many=2000`: so many tools in 40 connectors, and how long it takes. */

import { TABS, type Tab } from "../src/panel/home";
import { EMPTY, reduce, type Situation } from "../src/panel/state";
import { mount } from "../src/panel/view";
import { homeOf, panel } from "./panel";
import { status } from "./samples/approvals";
import { crowded, told } from "./samples/told";

/** Shows the panel as the page's address asks for it. */
export function showPanel(place: HTMLElement, asked: URLSearchParams): void {
	place.style.cssText = `width: ${asked.get("width") ?? 300}px; height: 820px; border: 1px solid var(--jp-border-color1)`;
	place.className = "jcn-sidebar";
	const many = Number(asked.get("many") ?? 0);
	const reply = many > 0 ? crowded(40, many) : told;
	let state = reduce(panel, { type: "told", reply });
	if (asked.has("pending")) {
		state = reduce(state, { type: "pending", pending: status.pending });
	}
	const situation = asked.get("situation") as Situation | null;
	if (situation !== null) {
		state = { ...EMPTY, notebook: "refunds.ipynb", situation, language: "R" };
	}
	const started = performance.now();
	const view = mount(
		place,
		homeOf(() => state),
	);
	const times: Record<string, number> = {};
	const took = (name: string, since: number) => {
		// The layout is made now, not later: it is part of the wait.
		void place.offsetHeight;
		times[name] = Math.round((performance.now() - since) * 10) / 10;
	};
	took("open", started);
	for (const tab of many > 0 ? TABS : []) {
		const since = performance.now();
		view.show(tab);
		took(tab, since);
	}
	view.show((asked.get("tab") as Tab | null) ?? "connected");
	Object.assign(window, { times });
}
