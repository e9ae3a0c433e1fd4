/** The panel's text in the person's language, as JupyterLab's translator gives it. */

/** The part of JupyterLab's `TranslationBundle` that is used. */
export interface Words {
	__(text: string, ...values: (string | number)[]): string;
	_n(
		one: string,
		many: string,
		count: number,
		...values: (string | number)[]
	): string;
}

/** The English text: for pages without a translator. */
export const ENGLISH: Words = {
	__: (text, ...values) => filled(text, values),
	_n: (one, many, count, ...values) =>
		filled(count === 1 ? one : many, [count, ...values]),
};

function filled(text: string, values: readonly (string | number)[]): string {
	return text.replace(/%(\d)/g, (_, place) => String(values[place - 1] ?? ""));
}
