// `npm run bench`: what the engine costs, side by side with real PyTorch where a Python that has it is found
// (GRADIENT_INSPECTOR_TORCH names one; else .venv-torch, then python3). Prints ratios; asserts nothing.
//   npm run bench [-- engine] [editor] [--only NAME]      engine: in Node; editor: in a real VS Code
// NAME: only the programs (test/bench/programs.ts) whose name has it in it.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "./build.mjs";
import { main, Progress } from "./lib/output.mjs";
import { localCache, root, vsix } from "./lib/paths.mjs";

await main(async () => {
  const progress = new Progress();
  const { values, positionals: chosen } = parseArgs({
    allowPositionals: true,
    options: { only: { type: "string" } },
  });
  await build({ stream: process.stderr });
  if (chosen.length === 0 || chosen.includes("engine")) await benchEngine(progress, values.only);
  if (chosen.length === 0 || chosen.includes("editor")) await benchEditor(progress);
  if (existsSync(vsix)) progress.say(`VSIX: ${(statSync(vsix).size / 2 ** 20).toFixed(1)} MiB`);
});

/** @param {Progress} progress @param {string | undefined} only */
async function benchEngine(progress, only) {
  const torch = findTorch();
  progress.say(torch ? `real PyTorch: ${torch.version}` : "no real PyTorch found: figures stand alone");
  const esbuild = await import("esbuild");
  const outfile = join(localCache, "bench", "engine.mjs");
  await esbuild.build({
    entryPoints: [join(root, "test/bench/engine.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    packages: "external",
    logLevel: "silent",
  });
  const { bench } = await import(pathToFileURL(outfile).href);
  await bench({
    root,
    python: torch?.python ?? null,
    only,
    print: (/** @type {string} */ line) => progress.say(line),
  });
}

/** test/bench/editor.ts runs as the integration tests do, and leaves its lines in a file. */
async function benchEditor(/** @type {Progress} */ progress) {
  const { runVscodeSuite } = await import("./lib/vscodeSuite.mjs");
  const file = join(localCache, "bench", "editor.txt");
  const { tally, runner } = await runVscodeSuite({
    progress,
    files: ["test/bench/editor.ts"],
    env: { GRADIENT_INSPECTOR_BENCH_FILE: file },
  });
  progress.say(`in ${runner}:`);
  if (tally.failures.length > 0) tally.end({ allowPending: false }).print((text) => progress.say(text));
  else progress.say(readFileSync(file, "utf8").trimEnd());
}

function findTorch() {
  const candidates = [
    process.env.GRADIENT_INSPECTOR_TORCH,
    join(root, ".venv-torch/bin/python"),
    join(root, ".venv-torch/Scripts/python.exe"),
    "python3",
  ];
  for (const python of candidates) {
    if (!python) continue;
    const asked = spawnSync(python, ["-c", "import torch; print(torch.__version__)"], { encoding: "utf8" });
    if (asked.status === 0) return { python, version: asked.stdout.trim() };
  }
  return null;
}
