// The inspector on what the engine really reports, by way of the command line.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Report } from "../../engine/protocol/report";
import type { Inspector } from "./harness/inspector";
import { inspectorSuite } from "./harness/suite";

const keys = ({ page }: Inspector): Promise<string[]> =>
  page.locator(".canvas .node").evaluateAll((all) => all.map((e) => e.getAttribute("data-key") ?? "").sort());

describe("the inspector on real reports", () => {
  const suite = inspectorSuite();
  let report: Report;
  before(() => {
    const file = join("test", "webview", "fixtures", "lesson.py");
    const options = { encoding: "utf8", maxBuffer: 1 << 26 } as const;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [join("dist", "cli.mjs"), file, "--json"],
      options,
    );
    assert.notEqual(stdout, "", stderr);
    report = JSON.parse(stdout) as Report;
  });
  const show = async (title: string): Promise<Inspector> => {
    const inspector = await suite.open({ width: 900, height: 800 });
    const snippet = report.snippets.find((s) => s.title === title);
    assert(snippet, `no snippet ${title}`);
    await inspector.show(snippet);
    return inspector;
  };

  it("draws the lesson, and replays its backward to the gradient", async () => {
    const i = await show("A function of two variables");
    assert.deepEqual(await keys(i), ["n:AddBackward0>z", "n:PowBackward0", "n:pow", "t:x", "t:y", "t:z"]);
    await i.page.getByRole("button", { name: "Previous step" }).click();
    assert.match(
      (await i.page.locator(".timeline-words").textContent()) ?? "",
      /x\.grad gains 6 and is now 6\.$/,
    );
  });

  it("shows which node a second backward could not pass, and by which line it was freed", async () => {
    const i = await show("Two results share a graph");
    const failed = i.page.locator(".node.is-failing");
    assert.deepEqual(await failed.locator("text").allTextContents(), ["PowBackward0", "freed by line 13"]);
  });

  it("draws a loop of a hundred steps once, with its count", async () => {
    const i = await show("A loop");
    assert.equal(await i.page.locator('[data-key="n:MmBackward0"]').getByText("× 100").count(), 1);
    assert.equal(await i.page.locator('[data-key="t:w"]').getByText("v100").count(), 1);
  });

  it("shows which node misses what was overwritten, and by whom", async () => {
    const i = await show("Overwritten");
    assert.equal(await i.page.locator('.node.is-failing[data-key^="n:ExpBackward0"]').count(), 1);
    await i.page.locator('[data-key="t:h"]').click();
    assert.match((await i.page.locator(".details").textContent()) ?? "", /last changed by .+ at line 29/);
  });

  it("shows where detach cuts", async () => {
    const i = await show("Cut");
    assert.equal(await i.page.locator(".edge-cut .cut-mark").count(), 1);
  });

  it("draws the operator that raised below its operands", async () => {
    const i = await show("Shapes that do not fit");
    assert.deepEqual(await keys(i), ["failure", "t:a", "t:c"]);
  });

  it("has every step of every timeline said and drawn", async () => {
    const i = await show("A function of two variables");
    for (const snippet of report.snippets) {
      await i.show(snippet);
      const slider = i.page.getByRole("slider", { name: "Timeline" });
      if (snippet.timeline.length === 0) continue;
      await slider.focus();
      await i.page.keyboard.press("Home");
      for (let step = 0; step < Math.min(12, snippet.timeline.length); step++) {
        assert.match((await i.page.locator(".timeline-words").textContent()) ?? "", /\S+.*\.$/);
        assert.doesNotMatch(
          (await i.page.locator(".timeline-words").textContent()) ?? "",
          /undefined|NaN|a node|unnamed/,
        );
        await i.page.keyboard.press("ArrowRight");
      }
    }
  });
});
