// What a hover says.
import assert from "node:assert/strict";
import type { GradEvent, Site } from "../../../engine/protocol/report";
import { hoverAt, hoverMarkdown, tensorAt } from "../../../extension/view/hover";
import { selectionAt } from "../../../extension/view/inspectorState";
import { liveReport } from "../../../extension/view/moveReport";
import { at, range, snippetReport, snippetView, tensor } from "./fixtures";

const plainStyle = { link: () => undefined, theme: "dark" as const };

/** The hover's text as a person reads it, without links. */
function text(view: ReturnType<typeof snippetView>, line: number, character: number): string {
  const model = hoverAt(view, at(line, character));
  assert.ok(model, `nothing at ${line}:${character}`);
  return hoverMarkdown(model, plainStyle);
}

describe("a hover", () => {
  const x = tensor({
    id: 1,
    shape: [2, 3],
    value: [
      [1, 2, 3],
      [4, 5, 6],
    ],
    grad: [
      [3, 5, 7],
      [9, 11, 13],
    ],
  });
  const y = tensor({
    id: 2,
    names: ["y"],
    op: "add",
    site: { range: range(2, 4, 14) },
    isLeaf: false,
    gradFn: "AddBackward0",
    value: 12,
    grad: 1,
    gradSource: "inspector",
    whyNoGrad: "It is not a leaf, and retain_grad() was not called on it.",
    whyNoGradSite: { range: range(2, 4, 14) },
  });
  const part = tensor({
    id: 3,
    names: [],
    op: "pow",
    site: { range: range(2, 4, 10) },
    isLeaf: false,
    value: 9,
  });
  const view = snippetView(
    snippetReport({
      tensors: [x, y, part],
      occurrences: [
        { range: range(1, 0, 1), name: "x", tensor: 1 },
        { range: range(2, 0, 1), name: "y", tensor: 2 },
        { range: range(2, 4, 5), name: "x", tensor: 1 },
        { range: range(2, 4, 14), tensor: 2 },
      ],
    }),
  );

  it("over a leaf says dtype, shape, leaf, requires_grad, value and gradient", () => {
    assert.equal(
      text(view, 1, 0),
      [
        "`x` · float32 · shape \\[2, 3\\] · leaf · requires_grad=True",
        "```text\nvalue            x.grad\n[[1., 2., 3.],   [[ 3.,  5.,  7.],\n [4., 5., 6.]]    [ 9., 11., 13.]]\n```",
      ].join("\n\n"),
    );
  });

  it("over a non-leaf says its grad_fn, that .grad is None, what passed through it, and why", () => {
    assert.equal(
      text(view, 2, 1),
      [
        "`y` · float32 · shape \\[\\] · non-leaf · requires_grad=True · grad_fn=&lt;AddBackward0>",
        "value `12.`",
        "gradient (the inspector's) `1.`",
        "y.grad is None in PyTorch. It is not a leaf, and retain_grad() was not called on it.",
      ].join("\n\n"),
    );
  });

  it("links the reason to its place", () => {
    const cut = tensor({ id: 1, whyNoGrad: "It was detached.", whyNoGradSite: { range: range(3, 0, 4) } });
    const occurrences = [1, 3].map((line) => ({ range: range(line, 0, 1), name: "x", tensor: 1 }));
    const cutView = snippetView(snippetReport({ tensors: [cut], occurrences }));
    const linked = (line: number) => {
      const model = hoverAt(cutView, at(line, 0));
      assert.ok(model);
      const link = (site: Site) => `[line ${site.range.start.line + 1}](command:x)`;
      return hoverMarkdown(model, { link, theme: "dark" });
    };
    assert.match(linked(1), /x\.grad is None\. It was detached\. \[line 4\]\(command:x\)$/);
    assert.match(linked(3), /It was detached\.$/, "the mouse is there already");
  });

  it("is about the smallest expression around the cursor, then about what its operator made", () => {
    const live = liveReport(
      snippetReport({ tensors: [x, y, part], occurrences: view.report?.occurrences ?? [] }),
    );
    assert.equal(tensorAt(live, at(2, 4))?.tensor.id, 1);
    assert.equal(tensorAt(live, at(2, 12))?.tensor.id, 2);
    const withoutOccurrences = liveReport(snippetReport({ tensors: [x, y, part] }));
    assert.equal(tensorAt(withoutOccurrences, at(2, 7))?.tensor.id, 3);
    assert.equal(tensorAt(withoutOccurrences, at(2, 12))?.tensor.id, 2);
    assert.equal(tensorAt(withoutOccurrences, at(3, 0)), null);
    assert.equal(hoverAt(view, at(4, 0)), null);
  });

  it("names an expression by the operator that made it", () => {
    const only = snippetView(snippetReport({ tensors: [part] }));
    assert.match(text(only, 2, 7), /^`result of pow` · /);
  });

  it("puts value and gradient below each other where they are too wide", () => {
    const row = Array.from({ length: 8 }, (_, index) => 1000.5 + index);
    const wide = tensor({ id: 1, shape: [2, 8], value: [row, row], grad: [row, row] });
    const report = snippetReport({
      tensors: [wide],
      occurrences: [{ range: range(1, 0, 1), name: "x", tensor: 1 }],
    });
    assert.match(text(snippetView(report), 1, 0), /\n\nvalue\n```text\n\[\[.*\n\nx\.grad\n```text\n/s);
  });

  it("says at once that it is stale", () => {
    const stale = { ...view, stale: true };
    assert.match(text(stale, 1, 0), /^\*Stale: the code has changed since this was computed\.\*\n\n`x` · /);
  });

  it("says why there is no gradient at all", () => {
    const cut = tensor({
      id: 1,
      grad: null,
      whyNoGrad: "The graph was cut by .detach().",
      whyNoGradSite: { range: range(3, 0, 4) },
    });
    const report = snippetReport({
      tensors: [cut],
      occurrences: [{ range: range(1, 0, 1), name: "x", tensor: 1 }],
    });
    assert.match(
      text(snippetView(report), 1, 0),
      /\n\nx\.grad is None\. The graph was cut by \.detach\(\)\.$/,
    );
  });

  it("says why a gradient is zero or a value is NaN, how much of it, and where that began", () => {
    const odd = tensor({
      id: 1,
      grad: 0,
      why: [
        {
          of: "grad",
          is: "zero",
          cause: "dead-relu",
          text: "relu let nothing through.",
          site: { range: range(3, 4, 9) },
          share: 0.25,
        },
        {
          of: "value",
          is: "nan",
          cause: "born",
          text: "It was born in log.",
          site: { range: range(1, 4, 9) },
        },
      ],
    });
    const found = snippetReport({
      tensors: [odd],
      occurrences: [{ range: range(1, 0, 1), name: "x", tensor: 1 }],
    });
    const model = hoverAt(snippetView(found), at(1, 0));
    assert.ok(model);
    const link = (site: Site) => `[line ${site.range.start.line + 1}](command:x)`;
    const words = hoverMarkdown(model, { link, theme: "dark" });
    assert.match(words, /25 % of its gradient is zero\. relu let nothing through\. \[line 4\]\(command:x\)/);
    assert.match(words, /\n\nIts value is NaN\. It was born in log\.$/);
  });

  it("shows what every backward call added, and the sum, where there was more than one", () => {
    const event = (call: number, increment: number, accumulated: number): GradEvent => ({
      call,
      increment: { value: increment },
      accumulated: { value: accumulated },
    });
    const twice = tensor({ id: 1, grad: 4, gradEvents: [event(0, 2, 2), event(1, 2, 4)] });
    const call = (line: number) => ({
      kind: "backward" as const,
      site: { range: range(line, 0, 12) },
      retainGraph: false,
      createGraph: false,
      roots: [],
      status: "ok" as const,
    });
    const report = snippetReport({
      tensors: [twice],
      backwardCalls: [call(3), call(4)],
      occurrences: [{ range: range(1, 0, 1), name: "x", tensor: 1 }],
    });
    assert.match(text(snippetView(report), 1, 0), /2 backward calls\n- added/);
    assert.match(text(snippetView(report), 1, 0), /- added `2\. → 2\.`\n- added `2\. → 4\.`$/);
    const once = snippetReport({ ...report, tensors: [{ ...twice, gradEvents: [event(0, 2, 2)] }] });
    assert.doesNotMatch(text(snippetView(once), 1, 0), /backward calls/);
    const many = Array.from({ length: 40 }, (_, index) => event(0, 1, index + 1));
    const often = text(
      snippetView(snippetReport({ ...report, tensors: [{ ...twice, gradEvents: many }] })),
      1,
      0,
    );
    assert.match(often, /40 backward calls/);
    assert.match(often, /… 34 more …/);
    const looped = {
      ...report,
      backwardCalls: [
        { ...call(3), count: 200 },
        { ...call(3), count: 200 },
      ],
    };
    assert.match(
      text(snippetView(snippetReport({ ...looped, tensors: [twice] })), 1, 0),
      /200 backward calls, the first and the last\n- added/,
    );
    assert.equal(often.match(/- added/g)?.length, 6);
  });

  it("over backward() says where it started and what the leaves hold afterwards", () => {
    const leaf = tensor({
      id: 1,
      names: ["w"],
      gradEvents: [{ call: 0, increment: { value: 2 }, accumulated: { value: 2 } }],
    });
    const loss = tensor({ id: 2, names: ["loss"], isLeaf: false, site: { range: range(2, 7, 12) } });
    const report = snippetReport({
      tensors: [leaf, loss],
      occurrences: [{ range: range(3, 0, 4), name: "loss", tensor: 2 }],
      backwardCalls: [
        {
          kind: "backward",
          site: { range: range(3, 0, 31) },
          retainGraph: true,
          createGraph: false,
          roots: [2],
          status: "ok",
        },
      ],
    });
    const view = snippetView(report);
    assert.equal(
      text(view, 3, 8),
      "`backward()` · from loss · retain_graph=True\n\nafter this call\n- w.grad `2.`",
    );
    assert.match(text(view, 3, 2), /^`loss` · /);
    const made = tensor({ id: 3, names: ["w.grad"], site: { range: range(3, 0, 31) } });
    const withGrad = snippetView(snippetReport({ ...report, tensors: [leaf, loss, made] }));
    assert.match(
      text(withGrad, 3, 8),
      /^`backward\(\)` · /,
      "not over the gradient tensor that the call made",
    );
    assert.deepEqual(selectionAt(withGrad, at(3, 8)), { kind: "tensor", id: 2 });
  });

  it("tells of changes in place, loops, parameters and other names", () => {
    const busy = tensor({
      id: 1,
      names: ["model.weight"],
      isParameter: true,
      version: 2,
      mutations: [
        { site: { range: range(2, 0, 5) }, by: "add_", version: 1 },
        { site: { range: range(3, 0, 5) }, by: "mul_", version: 2 },
      ],
      count: 100,
    });
    const report = snippetReport({
      tensors: [busy],
      occurrences: [{ range: range(1, 0, 1), name: "w", tensor: 1 }],
    });
    const words = text(snippetView(report), 1, 0);
    assert.match(words, /^`w` · float32 · shape \\\[\\\] · leaf · parameter · /);
    assert.match(words, /changed in place 2 times \(version 2\)\n- by `add_`\n- by `mul_`/);
    assert.match(words, /The last of 100 tensors made here\./);
    assert.match(words, /The same tensor as model\.weight\./);
  });

  it("gives statistics and a corner of a large tensor", () => {
    const summary = {
      count: 5000,
      min: 0,
      max: 1,
      mean: 0.5,
      std: 0.1,
      zeros: 0,
      nan: 0,
      inf: 0,
      histogram: [],
    };
    const large = tensor({
      id: 1,
      shape: [50, 100],
      value: null,
      summary: {
        ...summary,
        corner: [
          [1, 2],
          [3, 4],
        ],
      },
    });
    const report = snippetReport({
      tensors: [large],
      occurrences: [{ range: range(1, 0, 1), name: "x", tensor: 1 }],
    });
    assert.match(
      text(snippetView(report), 1, 0),
      /value `5,000 elements, min 0, max 1, mean 0\.5, std 0\.1`/,
    );
    assert.match(text(snippetView(report), 1, 0), /value, its first elements\n```text\n\[\[1\., 2\.\],/);
  });

  it("cannot be given markup by names and reasons of the user's code", () => {
    const evil = tensor({
      id: 1,
      names: ["x`](command:evil)"],
      grad: null,
      whyNoGrad: "[click](command:evil) <img src=x>",
    });
    const report = snippetReport({
      tensors: [evil],
      occurrences: [{ range: range(1, 0, 1), name: "x`](command:evil)", tensor: 1 }],
    });
    const words = text(snippetView(report), 1, 0);
    assert.doesNotMatch(words, /(?<!\\)\]\(command:evil\)(?!``)/);
    assert.doesNotMatch(words, /<img/);
  });
});
