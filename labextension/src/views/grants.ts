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
import type { Code, Host, Unsubscribe } from "../host";
import { list, type Row } from "../list";
import { type Grant, type Grants, instant, untilWords } from "../state/grants";
import codeSheet from "../styles/code.css";
import grantsSheet from "../styles/grants.css";
import { grouped, visible } from "../text";
import { trans } from "../words";
import { codeLine } from "./codeline";
import { looking } from "./controls";

const PATIENCE = 3000;

/** The heads of the columns; the last one is that of the buttons. */
const headWords = () => [
	trans.__("Tool"),
	trans.__("Allowed for"),
	trans.__("Until"),
	trans.__("Made"),
	"",
];

/** Shows the grants and sends `revoke` and `look` messages. */
export function mount(host: HTMLElement, home: Host<Grants>): Unsubscribe {
	const node = root(host, "grants", grantsSheet, codeSheet);
	const said = spoken("status", "jcn-said");
	const problem = spoken("alert", "jcn-problem");
	const body = element("tbody");
	const head = element(
		"tr",
		"",
		...headWords().map((each) => element("th", "", each)),
	);
	const table = element("table", "", element("thead", "", head), body);
	attributes(table, { "aria-label": trans.__("What you have allowed") });
	const revoke = (grant: string) => {
		home.send({ id: home.state().id, type: "revoke", grant });
	};
	const fill = list<Grant>(
		body,
		(grant) => grant.id,
		(grant) => rowOf(grant, revoke, home.code),
	);
	const update = () => {
		const { grants = [], problem: wrong } = home.state();
		setText(
			said,
			grants.length > 0
				? trans._n(
						"%2 grant. Revoking one takes effect in every notebook at once.",
						"%2 grants. Revoking one takes effect in every notebook at once.",
						grants.length,
						grouped(grants.length),
					)
				: trans.__("No grants: every change is asked about."),
		);
		say(problem, wrong ?? "");
		show(table, grants.length > 0);
		fill(grants);
	};
	node.append(said, problem, element("div", "jcn-scroll", table));
	looking(node, () => home.send({ id: home.state().id, type: "look" }));
	return follow(host, home, update);
}

function rowOf(
	grant: Grant,
	revoke: (id: string) => void,
	inserts: Code | undefined,
): Row<Grant> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const name = visible(`${grant.connector}.${grant.tool}`);
	const press = button("jcn-button", trans.__("Revoke"), () => {
		press.disabled = true;
		revoke(grant.id);
		// The row goes when the kernel has done it; where it says nothing, it can be tried again.
		timer = setTimeout(() => {
			press.disabled = false;
		}, PATIENCE);
	});
	attributes(press, { "aria-label": trans.__("Revoke %1", name) });
	const of = [grant.connector, grant.account].filter((each) => each !== "");
	const limits = grant.limits
		? element("code", "", visible(grant.limits))
		: element("span", "", trans.__("any arguments"));
	const file = visible(grant.notebook.split("/").pop() ?? "");
	const place = file ? element("div", "jcn-muted", file) : null;
	if (place !== null) place.title = visible(grant.notebook);
	const until = element("td", "");
	const code = codeLine(inserts);
	code.update(grant.code ?? "", trans.__("Revoke %1", name));
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
		element(
			"td",
			"",
			element("div", "", instant(grant.made)),
			place,
			code.node,
		),
		element("td", "jcn-end", press),
	);
	return {
		node,
		dispose: () => clearTimeout(timer),
		update: (next) => setText(until, untilWords(next)),
	};
}
