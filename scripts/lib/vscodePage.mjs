// Runs the integration tests in code-server: a headless browser opens its page, so that the extension host starts.
import { copyFileSync, existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import {
  ensureCodeServer,
  ensureLogFiles,
  installExtensions,
  pageOf,
  startCodeServer,
  writeSettings,
} from "./codeServer.mjs";
import { shown } from "./paths.mjs";
import { browserArguments, ensureBrowser } from "./programs.mjs";

/**
 * @param {import("./vscodeSuite.mjs").Job} job
 * @param {import("./output.mjs").Progress} progress
 */
export async function runInPage(job, progress) {
  const executablePath = await ensureBrowser(progress);
  const server = await ensureCodeServer(progress);
  await ensureLogFiles(server, progress);
  const { chromium } = await import("playwright-core");

  const folders = { userData: join(job.scratch, "data"), extensions: join(job.scratch, "extensions") };
  // A dialogue of the page's own would be closed by the driver before a test sees it.
  writeSettings(folders.userData, {
    "window.dialogStyle": "custom",
    "files.autoSave": "off",
    // No dialogue at the start: a folder that is not trusted opens in restricted mode.
    "security.workspace.trust.startupPrompt": "never",
  });
  await installExtensions(server, folders, job.vsixFiles);
  const log = join(job.results, "code-server.log");
  const running = await startCodeServer(server, {
    ...folders,
    log,
    env: job.env,
    asksForTrust: job.untrusted,
  });
  const browser = await chromium.launch({ executablePath, args: browserArguments });
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    job.onUi((request) => act(page, job, request));
    job.opening();
    await page.goto(pageOf(running.origin, job.workspace));
    await Promise.race([job.finished, running.service.exited]);
    if (job.failed()) {
      const picture = join(job.results, "at-the-end.png");
      await page.screenshot({ path: picture }).catch(() => {});
      const kept = keepLogs(folders.userData, job.results);
      progress.say(
        `\n    A picture of the window and the logs are in ${shown(job.results)}: ${kept.join(", ")}`,
      );
    }
  } finally {
    await browser.close();
    await running.service.stop();
  }
}

/**
 * @param {import("playwright-core").Page} page
 * @param {import("./vscodeSuite.mjs").Job} job
 * @param {import("./eventServer.mjs").UiRequest} request
 */
async function act(page, job, request) {
  switch (request.kind) {
    case "screenshot": {
      const path = join(job.results, `${basename(request.name)}.png`);
      await page.screenshot({ path });
      return path;
    }
    case "press":
      return page.keyboard.press(request.key);
    case "type":
      return page.keyboard.type(request.text);
    case "click":
      return (await visible(page, request.selector)).click({ timeout: 5000 });
    case "hover":
      return (await visible(page, request.selector)).hover({ timeout: 5000 });
    case "pictures":
      return page
        .locator(request.selector)
        .evaluateAll((found) =>
          found.map((one) => /** @type {HTMLImageElement} */ (one).naturalWidth).filter((width) => width > 0),
        );
    case "texts": {
      const found = await Promise.all(page.frames().map((frame) => textsIn(frame, request.selector)));
      return found.flat();
    }
  }
}

/** Milliseconds that what shall be clicked may take to appear. */
const PATIENCE = 10_000;

/**
 * The first visible match in the window or in one of the webviews, which are frames within frames.
 * @param {import("playwright-core").Page} page
 * @param {string} selector
 */
async function visible(page, selector) {
  const end = Date.now() + PATIENCE;
  do {
    for (const frame of page.frames()) {
      const match = frame.locator(`${selector} >> visible=true`).first();
      if ((await match.count().catch(() => 0)) > 0) return match;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  } while (Date.now() < end);
  throw new Error(`nothing visible matches ${selector}`);
}

/**
 * @param {import("playwright-core").Frame} frame
 * @param {string} selector
 */
async function textsIn(frame, selector) {
  try {
    return await frame.locator(selector).allInnerTexts();
  } catch {
    // A frame that went away meanwhile.
    return [];
  }
}

/** @returns {string[]} the names of what is there now */
function keepLogs(/** @type {string} */ userData, /** @type {string} */ results) {
  const logs = join(userData, "logs");
  if (existsSync(logs)) {
    for (const path of readdirSync(logs, { recursive: true, encoding: "utf8" })) {
      const wanted = /exthost[^/]*\.log$|remoteagent\.log$|Gradient Inspector.*\.log$/.test(path);
      if (wanted) copyFileSync(join(logs, path), join(results, basename(path)));
    }
  }
  return readdirSync(results).sort();
}
