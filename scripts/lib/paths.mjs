// Where things are: the project, what is built, and the folders outside the project that are kept between runs.
import { accessSync, constants, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));
export const dist = join(root, "dist");
/** Inside the project, ignored by git: bundled tests, type declarations, build stamps, logs. */
export const localCache = join(root, ".cache");
export const vsix = join(dist, "gradient-inspector.vsix");

/** A path as shown to a person: relative to the project where it lies inside. */
export function shown(/** @type {string} */ path) {
  const short = relative(root, path);
  return short === "" ? "." : short.startsWith("..") ? path : short.split(sep).join("/");
}

/**
 * The folder that belongs to this user and outlives a checkout: code-server, its data.
 * GRADIENT_INSPECTOR_CACHE names another one; without a writable home it is the project's own.
 */
export function userCache() {
  const wanted = process.env.GRADIENT_INSPECTOR_CACHE ?? join(platformCache(), "gradient-inspector");
  try {
    mkdirSync(wanted, { recursive: true });
    accessSync(wanted, constants.W_OK);
    return wanted;
  } catch {
    mkdirSync(localCache, { recursive: true });
    return localCache;
  }
}

function platformCache() {
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches");
  if (process.platform === "win32") return process.env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local");
  return process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
}
