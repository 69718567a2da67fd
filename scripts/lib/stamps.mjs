// Knows whether a part of the build is up to date: the size and time of every file it was made from, and
// that what it made is still there. Content is hardly read, so asking costs a few milliseconds.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { localCache, root } from "./paths.mjs";

const file = join(localCache, "build", "stamps.json");
/** A change in one of these makes everything stale: the build itself, and the versions of all dependencies. */
const everyone = ["scripts/lib/buildParts.mjs", "scripts/lib/stamps.mjs", "package-lock.json"];

/**
 * @typedef {{ common: string, inputs: Record<string, string>, outputs: string[] }} Stamp
 * @typedef {Record<string, Stamp>} Stamps one for each part
 */

/** @returns {Stamps} */
export function readStamps() {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return {};
  }
}

/**
 * @param {string} part
 * @param {Stamp} stamp
 */
export function writeStamp(part, stamp) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...readStamps(), [part]: stamp }, null, 1));
}

/**
 * @param {string[]} inputs absolute or relative to the project
 * @param {string[]} outputs
 * @param {number} began when the work did, in milliseconds since 1970
 * @returns {Stamp}
 */
export function stampOf(inputs, outputs, began) {
  /** @type {Record<string, string>} */
  const entries = {};
  for (const input of inputs) {
    const path = join(root, portable(input));
    const during = !isMade(input) && existsSync(path) && statSync(path).mtimeMs >= began;
    entries[portable(input)] = during ? "changed while it was built" : state(input);
  }
  return { common: commonState(), inputs: entries, outputs: outputs.map(portable) };
}

/**
 * Why the part has to be built again, or undefined when it need not be.
 * @param {Stamp | undefined} stamp
 * @param {string[] | undefined} listed where a part takes whole folders: what is in them now
 */
export function staleBecause(stamp, listed) {
  if (stamp === undefined) return "not built yet";
  if (stamp.common !== commonState()) return "the build or a dependency changed";
  for (const output of stamp.outputs) if (!existsSync(join(root, output))) return `${output} is gone`;
  for (const [input, was] of Object.entries(stamp.inputs)) {
    if (state(input) !== was) return `${input} changed`;
  }
  const added = listed?.map(portable).find((input) => !(input in stamp.inputs));
  return added === undefined ? undefined : `${added} is new`;
}

function portable(/** @type {string} */ path) {
  return relative(root, join(root, relative(root, path)))
    .split("\\")
    .join("/");
}

/** Made by another part of the build, which writes it anew although it often stays the same. */
function isMade(/** @type {string} */ path) {
  return portable(path).startsWith("dist/") && portable(path).endsWith(".json");
}

function state(/** @type {string} */ path) {
  try {
    if (isMade(path)) return hashOf([path]);
    const { mtimeMs, size } = statSync(join(root, portable(path)));
    return `${mtimeMs} ${size}`;
  } catch {
    return "gone";
  }
}

/** @type {string | undefined} */
let common;
function commonState() {
  common ??= hashOf(everyone);
  return common;
}

function hashOf(/** @type {string[]} */ paths) {
  const hash = createHash("sha256");
  for (const path of paths) {
    const file = join(root, portable(path));
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  return hash.digest("hex").slice(0, 16);
}
