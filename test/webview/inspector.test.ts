// The inspector as a person uses it: mouse and keys in a real browser, under the policy of a webview.
import assert from "node:assert/strict";
import type { Range } from "../../engine/protocol/report";
import { range } from "./fixtures/builder";
import {
  bigTensors,
  cut,
  failingForward,
  hostile,
  large,
  lesson,
  loop,
  overwritten,
  sharedAndFreed,
} from "./fixtures/reports";
import { type Inspector, type OpenOptions, stateOf } from "./harness/inspector";
import { inspectorSuite } from "./harness/suite";
import { themeKinds } from "./harness/themes";

const node = ({ page }: Inspector, key: string) => page.locator(`.canvas [data-key="${key}"]`);
const target = (i: Inspector, key: string) => node(i, key).locator(".target");
const details = ({ page }: Inspector) => page.getByRole("region", { name: "Details of the selection" });
const asks = ({ asked }: Inspector, method: string) =>
  asked.filter((a) => a.method === method).map((a) => a.args);
const eventually = async (check: () => Promise<boolean> | boolean, what: string): Promise<void> => {
  const end = Date.now() + 5000;
  while (!(await check())) {
    assert(Date.now() < end, what);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Not outside of the drawing's frame. */
const inSight = async (i: Inspector, key: string): Promise<boolean> => {
  const [box, frame] = [await node(i, key).boundingBox(), await i.page.locator(".canvas").boundingBox()];
  if (!box || !frame) return false;
  const across = box.x >= frame.x && box.x + box.width <= frame.x + frame.width;
  return across && box.y >= frame.y && box.y + box.height <= frame.y + frame.height;
};

describe("the inspector in a browser", () => {
  const suite = inspectorSuite();
  const open = (options?: OpenOptions): Promise<Inspector> => suite.open(options);

  describe("the inspector's graph", () => {
    it("is ready once, and draws what it is shown", async () => {
      const i = await open();
      await i.show(lesson());
      assert.equal(asks(i, "ready").length, 1);
      assert.equal(
        await i.page
          .getByRole("listbox", { name: /^Tensors/ })
          .getByRole("option")
          .count(),
        6,
      );
      assert.match(
        (await target(i, "t:x").getAttribute("aria-label")) ?? "",
        /^x, leaf tensor, float32 \[\], requires grad/,
      );
      assert.equal(await node(i, "n:PowBackward0").getByText("freed by line 6").count(), 1);
    });

    it("goes to the code when a node is clicked, and tells about it", async () => {
      const i = await open();
      await i.show(lesson());
      await node(i, "t:x").click();
      await eventually(() => asks(i, "reveal").length === 1, "nothing was revealed");
      assert.deepEqual(asks(i, "reveal")[0], [range(1), false]);
      assert.equal(await details(i).getByRole("heading", { name: "x", exact: true }).count(), 1);
      assert.equal(await target(i, "t:x").getAttribute("aria-selected"), "true");
    });

    it("follows the cursor: selects, and brings what lies outside into view", async () => {
      const i = await open({ height: 500 });
      const report = large(300);
      await i.show(report);
      const x = report.tensors.find((t) => t.names[0] === "x");
      i.remote.select({ kind: "tensor", id: x?.id ?? 0 });
      await eventually(
        async () => (await target(i, "t:x").getAttribute("aria-selected")) === "true",
        "not selected",
      );
      await eventually(() => inSight(i, "t:x"), "not in sight");
      assert.deepEqual(asks(i, "reveal"), []);
      i.remote.select(null);
      await eventually(async () => (await i.page.locator(".node.selected").count()) === 0, "still selected");
    });

    it("is walked through with arrow keys along the edges; Enter goes to the code with the focus", async () => {
      const i = await open();
      await i.show(lesson());
      await node(i, "t:x").click();
      const visited: (string | null)[] = [];
      for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"]) {
        await i.page.keyboard.press(key);
        visited.push(
          await i.page.evaluate(
            () => document.activeElement?.closest("[data-key]")?.getAttribute("data-key") ?? null,
          ),
        );
      }
      assert.deepEqual(visited, ["n:PowBackward0", "n:AddBackward0>z", "t:z", "n:AddBackward0>z"]);
      await i.page.keyboard.press("Enter");
      await eventually(() => asks(i, "reveal").length === 2, "nothing was revealed");
      assert.equal(asks(i, "reveal")[1]?.[1], true);
      assert.equal(await i.page.locator('.canvas [tabindex="0"]').count(), 1);
      await i.page.keyboard.press("Escape");
      assert.equal(await i.page.locator(".node.selected").count(), 0);
    });

    it("is reached by Tab alone, and every control has a name", async () => {
      const i = await open();
      await i.show(lesson());
      const seen: string[] = [];
      for (let n = 0; n < 24; n++) {
        await i.page.keyboard.press("Tab");
        seen.push(
          await i.page.evaluate(() => {
            let at: Element | null = document.activeElement;
            while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
            return at?.getAttribute("aria-label") ?? at?.textContent?.trim() ?? "";
          }),
        );
      }
      for (const wanted of [
        /^Graph$/,
        /^Search the graph$/,
        /^Export$/,
        /leaf tensor|operator|node/,
        /^Fit/,
        /^Legend$/,
        /^Play$/,
        /^Timeline$/,
      ]) {
        assert(
          seen.some((name) => wanted.test(name)),
          `${wanted} was not reached in ${JSON.stringify(seen)}`,
        );
      }
    });

    it("says what goes along an edge that is pointed at, and leads to where it comes from", async () => {
      const i = await open({ width: 600, height: 800 });
      await i.show(lesson());
      const labels = () => i.page.locator(".edge-label").allTextContents();
      assert.deepEqual(await labels(), []);
      const edge = i.page.locator('.edge[data-edge^="t:x→n:PowBackward0"] .edge-target').first();
      await edge.hover();
      assert.deepEqual(await labels(), ["self []"]);
      await edge.click();
      assert.equal(await target(i, "t:x").getAttribute("aria-selected"), "true");
      await target(i, "t:z").hover();
      assert.deepEqual(await labels(), ["[]"]);
    });

    it("is dragged, zoomed and fitted, and a drag selects nothing", async () => {
      const i = await open();
      await i.show(lesson());
      const before = await node(i, "t:x").boundingBox();
      assert(before);
      await i.page.mouse.move(before.x + 20, before.y + 10);
      await i.page.mouse.down();
      await i.page.mouse.move(before.x + 60, before.y + 40, { steps: 4 });
      await i.page.mouse.up();
      const moved = await node(i, "t:x").boundingBox();
      assert.equal(Math.round((moved?.x ?? 0) - before.x), 40);
      assert.equal(Math.round((moved?.y ?? 0) - before.y), 30);
      assert.equal(await i.page.locator(".node.selected").count(), 0);
      await i.page.keyboard.down("Control");
      await i.page.mouse.wheel(0, -200);
      await i.page.keyboard.up("Control");
      await eventually(
        async () => ((await node(i, "t:x").boundingBox())?.width ?? 0) > before.width * 1.5,
        "not zoomed",
      );
      await i.page.getByRole("button", { name: /^Fit/ }).click();
      const fitted = await node(i, "t:x").boundingBox();
      assert.equal(Math.round(fitted?.x ?? 0), Math.round(before.x));
    });

    it("keeps its nodes and their places when only values change", async () => {
      const i = await open({ reducedMotion: false });
      await i.show(lesson());
      await node(i, "t:x").evaluate((element) => element.setAttribute("data-marked", "yes"));
      const before = await node(i, "t:x").boundingBox();
      const report = lesson();
      const [x] = report.tensors;
      if (x) x.value = 5;
      await i.show(report);
      assert.equal(await node(i, "t:x").getAttribute("data-marked"), "yes");
      assert.deepEqual(await node(i, "t:x").boundingBox(), before);
      assert.equal(await node(i, "t:x").getByText("5", { exact: true }).count(), 1);
    });

    it("slides nodes to their new places when the graph changes, unless less motion is asked for", async () => {
      const moves = async (reducedMotion: boolean): Promise<number> => {
        const i = await open({ reducedMotion });
        await i.show(lesson());
        const moving = i.page.evaluate(
          () =>
            new Promise<number>((resolve) => {
              const app = document.getElementById("app");
              new MutationObserver(() => {
                const animations = document.getAnimations().filter((a) => !(a instanceof CSSAnimation));
                resolve(animations.length);
              }).observe(app as Node, { attributes: true, attributeFilter: ["data-drawn"] });
            }),
        );
        const report = cut();
        const [first] = report.tensors;
        if (first) first.names = ["x"];
        await i.show(report);
        const count = await moving;
        return count;
      };
      assert.equal(await moves(true), 0);
      assert((await moves(false)) > 0);
    });

    it("shows cut, freed, frozen, failing and counted by more than colour", async () => {
      const i = await open();
      await i.show(cut());
      assert.equal(await i.page.locator(".edge-cut .cut-mark").count(), 1);
      assert.equal(await node(i, "t:scale").locator(".mark-frozen").count(), 1);
      assert.equal(await node(i, "t:y").locator(".mark-retains-grad").count(), 1);
      const dashes = await node(i, "n:MulBackward0")
        .locator(".outline")
        .evaluate((e) => getComputedStyle(e).strokeDasharray);
      assert.notEqual(dashes, "none");
      await i.show(loop());
      assert.equal(await node(i, "t:pred").getByText("× 100").count(), 1);
      await i.show(overwritten());
      assert.equal(await node(i, "n:ExpBackward0>h").locator(".mark-failed").count(), 1);
    });

    it("draws what a step adds over the neighbours, without taking the focus from a node", async () => {
      const i = await open();
      await i.show(lesson());
      const added = i.page.locator(".canvas .node:has(.chip-added)");
      const back = i.page.getByRole("button", { name: "Previous step" });
      for (let step = 0; step < 4 && (await added.count()) === 0; step++) await back.click();
      assert.equal(await added.count(), 1);
      assert.equal(await added.evaluate((node) => node.nextElementSibling), null);
    });

    it("has the node of the timeline's step as the current one of the table, folded in the graph or not", async () => {
      const i = await open();
      await i.show(lesson());
      await i.page.getByRole("tab", { name: "Table" }).click();
      const current = i.page.locator('tr[aria-current="step"]');
      assert.equal(await current.count(), 0);
      await i.page.getByRole("button", { name: "Previous step" }).click();
      await current.first().waitFor();
      const last = await current.getAttribute("data-id");
      await i.page.getByRole("button", { name: "Previous step" }).click();
      await eventually(
        async () => (await current.getAttribute("data-id")) !== last,
        "the step did not move on",
      );
      assert.equal(await current.count(), 1);
      await i.page.getByRole("slider", { name: "Timeline" }).focus();
      await i.page.keyboard.press("Escape");
      await eventually(async () => (await current.count()) === 0, "the result has no step");
    });

    it("finds what is searched for, in the graph and in the table, and steps through the matches", async () => {
      const i = await open();
      await i.show(cut());
      await i.page.keyboard.press("Tab");
      await i.page.keyboard.press("/");
      await i.page.keyboard.type("mul");
      await eventually(async () => (await i.page.locator(".node.match").count()) === 3, "three matches");
      await i.page.keyboard.press("Enter");
      await eventually(
        async () => (await i.page.locator(".node.match.selected").count()) === 1,
        "one is selected",
      );
      const first = await i.page.locator(".node.selected").getAttribute("data-key");
      await i.page.keyboard.press("Enter");
      await eventually(
        async () => (await i.page.locator(".node.selected").getAttribute("data-key")) !== first,
        "the next",
      );
      assert.equal(await i.page.locator(".search-count").textContent(), "2 of 3");
      await i.page.keyboard.press("Shift+Enter");
      await eventually(
        async () => (await i.page.locator(".node.selected").getAttribute("data-key")) === first,
        "back to the first",
      );
      assert.equal(await i.page.locator(".search-count").textContent(), "1 of 3");
      await i.page.getByRole("tab", { name: "Table" }).click();
      assert.equal(await i.page.locator(".table tbody tr").count(), 3);
      await i.page.getByRole("searchbox").or(i.page.getByRole("textbox")).first().focus();
      await i.page.keyboard.press("Escape");
      await eventually(async () => (await i.page.locator(".table tbody tr").count()) === 9, "all rows again");
    });

    it("turns when it is told to, and says in which direction it is drawn", async () => {
      const i = await open({ width: 300, height: 700 });
      await i.show(lesson());
      const below = async (): Promise<boolean> => {
        const [x, z] = [await node(i, "t:x").boundingBox(), await node(i, "t:z").boundingBox()];
        return (z?.y ?? 0) > (x?.y ?? 0) + (x?.height ?? 0);
      };
      assert.equal(await below(), true);
      await i.page.getByRole("button", { name: "Direction: by the panel's shape" }).click();
      await eventually(async () => !(await below()), "it was not turned");
      assert.equal(await i.page.getByRole("button", { name: "Direction: left to right" }).count(), 1);
    });

    it("has a legend", async () => {
      const i = await open();
      await i.show(lesson());
      const legend = i.page.getByRole("region", { name: "Legend" });
      assert.equal(await legend.isVisible(), false);
      await i.page.getByRole("button", { name: "Legend" }).click();
      assert.equal(await legend.isVisible(), true);
      assert.equal(await legend.getByText("the gradient is cut").count(), 1);
    });

    it("holds only what is near the view of a large graph, and finds the rest by keys", async () => {
      const i = await open();
      await i.show(large(600));
      const drawn = await i.page.locator(".canvas .node").count();
      assert(drawn > 5 && drawn < 200, `${drawn} nodes are in the document`);
      await i.page.locator('.canvas [tabindex="0"]').focus();
      await i.page.keyboard.press("Home");
      const focused = () =>
        i.page.evaluate(() => document.activeElement?.closest("[data-key]")?.getAttribute("data-key") ?? "");
      await eventually(async () => ["t:x", "t:layers.0.weight"].includes(await focused()), "the first node");
      await eventually(async () => inSight(i, await focused()), "the first node is not in sight");
    });
  });

  describe("the inspector's table", () => {
    it("has the same nodes and the same selection", async () => {
      const i = await open({ width: 900 });
      await i.show(lesson());
      await node(i, "t:z").click();
      await i.page.getByRole("tab", { name: "Table" }).click();
      const selected = i.page.locator('tr[aria-selected="true"]');
      assert.equal(await selected.count(), 1);
      assert.match((await selected.textContent()) ?? "", /^z25∂ 1/);
      await i.page.getByRole("row", { name: /^x / }).click();
      assert.equal(await details(i).getByRole("heading", { name: "x", exact: true }).count(), 1);
      await i.page.getByRole("tab", { name: "Graph" }).click();
      assert.equal(await target(i, "t:x").getAttribute("aria-selected"), "true");
    });

    it("is sorted by its headers, and walked and opened with the keys", async () => {
      const i = await open({ width: 900 });
      await i.show(lesson());
      await i.page.getByRole("tab", { name: "Table" }).click();
      const header = i.page.getByRole("columnheader", { name: "Name" });
      await header.getByRole("button").click();
      assert.equal(await header.getAttribute("aria-sort"), "ascending");
      const first = () => i.page.locator(".table tbody tr").first();
      assert.equal(await first().getAttribute("data-id"), "n:AddBackward0>z");
      await first().click();
      await i.page.keyboard.press("ArrowRight");
      assert.equal(await first().getAttribute("aria-expanded"), "true");
      assert.equal(await i.page.locator('tr[aria-level="2"]').count(), 3);
      await i.page.keyboard.press("ArrowDown");
      assert.match((await i.page.locator("tr:focus").textContent()) ?? "", /self from PowBackward0/);
      assert.equal(await details(i).getByRole("heading", { name: "PowBackward0" }).count(), 1);
      await i.page.keyboard.press("ArrowLeft");
      await i.page.keyboard.press("ArrowLeft");
      assert.equal(await first().getAttribute("aria-expanded"), "false");
      const before = asks(i, "reveal").length;
      await i.page.keyboard.press("Enter");
      await eventually(() => asks(i, "reveal").length === before + 1, "nothing was revealed");
    });
  });

  describe("the inspector's table of a large graph", () => {
    const rows = (i: Inspector) => i.page.locator(".table tbody tr:not(.table-gap)");

    it("has in the document what is seen, says how many there are, and goes to its end with a key", async () => {
      const i = await open({ width: 900, height: 600 });
      await i.show(large(3000));
      await i.page.getByRole("tab", { name: "Table" }).click();
      const table = i.page.getByRole("treegrid");
      const count = Number(await table.getAttribute("aria-rowcount"));
      assert.ok(count > 4000, `${count} rows`);
      assert.ok((await rows(i).count()) < 120, `${await rows(i).count()} rows in the document`);
      await rows(i).first().click();
      await i.page.keyboard.press("End");
      const focused = () => i.page.evaluate(() => document.activeElement?.getAttribute("aria-rowindex"));
      assert.equal(await focused(), String(count));
      const last = await i.page.locator("tr:focus").boundingBox();
      assert.ok(last && last.y > 0 && last.y + last.height <= 600, "the last row is out of sight");
      await i.page.keyboard.press("ArrowUp");
      assert.equal(await focused(), String(count - 1));
      await i.page.keyboard.press("Home");
      assert.equal(await focused(), "2");
    });

    it("goes on with keys from a row that was scrolled away", async () => {
      const i = await open({ width: 900, height: 600 });
      await i.show(large(3000));
      await i.page.getByRole("tab", { name: "Table" }).click();
      await rows(i).nth(3).click();
      await i.page.locator(".table").evaluate((e) => {
        e.scrollTop = 40_000;
      });
      await eventually(
        async () => Number(await rows(i).first().getAttribute("aria-rowindex")) > 1000,
        "nothing was scrolled",
      );
      await i.page.keyboard.press("ArrowDown");
      await eventually(
        async () =>
          (await i.page.evaluate(() => document.activeElement?.getAttribute("aria-rowindex"))) === "6",
        "the next row has no focus",
      );
    });
  });

  describe("the inspector's timeline", () => {
    it("is moved with keys: highlights the line, says the step, and lets the gradient flow with its number", async () => {
      const i = await open();
      await i.show(lesson());
      const slider = i.page.getByRole("slider", { name: "Timeline" });
      await slider.focus();
      await i.page.keyboard.press("Home");
      for (let n = 0; n < 4; n++) await i.page.keyboard.press("ArrowRight");
      const words = await i.page.locator(".timeline-words").textContent();
      assert.equal(words, "Backward (line 6): PowBackward0 of line 4 receives 1 and passes 6 to x.");
      assert.match((await slider.getAttribute("aria-valuetext")) ?? "", /^step 5 of 6: Backward/);
      assert.deepEqual(asks(i, "highlight").at(-1), [range(3, 4, 19)]);
      assert.deepEqual((await i.page.locator(".flow-label").allTextContents()).sort(), ["1", "6"]);
      assert.match((await node(i, "n:PowBackward0").getAttribute("class")) ?? "", /active/);
      assert.equal(await node(i, "t:x").getByText("None").count(), 1);
      await i.page.keyboard.press("ArrowRight");
      assert.equal(await node(i, "t:x").getByText("+6").count(), 1);
      await i.page.keyboard.press("Escape");
      await eventually(() => asks(i, "highlight").at(-1)?.[0] === null, "the highlight has not ended");
      assert.equal(await i.page.locator(".flow").count(), 0);
    });

    it("plays at a speed to its end and stops at the result", async () => {
      const i = await open();
      await i.show(lesson());
      const speed = i.page.getByRole("button", { name: /^Speed/ });
      while ((await speed.textContent()) !== "4×") await speed.click();
      await i.page.getByRole("button", { name: "Play" }).click();
      assert.equal(await i.page.getByRole("button", { name: "Pause" }).count(), 1);
      await eventually(
        async () => (await i.page.getByRole("button", { name: "Play" }).count()) === 1,
        "it never ended",
      );
      const lines = asks(i, "highlight").map(([r]) => (r as Range | null)?.start.line ?? null);
      assert.deepEqual(lines, [3, 3, 3, 3, 3, 1, null]);
    });

    it("is paused by its button and moved by its buttons", async () => {
      const i = await open();
      await i.show(lesson());
      await i.page.getByRole("button", { name: "Play" }).click();
      await i.page.getByRole("button", { name: "Pause" }).click();
      await i.page.getByRole("button", { name: "Next step" }).click();
      assert.equal(await i.page.locator(".timeline-counter").textContent(), "2/6");
      await i.page.getByRole("button", { name: "Previous step" }).click();
      assert.equal(await i.page.locator(".timeline-counter").textContent(), "1/6");
    });

    it("stays at its step when the same run is shown again, and ends with a new one", async () => {
      const i = await open();
      await i.show(lesson(), { runId: 1 });
      await i.page.getByRole("button", { name: "Previous step" }).click();
      await i.show(lesson(), { runId: 1, stale: true });
      assert.equal(await i.page.locator(".timeline-counter").textContent(), "6/6");
      await i.show(lesson(), { runId: 2 });
      assert.equal(await i.page.locator(".timeline-counter").textContent(), "6");
    });
  });

  describe("the inspector's details", () => {
    it("tell of findings, cuts, leaves and backward calls while nothing is selected and there is room", async () => {
      const i = await open({ width: 900, height: 800 });
      await i.show(cut());
      const text = (await details(i).textContent()) ?? "";
      assert.match(text, /The graph is cutdetach/);
      assert.match(text, /scale\[\]frozen/);
      assert.match(text, /backward\(\), line 7/);
      await details(i).getByRole("button", { name: "select x" }).click();
      assert.equal(await details(i).getByRole("heading", { name: "x", exact: true }).count(), 1);
      await i.page.setViewportSize({ width: 300, height: 800 });
      await i.page.keyboard.press("Escape");
      await i.page.locator(".canvas").click({ position: { x: 5, y: 5 } });
      assert.equal(await details(i).count(), 0, "in a narrow panel the graph has all of the room");
    });

    it("tell why there is no gradient, with the place", async () => {
      const i = await open();
      await i.show(lesson());
      await node(i, "t:y").click();
      const note = details(i).locator(".note");
      assert.match((await note.textContent()) ?? "", /\.grad is None\. y does not require grad\. line 3/);
      await note.getByRole("button", { name: "go to line 3" }).click();
      await eventually(() => asks(i, "reveal").length === 2, "nothing was revealed");
      assert.deepEqual(asks(i, "reveal")[1]?.[0], range(2, 4, 40));
    });

    it("show the gradient of each call and their sum", async () => {
      const i = await open({ width: 900 });
      await i.show(sharedAndFreed());
      await node(i, "t:x").click();
      const rows = await details(i)
        .getByRole("table", { name: "Gradient by backward call" })
        .locator("tbody tr")
        .allTextContents();
      assert.deepEqual(rows, ["backward, line 6−2.615−2.615", "backward, line 73229.39"]);
    });

    it("show a node's saved tensors, typeset rule, v and vᵀJ, and lead to its tensors", async () => {
      const i = await open({ width: 900, height: 800 });
      await i.show(sharedAndFreed());
      await node(i, "n:MulBackward0>q").click();
      assert.equal(await details(i).locator("math").first().isVisible(), true);
      const saved = details(i).getByRole("table", { name: "Saved tensors" });
      assert.deepEqual(await saved.locator("tbody tr").allTextContents(), [
        "selfy[]0freed by the call of line 7",
        "othery[]0freed by the call of line 7",
      ]);
      assert.deepEqual(await details(i).locator(".jacobian .grid").allTextContents(), ["1", "4", "4"]);
      await saved.getByRole("button", { name: "select y" }).first().click();
      assert.equal(await target(i, "t:y").getAttribute("aria-selected"), "true");
    });

    it("name who changed a tensor, and a saved tensor that has changed since", async () => {
      const i = await open({ width: 900 });
      await i.show(overwritten());
      await node(i, "t:h").click();
      assert.match((await details(i).textContent()) ?? "", /1, last changed by add_ at line 4/);
      await node(i, "n:ExpBackward0>h").click();
      assert.match((await details(i).textContent()) ?? "", /0, now 1overwritten by add_ at line 4/);
    });

    it("page through a tensor of three dimensions", async () => {
      const i = await open({ width: 900, height: 900 });
      await i.show(bigTensors());
      await node(i, "t:cube").click();
      const grid = details(i).locator(".grid").first();
      const cell = () => grid.locator("tbody tr").first().locator("td").first().textContent();
      assert.equal(await cell(), "0");
      await grid.getByRole("button", { name: "next dim 0" }).click();
      assert.equal(await cell(), "100");
      await grid.getByRole("button", { name: "next rows" }).click();
      assert.equal(await cell(), "116");
      await grid.getByRole("button", { name: "next columns" }).click();
      assert.equal(await cell(), "104");
    });

    it("read the pages of a large tensor on demand", async () => {
      const i = await open({
        width: 900,
        height: 900,
        elements: (_tensor, offset, count) => ({
          value: Array.from({ length: count }, (_, n) => offset + n),
        }),
      });
      await i.show(bigTensors(), { runId: 77 });
      await node(i, "t:large").click();
      const grid = details(i).locator(".grid").first();
      const cell = () => grid.locator("tbody tr").first().locator("td").first().textContent();
      await eventually(
        async () => (await grid.locator("td").count()) > 0 && (await cell()) === "0",
        "no first page",
      );
      await grid.getByRole("button", { name: "next rows" }).click();
      await eventually(async () => (await cell()) === "1600", "no second page");
      const report = bigTensors();
      const id = report.tensors.find((t) => t.names[0] === "large")?.id;
      assert.deepEqual(asks(i, "elements")[0], [77, id, 0, 12]);
    });

    it("copy values as text", async () => {
      const i = await open({ width: 900 });
      await i.show(cut());
      await node(i, "t:x").click();
      await details(i).getByRole("button", { name: "Copy the value of x as text" }).click();
      await i.page.getByRole("menuitem", { name: "As a Python list" }).click();
      await eventually(() => asks(i, "copy").length === 1, "nothing was copied");
      assert.deepEqual(asks(i, "copy")[0], ["[1, -2, 3]"]);
      await details(i).getByRole("button", { name: "Copy the value of x as text" }).press("Enter");
      await i.page.keyboard.press("ArrowDown");
      await i.page.keyboard.press("Enter");
      await eventually(() => asks(i, "copy").length === 2, "nothing was copied");
      assert.deepEqual(asks(i, "copy")[1], ["torch.tensor([1, -2, 3], dtype=torch.float32)"]);
    });

    it("are resized with the keys", async () => {
      const i = await open();
      await i.show(lesson());
      await node(i, "t:x").click();
      const height = async () => (await details(i).boundingBox())?.height ?? 0;
      const before = await height();
      await i.page.getByRole("separator", { name: "Size of the details" }).focus();
      await i.page.keyboard.press("ArrowUp");
      assert((await height()) > before + 10);
    });
  });

  describe("the inspector's states", () => {
    it("shows a message with a command when there is nothing to show", async () => {
      const i = await open();
      i.remote.show(
        stateOf(null, {
          message: { text: "This workspace is not trusted.", command: "trust", commandTitle: "Manage Trust" },
        }),
      );
      await i.page.getByText("This workspace is not trusted.").waitFor();
      await i.page.getByRole("button", { name: "Manage Trust" }).click();
      await eventually(() => asks(i, "runCommand").length === 1, "no command");
      assert.deepEqual(asks(i, "runCommand")[0], ["trust"]);
      assert.equal(await i.page.getByRole("tab").count(), 0);
      await i.show(lesson());
      assert.equal(await node(i, "t:x").isVisible(), true);
    });

    it("lets one choose another snippet while this one has nothing to show", async () => {
      const i = await open();
      i.remote.show(
        stateOf(null, { titles: ["First", "Second"], message: { text: "Begin with `# %% [grad]`." } }),
      );
      await i.page.locator("vscode-single-select").click();
      await i.page.getByRole("option", { name: "Second" }).click();
      await eventually(() => asks(i, "choose").length === 1, "nothing was chosen");
      assert.equal(await i.page.locator(".empty .code").textContent(), "# %% [grad]");
    });

    it("shows a stale report as stale at once, and keeps it visible", async () => {
      const i = await open();
      await i.show(lesson(), { runId: 5 });
      await i.show(lesson(), { runId: 5, stale: true });
      assert.equal(await i.page.getByText("The text has changed since this run.").isVisible(), true);
      assert.equal(await node(i, "t:x").isVisible(), true);
      await i.show(lesson(), { runId: 6 });
      assert.equal(await i.page.getByText("The text has changed since this run.").count(), 0);
    });

    it("says that it runs, only when that takes its time", async () => {
      const i = await open({ reducedMotion: false });
      await i.show(lesson(), { running: true });
      const bar = i.page.locator(".progress");
      assert.equal(await bar.evaluate((e) => getComputedStyle(e).animationDelay), "0.3s, 0.3s");
      await eventually(() => bar.isVisible(), "no progress");
      await i.show(lesson());
      assert.equal(await bar.isVisible(), false);
    });

    it("shows the error with its place, beside the graph as far as it got", async () => {
      const i = await open();
      await i.show(failingForward());
      assert.equal(
        await i.page.getByText("mat1 and mat2 shapes cannot be multiplied (2x2 and 3x1)").isVisible(),
        true,
      );
      assert.equal(await node(i, "failure").count(), 1);
      assert.equal(await node(i, "t:twice").count(), 1);
      await i.page.getByRole("button", { name: "go to line 5" }).click();
      await eventually(() => asks(i, "reveal").length === 1, "nothing was revealed");
      assert.deepEqual(asks(i, "reveal")[0]?.[0], range(4, 4, 13));
    });

    it("says why a run was stopped, and when records were dropped", async () => {
      const i = await open();
      await i.show({
        ...lesson(),
        status: "stopped",
        stoppedBy: "timeout",
        truncated: "Only the first 100 operators were kept.",
      });
      assert.equal(await i.page.getByText(/ran longer than its time limit/).isVisible(), true);
      assert.equal(await i.page.getByText("Only the first 100 operators were kept.").isVisible(), true);
    });

    it("lets one choose among the snippets", async () => {
      const i = await open();
      await i.show(lesson(), { titles: ["First", "Second"], chosen: 0 });
      await i.page.locator("vscode-single-select").click();
      await i.page.getByRole("option", { name: "Second" }).click();
      await eventually(() => asks(i, "choose").length === 1, "nothing was chosen");
      assert.deepEqual(asks(i, "choose")[0], [1]);
    });

    it("treats all text of a report as text", async () => {
      const i = await open();
      await i.show(hostile());
      await i.page.getByRole("tab", { name: "Table" }).click();
      await i.page.getByRole("tab", { name: "Graph" }).click();
      await i.page.locator(".canvas .node").first().click();
      assert.equal(await i.page.locator("img, #app script").count(), 0);
      assert.equal(await i.page.evaluate(() => "owned" in window), false);
      assert.equal(await i.page.getByText("<script>window.owned = true</script>").first().isVisible(), true);
    });

    it("shows an empty snippet as such", async () => {
      const i = await open();
      const { report } = new (await import("./fixtures/builder")).ReportBuilder("Nothing happens");
      await i.show(report);
      assert.equal(await i.page.locator(".timeline").isVisible(), false);
      assert.equal(await i.page.locator(".canvas .node").count(), 0);
    });

    it("comes back after a reload with its tab, selection, step and search", async () => {
      const i = await open({ width: 900 });
      await i.show(lesson());
      await node(i, "t:z").click();
      await i.page.getByRole("button", { name: "Previous step" }).click();
      await i.page.getByRole("tab", { name: "Table" }).click();
      let stored: { tab?: string; step?: number | null } | undefined;
      await eventually(async () => {
        stored = await i.page.evaluate(() => (window as unknown as { keptState?: typeof stored }).keptState);
        return stored?.tab === "table" && stored.step === 5;
      }, "nothing was stored");
      const again = await open({ width: 900, stored });
      await again.show(lesson());
      assert.equal(
        await again.page.getByRole("tab", { name: "Table" }).getAttribute("aria-selected"),
        "true",
      );
      assert.equal(await again.page.locator(".timeline-counter").textContent(), "6/6");
      assert.equal(await details(again).getByRole("heading", { name: "z", exact: true }).count(), 1);
    });

    it("survives what another version stored", async () => {
      const i = await open({ stored: { tab: "table", unknown: true } });
      await i.show(lesson());
      assert.equal(await i.page.getByRole("tab", { name: "Table" }).getAttribute("aria-selected"), "true");
    });
  });

  describe("the inspector's exports", () => {
    it("write an SVG that stands by itself: colours resolved, no classes, every node", async () => {
      const i = await open();
      await i.show(large(600));
      const svg = await i.remote.exportGraph("svg");
      assert.match(svg, /^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      assert.doesNotMatch(svg, /var\(|color-mix|color\(srgb|class=/);
      assert.equal(svg.split("layers.").length - 1, 100);
      const page = await suite.browser.newPage();
      const valid = await page.evaluate((text) => {
        const parsed = new DOMParser().parseFromString(text, "image/svg+xml");
        return parsed.querySelector("parsererror")?.textContent ?? "";
      }, svg);
      await page.close();
      assert.equal(valid, "");
    });

    it("write a PNG twice the size", async () => {
      const i = await open();
      await i.show(lesson());
      const png = Buffer.from(await i.remote.exportGraph("png"), "base64");
      assert.equal(png.subarray(1, 4).toString(), "PNG");
      const svg = await i.remote.exportGraph("svg");
      assert.equal(png.readUInt32BE(16), 2 * Number(/width="(\d+)"/.exec(svg)?.[1]));
    });

    it("write pictures for print in the same colours whatever the theme: dark on white, and leave the panel as it was", async () => {
      const pictures: string[] = [];
      for (const theme of themeKinds) {
        const i = await open({ theme });
        await i.show(lesson());
        const before = await i.remote.exportGraph("svg");
        const print = await i.remote.exportGraph("svg-print");
        assert.equal(await i.remote.exportGraph("svg"), before);
        assert.match(print, /<rect [^>]*fill="#ffffff"/);
        // Fonts are those of the theme, marks of high contrast are lines of another width.
        pictures.push([...new Set(print.match(/(?:fill|stroke)="#\w+"/g))].sort().join(" "));
        assert.equal(await i.page.locator(".for-print").count(), 0);
      }
      assert.equal(pictures[0], pictures[1]);
      for (const picture of pictures) {
        for (const [, r = "", g = "", b = ""] of picture.matchAll(/stroke="#(..)(..)(..)"/g)) {
          const light = Math.min(...[r, g, b].map((channel) => Number.parseInt(channel, 16)));
          assert.ok(light < 0xd8, `a line of #${r}${g}${b} is not seen on white`);
        }
      }
    });

    it("are saved and copied from the menu with the keys", async () => {
      const i = await open();
      await i.show(lesson());
      await i.page.getByRole("button", { name: "Export" }).focus();
      await i.page.keyboard.press("Enter");
      await i.page.keyboard.press("ArrowDown");
      await i.page.keyboard.press("Enter");
      await eventually(() => asks(i, "save").length === 1, "nothing was saved");
      assert.deepEqual(asks(i, "save")[0], ["png"]);
      await i.page.getByRole("button", { name: "Export" }).click();
      await i.page.getByRole("menuitem", { name: "Copy Mermaid" }).click();
      await eventually(() => asks(i, "copy").length === 1, "nothing was copied");
      assert.match(String(asks(i, "copy")[0]?.[0]), /^flowchart TB/);
      await i.page.getByRole("button", { name: "Export" }).click();
      await i.page.keyboard.press("Escape");
      assert.equal(await i.page.getByRole("menu").count(), 0);
    });

    it("refuse in words when there is no graph", async () => {
      const i = await open();
      i.remote.show(stateOf(null));
      await assert.rejects(i.remote.exportGraph("dot"), /There is no graph to export/);
    });

    it("offers the finding as a PyTorch script, and says why there is none", async () => {
      const why = "Put together as one script, the snippets do not give this finding again.";
      const i = await suite.open({ copyScript: why });
      await i.show(lesson(), { runId: 77 });
      await i.page.getByRole("button", { name: "Export" }).click();
      await i.page.getByRole("menuitem", { name: "Copy as a PyTorch script" }).click();
      await i.page.getByText(why).waitFor();
      assert.deepEqual(
        i.asked.filter(({ method }) => method === "makeScript").map(({ args }) => args),
        [[77, "clipboard"]],
      );
      await i.page.getByRole("button", { name: "Export" }).click();
      await i.page.getByRole("menuitem", { name: "Open as a PyTorch script" }).click();
      await i.page.waitForFunction(() => true);
      assert.deepEqual(i.asked.filter(({ method }) => method === "makeScript").at(-1)?.args, [77, "editor"]);
    });
  });
});
