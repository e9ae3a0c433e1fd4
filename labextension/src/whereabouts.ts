/** Where this page is, so that a service can send the browser back to the kernel. */

const CALLBACK = "jupyter-connectors/oauth/callback";
const READY = "jupyter-connectors/oauth/ready";
const PATIENCE = 4000;

export interface Whereabouts {
	readonly [key: string]: string;
	/** The name in the page's address. */
	readonly host: string;
	/** Where the Jupyter server takes answers for the kernel; empty where it does not. */
	readonly callback: string;
	readonly kernel: string;
}

/** The page's host, and the server's callback where our server extension answers for this kernel. */
export async function whereabouts(kernel: string): Promise<Whereabouts> {
	const host = location.hostname;
	const nowhere = { host, callback: "", kernel: "" };
	const base = baseUrl();
	if (base === null || kernel === "") return nowhere;
	const ready = new URL(READY, base);
	ready.searchParams.set("kernel", kernel);
	try {
		const answer = await fetch(ready, ownRequest(PATIENCE));
		const told = answer.ok ? await answer.json() : null;
		if (told?.ready !== true) return nowhere;
	} catch {
		return nowhere;
	}
	return { host, callback: new URL(CALLBACK, base).href, kernel };
}

/** The server's address as JupyterLab and Notebook have it in their page; null elsewhere. */
export function baseUrl(): URL | null {
	const told = document.getElementById("jupyter-config-data")?.textContent;
	try {
		const { baseUrl } = JSON.parse(told ?? "null");
		return new URL(`${String(baseUrl).replace(/\/*$/, "")}/`, location.href);
	} catch {
		return null;
	}
}

/** How our part of the server is asked: as the person, and never sent on to another address. */
export function ownRequest(patience: number): RequestInit {
	return {
		credentials: "same-origin",
		cache: "no-store",
		redirect: "error",
		headers: xsrf(),
		signal: AbortSignal.timeout(patience),
	};
}

/** JupyterHub wants its token with requests that a page makes. */
function xsrf(): Record<string, string> {
	const token = /(?:^|;\s*)_xsrf=([^;]*)/.exec(
		globalThis.document?.cookie ?? "",
	)?.[1];
	return token === undefined
		? {}
		: { "X-XSRFToken": decodeURIComponent(token) };
}
