/** The policy of the relay where it is a part of the page itself. */

const ORIGIN =
	/^(?<scheme>https?|wss?):\/\/(?<wild>\*\.)?(?<host>[^:/]+)(?::(?<port>\d+))?$/;
const HERE = /^(?:127\.0\.0\.1|\[::1\]|(?:.+\.)?localhost)$/;

/**
 * The policy without the server that `page` is from, as the server's own page
 * for apps leaves it out; all names of this machine with its port are that server.
 */
export function withoutOwn(policy: string, page: string): string {
	const own = new URL(page);
	const isKept = (source: string) => !isOf(source, own);
	return policy
		.split("; ")
		.map((directive) => directive.split(" ").filter(isKept).join(" "))
		.join("; ");
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
