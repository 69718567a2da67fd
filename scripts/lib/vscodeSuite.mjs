// The integration tests: the packaged VSIX and a companion that carries the tests, installed into a real VS Code.
// Two runners for the one suite: a desktop VS Code where there is one to be had, else code-server in a browser.
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packageFolder, packageIfStale } from "../package.mjs";
import { listenForEvents } from "./eventServer.mjs";
import { localCache, root, vsix } from "./paths.mjs";
import { stackMapper } from "./sourceStacks.mjs";
import { Tally } from "./tally.mjs";
import { bundleForVscode, testFiles } from "./testBundles.mjs";
import { desktopRunner, runInDesktop } from "./vscodeDesktop.mjs";
import { runInPage } from "./vscodePage.mjs";

/**
 * What a runner gets: two VSIX to install, a folder to open, and where to tell how it went.
 * @typedef {object} Job
 * @property {string[]} vsixFiles
 * @property {string} companion the companion's folder, unpacked
 * @property {string} scratch a fresh folder for user data and extensions
 * @property {string} workspace
 * @property {string} results where pictures and logs are kept
 * @property {NodeJS.ProcessEnv} env
 * @property {() => void} opening to be called when everything is installed and the window is about to open
 * @property {Promise<void>} finished
 * @property {(handler: (request: import("./eventServer.mjs").UiRequest) => Promise<unknown>) => void} onUi
 * @property {() => boolean} failed
 * @property {boolean} untrusted whether the folder is one that nobody has trusted yet
 */

/** So long may nothing be heard: from opening the window to the first test, or from one test to the next. */
const patience = 180_000;

/**
 * @param {{ grep?: string, code?: string, files?: string[], env?: NodeJS.ProcessEnv, untrusted?: boolean, progress: import("./output.mjs").Progress }} options files: others than those of test/vscode;
 *   untrusted: the folder is not trusted at first, which only code-server is asked for
 * @returns {Promise<{ tally: Tally, runner: string }>}
 */
export async function runVscodeSuite(options) {
  const name = options.untrusted ? "vscode-untrusted" : "vscode";
  const tally = new Tally(name);
  const files = options.files ?? testFiles("vscode");
  const companion = await bundleForVscode(files);
  const mapped = stackMapper(join(companion, "tests.cjs"));
  const companionVsix = join(localCache, "tests", "companion.vsix");
  await packageIfStale(options.progress);
  await packageFolder(companion, companionVsix);

  const desktop = options.untrusted ? undefined : await desktopRunner(options.code);
  const scratch = mkdtempSync(join(tmpdir(), "gradient-inspector-"));
  const results = join(localCache, "test-results", name);
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });

  /** @type {(request: import("./eventServer.mjs").UiRequest) => Promise<unknown>} */
  let answerUi = () => Promise.reject(new Error("This VS Code has no page to look at."));
  let begun = false;
  let vscode = "";
  /** @type {() => void} */
  let finish = () => {};
  const finished = new Promise((/** @type {(value: void) => void} */ resolve) => {
    finish = resolve;
  });
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const when = begun ? "after its last result" : "of its start";
      tally.take({ kind: "broken", message: `Nothing was heard within ${patience / 1000} s ${when}.` });
      finish();
    }, patience);
  };
  const server = await listenForEvents({
    onEvent: (event) => {
      wait();
      if (event.kind === "begin") {
        begun = true;
        vscode = `VS Code ${event.vscode}, Node ${event.node}`;
      }
      tally.take(event.kind === "fail" ? { ...event, stack: mapped(event.stack) } : event);
      if (event.kind === "end" || event.kind === "broken") finish();
    },
    onUi: (request) => answerUi(request),
  });
  /** @type {Job} */
  const job = {
    vsixFiles: [vsix, companionVsix],
    companion,
    scratch,
    workspace: copyWorkspace(scratch),
    results,
    env: {
      GRADIENT_INSPECTOR_TEST_URL: server.url,
      GRADIENT_INSPECTOR_TEST_RUNNER: desktop ? "desktop" : "page",
      GRADIENT_INSPECTOR_TEST_GREP: options.grep ?? "",
      ...options.env,
    },
    opening: wait,
    finished,
    onUi: (handler) => {
      answerUi = handler;
    },
    failed: () => tally.failures.length > 0,
    untrusted: options.untrusted ?? false,
  };
  try {
    if (desktop) await runInDesktop(job, desktop);
    else await runInPage(job, options.progress);
    if (!tally.finished) tally.fail("ended before its tests did", "VS Code was closed while the tests ran.");
  } finally {
    clearTimeout(timer);
    server.close();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  return {
    tally,
    runner: `${desktop ? "desktop VS Code" : "code-server in Chromium"}${vscode && ` (${vscode})`}`,
  };
}

/** The examples and the tests' own files, copied, so that a test may change them. */
function copyWorkspace(/** @type {string} */ scratch) {
  const workspace = join(scratch, "workspace");
  mkdirSync(workspace);
  for (const source of [join(root, "examples"), join(root, "test", "vscode", "workspace")]) {
    if (existsSync(source)) cpSync(source, workspace, { recursive: true });
  }
  return workspace;
}
