/**
 * The peer of benchmarks/apps_in_browser.py: an app in the host that the MCP
 * Apps project offers, `AppBridge`, with its client straight to the app's
 * server and no notebook. The outer frame is the page that we serve.
 */

import {
	Client,
	StreamableHTTPClientTransport,
} from "@modelcontextprotocol/client";
import {
	AppBridge,
	getToolUiResourceUri,
	PostMessageTransport,
} from "@modelcontextprotocol/ext-apps/app-bridge";

const HOST = { name: "appbridge", version: "1" };

let client: Client | undefined;

/** Connects once; every app after it is of the same server. */
async function connected(server: string): Promise<Client> {
	if (client === undefined) {
		client = new Client(HOST);
		await client.connect(new StreamableHTTPClientTransport(new URL(server)));
	}
	return client;
}

/** Calls a tool, shows its app, and returns when its result came (ms since the epoch). */
async function show(server: string, name: string): Promise<number> {
	const mcp = await connected(server);
	const { tools } = await mcp.listTools();
	const uri = getToolUiResourceUri(
		tools.find((tool) => tool.name === name) ?? {},
	);
	if (uri === undefined) throw new Error(`${name} has no app`);
	const result = await mcp.callTool({ name, arguments: {} });
	const came = performance.timeOrigin + performance.now();
	const [content] = (await mcp.readResource({ uri })).contents;
	if (content === undefined || !("text" in content)) throw new Error(uri);
	await opened(mcp, content.text, result);
	return came;
}

async function opened(
	mcp: Client,
	html: string,
	result: Awaited<ReturnType<Client["callTool"]>>,
): Promise<void> {
	const frame = document.createElement("iframe");
	frame.setAttribute("sandbox", "allow-scripts allow-forms");
	frame.style.cssText = "width: 850px; height: 500px";
	document.body.replaceChildren(frame);
	const view = frame.contentWindow as Window;
	const bridge = new AppBridge(mcp, HOST, { serverTools: {} });
	const sandbox = new Promise((ready) => {
		bridge.addEventListener("sandboxready", ready);
	});
	const initialized = new Promise((ready) => {
		bridge.addEventListener("initialized", ready);
	});
	await bridge.connect(new PostMessageTransport(view, view));
	frame.src = "sandbox.html";
	await sandbox;
	await bridge.sendSandboxResourceReady({ html });
	await initialized;
	await bridge.sendToolInput({ arguments: {} });
	await bridge.sendToolResult(result);
}

Object.assign(window, { show });
