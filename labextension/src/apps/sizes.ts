/** How high an app stands in a cell: as high as it says, without trembling. */

export const HIGHEST = 500;

/** What an app that says nothing gets, and one that has not said it yet. */
export const AT_FIRST = 240;

const LOWEST = 24;

/** After so long without another word, a smaller height is taken. */
const PAUSE = 120;

/** So often higher in so many ms is a loop: then only what lasts longer is believed. */
const TURNS = 6;
const SPAN = 3000;
const LONGER = 1000;

/**
 * Follows what an app says of its height. More is given at once; less only
 * when it lasts, for a scroll bar that comes and goes changes it twice.
 */
export function heights(
	start: number,
	set: (height: number) => void,
	clock: () => number = () => performance.now(),
) {
	let now = start;
	let last = start;
	/** When it said more than the time before. */
	let turns: readonly number[] = [];
	let timer: ReturnType<typeof setTimeout> | undefined;
	const take = (height: number) => {
		now = height;
		set(height);
	};
	return {
		said(height: number): void {
			const wanted = Math.min(HIGHEST, Math.max(LOWEST, Math.ceil(height)));
			const since = clock() - SPAN;
			turns = turns.filter((each) => each > since);
			if (wanted > last) turns = [...turns, clock()];
			last = wanted;
			clearTimeout(timer);
			if (wanted > now) take(wanted);
			else if (wanted < now) {
				const pause = turns.length < TURNS ? PAUSE : LONGER;
				timer = setTimeout(() => take(wanted), pause);
			}
		},
		now: () => now,
		stop: () => clearTimeout(timer),
	};
}
