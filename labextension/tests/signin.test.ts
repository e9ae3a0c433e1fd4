import assert from "node:assert/strict";
import { test } from "node:test";
import {
	leftWords,
	type SignIn,
	waitingWords,
	warningsOf,
	webPage,
	whyWords,
} from "../src/state/signin";

const asked = {
	state: "link",
	way: "loopback",
	issuer: "id.example",
	why: "first",
	custom: false,
	warnings: [],
	scopes: [],
} as unknown as SignIn;

test("only a web page without a user name can be opened", () => {
	for (const address of [
		"javascript:alert(1)",
		"file:///etc/passwd",
		"ms-settings:privacy",
		"\\\\host\\share",
		"data:text/html,x",
		"https://ada:pw@id.example/",
		"//id.example/",
		"-flag",
		"",
		undefined,
	]) {
		assert.equal(webPage(address), null, String(address));
	}
	assert.equal(webPage("https://id.example/a?b=c"), "https://id.example/a?b=c");
});

test("a sign-in says what it waits for", () => {
	assert.equal(waitingWords(asked), "Waiting for id.example");
	assert.match(waitingWords({ ...asked, way: "paste" }), /paste the address/);
	assert.match(waitingWords({ ...asked, state: "device" }), /code was typed/);
	assert.equal(
		waitingWords({ ...asked, state: "preparing" }),
		"Preparing the link…",
	);
});

test("time left never goes below nothing", () => {
	assert.equal(leftWords(600), "10:00 left");
	assert.equal(leftWords(59.6), "1:00 left");
	assert.equal(leftWords(-3), "0:00 left");
});

test("more than is known to be needed, and nobody's review, are to be looked at twice", () => {
	const odd = { name: "admin", fresh: true, odd: true };
	const found = warningsOf({
		...asked,
		custom: true,
		warnings: ["a host of other letters"],
		scopes: [odd],
	});
	assert.equal(found.length, 3);
	assert.deepEqual(warningsOf(asked), []);
	assert.equal(whyWords(asked), "");
	assert.match(whyWords({ ...asked, why: "again" }), /no longer accepted/);
});
