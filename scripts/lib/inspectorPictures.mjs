// Pictures of the inspector in the packaged extension: beside a lesson that fails, its curves, and its timeline played.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { animated } from "./apng.mjs";
import { pageOf } from "./codeServer.mjs";

/** What the curves are shown of: a loop in which something goes wrong. */
export const trainingLesson = `import torch
from torch import nn

# %% [grad] A learning rate that is too large
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
X = torch.randn(64, 2)
y = X[:, :1] * X[:, 1:]

for step in range(300):
    optimizer.zero_grad()
    loss = (model(X) - y).pow(2).mean()
    loss.backward()
    optimizer.step()
    if step == 200:
        optimizer.param_groups[0]["lr"] = 5.0
`;

/**
 * @param {import("playwright-core").Browser} browser
 * @param {string} origin
 * @param {string} workspace holds the lessons, and training.py
 * @param {string} folder where the pictures go
 * @param {string} theme "dark" or "light", the end of each picture's name
 */
export async function takeInspectorPictures(browser, origin, workspace, folder, theme) {
  const open = async (
    /** @type {string} */ file,
    /** @type {string} */ place,
    /** @type {{ width: number, height: number }} */ size,
    /** @type {string} */ how,
  ) => {
    const page = await browser.newPage({ viewport: size });
    await page.goto(pageOf(origin, workspace, join(workspace, file)));
    await page.locator(".codelens-decoration", { hasText: " ms" }).first().waitFor({ timeout: 120_000 });
    await page.addStyleTag({ content: ".cursors-layer { visibility: hidden !important; }" });
    await page.keyboard.press("Control+g");
    await page.keyboard.type(place);
    await page.keyboard.press("Enter");
    await page.keyboard.press("F1");
    await page.keyboard.type(how);
    await page.waitForTimeout(800);
    await page.keyboard.press("Enter");
    const inspector = page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
    await inspector.locator(".canvas .node").first().waitFor({ timeout: 60_000 });
    await page.waitForTimeout(2500);
    return { page, inspector };
  };

  const beside = await open(
    "2-retain-and-create-graph.py",
    "24:5",
    { width: 1440, height: 900 },
    "Gradient Inspector: Open Inspector",
  );
  await beside.page.screenshot({ path: join(folder, `inspector-${theme}.png`) });
  await beside.page.close();

  const training = await open(
    "training.py",
    "12:5",
    { width: 1200, height: 720 },
    "Gradient Inspector: Open Inspector as Editor Tab",
  );
  await closeSideBar(training.page);
  await training.inspector.getByRole("tab", { name: "Curves" }).click();
  await training.page.waitForTimeout(1000);
  await training.page.screenshot({ path: join(folder, `curves-${theme}.png`) });
  await training.page.close();

  const replay = await open(
    "2-retain-and-create-graph.py",
    "13:1",
    { width: 1040, height: 760 },
    "Gradient Inspector: Open Inspector as Editor Tab",
  );
  await closeSideBar(replay.page);
  await replay.inspector.getByRole("button", { name: "Fit", exact: false }).first().click();
  writeFileSync(join(folder, `replay-${theme}.png`), await played(replay));
  await replay.page.close();
}

/**
 * The timeline step by step, as a person would go through it.
 * @param {{ page: import("playwright-core").Page, inspector: import("playwright-core").FrameLocator }} opened
 */
async function played({ page, inspector }) {
  const slider = inspector.getByRole("slider", { name: "Timeline" });
  const steps = Number(await slider.getAttribute("max"));
  await slider.focus();
  await page.keyboard.press("Home");
  const frames = [];
  for (let step = 0; step <= steps; step++) {
    await page.waitForTimeout(700);
    const png = await page.screenshot();
    frames.push({ png, milliseconds: step === steps ? 3000 : 1200 });
    await page.keyboard.press("ArrowRight");
  }
  return animated(frames);
}

/** @param {import("playwright-core").Page} page */
export async function closeSideBar(page) {
  if (await page.locator(".part.sidebar").isVisible()) await page.keyboard.press("Control+b");
  await page.waitForTimeout(800);
}
