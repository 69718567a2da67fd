// The numbers that are followed from one backward call to the next.
import assert from "node:assert/strict";
import type { Curve, SnippetReport } from "../../../engine/protocol/report";
import { mul, snippet, sub_, sum, tensor } from "./lab";

/** Descends on sum(x * x): the gradient is 2x, and `rounds` calls come of line 4. */
function descent(rounds: number, options: { clear: boolean }): SnippetReport {
  return snippet((s) => {
    const x = s.leaf(1, "x", [3, 4]);
    for (let i = 0; i < rounds; i++) {
      const loss = s.let(3, "loss", () => sum(mul(x, x)));
      if (options.clear) s.clearGrad(2, x);
      s.backward(4, loss);
    }
  });
}

function curve(report: SnippetReport, of: Curve["of"]): Curve {
  const found = (report.curves ?? []).filter((each) => each.of === of);
  assert.equal(found.length, 1, `${found.length} curves of ${of}`);
  return found[0];
}

describe("the curves of a snippet", () => {
  it("are the loss and the norm of a leaf's .grad after each backward call", () => {
    const report = descent(3, { clear: true });
    const loss = curve(report, "loss");
    assert.deepEqual(
      [loss.calls, loss.values],
      [
        [1, 2, 3],
        [25, 25, 25],
      ],
    );
    assert.equal(loss.tensor, tensor(report, "loss").id);
    assert.equal(loss.site?.range.start.line, 3);
    const gradient = curve(report, "gradient");
    assert.deepEqual(
      [gradient.calls, gradient.values],
      [
        [1, 2, 3],
        [10, 10, 10],
      ],
    );
    assert.equal(gradient.tensor, tensor(report, "x").id);
  });

  it("grow where .grad is not cleared, since backward adds to it", () => {
    assert.deepEqual(curve(descent(3, { clear: false }), "gradient").values, [10, 20, 30]);
  });

  it("are absent where nothing was repeated", () => {
    assert.equal(descent(1, { clear: true }).curves, undefined);
  });

  it("have at most 257 points however long the loop, evenly spread, the first and the last among them", () => {
    for (const { calls, values } of descent(3000, { clear: true }).curves ?? []) {
      assert.ok(calls.length > 128 && calls.length <= 257, `${calls.length} points`);
      assert.equal(values.length, calls.length);
      assert.deepEqual([calls[0], calls[1], calls.at(-1)], [1, 17, 3000]);
    }
  });

  it("join the leaves that one line made, each for a call of its own", () => {
    const report = snippet((s) => {
      for (let i = 1; i <= 70; i++) {
        const w = s.leaf(2, "w", [i]);
        s.backward(
          4,
          s.let(3, "loss", () => sum(mul(w, w))),
        );
      }
    });
    const { calls, values } = curve(report, "gradient");
    assert.equal(calls.length, 70);
    assert.deepEqual(values.slice(0, 3), [2, 4, 6]);
    assert.equal(values.at(-1), 140);
  });

  it("keep the leaves of one line apart that take part in the same calls", () => {
    const report = snippet((s) => {
      const a = s.leaf(1, "a", [1]);
      const b = s.leaf(1, "b", [10]);
      for (let i = 0; i < 2; i++) {
        const loss = s.let(3, "loss", () => sum(mul(a, b)));
        s.backward(4, loss);
      }
    });
    const gradients = (report.curves ?? []).filter(({ of }) => of === "gradient");
    assert.deepEqual(
      gradients.map(({ values }) => values),
      [
        [10, 20],
        [1, 2],
      ],
    );
  });

  it("tell NaN, and norms whose squares have no place in a float64", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [3e-30, 4e-30]);
      const k = s.data(1, "k", [Number.NaN, 1]);
      for (const factor of [x, k]) {
        s.clearGrad(2, x);
        s.backward(
          4,
          s.let(3, "loss", () => sum(mul(x, factor))),
        );
      }
    });
    const [small, bad] = curve(report, "gradient").values;
    assert.ok(Math.abs(Number(small) / 1e-29 - 1) < 1e-6, String(small));
    assert.equal(bad, "NaN");
    const finding = report.diagnostics.find(({ code }) => code === "autograd/non-finite");
    assert.equal(finding?.call, 2);
  });

  it("leave leaves alone that only an optimizer's step touches", () => {
    const report = snippet((s) => {
      const x = s.data(1, "x", [1, 2]);
      for (let i = 0; i < 3; i++) s.at(2, () => sub_(x, x));
    });
    assert.equal(report.curves, undefined);
  });
});
