/** What an app may reach, less the server of the page it is in. */

import { items } from "../reading";
import type { Opened } from "../state/app";

const ORIGIN =
	/^(?<scheme>https?|wss?):\/\/(?<wild>\*\.)?(?<host>[^:/]+)(?::(?<port>\d+))?$/;
const HERE = /^(?:127\.0\.0\.1|\[::1\]|(?:.+\.)?localhost)$/;

/** In the order of the address (appcsp.py). */
const KINDS = [
	"connectDomains",
	"resourceDomains",
	"frameDomains",
	"baseUriDomains",
];

type Allowed = Pick<Opened, "policy" | "query" | "granted" | "refused">;

/**
 * What an app may reach without the server that `page` is from, as the server's
 * own page for apps leaves it out; all names of this machine with its port are
 * that server. The page knows its address better than a server behind another.
 */
export function withoutOwn<T extends Allowed>(app: T, page: string): T {
	const own = new URL(page);
	const isKept = (source: string) => !isOf(source, own);
	const asked = KINDS.map(
		(kind) => [kind, strings(app.granted[kind])] as const,
	);
	const lost = asked.flatMap(([, all]) => all.filter((each) => !isKept(each)));
	const kept = asked
		.map(([kind, all]) => [kind, all.filter(isKept)] as const)
		.filter(([, all]) => all.length > 0);
	const granted = Object.fromEntries(kept);
	return {
		...app,
		granted,
		policy: app.policy
			.split("; ")
			.map((directive) => directive.split(" ").filter(isKept).join(" "))
			.join("; "),
		query: kept.length === 0 ? "" : encoded(granted),
		refused: [...app.refused, ...new Set(lost)],
	};
}

function strings(data: unknown): readonly string[] {
	return items(data).filter((each) => typeof each === "string");
}

/** As appcsp.py writes it, to the letter: it takes nothing else. */
function encoded(granted: object): string {
	return btoa(JSON.stringify(granted))
		.replaceAll("+", "-")
		.replaceAll("/", "_")
		.replaceAll("=", "");
}

function isOf(source: string, own: URL): boolean {
	const found = ORIGIN.exec(source)?.groups;
	if (found?.host === undefined) return false;
	const { scheme = "", wild, host, port } = found;
	if ((port ?? usual(scheme)) !== (own.port || usual(own.protocol))) {
		return false;
	}
	if (HERE.test(own.hostname)) return HERE.test(host);
	return wild === undefined
		? host === own.hostname
		: own.hostname.endsWith(`.${host}`);
}

function usual(scheme: string): string {
	return /^(?:https|wss):?$/.test(scheme) ? "443" : "80";
}
