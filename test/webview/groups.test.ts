// Folding, focus, filters and the map, as a person uses them: mouse and keys in a real browser.
import assert from "node:assert/strict";
import { large, lesson, modules, sharedAndFreed } from "./fixtures/reports";
import { type Inspector, stateOf } from "./harness/inspector";
import { inspectorSuite } from "./harness/suite";

const node = ({ page }: Inspector, key: string) => page.locator(`.canvas [data-key="${key}"]`);
const keys = ({ page }: Inspector): Promise<string[]> =>
  page.locator(".canvas .node").evaluateAll((all) => all.map((e) => e.getAttribute("data-key") ?? ""));
const names = async ({ page }: Inspector): Promise<string[]> =>
  page.locator(".canvas .node .t-name").allTextContents();
const drawings = ({ page }: Inspector): Promise<number> =>
  page.evaluate(() => Number(document.getElementById("app")?.dataset.drawn ?? 0));

/** Does something that draws the graph anew, and waits for it. */
async function redraw(i: Inspector, act: () => Promise<unknown>): Promise<void> {
  const before = await drawings(i);
  await act();
  await i.page.waitForFunction((n) => Number(document.getElementById("app")?.dataset.drawn ?? 0) > n, before);
}

async function choose(i: Inspector, item: string): Promise<void> {
  await i.page.getByRole("button", { name: "Filter and focus" }).click();
  await i.page.locator(".menu").getByText(item, { exact: true }).click();
}

describe("the inspector's groups", () => {
  const suite = inspectorSuite();
  const loop = "g/for t in range(3)";
  const open = async (rounds = 5, options = {}): Promise<Inspector> => {
    const i = await suite.open({ width: 900, height: 800, ...options });
    await i.show(modules(3, rounds));
    return i;
  };

  it("fold a loop of many rounds to one node with its count", async () => {
    const i = await open();
    assert.equal(await node(i, loop).getByText("× 5").count(), 1);
    assert.match((await node(i, loop).locator(".target").getAttribute("aria-label")) ?? "", /loop, folded/);
    assert.deepEqual(
      (await names(i)).filter((name) => name.includes("Backward")),
      ["SumBackward0"],
    );
  });

  it("are opened by a double click, and folded at their frame's name", async () => {
    const i = await open();
    await redraw(i, () => node(i, loop).dblclick());
    assert.equal(await node(i, loop).count(), 0);
    assert.deepEqual(
      (await names(i)).filter((name) => name.startsWith("round")).sort(),
      ["round 1", "round 2", "round 3", "round 4", "round 5"],
      "the rounds are alike, so there is room for all of them or for none",
    );
    const frame = i.page.locator(`.frame[data-group="${loop}"]`);
    assert.equal(await frame.count(), 1);
    await redraw(i, () => frame.locator(".frame-handle").click());
    assert.equal(await node(i, loop).count(), 1);
    assert.match((await node(i, loop).getAttribute("class")) ?? "", /selected/);
  });

  it("are opened with Enter and folded with C, by keys alone", async () => {
    const i = await open();
    await node(i, loop).click();
    await redraw(i, () => i.page.keyboard.press("Enter"));
    assert.equal(await node(i, loop).count(), 0);
    const selected = await i.page.locator(".node.selected").getAttribute("data-key");
    assert.ok(selected !== null, "nothing inside is selected");
    for (let n = 0; n < 4 && (await node(i, loop).count()) === 0; n++) {
      await redraw(i, () => i.page.keyboard.press("c"));
    }
    assert.equal(await node(i, loop).count(), 1);
  });

  it("say in the details what is inside, and lead to it", async () => {
    const i = await open();
    await node(i, loop).click();
    const details = i.page.getByRole("region", { name: "Details of the selection" });
    assert.match((await details.textContent()) ?? "", /the rounds of a loop/);
    await redraw(i, () =>
      details
        .getByRole("button", { name: /^select MulBackward0/ })
        .first()
        .click(),
    );
    assert.equal(await i.page.locator('.node.selected[data-key^="n:MulBackward0"]').count(), 1);
  });

  it("are told around the selection, where a click selects them and shows how to fold them", async () => {
    const i = await open();
    await redraw(i, () => node(i, loop).dblclick());
    const inside = i.page.locator(".canvas .node").filter({ hasText: "model.layers.0.weight" });
    await inside.first().click();
    const crumbs = i.page.getByRole("navigation", { name: "Groups around the selection" });
    assert.equal(await crumbs.getByRole("button").first().textContent(), "for t in range(3)");
    await crumbs.getByRole("button").first().click();
    assert.equal(await i.page.locator(`.frame.selected[data-group="${loop}"]`).count(), 1);
    await redraw(i, () => i.page.getByText("Fold it", { exact: true }).click());
    assert.match((await node(i, loop).getAttribute("class")) ?? "", /selected/);
    assert.equal(await crumbs.isVisible(), false);
  });

  it("stay open when the code has run again, and after the panel was hidden", async () => {
    const i = await open();
    await redraw(i, () => node(i, loop).dblclick());
    const before = (await keys(i)).sort();
    await i.show(modules(3, 5));
    assert.deepEqual((await keys(i)).sort(), before);
    await i.page.waitForTimeout(400);
    const stored = await i.page.evaluate(() => (window as unknown as { keptState: unknown }).keptState);
    const again = await suite.open({ width: 900, height: 800, stored });
    await again.show(modules(3, 5));
    assert.deepEqual((await keys(again)).sort(), before);
  });

  it("show what flows through them in a step of the timeline", async () => {
    const i = await open();
    await i.page.getByRole("button", { name: "Previous step" }).click();
    assert.equal(await i.page.locator(`.node.active[data-key="${loop}"]`).count(), 1);
  });

  it("tell the cursor's tensor by the group that holds it", async () => {
    const report = modules(3, 5);
    const i = await suite.open({ width: 900, height: 800 });
    await i.show(report);
    const h = report.tensors.find((t) => t.names[0] === "h");
    i.remote.select({ kind: "tensor", id: h?.id ?? 0 });
    await i.page.locator(`.node.selected[data-key="${loop}"]`).waitFor();
    assert.equal(await i.page.locator(".details h2").textContent(), "h");
  });

  describe("the focus", () => {
    it("leaves only what leads to a node, and comes back to everything", async () => {
      const i = await suite.open({ width: 900, height: 800 });
      await i.show(sharedAndFreed());
      const all = (await keys(i)).sort();
      await node(i, "t:p").click();
      await redraw(i, () => choose(i, "Only what leads to the selection"));
      const part = await keys(i);
      assert.ok(part.includes("t:x") && part.includes("t:p") && !part.includes("t:q"), part.join(" "));
      await redraw(i, () => choose(i, "Show everything"));
      assert.deepEqual((await keys(i)).sort(), all);
    });

    it("follows what a node leads to", async () => {
      const i = await suite.open({ width: 900, height: 800 });
      await i.show(lesson());
      await node(i, "n:PowBackward0").click();
      await redraw(i, () => choose(i, "Only what the selection leads to"));
      assert.deepEqual((await keys(i)).sort(), ["n:AddBackward0>z", "n:PowBackward0", "t:z"]);
    });

    it("cannot be set without a selection, and says so", async () => {
      const i = await suite.open({ width: 900, height: 800 });
      await i.show(lesson());
      await i.page.getByRole("button", { name: "Filter and focus" }).click();
      const item = i.page.getByRole("menuitemcheckbox", { name: "Only what leads to the selection" });
      assert.equal(await item.getAttribute("aria-disabled"), "true");
    });
  });

  describe("the filter", () => {
    it("finds by state, and hides what is not found", async () => {
      const i = await suite.open({ width: 900, height: 800 });
      await i.show(sharedAndFreed());
      await choose(i, "Leaves");
      assert.deepEqual(
        await i.page.locator(".node.match").evaluateAll((all) => all.map((e) => e.getAttribute("data-key"))),
        ["t:x"],
      );
      await redraw(i, () => choose(i, "Hide what is not found"));
      assert.deepEqual(await keys(i), ["t:x"]);
      await redraw(i, () => choose(i, "Show everything"));
      assert.ok((await keys(i)).length > 1);
    });
  });

  describe("the map", () => {
    it("appears when the graph is larger than its room, and moves the view", async () => {
      const i = await suite.open({ width: 600, height: 600 });
      await i.show(lesson());
      assert.equal(await i.page.locator(".minimap").isVisible(), false);
      await i.show(large(120));
      const map = i.page.locator(".minimap");
      assert.equal(await map.isVisible(), true);
      const world = () => i.page.locator(".world").evaluate((e) => (e as SVGElement).style.transform);
      const before = await world();
      await map.click({ position: { x: 60, y: 8 } });
      assert.notEqual(await world(), before);
    });

    it("opens in the corner where it covers the fewest nodes", async () => {
      const i = await suite.open({ width: 430, height: 500 });
      await i.show(large(120));
      const counts = await i.page.evaluate(() => {
        const map = document.querySelector(".minimap")?.getBoundingClientRect() as DOMRect;
        const room = document.querySelector(".graph")?.getBoundingClientRect() as DOMRect;
        const nodes = [...document.querySelectorAll(".canvas .node")].map((e) => e.getBoundingClientRect());
        const covered = (left: number, top: number): number =>
          nodes.filter(
            (n) => n.left < left + map.width && left < n.right && n.top < top + map.height && top < n.bottom,
          ).length;
        const right = room.right - 8 - map.width;
        const all = [
          covered(room.left + 8, room.bottom - 8 - map.height),
          covered(room.left + 8, room.top + 34),
          covered(right, room.top + 34),
        ];
        return { here: covered(map.left, map.top), all };
      });
      assert.equal(counts.here, Math.min(...counts.all), JSON.stringify(counts));
      assert.ok(Math.max(...counts.all) > 0, "a corner with nodes in it");
    });
  });

  it("are zoomed to with Z, with what they are connected to", async () => {
    const i = await suite.open({ width: 600, height: 600 });
    await i.show(large(120));
    await i.page.getByRole("button", { name: "Fit the whole graph" }).click();
    await i.page.locator(".canvas .node").first().click();
    await i.page.keyboard.press("z");
    const box = await i.page.locator(".node.selected").boundingBox();
    const frame = await i.page.locator(".canvas").boundingBox();
    assert.ok(box && frame);
    assert.ok(box.x >= frame.x && box.x + box.width <= frame.x + frame.width, "not in sight");
    assert.ok(box.width > 60, `too small: ${box.width} pixels`);
  });

  it("are no reason to lose the run's state", async () => {
    const i = await open(2);
    i.remote.show(stateOf(null, { message: { text: "Nothing here." } }));
    await i.page.getByText("Nothing here.").waitFor();
    await i.show(modules(3, 2));
    assert.ok((await keys(i)).length > 3);
  });
});

describe("two pages of the inspector", () => {
  const suite = inspectorSuite();

  it("are in step: selection and timeline of one are those of the other", async () => {
    const [side, tab] = [await suite.open({ width: 300 }), await suite.open({ width: 900 })];
    const report = sharedAndFreed();
    for (const i of [side, tab]) await i.show(report, { runId: 7 });
    await node(side, "t:y").click();
    await side.page.getByRole("button", { name: "Previous step" }).click();
    // As the extension does: what one page shares, the others follow.
    const shared = side.asked.filter((a) => a.method === "share").map((a) => a.args[0]);
    for (const each of shared) tab.remote.follow(each as Parameters<typeof tab.remote.follow>[0]);
    await tab.page.locator('.node.selected[data-key="t:y"]').waitFor();
    assert.equal(
      await tab.page.locator(".timeline-counter").textContent(),
      await side.page.locator(".timeline-counter").textContent(),
    );
    assert.deepEqual(
      tab.asked.filter((a) => a.method === "share"),
      [],
      "a page that follows tells nobody",
    );
  });

  it("do not follow what another run showed", async () => {
    const i = await suite.open();
    await i.show(lesson(), { runId: 3 });
    i.remote.follow({ runId: 2, selected: "t:x", step: 0, tries: { replace: [], seeds: [] } });
    await i.page.waitForTimeout(100);
    assert.equal(await i.page.locator(".node.selected").count(), 0);
  });
});
