// The rules: for each one a snippet that must trigger it, with every line that is involved, and one close to it
// that must not.
import assert from "node:assert/strict";
import { retainGrad, setRequiresGrad } from "../../../engine/autograd/api";
import { modes } from "../../../engine/autograd/modes";
import { dataOf } from "../../../engine/autograd/views";
import { recording } from "../../../engine/record/hook";
import { type DType, int64 } from "../../../engine/tensor/dtype";
import { notImplemented, runtimeError } from "../../../engine/tensor/errors";
import type { Tensor } from "../../../engine/tensor/tensor";
import {
  add,
  add_,
  call,
  codes,
  data,
  detach,
  exp,
  finding,
  gt,
  linesOf,
  mul,
  mul_,
  pow,
  run,
  type Statements,
  select,
  snippet,
  sub_,
  sum,
  tanh,
} from "./lab";

describe("autograd/second-backward", () => {
  it("names the call that freed and the expression that needs", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 2);
      const y = s.let(2, "y", () => pow(x, 2n));
      const p = s.let(3, "p", () => mul(y, 3));
      const q = s.let(4, "q", () => mul(y, 4));
      s.backward(5, p);
      s.backward(6, q);
    });
    const found = finding(report, "autograd/second-backward");
    assert.equal(found.severity, "error");
    assert.match(found.message, /^Trying to backward through the graph a second time \(or directly access/);
    assert.deepEqual(linesOf(found), [6, 5, 2]);
    assert.match(found.related[0].message, /This call freed/);
    assert.match(found.related[1].message, /PowBackward0, made here, needs its saved 'self' \('x'\) again/);
    assert.deepEqual(
      report.backwardCalls.map(({ status }) => status),
      ["ok", "raised"],
    );
  });

  it("says that it was the same call in a loop", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 2);
      const y = s.let(2, "y", () => mul(x, x));
      for (let i = 0; i < 3; i++) s.backward(4, y);
    });
    const found = finding(report, "autograd/second-backward");
    assert.deepEqual(linesOf(found), [4, 4, 2]);
    assert.match(found.related[0].message, /same call, in an earlier round/);
  });

  it("is silent where nothing was saved", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 2);
      const y = s.let(2, "y", () => add(x, 1));
      s.backward(
        3,
        s.let(3, "p", () => add(y, -3)),
      );
      s.backward(
        4,
        s.let(4, "q", () => add(y, 4)),
      );
    });
    assert.deepEqual(codes(report), ["autograd/accumulated-gradient"]);
    assert.equal(report.status, "ok");
  });
});

describe("autograd/saved-overwritten", () => {
  it("names who saved, who overwrote and who needs", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2, 3]);
      const y = s.let(2, "y", () => mul(x, 2));
      const z = s.let(3, "z", () => mul(y, y));
      s.at(4, () => add_(y, 1));
      s.backward(
        5,
        s.let(5, "loss", () => sum(z)),
      );
    });
    const found = finding(report, "autograd/saved-overwritten");
    assert.match(found.message, /^one of the variables needed for gradient computation has been modified/);
    assert.deepEqual(linesOf(found), [5, 3, 4, 5]);
    assert.match(found.related[0].message, /MulBackward0 saved 'y' here at version 0, as its '(self|other)'/);
    assert.match(found.related[1].message, /^add_ overwrote it here\.$/);
    assert.match(found.related[2].message, /Needed here/);
  });

  it("names a result that was overwritten under no_grad, as an optimizer does", () => {
    const report = snippet((s) => {
      const w = s.leaf(1, "w", [1, 2]);
      const loss = s.let(2, "loss", () => sum(pow(w, 2n)));
      s.noGrad(3, () => s.at(4, () => sub_(w, data([1, 1]))));
      s.backward(5, loss);
    });
    assert.deepEqual(linesOf(finding(report, "autograd/saved-overwritten")), [5, 2, 4, 5]);
  });

  it("is silent where what was changed had not been saved", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2]);
      const y = s.let(2, "y", () => add(x, 1));
      s.at(3, () => mul_(y, 2));
      s.backward(
        4,
        s.let(4, "loss", () => sum(y)),
      );
    });
    assert.deepEqual(codes(report), []);
  });
});

describe("autograd/no-grad-root", () => {
  const causes: [string, (s: Statements) => Tensor, number[], RegExp][] = [
    [
      "detach",
      (s) => {
        const x = s.leaf(1, "x", [1, 2]);
        return s.let(3, "z", () => sum(s.let(2, "d", () => detach(x))));
      },
      [9, 2],
      /detach\(\) on line 2 cuts the graph: its result is not connected to 'x'/,
    ],
    [
      ".data",
      (s) => {
        const x = s.leaf(1, "x", [1, 2]);
        const d = s.let(2, "d", () => dataOf(x));
        return s.let(3, "z", () => sum(mul(d, 2)));
      },
      [9, 2],
      /\.data on line 2 cuts the graph/,
    ],
    [
      "a no_grad block",
      (s) => {
        const x = s.leaf(1, "x", [1, 2]);
        const y = s.noGrad(2, () => s.let(3, "y", () => mul(x, 2)));
        return s.let(4, "z", () => sum(y));
      },
      [9, 3],
      /mul on line 3 ran under torch\.no_grad\(\) \(line 2\)/,
    ],
    [
      "a comparison",
      (s) => {
        const x = s.leaf(1, "x", [1, 2]);
        return s.let(3, "z", () => sum(s.let(2, "m", () => gt(x, 1))));
      },
      [9, 2],
      /gt on line 2 has no derivative: the graph of 'x' ends here/,
    ],
    [
      "a cast to integers",
      (s) => {
        const x = s.leaf(1, "x", [1, 2]);
        return s.let(3, "z", () => sum(s.let(2, "n", () => castTo(x, int64))));
      },
      [9, 2],
      /gives int64, and only floating-point tensors carry gradients/,
    ],
    [
      "torch.tensor of tensors",
      (s) => {
        const x = s.leaf(1, "x", 2);
        const y = s.let(2, "y", () => mul(x, x));
        const t = s.let(3, "t", () => rebuilt([y], 3));
        return s.let(4, "z", () => sum(t));
      },
      [9, 3],
      /made on line 3 from the numbers in 'y'/,
    ],
    [
      "a number that left by item()",
      (s) => {
        const x = s.leaf(1, "x", 3);
        const y = s.let(2, "y", () => mul(x, x));
        const number = s.item(3, y);
        const t = s.data(4, "t", number);
        return s.let(5, "z", () => mul(t, 2));
      },
      [9, 3],
      /'t' was made from a plain Python number: \.item\(\) on line 3 took it out of the graph of 'y'/,
    ],
    [
      "data of an integer dtype",
      (s) => {
        const x = s.data(1, "x", [1, 2], int64);
        return s.let(2, "z", () => sum(x));
      },
      [9, 1],
      /'x' has the dtype int64/,
    ],
    [
      "requires_grad never set",
      (s) => {
        const x = s.data(1, "x", [1, 2]);
        return s.let(2, "z", () => sum(mul(x, x)));
      },
      [9, 1],
      /'x' was made on line 1 without requires_grad=True/,
    ],
    [
      "requires_grad switched off",
      (s) => {
        const x = s.leaf(1, "x", [1, 2]);
        s.at(2, () => setRequiresGrad(x, false));
        return s.let(3, "z", () => sum(x));
      },
      [9, 2],
      /requires_grad of 'x' was switched off on line 2/,
    ],
    [
      "a gradient without create_graph",
      (s) => {
        const x = s.leaf(1, "x", 2);
        const g = s.grad(
          3,
          s.let(2, "y", () => pow(x, 3n)),
          x,
        );
        s.bind(3, "g", g);
        return g;
      },
      [9, 3],
      /'g' was computed on line 3 without create_graph=True/,
    ],
    [
      "a gradient that depends on nothing",
      (s) => {
        const x = s.leaf(1, "x", 2);
        const g = s.grad(
          3,
          s.let(2, "y", () => mul(x, 3)),
          x,
          true,
        );
        s.bind(3, "g", g);
        return g;
      },
      [9, 3],
      /'g', computed on line 3, depends on nothing that requires grad/,
    ],
  ];
  for (const [title, body, lines, text] of causes) {
    it(`points at ${title}`, () => {
      const report = snippet((s) => s.backward(9, body(s)));
      const found = finding(report, "autograd/no-grad-root");
      assert.equal(found.message, "element 0 of tensors does not require grad and does not have a grad_fn");
      assert.deepEqual(linesOf(found), lines);
      assert.match(found.related[0].message, text);
    });
  }

  it("prefers the cut to data that nobody asked a gradient of", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2]);
      const target = s.data(2, "target", [1, 1]);
      const d = s.let(3, "d", () => detach(x));
      s.backward(
        5,
        s.let(4, "loss", () => sum(mul(d, target))),
      );
    });
    assert.deepEqual(linesOf(finding(report, "autograd/no-grad-root")), [5, 3]);
  });

  it("is silent where another way keeps the graph", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2]);
      s.backward(
        3,
        s.let(2, "loss", () => sum(mul(detach(x), x))),
      );
    });
    assert.deepEqual(codes(report), []);
  });
});

describe("what may not be changed in place", () => {
  it("autograd/leaf-in-place names where the leaf was made", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2]);
      s.at(2, () => add_(x, 1));
    });
    const found = finding(report, "autograd/leaf-in-place");
    assert.equal(found.message, "a leaf Variable that requires grad is being used in an in-place operation.");
    assert.deepEqual(linesOf(found), [2, 1]);
  });

  it("autograd/leaf-in-place names the call that made it require grad", () => {
    const report = snippet((s) => {
      const x = s.data(1, "x", [1, 2]);
      s.at(2, () => setRequiresGrad(x, true));
      s.at(3, () => add_(x, 1));
    });
    assert.deepEqual(linesOf(finding(report, "autograd/leaf-in-place")), [3, 2]);
  });

  it("autograd/leaf-view-in-place names the view and the leaf", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2]);
      const v = s.let(2, "v", () => select(x, 0));
      s.at(3, () => mul_(v, 2));
    });
    const found = finding(report, "autograd/leaf-view-in-place");
    assert.deepEqual(linesOf(found), [3, 1, 2]);
    assert.match(found.related[1].message, /a view of 'x'/);
  });

  it("autograd/view-in-place names where the view was made", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2]);
      const b = s.let(2, "b", () => mul(x, 1));
      const v = s.noGrad(3, () => s.let(4, "v", () => select(b, 0)));
      s.at(5, () => mul_(v, 2));
    });
    const found = finding(report, "autograd/view-in-place");
    assert.match(found.message, /created in no_grad mode/);
    assert.deepEqual(linesOf(found), [5, 4]);
    assert.match(found.related[0].message, /under torch\.no_grad\(\)/);
  });

  it("is silent for a step under no_grad and for a view of a non-leaf", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2]);
      s.noGrad(2, () => s.at(3, () => add_(x, 1)));
      const h = s.let(4, "h", () => mul(x, 1));
      s.at(5, () => mul_(select(h, 0), 2));
      s.backward(
        6,
        s.let(6, "z", () => sum(h)),
      );
    });
    assert.deepEqual(codes(report), []);
  });
});

describe("what backward() refuses", () => {
  it("autograd/non-scalar-backward says the shape", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2, 3]);
      s.backward(
        3,
        s.let(2, "y", () => mul(x, 2)),
      );
    });
    const found = finding(report, "autograd/non-scalar-backward");
    assert.equal(found.message, "grad can be implicitly created only for scalar outputs");
    assert.deepEqual(linesOf(found), [3, 2]);
    assert.match(found.related[0].message, /'y' has the shape \[3\]: 3 numbers/);
    assert.equal(report.backwardCalls[0].status, "raised");
  });

  it("autograd/gradient-shape says both shapes", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2, 3]);
      const y = s.let(2, "y", () => mul(x, 2));
      const gradient = s.data(3, "v", [1, 1]);
      s.backward(4, y, { gradient });
    });
    const found = finding(report, "autograd/gradient-shape");
    assert.deepEqual(linesOf(found), [4, 2, 3]);
    assert.match(found.related[1].message, /'v'.*has the shape \[2\]/);
  });

  it("autograd/unused-input says where the way is cut", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 2);
      const w = s.leaf(2, "w", 3);
      const d = s.let(3, "d", () => detach(mul(w, 2)));
      s.grad(
        5,
        s.let(4, "y", () => mul(x, d)),
        w,
      );
    });
    const found = finding(report, "autograd/unused-input");
    assert.match(
      found.message,
      /^The differentiated Tensor at index 0 appears to not have been used in the graph/,
    );
    assert.deepEqual(linesOf(found), [5, 2, 3, 4]);
    assert.match(found.related[1].message, /The graph is cut on line 3: detach\(\)/);
  });

  it("autograd/non-leaf-requires-grad names what made it a non-leaf", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 2);
      const y = s.let(2, "y", () => mul(x, 2));
      s.at(3, () => setRequiresGrad(y, false));
    });
    const found = finding(report, "autograd/non-leaf-requires-grad");
    assert.match(found.message, /^you can only change requires_grad flags of leaf variables/);
    assert.deepEqual(linesOf(found), [3, 2]);
    assert.match(found.related[0].message, /'y' is no leaf.*MulBackward0/);
  });

  it("is silent for gradient= of the right shape and for switching a non-leaf on", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2, 3]);
      const y = s.let(2, "y", () => mul(x, 2));
      s.at(3, () => setRequiresGrad(y, true));
      s.backward(5, y, { gradient: s.data(4, "v", [1, 1, 1]) });
    });
    assert.deepEqual(codes(report), []);
  });
});

describe("autograd/inference-saved", () => {
  const body = (saved: boolean) => (s: Statements) => {
    const w = s.leaf(1, "w", [1, 2]);
    modes.inference = true;
    modes.grad = false;
    const t = s.let(3, "t", () => {
      const made = mul(data([1, 2]), 1);
      made.inference = true;
      return made;
    });
    modes.inference = false;
    modes.grad = true;
    s.let(4, "y", () => (saved ? mul(w, t) : add(w, t)));
  };

  it("names where the tensor was made", () => {
    const found = finding(snippet(body(true)), "autograd/inference-saved");
    assert.match(found.message, /^Inference tensors cannot be saved for backward/);
    assert.deepEqual(linesOf(found), [4, 3]);
  });

  it("is silent where nothing is saved", () => {
    assert.deepEqual(codes(snippet(body(false))), []);
  });
});

describe("other errors", () => {
  it("engine/not-implemented names the operator and says what can be done", () => {
    const report = snippet((s) =>
      s.at(2, () => {
        throw notImplemented("torch.fft.fft");
      }),
    );
    const found = finding(report, "engine/not-implemented");
    assert.match(found.message, /^torch\.fft\.fft is not available.*Nothing is computed in its place/s);
    assert.deepEqual(linesOf(found), [2]);
  });

  it("python/… has Python's type and text for what no rule knows", () => {
    const report = snippet((s) =>
      s.at(2, () => {
        throw runtimeError("a text that is no rule's");
      }),
    );
    const found = finding(report, "python/RuntimeError");
    assert.equal(found.message, "RuntimeError: a text that is no rule's");
    assert.deepEqual(linesOf(found), [2]);
  });

  it("an error that was caught is not told, and does not lend its facts to another", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2]);
      try {
        s.at(2, () => add_(x, 1));
      } catch (error) {
        recording.recorder?.raised(error as never, modes.site);
      }
    });
    assert.deepEqual(codes(report), []);
  });
});

describe("autograd/accumulated-gradient", () => {
  it("is a hint where a second call adds to the gradient of the first", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 2);
      s.backward(
        2,
        s.at(2, () => mul(x, x)),
      );
      s.backward(
        3,
        s.at(3, () => mul(x, 3)),
      );
    });
    const found = finding(report, "autograd/accumulated-gradient");
    assert.equal(found.severity, "hint");
    assert.deepEqual(linesOf(found), [3, 2]);
    assert.match(found.message, /The gradient of 'x' still holds that of backward\(\) on line 2/);
  });

  const training = (clear: boolean) => (s: Statements) => {
    const w = s.leaf(1, "w", 2);
    for (let i = 0; i < 3; i++) {
      s.backward(
        3,
        s.at(2, () => mul(w, w)),
      );
      s.noGrad(4, () => s.at(5, () => sub_(w, mul(w.grad as Tensor, 0.1))));
      if (clear) s.clearGrad(6, w);
    }
  };

  it("is a warning where the values were updated in between", () => {
    const found = finding(snippet(training(false)), "autograd/accumulated-gradient");
    assert.equal(found.severity, "warning");
    assert.deepEqual(linesOf(found), [3, 5]);
    assert.match(found.message, /updated in between/);
  });

  it("is silent where the gradient is cleared, and where batches are summed by one call", () => {
    assert.deepEqual(codes(snippet(training(true))), []);
    const batches = snippet((s) => {
      const w = s.leaf(1, "w", 2);
      for (let i = 1; i < 4; i++)
        s.backward(
          3,
          s.at(2, () => mul(w, i)),
        );
    });
    assert.deepEqual(codes(batches), []);
  });

  it("is silenced by a comment on its line, for its rule or for all", () => {
    const body = (rules: string[], line: number) => (s: Statements) => {
      const x = s.leaf(1, "x", 2);
      s.backward(
        2,
        s.at(2, () => mul(x, x)),
      );
      s.backward(
        3,
        s.at(3, () => mul(x, 3)),
      );
      s.ignores.push({ line: line - 1, rules });
    };
    assert.deepEqual(codes(snippet(body(["autograd/accumulated-gradient"], 3))), []);
    assert.deepEqual(codes(snippet(body(["accumulated-gradient"], 3))), []);
    assert.deepEqual(codes(snippet(body([], 3))), []);
    assert.equal(codes(snippet(body(["autograd/other"], 3))).length, 1);
    assert.equal(codes(snippet(body([], 2))).length, 1);
  });
});

describe("autograd/hidden-write", () => {
  const body = (change: (x: Tensor) => void) => (s: Statements) => {
    const x = s.leaf(1, "x", [1, 2]);
    const y = s.let(2, "y", () => pow(x, 2n));
    s.at(3, () => change(x));
    s.backward(
      4,
      s.let(4, "z", () => sum(y)),
    );
  };

  it("names the write, what had saved it and the pass that used it", () => {
    const found = finding(snippet(body((x) => add_(dataOf(x), 1))), "autograd/hidden-write");
    assert.equal(found.severity, "warning");
    assert.deepEqual(linesOf(found), [3, 2, 4]);
    assert.match(found.message, /^add_ through \.data overwrites 'x' unseen/);
  });

  it("is silent where .data is only read, and where what was written had not been saved", () => {
    assert.deepEqual(codes(snippet(body((x) => add(dataOf(x), 1)))), []);
    const unsaved = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2]);
      const y = s.let(2, "y", () => add(x, 1));
      s.at(3, () => add_(dataOf(x), 1));
      s.backward(
        4,
        s.let(4, "z", () => sum(y)),
      );
    });
    assert.deepEqual(codes(unsaved), []);
  });
});

describe("autograd/non-leaf-grad", () => {
  const body = (retain: boolean) => (s: Statements) => {
    const x = s.leaf(1, "x", 2);
    const y = s.let(2, "y", () => mul(x, 2));
    if (retain) s.at(2, () => retainGrad(y));
    s.backward(
      3,
      s.let(3, "z", () => mul(y, y)),
    );
    recording.recorder?.gradRead(y, 4);
  };

  it("has PyTorch's warning and the leaf", () => {
    const found = finding(snippet(body(false)), "autograd/non-leaf-grad");
    assert.match(
      found.message,
      /^The \.grad attribute of a Tensor that is not a leaf Tensor is being accessed\./,
    );
    assert.deepEqual(linesOf(found), [4, 2, 1]);
  });

  it("is silent after retain_grad()", () => {
    assert.deepEqual(codes(snippet(body(true))), []);
  });
});

describe("autograd/rebuilt-tensor", () => {
  const body = (graph: boolean) => (s: Statements) => {
    const x = graph ? s.leaf(1, "x", 2) : s.data(1, "x", 2);
    const y = s.let(2, "y", () => mul(x, x));
    s.let(3, "t", () => rebuilt([y, x], 3));
  };

  it("names the tensors whose graph is left behind", () => {
    const found = finding(snippet(body(true)), "autograd/rebuilt-tensor");
    assert.equal(found.severity, "information");
    assert.deepEqual(linesOf(found), [3, 2]);
    assert.match(found.message, /^torch\.tensor copies the numbers of 'y' and 'x'/);
  });

  it("is silent where they have no graph", () => {
    assert.deepEqual(codes(snippet(body(false))), []);
  });
});

describe("autograd/graph-kept", () => {
  const body = (mode: "graph" | "detached" | "one backward") => (s: Statements) => {
    const w = s.leaf(1, "w", 2);
    let total = s.data(2, "total", 0);
    for (let i = 0; i < 4; i++) {
      const loss = s.let(3, "loss", () => mul(w, w));
      if (mode !== "one backward") s.backward(4, loss);
      s.clearGrad(5, w);
      total = s.let(6, "total", () => add(total, mode === "detached" ? detach(loss) : loss));
    }
    if (mode === "one backward") s.backward(7, total);
  };

  it("names the sum and the pass that is done with the graphs", () => {
    const found = finding(snippet(body("graph")), "autograd/graph-kept");
    assert.deepEqual(linesOf(found), [6, 4]);
    assert.match(
      found.message,
      /^'total' adds up tensors with their graphs, so the graph of every iteration stays/,
    );
  });

  it("is silent where numbers are added, and where the sum is what backward starts from", () => {
    assert.deepEqual(codes(snippet(body("detached"))), []);
    assert.deepEqual(codes(snippet(body("one backward"))), []);
  });
});

describe("runs that were stopped", () => {
  it("leave a finding at the last operator, and none when a newer text runs already", () => {
    const stopped = (by: "timeout" | "user" | "superseded" | "memory") =>
      run([
        (s) => {
          const x = s.data(1, "x", 1);
          s.at(5, () => tanh(exp(x)));
          s.stoppedBy = by;
        },
      ])[0];
    assert.deepEqual(codes(stopped("timeout")), ["run/timeout"]);
    assert.deepEqual(linesOf(finding(stopped("timeout"), "run/timeout")), [5]);
    assert.deepEqual(codes(stopped("user")), ["run/stopped"]);
    assert.deepEqual(codes(stopped("memory")), ["run/memory"]);
    assert.deepEqual(codes(stopped("superseded")), []);
  });
});

function castTo(tensor: Tensor, dtype: DType): Tensor {
  return call("_to_copy", tensor, dtype);
}

/** `torch.tensor(tensors)` at a line, as the bridge tells of it. */
function rebuilt(tensors: Tensor[], line: number): Tensor {
  for (const tensor of tensors) recording.recorder?.escape("tensor", tensor, line);
  return data(tensors.map((tensor) => Number(tensor.storage.data[0])));
}
