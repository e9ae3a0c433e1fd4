/** The tools with their switches as the cells show them, and what was allowed beyond one call. */

import { element, setText, show } from "../dom";
import type { Host, Message } from "../host";
import type { Grants } from "../state/grants";
import type { Tools } from "../state/tools";
import { foldOf } from "../views/controls";
import { mount as mountGrants } from "../views/grants";
import { mount as mountTools } from "../views/tools";
import { trans } from "../words";
import type { Action } from "./action";
import type { Home } from "./home";
import type { Page } from "./view";

/** The tab. */
export function toolsTab(home: Home): Page {
	const callbacks = new Set<() => void>();
	const watch = (changed: () => void) => {
		callbacks.add(changed);
		return () => callbacks.delete(changed);
	};
	const place = element("div", "");
	const allowed = element("div", "jcn-allowed");
	const title = element("span", "jcn-title");
	const fold = foldOf(false, () => paint());
	fold.node.append(title);
	const grants = element("section", "jcn-grants-part", fold.node, allowed);
	const waiting = element(
		"div",
		"jcn-muted jcn-loading",
		trans.__("Asking the kernel…"),
	);
	let views: (() => void)[] = [];
	const paint = () => {
		const many = home.state().parts.grants?.length ?? 0;
		setText(
			title,
			trans._n("You have allowed %1 tool", "You have allowed %1 tools", many),
		);
		show(grants, many > 0);
		fold.update(fold.open());
		show(allowed, fold.open());
	};
	return {
		node: element("div", "jcn-tools-tab", waiting, grants, place),
		parts: ["tools", "grants", "modes"],
		update({ parts }) {
			show(waiting, parts.tools === undefined);
			// Made with the first tools: how many there are says whether they begin folded.
			if (parts.tools !== undefined && views.length === 0) {
				views = [
					mountTools(place, toolsHost(home, watch)),
					mountGrants(allowed, grantsHost(home, watch)),
				];
			}
			for (const callback of callbacks) callback();
			paint();
		},
		dispose() {
			for (const leave of views) leave();
		},
	};
}

const NONE: Tools["connectors"] = [];

type Watch = (changed: () => void) => () => void;

const act = (home: Home) => (message: Message) => {
	const { id: _, ...action } = message;
	// The sidebar itself looks when a person turns to it.
	if (action.type === "look") return;
	void home.act(action as unknown as Action);
};

function toolsHost(home: Home, onState: Watch): Host<Tools> {
	return {
		code: home.code,
		onState,
		send: act(home),
		state() {
			const { parts, turn } = home.state();
			const { notebook = "", connectors = NONE } = parts.tools ?? {};
			const { modes } = parts;
			const now = modes?.choices.find(({ mode }) => mode === modes.mode);
			// Its problems are in the foot of the panel.
			return {
				id: "panel",
				turn,
				problem: "",
				notebook,
				review: false,
				connectors,
				...(now && { cost: now.cost }),
			};
		},
	};
}

function grantsHost(home: Home, onState: Watch): Host<Grants> {
	return {
		code: home.code,
		onState,
		send: act(home),
		state() {
			const { parts, turn } = home.state();
			return { id: "panel", turn, problem: "", grants: parts.grants ?? [] };
		},
	};
}
