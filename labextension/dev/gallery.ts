/** Every view in every state worth a look. `?theme=dark`, `?only=tools`. */

import type { Host, Message, Mount } from "../src/host";
import { mount as answer } from "../src/views/answer";
import { mount as approval } from "../src/views/approval";
import { mount as connectors } from "../src/views/connectors";
import { mount as grants } from "../src/views/grants";
import { mount as signIn } from "../src/views/signin";
import { mount as status } from "../src/views/status";
import { mount as tools } from "../src/views/tools";
import { showApp } from "./apps";
import { showPanel } from "./gallery-panel";
import { answers } from "./samples/answers";
import { approvals, refund, status as waiting } from "./samples/approvals";
import { connectors as directory } from "./samples/connectors";
import { signIns } from "./samples/signins";
import { grants as granted, tools as permitted } from "./samples/tools";

const asked = new URLSearchParams(location.search);
const theme = document.querySelector<HTMLLinkElement>("#theme");
const home = asked.get("themes") ?? "themes";
const shade = asked.get("theme") === "dark" ? "dark" : "light";
if (theme !== null) {
	theme.href = `${home}/theme-${shade}-extension/index.css`;
	// An app is told once how the page looks, as in JupyterLab.
	await new Promise((done) => {
		theme.onload = theme.onerror = done;
	});
}

function show<State>(name: string, mount: Mount<State>, state: State): void {
	const only = asked.get("only");
	if (only !== null && !name.startsWith(only)) return;
	const heading = document.createElement("h2");
	heading.textContent = name;
	const place = document.createElement("div");
	document.body.append(heading, place);
	mount(place, host(state));
}

function host<State>(state: State): Host<State> {
	return {
		state: () => state,
		onState: () => () => {},
		send: (message: Message) => console.log(JSON.stringify(message)),
	};
}

for (const [name, state] of Object.entries(approvals)) {
	show(`approval, ${name}`, approval, state);
}
show("connectors", connectors, directory);
show("tools", tools, permitted);
show("grants", grants, granted);
for (const [name, state] of Object.entries(answers)) {
	show(`answer, ${name}`, answer, state);
}
for (const [name, state] of Object.entries(signIns)) {
	show(`sign in, ${name}`, signIn, state);
}
for (const [name, condition] of [
	["app", "well"],
	["app, kernel busy", "busy"],
	["app, kernel gone", "gone"],
] as const) {
	show(
		name,
		(place, { state }) => {
			void showApp(place, state(), { condition: () => condition });
			return () => {};
		},
		refund,
	);
}
show("status popup", status, waiting);
show(
	"panel",
	(place) => {
		showPanel(place, asked);
		return () => {};
	},
	null,
);
