/** The frames and results that this kernel holds from connectors. */

import { attributes, button, element, say, setText, show } from "../dom";
import { icon } from "../icon";
import { list, type Row } from "../list";
import { instant } from "../state/grants";
import { grouped, visible } from "../text";
import type { Home } from "./home";
import { ageOf, type Held } from "./state";
import type { Page } from "./view";
import type { Words } from "./words";

/** How often the ages are written anew. */
const TICK = 30_000;

/** The tab. */
export function dataTab(home: Home): Page {
	const { words } = home;
	const rows = attributes(element("div", "jcn-data"), {
		role: "list",
		"aria-label": words.__("Data from connectors"),
	});
	const none = element(
		"div",
		"jcn-empty",
		element(
			"p",
			"jcn-muted",
			words.__(
				"No table from a connector yet. Give a result a name, as in df = acme_billing.list_invoices().df, and it is listed here.",
			),
		),
	);
	const fill = list<Held>(
		rows,
		({ name }) => name,
		(held) => rowOf(held, home),
	);
	let known: readonly Held[] | undefined;
	const paint = () => {
		show(none, known?.length === 0);
		fill(known ?? []);
	};
	const timer = setInterval(paint, TICK);
	return {
		node: element("div", "jcn-data-tab", rows, none),
		parts: ["data"],
		update({ parts }) {
			known = parts.data;
			paint();
		},
		dispose: () => clearInterval(timer),
	};
}

function rowOf(first: Held, home: Home): Row<Held> {
	const { words } = home;
	const name = element("code", "jcn-name");
	const size = element("span", "jcn-muted jcn-cost");
	const source = element("div", "jcn-muted");
	const mark = element("span", "jcn-mark");
	const complete = element("span", "");
	const age = element("time", "jcn-muted");
	const insert = button("jcn-link", words.__("Insert"), () =>
		home.code?.insert(visible(first.name)),
	);
	show(insert, home.code !== undefined);
	const head = element("div", "jcn-held-head", name, size);
	home.code?.drags(head, () => first.name);
	const node = element(
		"div",
		"jcn-held",
		head,
		source,
		element("div", "jcn-held-line", mark, complete),
		element("div", "jcn-held-line", age, insert),
	);
	attributes(node, { role: "listitem" });
	return {
		node,
		update(held) {
			setText(name, visible(held.name));
			setText(size, sizeWords(words, held));
			setText(source, sourceWords(held));
			source.title = source.textContent ?? "";
			node.dataset.complete = String(held.complete);
			mark.replaceChildren(icon(held.complete === true ? "check" : "warning"));
			show(mark, held.complete !== null);
			say(complete, visible(held.completeness));
			const old = ageOf(held.fetched_at, Date.now());
			say(
				age,
				old === "just now" || old === "" ? old : words.__("%1 ago", old),
			);
			attributes(age, {
				datetime: held.fetched_at || null,
				title: instant(held.fetched_at) || null,
			});
			attributes(insert, {
				"aria-label": words.__("Insert %1", visible(held.name)),
			});
		},
	};
}

function sizeWords(words: Words, held: Held): string {
	const { rows, fetched, columns, type } = held;
	const many =
		fetched === null || fetched === rows
			? grouped(rows)
			: words.__("%1 of %2", grouped(rows), grouped(fetched));
	const size =
		columns === null
			? words._n("%2 row", "%2 rows", rows, many)
			: `${many} × ${grouped(columns)}`;
	return type === "result" ? `${size} · ${words.__("result")}` : size;
}

function sourceWords({ sources, list: inner }: Held): string {
	const from = sources.map(visible).join(", ");
	return inner === "" ? from : `${from} · ${visible(inner)}`;
}
