// Usage: node scripts/build.mjs widgets | lib | tests | dev
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = join(dirname(fileURLToPath(import.meta.url)), "..");
const WIDGETS = [
	"approval",
	"connectors",
	"tools",
	"grants",
	"signin",
	"answer",
	"app",
	"loader",
];

const common = {
	absWorkingDir: here,
	bundle: true,
	format: "esm",
	target: "es2022",
	charset: "utf8",
	loader: { ".css": "text", ".html": "text" },
	logLevel: "warning",
};

/** The bundler leaves imported text as it is, and style sheets are most of a bundle. */
const tightStyles = {
	name: "tight-styles",
	setup({ onLoad, esbuild, initialOptions }) {
		onLoad({ filter: /\.css$/ }, async ({ path }) => {
			const sheet = await esbuild.build({
				entryPoints: [path],
				minify: initialOptions.minify ?? false,
				target: ["chrome111", "firefox113", "safari16.2"],
				write: false,
			});
			const text = sheet.outputFiles[0].text;
			return { contents: tightSheet(text), loader: "text" };
		});
	},
};

/** Spaces that the bundler leaves in the values of custom properties. */
function tightSheet(text) {
	return text
		.replace(/(--[\w-]+): /g, "$1:")
		.replaceAll(", ", ",")
		.trim();
}

/** The page around an app is text in a bundle; what explains it stays with its source. */
const tightPages = {
	name: "tight-pages",
	setup({ onLoad, esbuild }) {
		onLoad({ filter: /\.html$/ }, async ({ path }) => {
			const page = await readFile(path, "utf8");
			const start = page.indexOf("<script>") + "<script>".length;
			const end = page.lastIndexOf("</script>");
			const script = page.slice(start, end);
			const { code } = await esbuild.transform(script, { minify: true });
			const parts = [page.slice(0, start), code, page.slice(end)];
			const contents = parts.map(tight).join("");
			return { contents, loader: "text" };
		});
	},
};

function tight(text) {
	return text.trim().replace(/\n\s*/g, "\n");
}

const targets = {
	widgets: {
		entryPoints: WIDGETS.map((name) => `src/widgets/${name}.ts`),
		outdir: "../src/jupyter_connectors/widgets/static",
		minify: true,
		legalComments: "none",
		plugins: [tightStyles, tightPages],
	},
	lib: {
		entryPoints: ["src/index.ts"],
		outdir: "lib",
		// JupyterLab hands these in at run time; a second copy would be another token.
		packages: "external",
		// The table library is a file of its own, loaded with the first table.
		splitting: true,
		minifySyntax: true,
		plugins: [tightStyles, tightPages],
	},
	tests: {
		entryPoints: (await readdir(join(here, "tests")))
			.filter((name) => name.endsWith(".test.ts"))
			.map((name) => `tests/${name}`),
		outdir: "build",
		outExtension: { ".js": ".test.mjs" },
		platform: "node",
		packages: "external",
	},
	dev: {
		entryPoints: ["dev/gallery.ts", "dev/appbridge.ts"],
		outdir: "build/dev",
	},
};

const name = process.argv[2];
const target = targets[name];
if (target === undefined) {
	console.error(`Unknown target ${name}: one of ${Object.keys(targets)}`);
	process.exit(2);
}
const outdir = join(here, target.outdir);
await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });
await build({ ...common, ...target });

/** The kernel sends this one as a message; anything larger, and a first app is late. */
const LARGEST = 40_000;
if (name === "widgets") {
	const { size } = await stat(join(outdir, "app.js"));
	if (size > LARGEST) {
		console.error(`app.js has ${size} bytes; ${LARGEST} is the limit`);
		process.exit(1);
	}
}
