// Runs the integration tests in a desktop VS Code, through @vscode/test-electron: one given by path, or the
// current release where it can be downloaded and there is a display.
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { writeSettings } from "./codeServer.mjs";
import { Refusal } from "./output.mjs";
import { localCache } from "./paths.mjs";
import { run, sleep } from "./processes.mjs";
import { hasDisplay } from "./programs.mjs";

const downloads = "https://update.code.visualstudio.com/api/releases/stable";

/**
 * The program to run, or undefined where no desktop VS Code is to be had (then code-server does).
 * @param {string} [given]
 * @returns {Promise<{ executable: string | undefined } | undefined>} executable undefined: to be downloaded
 */
export async function desktopRunner(given = process.env.GRADIENT_INSPECTOR_CODE) {
  if (given) {
    if (!existsSync(given)) throw new Refusal(`There is no VS Code at ${given}.`);
    return { executable: electronOf(realpathSync(given)) };
  }
  if (!hasDisplay()) return undefined;
  try {
    const response = await fetch(downloads, { method: "HEAD", signal: AbortSignal.timeout(4000) });
    return response.ok ? { executable: undefined } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The program itself, where its command line script was named: .../bin/code.
 * @param {string} path
 */
function electronOf(path) {
  if (!/[\\/]bin[\\/][^\\/]+$/.test(path)) return path;
  const above = dirname(dirname(path));
  const candidates = [
    join(above, "code"),
    join(above, "code-insiders"),
    join(above, "codium"),
    join(above, "Code.exe"),
    // macOS: Contents/Resources/app/bin/code
    join(above, "..", "..", "MacOS", "Electron"),
    join(above, "..", "..", "MacOS", "Code"),
  ];
  const found = candidates.find(existsSync);
  if (found) return found;
  throw new Refusal(`The VS Code that ${path} starts was not found.`, "Give the path of the program itself.");
}

/**
 * @param {import("./vscodeSuite.mjs").Job} job
 * @param {{ executable: string | undefined }} desktop
 */
export async function runInDesktop(job, desktop) {
  const { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } = await import(
    "@vscode/test-electron"
  );
  const executable =
    desktop.executable ?? (await downloadAndUnzipVSCode({ cachePath: join(localCache, "vscode-desktop") }));
  const userData = join(job.scratch, "data");
  const folders = ["--user-data-dir", userData, "--extensions-dir", join(job.scratch, "extensions")];
  writeSettings(userData, { "window.dialogStyle": "custom", "files.autoSave": "off" });
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const [cli = executable, ...cliArguments] = resolveCliArgsFromVSCodeExecutablePath(executable);
  // Only the product: the companion is the extension under development there.
  const [product = ""] = job.vsixFiles;
  await run(cli, [
    ...withoutFolders(cliArguments),
    ...folders,
    ...root,
    "--install-extension",
    product,
    "--force",
  ]);
  job.opening();
  const ended = runTests({
    vscodeExecutablePath: executable,
    extensionDevelopmentPath: job.companion,
    extensionTestsPath: join(job.companion, "extension.cjs"),
    extensionTestsEnv: job.env,
    launchArgs: [job.workspace, ...folders, ...root, "--disable-workspace-trust", "--skip-welcome"],
  }).catch(() => {
    // Its exit status says that a test failed; the tests have told which.
  });
  // A window that does not close by itself after the last result is not waited for.
  await Promise.race([ended, job.finished.then(() => sleep(15_000))]);
}

/** The command line tool is given default folders of its own, which would come before ours. */
function withoutFolders(/** @type {string[]} */ args) {
  return args.filter((arg) => !arg.startsWith("--user-data-dir") && !arg.startsWith("--extensions-dir"));
}
