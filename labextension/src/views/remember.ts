/** What a lasting yes is bound to: any arguments, or limits on some of them. */

import { attributes, button, element, setText, show } from "../dom";
import type { Approval, Condition } from "../state/approval";
import {
	type Chosen,
	type Limit,
	limitJson,
	limitsFor,
	patternJson,
} from "../state/edits";
import { visible } from "../text";
import { trans } from "../words";

const LONG = 60;

/** The opened line below trans.__("Always allow"). `allow` gets the pattern as JSON text. */
export function rememberOf(
	approval: Approval,
	allow: (pattern: string) => void,
	cancel: () => void,
) {
	const rows = approval.conditions.map((each) =>
		limitRow(each, () => update()),
	);
	const group = `jcn-${approval.id}`;
	const limited = radio(group, trans.__("Only where"), rows.length > 0, () =>
		update(),
	);
	const any = radio(
		group,
		trans.__("With any arguments"),
		rows.length === 0,
		() => update(),
	);
	const list = element("div", "jcn-limits", ...rows.map(({ node }) => node));
	const go = button("jcn-button", trans.__("Always allow"), () => {
		const pattern = patternNow();
		if (pattern !== null) allow(pattern);
	});
	go.dataset.decision = "always";
	const hint = element("span", "jcn-muted");
	const node = element(
		"div",
		"jcn-panel",
		element(
			"div",
			"jcn-panel-title",
			trans.__(
				"Allow %1 from now on, without asking",
				`${visible(approval.connector)}.${visible(approval.tool)}`,
			),
		),
		rows.length > 0 ? limited.node : null,
		rows.length > 0 ? list : null,
		any.node,
		element(
			"div",
			"jcn-buttons",
			button("jcn-button", trans.__("Back"), cancel),
			go,
			hint,
		),
	);
	attributes(node, { role: "group", "aria-label": trans.__("Always allow") });
	const chosen = () => rows.flatMap((row) => row.chosen());
	const patternNow = () => {
		if (any.input.checked) return "";
		return chosen().length === 0 ? null : patternJson(chosen());
	};
	const update = () => {
		show(list, limited.input.checked);
		const pattern = patternNow();
		go.disabled = pattern === null;
		const none = limited.input.checked && chosen().length === 0;
		setText(hint, none ? trans.__("Tick at least one limit") : "");
	};
	update();
	return {
		node,
		focus: () => (limited.node.isConnected ? limited : any).input.focus(),
	};
}

function radio(group: string, words: string, on: boolean, changed: () => void) {
	const input = element("input", "");
	attributes(input, { type: "radio", name: group });
	input.checked = on;
	input.addEventListener("input", changed);
	return { input, node: element("label", "jcn-check", input, words) };
}

/** One value: a box to tick, what is held against it, and the limit itself. */
function limitRow(condition: Condition, changed: () => void) {
	const tick = element("input", "");
	attributes(tick, { type: "checkbox" });
	// A long text is hardly ever the same again.
	tick.checked = condition.value.length <= LONG;
	const path = visible(condition.path);
	const name = element("label", "jcn-check", tick, element("code", "", path));
	const choices = limitsFor(condition.type);
	const how = element("select", "jcn-input");
	attributes(how, { "aria-label": trans.__("Limit of %1", path) });
	for (const [limit, words] of choices) {
		const option = element("option", "", words);
		option.value = limit;
		how.append(option);
	}
	const input = element("textarea", "jcn-input");
	attributes(input, {
		"aria-label": trans.__("Limit of %1, value", path),
		rows: "1",
		spellcheck: "false",
	});
	input.value = condition.value;
	const fixed = condition.type === "boolean";
	input.readOnly = fixed;
	const problem = element("div", "jcn-problem");
	const now = (): Chosen => ({
		condition,
		limit: how.value as Limit,
		text: input.value,
	});
	const update = () => {
		const limit = limitJson(now());
		for (const each of [how, input]) each.disabled = !tick.checked;
		attributes(input, { rows: how.value === "in" ? "3" : "1" });
		setText(problem, tick.checked ? (limit.problem ?? "") : "");
	};
	for (const each of [tick, how, input]) {
		each.addEventListener("input", () => {
			update();
			changed();
		});
	}
	update();
	return {
		node: element("div", "jcn-limit", name, how, input, problem),
		chosen: () => (tick.checked ? [now()] : []),
	};
}
