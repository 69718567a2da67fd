// Every state of the inspector in the four kinds of themes: no findings of axe, nothing outside at 280 pixels.
import assert from "node:assert/strict";
import { lessonAnswers } from "./fixtures/answers";
import { bigTensors, cut, descent, lesson, loop, modules, sharedAndFreed } from "./fixtures/reports";
import { axe, findings } from "./harness/axe";
import { type Inspector, stateOf } from "./harness/inspector";
import { inspectorSuite } from "./harness/suite";
import { themeKinds } from "./harness/themes";

const states: [string, (i: Inspector) => Promise<void>][] = [
  [
    "the graph with a tensor selected",
    async (i) => {
      await i.show(lesson(), { titles: ["A function of two variables", "Another"] });
      await i.page.locator('[data-key="t:x"]').click();
    },
  ],
  [
    "a failed run with a node selected and the legend open",
    async (i) => {
      await i.show(sharedAndFreed());
      await i.page.locator('[data-key="n:SinBackward0>p"]').click();
      await i.page.getByRole("button", { name: "Legend" }).click();
    },
  ],
  [
    "a step of the timeline, stale",
    async (i) => {
      await i.show(cut(), { runId: 9 });
      await i.page.getByRole("button", { name: "Previous step" }).click();
      await i.show(cut(), { runId: 9, stale: true });
    },
  ],
  [
    "the table with a row opened and large values in the details",
    async (i) => {
      await i.show(bigTensors());
      await i.page.getByRole("tab", { name: "Table" }).click();
      await i.page.locator('tr[data-id="t:cube"]').click();
      await i.page.keyboard.press("ArrowRight");
    },
  ],
  [
    "folded groups and one that is open",
    async (i) => {
      await i.show(modules(3, 5));
      await i.page.locator('[data-key="g/for t in range(3)"]').click();
      await i.page.keyboard.press("Enter");
    },
  ],
  [
    "the table as a tree, with an open group in the details",
    async (i) => {
      await i.show(modules(3, 5));
      await i.page.getByRole("tab", { name: "Table" }).click();
      await i.page.locator('.table tr[data-id="g/for t in range(3)"]').click();
      await i.page.keyboard.press("ArrowRight");
      await i.page.locator('.table tr[aria-level="2"]').first().waitFor();
    },
  ],
  [
    "a node inside of open groups, with the way to it and what its edges carry",
    async (i) => {
      await i.page.setViewportSize({ width: 900, height: 800 });
      await i.show(modules(3, 5));
      await i.page.locator('[data-key="g/for t in range(3)"]').dblclick();
      await i.page.locator(".canvas .node").filter({ hasText: "model.layers.0.weight" }).first().click();
      await i.page.locator(".crumb").first().waitFor();
      await i.page.locator(".edge-label").first().waitFor();
    },
  ],
  [
    "an overview of findings and leaves, and a mark of the curves told",
    async (i) => {
      await i.page.setViewportSize({ width: 900, height: 800 });
      await i.show(descent());
      await i.page.getByRole("tab", { name: "Curves" }).click();
      await i.page.locator(".curve-head-mark").first().focus();
    },
  ],
  [
    "the menu of filters",
    async (i) => {
      await i.show(lesson());
      await i.page.getByRole("button", { name: "Filter and focus" }).click();
    },
  ],
  [
    "a gradient explained, its Jacobian, and other numbers tried",
    async (i) => {
      await i.show(lesson());
      await i.page.locator('[data-key="t:x"]').click();
      for (const summary of await i.page.locator("details.experiment > summary").all()) await summary.click();
      await i.page.getByRole("table", { name: "Jacobian", exact: true }).waitFor();
    },
  ],
  [
    "curves with findings, a line selected and all numbers",
    async (i) => {
      await i.show(descent());
      await i.page.getByRole("tab", { name: "Curves" }).click();
      await i.page.getByRole("button", { name: "‖w.grad‖" }).click();
      await i.page.getByText("All numbers", { exact: true }).click();
      await i.page.getByRole("table", { name: /^All numbers of/ }).waitFor();
    },
  ],
  [
    "the menu of exports while running",
    async (i) => {
      await i.show(loop(), { running: true });
      await i.page.getByRole("button", { name: "Export" }).click();
    },
  ],
  [
    "nothing to show",
    async (i) => {
      i.remote.show(
        stateOf(null, { message: { text: "Not trusted.", command: "trust", commandTitle: "Manage Trust" } }),
      );
      await i.page.getByText("Not trusted.").waitFor();
    },
  ],
];

describe("the inspector for everybody", () => {
  const suite = inspectorSuite();
  for (const theme of themeKinds) {
    describe(`the inspector in a theme of kind ${theme}`, () => {
      for (const [name, prepare] of states) {
        it(`has no accessibility finding: ${name}`, async () => {
          const inspector = await suite.open({ theme, width: 320, height: 800, ask: lessonAnswers });
          await inspector.page.evaluate(axe);
          await prepare(inspector);
          assert.deepEqual(await findings(inspector), []);
        });
      }

      it("leaves nothing outside at 280 pixels, and shows the graph at a size that can be read", async () => {
        const inspector = await suite.open({ theme, width: 280, height: 700 });
        await inspector.show(lesson(), {
          titles: ["A rather long title of a snippet that has to be cut", "Another"],
          stale: true,
        });
        const overflow = await inspector.page.evaluate(() =>
          [...document.querySelectorAll(".header *, .timeline *, .graph-controls *, .notices *")]
            .filter((e) => e.getBoundingClientRect().width > 0)
            .filter((e) => e.getBoundingClientRect().right > 280.5 || e.getBoundingClientRect().left < -0.5)
            .map((e) => e.outerHTML.slice(0, 80)),
        );
        assert.deepEqual(overflow, []);
        const name = await inspector.page.locator('[data-key="t:x"] .t-name').boundingBox();
        assert((name?.height ?? 0) >= 10, `the name is ${name?.height} pixels high`);
      });

      it("leaves nothing of the header and the charts outside at 280 pixels where there are curves", async () => {
        const inspector = await suite.open({ theme, width: 280, height: 700 });
        await inspector.show(descent());
        await inspector.page.getByRole("tab", { name: "Curves" }).click();
        await inspector.page.locator(".curve-chart .curve-line").first().waitFor();
        const overflow = await inspector.page.evaluate(() =>
          [...document.querySelectorAll(".header *, .curve-chart *, .curve-head *, .curve-findings *")]
            .filter((e) => e.getBoundingClientRect().width > 0)
            .filter((e) => e.getBoundingClientRect().right > 280.5 || e.getBoundingClientRect().left < -0.5)
            .map((e) => e.outerHTML.slice(0, 80)),
        );
        assert.deepEqual(overflow, []);
        const search = await inspector.page.locator(".search").boundingBox();
        assert.ok((search?.width ?? 0) > 120, `the search is ${search?.width} pixels wide`);
      });
    });
  }

  describe("the inspector while the theme changes", () => {
    it("takes over the new colours without being shown anew", async () => {
      const inspector = await suite.open({ theme: "dark" });
      await inspector.show(lesson());
      const colour = () =>
        inspector.page.locator('[data-key="t:z"] .outline').evaluate((e) => getComputedStyle(e).fill);
      const dark = await colour();
      await inspector.theme("light");
      assert.notEqual(await colour(), dark);
      assert.equal(await inspector.page.locator(".canvas .node").count(), 6);
    });
  });
});
