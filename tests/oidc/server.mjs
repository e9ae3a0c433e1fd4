// A certified OpenID provider on a free loopback port, with its own log-in and consent pages. Prints its address and
// runs until its input closes. GET /log says what its token, registration and revocation endpoints were asked.
import { createServer } from "node:http";
import { once } from "node:events";
import Provider from "oidc-provider";

const server = createServer();
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1");
await once(server, "listening");
const issuer = `http://localhost:${server.address().port}`;

const provider = new Provider(issuer, {
	clients: [
		// The MCP server, which asks what a token is worth.
		{ client_id: "resource-server", client_secret: "resource-secret", redirect_uris: [], response_types: [], grant_types: [] },
	],
	cookies: { keys: ["only for tests"] },
	scopes: ["openid", "offline_access", "mail.read", "mail.send"],
	rotateRefreshToken: true,
	ttl: { AccessToken: Number(process.env.TTL ?? 3600), RefreshToken: 86400, Grant: 86400, Session: 86400, Interaction: 3600 },
	clientBasedCORS: () => false,
	features: {
		devInteractions: { enabled: true },
		registration: { enabled: true },
		registrationManagement: { enabled: true },
		revocation: { enabled: true, allowedPolicy: () => true },
		introspection: { enabled: true, allowedPolicy: () => true },
		deviceFlow: { enabled: true },
		resourceIndicators: {
			enabled: true,
			useGrantedResource: () => true,
			getResourceServerInfo: (_, resource) => ({
				scope: "mail.read mail.send",
				audience: resource,
				accessTokenFormat: "opaque",
				accessTokenTTL: Number(process.env.TTL ?? 3600),
			}),
		},
	},
});

const log = [];
provider.use(async (ctx, next) => {
	if (ctx.path === "/log") {
		ctx.body = log;
		return;
	}
	await next();
	if (["/token", "/reg", "/token/revocation"].includes(ctx.path) || ctx.path.startsWith("/reg/")) {
		const asked = ctx.oidc?.params ?? ctx.oidc?.body ?? {};
		log.push([ctx.method, ctx.path, asked.grant_type ?? asked.token_type_hint ?? "", ctx.status]);
	}
});
server.on("request", provider.callback());
console.log(issuer);
process.stdin.resume();
await once(process.stdin, "end");
process.exit(0);
