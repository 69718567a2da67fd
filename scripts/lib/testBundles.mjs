// Turns TypeScript tests into what mocha runs: one bundle per file for Node, and the companion extension for
// the tests inside VS Code.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Refusal } from "./output.mjs";
import { localCache, root } from "./paths.mjs";

/** The test files of test/<suite>, relative to the project. A suite without any is an error of its own. */
export function testFiles(/** @type {string} */ suite) {
  const folder = join(root, "test", suite);
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }) : [];
  const files = names.filter((name) => name.endsWith(".test.ts")).map((name) => `test/${suite}/${name}`);
  if (files.length === 0) throw new Refusal(`${suite}: test/${suite} has no *.test.ts.`);
  return files.sort();
}

/**
 * @param {string} suite
 * @param {string[]} files
 * @returns {Promise<string[]>} the bundles, in the order of the files
 */
export async function bundleForNode(suite, files) {
  const outdir = join(localCache, "tests", suite);
  rmSync(outdir, { recursive: true, force: true });
  const entryPoints = files.map((file) => ({ in: join(root, file), out: nameOf(suite, file) }));
  await bundle({
    entryPoints,
    outdir,
    format: "esm",
    splitting: true,
    outExtension: { ".js": ".mjs" },
    // Found from the project's node_modules when the tests run, as they lie inside the project.
    packages: "external",
  });
  return entryPoints.map(({ out }) => join(outdir, `${out}.mjs`));
}

/**
 * The companion extension, ready to be packaged.
 * @param {string[]} files
 * @returns {Promise<string>} its folder
 */
export async function bundleForVscode(files) {
  const source = join(root, "test", "vscode", "harness");
  const outdir = join(localCache, "tests", "vscode");
  rmSync(outdir, { recursive: true, force: true });
  mkdirSync(outdir, { recursive: true });
  const list = join(localCache, "tests", "vscode.list.ts");
  writeFileSync(list, files.map((file) => `import ${JSON.stringify(join(root, file))};\n`).join(""));
  const shared = /** @type {import("esbuild").BuildOptions} */ ({
    format: "cjs",
    external: ["vscode", "./tests.cjs"],
  });
  await bundle({
    ...shared,
    entryPoints: [join(source, "extension.ts")],
    outfile: join(outdir, "extension.cjs"),
    plugins: [withoutParallelMocha],
  });
  await bundle({ ...shared, entryPoints: [list], outfile: join(outdir, "tests.cjs") });
  copyFileSync(join(source, "package.json"), join(outdir, "package.json"));
  return outdir;
}

/** Mocha's parallel runner looks for files beside itself as soon as it is loaded; here nothing runs in parallel. */
const withoutParallelMocha = /** @type {import("esbuild").Plugin} */ ({
  name: "without-parallel-mocha",
  setup(build) {
    const filter = /(parallel-buffered-runner|buffered-worker-pool)\.c?js$/;
    build.onLoad({ filter }, () => ({ contents: "module.exports = {};" }));
  },
});

/** "test/unit/host/rpc.test.ts" becomes "host-rpc", which a stack trace then shows. */
function nameOf(/** @type {string} */ suite, /** @type {string} */ file) {
  return file
    .slice(`test/${suite}/`.length)
    .replace(/\.test\.ts$/, "")
    .replaceAll(/[\\/]/g, "-");
}

async function bundle(/** @type {import("esbuild").BuildOptions} */ options) {
  const esbuild = await import("esbuild");
  // By address, because it belongs to the engine and not to the scripts, which are type-checked together.
  const { assembly } = await import(pathToFileURL(join(root, "engine/node/assembly.mjs")).href);
  try {
    await esbuild.build({
      bundle: true,
      platform: "node",
      target: "node20",
      sourcemap: "inline",
      sourcesContent: false,
      absWorkingDir: root,
      logLevel: "silent",
      loader: { ".py": "text", ".svg": "text", ".css": "text" },
      ...options,
      plugins: [assembly, ...(options.plugins ?? [])],
    });
  } catch (error) {
    const { errors } = /** @type {import("esbuild").BuildFailure} */ (error);
    if (!errors?.length) throw error;
    const texts = await esbuild.formatMessages(errors, { kind: "error", color: false });
    throw new Refusal(
      `The tests could not be bundled (${basename(String(options.outdir ?? options.outfile))}):\n${texts.join("")}`,
    );
  }
}
