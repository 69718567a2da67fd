// What the product is built from: one entry per part of dist/, with its source and what it needs first.
// The order of the table is the order of building.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { Refusal } from "./output.mjs";
import { dist, localCache, root, shown } from "./paths.mjs";
import { run } from "./processes.mjs";

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
      }),
  },
  {
    name: "worker",
    makes: "engine/worker.mjs",
    build: () =>
      bundle("worker", ["engine/worker.ts"], { ...nodeModule, outfile: join(dist, "engine", "worker.mjs") }),
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
    name: "pyodide",
    makes: "pyodide/",
    build: async () =>
      copyFiles(join(root, "node_modules", "pyodide"), join(dist, "pyodide"), [
        "pyodide.mjs",
        "pyodide.asm.mjs",
        "pyodide.asm.wasm",
        "python_stdlib.zip",
        "pyodide-lock.json",
      ]),
  },
  {
    name: "python",
    makes: "engine/python.json",
    listed: pythonFiles,
    build: async () => packPython(join(dist, "engine", "python.json")),
  },
  {
    name: "snapshot",
    makes: "engine/snapshot.bin",
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
  try {
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
  } catch (error) {
    const { errors } = /** @type {import("esbuild").BuildFailure} */ (error);
    if (!errors?.length) throw error;
    const texts = await esbuild.formatMessages(errors, { kind: "error", color: false });
    throw new Refusal(
      `${name}: ${errors.length === 1 ? "an error" : `${errors.length} errors`}\n${texts.join("")}`,
    );
  }
}

/**
 * @param {string} from
 * @param {string} to
 * @param {string[]} names
 * @returns {Built}
 */
function copyFiles(from, to, names) {
  mkdirSync(to, { recursive: true });
  for (const name of names) copyFileSync(join(from, name), join(to, name));
  return { inputs: [], outputs: names.map((name) => join(to, name)) };
}

/** Our Python packages as they are imported there. */
const pythonPackages = ["torch", "runner"];

function pythonFiles() {
  const top = join(root, "engine", "python");
  return pythonPackages.flatMap((name) => {
    const folder = join(top, name);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".py") && statSync(join(folder, path)).isFile())
      .map((path) => join(folder, path))
      .sort();
  });
}

/**
 * One JSON object from path ("torch/__init__.py") to text: both sides can read it, and it diffs.
 * @param {string} to
 * @returns {Built}
 */
function packPython(to) {
  const files = pythonFiles();
  if (files.length === 0)
    throw new Refusal("python: engine/python/torch and engine/python/runner have no files.");
  const top = join(root, "engine", "python");
  const texts = files.map((path) => [
    path.slice(top.length + 1).replaceAll("\\", "/"),
    readFileSync(path, "utf8"),
  ]);
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, JSON.stringify(Object.fromEntries(texts)));
  return { inputs: files, outputs: [to] };
}

/**
 * Bundles engine/node/buildSnapshot.ts and runs it with dist/ as its argument; it reads the assets made before
 * and writes engine/snapshot.bin.
 * @returns {Promise<Built>}
 */
async function buildSnapshot() {
  const script = join(localCache, "build", "buildSnapshot.mjs");
  const made = await bundle("snapshot", ["engine/node/buildSnapshot.ts"], { ...nodeModule, outfile: script });
  await run(process.execPath, [script, dist], { cwd: root });
  const output = join(dist, "engine", "snapshot.bin");
  if (!existsSync(output)) throw new Refusal(`snapshot: ${shown(script)} ran but wrote no ${shown(output)}.`);
  const assets = [
    "engine/worker.mjs",
    "engine/python.json",
    "pyodide/pyodide.asm.wasm",
    "pyodide/python_stdlib.zip",
  ];
  return { inputs: [...made.inputs, ...assets.map((name) => join(dist, name))], outputs: [output] };
}
