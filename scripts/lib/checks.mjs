// The checks that are no mocha suites: formatter and linter, types, the build. Each counts as one test.
import { join } from "node:path";
import { build } from "../build.mjs";
import { Refusal } from "./output.mjs";
import { root } from "./paths.mjs";
import { CommandFailed, run } from "./processes.mjs";
import { Tally } from "./tally.mjs";

/** @type {Record<string, { title: string, check: () => Promise<unknown> }>} */
export const checks = {
  lint: {
    title: "formatter and linter (npm run lint)",
    check: () => tool("@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "--colors=off"]),
  },
  types: {
    title: "types (npm run check)",
    check: () => tool("typescript/bin/tsc", ["-b", "--pretty", "false"]),
  },
  build: { title: "build (npm run build)", check: () => build({ quiet: true }) },
};

export async function runCheck(/** @type {string} */ name) {
  const tally = new Tally(name);
  const { title, check } = /** @type {typeof checks[string]} */ (checks[name]);
  try {
    await check();
    tally.take({ kind: "pass", title, milliseconds: 0 });
  } catch (error) {
    if (error instanceof CommandFailed) tally.fail(title, error.output.trim());
    else if (error instanceof Refusal) tally.fail(title, error.message);
    else throw error;
  }
  return tally;
}

function tool(/** @type {string} */ script, /** @type {string[]} */ args) {
  return run(process.execPath, [join(root, "node_modules", script), ...args], { cwd: root });
}
