// Trials of fixes: edits applied to a copy, what counts as a fix, and what is said of gradients.
import assert from "node:assert/strict";
import { createFixer, type TrialEngine } from "../../../engine/fixes";
import { applyEdits, quoted } from "../../../engine/fixes/apply";
import { gradientChange } from "../../../engine/fixes/gradientChange";
import type { RunOutcome, RunRequest, Snippet } from "../../../engine/protocol/engineApi";
import type {
  Finding,
  Fix,
  NestedValue,
  Report,
  SnippetReport,
  TensorRecord,
  TextEdit,
} from "../../../engine/protocol/report";
import { limits, requestOf } from "../../support/engine";

const edit = (line: number, from: number, to: number, newText: string): TextEdit => ({
  range: { start: { line, character: from }, end: { line, character: to } },
  newText,
});

function indented(code: string, first: number, indent: number): Snippet {
  const lines = code.split("\n");
  const at = (line: number) => ({ line, character: 0 });
  return {
    title: "",
    range: { start: at(first), end: at(first + lines.length) },
    header: { start: at(first - 1), end: at(first - 1) },
    code,
    indent: lines.map(() => indent),
    options: {},
  };
}

describe("edits of snippets", () => {
  it("are applied where they stand, several in one line", () => {
    const { snippets } = requestOf(["a = 1\nb = a\nc = b"]);
    const applied = applyEdits(snippets, [edit(1, 4, 5, "a + 1"), edit(1, 0, 1, "bb"), edit(2, 4, 5, "bb")]);
    assert.equal(applied?.snippets[0].code, "a = 1\nbb = a + 1\nc = bb");
  });

  it("move the snippets below, and positions with them", () => {
    const { snippets } = requestOf(["a = 1\nb = 2", "c = 3"]);
    const applied = applyEdits(snippets, [edit(1, 0, 0, "x = 0\ny = 0\n")]);
    assert.equal(applied?.snippets[0].code, "a = 1\nx = 0\ny = 0\nb = 2");
    assert.equal(applied?.snippets[1].range.start.line, snippets[1].range.start.line + 2);
    assert.deepEqual(applied?.moved({ line: 1, character: 3 }), { line: 3, character: 3 });
    assert.deepEqual(applied?.moved({ line: 0, character: 3 }), { line: 0, character: 3 });
  });

  it("take what a fence is indented by off each new line", () => {
    const applied = applyEdits([indented("if a:\n    b()", 5, 3)], [edit(6, 3, 3, "    c()\n   ")]);
    assert.equal(applied?.snippets[0].code, "if a:\n    c()\n    b()");
    assert.deepEqual(applied?.snippets[0].indent, [3, 3, 3]);
  });

  it("carry the mark of a block quote on each new line, where the document is changed", () => {
    const snippet = { ...indented("w += 1", 5, 2), quote: "> " };
    const wrapped = edit(5, 2, 8, "with torch.no_grad():\n      w += 1");
    assert.equal(applyEdits([snippet], [wrapped])?.snippets[0].code, "with torch.no_grad():\n    w += 1");
    assert.equal(quoted([snippet], [wrapped])[0].newText, "with torch.no_grad():\n>     w += 1");
    assert.deepEqual(quoted([indented("w += 1", 5, 2)], [wrapped]), [wrapped]);
  });

  it("are refused outside of snippets, and where they meet", () => {
    const { snippets } = requestOf(["a = 1", "b = 2"]);
    assert.equal(applyEdits(snippets, [edit(1, 0, 0, "x")]), null);
    assert.equal(applyEdits(snippets, [edit(0, 0, 3, "x"), edit(0, 2, 4, "y")]), null);
  });
});

const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 5 } };

function finding(candidates: Fix[], severity: Finding["severity"] = "error"): Finding {
  return { code: "autograd/x", severity, message: "it", range, related: [], fixes: [], candidates };
}

function snippetReport(diagnostics: Finding[], wishes: Partial<SnippetReport> = {}): SnippetReport {
  return {
    title: "",
    range,
    status: diagnostics.some(({ severity }) => severity === "error") ? "raised" : "ok",
    milliseconds: 1,
    output: [],
    tensors: [],
    graph: { nodes: [], edges: [] },
    timeline: [],
    backwardCalls: [],
    diagnostics,
    occurrences: [],
    inlineValues: [],
    ...wishes,
  };
}

const reportOf = (snippet: SnippetReport): Report => ({
  file: "lesson.py",
  version: 1,
  engine: { torch: "", python: "" },
  snippets: [snippet],
});

/** An engine that answers by what the changed line says. */
function answering(answer: (code: string) => SnippetReport): TrialEngine & { runs: RunRequest[] } {
  const runs: RunRequest[] = [];
  return {
    runs,
    stop() {},
    async run(request): Promise<RunOutcome> {
      runs.push(request);
      return { kind: "report", report: reportOf(answer(request.snippets[0].code)) };
    },
  };
}

const candidate = (title: string, newText: string): Fix => ({ title, edits: [edit(1, 0, 1, newText)] });

async function verified(
  before: SnippetReport,
  what: Finding,
  answer: (code: string) => SnippetReport,
): Promise<string[]> {
  const request = requestOf(["a = 1\nb = a\nprint(b)"]);
  const fixer = createFixer(answering(answer));
  const fixes = await fixer.verify({ request, report: reportOf(before) }, 0, what).fixes;
  for (const fix of fixes) assert.equal(fix.verified, true);
  return fixes.map(({ title }) => title);
}

describe("a fix", () => {
  const both = [candidate("good", "g"), candidate("bad", "w")];

  it("is a candidate after which the problem is gone", async () => {
    const what = finding(both);
    const titles = await verified(snippetReport([what]), what, (code) =>
      snippetReport(code.includes("g = a") ? [] : [what]),
    );
    assert.deepEqual(titles, ["good"]);
  });

  it("may bring nothing new that is as loud", async () => {
    const what = finding(both, "warning");
    const other: Finding = { ...what, code: "autograd/other", candidates: [] };
    const quiet: Finding = { ...other, severity: "hint" };
    const titles = await verified(snippetReport([what]), what, (code) =>
      snippetReport(code.includes("g = a") ? [quiet] : [other]),
    );
    assert.deepEqual(titles, ["good"]);
  });

  it("leaves what was printed elsewhere as it was, numbers apart", async () => {
    const line = { start: { line: 2, character: 0 }, end: { line: 2, character: 8 } };
    const printing = (text: string) => ({ output: [{ text, range: line }] });
    const what = finding(both, "hint");
    const titles = await verified(snippetReport([what], printing("loss 1.5\n")), what, (code) =>
      snippetReport([], printing(code.includes("g = a") ? "loss 2.25\n" : "nothing\n")),
    );
    assert.deepEqual(titles, ["good"]);
  });

  it("makes no snippet fail that ran before", async () => {
    const what = finding(both, "hint");
    const titles = await verified(snippetReport([what]), what, (code) =>
      snippetReport([], code.includes("g = a") ? {} : { status: "raised" }),
    );
    assert.deepEqual(titles, ["good"]);
  });

  it("is tried once for a finding, and not at all after forget()", async () => {
    const what = finding([candidate("good", "g")]);
    const engine = answering(() => snippetReport([]));
    const fixer = createFixer(engine, 1);
    const run = { request: requestOf(["a = 1\nb = a"]), report: reportOf(snippetReport([what])) };
    const job = fixer.verify(run, 0, what);
    assert.equal(fixer.verify(run, 0, what), job);
    assert.equal((await job.fixes).length, 1);
    assert.equal(engine.runs.length, 1);
    assert.equal(engine.runs[0].limits.seconds, Math.min(1, limits.seconds));
    const late = finding([candidate("late", "g")]);
    const waiting = fixer.verify(run, 0, finding([candidate("good", "g")]));
    const queued = fixer.verify(run, 0, late);
    fixer.forget();
    await waiting.fixes;
    assert.deepEqual(await queued.fixes, []);
  });
});

describe("what the gradient becomes", () => {
  const tensor = (grad: NestedValue | null, wishes: Partial<TensorRecord> = {}): SnippetReport =>
    snippetReport([], {
      tensors: [
        {
          id: 1,
          names: ["w"],
          site: null,
          op: null,
          dtype: "float32",
          shape: Array.isArray(grad) ? [grad.length] : [],
          requiresGrad: true,
          isLeaf: true,
          gradFn: null,
          retainsGrad: false,
          version: 0,
          mutations: [],
          value: null,
          grad,
          gradSource: "pytorch",
          gradEvents: [],
          count: 1,
          ...wishes,
        },
      ],
    });

  it("is written as torch prints it", () => {
    assert.equal(gradientChange(tensor(null), tensor([2, 4])), "w.grad becomes tensor([2., 4.])");
    assert.equal(gradientChange(tensor([1, 1]), tensor([0.5, 4])), "w.grad becomes tensor([0.5000, 4.0000])");
    assert.equal(
      gradientChange(tensor(null), tensor([1e-6, 1])),
      "w.grad becomes tensor([1.0000e-06, 1.0000e+00])",
    );
    assert.equal(gradientChange(tensor(null), tensor(["NaN", 1])), "w.grad becomes tensor([nan, 1.])");
  });

  it("is silent where it stays, and short where it is large", () => {
    assert.equal(gradientChange(tensor([2, 4]), tensor([2, 4])), "");
    const many = Array.from({ length: 20 }, (_, i) => i);
    assert.equal(gradientChange(tensor(null), tensor(many)), "w.grad becomes a tensor of shape [20]");
    assert.equal(gradientChange(tensor(null), tensor([1, 2], { gradSource: "inspector" })), "");
  });
});
