import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutOwn } from "../src/apps/policy";

const POLICY =
	"default-src 'none'; connect-src data: blob: https://hub.example.com https://*.example.com " +
	"http://localhost:8888 ws://127.0.0.1:8888 http://localhost:3000; frame-src https://hub.example.com";

const asked = (policy: string, granted = {}) => ({
	policy,
	granted,
	query: "what the kernel wrote",
	refused: [],
});
const policyAt = (page: string, policy = POLICY) =>
	withoutOwn(asked(policy), page).policy;

test("the page's own server is no source of an app", () => {
	assert.equal(
		policyAt("https://hub.example.com/user/ada/lab"),
		"default-src 'none'; connect-src data: blob: http://localhost:8888 ws://127.0.0.1:8888 http://localhost:3000; frame-src",
	);
	assert.equal(
		policyAt("http://127.0.0.1:8888/lab?x"),
		"default-src 'none'; connect-src data: blob: https://hub.example.com https://*.example.com http://localhost:3000; frame-src https://hub.example.com",
	);
	assert.equal(policyAt("https://example.com/lab"), POLICY);
	assert.equal(policyAt("https://hub.example.com:8443/lab"), POLICY);
});

test("a policy without origins stays as it is", () => {
	const closed = "default-src 'none'; connect-src data: blob:";
	assert.equal(policyAt("http://localhost:8888/", closed), closed);
	assert.equal(policyAt("about:srcdoc", closed), closed);
});

test("what is granted, told and asked of the server has none of it either, in the letters the server takes", () => {
	const granted = {
		baseUriDomains: ["http://127.0.0.1:8888"],
		resourceDomains: ["https://cdn.example"],
		connectDomains: [
			"https://a.example",
			"wss://b.example:8443",
			"http://localhost:8888",
			"http://localhost:3000",
		],
	};
	const found = withoutOwn(asked("", granted), "http://127.0.0.1:8888/lab");
	assert.deepEqual(found.granted, {
		connectDomains: [
			"https://a.example",
			"wss://b.example:8443",
			"http://localhost:3000",
		],
		resourceDomains: ["https://cdn.example"],
	});
	// As `appcsp.query` writes it.
	assert.equal(
		found.query,
		"eyJjb25uZWN0RG9tYWlucyI6WyJodHRwczovL2EuZXhhbXBsZSIsIndzczovL2IuZXhhbXBsZTo4NDQzIiwiaHR0cDovL2xvY2FsaG9zdDozMDAwIl0sInJlc291cmNlRG9tYWlucyI6WyJodHRwczovL2Nkbi5leGFtcGxlIl19",
	);
	assert.deepEqual(found.refused, [
		"http://localhost:8888",
		"http://127.0.0.1:8888",
	]);
});

test("where nothing is left, the address says nothing", () => {
	const granted = { connectDomains: ["ws://localhost:8888"], frameDomains: [] };
	const found = withoutOwn(asked("", granted), "http://localhost:8888/lab");
	assert.equal(found.query, "");
	assert.deepEqual(found.granted, {});
});
