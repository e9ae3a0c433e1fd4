/**
 * The duties of a host to an app (MCP Apps 2026-01-26): the order of what is
 * sent, what may be asked, and who answers it.
 */

import type {
	McpUiDisplayMode,
	McpUiHostCapabilities,
	McpUiHostContext,
	McpUiInitializeResult,
} from "@modelcontextprotocol/ext-apps/app-bridge";
import { version } from "../../package.json";
import { items } from "../reading";
import {
	type Answer,
	type Fields,
	fits,
	type Opened,
	type Outcome,
} from "../state/app";
import { type File, filesOf, suggestion, webPage } from "../state/wishes";
import {
	type Bridge,
	bridgeOf,
	type Handlers,
	REFUSED,
	Refusal,
} from "./bridge";

export const VERSIONS = ["2026-01-26", "2025-11-21"];

const BAD = -32602;

/** How long an app has to put its things away. */
const GOODBYE = 1000;

/** Handed on to the kernel, which judges them again. */
const FORWARDED = [
	"tools/call",
	"tools/list",
	"resources/read",
	"resources/list",
	"resources/templates/list",
	"prompts/list",
] as const;

type Requests = Record<string, Handlers["requests"][string]>;

/** Who does what an app asks for. What may be refused answers false. */
export interface Duties {
	/** The context as it is now, without the tool. */
	context(): McpUiHostContext;
	/** Resolves once the call the app belongs to is over. */
	outcome(): Promise<Outcome>;
	request(method: string, params: Fields): Promise<Answer>;
	openLink(page: URL): Promise<boolean>;
	save(files: readonly File[]): Promise<boolean>;
	suggest(text: string): Promise<boolean>;
	/** Context for the person's next question; replaces what was told before. */
	tell(params: Fields): Promise<boolean>;
	/** The mode that is now. */
	display(mode: McpUiDisplayMode): McpUiDisplayMode;
	/** Whether the app can fill the page; one that says nothing of it can. */
	fills(can: boolean): void;
	resized(height: number): void;
	/** The app has said that it is there. */
	ready(): void;
	/** The app wants to be closed. */
	close(): void;
}

export interface AppHost {
	/** Takes a message that came from the app. */
	receive(data: unknown): void;
	/** Tells the app what is new of its surroundings. */
	changed(part: McpUiHostContext): void;
	/** Resolves when the app has put its things away, or had time to. */
	teardown(): Promise<void>;
	close(): void;
}

/** Serves one document of an app until it is closed. */
export function hostOf(
	app: Opened,
	post: (message: object) => void,
	duties: Duties,
): AppHost {
	/** Nothing is sent to an app before it has said that it is there. */
	let stage: "silent" | "greeted" | "ready" = "silent";
	let missed: McpUiHostContext = {};
	/** An app that starts over, starts over with all of it. */
	let round = 0;

	let modes: readonly unknown[] = [];

	const initialize = (params: Fields): Fields => {
		stage = "greeted";
		modes = modesOf(params);
		duties.fills(modes.length === 0 || modes.includes("fullscreen"));
		missed = {};
		round += 1;
		const asked = String(params.protocolVersion);
		const result: McpUiInitializeResult = {
			protocolVersion: VERSIONS.find((each) => each === asked) ?? "2026-01-26",
			hostInfo: { name: "jupyter-connectors", version },
			hostCapabilities: capabilities(app),
			hostContext: { ...duties.context(), toolInfo: { tool: app.tool } },
		} as McpUiInitializeResult;
		return result as unknown as Fields;
	};
	const begin = async () => {
		if (stage !== "greeted") return;
		stage = "ready";
		const mine = round;
		duties.ready();
		if (Object.keys(missed).length > 0) tellContext(missed);
		const given = { arguments: app.arguments };
		bridge.notify("ui/notifications/tool-input", given);
		const end = app.state === "running" ? await ended(duties) : app;
		if (mine === round) bridge.notify(...told(end));
	};
	const tellContext = (part: McpUiHostContext) =>
		bridge.notify("ui/notifications/host-context-changed", part);

	const asking: Requests = {
		...wishes(duties),
		"ui/request-display-mode": ({ mode }) => {
			const may = modes.length === 0 || modes.includes(mode);
			const wanted = may ? mode : duties.context().displayMode;
			return { mode: duties.display(wanted as McpUiDisplayMode) };
		},
	};
	const requests: Requests = {
		"ui/initialize": initialize,
		ping: () => ({}),
		...asking,
		...forwarded(duties),
	};
	const bridge: Bridge = bridgeOf(post, {
		requests,
		notifications: {
			"ui/notifications/initialized": () => void begin(),
			"ui/notifications/size-changed": ({ height }) => {
				if (typeof height === "number" && height >= 0) duties.resized(height);
			},
			"ui/notifications/request-teardown": () => {
				if (stage === "ready") duties.close();
			},
			"notifications/message": ({ level, data }) =>
				console.debug("app:", level, data),
		},
	});
	return {
		receive: bridge.receive,
		changed(part) {
			if (stage === "ready") tellContext(part);
			else if (stage === "greeted") missed = { ...missed, ...part };
		},
		async teardown() {
			if (stage !== "ready") return;
			stage = "silent";
			for (const each of Object.keys(asking)) requests[each] = closed;
			await bridge.ask("ui/resource-teardown", {}, GOODBYE).catch(() => {});
		},
		close() {
			round += 1;
			stage = "silent";
			bridge.close();
		},
	};
}

/** The modes an app says it can be shown in. */
function modesOf({ appCapabilities }: Fields): readonly unknown[] {
	const { availableDisplayModes } = (appCapabilities ?? {}) as Fields;
	return items(availableDisplayModes);
}

/** A card that an app asks for while it ends would stand there without it. */
function closed(): never {
	throw new Refusal(REFUSED, "The app was closed");
}

/** What goes to the kernel is of a size that it takes. */
function checked(params: Fields): Fields {
	if (fits(params)) return params;
	throw new Refusal(BAD, "The parameters are larger than 1 MB");
}

/** How an app hears of the end of its call. */
function told({ state, result, reason }: Outcome): [string, object] {
	if (state === "done" && result !== null) {
		return ["ui/notifications/tool-result", result];
	}
	const why = reason === "" ? {} : { reason };
	return ["ui/notifications/tool-cancelled", why];
}

function ended(duties: Duties): Promise<Outcome> {
	return duties.outcome().catch(() => ({
		state: "cancelled" as const,
		result: null,
		reason: "the kernel is gone",
	}));
}

function capabilities(app: Opened): McpUiHostCapabilities {
	return {
		openLinks: {},
		downloadFile: {},
		serverTools: {},
		serverResources: {},
		logging: {},
		sandbox: {
			csp: app.granted,
			permissions: app.clipboard ? { clipboardWrite: {} } : {},
		},
		updateModelContext: { text: {}, structuredContent: {} },
		message: { text: {} },
	};
}

/** Requests that a person answers, or the page. */
function wishes(duties: Duties) {
	const answered = async (done: Promise<boolean>): Promise<Fields> =>
		(await done) ? {} : { isError: true };
	return {
		"ui/open-link": ({ url }: Fields) => {
			const page = webPage(url);
			// Nothing to ask: no answer would open it.
			if (page === null) throw new Refusal(BAD, "Only web pages are opened");
			return answered(duties.openLink(page));
		},
		"ui/download-file": (params: Fields) => {
			const files = filesOf(params);
			if (files === null) throw new Refusal(BAD, "These are not files");
			return answered(duties.save(files));
		},
		"ui/message": (params: Fields) => {
			const text = suggestion(params);
			if (text === "") throw new Refusal(BAD, "Only text can be suggested");
			return answered(duties.suggest(text));
		},
		"ui/update-model-context": async (params: Fields) => {
			if (await duties.tell(checked(params))) return {};
			throw new Refusal(REFUSED, "The kernel did not take it");
		},
	};
}

/** Requests to the service. */
function forwarded(duties: Duties) {
	const hand = (method: string) => async (params: Fields) => {
		const answer = await duties.request(method, checked(params));
		if ("result" in answer) return answer.result;
		throw new Refusal(answer.error.code, answer.error.message);
	};
	return Object.fromEntries(FORWARDED.map((each) => [each, hand(each)]));
}
