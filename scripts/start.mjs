// `npm start`: installs, builds, packages, and opens the product on examples/ in a real VS Code: the desktop's
// where there is one, else code-server on 127.0.0.1. Until the packages are installed only Node itself is used.
//   npm start [-- FOLDER --code PATH --browser --port N --no-open]
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import {
  ensureCodeServer,
  installExtensions,
  pageOf,
  startCodeServer,
  writeSettings,
} from "./lib/codeServer.mjs";
import { ensureDependencies, requireNode20 } from "./lib/dependencies.mjs";
import { main, Progress, Refusal } from "./lib/output.mjs";
import { root, shown, userCache, vsix } from "./lib/paths.mjs";
import { CommandFailed, freePort, run } from "./lib/processes.mjs";
import { findDesktopCode, hasDisplay, openInBrowser } from "./lib/programs.mjs";

const usage = `npm start [-- OPTIONS] [FOLDER]
  FOLDER        what to open (default: examples)
  --code PATH   the VS Code to use (default: the desktop's, where there is one)
  --browser     use code-server in the browser even where there is a desktop VS Code
  --port N      code-server's port on 127.0.0.1
  --no-open     do not open the browser`;

await main(async () => {
  requireNode20();
  const { values: options, positionals } = parse();
  if (options.help) return void process.stdout.write(`${usage}\n`);
  const folder = resolve(
    positionals[0] ? (process.env.INIT_CWD ?? root) : root,
    positionals[0] ?? "examples",
  );
  if (!existsSync(folder)) throw new Refusal(`There is no folder ${folder}.`);
  const desktop = options.browser ? undefined : findDesktopCode(options.code);

  const progress = new Progress();
  progress.say(`\nGradient Inspector, in ${desktop ?? "VS Code in the browser (code-server)"}\n`);
  await ensureDependencies(progress);
  const { build } = await import("./build.mjs");
  const { packageIfStale } = await import("./package.mjs");
  await build();
  await packageIfStale(progress);
  if (desktop) await openDesktop(desktop, folder, progress);
  else await serve(folder, { port: Number(options.port) || undefined, open: !options["no-open"] }, progress);
});

function parse() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        code: { type: "string" },
        browser: { type: "boolean" },
        port: { type: "string" },
        "no-open": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new Refusal(/** @type {Error} */ (error).message, usage);
  }
}

/** The first lesson, which is what a newcomer wants to see. */
function firstFile(/** @type {string} */ folder) {
  const lessons = readdirSync(folder).filter(
    (name) => /\.(md|py|ipynb)$/.test(name) && !/^readme/i.test(name),
  );
  const [first] = lessons.sort();
  return first === undefined ? undefined : join(folder, first);
}

/**
 * A window with folders of its own for settings and extensions: the person's own set-up is neither used nor changed.
 * @param {string} code
 * @param {string} folder
 * @param {Progress} progress
 */
async function openDesktop(code, folder, progress) {
  const own = join(userCache(), "desktop");
  const userData = join(own, "data");
  const folders = ["--user-data-dir", userData, "--extensions-dir", join(own, "extensions")];
  if (process.getuid?.() === 0) folders.push("--no-sandbox");
  mkdirSync(userData, { recursive: true });
  writeSettings(userData, { "security.workspace.trust.enabled": false });
  const file = firstFile(folder);
  try {
    await progress.step("installing the extension", () =>
      run(code, [...folders, "--install-extension", vsix, "--force"]),
    );
    await progress.step("opening the window", () =>
      run(code, [...folders, "--new-window", folder, ...(file ? [file] : [])]),
    );
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new Refusal(
      `${code} did not do as it was told:\n${error.output.trim()}`,
      "Try another one (npm start -- --code PATH), or the browser (npm start -- --browser).",
    );
  }
  progress.say(`\nA window of its own shows ${shown(folder)}; settings and extensions are in ${own}.`);
  progress.say("Your own VS Code is as it was. To have the extension there:");
  progress.say(`  ${code} --install-extension ${shown(vsix)}`);
}

/**
 * @param {string} folder
 * @param {{ port?: number, open: boolean }} options
 * @param {Progress} progress
 */
async function serve(folder, options, progress) {
  const server = await ensureCodeServer(progress);
  const own = join(userCache(), "browser");
  const folders = { userData: join(own, "data"), extensions: join(own, "extensions") };
  writeSettings(folders.userData);
  await progress.step("installing the extension", () => installExtensions(server, folders, [vsix]));
  const log = join(own, "code-server.log");
  const running = await progress.step("starting code-server", async () =>
    startCodeServer(server, { ...folders, log, port: await freePort(options.port ?? 8423) }),
  );
  const url = pageOf(running.origin, folder, firstFile(folder));
  progress.say(`\nReady:\n\n  ${url}\n`);
  progress.say("It listens on this machine only, and this window's folders count as trusted.");
  progress.say(`Settings, extensions and the log are in ${own}. Press Ctrl-C to stop.`);
  if (options.open && hasDisplay()) await openInBrowser(url);

  const asked = new Promise((/** @type {(value: "asked") => void} */ resolveAsked) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, () => resolveAsked("asked"));
  });
  const why = await Promise.race([asked, running.service.exited]);
  await running.service.stop();
  if (why !== "asked") throw new Refusal(`code-server ended by itself; its log: ${log}`);
  progress.say("\nStopped.");
}
