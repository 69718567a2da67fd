// What is recorded while backward runs: hooks, calls within calls, errors on the way, graphs of graphs.
import assert from "node:assert/strict";
import { backward, grad, retainGrad } from "../../../engine/autograd/api";
import { callbacks } from "../../../engine/autograd/callbacks";
import { withGrad } from "../../../engine/autograd/modes";
import { gradFnOf } from "../../../engine/autograd/views";
import { PythonRaised, TorchError } from "../../../engine/tensor/errors";
import type { Tensor } from "../../../engine/tensor/tensor";
import { add, add_, codes, lineOf, mul, node, pow, select, snippet, sum, tanh, tensor } from "./lab";

const once = { retainGraph: false, createGraph: false };

/** Registers a hook on a tensor that is no leaf. */
function hook(on: Tensor, body: (gradient: Tensor) => Tensor | null): void {
  const gradFn = gradFnOf(on);
  assert.ok(gradFn);
  gradFn.tensorPreHooks = [...(gradFn.tensorPreHooks ?? []), { outputNr: on.outputNr, hook: 1 }];
  callbacks.tensorHooks = (_numbers, gradient) => gradient && body(gradient);
}

describe("recording backward", () => {
  const before = { ...callbacks };
  afterEach(() => Object.assign(callbacks, before));

  it("notes a gradient as a hook left it", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 3);
      const y = s.let(2, "y", () => mul(x, 2));
      hook(y, (gradient) => mul(gradient, 10));
      s.backward(
        3,
        s.let(3, "z", () => mul(y, y)),
      );
    });
    assert.equal(tensor(report, "y").grad, 120);
    assert.equal(tensor(report, "x").grad, 240);
    const [last, first] = report.timeline.filter((step) => step.kind === "backward");
    assert.ok(last.kind === "backward" && first.kind === "backward");
    assert.deepEqual(
      last.outgoing.map((each) => each?.value).filter((value) => value !== undefined),
      [6, 6],
    );
    assert.deepEqual(first.incoming, [{ value: 120 }]);
  });

  it("tells calls within calls apart", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 3);
      const w = s.leaf(2, "w", 5);
      const y = s.let(3, "y", () => mul(x, 2));
      hook(y, () => {
        s.at(5, () => {
          const inner = withGrad(true, () => mul(w, w));
          backward([inner], [null], once, null);
        });
        return null;
      });
      s.backward(
        6,
        s.let(6, "z", () => mul(y, y)),
      );
    });
    assert.deepEqual(
      report.backwardCalls.map(({ site, status }) => [lineOf(site), status]),
      [
        [6, "ok"],
        [5, "ok"],
      ],
    );
    assert.deepEqual(
      tensor(report, "w").gradEvents.map(({ call }) => call),
      [1],
    );
    assert.deepEqual(
      tensor(report, "x").gradEvents.map(({ call }) => call),
      [0],
    );
    assert.equal(tensor(report, "w").grad, 10);
    assert.equal(tensor(report, "x").grad, 24);
  });

  it("keeps what was walked before Python raised in a hook", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 3);
      const y = s.let(2, "y", () => mul(x, 2));
      hook(y, () => {
        throw new PythonRaised();
      });
      const z = s.let(3, "z", () => mul(y, y));
      assert.throws(() => s.backward(4, z), PythonRaised);
    });
    assert.deepEqual(
      report.backwardCalls.map(({ status }) => status),
      ["raised"],
    );
    assert.equal(report.timeline.filter(({ kind }) => kind === "backward").length, 1);
    assert.equal(tensor(report, "z").grad, 1);
    assert.equal(tensor(report, "x").grad, null);
    assert.match(
      tensor(report, "x").whyNoGrad ?? "",
      /^backward\(\) on line 4 raised before it came to this tensor/,
    );
    assert.deepEqual(codes(report), []);
  });

  it("keeps what was walked before a saved tensor turned out to be overwritten", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 3);
      const y = s.let(2, "y", () => tanh(x));
      const z = s.let(3, "z", () => mul(y, 2));
      s.at(4, () => add_(y, 1));
      s.backward(5, z);
    });
    assert.deepEqual(codes(report), ["autograd/saved-overwritten"]);
    const walked = report.timeline.filter((step) => step.kind === "backward");
    assert.equal(walked.length, 1);
    const saving = node(report, "TanhBackward0");
    assert.equal(saving.state, "live");
    assert.deepEqual([saving.saved[0].savedVersion, saving.saved[0].currentVersion], [0, 1]);
    assert.equal(lineOf(node(report, "MulBackward0").freedBy), 5);
  });

  it("shows what retain_grad() keeps as PyTorch's own, summed over calls", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 3);
      const y = s.let(2, "y", () => mul(x, 2));
      s.at(3, () => retainGrad(y));
      const z = s.let(4, "z", () => mul(y, y));
      s.backward(5, z, { retain: true });
      s.backward(6, z);
    });
    const y = tensor(report, "y");
    assert.deepEqual([y.grad, y.gradSource, y.whyNoGrad, y.retainsGrad], [24, "pytorch", undefined, true]);
    assert.deepEqual(
      y.gradEvents.map(({ increment, accumulated }) => [increment.value, accumulated?.value]),
      [
        [12, 12],
        [12, 24],
      ],
    );
    assert.ok(report.timeline.some((step) => step.kind === "state" && step.what === "retain_grad"));
  });

  it("gives grad() with several inputs each its gradient", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 3);
      const y = s.let(2, "y", () => mul(x, x));
      const z = s.let(3, "z", () => mul(y, 2));
      const [gx, gy] = s.at(4, () => grad([z], [x, y], [null], once, false));
      s.bind(4, "gx", gx as Tensor);
      s.bind(4, "gy", gy as Tensor);
    });
    assert.deepEqual([tensor(report, "gx").value, tensor(report, "gy").value], [12, 2]);
    assert.deepEqual([tensor(report, "x").grad, tensor(report, "y").grad], [12, 2]);
    assert.equal(tensor(report, "y").gradSource, "inspector");
  });

  it("tells each of several sums when a loop's graphs are all shown", () => {
    const report = snippet((s) => {
      const w = s.leaf(1, "w", 1);
      let total = s.data(2, "total", 0);
      for (let i = 0; i < 4; i++) {
        const loss = s.let(3, "loss", () => pow(w, 2n));
        s.backward(4, loss);
        total = s.let(5, "total", () => add(total, loss));
      }
    });
    const count = (kind: string) => report.timeline.filter((step) => step.kind === kind).length;
    assert.equal(report.graph.nodes.filter(({ name }) => name === "PowBackward0").length, 4);
    assert.deepEqual([count("backward"), count("accumulate")], [4, 4]);
    assert.deepEqual(
      report.timeline.flatMap((step) => (step.kind === "accumulate" ? [step.accumulated.value] : [])),
      [2, 4, 6, 8],
    );
    assert.deepEqual(
      report.timeline.flatMap((step) => (step.kind === "accumulate" ? [step.call] : [])),
      [0, 1, 2, 3],
    );
  });

  it("says nothing of a leaf's .grad that an in-place change has emptied", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [3, 4]);
      s.backward(
        2,
        s.at(2, () => sum(mul(x, 2))),
      );
      s.noGrad(3, () => s.at(3, () => mul(x.grad as Tensor, 1)));
      s.noGrad(4, () => s.at(4, () => add_(x.grad as Tensor, -2)));
    });
    const x = tensor(report, "x");
    assert.deepEqual([x.grad, x.whyNoGrad], [[0, 0], undefined]);
  });

  it("raises nothing of its own where a tensor's history cannot be had", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [3, 4]);
      const y = s.let(2, "y", () => mul(x, 1));
      const v = s.noGrad(3, () => s.let(3, "v", () => select(y, 0)));
      s.at(4, () => add_(y, 1));
      assert.throws(() => gradFnOf(v), TorchError);
    });
    assert.equal(tensor(report, "v").isLeaf, false);
    assert.equal(report.status, "ok");
  });
});
