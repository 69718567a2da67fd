// Explain, Jacobian and what if, asked of the real engine by mouse and keys.
import assert from "node:assert/strict";
import type { EngineClient } from "../../engine/client";
import { builtEngine, engineIn } from "../support/engine";
import type { Inspector } from "./harness/inspector";
import { live } from "./harness/live";
import { inspectorSuite } from "./harness/suite";

const code = [
  "x = torch.tensor([1.0, 2.0], requires_grad=True)",
  "y = x * x + x",
  "y.backward(torch.tensor([1.0, 10.0]))",
].join("\n");

describe("the inspector's experiments", function () {
  this.timeout(90_000);
  const suite = inspectorSuite();
  let engine: EngineClient;
  before(() => {
    engine = engineIn(builtEngine);
  });
  after(() => engine.dispose());

  const open = async (text = code, options = {}): Promise<Inspector> =>
    (await live(suite.open, engine, text, options)).inspector;
  const section = (i: Inspector, title: string) => i.page.locator("details.experiment", { hasText: title });
  const node = (i: Inspector, key: string) => i.page.locator(`.canvas [data-key="${key}"]`);

  it("tell the paths of a gradient, their sum, and slopes of the code itself", async () => {
    const i = await open();
    await node(i, "t:x").click();
    await section(i, "Explain").locator("summary").click();
    const table = i.page.getByRole("table", { name: "Paths of the gradient of x" });
    await table.waitFor();
    const rows = await table.locator("tbody tr").allTextContents();
    assert.deepEqual(rows.sort(), ["Add → Mul[1, 20]", "Add → Mul[1, 20]", "Add[1, 10]", "sum[3, 50]"]);
    await i.page.getByRole("button", { name: "Check by finite differences" }).click();
    const check = i.page.getByRole("table", { name: "Gradient and measured slope" });
    await check.waitFor();
    const cells = await check.locator("tbody tr").first().locator("td").allTextContents();
    assert.deepEqual(cells.slice(0, 2), ["[0] = 1", "3"]);
    assert.ok(Math.abs(Number(cells[2]) - 3) < 0.01, cells[2]);
  });

  it("name the kink where the slopes to both sides differ", async () => {
    const i = await open(
      "x = torch.tensor([0.0, 1.0], requires_grad=True)\ny = x.relu().sum()\ny.backward()",
    );
    await node(i, "t:x").click();
    await section(i, "Explain").locator("summary").click();
    await i.page.getByRole("button", { name: "Check by finite differences" }).click();
    const note = section(i, "Explain").locator(".note");
    await note.waitFor();
    assert.match((await note.textContent()) ?? "", /a kink: relu at 0, line 2/);
  });

  it("show the Jacobian, v as it was given, and vᵀJ", async () => {
    const i = await open();
    await node(i, "t:x").click();
    await section(i, "Jacobian").locator("summary").click();
    const grid = (name: string) => i.page.getByRole("table", { name, exact: true }).locator("td:not(:empty)");
    await i.page.getByRole("table", { name: "Jacobian", exact: true }).waitFor();
    assert.deepEqual(await grid("Jacobian").allTextContents(), ["3", "0", "0", "5"]);
    assert.deepEqual(await grid("v").allTextContents(), ["1", "10"]);
    assert.deepEqual(await grid("vᵀJ").allTextContents(), ["3", "50"]);
  });

  it("multiply what came into an operator by its derivative, with the real numbers", async () => {
    const i = await open("a = torch.tensor(3.0, requires_grad=True)\nb = a ** 2\nc = 5 * b\nc.backward()");
    await node(i, "n:PowBackward0>b").click();
    await section(i, "Explain").locator("summary").click();
    const product = section(i, "Explain").locator(".product");
    await product.waitFor();
    assert.equal(await product.textContent(), "5 × 6 = 30");
  });

  it("try other numbers: everything moves, focus stays, and the code is a click away", async () => {
    const i = await open();
    await node(i, "t:x").click();
    await section(i, "What if").locator("summary").click();
    const field = i.page.getByRole("spinbutton", { name: "x[1]" });
    await field.focus();
    await i.page.keyboard.press("ArrowUp");
    await i.page.getByText("What if x were [1, 2.1].").waitFor();
    assert.equal(await i.page.evaluate(() => document.activeElement?.getAttribute("aria-label")), "x[1]");
    await node(i, "t:x").getByText("52", { exact: true }).waitFor();
    await section(i, "What if").getByRole("button", { name: "Back to the code" }).click();
    await node(i, "t:x").getByText("50", { exact: true }).waitFor();
    assert.equal(await i.page.locator(".notice-tried").count(), 0);
  });

  it("try another v, and answer the Jacobian for what is tried", async () => {
    const i = await open();
    await node(i, "t:y").click();
    await section(i, "What if").locator("summary").click();
    await i.page.getByRole("spinbutton", { name: "v[0]" }).fill("7");
    await node(i, "t:x").getByText("21", { exact: true }).waitFor();
    await node(i, "t:x").click();
    await section(i, "Jacobian").locator("summary").click();
    const v = i.page.getByRole("table", { name: "v", exact: true });
    await v.waitFor();
    assert.deepEqual(await v.locator("td").allTextContents(), ["7", "10"]);
  });

  it("write what was tried into the code only when told to", async () => {
    const i = await open();
    await node(i, "t:x").click();
    await section(i, "What if").locator("summary").click();
    await i.page.getByRole("spinbutton", { name: "x[0]" }).fill("4");
    await node(i, "t:x").getByText("9", { exact: true }).waitFor();
    assert.deepEqual(
      i.asked.filter((a) => a.method === "writeValue"),
      [],
    );
    await i.page.getByRole("button", { name: "Write into code" }).click();
    await i.page.waitForTimeout(100);
    const [written] = i.asked.filter((a) => a.method === "writeValue");
    assert.deepEqual(written?.args[2], [4, 2]);
  });

  it("are readable in 280 pixels", async () => {
    const i = await open(code, { width: 280, height: 900 });
    await node(i, "t:x").click();
    for (const title of ["Explain", "Jacobian", "What if"])
      await section(i, title).locator("summary").click();
    await i.page.getByRole("table", { name: "Jacobian", exact: true }).waitFor();
    const wide = await i.page.locator(".details").evaluate((e) => e.scrollWidth - e.clientWidth);
    assert.ok(wide <= 0, `${wide} pixels wider than its room`);
  });
});
