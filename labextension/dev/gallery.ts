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
import * as sample from "./samples";

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

for (const [name, state] of Object.entries(sample.approvals)) {
	show(`approval, ${name}`, approval, state);
}
show("connectors", connectors, sample.connectors);
show("tools", tools, sample.tools);
show("grants", grants, sample.grants);
for (const [name, state] of Object.entries(sample.answers)) {
	show(`answer, ${name}`, answer, state);
}
for (const [name, state] of Object.entries(sample.signIns)) {
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
		sample.refund,
	);
}
show("status popup", status, sample.status);
show(
	"panel",
	(place) => {
		showPanel(place, asked);
		return () => {};
	},
	null,
);
