/** Puts a view into an anywidget: one synced trait in, messages out. */

import { controlKernel, deliver } from "../channel";
import type { Host, Message, Mount, Unsubscribe } from "../host";

/** What we use of the model anywidget hands to `render`. */
interface Model {
	get(trait: "view"): unknown;
	on(event: "change:view", changed: () => void): void;
	on(event: "msg:custom", told: (content: unknown) => void): void;
	off(event: "change:view", changed: () => void): void;
	off(event: "msg:custom", told: (content: unknown) => void): void;
	send(content: Message): void;
	readonly widget_manager?: { readonly kernel?: unknown };
}

interface Render {
	render(context: { model: Model; el: HTMLElement }): Unsubscribe;
}

/** The anywidget module of a view. `mounted` runs once the view stands. */
export function widget<State>(
	mount: Mount<State>,
	mounted: (host: Host<State>, model: Model) => void = () => {},
): Render {
	return {
		render({ model, el }) {
			const [host, leave] = hostOf<State>(model);
			const unmount = mount(el, host);
			mounted(host, model);
			return () => {
				leave();
				unmount();
			};
		},
	};
}

/**
 * The host of a model. What the kernel tells this view alone lies over its
 * trait: it is never in the widget's state, which a notebook may save.
 */
function hostOf<State>(model: Model): [Host<State>, Unsubscribe] {
	let told: object = {};
	const callbacks = new Set<() => void>();
	const changed = () => {
		for (const callback of callbacks) callback();
	};
	const listen = (content: unknown) => {
		if (typeof content !== "object" || content === null) return;
		told = { ...told, ...content };
		changed();
	};
	model.on("msg:custom", listen);
	model.on("change:view", changed);
	const host: Host<State> = {
		state: () => ({ ...(model.get("view") ?? {}), ...told }) as State,
		onState(callback) {
			callbacks.add(callback);
			return () => callbacks.delete(callback);
		},
		send(message) {
			// Looked up for each message: a restart brings another connection.
			const kernel = controlKernel(model.widget_manager?.kernel);
			const comm = (sent: Message) => model.send(sent);
			void deliver(message, { kernel, comm });
		},
	};
	const leave = () => {
		model.off("msg:custom", listen);
		model.off("change:view", changed);
	};
	return [host, leave];
}
