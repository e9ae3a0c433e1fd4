/** The line drawings. */

import { attributes } from "./dom";

const ICONS = {
	check: ["M3.5 8.5l3 3 6-7"],
	cross: ["M4.5 4.5l7 7M11.5 4.5l-7 7"],
	minus: ["M4 8h8"],
	chevron: ["M6 4l4 4-4 4"],
	back: ["M10 4l-4 4 4 4"],
	search: ["M7 3a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM10 10l3 3"],
	copy: ["M6 6h7v7H6z", "M10 6V3H3v7h3"],
	hand: [
		"M5 8.5V4.2a1 1 0 0 1 2 0V7.5M7 7V3a1 1 0 0 1 2 0v4M9 7V3.7a1 1 0 0 1 2 0V8M11 7.5V5.7a1 1 0 0 1 2 0v4.1c0 2.6-1.7 4.2-4.2 4.2-2 0-3-.9-3.9-2.3L3 9.2c-.5-.9.7-1.7 1.4-.9l.6.7",
	],
	blocked: [
		"M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11z",
		"M4.1 4.1l7.8 7.8",
	],
	lock: ["M4 7.5h8v6H4z", "M5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5"],
	warning: ["M8 2.2l6.2 11.3H1.8z", "M8 6.5v3.2M8 11.6v.1"],
	plug: ["M6 2v3M10 2v3M4 5h8v3a4 4 0 0 1-8 0zM8 12v2.5"],
} as const;

export type Icon = keyof typeof ICONS;

/** A line drawing of 16 by 16 in the text's colour; says nothing to a reader. */
export function icon(name: Icon): SVGElement {
	return drawing(ICONS[name]);
}

/** The same, of these lines. */
export function drawing(lines: readonly string[]): SVGElement {
	const space = "http://www.w3.org/2000/svg";
	const svg = document.createElementNS(space, "svg");
	attributes(svg, {
		class: "jcn-icon",
		viewBox: "0 0 16 16",
		fill: "none",
		stroke: "currentColor",
		"stroke-width": "1.5",
		"stroke-linecap": "round",
		"stroke-linejoin": "round",
		"aria-hidden": "true",
	});
	for (const d of lines) {
		const path = document.createElementNS(space, "path");
		svg.append(attributes(path, { d }));
	}
	return svg;
}
