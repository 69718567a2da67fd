// A report that moves with the text it was made of.
import assert from "node:assert/strict";
import { liveReport, moveReport } from "../../../extension/view/moveReport";
import { range, snippetReport, tensor } from "./fixtures";

const x = tensor({ id: 1, site: { range: range(1, 4, 20) } });
const y = tensor({
  id: 2,
  names: ["y"],
  site: { range: range(2, 4, 9) },
  mutations: [{ site: { range: range(3, 0, 6) }, by: "add_", version: 1 }],
  whyNoGrad: "it was detached",
  whyNoGradSite: { range: range(2, 4, 9) },
});
const original = snippetReport({
  tensors: [x, y],
  occurrences: [
    { range: range(1, 0, 1), name: "x", tensor: 1 },
    { range: range(2, 4, 9), tensor: 2 },
  ],
  output: [{ text: "1\n", range: range(4, 0, 8) }],
  inlineValues: [{ line: 4, expression: "y", text: "tensor(1.)" }],
  error: { type: "RuntimeError", message: "no", range: range(4, 0, 8), traceback: "" },
  diagnostics: [
    {
      code: "autograd/second-backward",
      severity: "error",
      message: "Trying to backward",
      range: range(4, 0, 8),
      related: [
        { message: "freed by this call", range: range(3, 0, 6) },
        { message: "elsewhere", range: range(1, 0, 2), file: "model.py" },
      ],
      fixes: [{ title: "Retain", edits: [{ range: range(3, 5, 5), newText: "x" }] }],
    },
  ],
  backwardCalls: [
    {
      kind: "backward",
      site: { range: range(3, 0, 6) },
      retainGraph: false,
      createGraph: false,
      roots: [2],
      status: "ok",
    },
  ],
});
const live = liveReport(original);

describe("a report that moves with the text", () => {
  it("is the same object when the edit is below its snippet", () => {
    assert.equal(moveReport(live, [{ range: range(9, 0, 0), text: "\n" }]), live);
  });

  it("moves every place when lines are added above", () => {
    const moved = moveReport(live, [{ range: range(0, 0, 0), text: "\n\n" }]);
    assert.equal(moved.range.start.line, 3);
    assert.equal(moved.tensors[0]?.site?.range.start.line, 3);
    assert.equal(moved.tensors[1]?.mutations[0]?.site.range.start.line, 5);
    assert.equal(moved.tensors[1]?.whyNoGradSite?.range.start.line, 4);
    assert.equal(moved.occurrences[1]?.range.start.line, 4);
    assert.equal(moved.output[0]?.range.start.line, 6);
    assert.equal(moved.inlineValues[0]?.line, 6);
    assert.equal(moved.error?.range.start.line, 6);
    assert.equal(moved.backwardCalls[0]?.site.range.start.line, 5);
    const [finding] = moved.diagnostics;
    assert.equal(finding?.range.start.line, 6);
    assert.equal(finding?.related[0]?.range.start.line, 5);
    assert.equal(finding?.fixes[0]?.edits[0]?.range.start.line, 5);
  });

  it("leaves places in other files alone", () => {
    const moved = moveReport(live, [{ range: range(0, 0, 0), text: "\n\n" }]);
    assert.deepEqual(moved.diagnostics[0]?.related[1]?.range, range(1, 0, 2));
  });

  it("drops what was edited away and keeps the rest", () => {
    const moved = moveReport(live, [{ range: range(2, 5, 6), text: "z" }]);
    assert.equal(moved.occurrences.length, 1);
    assert.equal(moved.tensors[1]?.site, null);
    assert.equal(moved.tensors[1]?.whyNoGrad, "it was detached");
    assert.equal(moved.tensors[1]?.whyNoGradSite, undefined);
    assert.equal(moved.tensors[0]?.site?.range.start.line, 1);
  });

  it("offers a fix whole or not at all", () => {
    const moved = moveReport(live, [{ range: range(3, 4, 6), text: "" }]);
    assert.deepEqual(moved.diagnostics[0]?.fixes, []);
    assert.equal(moved.diagnostics.length, 1);
  });

  it("drops an inline value with its line, and moves it with text typed on its line", () => {
    assert.equal(moveReport(live, [{ range: range(4, 3, 3), text: "abc" }]).inlineValues[0]?.line, 4);
    assert.equal(moveReport(live, [{ range: range(3, 0, 5, 0), text: "" }]).inlineValues.length, 0);
  });

  it("does not change the report that it was given", () => {
    const before = JSON.stringify(live);
    moveReport(live, [{ range: range(2, 5, 6), text: "z\n" }]);
    assert.equal(JSON.stringify(live), before);
  });
});
