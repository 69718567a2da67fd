// One at a time: a lock file with the owner's process number, so that two commands do not build or install at once.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { sleep } from "./processes.mjs";

/**
 * Runs `work` while no other process holds `file`; a lock whose owner is gone counts for nothing.
 * @template T
 * @param {string} file
 * @param {() => Promise<T>} work
 * @param {() => void} [onWait] called once when another process holds it
 * @returns {Promise<T>}
 */
export async function withLock(file, work, onWait) {
  mkdirSync(dirname(file), { recursive: true });
  let waited = false;
  while (!take(file)) {
    if (!waited) onWait?.();
    waited = true;
    await sleep(150);
  }
  const release = () => rmSync(file, { force: true });
  process.on("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

function take(/** @type {string} */ file) {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== "EEXIST") throw error;
  }
  if (abandoned(file)) rmSync(file, { force: true });
  return false;
}

function abandoned(/** @type {string} */ file) {
  try {
    const owner = Number(readFileSync(file, "utf8"));
    // Empty for the moment between its creation and its writing; for longer only when its owner died there.
    return owner ? !alive(owner) : Date.now() - statSync(file).mtimeMs > 5000;
  } catch {
    return false;
  }
}

function alive(/** @type {number} */ pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === "EPERM";
  }
}
