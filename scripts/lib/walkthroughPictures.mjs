// The walkthrough's pictures: its own example in the packaged extension, each step as a person would see it.
import { join } from "node:path";
import { pageOf } from "./codeServer.mjs";
import { closeSideBar } from "./inspectorPictures.mjs";

const SIZE = { width: 900, height: 560 };

/**
 * @param {import("playwright-core").Browser} browser
 * @param {string} origin
 * @param {string} workspace holds first-steps.py
 * @param {string} folder where the pictures go
 * @param {string} theme "dark" or "light", the end of each picture's name
 */
export async function takeWalkthroughPictures(browser, origin, workspace, folder, theme) {
  const page = await browser.newPage({ viewport: SIZE });
  await page.goto(pageOf(origin, workspace, join(workspace, "first-steps.py")));
  await page.locator(".codelens-decoration", { hasText: " ms" }).first().waitFor({ timeout: 120_000 });
  await closeSideBar(page);
  const editor = page.locator(".editor-group-container").first();
  const take = async (/** @type {string} */ name) => {
    // The cursor blinks; a picture of the same thing is to be the same picture.
    await page.addStyleTag({ content: ".cursors-layer { visibility: hidden !important; }" });
    await page.waitForTimeout(400);
    const path = join(folder, `${name}-${theme}.png`);
    await (name === "inspector" ? page.screenshot({ path }) : editor.screenshot({ path }));
  };

  await goTo(page, "1:1");
  await page.waitForTimeout(1500);
  await take("sample");

  await goTo(page, "21:5");
  await command(page, "Show or Focus Hover");
  await page.locator(".monaco-hover:not(.hidden) .monaco-hover-content").first().waitFor();
  await take("hover");
  await page.keyboard.press("Escape");

  await goTo(page, "15:1");
  await command(page, "Quick Fix...");
  // The fixes are tried first.
  await page.locator(".action-widget").first().waitFor({ timeout: 60_000 });
  await take("fix");
  await page.keyboard.press("Escape");

  await goTo(page, "1:1");
  await command(page, "Gradient Inspector: Toggle Gradients beside Every Line");
  await page.waitForTimeout(1500);
  await take("inline");
  await command(page, "Gradient Inspector: Toggle Gradients beside Every Line");

  await goTo(page, "6:1");
  await command(page, "Gradient Inspector: Open Inspector as Editor Tab");
  await page.waitForTimeout(5000);
  await take("inspector");
  await page.close();
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} place "line:column"
 */
async function goTo(page, place) {
  await page
    .locator(".editor-group-container .monaco-editor")
    .first()
    .click({ position: { x: 300, y: 12 } });
  await page.keyboard.press("Control+g");
  await page.keyboard.type(place);
  await page.keyboard.press("Enter");
  await page.waitForTimeout(300);
}

/**
 * @param {import("playwright-core").Page} page
 * @param {string} title as the palette shows it
 */
async function command(page, title) {
  await page.keyboard.press("F1");
  await page.keyboard.type(title);
  await page.waitForTimeout(700);
  await page.keyboard.press("Enter");
  await page.waitForTimeout(300);
}
