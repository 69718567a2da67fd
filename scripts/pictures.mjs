// `npm run pictures`: the README's and the walkthrough's pictures, taken of the packaged extension in code-server, dark
// and light.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { ensureCodeServer, installExtensions, startCodeServer, writeSettings } from "./lib/codeServer.mjs";
import { takeInspectorPictures, trainingLesson } from "./lib/inspectorPictures.mjs";
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
  writeFileSync(join(workspace, "training.py"), trainingLesson);
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
        await progress.step(`${name}: the inspector beside lessons, its curves and its timeline`, () =>
          takeInspectorPictures(browser, running.origin, workspace, pictures, name),
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
