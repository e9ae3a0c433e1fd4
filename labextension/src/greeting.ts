/** What a view of a sign-in tells the kernel when it stands: that it is there, and where its page is. */

import type { Host, Unsubscribe } from "./host";
import type { Needed, SignIn } from "./state/signin";
import { whereabouts } from "./whereabouts";

/** Says hello, tells where the page is, and tries to reach the address the kernel asks it to. */
export function greet(host: Host<Needed>, kernelId: string): Unsubscribe {
	const { id } = host.state();
	host.send({ id, type: "hello" });
	void whereabouts(kernelId).then((found) =>
		host.send({ id, type: "page", ...found }),
	);
	let tried = "";
	const probe = () => {
		const { probe: address = "" } = host.state() as SignIn;
		if (address === "" || address === tried) return;
		tried = address;
		// The kernel hears of it at its end; the reply says nothing and may not be read.
		fetch(address, {
			mode: "no-cors",
			credentials: "omit",
			cache: "no-store",
			referrerPolicy: "no-referrer",
		}).catch(() => {});
	};
	const off = host.onState(probe);
	probe();
	return off;
}
