// Whether the project's own npm packages are installed as the lock file says, and installing them.
// Uses nothing but Node itself, since it runs before anything is installed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "./output.mjs";
import { root } from "./paths.mjs";
import { CommandFailed, run } from "./processes.mjs";

/**
 * Runs npm: the one that started this script, else the one on PATH.
 * @param {string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function npm(args, options) {
  const own = process.env.npm_execpath;
  return own?.endsWith("npm-cli.js")
    ? run(process.execPath, [own, ...args], options)
    : run("npm", args, options);
}

export function requireNode20() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= 20) return;
  throw new Refusal(
    `This needs Node.js 20 or newer, and this is ${process.versions.node}.`,
    "Get a current Node.js from https://nodejs.org, or with your system's package manager.",
  );
}

/** Whether node_modules holds every package of the lock file in its version. */
export function dependenciesInstalled() {
  const wanted = packagesOf(join(root, "package-lock.json"));
  const present = packagesOf(join(root, "node_modules", ".package-lock.json"));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    // Packages for other platforms are optional, and absent.
    return path in present
      ? present[path]?.version === entry.version
      : Boolean(entry.optional || entry.devOptional);
  });
}

/** @param {import("./output.mjs").Progress} progress */
export async function ensureDependencies(progress) {
  if (dependenciesInstalled()) return;
  await progress.step("npm packages (npm ci)", installDependencies, { long: true });
}

async function installDependencies() {
  try {
    await npm(["ci", "--no-audit", "--no-fund"], { cwd: root });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new Refusal(
      `npm could not install the project's packages:\n${error.output.trim()}`,
      "It needs the npm registry: check the network and proxy settings (`npm ping`), then try again.",
    );
  }
}

/** @returns {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }> | undefined} */
function packagesOf(/** @type {string} */ file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch {
    return undefined;
  }
}
