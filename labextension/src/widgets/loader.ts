/**
 * All that a notebook's widget state has of an app: how to ask the kernel for
 * the code that shows it. The code is too large to be kept in every notebook.
 */

interface Model {
	get(trait: "view"): { readonly id: string };
	on(event: "msg:custom", told: (content: Told) => void): void;
	off(event: "msg:custom", told: (content: Told) => void): void;
	send(content: object): void;
}

interface Told {
	readonly rid?: string;
	readonly reply?: { readonly code?: unknown };
}

interface Context {
	readonly model: Model;
	readonly el: HTMLElement;
}

const BRIEFLY = 1000;
const WORDS =
	"Run this cell to open the app. Where the kernel is busy, it opens when the running cell ends.";

export default {
	async render(context: Context): Promise<unknown> {
		const { model, el } = context;
		const timer = setTimeout(() => {
			el.textContent = WORDS;
		}, BRIEFLY);
		const text = await code(model);
		clearTimeout(timer);
		el.textContent = "";
		const address = URL.createObjectURL(
			new Blob([text], { type: "text/javascript" }),
		);
		const made = await import(/* webpackIgnore: true */ address);
		URL.revokeObjectURL(address);
		return made.default.render(context);
	},
};

/** The code, when the kernel gets to it. */
function code(model: Model): Promise<string> {
	const rid = `${Date.now()}-${Math.random()}`;
	return new Promise((resolve) => {
		const told = (content: Told) => {
			const found = content?.reply?.code;
			if (content?.rid !== rid || typeof found !== "string") return;
			model.off("msg:custom", told);
			resolve(found);
		};
		model.on("msg:custom", told);
		model.send({ id: model.get("view").id, type: "code", rid });
	});
}
