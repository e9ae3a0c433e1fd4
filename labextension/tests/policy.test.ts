import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutOwn } from "../src/apps/policy";

const POLICY =
	"default-src 'none'; connect-src data: blob: https://hub.example.com https://*.example.com " +
	"http://localhost:8888 ws://127.0.0.1:8888 http://localhost:3000; frame-src https://hub.example.com";

test("the page's own server is no source of an app", () => {
	assert.equal(
		withoutOwn(POLICY, "https://hub.example.com/user/ada/lab"),
		"default-src 'none'; connect-src data: blob: http://localhost:8888 ws://127.0.0.1:8888 http://localhost:3000; frame-src",
	);
	assert.equal(
		withoutOwn(POLICY, "http://127.0.0.1:8888/lab?x"),
		"default-src 'none'; connect-src data: blob: https://hub.example.com https://*.example.com http://localhost:3000; frame-src https://hub.example.com",
	);
	assert.equal(withoutOwn(POLICY, "https://example.com/lab"), POLICY);
	assert.equal(withoutOwn(POLICY, "https://hub.example.com:8443/lab"), POLICY);
});

test("a policy without origins stays as it is", () => {
	const closed = "default-src 'none'; connect-src data: blob:";
	assert.equal(withoutOwn(closed, "http://localhost:8888/"), closed);
	assert.equal(withoutOwn(closed, "about:srcdoc"), closed);
});
