import { controlKernel, deliver } from "../channel";
import { greet } from "../greeting";
import type { Needed } from "../state/signin";
import { mount } from "../views/signin";
import { widget } from "./adapter";

export default widget<Needed>(mount, (host, model) => {
	const kernel = model.widget_manager?.kernel;
	greet(host, controlKernel(kernel) ? idOf(kernel) : "");
	void deliver(
		{ id: host.state().id, type: "hello" },
		{ kernel: null, comm: (message) => model.send(message) },
	);
});

function idOf(kernel: unknown): string {
	const { id } = kernel as { readonly id?: unknown };
	return typeof id === "string" ? id : "";
}
