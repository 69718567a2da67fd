// Builds the engine's files into one folder: boot.cjs, engine.js (the worker) and its assets.
// The snapshot is made afterwards by buildSnapshot, because it has to run what was built.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { assembly } from "./assembly.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const engine = dirname(here);

/** Global names whose look-up would be slow in a V8 context of its own: local constants are not. */
const LOCALS =
  "Array ArrayBuffer Atomics BigInt BigInt64Array BigUint64Array Boolean DataView Date Error Float32Array " +
  "Float64Array Infinity Int16Array Int32Array Int8Array Map Math NaN Number Object Promise Proxy RangeError " +
  "Reflect Set String Symbol TypeError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef " +
  "WeakSet isFinite isNaN parseFloat parseInt undefined";

/** Takes dynamic import out of Pyodide, so that no code of its own can ask for a module. */
const withoutDynamicImport = {
  name: "without-dynamic-import",
  setup(builder) {
    builder.onLoad({ filter: /[\\/]pyodide[\\/]pyodide(\.asm)?\.mjs$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const contents = source
        .replace(/\bimport\s*\(/g, "__noImport(")
        .replaceAll("import.meta.url", '"assets:///pyodide.asm.mjs"');
      return {
        contents: `${contents}\nfunction __noImport() { throw new Error("modules cannot be imported here"); }\n`,
        loader: "js",
      };
    });
  },
};

/** All files below `folder` that end in .py, by their path under `name`. */
function pythonFiles(folder, name) {
  const files = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".py")) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    files[`${name}/${relative(folder, path).split(sep).join("/")}`] = readFileSync(path, "utf8");
  }
  return files;
}

/** The operator table as data, which Python's torch makes its functions from. */
async function registryJson() {
  const result = await build({
    entryPoints: [join(engine, "python", "registry.ts")],
    bundle: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    plugins: [assembly],
    write: false,
  });
  const code = Buffer.from(result.outputFiles[0].contents).toString("base64");
  const { registryJson: make } = await import(`data:text/javascript;base64,${code}`);
  return make();
}

/** python.json: the Python packages that are installed beside the standard library. */
export async function pythonSources(packages = { gradient_runner: "runner", torch: "torch" }) {
  const files = {};
  for (const [name, folder] of Object.entries(packages)) {
    Object.assign(files, pythonFiles(folder.startsWith("/") ? folder : join(engine, "python", folder), name));
  }
  if (packages.torch === "torch") files["torch/_registry.json"] = await registryJson();
  return JSON.stringify(Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))));
}

/**
 * Writes everything but the snapshot into `folder`.
 * `worker` is another entry than engine/worker.ts, `packages` other Python packages (both for tests).
 */
export async function bundleEngine({
  folder,
  minify = false,
  worker = join(engine, "worker.ts"),
  packages,
} = {}) {
  mkdirSync(folder, { recursive: true });
  const names = LOCALS.split(" ").join(", ");
  await build({
    entryPoints: { engine: worker },
    outdir: folder,
    bundle: true,
    format: "iife",
    platform: "neutral",
    target: "es2022",
    minify,
    legalComments: "none",
    banner: { js: `((globals) => { const { ${names} } = globals;` },
    footer: { js: "})(globalThis);" },
    plugins: [withoutDynamicImport, assembly],
  });
  await build({
    entryPoints: { boot: join(here, "boot.ts") },
    outdir: folder,
    bundle: true,
    format: "cjs",
    outExtension: { ".js": ".cjs" },
    platform: "node",
    target: "node20",
    minify,
  });
  const pyodide = dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));
  for (const name of ["pyodide.asm.wasm", "python_stdlib.zip"])
    copyFileSync(join(pyodide, name), join(folder, name));
  writeFileSync(join(folder, "python.json"), await pythonSources(packages));
}
