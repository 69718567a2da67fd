// `npm run conformance`: runs what real PyTorch recorded, counts, and writes docs/conformance.md.
//   npm run conformance [-- --counts]     --counts: without running the suites, as if all passed
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { ensureDependencies, requireNode20 } from "./lib/dependencies.mjs";
import { main, Progress } from "./lib/output.mjs";
import { localCache, root } from "./lib/paths.mjs";

const target = join(root, "docs", "conformance.md");
/** Its own failure is what is being repaired here. */
const own = "the document about conformance";

await main(async () => {
  requireNode20();
  const { values } = parseArgs({ options: { counts: { type: "boolean" } } });
  const progress = new Progress({ stream: process.stderr });
  await ensureDependencies(progress);
  const failures = values.counts ? [] : await failuresOfSuites(progress);
  const folder = join(localCache, "conformance");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "failures.json"), JSON.stringify(failures));
  const { build } = await import("esbuild");
  const { assembly } = await import(pathToFileURL(join(root, "engine", "node", "assembly.mjs")).href);
  await build({
    plugins: [assembly],
    entryPoints: [join(root, "test", "oracle", "conformance", "main.ts")],
    outfile: join(folder, "main.mjs"),
    absWorkingDir: root,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "warning",
    loader: { ".py": "text", ".wasm": "binary" },
  });
  process.chdir(root);
  const { makeDocument } = await import(pathToFileURL(join(folder, "main.mjs")).href);
  const text = await makeDocument(join(folder, "failures.json"));
  const before = readIfThere();
  writeFileSync(target, text);
  process.stdout.write(`${text.slice(0, text.indexOf("\n## What is missing"))}\n`);
  process.stdout.write(`docs/conformance.md ${before === text ? "was up to date" : "is written"}\n`);
  for (const title of failures) process.stdout.write(`failed: ${title}\n`);
  process.stdout.write("", () => process.exit(failures.length > 0 ? 1 : 0));
  return failures.length > 0 ? 1 : 0;
});

function readIfThere() {
  try {
    return readFileSync(target, "utf8");
  } catch {
    return "";
  }
}

/** @param {Progress} progress */
async function failuresOfSuites(progress) {
  const { build } = await import("./build.mjs");
  await build({ only: ["engine", "cli", "snapshot"], stream: process.stderr });
  const { runNodeSuite } = await import("./lib/nodeSuites.mjs");
  /** @type {string[]} */
  const failures = [];
  const suites = /** @type {const} */ ([
    ["oracle", undefined],
    ["unit", "as ATen calls them|Views and changes in place"],
  ]);
  for (const [suite, grep] of suites) {
    await progress.step(`${suite} suite`, async (note) => {
      const tally = await runNodeSuite(suite, { grep });
      note(`${tally.passed} passed, ${tally.failures.length} failed`);
      failures.push(...tally.failures.map(({ title }) => title).filter((title) => !title.startsWith(own)));
    });
  }
  return failures;
}
