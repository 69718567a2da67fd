// Why `.grad` is None: the first cause, in a sentence, with its place.
import assert from "node:assert/strict";
import { backward, retainGrad, setRequiresGrad } from "../../../engine/autograd/api";
import { int64 } from "../../../engine/tensor/dtype";
import type { Tensor } from "../../../engine/tensor/tensor";
import { add, detach, gt, lineOf, mul, run, type Statements, snippet, sum, tanh, tensor } from "./lab";

const cases: [string, (s: Statements) => void, RegExp, number | null][] = [
  [
    "backward was not called",
    (s) => {
      s.leaf(1, "t", 2);
    },
    /^backward\(\) has not been called yet\.$/,
    null,
  ],
  [
    "backward was not called, for a non-leaf",
    (s) => {
      s.let(2, "t", () => mul(s.leaf(1, "x", 2), 2));
    },
    /not been called yet\. Then, too, \.grad of a non-leaf is kept only after retain_grad\(\)\.$/,
    null,
  ],
  [
    "it is a non-leaf",
    (s) => {
      const t = s.let(2, "t", () => mul(s.leaf(1, "x", 2), 2));
      s.backward(
        3,
        s.let(3, "z", () => mul(t, t)),
      );
    },
    /^It is not a leaf, and PyTorch keeps \.grad of leaves only\. The inspector shows what backward\(\) on line 3/,
    2,
  ],
  [
    "retain_grad came too late",
    (s) => {
      const t = s.let(2, "t", () => mul(s.leaf(1, "x", 2), 2));
      s.backward(
        3,
        s.let(3, "z", () => mul(t, t)),
      );
      s.at(4, () => retainGrad(t));
    },
    /^retain_grad\(\) on line 4 came after backward\(\) on line 3/,
    4,
  ],
  [
    "requires_grad was never set",
    (s) => {
      s.data(1, "t", 2);
    },
    /^It does not require grad: requires_grad was never set\.$/,
    1,
  ],
  [
    "none of what it was computed from requires grad",
    (s) => {
      s.let(2, "t", () => mul(s.data(1, "x", 2), 2));
    },
    /none of the tensors that it was computed from does/,
    2,
  ],
  [
    "it has an integer dtype",
    (s) => {
      s.data(1, "t", [1, 2], int64);
    },
    /only floating-point tensors can, and its dtype is int64/,
    1,
  ],
  [
    "it was computed under no_grad",
    (s) => {
      const x = s.leaf(1, "x", 2);
      s.noGrad(2, () => s.let(3, "t", () => mul(x, 2)));
    },
    /^It does not require grad\. mul on line 3 ran under torch\.no_grad\(\)/,
    3,
  ],
  [
    "it was detached further up",
    (s) => {
      const x = s.leaf(1, "x", 2);
      const d = s.let(2, "d", () => detach(x));
      s.let(3, "t", () => mul(d, 2));
    },
    /detach\(\) on line 2 cuts the graph/,
    2,
  ],
  [
    "it is a comparison",
    (s) => {
      s.let(2, "t", () => gt(s.leaf(1, "x", 2), 1));
    },
    /gt on line 2 has no derivative/,
    2,
  ],
  [
    "it is frozen",
    (s) => {
      const t = s.leaf(1, "t", 2);
      s.at(2, () => setRequiresGrad(t, false));
    },
    /^It is frozen: requires_grad was switched off on line 2\.$/,
    2,
  ],
  [
    "it was cleared",
    (s) => {
      const t = s.leaf(1, "t", 2);
      s.backward(2, mul(t, t));
      s.clearGrad(3, t);
    },
    /^\.grad was set to None on line 3\.$/,
    3,
  ],
  [
    "the loss was not computed from it",
    (s) => {
      const x = s.leaf(1, "x", 2);
      s.leaf(2, "t", 3);
      s.backward(
        4,
        s.let(3, "loss", () => mul(x, x)),
      );
    },
    /^backward\(\) on line 4 did not reach it: 'loss' was not computed from it\.$/,
    4,
  ],
  [
    "the graph is cut between it and the loss",
    (s) => {
      const x = s.leaf(1, "x", 2);
      const t = s.leaf(2, "t", 3);
      const d = s.let(3, "d", () => detach(mul(t, 2)));
      s.backward(
        5,
        s.let(4, "loss", () => mul(x, d)),
      );
    },
    /^The graph is cut on line 3: detach\(\)\. That is between it and 'loss'\.$/,
    3,
  ],
  [
    "backward was asked for other tensors",
    (s) => {
      const x = s.leaf(1, "x", 2);
      const t = s.leaf(2, "t", 3);
      const loss = s.let(3, "loss", () => mul(x, t));
      s.at(4, () => backward([loss], [null], { retainGraph: false, createGraph: false }, [x]));
    },
    /^backward\(\) on line 4 was asked for the gradients of other tensors only\.$/,
    4,
  ],
  [
    "backward raised",
    (s) => {
      const t = s.leaf(1, "t", [1, 2]);
      s.backward(
        3,
        s.let(2, "y", () => mul(t, 2)),
      );
    },
    /^backward\(\) on line 3 raised\.$/,
    3,
  ],
  [
    "backward raised on the way",
    (s) => {
      const t = s.leaf(1, "t", 2);
      const y = s.let(2, "y", () => tanh(t));
      s.at(3, () => add(y, 1));
      s.at(4, () => y.version.bump("add_", 4));
      s.backward(
        5,
        s.let(5, "z", () => mul(y, 2)),
      );
    },
    /^backward\(\) on line 5 raised before it came to this tensor\.$/,
    5,
  ],
  [
    "it is a gradient",
    (s) => {
      const x = s.leaf(1, "x", 2);
      s.bind(
        3,
        "t",
        s.grad(
          3,
          s.let(2, "y", () => mul(x, x)),
          x,
        ),
      );
    },
    /'t' was computed on line 3 without create_graph=True/,
    3,
  ],
];

describe("why a gradient is None", () => {
  for (const [title, body, text, line] of cases) {
    it(title, () => {
      const record = tensor(snippet(body), "t");
      assert.match(record.whyNoGrad ?? "", text);
      assert.equal(lineOf(record.whyNoGradSite), line);
      assert.equal(record.gradSource, record.grad === null ? "pytorch" : "inspector");
    });
  }

  it("says nothing where there is one", () => {
    const report = snippet((s) => {
      const t = s.leaf(1, "t", 2);
      s.backward(2, mul(t, t));
    });
    assert.equal(tensor(report, "t").whyNoGrad, undefined);
  });

  it("knows the calls of earlier snippets", () => {
    let kept: Tensor | undefined;
    const [, second] = run([
      (s) => {
        kept = s.leaf(1, "t", 2);
        s.backward(2, mul(kept, kept));
      },
      (s) => {
        s.clearGrad(3, kept as Tensor);
      },
    ]);
    assert.match(tensor(second, "t").whyNoGrad ?? "", /set to None on line 3/);
  });

  it("speaks of the first iteration's detail where the middle of a loop was dropped", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 1);
      let h = s.let(2, "h", () => detach(x));
      for (let i = 0; i < 200; i++) h = s.let(3, "h", () => add(h, 1));
      s.bind(
        4,
        "t",
        s.at(4, () => sum(h)),
      );
    });
    assert.match(tensor(report, "t").whyNoGrad ?? "", /detach\(\) on line 2/);
  });
});
