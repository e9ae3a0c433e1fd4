/** A sign-in, or a key, that a connector needs, as the kernel tells it. */

import { trans } from "../words";

export interface Scope {
	readonly name: string;
	/** Not granted before. */
	readonly fresh: boolean;
	/** More than was named for the connector. */
	readonly odd: boolean;
}

interface Asked {
	readonly id: string;
	readonly connector: string;
	readonly title: string;
	/** The connector's host in full, in ASCII. */
	readonly host: string;
	/** Where what is given is kept. */
	readonly stored: string;
	/** There is no keyring, so a file needs a yes. */
	readonly can_keep: boolean;
	readonly note: string;
	/** Why the last answer could not be taken. */
	readonly problem: string;
	readonly tries: number;
}

export interface Device {
	readonly code: string;
	readonly host: string;
	readonly address: string;
}

export interface SignIn extends Asked {
	readonly kind: "sign-in";
	readonly state: "preparing" | "link" | "device";
	/** The host that signs in. */
	readonly issuer: string;
	readonly account: string;
	readonly custom: boolean;
	readonly why: "first" | "again" | "more";
	readonly warnings: readonly string[];
	/** Empty where the service decides. */
	readonly scopes: readonly Scope[];
	/** How long it may take. */
	readonly seconds: number;
	readonly way: "" | "loopback" | "server" | "paste";
	/** Where the browser ends. */
	readonly redirect: string;
	readonly link_host?: string;
	readonly device: Device | null;
	readonly has_device: boolean;
	readonly has_link: boolean;
	/** The page to open. Told to this view alone: it is in no state and no notebook. */
	readonly link?: string;
	/** An address of the kernel's that the browser should try to reach; told likewise. */
	readonly probe?: string;
}

export interface Key extends Asked {
	readonly kind: "secret";
	readonly state: "waiting";
	/** What is wanted: "the value of the header X-Api-Key". */
	readonly what: string;
}

export type Needed = SignIn | Key;

/** Tells the kernel what the person did on the card. */
export type Send = (
	type: string,
	more?: { readonly [name: string]: string | boolean },
) => void;

/** The address, if it is one a browser may be sent to. */
export function webPage(address: string | undefined): string | null {
	try {
		const { protocol, username, password } = new URL(address ?? "");
		const isWeb = protocol === "https:" || protocol === "http:";
		return isWeb && username === "" && password === ""
			? (address ?? null)
			: null;
	} catch {
		return null;
	}
}

/** Why it is asked now; empty for the first time. */
export function whyWords({ why }: SignIn): string {
	const all: Record<SignIn["why"], string> = {
		first: "",
		again: trans.__("What was stored is no longer accepted"),
		more: trans.__("The service wants more than was granted before"),
	};
	return all[why] ?? "";
}

/** What happens after the page was opened. */
export function waitingWords({ state, way, issuer }: SignIn): string {
	if (state === "preparing") return trans.__("Preparing the link…");
	if (state === "device") return trans.__("Waiting until the code was typed");
	if (way === "paste") {
		return trans.__(
			"Sign in there, then paste the address your browser ends at. Its page may stay empty",
		);
	}
	return trans.__("Waiting for %1", issuer);
}

/** "9:41 left". */
export function leftWords(seconds: number): string {
	const whole = Math.max(0, Math.round(seconds));
	const rest = String(whole % 60).padStart(2, "0");
	return trans.__("%1 left", `${Math.floor(whole / 60)}:${rest}`);
}

/** What to look at twice. */
export function warningsOf(asked: SignIn): readonly string[] {
	const odd = asked.scopes.filter((each) => each.odd).length;
	return [
		...(asked.custom
			? [trans.__("Custom: nobody reviewed this connector")]
			: []),
		...asked.warnings,
		...(odd > 0
			? [trans.__("It asks for more than this connector is known to need")]
			: []),
	];
}
