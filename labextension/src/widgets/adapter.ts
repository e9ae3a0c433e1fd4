/** Puts a view into an anywidget: one synced trait in, messages out. */

import { controlKernel, deliver } from "../channel";
import type { Host, Message, Mount, Unsubscribe } from "../host";

/** What we use of the model anywidget hands to `render`. */
interface Model {
	get(trait: "view"): unknown;
	on(event: "change:view", changed: () => void): void;
	off(event: "change:view", changed: () => void): void;
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
			const host = hostOf<State>(model);
			const unmount = mount(el, host);
			mounted(host, model);
			return unmount;
		},
	};
}

function hostOf<State>(model: Model): Host<State> {
	return {
		state: () => (model.get("view") ?? {}) as State,
		onState(changed) {
			model.on("change:view", changed);
			return () => model.off("change:view", changed);
		},
		send(message) {
			// Looked up for each message: a restart brings another connection.
			const kernel = controlKernel(model.widget_manager?.kernel);
			const comm = (sent: Message) => model.send(sent);
			void deliver(message, { kernel, comm });
		},
	};
}
