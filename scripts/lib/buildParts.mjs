// What the product is built from: one entry per part of dist/, with its source and what it needs first.
// The order of the table is the order of building.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Refusal } from "./output.mjs";
import { dist, localCache, root, shown } from "./paths.mjs";

/**
 * @typedef {{ inputs: string[], outputs: string[] }} Built what a part was made from, and what it made
 * @typedef {object} Part
 * @property {string} name
 * @property {string} makes shown beside the name
 * @property {() => Promise<Built>} build
 * @property {() => string[]} [listed] the files of whole folders it takes, so that a new one is noticed
 */

/** @type {import("esbuild").BuildOptions} */
const common = {
  bundle: true,
  // Names stay as written, so that a stack trace from a user's machine can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  sourcemap: "linked",
  sourcesContent: false,
  target: "es2022",
  legalComments: "none",
  logLevel: "silent",
  loader: { ".py": "text", ".svg": "text", ".wasm": "binary", ".ttf": "file", ".woff2": "file" },
  assetNames: "[name]",
};

/** Node's own modules and require() for bundled CommonJS dependencies, which an ES module has not. */
const nodeModule = /** @type {import("esbuild").BuildOptions} */ ({
  format: "esm",
  platform: "node",
  target: "node20",
});

/** @type {Part[]} */
export const parts = [
  {
    name: "extension",
    makes: "extension.cjs",
    build: () =>
      bundle("extension", ["extension/extension.ts"], {
        outfile: join(dist, "extension.cjs"),
        format: "cjs",
        platform: "node",
        target: "node20",
        external: ["vscode"],
        // What loading takes is a part of what starting takes.
        banner: { js: "const loadBegan = { at: performance.now(), cpu: process.cpuUsage() };" },
      }),
  },
  {
    name: "engine",
    makes: "engine/: the worker, Python and our packages for it",
    listed: () => filesOf("engine", /\.(ts|mjs|py)$/),
    build: async () => {
      const { bundleEngine } = await engineBuild("bundle.mjs");
      const folder = join(dist, "engine");
      await bundleEngine({ folder });
      const outputs = ["engine.js", "boot.cjs", "python.json", "pyodide.asm.wasm", "python_stdlib.zip"];
      return {
        inputs: filesOf("engine", /\.(ts|mjs|py)$/),
        outputs: outputs.map((name) => join(folder, name)),
      };
    },
  },
  {
    name: "cli",
    makes: "cli.mjs",
    build: () => bundle("cli", ["engine/node/cli.ts"], { ...nodeModule, outfile: join(dist, "cli.mjs") }),
  },
  {
    name: "webview",
    makes: "webview/main.js, main.css, layoutWorker.js",
    build: async () => {
      const outdir = join(dist, "webview");
      const browser = /** @type {import("esbuild").BuildOptions} */ ({ platform: "browser", outdir });
      const main = await bundle("webview", ["webview/main.ts"], { ...browser, format: "esm" });
      // A worker in a webview starts from a blob, where a classic script is the simplest thing that runs.
      const worker = await bundle("webview-worker", ["webview/layoutWorker.ts"], {
        ...browser,
        format: "iife",
      });
      return { inputs: [...main.inputs, ...worker.inputs], outputs: [...main.outputs, ...worker.outputs] };
    },
  },
  {
    name: "snapshot",
    makes: "engine/snapshot.bin: Python's memory after the imports",
    listed: snapshotInputs,
    build: buildSnapshot,
  },
];

/**
 * @param {string} name
 * @param {string[]} entries
 * @param {import("esbuild").BuildOptions} options
 * @returns {Promise<Built>}
 */
export async function bundle(name, entries, options) {
  for (const entry of entries) {
    if (!existsSync(join(root, entry))) throw new Refusal(`${name}: its source ${entry} does not exist.`);
  }
  const esbuild = await import("esbuild");
  const result = await esbuild.build({
    ...common,
    ...options,
    entryPoints: entries.map((entry) => join(root, entry)),
    absWorkingDir: root,
    metafile: true,
  });
  mkdirSync(join(localCache, "build"), { recursive: true });
  writeFileSync(join(localCache, "build", `${name}.meta.json`), JSON.stringify(result.metafile));
  // Dependencies change only together with the lock file, which every part depends on.
  const inputs = Object.keys(result.metafile.inputs).filter((path) => !path.includes("node_modules/"));
  return { inputs, outputs: Object.keys(result.metafile.outputs) };
}

/** Starts Python once, so everything else of engine/ is built before. */
async function buildSnapshot() {
  const { buildSnapshot: make } = await engineBuild("buildSnapshot.mjs");
  const folder = join(dist, "engine");
  await make(folder);
  return { inputs: snapshotInputs(), outputs: [join(folder, "snapshot.bin")] };
}

/** By address, because it belongs to the engine and not to the scripts, which are type-checked together. */
function engineBuild(/** @type {string} */ name) {
  const file = join(root, "engine", "node", name);
  if (!existsSync(file)) throw new Refusal(`engine: ${shown(file)} does not exist.`);
  return import(pathToFileURL(file).href);
}

/** Most JavaScript is not in it, since functions are installed after the load; what Python read is. */
function snapshotInputs() {
  return [
    ...filesOf("engine/python", /\.(ts|py)$/),
    ...filesOf("engine/node", /\.(ts|mjs)$/),
    join(dist, "engine", "python.json"),
  ];
}

/**
 * @param {string} folder relative to the project
 * @param {RegExp} wanted
 */
function filesOf(folder, wanted) {
  const top = join(root, folder);
  return readdirSync(top, { recursive: true, encoding: "utf8" })
    .filter((path) => wanted.test(path))
    .map((path) => join(top, path))
    .sort();
}
