/** What a view and its home know of each other: a state to show, a way to speak. */

export type Json =
	| null
	| boolean
	| number
	| string
	| readonly Json[]
	| { readonly [key: string]: Json };

/** A request to the kernel. The kernel drops a second one with the same content and id. */
export interface Message {
	readonly id: string;
	readonly type: string;
	readonly [key: string]: Json;
}

/** Where a view lives: a widget in a cell, or a part of JupyterLab. */
export interface Host<State> {
	/** The newest state the kernel has told. */
	state(): State;
	/** Calls back on each new state until the returned function is called. */
	onState(changed: () => void): Unsubscribe;
	/** Hands a request to the kernel; the answer is a new state. */
	send(message: Message): void;
	/** Where a line of code can go; missing where a view has no notebook to put it in. */
	readonly code?: Code | undefined;
	/** The line of code that a request is, without doing it; missing where nobody can be asked. */
	line?(message: Message): Promise<string>;
}

/** Puts lines of code into the notebook. */
export interface Code {
	/** A new cell below the one the person is in; it is not run. */
	insert(line: string): void;
	/** From now on the node can be dragged into a notebook as this line. */
	drags(node: HTMLElement, line: () => string): void;
}

export type Unsubscribe = () => void;

/** Fills an element with a view; the returned function takes the view out again. */
export type Mount<State> = (
	element: HTMLElement,
	host: Host<State>,
) => Unsubscribe;
