/** What is said where there is nothing to show, and what can be done about it. */

import {
	attributes,
	button,
	element,
	say,
	setText,
	show,
	spoken,
} from "../dom";
import { icon } from "../icon";
import { LOAD } from "../load";
import { visible } from "../text";
import { codeLine } from "../views/codeline";
import { trans } from "../words";
import type { Home } from "./home";
import type { Panel, Situation } from "./state";

interface Said {
	readonly title: string;
	readonly text: string;
	/** A line that helps. */
	readonly code?: string;
	readonly start?: boolean;
}

const INSTALL = "%pip install jupyter-connectors";
const UPGRADE = "%pip install --upgrade jupyter-connectors";

/** The words for a situation; null where there is something to show instead. */
export function saidOf(
	situation: Situation,
	{ language = "", failure = "" } = {},
): Said | null {
	const all: Record<Situation, () => Said | null> = {
		ready: () => null,
		asking: () => ({ title: "", text: trans.__("Asking the kernel…") }),
		"no notebook": () => ({
			title: trans.__("No notebook is open"),
			text: trans.__(
				"Connectors belong to a notebook's kernel. Open a notebook to see its connectors here.",
			),
		}),
		console: () => ({
			title: trans.__("This panel follows notebooks"),
			text: trans.__(
				"In a console, magics do the same: %connect lists and connects, %tools shows the tools, %tools --grants what you have allowed. A question is asked there as text.",
			),
			code: "%connect",
		}),
		"no kernel": () => ({
			title: trans.__("This notebook has no kernel"),
			text: trans.__("Start one to use connectors in this notebook."),
		}),
		"other language": () => ({
			title: trans.__("Connectors work in Python notebooks"),
			text: trans.__("The kernel of this notebook runs %1.", visible(language)),
		}),
		absent: () => ({
			title: trans.__("Connectors are off in this notebook"),
			text: trans.__(
				"Connect the services you work with, call their tools, and get their data as tables. Nothing runs in the notebook until you say so.",
			),
			code: LOAD,
			start: true,
		}),
		starting: () => ({
			title: trans.__("Loading connectors…"),
			text: trans.__("It waits for the cell that is running, if there is one."),
		}),
		missing: () => ({
			title: trans.__("This kernel has no jupyter-connectors"),
			text: trans.__(
				"The panel is installed beside the Jupyter server; the package belongs into the environment of the kernel as well. Run this line in the notebook, then try again.",
			),
			code: INSTALL,
			start: true,
		}),
		failed: () => ({
			title: trans.__("Connectors could not be loaded"),
			text: visible(failure),
			code: LOAD,
			start: true,
		}),
		old: () => ({
			title: trans.__("jupyter-connectors in this kernel is too old"),
			text: trans.__(
				"The panel needs a newer one in the environment of the kernel. Run this line in the notebook, then restart the kernel. Until then the magics work as before.",
			),
			code: UPGRADE,
		}),
	};
	return all[situation]();
}

/** The page of a situation. */
export function situationOf(home: Home) {
	const picture = element("div", "jcn-picture", icon("plug"));
	const title = attributes(element("h2", "jcn-title"), { tabindex: "-1" });
	const text = element("p", "jcn-muted");
	const start = button(
		"jcn-button jcn-primary",
		trans.__("Use connectors in this notebook"),
		() => home.start(),
	);
	const code = codeLine(home.code);
	const node = spoken(
		"status",
		"jcn-situation",
		picture,
		title,
		text,
		start,
		code.node,
	);
	return {
		node,
		focus: () => (start.hidden ? title : start).focus(),
		update({ situation, language, failure }: Panel) {
			const said = saidOf(situation, { language, failure });
			show(node, said !== null);
			if (said === null) return;
			node.dataset.situation = situation;
			show(picture, said.title !== "");
			say(title, said.title);
			setText(text, said.text);
			show(start, said.start === true);
			setText(
				start,
				situation === "missing" || situation === "failed"
					? trans.__("Try again")
					: trans.__("Use connectors in this notebook"),
			);
			code.update(said.code ?? "", said.title);
		},
	};
}
