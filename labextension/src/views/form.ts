/** What a person gives to connect: parts of an address, an id, keys. */

import { uuid } from "../channel";
import { attributes, button, element, setText, show, spoken } from "../dom";
import type { Entry, Form, FormField } from "../state/connectors";
import { formFor } from "../state/connectors";
import { visible } from "../text";
import { trans } from "../words";
import { foldFor } from "./controls";
import { keepBox, keptWords } from "./keeping";

/** What was given, as the message `connect` carries it. */
export interface Given {
	readonly set: { readonly [name: string]: string };
	readonly account?: string;
	readonly client_id?: string;
	readonly secrets?: { readonly [name: string]: string };
	readonly keep?: boolean;
}

export const NOTHING_GIVEN: Given = { set: {} };

/** Stands for a secret where only its name counts. */
const TYPED = "typed";

type Filled = readonly [FormField, HTMLInputElement | HTMLSelectElement];

/** The fields of an entry; Enter in one of them connects. */
export function formOf(entry: Entry, connect: () => void) {
	const form = formFor(entry);
	const label = trans.__("What %1 needs", visible(entry.title || entry.id));
	return fieldsOf(form, label, connect);
}

/** The fields of a form. */
export function fieldsOf(form: Form, label: string, connect: () => void) {
	const filled: readonly Filled[] = [
		...form.fields,
		...(form.accounts ? [accountField()] : []),
	].map((field) => [field, inputOf(field)]);
	const keep = keepOf(form);
	let unfold = () => {};
	const missing = spoken("alert", "jcn-missing");
	const rows = filled.map(([field, input]) => {
		const row = rowOf(field, input, form.stored);
		if (field.goes !== "account") return row;
		// Few have two: the field is one press away.
		const fold = foldFor(row, false, trans.__("Another account"));
		unfold = () => fold.turn(true);
		return element("div", "jcn-other-account", fold.node, row);
	});
	const node = element("form", "jcn-form", ...rows, keep.node, missing);
	const go = button("jcn-button jcn-primary", trans.__("Connect"), connect);
	if (form.fields.length > 0) node.append(go);
	node.noValidate = true;
	attributes(node, { "aria-label": label });
	// Without a button of its own a form submits by Enter only where it has one field.
	node.addEventListener("keydown", (event) => {
		if (event.key !== "Enter" || event.target instanceof HTMLButtonElement)
			return;
		event.preventDefault();
		connect();
	});
	show(node, filled.length > 0);
	return {
		node,
		isEmpty: filled.length === 0,
		/** Has the button say something else, and be there without a field above it. */
		offers(words: string, always: boolean) {
			setText(go, words);
			if (always && go.parentNode === null) node.append(go);
			if (!always && form.fields.length === 0) go.remove();
		},
		/** What was given; null, and the first empty field has the focus, where something is missing: with `another`, also which account. */
		given(another = false): Given | null {
			const lacks = (each: Filled) => isMissing(each, another);
			const empty = filled.filter(lacks);
			if (empty.some(([{ goes }]) => goes === "account")) unfold();
			for (const each of filled) {
				const [, input] = each;
				const wrong = lacks(each);
				attributes(input, { "aria-invalid": wrong ? "true" : null });
			}
			setText(missing, missingWords(empty));
			empty[0]?.[1].focus();
			return empty.length > 0 ? null : givenBy(filled, keep.on());
		},
		/** What stands in it so far, with a word in the place of each secret. */
		sketch(): Given {
			const given = givenBy(filled, false);
			const { secrets } = given;
			if (secrets === undefined) return given;
			const names = Object.keys(secrets).map((name) => [name, TYPED]);
			return { ...given, secrets: Object.fromEntries(names) };
		},
		/** Takes what was typed into password fields out of the page. */
		forget() {
			for (const [field, input] of filled) if (field.secret) input.value = "";
		},
	};
}

function accountField(): FormField {
	return {
		name: "account",
		goes: "account",
		label: trans.__("Account"),
		description: trans.__(
			"A word of your own, to have several accounts side by side. Leave it empty for one",
		),
		required: false,
		secret: false,
		value: "",
		choices: [],
	};
}

function missingWords(empty: readonly Filled[]): string {
	const names = empty.map(([{ label }]) => visible(label)).join(", ");
	return names === "" ? "" : trans.__("Still needed: %1", names);
}

function isMissing(
	[{ required, goes }, { value }]: Filled,
	another: boolean,
): boolean {
	return (required || (another && goes === "account")) && value.trim() === "";
}

function givenBy(filled: readonly Filled[], keep: boolean): Given {
	const of = (goes: FormField["goes"]) =>
		Object.fromEntries(
			filled
				.filter(([field]) => field.goes === goes)
				.map(([field, input]) => [field.name, input.value.trim()] as const)
				.filter(([, value]) => goes === "set" || value !== ""),
		);
	const secrets = of("secrets");
	const { client_id } = of("client_id");
	const { account } = of("account");
	return {
		set: of("set"),
		...(account === undefined ? {} : { account }),
		...(client_id === undefined ? {} : { client_id }),
		...(Object.keys(secrets).length > 0 ? { secrets } : {}),
		...(keep ? { keep } : {}),
	};
}

/** The label is the name alone; what else there is to say describes the field. */
function rowOf(
	field: FormField,
	input: HTMLElement,
	stored: string,
): HTMLElement {
	const [id, describes] = [uuid(), uuid()];
	const name = element("label", "jcn-field-name", visible(field.label));
	if (!field.required)
		name.append(element("span", "jcn-muted", ` ${trans.__("(optional)")}`));
	name.htmlFor = id;
	input.id = id;
	const hint = element("span", "jcn-muted", hintOf(field, stored));
	hint.id = describes;
	attributes(input, { "aria-describedby": describes });
	return element("div", "jcn-field", name, input, hint);
}

function hintOf({ secret, description }: FormField, stored: string) {
	const where = secret && stored !== "" ? keptWords(stored) : "";
	const parts = [visible(description), where];
	return parts.filter((each) => each !== "").join(". ");
}

function inputOf(field: FormField): HTMLInputElement | HTMLSelectElement {
	const { value, choices, secret, required } = field;
	if (choices.length > 0) {
		const select = element("select", "jcn-input");
		select.append(...choices.map((each) => element("option", "", each)));
		select.value = value;
		return select;
	}
	const input = element("input", "jcn-input");
	attributes(input, {
		type: secret ? "password" : "text",
		// A browser's own store of passwords is not where a connector's key belongs.
		autocomplete: secret ? "new-password" : "off",
		spellcheck: "false",
		autocapitalize: "off",
		"aria-required": String(required),
		"data-1p-ignore": secret ? "" : null,
	});
	if (!secret) input.value = value;
	return input;
}

/** The yes to a file, where there is no keyring. */
function keepOf({ fields, can_keep }: Form) {
	const { box, node } = keepBox();
	show(node, can_keep && fields.some(({ secret }) => secret));
	return { node, on: () => can_keep && box.checked };
}
