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
import { visible } from "../text";
import { codeLine } from "../views/codeline";
import { codeWords } from "./foot";
import type { Home } from "./home";
import type { Panel, Situation } from "./state";
import type { Words } from "./words";

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
	words: Words,
	situation: Situation,
	language = "",
): Said | null {
	const all: Record<Situation, () => Said | null> = {
		ready: () => null,
		asking: () => ({ title: "", text: words.__("Asking the kernel…") }),
		"no notebook": () => ({
			title: words.__("No notebook is open"),
			text: words.__(
				"Connectors belong to a notebook's kernel. Open a notebook to see its connectors here.",
			),
		}),
		console: () => ({
			title: words.__("This panel follows notebooks"),
			text: words.__(
				"In a console, magics do the same: %connect lists and connects, %tools shows the tools, %grants what you have allowed. A question is asked there as text.",
			),
			code: "%connect",
		}),
		"no kernel": () => ({
			title: words.__("This notebook has no kernel"),
			text: words.__("Start one to use connectors in this notebook."),
		}),
		"other language": () => ({
			title: words.__("Connectors work in Python notebooks"),
			text: words.__("The kernel of this notebook runs %1.", visible(language)),
		}),
		absent: () => ({
			title: words.__("Connectors are off in this notebook"),
			text: words.__(
				"Connect the services you work with, call their tools, and get their data as tables. Nothing runs in the notebook until you say so.",
			),
			code: "%load_ext jupyter_connectors",
			start: true,
		}),
		starting: () => ({
			title: words.__("Loading connectors…"),
			text: words.__("It waits for the cell that is running, if there is one."),
		}),
		missing: () => ({
			title: words.__("This kernel has no jupyter-connectors"),
			text: words.__(
				"The panel is installed beside the Jupyter server; the package belongs into the environment of the kernel as well. Run this line in the notebook, then try again.",
			),
			code: INSTALL,
			start: true,
		}),
		old: () => ({
			title: words.__("jupyter-connectors in this kernel is too old"),
			text: words.__(
				"The panel needs a newer one in the environment of the kernel. Run this line in the notebook, then restart the kernel. Until then the magics work as before.",
			),
			code: UPGRADE,
		}),
	};
	return all[situation]();
}

/** The page of a situation. */
export function situationOf(home: Home) {
	const { words } = home;
	const picture = element("div", "jcn-picture", icon("plug"));
	const title = attributes(element("h2", "jcn-title"), { tabindex: "-1" });
	const text = element("p", "jcn-muted");
	const start = button(
		"jcn-button jcn-primary",
		words.__("Use connectors in this notebook"),
		() => home.start(),
	);
	const code = codeLine(home.code, codeWords(words));
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
		update({ situation, language }: Panel) {
			const said = saidOf(words, situation, language);
			show(node, said !== null);
			if (said === null) return;
			node.dataset.situation = situation;
			show(picture, said.title !== "");
			say(title, said.title);
			setText(text, said.text);
			show(start, said.start === true);
			setText(
				start,
				situation === "missing"
					? words.__("Try again")
					: words.__("Use connectors in this notebook"),
			);
			code.update(said.code ?? "", said.title);
		},
	};
}
