/** The switch of three positions, in which a greyed one says what closes it. */

import { attributes, button, element } from "../dom";
import { type Icon, icon } from "../icon";
import type { Kind } from "../state/approval";
import {
	type Effect,
	effectWords,
	type Flip,
	type Position,
	positions,
} from "../state/tools";
import { trans } from "../words";

const PATIENCE = 3000;

const ICONS: Record<Effect, Icon> = {
	allow: "check",
	ask: "hand",
	block: "blocked",
};

/** A switch for `kind`; `words` writes the positions out beside their pictures. */
export function triple(
	kind: Kind,
	{ words }: { words: boolean },
	chosen: (effect: Effect) => void,
) {
	const buttons = positions(kind).map((effect) => {
		const node = button("jcn-way", "", () => {
			if (node.ariaDisabled !== "true") chosen(effect);
		});
		node.dataset.effect = effect;
		node.append(icon(ICONS[effect]));
		if (words) node.append(element("span", "", effectWords(effect)));
		return { effect, node };
	});
	const node = element("div", "jcn-ways", ...buttons.map((each) => each.node));
	attributes(node, { role: "group" });
	return {
		node,
		update({ stands, closed }: Position, label: string) {
			attributes(node, { "aria-label": trans.__("Permission for %1", label) });
			for (const { effect, node: each } of buttons) {
				attributes(each, {
					"aria-pressed": String(stands === effect),
					...told(`${effectWords(effect)}: ${label}`, closed[effect]),
				});
			}
		},
	};
}

function told(name: string, why?: string) {
	const label =
		why === undefined ? name : trans.__("%1. Not offered: %2", name, why);
	return {
		"aria-label": label,
		// Not `disabled`: what cannot be reached cannot say why.
		"aria-disabled": why === undefined ? null : "true",
		title: label,
	};
}

/** Switches shown as turned until the kernel says how it is, or says nothing. */
export function pendingFlips(changed: () => void) {
	let waiting: readonly Flip[] = [];
	let isLate = false;
	let timer: ReturnType<typeof setTimeout> | undefined;
	const clear = () => {
		clearTimeout(timer);
		waiting = [];
		isLate = false;
	};
	return {
		all: () => waiting,
		late: () => isLate,
		clear,
		add(flip: Flip) {
			clearTimeout(timer);
			waiting = [...waiting, flip];
			isLate = false;
			timer = setTimeout(() => {
				// A switch must not claim what nobody confirmed.
				waiting = [];
				isLate = true;
				changed();
			}, PATIENCE);
			changed();
		},
	};
}
