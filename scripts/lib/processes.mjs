// Starting other programs and ending them: output kept for the case of failure, whole process groups stopped.
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";

/** A program ended with a status other than 0; `output` is what it printed. */
export class CommandFailed extends Error {
  /**
   * @param {string} command
   * @param {number | null} status
   * @param {string} output
   */
  constructor(command, status, output) {
    super(`${command} ended with ${status === null ? "a signal" : `status ${status}`}\n${output.trimEnd()}`);
    this.status = status;
    this.output = output;
  }
}

/**
 * Runs a program to its end and answers what it printed (both streams). Throws CommandFailed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, onLine?: (line: string) => void, timeout?: number }} [options]
 * @returns {Promise<string>}
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(...portable(command, args), {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeout,
      windowsVerbatimArguments: true,
    });
    let output = "";
    const take = (/** @type {Buffer} */ chunk) => {
      const text = chunk.toString();
      output += text;
      if (options.onLine) for (const line of text.split("\n")) if (line.trim()) options.onLine(line.trim());
    };
    child.stdout?.on("data", take);
    child.stderr?.on("data", take);
    child.on("error", (error) => reject(new CommandFailed(command, null, error.message)));
    child.on("close", (status) => {
      if (status === 0) resolve(output);
      else reject(new CommandFailed([command, ...args].join(" "), status, output));
    });
  });
}

/**
 * Runs a program that writes straight to our own output, and answers its exit status (1 for a signal).
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>}
 */
export function runShown(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(...portable(command, args), {
      ...options,
      stdio: ["ignore", "inherit", "inherit"],
      windowsVerbatimArguments: true,
    });
    child.on("error", reject);
    child.on("close", (status) => resolve(status ?? 1));
  });
}

/**
 * A program that stays: it writes to a log file and is stopped together with everything it started.
 * @typedef {{ pid: number, log: string, exited: Promise<number | null>, stop: () => Promise<void> }} Service
 */

/**
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, log: string }} options
 * @returns {Service}
 */
export function startService(command, args, options) {
  const log = openSync(options.log, "w");
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["ignore", log, log],
    detached: process.platform !== "win32",
  });
  closeSync(log);
  const exited = new Promise((/** @type {(status: number | null) => void} */ resolve) => {
    child.on("error", () => resolve(null));
    child.on("exit", (status) => resolve(status));
  });
  const signal = (/** @type {NodeJS.Signals} */ name) => {
    try {
      // A negative number names the process group, which `detached` made.
      if (process.platform === "win32") child.kill(name);
      else if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // It is gone already, which is what was wanted.
    }
  };
  // Whatever way this script ends, the service does not outlive it.
  const last = () => signal("SIGKILL");
  process.on("exit", last);
  return {
    pid: child.pid ?? 0,
    log: options.log,
    exited,
    async stop() {
      signal("SIGTERM");
      const gone = await Promise.race([exited.then(() => true), sleep(3000).then(() => false)]);
      signal("SIGKILL");
      if (!gone) await exited;
      process.off("exit", last);
    },
  };
}

export function sleep(/** @type {number} */ milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The last lines of a log file, to show when something failed. */
export function tail(/** @type {string} */ file, lines = 20) {
  try {
    return readFileSync(file, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "";
  }
}

/**
 * A port on 127.0.0.1 that was free a moment ago: the one preferred, else any.
 * @param {number} [preferred]
 * @returns {Promise<number>}
 */
export function freePort(preferred = 0) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", (error) => {
      if (preferred !== 0) resolve(freePort());
      else reject(error);
    });
    server.listen(preferred, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/**
 * The first of these names that is a program on PATH, as a full path.
 * @param {string[]} names
 */
export function onPath(names) {
  const endings = process.platform === "win32" ? [".exe", ".cmd", ".bat"] : [""];
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      for (const ending of endings) {
        const path = join(folder, name + ending);
        if (folder && isFile(path)) return path;
      }
    }
  }
  return undefined;
}

export function isFile(/** @type {string} */ path) {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Windows starts .cmd files (npm, code) only through its shell, and takes the command line as it is written.
 * @param {string} command
 * @param {string[]} args
 * @returns {[string, string[]]}
 */
function portable(command, args) {
  if (process.platform !== "win32") return [command, args];
  const quoted = [command, ...args].map((text) => `"${text.replaceAll('"', '""')}"`).join(" ");
  return ["cmd.exe", ["/d", "/s", "/c", `"${quoted}"`]];
}
