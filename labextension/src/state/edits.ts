/** What a person types into an argument or a limit, as JSON text. Pure. */

import { trans } from "../words";
import type { Argument, Condition, Field } from "./approval";

/** JSON text, or what is wrong with what was typed. */
export type Typed =
	| { readonly json: string; readonly problem?: undefined }
	| { readonly json?: undefined; readonly problem: string };

// The text goes on as it was typed: a number of twenty digits stays exact.
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const INTEGER = /^-?(?:0|[1-9]\d*)$/;

/** What was typed into a field. A choice and a yes or no are JSON already. */
export function typed(kind: Field["kind"], text: string): Typed {
	if (kind === "text" || kind === "long") return { json: JSON.stringify(text) };
	const trimmed = text.trim();
	if (kind === "integer" && !INTEGER.test(trimmed)) {
		return { problem: trans.__("a whole number, such as 12") };
	}
	if (kind === "number" && !NUMBER.test(trimmed)) {
		return { problem: trans.__("a number, such as 12 or 12.5") };
	}
	try {
		JSON.parse(trimmed);
	} catch (error) {
		return {
			problem: trans.__("not valid JSON: %1", (error as Error).message),
		};
	}
	return { json: trimmed };
}

/** What an editor of the argument starts with. */
export function initialText(argument: Argument): string {
	const { field, json } = argument;
	if (json === "") return "";
	if (field.kind !== "text" && field.kind !== "long") return json;
	const text: unknown = JSON.parse(json);
	return typeof text === "string" ? text : json;
}

export type Limit = "max" | "min" | "equals" | "in";

/** The limits that make sense for a kind of value, the likeliest first. */
export function limitsFor(
	type: Condition["type"],
): readonly (readonly [Limit, string])[] {
	if (type === "number") {
		return [
			["max", trans.__("at most")],
			["min", trans.__("at least")],
			["equals", trans.__("exactly")],
		];
	}
	if (type === "text") {
		return [
			["equals", trans.__("exactly")],
			["in", trans.__("one of (one a line)")],
		];
	}
	return [["equals", trans.__("exactly")]];
}

/** One limit as the person set it. */
export interface Chosen {
	readonly condition: Condition;
	readonly limit: Limit;
	readonly text: string;
}

/** The limit as JSON text: `{"max":50}`, `{"in":["a","b"]}`. */
export function limitJson({ condition, limit, text }: Chosen): Typed {
	if (condition.type === "text") return textLimit(limit, text);
	if (condition.type === "boolean")
		return { json: `{"in":[${condition.json}]}` };
	const number = typed("number", text);
	if (number.problem !== undefined) return number;
	return {
		json:
			limit === "max" || limit === "min"
				? `{"${limit}":${number.json}}`
				: `{"in":[${number.json}]}`,
	};
}

function textLimit(limit: Limit, text: string): Typed {
	if (limit !== "in") return { json: `{"in":[${JSON.stringify(text)}]}` };
	const items = text.split("\n").filter((each) => each.trim() !== "");
	if (items.length === 0) return { problem: trans.__("at least one") };
	return { json: `{"in":${JSON.stringify(items)}}` };
}

/** The pattern of all limits as JSON text; null while one of them is wrong. */
export function patternJson(chosen: readonly Chosen[]): string | null {
	const parts: string[] = [];
	for (const each of chosen) {
		const limit = limitJson(each);
		if (limit.problem !== undefined) return null;
		parts.push(`${JSON.stringify(each.condition.path)}:${limit.json}`);
	}
	return `{${parts.join(",")}}`;
}
