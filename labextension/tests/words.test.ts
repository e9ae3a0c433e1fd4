import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { approvals } from "../dev/samples/approvals";
import { choiceWords, summary } from "../src/state/approval";
import { tokens } from "../src/text";
import { speak, trans, type Words } from "../src/words";

const GERMAN: Record<string, string> = {
	"Allow for %2 hours": "%2 Stunden lang erlauben",
	"%1 calls wait for you: %2": "%1 Aufrufe warten auf Sie: %2",
	"%1 change data": "%1 ändern Daten",
	"~%2 token": "~%2 Token",
};

/** As JupyterLab's bundle does it: a text that it does not have stays as it is, and "%%" is a "%". */
function german(text: string, values: readonly (string | number)[]): string {
	return (GERMAN[text] ?? text)
		.replace(/%%/g, "%% ")
		.replace(/%(\d)/g, (_, place) => String(values[place - 1]))
		.replace(/%% /g, "%");
}

const BUNDLE: Words = {
	__: (text, ...values) => german(text, values),
	_n: (one, many, count, ...values) =>
		german(count === 1 ? one : many, [count, ...values]),
};

afterEach(() => speak(null));

test("without a language pack the text is English, with its values", () => {
	assert.equal(trans.__("Connect %1?", "Stripe"), "Connect Stripe?");
	assert.equal(trans._n("%1 tool", "%1 tools", 1), "1 tool");
	assert.equal(trans._n("%2 row", "%2 rows", 1200, "1,200"), "1,200 rows");
});

test("a value is never read as a text with places", () => {
	for (const words of [null, BUNDLE]) {
		speak(words);
		assert.equal(trans.__("%1 and %2", "%2", "50%% off"), "%2 and 50%% off");
		assert.equal(trans._n("%1 of %2", "%1 of %2", 3, "%1"), "3 of %1");
	}
});

test("the words that views share are said in the person's language", () => {
	speak(BUNDLE);
	const [refund] = approvals.write.questions;
	assert.ok(refund);
	const both = [refund, { ...refund, id: "a9" }];
	assert.equal(summary(both), "2 Aufrufe warten auf Sie: 2 ändern Daten");
	assert.equal(choiceWords("hours", 8), "8 Stunden lang erlauben");
	assert.equal(choiceWords("deny", 8), "Deny");
	assert.equal(tokens(1), "~1 Token");
	speak(null);
	assert.equal(summary(both), "2 calls wait for you: 2 change data");
});
