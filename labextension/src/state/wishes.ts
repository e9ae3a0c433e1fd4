/** What an app asks of the person: a page to open, files to save, words for a question. */

import { grouped, visible } from "../text";
import { trans } from "../words";
import { type Fields, fits, isFields } from "./app";

/** Letters of a suggestion; more is no question. */
const LONGEST = 4000;
const MOST_FILES = 10;

/** A file an app hands over, or the address where its service has it. */
export interface File {
	readonly name: string;
	readonly type: string;
	/** Null where it is still to be read from `uri`. */
	readonly content: Blob | null;
	readonly uri: string;
}

/** A web page that may be opened; null for anything else, and for one that tells who comes. */
export function webPage(address: unknown): URL | null {
	if (typeof address !== "string" || address.length > 8000) return null;
	let url: URL;
	try {
		url = new URL(address);
	} catch {
		return null;
	}
	const isWeb = url.protocol === "https:" || url.protocol === "http:";
	return isWeb && url.username === "" && url.password === "" ? url : null;
}

/** The text of a message, with what is hidden in it written out; empty where there is none. */
export function suggestion({ content }: Fields): string {
	const blocks = Array.isArray(content) ? content : [content];
	const lines = blocks
		.filter(isFields)
		.map(({ type, text }) => (type === "text" ? text : ""))
		.filter((text): text is string => typeof text === "string" && text !== "");
	return visible(lines.join("\n").trim()).slice(0, LONGEST);
}

/** A cell that asks what was suggested. */
export function askCell(text: string): string {
	return `%%ask\n${text}`;
}

/** The files of a download; null where one of them is none, or there are too many. */
export function filesOf({ contents }: Fields): readonly File[] | null {
	if (!Array.isArray(contents) || contents.length === 0) return null;
	if (contents.length > MOST_FILES) return null;
	const files = contents.map((each) => (isFields(each) ? fileOf(each) : null));
	// What is linked to, the kernel is asked for.
	const isGood = (file: File | null): file is File =>
		file !== null && (file.content !== null || fits({ uri: file.uri }));
	return files.every(isGood) ? files : null;
}

/** The file in an embedded resource or a link to one. */
function fileOf(block: Fields): File | null {
	const isLink = block.type === "resource_link";
	const held = isLink ? block : block.resource;
	if (!isFields(held) || typeof held.uri !== "string") return null;
	const { uri, name, mimeType } = held;
	const named = typeof name === "string" && name !== "" ? name : uri;
	const content = isLink ? null : blobOf(held);
	if (content === null && !isLink) return null;
	const type = typeof mimeType === "string" ? visible(mimeType) : "";
	return { name: fileName(named), type: type.slice(0, 80), content, uri };
}

/** The bytes of a resource; null where it has none. */
export function blobOf({ text, blob }: Fields): Blob | null {
	// No type of the app's: a browser that opens what it saves would go by it.
	const type = "application/octet-stream";
	if (typeof text === "string") return new Blob([text], { type });
	if (typeof blob !== "string") return null;
	try {
		const bytes = Uint8Array.from(atob(blob), (each) => each.charCodeAt(0));
		return new Blob([bytes], { type });
	} catch {
		return null;
	}
}

/** A name without a folder, and without what a file system or a reader takes for something else. */
export function fileName(name: string): string {
	const last = name.split(/[/\\]/).filter(Boolean).at(-1) ?? "";
	const plain = visible(last.split(/[?#]/)[0] ?? "")
		.replace(/[<>:"|?*\s]+/g, " ")
		.replace(/^[. ]+|[. ]+$/g, "");
	if (plain.length <= 100) return plain || "download";
	const ending = /\.[A-Za-z0-9]{1,8}$/.exec(plain)?.[0] ?? "";
	return plain.slice(0, 100 - ending.length) + ending;
}

/** "report.csv · text/csv · 1,204 bytes". */
export function fileWords({ name, type, content }: File): string {
	const size =
		content === null
			? trans.__("read from the service")
			: content.size < 10_000
				? trans._n("%2 byte", "%2 bytes", content.size, grouped(content.size))
				: trans.__("%1 kB", grouped(Math.round(content.size / 1000)));
	return [name, type, size].filter((each) => each !== "").join(" · ");
}
