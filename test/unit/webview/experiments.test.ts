// The arithmetic of explanations, and which kinks are named.
import assert from "node:assert/strict";
import type { PlainArguments } from "../../../engine/protocol/experiment";
import { kinksBehind } from "../../../webview/experiments/kinks";
import { diagonal, nest, product, sum } from "../../../webview/experiments/numbers";
import { canTry } from "../../../webview/experiments/whatIf";
import { scrollTo, windowOf } from "../../../webview/table/window";
import { summaryOf } from "../../../webview/values";
import { ReportBuilder } from "../../webview/fixtures/builder";

describe("the arithmetic of experiments", () => {
  it("nests flat numbers by their shape", () => {
    assert.deepEqual(nest([1, 2, 3, 4, 5, 6], [2, 3]), [
      [1, 2, 3],
      [4, 5, 6],
    ]);
    assert.equal(nest([7], []), 7);
    assert.deepEqual(nest([], [0]), []);
  });

  it("multiplies v by a matrix, where what is not connected adds nothing even to infinity", () => {
    assert.deepEqual(product([1, 10], { rows: 2, columns: 3, values: [1, 2, 0, 0, 1, 5] }), [1, 12, 50]);
    assert.deepEqual(product(["Infinity", 1], { rows: 2, columns: 2, values: [0, 1, 2, 0] }), [
      2,
      "Infinity",
    ]);
  });

  it("knows an operator that works element by element", () => {
    assert.deepEqual(diagonal({ rows: 2, columns: 2, values: [3, 0, 0, 5] }), [3, 5]);
    assert.equal(diagonal({ rows: 2, columns: 2, values: [3, 1, 0, 5] }), null);
    assert.equal(diagonal({ rows: 1, columns: 2, values: [3, 0] }), null);
  });

  it("adds contributions up", () => {
    assert.deepEqual(
      sum([
        [1, 2],
        [3, 4],
        [-1, "NaN"],
      ]),
      [3, "NaN"],
    );
    assert.deepEqual(sum([]), []);
  });

  it("takes the statistics that the engine takes of large tensors", () => {
    const summary = summaryOf([0, 1, 2, 3, "NaN", "Infinity"]);
    assert.deepEqual(
      [summary.count, summary.min, summary.max, summary.mean, summary.zeros, summary.nan, summary.inf],
      [6, 0, 3, 1.5, 1, 1, 1],
    );
    assert.ok(Math.abs(Number(summary.std) - 1.2909944487) < 1e-9);
    assert.equal(
      summary.histogram.reduce((a, b) => a + b, 0),
      4,
    );
  });
});

describe("kinks", () => {
  const report = (value: number[], op = "relu") => {
    const b = new ReportBuilder("kinks");
    const x = b.leaf("x", value, 1, { requiresGrad: true });
    const y = b.op(op, [["self", x]], { line: 2, value, name: "y" });
    b.op("sum", [["self", y]], { line: 3, value: 1, name: "loss" });
    return { snippet: b.report, x: x.id };
  };

  it("are named with operator, place and line", () => {
    const { snippet, x } = report([1, 0]);
    assert.deepEqual(
      kinksBehind(snippet, x).map((kink) => kink.words),
      ["relu at 0, line 3"],
    );
  });

  it("are none where no value stands at one, and none for smooth operators", () => {
    const away = report([1, 2]);
    assert.deepEqual(kinksBehind(away.snippet, away.x), []);
    const smooth = report([0, 0], "tanh");
    assert.deepEqual(kinksBehind(smooth.snippet, smooth.x), []);
  });

  it("are ties of a maximum, wherever they stand", () => {
    const tied = report([2, 1, 2], "amax");
    assert.match(kinksBehind(tied.snippet, tied.x)[0]?.words ?? "", /several are the largest/);
    const single = report([2, 1, 0], "amax");
    assert.deepEqual(kinksBehind(single.snippet, single.x), []);
  });

  it("are bounds that an operator was given, whole numbers, equal elements, lengths of zero", () => {
    const words = (values: number[], op: string, plain: PlainArguments = {}): string | undefined => {
      const { snippet, x } = report(values, op);
      const node = snippet.graph.nodes.find((each) => each.op === op);
      return kinksBehind(snippet, x, node ? { [node.id]: plain } : {})[0]?.words.replace(/, line.*/, "");
    };
    assert.equal(words([0, 1], "clamp", { min: -1, max: 1 }), "clamp at 1");
    assert.equal(words([0, 0.5], "clamp", { min: -1, max: 1 }), undefined);
    assert.equal(words([0.5, 2], "softshrink", { lambd: 0.5 }), "softshrink at 0.5");
    assert.equal(words([2, 1, 2], "sort"), "sort where values are equal");
    assert.equal(words([2, 1, 3], "sort"), undefined);
    assert.equal(words([0, 4], "sqrt"), "sqrt at 0");
    assert.equal(words([0, 4], "pow", { exponent: 0.5 }), "pow at 0");
    assert.equal(words([0, 4], "pow", { exponent: 2 }), undefined);
    assert.equal(words([1.5, 2], "floor"), "floor at a whole number");
    assert.equal(words([1.5, 2], "round"), "round halfway between whole numbers");
    assert.equal(words([0, 1], "elu", { alpha: 1 }), undefined);
    assert.equal(words([0, 1], "elu", { alpha: 2 }), "elu at 0");
  });
});

describe("what can be tried", () => {
  it("are leaves of numbers, large ones too, where something is known of their values", () => {
    const b = new ReportBuilder("tries");
    const x = b.leaf("x", [1, 2], 1, { requiresGrad: true });
    assert.equal(canTry(x), true);
    assert.equal(canTry({ ...x, isLeaf: false }), false);
    assert.equal(canTry({ ...x, value: null }), false);
    assert.equal(canTry({ ...x, count: 100 }), false);
    assert.equal(canTry({ ...x, dtype: "bool" }), false);
    assert.equal(canTry({ ...x, shape: [65] }), true);
    assert.equal(canTry({ ...x, shape: [3000, 3000] }), false);
    assert.equal(canTry({ ...x, shape: [0] }), false);
  });
});

describe("the rows of a long table", () => {
  it("are all there while they are few, and those around what is seen when they are many", () => {
    assert.deepEqual(windowOf(150, 0, 400, 20), { from: 0, to: 150 });
    const middle = windowOf(5000, 40_000, 400, 20);
    assert.ok(middle.from <= 2000 && middle.to >= 2020 && middle.to - middle.from < 100);
    assert.equal(windowOf(5000, 1e9, 400, 20).to, 5000);
    assert.equal(windowOf(5000, 0, 400, 20).from, 0);
  });

  it("are scrolled to only when they are out of sight", () => {
    assert.equal(scrollTo(10, 0, 400, 20, 24), 0);
    assert.equal(scrollTo(100, 0, 400, 20, 24), 100 * 20 + 20 - 400 + 24);
    assert.equal(scrollTo(3, 400, 400, 20, 24), 60);
  });
});
