// `npm test`: installs what it needs, then runs the checks and suites in order and counts.
//   npm test [-- SUITE… --grep PATTERN --code PATH --timeout MS]
// The last line is always "N passed, N failed".
import { parseArgs } from "node:util";
import { ensureDependencies, requireNode20 } from "./lib/dependencies.mjs";
import { main, Progress, Refusal, seconds } from "./lib/output.mjs";
import { Tally } from "./lib/tally.mjs";

const order = [
  "lint",
  "types",
  "build",
  "unit",
  "oracle",
  "security",
  "webview",
  "vscode",
  "vscode-untrusted",
];
/** Milliseconds for one test, where mocha's 10 s are not meant. */
/** @type {Record<string, number>} */
const timeouts = { security: 60_000, webview: 60_000 };

/** The parts of dist/ that a suite tests, for when it is run alone; unit tests run from the sources. */
/** @type {Record<string, string[]>} */
const needs = {
  oracle: ["engine", "cli", "snapshot"],
  security: ["engine", "snapshot"],
  webview: ["webview"],
  vscode: [],
  "vscode-untrusted": [],
};

const usage = `npm test [-- SUITE… --grep PATTERN --code PATH --timeout MILLISECONDS]
Suites: ${order.join(", ")}`;
const { options, suites } = readArguments();

await main(async () => {
  requireNode20();
  const progress = new Progress();
  let passed = 0;
  let failed = 0;
  const began = performance.now();
  const write = (/** @type {string} */ text) => progress.say(text);
  const count = (/** @type {Tally} */ tally) => {
    tally.print(write);
    passed += tally.passed;
    failed += tally.failures.length;
  };
  try {
    await ensureDependencies(progress);
    for (const name of suites) {
      const { tally, note } = await guarded(name, progress);
      count(tally.end({ allowPending: note?.startsWith("desktop") ?? false }));
      if (note) write(`    in ${note}`);
    }
  } catch (error) {
    count(couldNotRun(new Tally("install"), error).end());
  }
  write(`\n  ${seconds(performance.now() - began)} in all`);
  // Nothing that a suite left behind keeps this from ending, and nothing is printed after this line.
  process.stdout.write(`${passed} passed, ${failed} failed\n`, () => process.exit(failed > 0 ? 1 : 0));
  return failed > 0 ? 1 : 0;
});

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        grep: { type: "string", short: "g" },
        code: { type: "string" },
        timeout: { type: "string" },
      },
    });
    const unknown = positionals.find((name) => !order.includes(name));
    if (unknown) throw new Error(`There is no suite "${unknown}".`);
    return {
      options: values,
      suites: order.filter((name) => positionals.length === 0 || positionals.includes(name)),
    };
  } catch (error) {
    process.stderr.write(`${/** @type {Error} */ (error).message}\n\n${usage}\n`);
    process.exit(2);
  }
}

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
    return { tally: couldNotRun(tally, error) };
  }
}

/**
 * @param {Tally} tally
 * @param {unknown} error
 */
function couldNotRun(tally, error) {
  const { message, stack } = /** @type {Error} */ (error);
  const detail = error instanceof Refusal ? `${message}\n${error.remedy ?? ""}` : (stack ?? message);
  tally.fail("could not run", detail);
  return tally;
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
  if (!suites.includes("build") && name in needs) {
    const { build } = await import("./build.mjs");
    await build({ only: needs[name], stream: process.stderr });
  }
  if (name === "vscode") {
    const { runVscodeSuite } = await import("./lib/vscodeSuite.mjs");
    const { tally, runner } = await runVscodeSuite({ grep: options.grep, code: options.code, progress });
    return { tally, note: runner };
  }
  if (name === "vscode-untrusted") {
    const { runVscodeSuite } = await import("./lib/vscodeSuite.mjs");
    const { testFiles } = await import("./lib/testBundles.mjs");
    const { tally, runner } = await runVscodeSuite({
      grep: options.grep,
      files: testFiles(name),
      untrusted: true,
      progress,
    });
    return { tally, note: runner };
  }
  const { runNodeSuite } = await import("./lib/nodeSuites.mjs");
  const timeout = Number(options.timeout ?? timeouts[name]) || undefined;
  return {
    tally: await runNodeSuite(name, { grep: options.grep, timeout, env: await surroundings(name, progress) }),
  };
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
