// Loss and gradients' norms over the backward calls of a loop: read by mouse and keys, and from the real engine.
import assert from "node:assert/strict";
import type { EngineClient } from "../../engine/client";
import { builtEngine, engineIn } from "../support/engine";
import { descent, lesson } from "./fixtures/reports";
import type { Inspector } from "./harness/inspector";
import { live } from "./harness/live";
import { inspectorSuite } from "./harness/suite";

const training = `
w = torch.tensor([2.0, 1.0], requires_grad=True)
x = torch.tensor([1.0, -2.0])
for step in range(12):
    loss = (w * x).sum().log() if step > 7 else ((w * x) ** 2).sum()
    loss.backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    w.grad = None
`;

describe("the inspector's curves", function () {
  this.timeout(90_000);
  const suite = inspectorSuite();

  async function opened(): Promise<Inspector> {
    const i = await suite.open({ width: 420, height: 900 });
    await i.show(descent());
    await i.page.getByRole("tab", { name: "Curves" }).click();
    return i;
  }
  const chart = (i: Inspector, name: string) =>
    i.page.getByRole("slider", { name: `${name} over backward calls` });
  const cells = (i: Inspector, row: string) =>
    i.page
      .getByRole("table", { name: "Lines" })
      .getByRole("row", { name: row })
      .locator("td")
      .allTextContents();

  it("are offered where something was repeated, and nowhere else", async () => {
    const i = await opened();
    assert.equal(await chart(i, "Norm of the gradient").isVisible(), true);
    await i.show(lesson());
    assert.equal(await i.page.getByRole("tab", { name: "Curves" }).isHidden(), true);
    assert.equal(await i.page.locator("#panel-graph").isVisible(), true);
    await i.show(descent());
    assert.equal(await chart(i, "Loss").isVisible(), true, "the tab that was chosen comes back");
  });

  it("tell every line's number at the cursor, which arrow keys move from call to call", async () => {
    const i = await opened();
    assert.deepEqual(await cells(i, "‖w.grad‖"), ["0.0001", "10", "0.0001", "0.0001", "10"]);
    await chart(i, "Loss").focus();
    await i.page.keyboard.press("Home");
    await i.page.keyboard.press("ArrowRight");
    assert.equal(await chart(i, "Loss").getAttribute("aria-valuetext"), "call 2: loss 4");
    assert.equal(
      await chart(i, "Norm of the gradient").getAttribute("aria-valuetext"),
      "call 2: w 1, b 2",
      "both charts read the same call",
    );
    assert.equal((await cells(i, "‖b.grad‖"))[0], "2");
    await i.page.keyboard.press("End");
    assert.equal((await cells(i, "‖b.grad‖"))[0], "∞");
  });

  it("follow the mouse", async () => {
    const i = await opened();
    const box = await chart(i, "Loss").boundingBox();
    assert.ok(box);
    await i.page.mouse.move(box.x + 50, box.y + 60);
    assert.equal(await chart(i, "Loss").getAttribute("aria-valuenow"), "1");
    await i.page.mouse.move(box.x + box.width - 12, box.y + 60);
    assert.equal(await chart(i, "Loss").getAttribute("aria-valuenow"), "6");
  });

  it("leave a gap and a cross where a value is NaN, and mark the call of a finding", async () => {
    const i = await opened();
    const loss = chart(i, "Loss");
    const path = (await loss.locator(".curve-line").getAttribute("d")) ?? "";
    assert.equal(path.match(/M/g)?.length, 2, path);
    assert.equal(await loss.locator(".curve-bad").count(), 1);
    assert.equal(await loss.locator(".curve-mark.severity-warning").count(), 1);
    await i.page.getByRole("button", { name: "read the curves at call 4" }).click();
    assert.equal(await loss.getAttribute("aria-valuetext"), "call 4: loss nan");
    await i.page.getByRole("button", { name: "go to line 7", exact: true }).click();
    assert.deepEqual(
      i.asked.filter(({ method }) => method === "reveal").map(({ args }) => args[0]),
      [{ start: { line: 6, character: 0 }, end: { line: 6, character: 4 } }],
    );
  });

  it("say what a mark is when it is pointed at or has the focus, and lead to its line", async () => {
    const i = await opened();
    const mark = i.page.getByRole("button", { name: /^warning, call 4: NaN is born here/ }).first();
    const tip = i.page.locator(".curve-tip").first();
    assert.equal(await tip.isVisible(), false);
    await mark.hover();
    assert.match(
      (await tip.textContent()) ?? "",
      /^call 4NaN is born here, in log\. It reaches 'loss'\. \(line 7\)$/,
    );
    assert.equal(await chart(i, "Loss").getAttribute("aria-valuenow"), "4");
    await i.page.mouse.move(5, 5);
    assert.equal(await tip.isVisible(), false);
    await chart(i, "Loss").focus();
    await i.page.keyboard.press("Tab");
    assert.equal(await mark.evaluate((e) => e === document.activeElement), true);
    assert.equal(await tip.isVisible(), true);
    await i.page.keyboard.press("Enter");
    assert.equal(i.asked.filter(({ method }) => method === "reveal").length, 1);
  });

  it("mark a finding that is about all calls from the first to the last", async () => {
    const report = descent();
    const [call] = report.backwardCalls;
    assert.ok(call);
    report.diagnostics = [
      {
        code: "optim/diverging",
        severity: "hint",
        message: "The loss runs away.",
        range: call.site.range,
        related: [],
        fixes: [],
      },
    ];
    const i = await suite.open({ width: 420, height: 900 });
    await i.show(report);
    await i.page.getByRole("tab", { name: "Curves" }).click();
    assert.equal(await i.page.locator(".curve-mark.is-wide").count(), 2, "one in each chart");
    await i.page
      .getByRole("button", { name: /^hint, all calls: The loss runs away/ })
      .first()
      .hover();
    assert.match((await i.page.locator(".curve-tip").first().textContent()) ?? "", /^all calls/);
  });

  it("move the timeline to the call that is chosen, and follow the timeline's step", async () => {
    const report = descent();
    const { snippet, last } = { snippet: report, last: report.backwardCalls.at(-1) };
    assert.ok(last);
    last.ordinal = 6;
    last.count = 6;
    const i = await suite.open({ width: 420, height: 900 });
    await i.show(snippet);
    await i.page.getByRole("tab", { name: "Curves" }).click();
    const timeline = i.page.getByRole("slider", { name: "Timeline" });
    await chart(i, "Loss").focus();
    await i.page.keyboard.press("Home");
    await i.page.keyboard.press("Enter");
    assert.match(
      (await i.page.locator(".curve-note").textContent()) ?? "",
      /^Of call 1 only these numbers were kept; the timeline replays call 6\.$/,
    );
    assert.equal(await timeline.getAttribute("aria-valuetext"), "the result");
    await i.page.keyboard.press("End");
    await i.page.keyboard.press("Enter");
    assert.equal(await i.page.locator(".curve-note").textContent(), "");
    assert.match((await timeline.getAttribute("aria-valuetext")) ?? "", /: Backward/);
    await chart(i, "Loss").focus();
    await i.page.keyboard.press("Home");
    await i.page.getByRole("button", { name: "Next step" }).click();
    assert.equal(await chart(i, "Loss").getAttribute("aria-valuenow"), "6");
  });

  it("select the same tensor as graph and table", async () => {
    const i = await opened();
    await i.page.getByRole("button", { name: "‖w.grad‖" }).click();
    assert.equal(await i.page.locator(".curve-line.is-lit").count(), 1);
    await i.page.getByRole("tab", { name: "Graph" }).click();
    assert.equal(await i.page.locator('.canvas [data-key="t:w"].selected').count(), 1);
  });

  it("change from powers of ten to even steps and back", async () => {
    const i = await opened();
    const toggle = i.page.getByRole("button", { name: "log scale: Norm of the gradient" });
    const ticks = () => chart(i, "Norm of the gradient").locator(".curve-tick").allTextContents();
    assert.equal(await toggle.getAttribute("aria-pressed"), "true");
    assert.deepEqual((await ticks()).slice(0, 2), ["0.0001", "0.01"]);
    await toggle.click();
    assert.deepEqual((await ticks()).slice(0, 3), ["0", "5", "10"]);
  });

  it("have all their numbers in a table and as CSV", async () => {
    const i = await opened();
    await i.page.getByText("All numbers", { exact: true }).click();
    const table = i.page.getByRole("table", { name: /^All numbers of/ });
    await table.waitFor();
    assert.equal(await table.locator("tbody tr").count(), 6);
    assert.equal(await table.locator("tbody tr").nth(3).textContent(), "4nan0.011");
    await i.page.getByRole("button", { name: /^Copy all numbers/ }).click();
    const copied = i.asked.find(({ method }) => method === "copy")?.args[0];
    assert.match(String(copied), /^call,loss,\|w\.grad\|,\|b\.grad\|\n1,8,10,3\n/);
  });

  describe("from the engine", () => {
    let engine: EngineClient;
    before(() => {
      engine = engineIn(builtEngine);
    });
    after(() => engine.dispose());

    it("show a training loop with the call in which NaN was born", async () => {
      const { inspector: i } = await live(suite.open, engine, training);
      await i.page.getByRole("tab", { name: "Curves" }).click();
      assert.equal(await i.page.locator(".curve-group h2").textContent(), "backward() on line 6, 12 calls");
      await i.page
        .getByRole("button", { name: /^read the curves at call/ })
        .first()
        .click();
      const call = Number(await chart(i, "Loss").getAttribute("aria-valuenow"));
      assert.ok(call >= 9, `call ${call}`);
      assert.equal(await chart(i, "Loss").getAttribute("aria-valuetext"), `call ${call}: loss nan`);
    });
  });
});
