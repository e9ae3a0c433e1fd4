/** The arguments of a call: each in full, with where it comes from, and as fields to edit. */

import { attributes, button, element, setText, show } from "../dom";
import { icon } from "../icon";
import type { Argument } from "../state/approval";
import { sizeOf } from "../state/approval";
import { initialText, typed } from "../state/edits";
import { head, visible } from "../text";
import { trans } from "../words";

const FOLDED = { letters: 420, lines: 6 };

/** The rows of all arguments; those of a known record as now and after. */
export interface Values {
	readonly node: HTMLElement;
	/** Shows fields instead of values, or values again. */
	edit(on: boolean): void;
	/** The changed arguments as JSON text by their place; null while one is wrong. */
	edits(): Record<string, string> | null;
}

/** `changed` is called after each keystroke in a field. */
export function valuesOf(
	given: readonly Argument[],
	changed: () => void,
): Values {
	const rows = given.map((argument, place) => rowOf(argument, place, changed));
	const record = rows.filter(({ argument }) => argument.now !== null);
	const rest = rows.filter(({ argument }) => argument.now === null);
	const node = element(
		"div",
		"jcn-values",
		rows.length === 0
			? element("div", "jcn-none", trans.__("No arguments"))
			: null,
		rest.length > 0
			? element("dl", "jcn-arguments", ...rest.flatMap(({ cells }) => cells))
			: null,
		record.length > 0 ? recordTable(record) : null,
	);
	return {
		node,
		edit(on) {
			node.dataset.editing = String(on);
			for (const row of rows) row.edit(on);
			if (on) rows.find((row) => row.editor)?.editor?.input.focus();
		},
		edits() {
			const found: Record<string, string> = {};
			for (const { editor, place } of rows) {
				const json = editor?.read();
				if (json === null) return null;
				if (json !== undefined) found[String(place)] = json;
			}
			return found;
		},
	};
}

interface ArgumentRow {
	readonly argument: Argument;
	readonly place: number;
	readonly cells: HTMLElement[];
	readonly value: HTMLElement;
	readonly editor: Editor | null;
	edit(on: boolean): void;
}

function rowOf(
	argument: Argument,
	place: number,
	changed: () => void,
): ArgumentRow {
	const name = visible(argument.name);
	const shown = shownValue(argument);
	const editor = argument.secret === "" ? editorOf(argument, changed) : null;
	const origin = argument.origin
		? element("div", "jcn-origin", visible(argument.origin))
		: null;
	const value = element(
		"div",
		"jcn-cell",
		shown,
		editor?.node ?? null,
		secretNote(argument),
		origin,
	);
	return {
		argument,
		place,
		cells: [element("dt", "", name), element("dd", "", value)],
		value,
		editor,
		edit(on) {
			if (editor === null) return;
			show(shown, !on);
			show(editor.node, on);
			if (!on) editor.reset();
		},
	};
}

function secretNote({ secret }: Argument): HTMLElement | null {
	if (secret === "") return null;
	const words = trans.__(
		"Masked here: %1. It is sent as it is.",
		visible(secret),
	);
	return element("div", "jcn-secret", icon("lock"), words);
}

function recordTable(rows: readonly ArgumentRow[]): HTMLElement {
	const heads = [trans.__("Field"), trans.__("Now"), trans.__("After")].map(
		(words) => attributes(element("th", "", words), { scope: "col" }),
	);
	const body = rows.map(({ argument, value }) => {
		const name = element("th", "", visible(argument.name));
		attributes(name, { scope: "row" });
		const now = element("td", "", foldable(visible(argument.now ?? "")));
		const line = element("tr", "", name, now, element("td", "", value));
		line.dataset.changed = String(argument.changed);
		if (!argument.changed)
			value.append(element("div", "jcn-origin", trans.__("As now")));
		return line;
	});
	return element(
		"table",
		"jcn-record",
		element("thead", "", element("tr", "", ...heads)),
		element("tbody", "", ...body),
	);
}

function shownValue({ type, value }: Argument): HTMLElement {
	const text = visible(value);
	const isOneLine = type === "text" && !text.includes("\n");
	const node = foldable(isOneLine ? `"${text}"` : text);
	node.dataset.type = type;
	return node;
}

/** A value, folded if it is long; the fold says how much there is. */
function foldable(text: string): HTMLElement {
	const short = head(text, FOLDED);
	const pre = element("pre", "jcn-value", short === null ? text : `${short}…`);
	if (short === null) return element("div", "", pre);
	let open = false;
	const whole = trans.__("Show all %1", sizeOf(text));
	const toggle = button("jcn-link", whole, () => {
		open = !open;
		setText(pre, open ? text : `${short}…`);
		setText(toggle, open ? trans.__("Show less") : whole);
		attributes(toggle, { "aria-expanded": String(open) });
	});
	attributes(toggle, { "aria-expanded": "false" });
	return element("div", "", pre, toggle);
}

interface Editor {
	readonly node: HTMLElement;
	readonly input: HTMLElement;
	/** JSON text if it changed, undefined if not, null if it is wrong. */
	read(): string | null | undefined;
	reset(): void;
}

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function editorOf(argument: Argument, changed: () => void): Editor {
	const { kind } = argument.field;
	const input = inputOf(argument);
	const problem = element("div", "jcn-problem");
	attributes(problem, { role: "status" });
	const start = textIn(input);
	attributes(input, { "aria-label": visible(argument.name) });
	const node = element("div", "jcn-editor", input, problem);
	if (input instanceof HTMLInputElement && input.type === "checkbox") {
		const words = element("span", "", start);
		input.addEventListener("input", () => setText(words, textIn(input)));
		node.replaceChildren(element("label", "jcn-check", input, words), problem);
	}
	show(node, false);
	const check = () => {
		const text = textIn(input);
		const value = isJson(kind) ? { json: text } : typed(kind, text);
		setText(problem, value.problem ?? "");
		attributes(input, { "aria-invalid": value.problem ? "true" : null });
		return value;
	};
	input.addEventListener("input", () => {
		check();
		changed();
	});
	return {
		node,
		input,
		read() {
			if (textIn(input) === start) return undefined;
			return check().json ?? null;
		},
		reset() {
			fill(input, start);
			check();
		},
	};
}

const isJson = (kind: string) => kind === "choice" || kind === "boolean";

function inputOf(argument: Argument): Input {
	const { kind } = argument.field;
	if (kind === "choice") return choiceOf(argument);
	const text = initialText(argument);
	if (kind === "long" || kind === "json") return boxOf(kind, text);
	const input = element("input", kind === "boolean" ? "" : "jcn-input");
	attributes(input, { spellcheck: "false", autocomplete: "off" });
	if (kind === "boolean") attributes(input, { type: "checkbox" });
	if (kind !== "text") attributes(input, { inputmode: "decimal" });
	fill(input, text);
	return input;
}

function choiceOf({ field, json }: Argument): HTMLSelectElement {
	const select = element("select", "jcn-input");
	for (const [value, words] of field.options ?? []) {
		const option = element("option", "", visible(words));
		option.value = value;
		select.append(option);
	}
	fill(select, json);
	return select;
}

function boxOf(kind: string, text: string): HTMLTextAreaElement {
	const box = element("textarea", "jcn-input");
	const lines = text.split("\n").length + Math.floor(text.length / 90);
	attributes(box, {
		rows: String(Math.min(14, Math.max(2, lines))),
		spellcheck: "false",
	});
	box.dataset.kind = kind;
	fill(box, text);
	return box;
}

/** What is in an input; a box to tick says true or false. */
function textIn(input: Input): string {
	const isBox = input instanceof HTMLInputElement && input.type === "checkbox";
	return isBox ? String(input.checked) : input.value;
}

function fill(input: Input, text: string): void {
	if (input instanceof HTMLInputElement && input.type === "checkbox") {
		input.checked = text === "true";
	} else {
		input.value = text;
	}
}
