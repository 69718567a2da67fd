// What the command line prints of a report, and how it reads a document and the files beside it.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDocument, readSiblings, SIBLING_LIMITS } from "../../../engine/node/document";
import { exitStatus, snippetText, style, valueText } from "../../../engine/node/printReport";
import type { Range, Report, SnippetReport, TensorRecord } from "../../../engine/protocol/report";
import { tracebackInCells } from "../../../engine/record/cells";

const range = (line: number, from: number, to: number): Range => ({
  start: { line, character: from },
  end: { line, character: to },
});

function tensor(fields: Partial<TensorRecord>): TensorRecord {
  return {
    id: 1,
    names: ["x"],
    site: null,
    op: null,
    dtype: "float32",
    shape: [],
    requiresGrad: true,
    isLeaf: true,
    gradFn: null,
    retainsGrad: false,
    version: 0,
    mutations: [],
    value: 1,
    grad: null,
    gradSource: "pytorch",
    gradEvents: [],
    count: 1,
    ...fields,
  };
}

function snippet(fields: Partial<SnippetReport>): SnippetReport {
  return {
    title: "Chain",
    range: range(4, 0, 0),
    status: "ok",
    milliseconds: 1.25,
    output: [],
    tensors: [],
    graph: { nodes: [], edges: [] },
    timeline: [],
    backwardCalls: [],
    diagnostics: [],
    occurrences: [],
    inlineValues: [],
    ...fields,
  };
}

const plain = style(false);

describe("the command line's text", () => {
  it("tells lines of a notebook as lines of its cells, counted as a person counts them", () => {
    const cells = [
      { cell: 1, line: 0, lineCount: 3 },
      { cell: 4, line: 3, lineCount: 5 },
    ];
    const found = {
      code: "autograd/second-backward",
      severity: "error" as const,
      message: "no",
      range: range(4, 0, 3),
      related: [
        { message: "freed here", range: range(1, 2, 3) },
        { message: "in a file", range: range(8, 0, 3), file: "model.py" },
      ],
      fixes: [],
    };
    const text = snippetText(
      { file: "a.ipynb", cells },
      snippet({
        title: "",
        diagnostics: [found],
        inlineValues: [{ line: 5, expression: "x", text: "1" }],
      }),
      plain,
    );
    assert.match(text, /\ba\.ipynb, cell 5, line 2, column 1: error: no/);
    assert.match(text, /\ba\.ipynb, cell 2, line 2, column 3: freed here/);
    assert.match(text, /model\.py:9:1: in a file/);
    assert.match(text, /\n {2}cell 5, line 3: x = 1/);
  });

  it("tells the lines of a notebook's traceback so, too", () => {
    const cells = [{ cell: 2, line: 10, lineCount: 3 }];
    const traceback = '  File "a.ipynb", line 12, in <module>\n  File "b.py", line 12, in f\n';
    assert.equal(
      tracebackInCells(traceback, "a.ipynb", cells),
      '  File "a.ipynb", cell 3, line 2, in <module>\n  File "b.py", line 12, in f\n',
    );
    assert.equal(tracebackInCells(traceback, "a.ipynb", undefined), traceback);
  });

  it("prints output, gradients of named tensors, values and diagnostics", () => {
    const text = snippetText(
      { file: "lesson.py" },
      snippet({
        status: "raised",
        output: [
          { text: "hello ", range: range(5, 0, 3) },
          { text: "world\n", range: range(6, 0, 3) },
        ],
        error: {
          type: "RuntimeError",
          message: "no",
          range: range(7, 0, 3),
          traceback: "Traceback…\nRuntimeError: no\n",
        },
        tensors: [
          tensor({ grad: [6, -0.5] }),
          tensor({ id: 9, names: ["earlier"], grad: 5 }),
          tensor({ names: ["h"], isLeaf: false, gradFn: "MulBackward0", grad: 2, gradSource: "inspector" }),
          tensor({ names: ["w"], shape: [2, 3], whyNoGrad: "no backward call reached it" }),
          tensor({ names: ["plain"], requiresGrad: false }),
          tensor({ names: [], grad: 9 }),
        ],
        occurrences: [{ range: range(5, 0, 1), name: "x", tensor: 1 }],
        inlineValues: [{ line: 8, expression: "x * 2", text: "tensor(4.)" }],
        diagnostics: [
          {
            code: "autograd/second-backward",
            severity: "error",
            message: "Trying to backward\nsecond line",
            range: range(7, 2, 9),
            related: [{ message: "freed by this call", range: range(6, 0, 4) }],
            fixes: [{ title: "Add the losses", edits: [] }],
          },
        ],
      }),
      plain,
    );
    assert.equal(
      text,
      `── Chain raised 1.3 ms
hello world
Traceback…
RuntimeError: no
gradients
  x.grad = [6, -0.5]  (float32 scalar, leaf)
  h: gradient 2  (float32 scalar, MulBackward0; h.grad is None in PyTorch)
  w.grad is None: no backward call reached it  (float32 shape [2, 3], leaf)
values
  line 9: x * 2 = tensor(4.)
diagnostics
  lesson.py:8:3: error: Trying to backward [autograd/second-backward]
    second line
    lesson.py:7:1: freed by this call
    fix: Add the losses
`,
    );
  });

  it("writes numbers as Python does, and large tensors as statistics", () => {
    assert.equal(
      valueText(["NaN", "Infinity", "-Infinity", true, 0.1, 1e-9, 123456789, 1 / 3], undefined),
      "[nan, inf, -inf, True, 0.1, 1.0000e-9, 123456789, 0.333333]",
    );
    const summary = {
      count: 2000,
      min: 0,
      max: 1,
      mean: 0.5,
      std: 0.1,
      zeros: 0,
      nan: 3,
      inf: 0,
      histogram: [],
      corner: [],
    };
    assert.equal(valueText(null, summary), "2000 elements, min 0, max 1, mean 0.5, 3 nan");
    assert.equal(valueText(Array(1000).fill(1), undefined).length, 400);
  });

  it("colours only when it is told to", () => {
    assert.ok(!snippetText({ file: "a.py" }, snippet({}), plain).includes("\u001b"));
    assert.ok(snippetText({ file: "a.py" }, snippet({}), style(true)).includes("\u001b[32mok"));
  });

  it("says why a snippet was stopped, and ends with the status of the worst", () => {
    assert.match(
      snippetText({ file: "a.py" }, snippet({ status: "stopped", stoppedBy: "timeout" }), plain),
      /^── Chain stopped: its time was up/,
    );
    const report = (snippets: SnippetReport[]): Report => ({
      file: "a.py",
      version: 1,
      engine: { torch: "", python: "" },
      snippets,
    });
    assert.equal(exitStatus(report([])), 0);
    assert.equal(exitStatus(report([snippet({})])), 0);
    assert.equal(exitStatus(report([snippet({}), snippet({ status: "raised" })])), 1);
    assert.equal(exitStatus(report([snippet({ status: "stopped", stoppedBy: "user" })])), 1);
  });
});

describe("reading a document", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "gradient-inspector-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function write(name: string, content: string | Uint8Array): string {
    const path = join(folder, name);
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, content);
    return path;
  }

  it("runs a .py without annotations whole, and one with them by its cells", () => {
    const whole = readDocument(write("whole.py", "a = 1\nb = 2\n"));
    assert.ok(whole.kind === "document");
    assert.deepEqual(
      whole.parsed.snippets.map(({ title, code }) => [title, code.trim()]),
      [["whole.py", "a = 1\nb = 2"]],
    );
    const cells = readDocument(write("cells.py", "x = 1\n# %% [grad] One\na = 1\n# %%\nb = 2\n"));
    assert.ok(cells.kind === "document");
    assert.deepEqual(
      cells.parsed.snippets.map(({ title, code }) => [title, code.trim()]),
      [["One", "a = 1"]],
    );
  });

  it("runs nothing of a Markdown file without annotations", () => {
    const read = readDocument(write("plain.md", "```python\na = 1\n```\n"));
    assert.ok(read.kind === "document");
    assert.equal(read.parsed.snippets.length, 0);
  });

  it("says what it cannot read", () => {
    const message = (path: string): string => {
      const read = readDocument(path);
      return read.kind === "unreadable" ? read.message.replace(folder, "") : "read";
    };
    assert.equal(message(join(folder, "none.py")), "/none.py: there is no such file");
    assert.equal(
      message(write("binary.py", new Uint8Array([0xff, 0xfe, 0x00]))),
      "/binary.py: is not UTF-8 text",
    );
    assert.equal(message(write("text.txt", "x")), "/text.txt: expected a .py, .md or .ipynb file");
    mkdirSync(join(folder, "folder.py"));
    assert.equal(message(join(folder, "folder.py")), "/folder.py: is a folder");
    assert.match(message(write("broken.ipynb", "{")), /^\/broken.ipynb: ./);
  });

  it("takes modules and packages beside it, within limits, and not the document itself", () => {
    const own = write("pack/lesson.py", "import a");
    write("pack/a.py", "\ufeffvalue = 1");
    write("pack/sub/__init__.py", "");
    write("pack/sub/deep.py", "value = 2");
    write("pack/.hidden/x.py", "no");
    write("pack/node_modules/x.py", "no");
    write("pack/large.py", "#".repeat(SIBLING_LIMITS.fileBytes + 1));
    write("pack/notes.txt", "no");
    assert.deepEqual(readSiblings(own), [
      { path: "a.py", text: "value = 1" },
      { path: "sub/__init__.py", text: "" },
      { path: "sub/deep.py", text: "value = 2" },
    ]);
    assert.equal(readSiblings(own, { ...SIBLING_LIMITS, files: 1 }).length, 1);
    assert.equal(readSiblings(own, { ...SIBLING_LIMITS, totalBytes: 14 }).length, 2);
  });
});
