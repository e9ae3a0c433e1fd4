/** An app that sends without end keeps the page from everything else. */

/** So many messages in so many ms are no conversation; the relay drops them sooner, where it gets to it. */
const MOST = 1000;
const SPAN = 2000;

/** True, at each message, for one that is too many. */
export function floodOf(
	clock: () => number = () => performance.now(),
): () => boolean {
	let began = Number.NEGATIVE_INFINITY;
	let count = 0;
	return () => {
		if (clock() - began > SPAN) {
			began = clock();
			count = 0;
		}
		count += 1;
		return count > MOST;
	};
}
