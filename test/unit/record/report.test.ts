// What a report says of tensors, graph and timeline.
import assert from "node:assert/strict";
import { setRequiresGrad } from "../../../engine/autograd/api";
import type { Tensor } from "../../../engine/tensor/tensor";
import {
  add,
  add_,
  call,
  detach,
  edges,
  exp,
  IN_SIBLING,
  lineOf,
  mul,
  node,
  pow,
  run,
  select,
  snippet,
  sub_,
  sum,
  tanh,
  tensor,
} from "./lab";

describe("the report of a snippet", () => {
  it("has value, gradient, names and graph of x*x summed", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2, 3]);
      const y = s.let(2, "y", () => mul(x, x));
      const z = s.let(3, "z", () => sum(y));
      s.backward(4, z);
    });
    const x = tensor(report, "x");
    assert.deepEqual(x.value, [1, 2, 3]);
    assert.deepEqual(x.grad, [2, 4, 6]);
    assert.equal(x.gradSource, "pytorch");
    assert.equal(x.whyNoGrad, undefined);
    assert.deepEqual(
      [x.isLeaf, x.requiresGrad, x.gradFn, x.op, x.dtype],
      [true, true, null, null, "float32"],
    );
    assert.equal(lineOf(x.site), 1);
    const y = tensor(report, "y");
    assert.deepEqual([y.isLeaf, y.requiresGrad, y.gradFn, y.op], [false, true, "MulBackward0", "mul"]);
    assert.deepEqual(y.grad, [1, 1, 1]);
    assert.equal(y.gradSource, "inspector");
    assert.match(y.whyNoGrad ?? "", /not a leaf.*backward\(\) on line 4/);
    assert.equal(tensor(report, "z").grad, 1);
    assert.deepEqual(edges(report), [
      "MulBackward0>AccumulateGrad",
      "MulBackward0>AccumulateGrad",
      "SumBackward0>MulBackward0",
    ]);
    const product = node(report, "MulBackward0");
    assert.equal(product.state, "freed");
    assert.equal(lineOf(product.freedBy), 4);
    assert.deepEqual(
      product.saved.map(({ name, tensor: id, savedVersion }) => [name, id, savedVersion]).sort(),
      [
        ["other", x.id, 0],
        ["self", x.id, 0],
      ],
    );
    assert.equal(node(report, "AccumulateGrad").kind, "accumulate");
    assert.equal(x.node, node(report, "AccumulateGrad").id);
    assert.deepEqual(
      report.timeline.map((step) => step.kind),
      // The data themselves, then what is computed with them.
      ["forward", "forward", "forward", "backward", "backward", "accumulate"],
    );
    assert.deepEqual(report.backwardCalls, [
      {
        kind: "backward",
        site: { range: report.backwardCalls[0].site.range },
        retainGraph: false,
        createGraph: false,
        roots: [tensor(report, "z").id],
        status: "ok",
        ordinal: 1,
        count: 1,
      },
    ]);
  });

  it("numbers tensors and nodes from 1, the same in every run", () => {
    const body = () =>
      snippet((s) => {
        const x = s.leaf(1, "x", [1, 2]);
        s.backward(
          2,
          s.let(2, "y", () => sum(exp(mul(x, 2)))),
        );
      });
    const first = body();
    assert.deepEqual(body(), first);
    assert.equal(Math.min(...first.tensors.map(({ id }) => id)), 1);
    assert.equal(Math.min(...first.graph.nodes.map(({ id }) => id)), 1);
  });

  it("keeps the increment of each call and the sum that .grad held after it", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 3);
      const y = s.let(2, "y", () => mul(x, x));
      s.backward(3, y, { retain: true });
      s.backward(4, y);
    });
    assert.deepEqual(
      tensor(report, "x").gradEvents.map(({ call, increment, accumulated }) => [
        call,
        increment.value,
        accumulated?.value,
      ]),
      [
        [0, 6, 6],
        [1, 6, 12],
      ],
    );
    assert.equal(lineOf(node(report, "MulBackward0").freedBy), 4);
    assert.deepEqual(
      report.backwardCalls.map((c) => [lineOf(c.site), c.retainGraph]),
      [
        [3, true],
        [4, false],
      ],
    );
  });

  it("notes values when they happen, not as they are later", () => {
    const report = snippet((s) => {
      const x = s.data(1, "x", [1, 2]);
      const y = s.let(2, "y", () => mul(x, 2));
      s.at(3, () => add_(y, 10));
    });
    const [, forward, mutate] = report.timeline;
    assert.ok(forward.kind === "forward" && mutate.kind === "mutate");
    assert.deepEqual(forward.values, [{ value: [2, 4] }]);
    assert.deepEqual(mutate.values, [{ value: [12, 14] }]);
    assert.equal(mutate.version, 1);
    const y = tensor(report, "y");
    assert.deepEqual(y.value, [12, 14]);
    assert.deepEqual(
      y.mutations.map(({ site, by, version }) => [lineOf(site), by, version]),
      [[3, "add_", 1]],
    );
    assert.equal(y.version, 1);
    assert.equal(y.course, undefined);
  });

  it("writes NaN, the infinities and int64 as JSON can hold them", () => {
    const report = snippet((s) => {
      s.data(1, "x", [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0.5]);
    });
    assert.deepEqual(tensor(report, "x").value, ["NaN", "Infinity", "-Infinity", -0.5]);
    assert.deepEqual(JSON.parse(JSON.stringify(report)), report);
  });

  it("summarises what has more than 1,000 elements, as it was at each step", () => {
    const report = snippet((s) => {
      const x = s.data(
        1,
        "x",
        Array.from({ length: 1001 }, (_, i) => i),
      );
      const y = s.let(2, "y", () => mul(x, 2));
      s.at(3, () => sub_(y, y));
    });
    const x = tensor(report, "x");
    assert.equal(x.value, null);
    assert.deepEqual([x.summary?.min, x.summary?.max, x.summary?.mean, x.summary?.zeros], [0, 1000, 500, 1]);
    assert.equal(x.summary?.histogram.length, 16);
    assert.equal(
      x.summary?.histogram.reduce((a, b) => a + b),
      1001,
    );
    assert.deepEqual(x.summary?.corner, [0, 1, 2, 3, 4, 5]);
    const [, forward, mutate] = report.timeline;
    assert.ok(forward.kind === "forward" && mutate.kind === "mutate");
    assert.equal(forward.values[0].summary?.max, 2000);
    assert.equal(mutate.values[0].summary?.max, 0);
  });

  it("shows a history that was replaced in place, the node before it and the one after", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2]);
      const h = s.let(2, "h", () => mul(x, 3));
      s.at(3, () => add_(h, 1));
      s.backward(
        4,
        s.let(4, "loss", () => sum(h)),
      );
    });
    assert.deepEqual(edges(report), [
      "AddBackward0>MulBackward0",
      "MulBackward0>AccumulateGrad",
      "SumBackward0>AddBackward0",
    ]);
    const h = tensor(report, "h");
    assert.equal(h.gradFn, "AddBackward0");
    assert.deepEqual(h.grad, [1, 1]);
    assert.equal(lineOf(h.site), 2);
  });

  it("shows a write into a view as CopySlices of its base", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2, 3]);
      const h = s.let(2, "h", () => mul(x, 3));
      const v = s.let(3, "v", () => select(h, 0));
      s.at(4, () => add_(v, 5));
      s.backward(
        5,
        s.let(5, "loss", () => sum(h)),
      );
    });
    const slices = node(report, "CopySlices");
    assert.equal(lineOf(slices.site), 4);
    assert.ok(edges(report).includes("SumBackward0>CopySlices"));
    assert.ok(edges(report).includes("CopySlices>MulBackward0"));
    assert.deepEqual(tensor(report, "h").value, [8, 6, 9]);
    assert.equal(tensor(report, "h").gradFn, "CopySlices");
    assert.deepEqual(tensor(report, "x").grad, [3, 3, 3]);
    assert.deepEqual(tensor(report, "h").grad, [1, 1, 1]);
  });

  it("shows x[0] = … as one change of x", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2]);
      const h = s.let(2, "h", () => mul(x, 3));
      s.at(3, () => add_(select(h, 0), 5));
      s.backward(
        4,
        s.let(4, "loss", () => sum(h)),
      );
    });
    assert.deepEqual(edges(report), [
      "CopySlices>MulBackward0",
      "MulBackward0>AccumulateGrad",
      "SumBackward0>CopySlices",
    ]);
    const changes = report.timeline.filter(
      (step) => step.site?.range.start.line === 2 && step.kind !== "backward",
    );
    assert.deepEqual(
      changes.map((step) => step.kind),
      ["mutate"],
    );
    assert.ok(changes[0].kind === "mutate");
    assert.equal(changes[0].tensor, tensor(report, "h").id);
    assert.deepEqual(changes[0].values, [{ value: [8, 6] }]);
    assert.deepEqual(node(report, "CopySlices").inputs[0].tensor, tensor(report, "h").id);
  });

  it("shows where data flows on although the graph is cut", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 2);
      const y = s.let(2, "y", () => mul(x, x));
      const d = s.let(3, "d", () => detach(y));
      const w = s.leaf(4, "w", 3);
      s.backward(
        5,
        s.let(5, "z", () => mul(w, d)),
      );
    });
    const cut = node(report, "detach");
    assert.equal(cut.kind, "op");
    assert.equal(cut.cut, "detach()");
    assert.equal(cut.sequence, -1);
    assert.deepEqual(edges(report), [
      "MulBackward0>AccumulateGrad",
      "MulBackward0>AccumulateGrad",
      "MulBackward0>AccumulateGrad",
      "MulBackward0>detach",
      "detach|MulBackward0",
    ]);
    assert.equal(tensor(report, "w").grad, 4);
    assert.equal(tensor(report, "x").grad, null);
  });

  it("leaves out operators that lead to nothing that is shown", () => {
    const report = snippet((s) => {
      const x = s.data(1, "x", 2);
      s.let(2, "y", () => exp(s.at(3, () => mul(x, 2))));
      s.at(4, () => exp(mul(x, 3)));
    });
    assert.deepEqual(
      report.graph.nodes.map((each) => [each.name, lineOf(each.site)]),
      [
        ["mul", 3],
        ["exp", 2],
      ],
    );
    assert.deepEqual(edges(report), ["exp>mul"]);
    assert.equal(report.timeline.length, 5);
  });

  it("captures what grad() returns without filling .grad", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 3);
      const y = s.let(2, "y", () => mul(x, x));
      s.bind(3, "g", s.grad(3, y, x));
    });
    const x = tensor(report, "x");
    assert.equal(x.grad, 6);
    assert.equal(x.gradSource, "inspector");
    assert.match(x.whyNoGrad ?? "", /grad\(\) on line 3 returned/);
    assert.deepEqual(
      x.gradEvents.map((e) => [e.increment.value, e.accumulated]),
      [[6, null]],
    );
    const g = tensor(report, "g");
    assert.deepEqual([g.value, g.requiresGrad, lineOf(g.site), g.op], [6, false, 3, "grad"]);
    assert.equal(report.backwardCalls[0].kind, "grad");
  });

  it("records the graph that create_graph makes", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 2);
      const y = s.let(2, "y", () => pow(x, 3n));
      const g = s.grad(3, y, x, true);
      s.bind(3, "g", g);
      s.bind(4, "g2", s.grad(4, g, x));
    });
    const g = tensor(report, "g");
    assert.equal(g.value, 12);
    assert.equal(g.requiresGrad, true);
    const made = report.graph.nodes.find(({ id }) => id === g.node);
    assert.equal(made?.name, g.gradFn);
    assert.equal(lineOf(made?.site), 2);
    assert.equal(tensor(report, "g2").value, 12);
    assert.deepEqual(
      tensor(report, "x").gradEvents.map((e) => e.increment.value),
      [12, 12],
    );
  });

  it("gives expressions and bindings their tensors", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", [1, 2]);
      s.at(2, () => sum(mul(x, x)));
    });
    const at2 = report.occurrences.filter(({ range }) => range.start.line === 1);
    assert.equal(at2.length, 1);
    assert.equal(report.tensors.find(({ id }) => id === at2[0].tensor)?.op, "sum");
  });

  it("knows tensors of earlier snippets by name and continues their graph", () => {
    let kept: Tensor | undefined;
    const [first, second] = run([
      (s) => {
        const x = s.leaf(1, "x", 2);
        kept = s.let(2, "y", () => mul(x, x));
        s.let(3, "unrelated", () => exp(x));
      },
      (s) => {
        s.backward(
          5,
          s.let(4, "z", () => mul(kept as Tensor, 3)),
        );
      },
    ]);
    assert.equal(tensor(first, "y").grad, null);
    assert.match(tensor(first, "y").whyNoGrad ?? "", /has not been called yet/);
    assert.equal(tensor(second, "x").grad, 12);
    assert.equal(tensor(second, "x").id, tensor(first, "x").id);
    assert.deepEqual(edges(second), [
      "MulBackward0>AccumulateGrad",
      "MulBackward0>AccumulateGrad",
      "MulBackward0>MulBackward0",
    ]);
    assert.ok(!second.graph.nodes.some(({ name }) => name === "ExpBackward0"));
    assert.deepEqual(second.backwardCalls.length, 1);
    assert.deepEqual(second.timeline.filter(({ kind }) => kind === "forward").length, 1);
  });

  it("names the file of a place that is not in the document", () => {
    const report = snippet((s) => {
      const x = s.leaf(1, "x", 2);
      s.let(2, "y", () => s.at(IN_SIBLING, () => mul(x, x)));
    });
    assert.equal(tensor(report, "y").site?.file, "model.py");
    assert.equal(node(report, "MulBackward0").site?.file, "model.py");
    assert.ok(report.occurrences.every(({ range }) => range.start.line < 100));
  });

  it("takes requires_grad=True of a constructor for part of it", () => {
    const report = snippet((s) => {
      s.let(1, "x", () => {
        const x = call("ones", [2], null);
        setRequiresGrad(x, true);
        return x;
      });
      const y = s.data(2, "y", 1);
      s.at(3, () => setRequiresGrad(y, true));
    });
    const states = report.timeline.filter(({ kind }) => kind === "state");
    assert.deepEqual(
      states.map(({ site }) => lineOf(site)),
      [3],
    );
  });

  it("takes what nn.Parameter does for the making of a leaf", () => {
    const report = snippet((s) => {
      const w = s.let(1, "w", () => detach(call("zeros", [2], null)));
      s.noGrad(1, () => s.at(1, () => add_(w, 3)));
      s.at(1, () => setRequiresGrad(w, true));
      s.backward(
        3,
        s.let(2, "y", () => sum(w)),
      );
    });
    const w = tensor(report, "w");
    assert.deepEqual([w.op, w.isLeaf, w.grad, w.count], [null, true, [1, 1], 1]);
    assert.deepEqual(report.tensors.length, 2);
    assert.deepEqual(edges(report), ["SumBackward0>AccumulateGrad"]);
    assert.deepEqual(
      report.timeline.map(({ kind }) => kind),
      ["forward", "backward", "accumulate"],
    );
  });

  it("describes the last value of a name and keeps the former one apart", () => {
    const report = snippet((s) => {
      const x = s.data(1, "x", 1);
      const y = s.let(2, "y", () => add(x, 1));
      s.let(3, "y", () => add(y, 1));
    });
    assert.equal(tensor(report, "y").value, 3);
    const former = report.tensors.find((t) => t.formerNames?.includes("y"));
    assert.deepEqual([former?.value, former?.names], [2, []]);
  });
});

describe("loops", () => {
  const training = (steps: number) =>
    snippet((s) => {
      const w = s.leaf(1, "w", [0, 0]);
      const target = s.data(2, "target", [1, -2]);
      for (let step = 0; step < steps; step++) {
        const error = s.at(4, () => add(w, mul(target, -1)));
        const loss = s.let(5, "loss", () => sum(mul(error, error)));
        s.backward(6, loss);
        s.noGrad(7, () => s.at(8, () => sub_(w, mul(w.grad as Tensor, 0.1))));
        s.clearGrad(9, w);
      }
    });

  it("cost as many records as they have lines, whatever their length", () => {
    const short = training(20);
    const long = training(300);
    for (const part of ["tensors", "timeline", "backwardCalls", "occurrences"] as const) {
      assert.equal(long[part].length, short[part].length, part);
    }
    assert.equal(long.graph.nodes.length, short.graph.nodes.length);
    assert.equal(long.graph.edges.length, short.graph.edges.length);
    assert.equal(long.truncated, undefined);
  });

  it("are one picture with a count, and the first and the last iteration in the timeline", () => {
    const report = training(20);
    assert.deepEqual(edges(report), [
      "AddBackward0>AccumulateGrad",
      "AddBackward0>mul",
      "MulBackward0>AddBackward0",
      "MulBackward0>AddBackward0",
      "SumBackward0>MulBackward0",
    ]);
    for (const name of ["SumBackward0", "MulBackward0", "AddBackward0"])
      assert.equal(node(report, name).count, 20);
    assert.deepEqual([tensor(report, "loss").count, tensor(report, "w").count], [20, 1]);
    const losses = report.timeline.filter((step) => step.kind === "forward" && step.op === "sum");
    assert.deepEqual(
      losses.map(({ iteration, iterations }) => [iteration, iterations]),
      [
        [1, 20],
        [20, 20],
      ],
    );
    assert.ok(losses[0].kind === "forward");
    assert.deepEqual(losses[0].values, [{ value: 5 }]);
    const sums = report.timeline.filter((step) => step.kind === "accumulate");
    assert.equal(sums.length, 2);
    assert.deepEqual(sums[0].kind === "accumulate" && sums[0].increment.value, [-2, 4]);
    assert.equal(report.backwardCalls.length, 2);
    assert.deepEqual(
      report.backwardCalls.map(({ count }) => count),
      [20, 20],
    );
    assert.equal(tensor(report, "w").mutations.length, 20);
  });

  it("have the statistics of large tensors for the first and the last iteration", () => {
    const report = snippet((s) => {
      const w = s.leaf(1, "w", new Array(2000).fill(8));
      for (let step = 0; step < 40; step++) {
        const h = s.let(2, "h", () => mul(w, 2));
        s.backward(
          3,
          s.let(3, "loss", () => sum(h)),
        );
        s.noGrad(4, () => s.at(4, () => sub_(w, 0.125)));
        s.clearGrad(5, w);
      }
    });
    const means = (kind: "forward" | "mutate") =>
      report.timeline.flatMap((step) =>
        step.kind === kind && "values" in step && step.values[0].summary ? [step.values[0].summary.mean] : [],
      );
    assert.deepEqual(means("forward"), [8, 16, 6.25]);
    assert.deepEqual(means("mutate"), [7.875, 3]);
    const gradients = report.timeline.flatMap((step) =>
      step.kind === "accumulate" ? [step.increment.summary] : [],
    );
    assert.deepEqual(
      gradients.map((each) => each?.mean),
      [2, 2],
    );
    assert.equal(tensor(report, "w").summary?.mean, 3);
    assert.equal(tensor(report, "h").summary?.std, 0);
  });

  it("tell the course of a number with at most 64 points, and its extremes", () => {
    const short = tensor(training(20), "loss").course;
    assert.deepEqual([short?.every, short?.values.length, short?.values[0], short?.max], [1, 20, 5, 5]);
    const long = tensor(training(300), "loss").course;
    assert.equal(long?.every, 8);
    assert.equal(long?.values.length, Math.ceil(300 / 8));
    assert.equal(long?.values[0], 5);
    assert.ok(Number(long?.min) < 1e-10);
  });

  it("show a function that was called twice as two graphs", () => {
    const report = snippet((s) => {
      const f = (x: Tensor) => s.at(3, () => exp(s.at(2, () => mul(x, x))));
      const a = s.leaf(5, "a", 1);
      const b = s.leaf(6, "b", 2);
      const sumOfBoth = s.let(7, "c", () => add(f(a), f(b)));
      s.backward(8, sumOfBoth);
    });
    assert.equal(report.graph.nodes.filter(({ name }) => name === "ExpBackward0").length, 2);
    assert.equal(report.graph.nodes.filter(({ name }) => name === "AccumulateGrad").length, 2);
    assert.ok(report.graph.nodes.every(({ count }) => count === 1));
  });

  it("unroll a block that is used three times in each of 20 iterations", () => {
    const report = snippet((s) => {
      const w = s.leaf(1, "w", 0.5);
      for (let step = 0; step < 20; step++) {
        let h = s.at(3, () => mul(w, 1));
        for (let i = 0; i < 3; i++) h = s.at(4, () => tanh(h));
        s.backward(5, h);
        s.clearGrad(6, w);
      }
    });
    const blocks = report.graph.nodes.filter(({ name }) => name === "TanhBackward0");
    assert.deepEqual(
      blocks.map(({ count }) => count),
      [20, 20, 20],
    );
    assert.deepEqual(edges(report), [
      "MulBackward0>AccumulateGrad",
      "TanhBackward0>MulBackward0",
      "TanhBackward0>TanhBackward0",
      "TanhBackward0>TanhBackward0",
    ]);
    const steps = report.timeline.filter(
      (step) => step.kind === "backward" && blocks.some(({ id }) => id === step.node),
    );
    assert.deepEqual(
      steps.map(({ iteration }) => iteration),
      [1, 2, 3, 58, 59, 60],
    );
  });

  it("tell two uses of one line in a round apart, although PyTorch records one of them only", () => {
    const report = snippet((s) => {
      const w = s.leaf(1, "w", 0.5);
      const frozen = s.data(2, "frozen", 0.25);
      for (let step = 0; step < 12; step++) {
        const scale = (by: Tensor) => s.at(4, () => mul(by, 2));
        s.backward(
          6,
          s.let(5, "loss", () => add(scale(frozen), scale(w))),
        );
        s.clearGrad(7, w);
      }
    });
    assert.deepEqual(edges(report), [
      "AddBackward0>MulBackward0",
      "AddBackward0>mul",
      "MulBackward0>AccumulateGrad",
    ]);
    const added = node(report, "AddBackward0");
    const values = added.inputs.map(({ tensor: id }) => report.tensors.find((t) => t.id === id)?.value);
    assert.deepEqual(values, [0.5, 1]);
    assert.deepEqual(
      [node(report, "mul").count, node(report, "MulBackward0").count, added.count],
      [12, 12, 12],
    );
  });

  it("fold a recurrence of hundreds of steps into nodes that lead to themselves", () => {
    const report = snippet((s) => {
      const w = s.leaf(1, "w", 0.5);
      let h = s.data(2, "h", 1);
      for (let step = 0; step < 600; step++) h = s.let(4, "h", () => tanh(s.at(3, () => mul(h, w))));
      s.backward(5, h);
    });
    assert.deepEqual(edges(report), [
      "MulBackward0>AccumulateGrad",
      "MulBackward0>TanhBackward0",
      "TanhBackward0>MulBackward0",
    ]);
    assert.equal(node(report, "TanhBackward0").count, 600);
    assert.ok(report.timeline.length < 30);
    assert.ok(Number.isFinite(tensor(report, "w").grad));
  });

  it("say so when the limit of records is reached", () => {
    const [report] = run(
      [
        (s) => {
          const x = s.data(1, "x", 1);
          for (let i = 0; i < 100; i++) s.at(2, () => mul(x, 2));
        },
      ],
      10,
    );
    assert.match(report.truncated ?? "", /repetitions/);
    assert.equal(report.timeline.at(-1)?.iteration, 100);
  });
});
