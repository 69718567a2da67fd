// `npm test`: installs what it needs, then runs the checks and suites in order and counts.
//   npm test [-- SUITE… --grep PATTERN --code PATH --timeout MS]
// The last line is always "N passed, N failed".
import { parseArgs } from "node:util";
import { ensureDependencies, requireNode20 } from "./lib/dependencies.mjs";
import { main, Progress, Refusal, seconds } from "./lib/output.mjs";
import { Tally } from "./lib/tally.mjs";

const order = ["lint", "types", "build", "unit", "oracle", "security", "webview", "vscode"];
/** Milliseconds for one test, where mocha's 10 s are not meant. */
/** @type {Record<string, number>} */
const timeouts = { security: 60_000, webview: 60_000 };

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    grep: { type: "string", short: "g" },
    code: { type: "string" },
    timeout: { type: "string" },
  },
});

await main(async () => {
  requireNode20();
  const unknown = positionals.find((name) => !order.includes(name));
  if (unknown) throw new Refusal(`There is no suite "${unknown}".`, `Suites: ${order.join(", ")}`);
  const progress = new Progress();
  await ensureDependencies(progress);

  const chosen = order.filter((name) => positionals.length === 0 || positionals.includes(name));
  const write = (/** @type {string} */ text) => progress.say(text);
  const began = performance.now();
  let passed = 0;
  let failed = 0;
  for (const name of chosen) {
    const { tally, note } = await guarded(name, progress);
    tally.end({ allowPending: note?.startsWith("desktop") ?? false }).print(write);
    if (note) write(`    in ${note}`);
    passed += tally.passed;
    failed += tally.failures.length;
  }
  write(`\n  ${seconds(performance.now() - began)} in all`);
  // Nothing that a suite left behind keeps this from ending, and nothing is printed after this line.
  process.stdout.write(`${passed} passed, ${failed} failed\n`, () => process.exit(failed > 0 ? 1 : 0));
  return failed > 0 ? 1 : 0;
});

/**
 * A suite that cannot run at all counts as one failure, so that the others still run.
 * @param {string} name
 * @param {Progress} progress
 * @returns {Promise<{ tally: Tally, note?: string }>}
 */
async function guarded(name, progress) {
  const tally = new Tally(name);
  try {
    return await runSuite(name, progress);
  } catch (error) {
    const detail =
      error instanceof Refusal
        ? `${error.message}\n${error.remedy ?? ""}`
        : String(/** @type {Error} */ (error).stack);
    tally.fail("could not run", detail);
    return { tally };
  }
}

/**
 * @param {string} name
 * @param {Progress} progress
 * @returns {Promise<{ tally: Tally, note?: string }>}
 */
async function runSuite(name, progress) {
  // Loaded only now: these need the packages that were just installed.
  const { checks, runCheck } = await import("./lib/checks.mjs");
  if (name in checks) return { tally: await runCheck(name) };
  if (["security", "webview", "vscode"].includes(name) && !chosenBuild()) {
    const { build } = await import("./build.mjs");
    await build({ stream: process.stderr });
  }
  if (name === "vscode") {
    const { runVscodeSuite } = await import("./lib/vscodeSuite.mjs");
    const { tally, runner } = await runVscodeSuite({ grep: options.grep, code: options.code, progress });
    return { tally, note: runner };
  }
  const { runNodeSuite } = await import("./lib/nodeSuites.mjs");
  const timeout = Number(options.timeout ?? timeouts[name]) || undefined;
  return {
    tally: await runNodeSuite(name, { grep: options.grep, timeout, env: await surroundings(name, progress) }),
  };
}

function chosenBuild() {
  return positionals.length === 0 || positionals.includes("build");
}

/**
 * What a suite finds in its environment.
 * @param {string} name
 * @param {Progress} progress
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
async function surroundings(name, progress) {
  if (name !== "webview") return {};
  const { browserArguments, ensureBrowser } = await import("./lib/programs.mjs");
  return {
    GRADIENT_INSPECTOR_BROWSER: await ensureBrowser(progress),
    GRADIENT_INSPECTOR_BROWSER_ARGUMENTS: JSON.stringify(browserArguments),
  };
}
