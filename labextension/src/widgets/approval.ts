import { deliver } from "../channel";
import type { Questions } from "../state/approval";
import { mount } from "../views/approval";
import { widget } from "./adapter";

export default widget<Questions>(mount, (host, model) => {
	const { id, state } = host.state();
	if (state !== "pending") return;
	// The kernel falls back to a text prompt unless it hears soon that buttons
	// are there, so this one goes out on both routes at once.
	host.send({ id, type: "hello" });
	void deliver(
		{ id, type: "hello" },
		{ kernel: null, comm: (message) => model.send(message) },
	);
});
