/** One view of an app, as the kernel hears of it: whoever is there can be asked. */

import type { Content } from "../channel";
import type { Unsubscribe } from "../host";
import {
	type Answer,
	type Fields,
	type Outcome,
	readAnswer,
	readOutcome,
} from "../state/app";

export interface Attendance {
	/** The kernel's reply. Rejects for a view that has left: the kernel would take it for one that is there. */
	ask(content: Content): Promise<Content>;
	request(method: string, params: Fields): Promise<Answer>;
	outcome(): Promise<Outcome>;
	/** Context for the next question; false where the kernel did not take it. */
	tell(params: Fields): Promise<boolean>;
	/** Nobody is here any more. */
	left(): void;
	back(): void;
	/** True once the kernel has said that it does not know the app any more. */
	isDropped(): boolean;
	dispose: Unsubscribe;
}

/** `send` gives the kernel's reply; `dropped` is called when the kernel no longer has the app. */
export function attendanceOf(
	send: (content: Content) => Promise<Content>,
	dropped: () => void,
): Attendance {
	let isHere = true;
	let isDropped = false;
	let wasHeard = false;
	let end: Promise<Outcome> | null = null;

	const ask = async (content: Content) => {
		if (!isHere) throw new Error("The view has left");
		wasHeard = true;
		const reply = await send(content);
		if (reply.status === "unknown" && !isDropped) {
			isDropped = true;
			dropped();
		}
		return reply;
	};
	// Nobody waits for the reply, and a kernel that is gone needs no word.
	const say = (type: string) => void ask({ type }).catch(() => {});
	// Also after an "open" that was not answered in time: it may be read later.
	const leave = () => {
		if (isHere && wasHeard) say("left");
	};
	const left = () => {
		leave();
		isHere = false;
		end = null;
	};
	const back = () => {
		isHere = true;
		say("alive");
	};
	// With the page, as far as it gets; one that comes back is heard with its next request.
	globalThis.addEventListener?.("pagehide", leave);
	return {
		ask,
		request: async (method, params) =>
			readAnswer(await ask({ type: "request", method, params })),
		outcome() {
			// Asked once: an app may start over as often as it likes.
			end ??= ask({ type: "outcome" })
				.then(readOutcome)
				.catch((problem) => {
					end = null;
					throw problem;
				});
			return end;
		},
		async tell({ content = null, structuredContent = null }) {
			const told = { type: "context", content, structuredContent };
			return (await ask(told)).status === "ok";
		},
		left,
		back,
		isDropped: () => isDropped,
		dispose() {
			left();
			globalThis.removeEventListener?.("pagehide", leave);
		},
	};
}
