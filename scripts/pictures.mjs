// `npm run pictures`: the README's and the walkthrough's pictures, taken of the packaged extension in code-server, dark
// and light.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import {
  ensureCodeServer,
  installExtensions,
  pageOf,
  startCodeServer,
  writeSettings,
} from "./lib/codeServer.mjs";
import { main, Progress } from "./lib/output.mjs";
import { root, shown, vsix } from "./lib/paths.mjs";
import { browserArguments, ensureBrowser } from "./lib/programs.mjs";
import { takeWalkthroughPictures } from "./lib/walkthroughPictures.mjs";
import { packageIfStale } from "./package.mjs";

const themes = { dark: "Default Dark Modern", light: "Default Light Modern" };

await main(async () => {
  const progress = new Progress();
  await build();
  await packageIfStale(progress);
  const executablePath = await ensureBrowser(progress);
  const server = await ensureCodeServer(progress);
  const { chromium } = await import("playwright-core");
  const pictures = join(root, "docs", "pictures");
  mkdirSync(pictures, { recursive: true });
  const scratch = mkdtempSync(join(tmpdir(), "gradient-inspector-"));
  const workspace = join(scratch, "lessons");
  cpSync(join(root, "examples"), workspace, { recursive: true });
  const walkthrough = join(root, "media", "walkthrough");
  cpSync(join(walkthrough, "first-steps.py"), join(workspace, "first-steps.py"));
  try {
    for (const [name, theme] of Object.entries(themes)) {
      const folders = { userData: join(scratch, name), extensions: join(scratch, "extensions") };
      writeSettings(folders.userData, {
        "workbench.colorTheme": theme,
        "editor.minimap.enabled": false,
        "editor.fontSize": 13,
        "workbench.tips.enabled": false,
      });
      await installExtensions(server, folders, [vsix]);
      const running = await startCodeServer(server, { ...folders, log: join(scratch, `${name}.log`) });
      const browser = await chromium.launch({ executablePath, args: browserArguments });
      try {
        const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
        await page.goto(pageOf(running.origin, workspace, join(workspace, "2-retain-and-create-graph.py")));
        await progress.step(`${name}: the inspector beside a lesson`, () =>
          photograph(page, join(pictures, `inspector-${name}.png`)),
        );
        await progress.step(`${name}: the steps of the walkthrough`, () =>
          takeWalkthroughPictures(browser, running.origin, workspace, walkthrough, name),
        );
      } finally {
        await browser.close();
        await running.service.stop();
      }
    }
    progress.say(
      `The pictures are in ${shown(pictures)} and ${shown(walkthrough)}: look at them before they are committed.`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
});

/**
 * As a person would: wait for the first run, go to the failing snippet, open the inspector there.
 * @param {import("playwright-core").Page} page
 * @param {string} file
 */
async function photograph(page, file) {
  await page.locator(".codelens-decoration", { hasText: " ms" }).first().waitFor({ timeout: 120_000 });
  await page.keyboard.press("Control+g");
  await page.keyboard.type("24:5");
  await page.keyboard.press("Enter");
  await page.keyboard.press("F1");
  await page.keyboard.type("Gradient Inspector: Open Inspector");
  await page.waitForTimeout(800);
  await page.keyboard.press("Enter");
  await page.waitForTimeout(6000);
  await page.screenshot({ path: file });
}
