// code-server, the VS Code that runs in a browser: installed once into the user's cache folder, started on
// 127.0.0.1. Used where there is no desktop VS Code to open, and for the integration tests.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./dependencies.mjs";
import { withLock } from "./lock.mjs";
import { Refusal } from "./output.mjs";
import { userCache } from "./paths.mjs";
import { CommandFailed, freePort, run, sleep, startService, tail } from "./processes.mjs";

/** It carries VS Code 1.139, and runs on exactly this major version of Node. */
const version = "4.139.1";
const nodeVersion = "24.21.0";

/**
 * @typedef {object} CodeServer
 * @property {string} folder
 * @property {string} node the Node that runs it
 * @property {string} entry
 */

/**
 * Installs it if need be (about 600 MB on disk, no compiler and no administrator needed).
 * @param {import("./output.mjs").Progress} progress
 * @returns {Promise<CodeServer>}
 */
export async function ensureCodeServer(progress) {
  if (process.platform === "win32") {
    throw new Refusal(
      "code-server does not run on Windows.",
      "Install VS Code from https://code.visualstudio.com, or give its path: --code PATH.",
    );
  }
  const folder = join(userCache(), `code-server-${version}-node-${nodeVersion}`);
  const complete = join(folder, "complete");
  if (!existsSync(complete)) {
    await progress.step(
      `code-server ${version} (VS Code in the browser; once for this user)`,
      (note) =>
        withLock(
          `${folder}.lock`,
          async () => {
            if (!existsSync(complete)) await install(folder, note);
          },
          () => note("another process is installing it"),
        ),
      { long: true },
    );
  }
  return {
    folder,
    node: join(folder, "node_modules", nodePackage(), "bin", "node"),
    entry: join(folder, "node_modules", "code-server", "out", "node", "entry.js"),
  };
}

/** Node as an npm package: a binary and its headers, no install script. */
function nodePackage() {
  return `node-${process.platform}-${process.arch}`;
}

/**
 * code-server's own install script compiles ten native modules, and needs a compiler, Python and Kerberos'
 * headers for that. What it cannot do without comes prebuilt in the packages; the rest (Kerberos for proxies, log
 * files, Windows' registry) it works without. So scripts are left out and the nested installs done here.
 * @param {string} folder
 * @param {(text: string) => void} note
 */
async function install(folder, note) {
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const dependencies = { "code-server": version, [nodePackage()]: nodeVersion };
  writeFileSync(join(partial, "package.json"), JSON.stringify({ private: true, dependencies }, null, 2));
  const product = join(partial, "node_modules", "code-server");
  const steps = [
    { title: "downloading code-server and Node", cwd: partial },
    { title: "VS Code's packages", cwd: join(product, "lib", "vscode") },
    { title: "VS Code's built-in extensions", cwd: join(product, "lib", "vscode", "extensions") },
  ];
  const flags = ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"];
  for (const { title, cwd } of steps) {
    note(title);
    try {
      await npm(flags, { cwd, env: environment() });
    } catch (error) {
      if (!(error instanceof CommandFailed)) throw error;
      throw new Refusal(
        `code-server could not be installed (${title}):\n${error.output.trim()}`,
        "It needs the npm registry and about 1 GB of free disk. Or install VS Code on the desktop, or name one:\n" +
          "npm start -- --code /path/to/code",
      );
    }
  }
  renameSync(partial, folder);
  writeFileSync(join(folder, "complete"), new Date().toISOString());
  note("");
}

/**
 * Lets code-server write log files, which its tests are debugged with. It needs a C++ compiler; without one
 * everything else works, so a failure is no failure.
 * @param {CodeServer} server
 * @param {import("./output.mjs").Progress} progress
 * @returns {Promise<boolean>} whether log files are written
 */
export async function ensureLogFiles(server, progress) {
  const vscode = join(server.folder, "node_modules", "code-server", "lib", "vscode");
  const binary = join(vscode, "node_modules", "@vscode", "spdlog", "build", "Release", "spdlog.node");
  const tried = join(server.folder, "log-module-tried");
  if (existsSync(binary) || existsSync(tried)) return existsSync(binary);
  return progress.step(
    "code-server's log module (compiled once)",
    async (note) => {
      const nodeFolder = join(server.folder, "node_modules", nodePackage());
      const path = `${join(nodeFolder, "bin")}:${process.env.PATH}`;
      const env = { ...environment(), npm_config_nodedir: nodeFolder, PATH: path };
      try {
        await npm(["rebuild", "@vscode/spdlog", "--ignore-scripts=false"], {
          cwd: vscode,
          env,
          timeout: 180_000,
        });
      } catch {
        note("no compiler; going on without log files");
      }
      writeFileSync(tried, "");
      return existsSync(binary);
    },
    { long: true },
  );
}

/** Ours without what npm tells its scripts about this project, and what a surrounding VS Code tells its terminal. */
function environment() {
  const foreign = /^(npm_(package|lifecycle|command|config_local_prefix)|INIT_CWD$|VSCODE_|ELECTRON_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
}

/** @param {{ userData: string, extensions: string }} folders */
function folderArguments({ userData, extensions }) {
  return [
    // Its default would be written into the user's own configuration folder.
    ...["--config", join(userData, "config.yaml")],
    ...["--user-data-dir", userData],
    ...["--extensions-dir", extensions],
  ];
}

/**
 * @param {CodeServer} server
 * @param {{ userData: string, extensions: string }} folders
 * @param {string[]} vsixFiles
 */
export async function installExtensions(server, folders, vsixFiles) {
  mkdirSync(folders.userData, { recursive: true });
  const wanted = vsixFiles.flatMap((file) => ["--install-extension", file]);
  const output = await run(server.node, [server.entry, ...folderArguments(folders), ...wanted, "--force"], {
    env: environment(),
  });
  const failed = output
    .split("\n")
    .filter((line) => /failed|error/i.test(line) && !/bindings|spdlog/i.test(line));
  if (failed.length > 0) throw new Refusal(`code-server did not take the extension:\n${failed.join("\n")}`);
}

/**
 * @param {CodeServer} server
 * @param {{ userData: string, extensions: string, log: string, port?: number, env?: NodeJS.ProcessEnv, asksForTrust?: boolean }} options
 */
export async function startCodeServer(server, options) {
  const port = options.port ?? (await freePort());
  mkdirSync(options.userData, { recursive: true });
  const service = startService(
    server.node,
    [
      server.entry,
      ...folderArguments(options),
      ...["--auth", "none", "--bind-addr", `127.0.0.1:${port}`],
      ...(options.asksForTrust ? [] : ["--disable-workspace-trust"]),
      "--disable-telemetry",
      "--disable-update-check",
      "--disable-getting-started-override",
      "--ignore-last-opened",
    ],
    { env: { ...environment(), ...options.env }, log: options.log },
  );
  const origin = `http://127.0.0.1:${port}`;
  const ended = service.exited.then(() => true);
  for (let attempt = 0; ; attempt++) {
    if (await Promise.race([ended, sleep(100).then(() => false)])) {
      throw new Refusal(`code-server ended at once:\n${tail(options.log)}`);
    }
    try {
      if ((await fetch(`${origin}/healthz`)).ok) break;
    } catch {
      // Not listening yet.
    }
    if (attempt > 600) {
      await service.stop();
      throw new Refusal(`code-server did not answer on ${origin} within a minute:\n${tail(options.log)}`);
    }
  }
  return { service, origin, port };
}

/**
 * The address of a folder, with a file of it opened.
 * @param {string} origin
 * @param {string} folder
 * @param {string} [file] absolute
 */
export function pageOf(origin, folder, file) {
  const url = new URL(origin);
  url.searchParams.set("folder", folder);
  if (file) {
    const opened = `vscode-remote://${url.host}${encodeURI(file)}`;
    url.searchParams.set("payload", JSON.stringify([["openFile", opened]]));
  }
  return url.href;
}

/** Settings for an instance of our own; a file that is there already is the person's, and stays. */
export function writeSettings(
  /** @type {string} */ userData,
  /** @type {Record<string, unknown>} */ extra = {},
) {
  const file = join(userData, "User", "settings.json");
  if (existsSync(file)) return;
  mkdirSync(join(userData, "User"), { recursive: true });
  const settings = {
    "workbench.startupEditor": "none",
    "workbench.tips.enabled": false,
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": true,
    "extensions.ignoreRecommendations": true,
    "telemetry.telemetryLevel": "off",
    "update.mode": "none",
    "git.openRepositoryInParentFolders": "never",
    ...extra,
  };
  writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
}
