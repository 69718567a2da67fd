// What the bridge sees of the reporter: pages of large tensors, what is left after a run, where a sibling is named.
import assert from "node:assert/strict";
import { modes } from "../../../engine/autograd/modes";
import type { RunRequest } from "../../../engine/protocol/engineApi";
import type { SnippetFacts } from "../../../engine/python/plug";
import { recording } from "../../../engine/record/hook";
import { createReporter } from "../../../engine/record/reporter";
import { TorchError } from "../../../engine/tensor/errors";
import type { Tensor } from "../../../engine/tensor/tensor";
import { call, codes, data, emptyFacts, IN_SIBLING, lineRange, mul } from "./lab";

const request: RunRequest = {
  runId: 7,
  file: "lesson.py",
  version: 1,
  snippets: [],
  siblings: [],
  limits: { seconds: 1, tensorBytes: 1e9, outputCharacters: 1e5, records: 1000 },
};

function record(body: () => Record<string, Tensor>, change: (facts: SnippetFacts) => void = () => {}) {
  const handles = new Map<number, Tensor>();
  const reporter = createReporter((handle) => handles.get(handle) ?? null);
  reporter.beginRun(request);
  recording.recorder = reporter.recorder;
  const facts = emptyFacts(0);
  try {
    reporter.beginSnippet(0);
    for (const [name, tensor] of Object.entries(body())) {
      handles.set(tensor.id, tensor);
      facts.names.push({ name, handle: tensor.id });
    }
    change(facts);
    const report = reporter.finishSnippet(facts);
    assert.equal(recording.recorder, reporter.recorder, "the snippets after this one are recorded too");
    return { reporter, report };
  } finally {
    recording.recorder = null;
    modes.site = 0;
  }
}

describe("the reporter", () => {
  const large = Array.from({ length: 2000 }, (_, i) => i);

  it("gives pages of a large tensor in row-major order, also after the run's reset", () => {
    const { reporter, report } = record(() => ({
      x: call("transpose.int", call("view", data(large), [2, 1000]), 0, 1),
    }));
    const x = report.tensors.find(({ names }) => names[0] === "x");
    assert.ok(x);
    assert.deepEqual([x.value, x.summary?.count, x.shape], [null, 2000, [1000, 2]]);
    assert.deepEqual(reporter.elements(7, x.id, 0, 4), { value: [0, 1000, 1, 1001] });
    reporter.reset();
    assert.deepEqual(reporter.elements(7, x.id, 1998, 10), { value: [999, 1999] });
  });

  it("has no page of a tensor that no name holds, nor of another run", () => {
    const { reporter, report } = record(() => ({ y: mul(data(large), 2) }));
    const y = report.tensors.find(({ names }) => names[0] === "y");
    const data_ = report.tensors.find(({ names }) => names.length === 0);
    assert.ok(y && data_);
    assert.deepEqual(reporter.elements(7, data_.id, 0, 4), { value: null });
    assert.deepEqual(reporter.elements(6, y.id, 0, 4), { value: null });
    reporter.beginRun({ ...request, runId: 8 });
    assert.deepEqual(reporter.elements(7, y.id, 0, 4), { value: null });
  });

  it("counts ids from 1 again in the next run", () => {
    const first = record(() => ({ x: data(1) }));
    const second = record(() => ({ x: data(1) }));
    assert.deepEqual(first.report.tensors[0].id, 1);
    assert.deepEqual(second.report.tensors[0].id, 1);
  });

  it("puts an error that was raised in a sibling file where the document called it, and names both", () => {
    const { report } = record(
      () => {
        modes.site = IN_SIBLING;
        recording.recorder?.raised(new TorchError("RuntimeError", "no"), IN_SIBLING);
        return {};
      },
      (facts) => {
        facts.status = "raised";
        facts.error = { type: "RuntimeError", message: "no", range: lineRange(4), traceback: "" };
      },
    );
    assert.deepEqual(codes(report), ["python/RuntimeError"]);
    const [found] = report.diagnostics;
    assert.deepEqual(found.range, lineRange(4));
    assert.deepEqual(found.related, [{ message: "Raised here.", range: lineRange(7), file: "model.py" }]);
  });

  it("shows inline values' tensors", () => {
    const { report } = record(
      () => {
        const x = data(5);
        recording.recorder?.bind(12, x);
        return { x };
      },
      (facts) => {
        facts.inlineValues = [
          { line: 3, expression: "x", text: "tensor(5.)", site: 12 },
          { line: 4, expression: "1", text: "1" },
        ];
      },
    );
    assert.deepEqual(report.inlineValues, [
      { line: 3, expression: "x", text: "tensor(5.)", tensor: report.tensors[0].id },
      { line: 4, expression: "1", text: "1" },
    ]);
  });
});
