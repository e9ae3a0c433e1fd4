import { controlKernel, deliver } from "../channel";
import type { Needed, SignIn } from "../state/signin";
import { mount } from "../views/signin";
import { whereabouts } from "../whereabouts";
import { widget } from "./adapter";

export default widget<Needed>(mount, (host, model) => {
	const { id } = host.state();
	const hello = { id, type: "hello" };
	host.send(hello);
	void deliver(hello, {
		kernel: null,
		comm: (message) => model.send(message),
	});
	const kernel = model.widget_manager?.kernel;
	const kernelId = controlKernel(kernel) ? idOf(kernel) : "";
	void whereabouts(kernelId).then((found) =>
		host.send({ id, type: "page", ...found }),
	);
	let tried = "";
	host.onState(() => {
		const { probe = "" } = host.state() as SignIn;
		if (probe === "" || probe === tried) return;
		tried = probe;
		// The kernel hears of it at its end; the reply says nothing and may not be read.
		fetch(probe, {
			mode: "no-cors",
			credentials: "omit",
			cache: "no-store",
			referrerPolicy: "no-referrer",
		}).catch(() => {});
	});
});

function idOf(kernel: unknown): string {
	const { id } = kernel as { readonly id?: unknown };
	return typeof id === "string" ? id : "";
}
