/** Words and numbers as a person reads them. Pure; no document needed. */

import { trans } from "./words";

/** Digits in groups of three, the same in every locale as in the saved text. */
export function grouped(n: number): string {
	return n.toLocaleString("en-US");
}

/** "0.4 s", "12 s", "2 min 05 s". */
export function seconds(value: number): string {
	if (value < 10) return trans.__("%1 s", value.toFixed(1));
	const whole = Math.round(value);
	if (whole < 60) return trans.__("%1 s", whole);
	const rest = String(whole % 60).padStart(2, "0");
	return trans.__("%1 min %2 s", Math.floor(whole / 60), rest);
}

/** "~180 tokens". */
export function tokens(n: number): string {
	return trans._n("~%2 token", "~%2 tokens", n, grouped(n));
}

/** The letter an avatar shows. */
export function initial(title: string): string {
	return (/[\p{L}\p{N}]/u.exec(title)?.[0] ?? "?").toUpperCase();
}

/** The one or two letters an avatar shows: "GH" of GitHub, "GD" of Google Drive. */
export function initials(title: string): string {
	const words = title.match(/[\p{L}\p{N}]+/gu) ?? ["?"];
	const first = words[0] ?? "?";
	const inner = /^.[^\p{Lu}]+(\p{Lu})/u.exec(first)?.[1];
	const second = inner ?? words[1]?.[0] ?? "";
	return (initial(first) + second).toUpperCase();
}

/** A hue from 0 to 359, always the same for one id. */
export function hue(id: string): number {
	let hash = 2166136261;
	for (const letter of id) {
		hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16777619);
	}
	return (hash >>> 0) % 360;
}

// Characters that show nothing, or turn around what stands beside them. A
// server could hide half of an argument behind them from the one who approves.
const HIDDEN =
	/(?![\n\t])[\p{Cf}\p{Cc}\p{Variation_Selector}\u115f\u1160\u2028\u2029\u3164\uffa0]/gu;
const EMOJI_END = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)$/u;

/** The text with each hidden character written out, as `⟨U+202E⟩`. */
export function visible(text: string): string {
	return text.replace(HIDDEN, (letter, offset: number) => {
		// Inside an emoji these two are part of the picture.
		const joins = letter === "\u200d" || letter === "\ufe0f";
		if (joins && EMOJI_END.test(text.slice(Math.max(0, offset - 2), offset))) {
			return letter;
		}
		const code = (letter.codePointAt(0) ?? 0).toString(16).toUpperCase();
		return `⟨U+${code.padStart(4, "0")}⟩`;
	});
}

/** The head of a long text; null where the text is short enough to stand whole. */
export function head(
	text: string,
	{ letters = 400, lines = 8 }: { letters?: number; lines?: number } = {},
): string | null {
	const rows = text.split("\n");
	if (text.length <= letters && rows.length <= lines) return null;
	const cut = rows.slice(0, lines).join("\n").slice(0, letters);
	return cut.replace(/[\ud800-\udbff]$/, ""); // half of a pair shows as a box
}

/** True where every word of the query is in one of the texts. */
export function matches(query: string, ...texts: string[]): boolean {
	const hay = texts.join("\n").toLowerCase();
	return query
		.toLowerCase()
		.split(/\s+/)
		.every((word) => hay.includes(word));
}
