// Experiments with tensors that are too large to be typed or looked at as a whole, on the real engine.
import assert from "node:assert/strict";
import type { EngineClient } from "../../engine/client";
import { builtEngine, engineIn } from "../support/engine";
import { axe, findings } from "./harness/axe";
import type { Inspector, OpenOptions } from "./harness/inspector";
import { live } from "./harness/live";
import { inspectorSuite } from "./harness/suite";
import { themeKinds } from "./harness/themes";

const linear = [
  "torch.manual_seed(0)",
  "w = torch.randn(30, 40, requires_grad=True)",
  "x = torch.linspace(-1, 1, 40)",
  "y = w @ x",
  "loss = (y ** 2).sum()",
  "loss.backward()",
].join("\n");
const vector = [
  "torch.manual_seed(0)",
  "A = torch.randn(300, 200)",
  "x = torch.randn(200, requires_grad=True)",
  "y = torch.tanh(A @ x)",
  "y.backward(torch.linspace(-1, 1, 300))",
].join("\n");

const inUnit = (text: string): boolean => {
  const n = Number(text.replaceAll("−", "-"));
  return n >= 0 && n <= 1;
};

describe("the inspector's experiments with large tensors", function () {
  this.timeout(90_000);
  const suite = inspectorSuite();
  let engine: EngineClient;
  before(() => {
    engine = engineIn(builtEngine);
  });
  after(() => engine.dispose());

  const open = async (text: string, options: OpenOptions = {}): Promise<Inspector> =>
    (await live(suite.open, engine, text, options)).inspector;
  const section = (i: Inspector, title: string) => i.page.locator("details.experiment", { hasText: title });
  const node = (i: Inspector, key: string) => i.page.locator(`.canvas [data-key="${key}"]`);
  const opened = async (i: Inspector, key: string, title: string) => {
    await node(i, key).click();
    await section(i, title).locator("summary").click();
    return section(i, title);
  };

  it("do something to all numbers at once, and tell what has moved", async () => {
    const i = await open(linear);
    const whatIf = await opened(i, "t:w", "What if");
    await whatIf.getByRole("combobox", { name: "What to do with w" }).selectOption("scale");
    await whatIf.getByRole("spinbutton", { name: "Amount" }).fill("2");
    await i.page.keyboard.press("Enter");
    await i.page.getByText("What if w was changed (× 2).").waitFor();
    const moved = whatIf.getByRole("table", { name: "What has moved" });
    const rows = await moved.locator("tbody tr").allTextContents();
    assert.ok(
      rows.some((row) => row.startsWith("loss")),
      rows.join("\n"),
    );
    assert.ok(
      rows.some((row) => row.startsWith("w, gradient")),
      rows.join("\n"),
    );
    const [before, now] = await moved
      .locator("tbody tr", { hasText: /^loss/ })
      .locator(".code")
      .allTextContents();
    assert.ok(Math.abs(Number(now) / Number(before) - 4) < 0.02, `${before}, ${now}`);
    assert.equal(
      await i.page.evaluate(() => document.activeElement?.getAttribute("data-focus")),
      "amount",
      "one can go on typing",
    );
  });

  it("change single numbers in the pages of a grid, undo one step and all", async () => {
    const i = await open(linear);
    const whatIf = await opened(i, "t:w", "What if");
    await whatIf.getByRole("combobox").selectOption("fill");
    await i.page.getByRole("button", { name: "Do it" }).click();
    await i.page.getByText("(all 0)").waitFor();
    await whatIf.getByRole("button", { name: "next columns" }).click();
    const cell = whatIf.getByRole("spinbutton", { name: "[2, 13]", exact: true });
    assert.equal(await cell.inputValue(), "0");
    await cell.fill("3");
    await cell.press("Enter");
    await i.page.getByText("(all 0, [2, 13] = 3)").waitFor();
    const x = -1 + (2 * 13) / 39;
    const loss = whatIf
      .getByRole("table", { name: "What has moved" })
      .locator("tbody tr", { hasText: /^loss/ });
    assert.ok(Math.abs(Number(await loss.locator(".code").nth(1).textContent()) - 9 * x * x) < 0.01);
    await whatIf.getByRole("button", { name: "Undo" }).click();
    await i.page.getByText("(all 0).").waitFor();
    await whatIf.getByRole("button", { name: "Back to the code" }).click();
    await i.page.locator(".notice-tried").waitFor({ state: "detached" });
    await whatIf.getByRole("button", { name: "Undo" }).click();
    await i.page.getByText("(all 0).").waitFor();
  });

  it("offer to write into the code only where the code has numbers", async () => {
    const i = await open("x = torch.tensor([1.0, 2.0], requires_grad=True)\n(x * x).sum().backward()", {
      canWrite: false,
    });
    const whatIf = await opened(i, "t:x", "What if");
    await whatIf.getByRole("spinbutton", { name: "x[0]" }).fill("4");
    await i.page.getByText("What if x were").waitFor();
    assert.equal(await whatIf.getByRole("button", { name: "Write into code" }).count(), 0);
  });

  it("say in words what went wrong with other numbers", async () => {
    const i = await open(
      "x = torch.tensor([1.0, 2.0], requires_grad=True)\nif x.sum() > 10:\n    raise ValueError('too much')\n(x * x).sum().backward()",
    );
    const whatIf = await opened(i, "t:x", "What if");
    await whatIf.getByRole("spinbutton", { name: "x[0]" }).fill("40");
    await i.page.getByText("too much").first().waitFor();
    await whatIf.getByRole("button", { name: "Undo" }).click();
    await i.page.getByText("too much").waitFor({ state: "detached" });
  });

  it("read a large Jacobian page by page, and add up all its rows to the gradient", async () => {
    const i = await open(vector, { height: 1100 });
    const jacobian = await opened(i, "t:x", "Jacobian");
    const grid = jacobian.getByRole("table", { name: "Jacobian", exact: true });
    await grid.waitFor();
    const first = await grid.locator("tbody td").first().textContent();
    await jacobian.getByRole("button", { name: "next rows" }).first().click();
    await grid.getByRole("rowheader", { name: "16" }).waitFor();
    assert.notEqual(await grid.locator("tbody td").first().textContent(), first);
    await jacobian.getByRole("button", { name: "Compute all 300 rows" }).click();
    await jacobian.getByRole("img", { name: /Picture of the Jacobian, 300 by 200/ }).waitFor();
    const equality = jacobian.locator(".equality");
    await equality.waitFor();
    assert.match((await equality.textContent()) ?? "", /^✓ equal to what backward computed for x/);
  });

  it("stop adding up rows when told to", async () => {
    const i = await open(vector.replaceAll("300", "6000"), { height: 1100 });
    const jacobian = await opened(i, "t:x", "Jacobian");
    await jacobian.getByRole("button", { name: "Compute all 6000 rows" }).click();
    await jacobian.getByText(/of 6000 rows/).waitFor();
    await jacobian.getByRole("button", { name: "stop" }).click();
    await jacobian.getByText(/^Stopped after \d+ rows?\.$/).waitFor();
    assert.equal(await jacobian.getByRole("button", { name: "Compute all 6000 rows" }).count(), 1);
  });

  it("explain an operator of many elements by its own derivatives, page by page", async () => {
    const i = await open(vector, { height: 1100 });
    const explain = await opened(i, "n:TanhBackward0>y", "Explain");
    const derivative = explain.getByRole("table", { name: "derivative" });
    await derivative.locator("td").nth(11).waitFor();
    const shown = await derivative.locator("td").allTextContents();
    assert.equal(shown.length, 12);
    for (const text of shown) assert.ok(inUnit(text), text);
    await explain.getByRole("button", { name: "next columns" }).last().click();
    assert.match((await explain.textContent()) ?? "", /r̄|the gradient that comes in/);
  });

  for (const theme of themeKinds) {
    it(`give axe nothing to complain about, and stay within 280 pixels: ${theme}`, async () => {
      const i = await open(vector, { theme, width: 280, height: 1200 });
      await opened(i, "t:x", "Jacobian");
      await section(i, "Jacobian").getByRole("button", { name: "Compute all 300 rows" }).click();
      await section(i, "Jacobian").locator(".equality").waitFor();
      await section(i, "What if").locator("summary").click();
      await section(i, "What if").getByRole("button", { name: "Do it" }).click();
      await section(i, "What if").getByRole("table", { name: "What has moved" }).waitFor();
      await section(i, "Explain").locator("summary").click();
      await section(i, "Explain").locator(".equality").waitFor();
      await i.page.evaluate(axe);
      assert.deepEqual(await findings(i), []);
      const wide = await i.page.locator(".details").evaluate((e) => e.scrollWidth - e.clientWidth);
      assert.ok(wide <= 0, `${wide} pixels wider than its room`);
      assert.deepEqual(i.complaints, []);
    });
  }

  it("show that an operator's product is what backward passed on, with its arguments and its kink", async () => {
    const i = await open(
      "x = torch.tensor([-2.0, 1.0, 0.5], requires_grad=True)\ny = x.clamp(-1, 1)\ny.sum().backward()",
    );
    await node(i, "n:ClampBackward1>y").click();
    const explain = section(i, "Explain");
    await explain.locator("summary").click();
    await explain.locator(".equality").waitFor();
    const text = (await explain.textContent()) ?? "";
    assert.match(text, /with min = −1, max = 1/);
    assert.match(text, /✓ equal to what backward passed on/);
    assert.match(text, /at a kink: clamp at 1/);
  });
});
