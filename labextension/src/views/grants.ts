/** What was allowed beyond one call, as a table with a button each to take it back. */

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
import { type Grant, type Grants, instant, untilWords } from "../state/grants";
import grantsSheet from "../styles/grants.css";
import { count, visible } from "../text";
import { looking } from "./controls";

const PATIENCE = 3000;
const HEAD = ["Tool", "Allowed for", "Until", "Made", ""];

/** Shows the grants and sends `revoke` and `look` messages. */
export function mount(host: HTMLElement, home: Host<Grants>): Unsubscribe {
	const node = root(host, "grants", grantsSheet);
	const said = spoken("status", "jcn-said");
	const problem = spoken("alert", "jcn-problem");
	const body = element("tbody");
	const head = element(
		"tr",
		"",
		...HEAD.map((each) => element("th", "", each)),
	);
	const table = element("table", "", element("thead", "", head), body);
	attributes(table, { "aria-label": "What you have allowed" });
	const revoke = (grant: string) => {
		home.send({ id: home.state().id, type: "revoke", grant });
	};
	const fill = list<Grant>(
		body,
		(grant) => grant.id,
		(grant) => rowOf(grant, revoke),
	);
	const update = () => {
		const { grants = [], problem: wrong } = home.state();
		setText(
			said,
			grants.length > 0
				? `${count(grants.length, "grant")}. Revoking one takes effect in every notebook at once.`
				: "No grants: every change is asked about.",
		);
		say(problem, wrong ?? "");
		show(table, grants.length > 0);
		fill(grants);
	};
	node.append(said, problem, element("div", "jcn-scroll", table));
	looking(node, () => home.send({ id: home.state().id, type: "look" }));
	return follow(host, home, update);
}

function rowOf(grant: Grant, revoke: (id: string) => void): Row<Grant> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const name = visible(`${grant.connector}.${grant.tool}`);
	const press = button("jcn-button", "Revoke", () => {
		press.disabled = true;
		revoke(grant.id);
		// The row goes when the kernel has done it; where it says nothing, it can be tried again.
		timer = setTimeout(() => {
			press.disabled = false;
		}, PATIENCE);
	});
	attributes(press, { "aria-label": `Revoke ${name}` });
	const of = [grant.connector, grant.account].filter((each) => each !== "");
	const limits = grant.limits
		? element("code", "", visible(grant.limits))
		: element("span", "", "any arguments");
	const file = visible(grant.notebook.split("/").pop() ?? "");
	const place = file ? element("div", "jcn-muted", file) : null;
	if (place !== null) place.title = visible(grant.notebook);
	const until = element("td", "");
	const node = element(
		"tr",
		"",
		element(
			"td",
			"",
			element("code", "jcn-name", visible(grant.tool)),
			element("div", "jcn-muted", visible(of.join(" · "))),
		),
		element("td", "", limits),
		until,
		element("td", "", element("div", "", instant(grant.made)), place),
		element("td", "jcn-end", press),
	);
	return {
		node,
		dispose: () => clearTimeout(timer),
		update: (next) => setText(until, untilWords(next)),
	};
}
