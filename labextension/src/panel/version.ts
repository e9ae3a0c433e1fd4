/** The versions of the package in the kernel and of this extension, where they do not go together. */

import { element, say, show } from "../dom";
import { icon } from "../icon";
import { visible } from "../text";
import { trans } from "../words";
import type { Panel } from "./state";

/** Says which side to upgrade where the kernel and the extension are of different versions. */
export function versionNote() {
	const text = element("span", "");
	const node = element("div", "jcn-version", icon("warning"), text);
	node.setAttribute("role", "note");
	return {
		node,
		update({ version, ours }: Panel) {
			const side = olderSide(version, ours);
			show(node, side !== null);
			say(text, side === null ? "" : versionWords(side, version, ours));
		},
	};
}

function versionWords(
	side: "kernel" | "extension",
	kernel: string,
	extension: string,
): string {
	return side === "kernel"
		? trans.__(
				"jupyter-connectors is %1 in this kernel and %2 beside the Jupyter server. Upgrade it in the kernel's environment.",
				visible(kernel),
				extension,
			)
		: trans.__(
				"jupyter-connectors is %1 in this kernel and %2 beside the Jupyter server. Upgrade it beside the server.",
				visible(kernel),
				extension,
			);
}

/** Which side to upgrade: versions agree where their first two numbers do. */
export function olderSide(
	kernel: string,
	extension: string,
): "kernel" | "extension" | null {
	const [mine, theirs] = [extension, kernel].map(numbersOf);
	if (mine === undefined || theirs === undefined) return null;
	if (mine.length < 2 || theirs.length < 2) return null;
	const [major = 0, minor = 0] = mine;
	const [otherMajor = 0, otherMinor = 0] = theirs;
	const difference = otherMajor - major || otherMinor - minor;
	if (difference === 0) return null;
	return difference < 0 ? "kernel" : "extension";
}

function numbersOf(version: string): number[] {
	const found = /^(\d+)\.(\d+)/.exec(version);
	return found === null ? [] : found.slice(1).map(Number);
}
