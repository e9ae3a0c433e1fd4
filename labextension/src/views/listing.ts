/** The page of one entry: what it is, where it is, how one signs in, what its tools do. */

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
import type { Row } from "../list";
import { kindWords } from "../state/approval";
import { type Entry, formFor, hostOf } from "../state/connectors";
import { visible } from "../text";
import { trans } from "../words";
import { codeLine } from "./codeline";
import { foldFor } from "./controls";
import {
	type Acts,
	actionOf,
	badgesOf,
	isBlocked,
	messageOf,
	topOf,
} from "./entry";
import { following } from "./following";
import { formOf } from "./form";
import { badge } from "./marks";

/** The page of `entry`; `back` leaves it. */
export function pageOf(entry: Entry, acts: Acts, back: () => void): Row<Entry> {
	let shown = entry;
	const title = attributes(element("h2", "jcn-title"), { tabindex: "-1" });
	const by = element("span", "jcn-by");
	const badges = element("div", "jcn-badges");
	const message = spoken("status", "jcn-message");
	const form = formOf(entry, () => connect());
	const connect = () => {
		const given = isBlocked(shown) ? null : form.given(hasOne(shown));
		if (given === null) return;
		acts.connect(shown, given);
		form.forget();
	};
	const action = actionOf(connect, () => acts.disconnect(shown));
	const code = codeLine(acts.code);
	let typed = "";
	const paint = () => {
		const name = visible(shown.title || shown.id);
		const line = isBlocked(shown) ? "" : typed || shown.code;
		code.update(line, trans.__("the line that connects %1", name));
	};
	following(
		form,
		acts.line && ((given) => acts.line?.(shown, given)),
		(line) => {
			typed = line;
			paint();
		},
	);
	const body = element("div", "jcn-body");
	const leave = button("jcn-link jcn-back", "", back);
	leave.append(icon("back"), trans.__("All connectors"));
	const node = element(
		"section",
		"jcn-page",
		leave,
		topOf(entry, title, by, action.node),
		message,
		badges,
		form.node,
		body,
		code.node,
	);
	node.addEventListener("keydown", (event) => {
		if (event.key === "Escape") back();
	});
	let drawn = "";
	return {
		node,
		update(next) {
			shown = next;
			const name = visible(next.title || next.id);
			attributes(node, { "aria-label": name, "data-state": next.state });
			setText(title, name);
			setText(by, visible(next.developer));
			say(message, messageOf(next));
			action.update(next, name);
			paint();
			const more = hasOne(next) && formFor(next).accounts;
			const first = !hasOne(next) && !form.isEmpty;
			show(form.node, (first || more) && !isBlocked(next));
			form.offers(
				more ? trans.__("Connect another account") : trans.__("Connect"),
				more,
			);
			// The rest changes with the entry, not with its connection: folds and selections stay.
			const rest = JSON.stringify({ ...next, state: "", message: "" });
			if (rest === drawn) return;
			drawn = rest;
			badges.replaceChildren(...badgesOn(next));
			body.replaceChildren(...bodyOf(next));
		},
	};
}

const hasOne = ({ state }: Entry) => state === "connected";

/** The badges, of which the last says who reviewed it. */
function badgesOn(entry: Entry): HTMLElement[] {
	const words = entry.review ?? "";
	const kind = entry.custom ? "custom" : "review";
	return [
		...badgesOf({ ...entry, custom: false }),
		...(words === "" ? [] : [badge(visible(words), kind)]),
	];
}

function bodyOf(entry: Entry): HTMLElement[] {
	return [
		element("p", "jcn-lead", visible(entry.summary)),
		facts([
			[trans.__("Where"), codeOf(entry.where)],
			[trans.__("Sign-in"), wordsOf(entry.signin)],
			[trans.__("You must bring"), wordsOf(entry.needs)],
			[trans.__("Note"), wordsOf(entry.note)],
		]),
		part(trans.__("Ask it, for example"), examplesOf(entry.examples ?? [])),
		part(trans.__("Tools"), toolsOf(entry)),
		part(trans.__("Links"), linksOf(entry)),
		sourcesOf(entry.sources ?? []),
	].filter((node) => node !== null);
}

function facts(rows: [string, HTMLElement | null][]): HTMLElement {
	const node = element("dl", "jcn-facts");
	for (const [name, value] of rows) {
		if (value !== null) {
			node.append(element("dt", "", name), element("dd", "", value));
		}
	}
	return node;
}

function wordsOf(text = ""): HTMLElement | null {
	return text === "" ? null : element("span", "", visible(text));
}

function codeOf(text = ""): HTMLElement | null {
	return text === "" ? null : element("code", "", visible(text));
}

function part(name: string, inner: HTMLElement | null): HTMLElement | null {
	if (inner === null) return null;
	return element("div", "jcn-part", element("h3", "", name), inner);
}

function examplesOf(examples: readonly string[]): HTMLElement | null {
	if (examples.length === 0) return null;
	const node = element("ul", "jcn-examples");
	node.append(...examples.map((each) => element("li", "", visible(each))));
	return node;
}

/** The tools by what they do; a class of many stays folded. */
function toolsOf(entry: Entry): HTMLElement | null {
	const groups = entry.tools ?? [];
	if (groups.length === 0) return null;
	const node = element("div", "jcn-groups");
	for (const { kind, names } of groups) {
		const inner = element("div", "jcn-tools");
		inner.append(...names.map((name) => element("code", "", visible(name))));
		const fold = foldFor(
			inner,
			names.length <= 12,
			badge(kindWords(kind), kind),
			element("span", "jcn-muted", String(names.length)),
		);
		node.append(element("div", "jcn-group", fold.node, inner));
	}
	return node;
}

function linksOf({ links = [] }: Entry): HTMLElement | null {
	const node = element("ul", "jcn-links");
	for (const { label, url } of links) {
		const host = hostOf(url);
		if (host === "") continue;
		const link = attributes(element("a", "", url.replace("https://", "")), {
			href: url,
			target: "_blank",
			rel: "noopener noreferrer",
		});
		node.append(element("li", "", `${label}: `, link));
	}
	return node.childElementCount === 0 ? null : node;
}

function sourcesOf(sources: readonly string[]): HTMLElement | null {
	if (sources.length === 0) return null;
	const inner = element("ul", "jcn-sources jcn-muted");
	inner.append(...sources.map((each) => element("li", "", visible(each))));
	const fold = foldFor(inner, false, trans.__("Where these facts come from"));
	return element("div", "jcn-part", fold.node, inner);
}
