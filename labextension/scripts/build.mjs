// Usage: node scripts/build.mjs widgets | lib | tests | dev
import { mkdir, readdir, rm } from "node:fs/promises";
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
			return { contents: sheet.outputFiles[0].text, loader: "text" };
		});
	},
};

const targets = {
	widgets: {
		entryPoints: WIDGETS.map((name) => `src/widgets/${name}.ts`),
		outdir: "../src/jupyter_connectors/widgets/static",
		minify: true,
		legalComments: "none",
		plugins: [tightStyles],
	},
	lib: {
		entryPoints: ["src/index.ts"],
		outdir: "lib",
		// JupyterLab hands these in at run time; a second copy would be another token.
		packages: "external",
		// The table library is a file of its own, loaded with the first table.
		splitting: true,
		minifySyntax: true,
		plugins: [tightStyles],
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
	dev: { entryPoints: ["dev/gallery.ts"], outdir: "build/dev" },
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
