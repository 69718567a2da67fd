// The table twin as a tree, as a person uses it: keys and mouse in a real browser.
import assert from "node:assert/strict";
import { modules } from "./fixtures/reports";
import type { Inspector } from "./harness/inspector";
import { inspectorSuite } from "./harness/suite";

const eventually = async (check: () => Promise<boolean> | boolean, what: string): Promise<void> => {
  const end = Date.now() + 5000;
  while (!(await check())) {
    assert(Date.now() < end, what);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

describe("the inspector's table of groups", () => {
  const suite = inspectorSuite();
  const loopKey = "g/for t in range(3)";
  const row = (i: Inspector, id: string) => i.page.locator(`.table tr[data-id="${id}"]`);
  const focusedRow = (i: Inspector) =>
    i.page.evaluate(() => {
      const { dataset, ariaLevel } = document.activeElement as HTMLElement;
      return `${dataset.id} at ${ariaLevel}`;
    });
  const opened = async (): Promise<Inspector> => {
    const i = await suite.open({ width: 900, height: 800 });
    await i.show(modules(3, 5));
    await i.page.getByRole("tab", { name: "Table" }).click();
    return i;
  };

  it("is a tree that arrow keys open, enter and leave, with the same groups open in the graph", async () => {
    const i = await opened();
    await row(i, loopKey).click();
    assert.equal(await row(i, loopKey).getAttribute("aria-expanded"), "false");
    await i.page.keyboard.press("ArrowRight");
    assert.equal(await row(i, loopKey).getAttribute("aria-expanded"), "true");
    assert.equal(await focusedRow(i), `${loopKey} at 1`);
    await i.page.keyboard.press("ArrowRight");
    assert.match(await focusedRow(i), / at 2$/);
    const round = `${loopKey}/round 1`;
    while (!(await focusedRow(i)).startsWith(round)) await i.page.keyboard.press("ArrowDown");
    await i.page.keyboard.press("*");
    for (const n of [1, 2, 3, 4, 5])
      assert.equal(await row(i, `${loopKey}/round ${n}`).getAttribute("aria-expanded"), "true");
    await i.page.keyboard.press("ArrowRight");
    assert.match(await focusedRow(i), / at 3$/);
    await i.page.keyboard.press("ArrowLeft");
    await i.page.keyboard.press("ArrowLeft");
    assert.equal(await focusedRow(i), `${round} at 2`);
    assert.equal(await row(i, round).getAttribute("aria-expanded"), "false");
    await i.page.getByRole("tab", { name: "Graph" }).click();
    await eventually(
      async () => (await i.page.locator(`.canvas [data-group="${loopKey}"]`).count()) === 1,
      "the loop is folded in the graph",
    );
    assert.equal(await i.page.locator(`.canvas [data-key="${round}"]`).count(), 1);
    assert.equal(await i.page.locator(`.canvas [data-key="${loopKey}/round 2"]`).count(), 0);
  });

  it("has a group's row as the selection of what is folded in it, and its own where it is open", async () => {
    const i = await opened();
    const selected = i.page.locator('.table tr[aria-selected="true"]');
    await row(i, loopKey).click();
    await i.page.keyboard.press("ArrowRight");
    await i.page.keyboard.press("ArrowDown");
    const inner = await selected.getAttribute("data-id");
    assert.notEqual(inner, loopKey);
    await row(i, loopKey).locator(".icon").click();
    assert.equal(await selected.getAttribute("data-id"), loopKey);
    assert.equal(await selected.count(), 1);
    await row(i, loopKey).locator(".icon").click();
    assert.equal(await selected.getAttribute("data-id"), inner);
  });

  it("shows what is searched for with its groups, and goes back to what was folded", async () => {
    const i = await opened();
    await row(i, loopKey).waitFor();
    const field = i.page.locator(".search input");
    await field.fill("tanh");
    await eventually(
      async () => (await i.page.locator(".table tr.row-node").count()) > 0,
      "nothing is found",
    );
    const names = await i.page.locator(".table tr.row-node .col-name").allTextContents();
    assert.ok(
      names.every((name) => /tanh/i.test(name)),
      names.join(),
    );
    assert.equal(await row(i, loopKey).getAttribute("aria-expanded"), "true");
    await row(i, loopKey).locator(".icon").click();
    assert.equal(await i.page.locator(".table tr.row-node").count(), 0);
    await field.fill("");
    await eventually(
      async () => (await row(i, loopKey).getAttribute("aria-expanded")) === "false",
      "the loop stayed open",
    );
  });

  it("comes back after a reload with its groups as they were, its sorting, and the splitter where it was put", async () => {
    const i = await opened();
    await row(i, loopKey).click();
    await i.page.keyboard.press("ArrowRight");
    await i.page.getByRole("columnheader", { name: "Gradient" }).getByRole("button").click();
    const splitter = i.page.getByRole("separator", { name: "Size of the details" });
    await splitter.focus();
    for (let n = 0; n < 3; n++) await i.page.keyboard.press("ArrowLeft");
    const share = await splitter.getAttribute("aria-valuenow");
    type Kept = { opened?: Record<string, boolean>; share?: number };
    const kept = () => i.page.evaluate(() => (window as unknown as { keptState?: Kept }).keptState);
    await eventually(
      async () => Math.round(((await kept())?.share ?? 0) * 100) === Number(share),
      "the splitter is not remembered",
    );
    const stored = await kept();
    const again = await suite.open({ width: 900, height: 800, stored });
    await again.show(modules(3, 5));
    assert.equal(await row(again, loopKey).getAttribute("aria-expanded"), "true");
    const header = again.page.getByRole("columnheader", { name: "Gradient" });
    assert.equal(await header.getAttribute("aria-sort"), "ascending");
    const splitterAgain = again.page.getByRole("separator", { name: "Size of the details" });
    assert.equal(await splitterAgain.getAttribute("aria-valuenow"), share);
    assert.equal(await row(again, loopKey).getAttribute("aria-selected"), "true");
  });

  it("is a plain list where that is wanted, and stays one", async () => {
    const i = await opened();
    await i.page.getByRole("button", { name: "Filter and focus" }).click();
    await i.page.locator(".menu").getByText("Table without groups", { exact: true }).click();
    assert.equal(await i.page.locator(".table tr.row-group").count(), 0);
    assert.match((await i.page.locator(".table td.col-within:visible").allTextContents()).join(), /round 1/);
    await i.show(modules(3, 5));
    assert.equal(await i.page.locator(".table tr.row-group").count(), 0);
  });
});
