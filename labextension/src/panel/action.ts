/** What a person has the kernel do in the panel, and what it came to. */

import { isRecord } from "../reading";
import type { Mode } from "./parts";

/** The actions of the panel, as the kernel takes them. */
export type Action =
	| {
			readonly type: "connect";
			readonly entry: string;
			readonly name?: string;
			readonly [more: string]: unknown;
	  }
	| {
			readonly type: "connect";
			readonly address: string;
			readonly [more: string]: unknown;
	  }
	| {
			readonly type: "disconnect";
			readonly name: string;
			readonly revoke?: boolean;
	  }
	| {
			readonly type: "mode";
			readonly mode: Mode | null;
			readonly connector?: string;
	  }
	| {
			readonly type: "enable";
			readonly connector: string;
			readonly here: boolean;
			readonly on: boolean;
	  }
	| { readonly type: "set" | "reset" | "accept"; readonly connector: string }
	| { readonly type: "revoke"; readonly grant: string }
	| { readonly type: "look" };

/** A name for an action under way: `connect stripe`. */
export function nameOf(action: Action): string {
	const { type, entry, address, name, connector, grant } = action as {
		readonly [key: string]: unknown;
	};
	const of = entry ?? address ?? name ?? connector ?? grant ?? "";
	return `${type} ${of}`.trim();
}

/** What an action came to. */
export interface Outcome {
	readonly ok: boolean;
	readonly problem: string;
	readonly hint: string;
	/** The line that does the same. */
	readonly code: string;
}

export function outcomeOf(reply: unknown): Outcome {
	const said = isRecord(reply) ? reply : {};
	const text = (name: string) => {
		const value = said[name];
		return typeof value === "string" ? value : "";
	};
	return {
		ok: said.status === "ok",
		problem: text("problem"),
		hint: text("hint"),
		code: text("code"),
	};
}
