// What the tools for assistants answer.
import assert from "node:assert/strict";
import { findingsText, fixesText, gradientText, trialText } from "../../../extension/view/toolText";
import { range, report, snippetReport, tensor } from "./fixtures";

const document = { file: "lesson.py" };
const call = {
  kind: "backward" as const,
  site: { range: range(4, 0, 12) },
  retainGraph: false,
  createGraph: false,
  roots: [],
  status: "ok" as const,
};
const finding = {
  code: "autograd/second-backward",
  severity: "error" as const,
  message: "Trying to backward a second time",
  range: range(5, 0, 12),
  related: [{ message: "freed here", range: range(4, 0, 12) }],
  fixes: [],
};

describe("an assistant's answer about a gradient", () => {
  const w = tensor({
    id: 1,
    names: ["w"],
    shape: [2],
    value: [1, 2],
    grad: [4, 8],
    gradEvents: [
      { call: 0, increment: { value: [2, 4] }, accumulated: { value: [2, 4] } },
      { call: 0, increment: { value: [2, 4] }, accumulated: { value: [4, 8] } },
    ],
    mutations: [{ by: "add_", version: 1, site: { range: range(3, 0, 6) } }],
  });
  const h = tensor({
    id: 2,
    names: ["h"],
    isLeaf: false,
    gradFn: "MulBackward0",
    site: { range: range(2, 4, 9) },
    value: 3,
    grad: 5,
    gradSource: "inspector",
    whyNoGrad: "It is not a leaf.",
    whyNoGradSite: { range: range(2, 4, 9) },
    why: [{ of: "value", is: "nan", cause: "born", text: "It was born in log.", share: 0.5 }],
  });
  const snippets = [snippetReport({ tensors: [w, h], backwardCalls: [call] })];

  it("says what it is, what it holds, who added to it and who changed it, with places", () => {
    assert.equal(
      gradientText(document, snippets, "w.grad"),
      [
        "w: float32, shape [2], leaf, requires_grad=True (lesson.py, line 2, column 5)",
        "value: [1., 2.]",
        "w.grad: [4., 8.]",
        "backward (lesson.py, line 5, column 1) added [2., 4.], .grad was then [2., 4.]",
        "backward (lesson.py, line 5, column 1) added [2., 4.], .grad was then [4., 8.]",
        "changed in place by add_ (lesson.py, line 4, column 1)",
      ].join("\n"),
    );
  });

  it("tells PyTorch's None from what passed through, and why", () => {
    const text = gradientText(document, snippets, "h");
    assert.match(text, /\nh\.grad: None in PyTorch; the gradient that backward passed through it: 5\.\n/);
    assert.match(text, /\nwhy None: It is not a leaf\. \(lesson\.py, line 3, column 5\)\n/);
    assert.match(text, /\nwhy its value is nan \(50 % of its elements\): It was born in log\.$/);
  });

  it("names places in notebooks by cell, and the names that there are", () => {
    const cells = [{ cell: 2, line: 0, lineCount: 10 }];
    assert.match(
      gradientText({ file: "a.ipynb", cells }, snippets, "w"),
      /\(a\.ipynb, cell 3, line 2, column 5\)/,
    );
    assert.equal(
      gradientText(document, snippets, "q"),
      'No tensor is called "q". Names of tensors in lesson.py: w, h.',
    );
    assert.match(gradientText(document, [], "q"), /has no annotated snippets.*# %% \[grad\]/);
  });
});

describe("an assistant's answer about findings", () => {
  it("lists them with all lines involved, and an exception that no rule explains", () => {
    const error = {
      type: "ZeroDivisionError",
      message: "division by zero",
      range: range(8, 4, 9),
      traceback: "",
    };
    const text = findingsText(document, [
      snippetReport({ status: "raised", diagnostics: [finding] }),
      snippetReport({ title: "", status: "raised", error }),
      snippetReport({ title: "Fine" }),
    ]);
    assert.equal(
      text,
      [
        'Snippet 1 "Lesson": raised an exception',
        "  lesson.py, line 6, column 1: error autograd/second-backward: Trying to backward a second time",
        "    lesson.py, line 5, column 1: freed here",
        "Snippet 2: raised ZeroDivisionError",
        "  lesson.py, line 9, column 5: error ZeroDivisionError: division by zero",
        'Snippet 3 "Fine": ran',
        "  nothing found",
      ].join("\n"),
    );
  });

  it("is bounded however much there is", () => {
    const many = Array.from({ length: 2000 }, () => snippetReport({ diagnostics: [finding] }));
    const text = findingsText(document, many);
    assert.ok(text.length < 25_000 && text.endsWith("… cut off"), String(text.length));
  });
});

describe("an assistant's answer about a change", () => {
  it("says what is gone, what is new, how gradients change and what is printed", () => {
    const w = (grad: number | null) => tensor({ id: 1, names: ["w"], grad });
    const before = report(snippetReport({ status: "raised", diagnostics: [finding], tensors: [w(2)] }));
    const hint = { ...finding, code: "autograd/graph-kept", message: "kept", severity: "hint" as const };
    const after = report(
      snippetReport({
        diagnostics: [hint],
        tensors: [w(4)],
        output: [{ text: "tensor(4.)\n", range: range(5, 0, 5) }],
      }),
    );
    const text = trialText(document, before, after);
    assert.match(text, /^With the change every snippet runs\.\n/);
    assert.match(text, /\ngone: autograd\/second-backward: Trying/);
    assert.match(text, /\nnew: autograd\/graph-kept: kept\n/);
    assert.match(text, /\nw\.grad: 2\. before, 4\. after\n/);
    assert.match(text, /\nWhat is printed then:\ntensor\(4\.\)$/);
    assert.match(
      trialText(document, before, before),
      /1 of 1 snippets do not run.*The findings are the same/s,
    );
  });

  it("gives the edits of fixes that hold", () => {
    const fix = {
      title: "Call it once: w.grad becomes 2.",
      edits: [{ range: range(5, 0, 12), newText: "pass\n" }],
      verified: true,
      cost: "memory",
    };
    assert.equal(
      fixesText(document, [{ finding, fixes: [fix] }]),
      [
        "lesson.py, line 6, column 1: autograd/second-backward: Trying to backward a second time",
        "  verified: Call it once: w.grad becomes 2. (memory)",
        '    replace from line 6, column 1 to line 6, column 13 by "pass\\n"',
      ].join("\n"),
    );
    assert.match(fixesText(document, [{ finding, fixes: [] }]), /Nothing that was tried helps/);
    assert.match(fixesText(document, []), /no finding there/);
  });
});
