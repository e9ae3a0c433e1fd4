/**
 * What the views say, in the person's language: English, until the extension
 * brings the texts of JupyterLab's language pack. A view in a widget's output
 * is a bundle of its own and stays English.
 */

/** The part of JupyterLab's `TranslationBundle` that is used; `%1` is the first value, in a plural the number. */
export interface Words {
	__(text: string, ...values: (string | number)[]): string;
	_n(
		one: string,
		many: string,
		count: number,
		...values: (string | number)[]
	): string;
}

const ENGLISH: Words = {
	__: (text, ...values) => filled(text, values),
	_n: (one, many, count, ...values) =>
		filled(count === 1 ? one : many, [count, ...values]),
};

/**
 * Turns the English text into what is shown. To be asked when something is
 * shown, and not while a module is loaded. Its name is the one by which
 * JupyterLab's own tools find the texts that a language pack needs.
 */
export let trans: Words = ENGLISH;

/** From now on the views speak so; without words, English. */
export function speak(words: Words | null): void {
	trans = words === null ? ENGLISH : exact(words);
}

/** The text from elsewhere, the values as they are: JupyterLab's bundle makes "%% " in a value a "%". */
function exact(words: Words): Words {
	return {
		__: (text, ...values) => filled(words.__(text, ...PLACES), values),
		_n: (one, many, count, ...values) =>
			filled(words._n(one, many, count, ...PLACES.slice(1)), [
				count,
				...values,
			]),
	};
}

/** Stand for themselves until the values come. */
const PLACES = ["%1", "%2", "%3", "%4"];

function filled(text: string, values: readonly (string | number)[]): string {
	return text.replace(/%(\d)/g, (_, place) => String(values[place - 1] ?? ""));
}
