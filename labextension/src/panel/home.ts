/** What the panel's views know of where they are. */

import type { Code, Message, Unsubscribe } from "../host";
import type { Action, Outcome } from "./action";
import type { Part } from "./parts";
import type { Panel } from "./state";

export type Tab = "connected" | "directory" | "tools" | "data";
export const TABS: readonly Tab[] = ["connected", "directory", "tools", "data"];

export interface Home {
	readonly code: Code | undefined;
	state(): Panel;
	onState(changed: () => void): Unsubscribe;
	/** From now on these parts are shown, and kept new. */
	want(parts: readonly Part[]): void;
	/** Has something done; a new state follows. */
	act(action: Action): Promise<Outcome>;
	/** The line of code that an action is; nothing is done. Empty where the kernel has none. */
	lineOf(action: Action): Promise<string>;
	/** An answer to a question or a sign-in, which goes to its own id. */
	send(message: Message): void;
	/** Loads our package into the kernel: the person pressed the button. */
	start(): void;
	/** Takes the line about the last action away. */
	dismiss(): void;
	/** The kernel's id, by which the Jupyter server hands it the answer to a sign-in. */
	kernelId(): string;
}
