/** The directory as the cells show it, and a form for a service that is not in it. */

import { attributes, button, element, show } from "../dom";
import type { Host } from "../host";
import { icon } from "../icon";
import type { Connectors, Form, FormField } from "../state/connectors";
import { codeLine } from "../views/codeline";
import { directory } from "../views/connectors";
import { following } from "../views/following";
import { fieldsOf, type Given } from "../views/form";
import { trans } from "../words";
import type { Action } from "./action";
import type { Home } from "./home";
import type { Page } from "./view";

/** The tab; it can be opened at one entry. */
export function directoryTab(home: Home): Page & { open(entry: string): void } {
	const callbacks = new Set<() => void>();
	const place = element("div", "");
	const host: Host<Connectors> = {
		code: home.code,
		state: () => stateOf(home),
		onState(changed) {
			callbacks.add(changed);
			return () => callbacks.delete(changed);
		},
		send(message) {
			const { id: _, ...action } = message;
			// The directory names entries; what is connected has a name of its own.
			if (action.type === "disconnect") disconnect(home, String(action.entry));
			else void home.act({ ...action, type: "connect" } as never);
		},
		line({ id: _, ...action }) {
			return home.lineOf({ ...action, type: "connect" } as never);
		},
	};
	const view = directory(place, host);
	let custom: ReturnType<typeof customOf> | null = null;
	const add = button("jcn-link jcn-add", trans.__("Add another service…"), () =>
		turn(true),
	);
	const turn = (on: boolean) => {
		custom?.node.remove();
		custom = on ? customOf(home, () => leave()) : null;
		show(place, !on);
		show(add, !on);
		if (custom === null) return;
		node.append(custom.node);
		custom.focus();
	};
	const leave = () => {
		turn(false);
		add.focus();
	};
	const waiting = element(
		"div",
		"jcn-muted jcn-loading",
		trans.__("Asking the kernel…"),
	);
	const node = element("div", "jcn-directory-tab", waiting, place, add);
	return {
		node,
		parts: ["directory"],
		update({ parts }) {
			const told = parts.directory !== undefined;
			show(waiting, !told);
			show(place, told && custom === null);
			show(add, told && custom === null);
			for (const callback of callbacks) callback();
		},
		open(entry) {
			if (custom !== null) turn(false);
			view.open(entry);
		},
		dispose: view.dispose,
	};
}

const NOTHING: Connectors = {
	id: "panel",
	categories: [],
	notes: [],
	entries: [],
};

function stateOf(home: Home): Connectors {
	const { parts, busy } = home.state();
	const { directory } = parts;
	if (directory === undefined) return NOTHING;
	const entries = directory.entries.map((entry) =>
		busy.includes(`connect ${entry.id}`) && entry.state !== "connected"
			? { ...entry, state: "connecting" as const }
			: entry,
	);
	return { ...directory, id: "panel", entries };
}

/** Leaves every account of an entry. */
function disconnect(home: Home, entry: string): void {
	const connected = home.state().parts.connected ?? [];
	for (const each of connected) {
		if (each.entry !== entry) continue;
		void home.act({ type: "disconnect", name: each.id });
	}
}

function field(
	name: string,
	goes: FormField["goes"],
	label: string,
	more: Partial<FormField>,
): FormField {
	return {
		name,
		goes,
		label,
		description: "",
		required: false,
		secret: false,
		value: "",
		choices: [],
		...more,
	};
}

/** The form for an address of the person's own. */
function customOf(home: Home, back: () => void) {
	const fields = fieldsOf(formOf(home), trans.__("Another service"), () =>
		connect(),
	);
	const connect = () => {
		const given = fields.given();
		if (given === null) return;
		void home.act(actionOf(given)).then(({ ok }) => {
			if (ok) back();
		});
		fields.forget();
	};
	const code = codeLine(home.code);
	code.update("", "");
	following(
		fields,
		async (given) =>
			given.set.address ? await home.lineOf(actionOf(given)) : "",
		(line) => code.update(line, trans.__("the line that connects it")),
	);
	const title = attributes(
		element("h2", "jcn-title", trans.__("Another service")),
		{ tabindex: "-1" },
	);
	const leave = button("jcn-link jcn-back", "", back);
	leave.append(icon("back"), trans.__("All connectors"));
	const node = element(
		"section",
		"jcn-page jcn-custom",
		leave,
		title,
		element(
			"p",
			"jcn-muted",
			trans.__(
				"Nobody has reviewed it. Its tools see what you and the model hand to them, so add only a service you trust.",
			),
		),
		fields.node,
		code.node,
	);
	node.addEventListener("keydown", (event) => {
		if (event.key === "Escape") back();
	});
	return { node, focus: () => title.focus() };
}

function actionOf({ set, secrets, keep }: Given): Action {
	const { address = "", name = "" } = set;
	return {
		type: "connect",
		address,
		...(name === "" ? {} : { name }),
		...(secrets === undefined ? {} : { secrets }),
		...(keep ? { keep } : {}),
	};
}

function formOf({ state }: Home): Form {
	// Where secrets are kept is the same for all of this kernel's connectors.
	const { entries = [] } = state().parts.directory ?? {};
	const known = entries.find(({ form }) => form !== undefined)?.form;
	return {
		fields: [
			field("address", "set", trans.__("Address"), {
				required: true,
				description: trans.__("The https address of its MCP endpoint"),
			}),
			field("name", "set", trans.__("Name"), {
				description: trans.__("What to call it here"),
			}),
			field("key", "secrets", trans.__("Key"), {
				secret: true,
				description: trans.__("Only where it takes one instead of a sign-in"),
			}),
		],
		stored: known?.stored ?? "",
		can_keep: known?.can_keep ?? false,
		accounts: false,
	};
}
