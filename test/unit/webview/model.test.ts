// From a report to what is drawn: nodes, edges, keys, cuts and failures.
import assert from "node:assert/strict";
import { buildModel, type GraphModel, matchInputs } from "../../../webview/graph/model";
import { ReportBuilder, range, site } from "../../webview/fixtures/builder";
import {
  cut,
  failingForward,
  hostile,
  lesson,
  loop,
  overwritten,
  sharedAndFreed,
} from "../../webview/fixtures/reports";

const edge = (model: GraphModel, from: string, to: string) =>
  model.edges.find((e) => e.from === from && e.to === to);
const keys = (model: GraphModel) => model.nodes.map((n) => n.key).sort();

describe("the graph model", () => {
  it("draws tensors with their names, and one node for each operator, AccumulateGrad being part of its leaf", () => {
    const report = lesson();
    const model = buildModel(report);
    assert.deepEqual(keys(model), ["n:AddBackward0>z", "n:PowBackward0", "n:pow", "t:x", "t:y", "t:z"]);
    const accumulate = report.graph.nodes.find((n) => n.kind === "accumulate");
    assert.equal(model.byNode.get(accumulate?.id ?? -1), "t:x");
  });

  it("leads edges the way of the data, through the card of a named tensor", () => {
    const model = buildModel(lesson());
    assert.equal(edge(model, "t:x", "n:PowBackward0")?.kind, "gradient");
    assert.equal(edge(model, "n:PowBackward0", "n:AddBackward0>z")?.kind, "gradient");
    assert.equal(edge(model, "n:AddBackward0>z", "t:z")?.kind, "gradient");
    assert.equal(edge(model, "t:y", "n:pow")?.kind, "data");
    assert.equal(edge(model, "n:pow", "n:AddBackward0>z")?.kind, "data");
    assert.equal(model.edges.length, 5);
  });

  it("finds an unnamed tensor at the node that made it", () => {
    const report = lesson();
    const unnamed = report.tensors.find((t) => t.op === "pow" && t.requiresGrad);
    assert.equal(buildModel(report).byTensor.get(unnamed?.id ?? -1), "n:PowBackward0");
  });

  it("draws both edges of a tensor that is used twice by one operator", () => {
    const model = buildModel(sharedAndFreed());
    const both = model.edges.filter((e) => e.from === "t:y" && e.to === "n:MulBackward0>q");
    assert.deepEqual(
      both.map((e) => e.argument?.name),
      ["self", "other"],
    );
  });

  it("keeps the keys when ids and values change", () => {
    const moved = lesson();
    for (const tensor of moved.tensors) tensor.id += 1000;
    for (const node of moved.graph.nodes) {
      node.inputs = node.inputs.map((i) => ({ ...i, tensor: i.tensor === null ? null : i.tensor + 1000 }));
      node.outputs = node.outputs.map((id) => id + 1000);
    }
    for (const e of moved.graph.edges) e.tensor = e.tensor === null ? null : e.tensor + 1000;
    assert.deepEqual(keys(buildModel(moved)), keys(buildModel(lesson())));
  });

  it("gives two tensors of one name keys of their own", () => {
    const b = new ReportBuilder("twins");
    b.leaf("x", 1, 1);
    b.leaf("x", 2, 2);
    assert.deepEqual(keys(buildModel(b.report)), ["t:x", "t:x#2"]);
  });

  it("marks a cut edge with its reason, and lets the other branch go on", () => {
    const model = buildModel(cut());
    const stopped = edge(model, "t:y", "n:detach>target");
    assert.equal(stopped?.kind, "cut");
    assert.match(stopped?.cut ?? "", /outside of the graph/);
    assert.equal(edge(model, "t:y", "n:MulBackward0")?.kind, "gradient");
  });

  it("knows a frozen parameter, the start of backward and what is saved by whom", () => {
    const model = buildModel(cut());
    const scale = model.byKey.get("t:scale");
    const loss = model.byKey.get("t:loss");
    assert(scale?.kind === "tensor" && loss?.kind === "tensor");
    assert.equal(scale.frozen, true);
    assert.equal(loss.root, true);
    assert.equal(scale.savedBy.length, 1);
  });

  it("names a node once among those that saved a tensor twice", () => {
    const y = buildModel(sharedAndFreed()).byKey.get("t:y");
    assert(y?.kind === "tensor");
    assert.equal(y.savedBy.length, 2);
  });

  it("counts what a loop made", () => {
    const pred = buildModel(loop()).byKey.get("t:pred");
    assert.equal(pred?.count, 100);
  });

  it("leaves out tensors of earlier snippets that this one does not use", () => {
    const b = new ReportBuilder("second", 10);
    b.report.range = { start: { line: 20, character: 0 }, end: { line: 30, character: 0 } };
    b.leaf("old", 1, 3);
    b.leaf("new", 1, 22);
    b.leaf("elsewhere", 1, 22, { site: { ...site(22), file: "model.py" } });
    assert.deepEqual(keys(buildModel(b.report)), ["t:new"]);
  });

  it("draws an in-place write into an older tensor as a write and not as its origin", () => {
    const b = new ReportBuilder("write");
    const w = b.leaf("w", 1, 1, { requiresGrad: true });
    const g = b.leaf("g", 1, 2);
    b.op(
      "sub_",
      [
        ["self", w],
        ["other", g],
      ],
      { line: 3, value: 0, cut: "in no_grad" },
    );
    const node = b.nodes.find((n) => n.op === "sub_");
    assert(node);
    b.tensors.pop();
    node.outputs = [w.id];
    const model = buildModel(b.report);
    assert.equal(edge(model, "n:sub_>w", "t:w")?.kind, "write");
    assert.equal(edge(model, "t:w", "n:sub_>w")?.kind, "cut");
  });

  it("does not take the first maker of a tensor that was changed in place for a writer", () => {
    const report = overwritten();
    const h = report.tensors.find((t) => t.names[0] === "h");
    const exp = report.graph.nodes.find((n) => n.name === "ExpBackward0");
    assert(h && exp);
    const add = {
      ...exp,
      id: 90,
      name: "AddBackward0",
      op: "add_",
      saved: [],
      inputs: [{ name: "self", tensor: h.id }],
    };
    report.graph.nodes.push({ ...add, outputs: [h.id], sequence: 5 });
    h.node = 90;
    const model = buildModel(report);
    assert.equal(edge(model, "n:AddBackward0>h", "t:h")?.kind, "gradient");
    assert.equal(edge(model, "n:ExpBackward0>h", "t:h"), undefined);
  });

  it("marks the node at which backward starts when its result has no name", () => {
    const report = lesson();
    const z = report.tensors.find((t) => t.names[0] === "z");
    assert(z);
    z.names = [];
    const add = buildModel(report).nodes.find((n) => n.label === "AddBackward0");
    assert(add?.kind === "grad_fn");
    assert.equal(add.root, true);
  });

  it("draws what is left when edges lead to nodes that were not recorded", () => {
    const report = lesson();
    report.graph.nodes = report.graph.nodes.filter((n) => n.name !== "PowBackward0");
    const model = buildModel(report);
    assert.equal(model.byKey.has("n:AddBackward0>z"), true);
    for (const e of model.edges) assert(model.byKey.has(e.from) && model.byKey.has(e.to));
  });
});

describe("the failing place", () => {
  const failing = (model: GraphModel) => model.nodes.filter((n) => n.failing !== null).map((n) => n.key);

  it("is the first freed node that a second backward reaches", () => {
    assert.deepEqual(failing(buildModel(sharedAndFreed())), ["n:PowBackward0>y"]);
  });

  it("is the node whose saved tensor was overwritten", () => {
    assert.deepEqual(failing(buildModel(overwritten())), ["n:ExpBackward0>h"]);
  });

  it("is a node of its own, below the tensors at the place of the error, when an operator raised", () => {
    const model = buildModel(failingForward());
    assert.deepEqual(failing(model), ["failure"]);
    const sources = model.edges.filter((e) => e.to === "failure").map((e) => e.from);
    assert.deepEqual(sources.sort(), ["t:c", "t:twice"]);
  });

  it("is the tensor that backward could not start from", () => {
    const b = new ReportBuilder("vector");
    const x = b.leaf("x", [1, 2], 1, { requiresGrad: true });
    const y = b.op("mul", [["self", x]], { line: 2, name: "y", value: [2, 4], saves: ["self"] });
    b.backward(y, 3, { status: "raised" });
    b.report.status = "raised";
    const message = "grad can be implicitly created only for scalar outputs";
    b.report.error = { type: "RuntimeError", message, range: range(3), traceback: message };
    assert.deepEqual(failing(buildModel(b.report)), ["t:y"]);
  });

  it("is nowhere when the error has nothing to do with a tensor", () => {
    const report = hostile();
    report.occurrences = [];
    assert.deepEqual(failing(buildModel(report)), []);
  });
});

describe("matching edges to inputs", () => {
  it("tells inputs of one name apart by their tensors, and takes the rest in order", () => {
    const node = buildModel(lesson()).nodes.find((n) => n.kind === "grad_fn");
    assert(node?.kind === "grad_fn");
    const inputs = [
      { name: "tensors", tensor: 1 },
      { name: "tensors", tensor: 2 },
      { name: "tensors", tensor: null },
    ];
    const e = (to: number, tensor: number | null) => ({
      from: 9,
      to,
      inputNumber: 0,
      argument: "tensors",
      tensor,
    });
    const matched = matchInputs({ ...node.node, inputs }, [e(30, null), e(20, 2), e(10, 1)]);
    assert.deepEqual(
      [...matched].sort().map(([i, m]) => [i, m.to]),
      [
        [0, 10],
        [1, 20],
        [2, 30],
      ],
    );
  });
});
