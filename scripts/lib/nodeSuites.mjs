// The suites that run in Node (unit, oracle, security, webview): bundled, then run by mocha in a process each.
import { fork } from "node:child_process";
import { join } from "node:path";
import { root } from "./paths.mjs";
import { Tally } from "./tally.mjs";
import { bundleForNode, testFiles } from "./testBundles.mjs";

/** A suite that has said nothing for so long hangs. */
const silence = 240_000;

/**
 * @param {string} suite a folder of test/
 * @param {{ grep?: string, timeout?: number, env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<Tally>}
 */
export async function runNodeSuite(suite, options) {
  const tally = new Tally(suite);
  const files = await bundleForNode(suite, testFiles(suite));
  const job = JSON.stringify({ files, grep: options.grep, timeout: options.timeout ?? 10_000 });
  // The tests find their data from the project's folder.
  const child = fork(join(root, "scripts", "lib", "mochaChild.mjs"), [job], {
    cwd: root,
    env: { ...process.env, ...options.env },
    execArgv: ["--enable-source-maps", "--no-warnings"],
    serialization: "advanced",
  });
  let timer = setTimeout(() => {}, 0);
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      tally.fail("hangs", `Nothing was heard for ${silence / 1000} s; the suite was ended.`);
      child.kill("SIGKILL");
    }, silence);
  };
  wait();
  const status = await new Promise((resolve) => {
    child.on("message", (event) => {
      wait();
      tally.take(/** @type {import("./tally.mjs").TestEvent} */ (event));
    });
    child.on("exit", (code, signal) => resolve(signal ?? code));
  });
  clearTimeout(timer);
  if (!tally.finished) tally.fail("ended before its tests did", `The process ended with ${status}.`);
  return tally;
}
