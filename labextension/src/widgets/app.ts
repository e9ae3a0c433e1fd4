import { attendanceOf } from "../apps/attendance";
import { pageOf } from "../apps/sandbox";
import { ask, type Content, controlKernel, uuid } from "../channel";
import type { Message, Mount, Unsubscribe } from "../host";
import { items } from "../reading";
import { problemOf, readOpened } from "../state/app";
import type { Approval, Questions } from "../state/approval";
import { visible } from "../text";
import { mount } from "../views/app";
import { baseUrl } from "../whereabouts";
import { commWire, controlWire, type Model, type Wire } from "./wire";

const PATIENCE = 1500;
const CLOSED = "Run this cell to open the app.";

export default {
	async render({ model, el }: Place): Promise<Unsubscribe> {
		const { id = "" } = model.get("view") as { id?: string };
		const mine = { id, view: uuid() };
		const watchers = new Set<() => void>();
		const changed = () => {
			for (const each of [...watchers]) each();
		};
		const [wire, reply] = await wireOf(model, mine, changed);
		const app = readOpened(reply);
		if (app === null) {
			el.textContent = visible(problemOf(reply)) || CLOSED;
			el.style.whiteSpace = "pre-line";
			void wire.ask({ ...mine, type: "left" }).catch(() => {});
			return wire.close;
		}
		const lost = () => {
			isLost = true;
			changed();
		};
		let isLost = false;
		model.on("change:view", changed);
		model.on("comm_live_update", lost);
		const attendance = attendanceOf(
			(content) => wire.ask({ ...content, ...mine }),
			changed,
		);
		const home = homeOf(model, wire, watchers);
		const unmount = mount(el, app, {
			...home,
			...attendance,
			condition() {
				if (isLost) return "gone";
				if (attendance.isDropped()) return "dropped";
				return wire.busy() ? "busy" : "well";
			},
		});
		return () => {
			unmount();
			attendance.dispose();
			model.off("change:view", changed);
			model.off("comm_live_update", lost);
			wire.close();
		};
	},
};

interface Place {
	readonly model: Model;
	readonly el: HTMLElement;
}

type Mine = { readonly id: string; readonly view: string };

/** The first route that knows the app, and what it said of it. */
async function wireOf(
	model: Model,
	mine: Mine,
	changed: () => void,
): Promise<[Wire, Content]> {
	const open = { ...mine, type: "open" };
	const kernel = () => controlKernel(model.widget_manager?.kernel);
	const control = kernel();
	const reply =
		control &&
		(await ask(control, open, { limit: PATIENCE }).catch(() => null));
	if (reply !== null && reply.status !== "unknown") {
		return [controlWire(kernel), reply];
	}
	const wire = commWire(model, changed);
	return [wire, await wire.ask(open)];
}

function homeOf(model: Model, wire: Wire, watchers: Set<() => void>) {
	let height: number | undefined;
	return {
		decide: (message: Message) => void wire.ask(message).catch(() => {}),
		pending() {
			const { pending } = model.get("view") as { pending?: Approval[] };
			return items(pending) as readonly Approval[];
		},
		onChange(changed: () => void) {
			watchers.add(changed);
			return () => watchers.delete(changed);
		},
		cards: () => cards(model),
		suggest: null,
		signIn: null,
		page: pageOf(baseUrl()),
		height: {
			get: () => height,
			set(next: number) {
				height = next;
			},
		},
	};
}

/**
 * The view of approvals, from the kernel: it is larger than all the rest, so
 * it comes when the app stands.
 */
async function cards(model: Model): Promise<Mount<Questions>> {
	const wire = commWire(model, () => {});
	const { code } = await wire.ask({ type: "code", name: "approval" });
	wire.close();
	if (typeof code !== "string") throw new Error("The kernel has no such view");
	const type = "text/javascript";
	const address = URL.createObjectURL(new Blob([code], { type }));
	const made = await import(/* webpackIgnore: true */ address);
	URL.revokeObjectURL(address);
	return (el, host) => {
		const offs = new Map<() => void, Unsubscribe>();
		const model = {
			get: () => host.state(),
			on(event: string, callback: () => void) {
				if (event === "change:view") offs.set(callback, host.onState(callback));
			},
			off: (_: string, callback: () => void) => offs.get(callback)?.(),
			send(message: Message) {
				// The questions have said hello already, and the place of the cards is no question.
				if (message.type !== "hello") host.send(message);
			},
		};
		return made.default.render({ model, el });
	};
}
