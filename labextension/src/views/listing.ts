/** The page of one entry: what it is, where it is, how one signs in, what its tools do. */

import {
	attributes,
	button,
	element,
	icon,
	type Row,
	setText,
	show,
} from "../dom";
import { kindWords } from "../state/approval";
import { type Asked, type Entry, hostOf } from "../state/connectors";
import { visible } from "../text";
import { foldOf } from "./controls";
import {
	type Acts,
	actionOf,
	avatar,
	badge,
	badgesOf,
	type Given,
} from "./entry";

/** The page of `entry`; `back` leaves it. */
export function pageOf(entry: Entry, acts: Acts, back: () => void): Row<Entry> {
	let shown = entry;
	const title = attributes(element("h2", "jcn-title"), { tabindex: "-1" });
	const by = element("span", "jcn-by");
	const badges = element("div", "jcn-badges");
	const message = attributes(element("div", "jcn-message"), { role: "status" });
	const form = formOf(entry, () => connect());
	const connect = () => acts.connect(shown, form.given());
	const action = actionOf(connect, () => acts.disconnect(shown));
	const code = codeLine();
	const body = element("div", "jcn-body");
	const leave = button("jcn-link jcn-back", "", back);
	leave.append(icon("back"), "All connectors");
	const node = element(
		"section",
		"jcn-page",
		leave,
		element(
			"div",
			"jcn-top",
			avatar(entry),
			element("div", "jcn-names", title, by),
			action.node,
		),
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
			setText(message, next.message);
			show(message, next.message !== "");
			action.update(next, name);
			code.update(next.code, name);
			// The rest changes with the entry, not with its connection: folds and selections stay.
			const rest = JSON.stringify({ ...next, state: "", message: "" });
			if (rest === drawn) return;
			drawn = rest;
			const words = next.review ?? "";
			const kind = next.custom ? "custom" : "review";
			badges.replaceChildren(
				...badgesOf({ ...next, custom: false }),
				...(words === "" ? [] : [badge(visible(words), kind)]),
			);
			body.replaceChildren(...bodyOf(next));
		},
	};
}

function bodyOf(entry: Entry): HTMLElement[] {
	return [
		element("p", "jcn-lead", visible(entry.summary)),
		facts([
			["Where", codeOf(entry.where)],
			["Sign-in", wordsOf(entry.signin)],
			["You must bring", wordsOf(entry.needs)],
			["Note", wordsOf(entry.note)],
		]),
		part("Ask it, for example", examplesOf(entry.examples ?? [])),
		part("Tools", toolsOf(entry)),
		part("Links", linksOf(entry)),
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
		const fold = foldOf(names.length <= 12, () => update());
		fold.node.append(
			badge(kindWords(kind), kind),
			element("span", "jcn-muted", String(names.length)),
		);
		const update = () => {
			fold.update(fold.open());
			show(inner, fold.open());
		};
		update();
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
	const fold = foldOf(false, () => update());
	fold.node.append("Where these facts come from");
	const update = () => {
		fold.update(fold.open());
		show(inner, fold.open());
	};
	update();
	return element("div", "jcn-part", fold.node, inner);
}

/** The parts of the address that the person gives. */
function formOf({ id, ask = [] }: Entry, connect: () => void) {
	const inputs = ask.map((asked) => [asked.name, inputOf(asked, connect)]);
	const fields = inputs.map(([name, input], index) =>
		element(
			"label",
			"jcn-field",
			element("span", "jcn-field-name", name as string),
			input as HTMLElement,
			element("span", "jcn-muted", visible(ask[index]?.description ?? "")),
		),
	);
	const node = element("div", "jcn-form", ...fields);
	attributes(node, { role: "group", "aria-label": `The address of ${id}` });
	show(node, ask.length > 0);
	return {
		node,
		given: (): Given =>
			Object.fromEntries(
				inputs.map(([name, input]) => [
					name as string,
					(input as HTMLInputElement).value.trim(),
				]),
			),
	};
}

function inputOf({ value, choices }: Asked, connect: () => void): HTMLElement {
	if (choices.length > 0) {
		const select = element("select", "jcn-input");
		select.append(...choices.map((each) => element("option", "", each)));
		select.value = value;
		return select;
	}
	const input = element("input", "jcn-input");
	attributes(input, { autocomplete: "off", spellcheck: "false" });
	input.value = value;
	input.addEventListener("keydown", (event) => {
		if (event.key === "Enter") connect();
	});
	return input;
}

const COPIED = 1500;

/** The line of code that does the same, with a button that copies it. */
function codeLine() {
	const text = element("code", "");
	const copy = button("jcn-copy", "", () => {
		void copyText(text).then((done) => {
			copy.replaceChildren(icon(done ? "check" : "cross"));
			setTimeout(() => copy.replaceChildren(icon("copy")), COPIED);
		});
	});
	copy.append(icon("copy"));
	const node = element("div", "jcn-code", text, copy);
	return {
		node,
		update(code: string, name: string) {
			setText(text, visible(code));
			attributes(copy, {
				"aria-label": `Copy the line that connects ${name}`,
				title: "Copy",
			});
			show(node, code !== "");
		},
	};
}

async function copyText(node: HTMLElement): Promise<boolean> {
	try {
		// Missing on plain http to another host, as JupyterHub at work may be.
		await navigator.clipboard.writeText(node.textContent ?? "");
		return true;
	} catch {
		getSelection()?.selectAllChildren(node);
		return document.execCommand("copy");
	}
}
