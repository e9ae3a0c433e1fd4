/** The frames and results that this kernel holds from connectors. */

import { attributes, button, element, say, setText, show } from "../dom";
import { icon } from "../icon";
import type { Row } from "../list";
import { instant } from "../state/grants";
import { grouped, visible } from "../text";
import { trans } from "../words";
import type { Home } from "./home";
import type { Held } from "./parts";
import { rowsOf } from "./rows";
import type { Page } from "./view";

/** How often the ages are written anew. */
const TICK = 30_000;

/** The tab. */
export function dataTab(home: Home): Page {
	const rows = rowsOf<Held>({
		className: "jcn-data",
		label: trans.__("Data from connectors"),
		none: trans.__(
			"No table from a connector yet. Give a result a name, as in df = acme_billing.list_invoices().df, and it is listed here.",
		),
		keyOf: ({ name }) => name,
		create: (held) => rowOf(held, home),
	});
	let known: readonly Held[] | undefined;
	const paint = () => rows.update(known);
	const timer = setInterval(paint, TICK);
	return {
		node: element("div", "jcn-data-tab", ...rows.nodes),
		parts: ["data"],
		update({ parts }) {
			known = parts.data;
			paint();
		},
		dispose: () => clearInterval(timer),
	};
}

function rowOf(first: Held, home: Home): Row<Held> {
	const name = element("code", "jcn-name");
	const size = element("span", "jcn-muted jcn-cost");
	const source = element("div", "jcn-muted");
	const mark = element("span", "jcn-mark");
	const complete = element("span", "");
	const age = element("time", "jcn-muted");
	const insert = button("jcn-link", trans.__("Insert"), () =>
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
			setText(size, sizeWords(held));
			setText(source, sourceWords(held));
			source.title = source.textContent ?? "";
			node.dataset.complete = String(held.complete);
			mark.replaceChildren(icon(held.complete === true ? "check" : "warning"));
			show(mark, held.complete !== null);
			say(complete, visible(held.completeness));
			say(age, ageOf(held.fetched_at, Date.now()));
			attributes(age, {
				datetime: held.fetched_at || null,
				title: instant(held.fetched_at) || null,
			});
			attributes(insert, {
				"aria-label": trans.__("Insert %1", visible(held.name)),
			});
		},
	};
}

function sizeWords(held: Held): string {
	const { rows, fetched, columns, type } = held;
	const many =
		fetched === null || fetched === rows
			? grouped(rows)
			: trans.__("%1 of %2", grouped(rows), grouped(fetched));
	const size =
		columns === null
			? trans._n("%2 row", "%2 rows", rows, many)
			: `${many} × ${grouped(columns)}`;
	return type === "result" ? `${size} · ${trans.__("result")}` : size;
}

function sourceWords({ sources, list: inner }: Held): string {
	const from = sources.map(visible).join(", ");
	return inner === "" ? from : `${from} · ${visible(inner)}`;
}

/** "just now", "4 min ago", "3 h ago", "2 d ago": how old an instant is; empty for none. */
export function ageOf(instant: string, now: number): string {
	const then = Date.parse(instant);
	if (Number.isNaN(then)) return "";
	const minutes = Math.floor(Math.max(0, now - then) / 60_000);
	if (minutes < 1) return trans.__("just now");
	if (minutes < 60) return trans.__("%1 min ago", minutes);
	const hours = Math.floor(minutes / 60);
	return hours < 48
		? trans.__("%1 h ago", hours)
		: trans.__("%1 d ago", Math.floor(hours / 24));
}
