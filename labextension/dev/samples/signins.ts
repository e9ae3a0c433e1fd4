/** Sign-ins, and a key that is wanted, invented. */

import type { Key, Needed, SignIn } from "../../src/state/signin";

const signIn: SignIn = {
	id: "s1",
	kind: "sign-in",
	state: "link",
	connector: "linear",
	title: "Linear",
	host: "mcp.linear.app",
	issuer: "linear.app",
	account: "",
	custom: false,
	why: "first",
	warnings: [],
	scopes: [
		{ name: "read", fresh: false, odd: false },
		{ name: "write", fresh: false, odd: false },
	],
	stored: "the system keyring",
	can_keep: false,
	seconds: 600,
	way: "loopback",
	redirect: "http://127.0.0.1:41973/callback",
	link_host: "linear.app",
	link: "https://linear.app/oauth/authorize",
	device: null,
	has_device: false,
	has_link: true,
	note: "",
	problem: "",
	tries: 0,
};

const key: Key = {
	id: "s9",
	kind: "secret",
	state: "waiting",
	connector: "sentry",
	title: "Sentry",
	host: "mcp.sentry.dev",
	what: "the value of the header Authorization",
	stored: "memory, until the kernel ends",
	can_keep: true,
	note: "",
	problem: "",
	tries: 0,
};

export const signIns: Record<string, Needed> = {
	preparing: { ...signIn, state: "preparing", link: "" },
	link: signIn,
	"more scopes, an account": {
		...signIn,
		account: "ops@acme.example",
		why: "more",
		has_device: true,
		scopes: [
			{ name: "read", fresh: false, odd: false },
			{ name: "write", fresh: true, odd: false },
			{ name: "https://api.linear.app/auth/admin", fresh: true, odd: true },
		],
	},
	"custom, no way back, no keyring": {
		...signIn,
		custom: true,
		title: "xn--lnear-q4a.app",
		host: "mcp.xn--lnear-q4a.app",
		issuer: "login.xn--lnear-q4a.app",
		link_host: "login.xn--lnear-q4a.app",
		warnings: [
			"mcp.xn--lnear-q4a.app is written with letters beyond a to z; they may only look like another name",
		],
		scopes: [],
		stored: "memory, until the kernel ends",
		can_keep: true,
		way: "paste",
		problem: "the address must begin with http://127.0.0.1:41973/callback?",
		tries: 1,
	},
	device: {
		...signIn,
		state: "device",
		has_device: true,
		device: {
			code: "WDJB-MJHT",
			host: "linear.app",
			address: "https://linear.app/device",
		},
	},
	key,
};
