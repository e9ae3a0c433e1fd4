/** Reading what anyone may have sent: each field becomes what it should be, or empty. */

export type Data = { readonly [name: string]: unknown };

export function isRecord(data: unknown): data is Data {
	return typeof data === "object" && data !== null && !Array.isArray(data);
}

/** The value as text; what is no text as its JSON. */
export function text(value: unknown): string {
	if (typeof value === "string") return value;
	return value === undefined || value === null ? "" : JSON.stringify(value);
}

/** Text that is JSON; empty where it is not, which shows the value and edits nothing. */
export function json(value: unknown): string {
	try {
		JSON.parse(text(value));
		return text(value);
	} catch {
		return "";
	}
}

export function items(data: unknown): readonly unknown[] {
	return Array.isArray(data) ? data : [];
}

/** These fields as text. */
export function texts<K extends string>(
	data: Data,
	...names: K[]
): Record<K, string> {
	return each(names, (name) => text(data[name]));
}

/** These fields as numbers; 0 where one is none. */
export function numbers<K extends string>(
	data: Data,
	...names: K[]
): Record<K, number> {
	return each(names, (name) => {
		const value = data[name];
		return typeof value === "number" ? value : 0;
	});
}

function each<K extends string, V>(
	names: readonly K[],
	read: (name: K) => V,
): Record<K, V> {
	const pairs = names.map((name) => [name, read(name)] as const);
	return Object.fromEntries(pairs) as Record<K, V>;
}
