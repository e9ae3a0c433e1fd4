/** The panel: tabs over what the kernel tells, and above its lower edge what waits for the person. */

import { attributes, button, element, root, setText, show } from "../dom";
import type { Unsubscribe } from "../host";
import codeSheet from "../styles/code.css";
import connectedSheet from "../styles/connected.css";
import dataSheet from "../styles/data.css";
import dockSheet from "../styles/dock.css";
import factsSheet from "../styles/facts.css";
import panelSheet from "../styles/panel.css";
import switchesSheet from "../styles/switches.css";
import { visible } from "../text";
import { trans } from "../words";
import { connectedTab } from "./connected";
import { dataTab } from "./data";
import { directoryTab } from "./directory";
import { dockOf } from "./dock";
import { footOf } from "./foot";
import { type Home, TABS, type Tab } from "./home";
import type { Part, Parts } from "./parts";
import { situationOf } from "./situation";
import type { Panel } from "./state";
import { toolsTab } from "./tools";
import { versionNote } from "./version";

/** What one tab shows. */
export interface Page {
	readonly node: HTMLElement;
	/** What the kernel is asked for as long as it is shown. */
	readonly parts: readonly Part[];
	update(panel: Panel): void;
	dispose?(): void;
}

/** Where the panel can be sent. */
export interface View {
	show(tab: Tab, entry?: string): void;
	/** Puts the focus on what waits; false where nothing does. */
	approvals(): boolean;
	focus(): void;
	/** Redraws what is shown only by its age. */
	dispose: Unsubscribe;
}

/** What is asked for on every tab: it says what is connected and what waits. */
const ALWAYS: readonly Part[] = ["connected", "signins"];

/** Shows the panel in `host`. */
export function mount(host: HTMLElement, home: Home): View {
	const node = root(
		host,
		"panel",
		codeSheet,
		factsSheet,
		panelSheet,
		connectedSheet,
		dataSheet,
		dockSheet,
		switchesSheet,
	);
	const go = (tab: Tab, entry?: string) => view.show(tab, entry);
	const pages: Record<Tab, Page & { open?(entry: string): void }> = {
		connected: connectedTab(home, go),
		directory: directoryTab(home),
		tools: toolsTab(home),
		data: dataTab(home),
	};
	const title = element("div", "jcn-notebook");
	const tabs = tabsOf(pages, (tab) => view.show(tab));
	const version = versionNote();
	const situation = situationOf(home);
	const dock = dockOf(home);
	const foot = footOf(home);
	const body = element("div", "jcn-tab-body");
	body.append(...tabs.panels);
	const main = element("div", "jcn-main", tabs.node, version.node, body);
	node.append(title, situation.node, main, dock.node, foot.node);
	let current: Tab = "connected";
	let last: Panel["situation"] = "asking";
	const update = () => {
		const panel = home.state();
		const ready = panel.situation === "ready";
		// What has the focus may be hidden below.
		const held = situation.node.contains(document.activeElement);
		setText(title, visible(panel.notebook));
		title.title = visible(panel.notebook);
		show(title, panel.notebook !== "");
		situation.update(panel);
		show(main, ready);
		tabs.update(panel, current);
		version.update(panel);
		if (ready) pages[current].update(panel);
		dock.update(panel);
		foot.update(panel);
		// The focus waited here for something to stand on.
		const waits =
			panel.situation !== "asking" && document.activeElement === host;
		if (waits || (held && panel.situation !== last)) focus();
		last = panel.situation;
	};
	const focus = () => {
		const { situation: now } = home.state();
		if (now === "ready") tabs.focus(current);
		else if (now === "asking") host.focus();
		else situation.focus();
	};
	const off = home.onState(update);
	const want = () => home.want([...ALWAYS, ...pages[current].parts]);
	const view: View = {
		show(tab, entry) {
			current = tab;
			want();
			update();
			if (entry !== undefined) pages[tab].open?.(entry);
		},
		approvals: dock.focus,
		focus,
		dispose() {
			off();
			dock.dispose();
			for (const tab of TABS) pages[tab].dispose?.();
			host.replaceChildren();
		},
	};
	want();
	update();
	return view;
}

/** The tabs, of which one is in the order of the Tab key; arrows go to the others. */
function tabsOf(pages: Record<Tab, Page>, chosen: (tab: Tab) => void) {
	const names: Record<Tab, string> = {
		connected: trans.__("Connected"),
		directory: trans.__("Directory"),
		tools: trans.__("Tools"),
		data: trans.__("Data"),
	};
	const node = element("div", "jcn-tabs");
	attributes(node, {
		role: "tablist",
		"aria-label": trans.__("Connectors"),
	});
	const made = TABS.map((tab) => {
		const number = element("span", "jcn-tab-count");
		const press = button("jcn-tab", names[tab], () => chosen(tab));
		press.append(number);
		const panel = element("div", "jcn-tab-page", pages[tab].node);
		const id = `jcn-panel-${tab}`;
		attributes(press, {
			role: "tab",
			id: `${id}-tab`,
			"aria-controls": id,
		});
		attributes(panel, {
			role: "tabpanel",
			id,
			"aria-labelledby": `${id}-tab`,
		});
		node.append(press);
		return { tab, press, panel, number };
	});
	const pressOf = (tab: Tab) => made[TABS.indexOf(tab)]?.press;
	node.addEventListener("keydown", (event) => {
		const next = stepOf(
			event.key,
			made.findIndex((each) => each.press === document.activeElement),
		);
		if (next === null) return;
		event.preventDefault();
		event.stopPropagation();
		const tab = TABS[next] ?? "connected";
		chosen(tab);
		pressOf(tab)?.focus();
	});
	return {
		node,
		panels: made.map(({ panel }) => panel),
		focus: (tab: Tab) => pressOf(tab)?.focus(),
		update(panel: Panel, current: Tab) {
			for (const { tab, press, panel: page, number } of made) {
				const isOn = tab === current;
				attributes(press, {
					"aria-selected": String(isOn),
					tabindex: isOn ? "0" : "-1",
				});
				show(page, isOn);
				// How many tables there are is asked only there.
				const isKnown = tab !== "data" || isOn;
				setText(number, isKnown ? countOf(panel, tab) : "");
			}
		},
	};
}

/** The place an arrow, Home or End leads to; null for other keys. */
function stepOf(key: string, from: number): number | null {
	const last = TABS.length - 1;
	if (key === "ArrowRight") return from === last ? 0 : from + 1;
	if (key === "ArrowLeft") return from <= 0 ? last : from - 1;
	if (key === "Home") return 0;
	return key === "End" ? last : null;
}

const isInUse = ({ state }: Parts["connected"][number]) =>
	state !== "connecting" && state !== "signing in";

function countOf({ parts }: Panel, tab: Tab): string {
	const many =
		tab === "connected"
			? parts.connected?.filter(isInUse).length
			: tab === "data"
				? parts.data?.length
				: 0;
	return many ? String(many) : "";
}
