// The timeline's steps: what is active, what flows where, what .grad holds, and the sentence that says it.
import assert from "node:assert/strict";
import { unfolded } from "../../../webview/graph/groups";
import { buildModel } from "../../../webview/graph/model";
import { type Frame, flowLabel, frameAt, stretches } from "../../../webview/timeline/frames";
import { sentenceOf } from "../../../webview/timeline/words";
import { ReportBuilder } from "../../webview/fixtures/builder";
import { cut, lesson, loop, sharedAndFreed } from "../../webview/fixtures/reports";

const frames = (report: ReturnType<typeof lesson>) => {
  const model = buildModel(report);
  return (i: number) => {
    const frame = frameAt(report, unfolded(model), i);
    assert(frame, `no step ${i}`);
    return frame;
  };
};

const gradIn = (frame: Frame, key: string) => {
  const grad = frame.moments.get(key)?.grad;
  return typeof grad === "object" ? grad?.value : grad;
};

describe("timeline frames", () => {
  it("show the active node and put into the future what is not computed yet", () => {
    const first = frames(lesson())(0);
    assert.equal(first.phases.get("n:PowBackward0"), "active");
    assert.equal(first.phases.get("n:AddBackward0>z"), "future");
    assert.equal(first.phases.get("t:z"), "future");
    assert.equal(first.phases.get("t:x"), undefined);
  });

  it("give the place of the forward expression to a backward step", () => {
    assert.deepEqual(frames(lesson())(4).range, {
      start: { line: 3, character: 4 },
      end: { line: 3, character: 19 },
    });
  });

  it("let the gradient flow against the data, with its numbers", () => {
    const { flows } = frames(lesson())(4);
    const now = flows.filter((f) => f.when === "now");
    assert.deepEqual(now.map((f) => [f.edge, f.way, f.label]).sort(), [
      ["n:PowBackward0→n:AddBackward0>z:0", "backward", "1"],
      ["t:x→n:PowBackward0:0", "backward", "6"],
    ]);
    assert.deepEqual(
      flows.filter((f) => f.when === "trail").map((f) => f.edge),
      ["n:AddBackward0>z→t:z"],
    );
  });

  it("show what each path contributes where a tensor was used twice", () => {
    const at = frames(sharedAndFreed())(6);
    const labels = at.flows.filter((f) => f.edge.startsWith("t:y→n:MulBackward0>q")).map((f) => f.label);
    assert.deepEqual(labels, ["4", "4"]);
  });

  it("show .grad before, as it gains, and its sum over two backward calls", () => {
    const frame = frames(sharedAndFreed());
    assert.equal(gradIn(frame(0), "t:x"), null);
    assert.equal(gradIn(frame(5), "t:x"), -2.6145744);
    assert.equal(frame(5).moments.get("t:x")?.added, "−2.61");
    assert.equal(frame(6).moments.get("t:x")?.added, "");
    assert.equal(gradIn(frame(8), "t:x"), 29.3854256);
    assert.equal(frame(8).moments.get("t:x")?.added, "+32");
  });

  it("show a tensor that was read as x.grad from when it is there, with what it holds by then", () => {
    const report = sharedAndFreed();
    const x = report.tensors.find(({ names }) => names[0] === "x");
    assert.ok(x);
    const grad = { ...x, id: 900 };
    delete grad.node;
    report.tensors.push({
      ...grad,
      names: ["x.grad"],
      requiresGrad: false,
      value: 29.3854256,
      grad: null,
      gradEvents: [],
      op: null,
    });
    const frame = frames(report);
    assert.equal(frame(4).phases.get("t:x.grad"), "future");
    assert.equal(frame(5).phases.get("t:x.grad"), undefined);
    const value = (at: Frame) => at.moments.get("t:x.grad")?.value;
    assert.deepEqual(value(frame(5)), { value: -2.6145744 });
    assert.deepEqual(value(frame(8)), { value: 29.3854256 });
  });

  it("show a passing gradient as ∂, and one that is retained as .grad", () => {
    assert.equal(frames(lesson())(3).moments.get("t:z")?.gradLabel, "∂");
    assert.equal(frames(cut())(6).moments.get("t:y")?.gradLabel, undefined);
  });

  it("forget what passed through in an earlier call", () => {
    const frame = frames(sharedAndFreed());
    assert.equal(gradIn(frame(5), "t:y"), -0.6536436);
    assert.equal(gradIn(frame(6), "t:y"), null);
    assert.equal(gradIn(frame(7), "t:y"), 8);
  });

  it("say nothing of values that were written in iterations which the timeline leaves out", () => {
    const b = new ReportBuilder("loop");
    const w = b.leaf("w", 5, 1, { requiresGrad: true });
    const loss = b.op("mul", [["self", w]], { line: 3, name: "loss", value: 10 });
    const forward = b.timeline[0];
    assert(forward);
    b.timeline.length = 0;
    const mutate = { kind: "mutate", op: "sub_", tensor: w.id, site: forward.site, iterations: 9 } as const;
    for (const iteration of [1, 9]) {
      b.timeline.push({ ...forward, iteration, iterations: 9 });
      const value = iteration === 1 ? 1 : 5;
      b.timeline.push({ ...mutate, iteration, version: iteration, values: [{ value }] });
    }
    const frame = frames(b.report);
    const w0 = [0, 1, 2, 3].map((i) => frame(i).moments.get("t:w")?.value);
    assert.deepEqual(w0, ["untold", { value: 1 }, "untold", { value: 5 }]);
    assert.deepEqual(frame(0).moments.get(`t:${loss.names[0]}`)?.value, { value: 10 });
  });

  it("do not show a node as freed before the call that frees it is over, nor an error before it was raised", () => {
    const frame = frames(sharedAndFreed());
    assert.equal(frame(3).moments.get("n:MulBackward0>q")?.notYetFreed, true);
    assert.equal(frame(8).moments.get("n:PowBackward0>y")?.notYetFreed, true);
    assert.equal(frame(8).moments.get("n:PowBackward0>y")?.notYetFailed, true);
  });

  it("divide the slider into forward and each backward call", () => {
    assert.deepEqual(
      stretches(sharedAndFreed().timeline).map((s) => [s.kind, s.from, s.count]),
      [
        ["forward", 0, 3],
        ["backward", 3, 3],
        ["backward", 6, 3],
      ],
    );
  });

  it("write up to three numbers on an edge, and shape and extent of more", () => {
    assert.equal(flowLabel({ value: [1, -0.5, 2] }), "[1, −0.5, 2]");
    assert.equal(flowLabel({ value: [[0], [-7], [2], [3]] }), "4×1  max 7");
    assert.equal(flowLabel({ value: ["NaN", 1, 2, 3] }), "4  max nan");
    assert.equal(flowLabel(null), null);
  });
});

describe("outgoing gradients", () => {
  it("belong to the inputs in order, past those that autograd does not look at", () => {
    const b = new ReportBuilder("where");
    const condition = b.leaf("c", [true, false], 1);
    const x = b.leaf("x", [1, 2], 2, { requiresGrad: true });
    const y = b.leaf("y", [3, 4], 3, { requiresGrad: true });
    const inputs: [string, typeof x][] = [
      ["condition", condition],
      ["self", x],
      ["other", y],
    ];
    const z = b.op("where", inputs, { line: 4, name: "z", value: [1, 4], saves: ["condition"] });
    const call = b.backward(z, 5);
    b.step(call, z, [1, 1], [null, [1, 0], [0, 1]]);
    const labels = frames(b.report)(1).flows.map((f) => [f.edge, f.label]);
    assert.deepEqual(labels.sort(), [
      ["n:WhereBackward0>z→t:z", "[1, 1]"],
      ["t:x→n:WhereBackward0>z:1", "[1, 0]"],
      ["t:y→n:WhereBackward0>z:2", "[0, 1]"],
    ]);
    assert.match(sentenceOf(b.report, 1), /passes \[1, 0\] to x and \[0, 1\] to y\.$/);
  });
});

describe("timeline sentences", () => {
  it("say what a forward step computes", () => {
    assert.equal(sentenceOf(lesson(), 2), "Forward, line 4: add gives z = 25.");
  });

  it("say what a node receives and passes on", () => {
    assert.equal(
      sentenceOf(lesson(), 4),
      "Backward (line 6): PowBackward0 of line 4 receives 1 and passes 6 to x.",
    );
  });

  it("say what .grad gains and holds, and which of several calls it is", () => {
    assert.equal(
      sentenceOf(sharedAndFreed(), 8),
      "Backward 2 of 3 (line 7): x.grad gains 32 and is now 29.39.",
    );
  });

  it("say which iteration of a loop it is, and which round where the loop is known", () => {
    assert.match(sentenceOf(loop(), 0), /\(iteration 100 of 100\)\.$/);
    const report = loop();
    const step = report.timeline[0];
    const node = report.graph.nodes.find(({ id }) => step && "node" in step && id === step.node);
    assert.ok(step && node);
    const head = { start: { line: 4, character: 0 }, end: { line: 4, character: 5 } };
    report.scopes = [{ kind: "round", label: "for", loop: 1, round: 50, rounds: 50, range: head }];
    node.within = 0;
    // Two in each round, of which the third was in the second.
    Object.assign(step, { iteration: 3, iterations: 100 });
    assert.match(sentenceOf(report, 0), /\(round 2 of 50\)\.$/);
  });
});
