// Code lenses, inline values, fixes, the status item and the inspector's state.
import assert from "node:assert/strict";
import type { Finding } from "../../../engine/protocol/report";
import { type LensModel, lensesOf } from "../../../extension/view/codeLens";
import { diagnosticsOf } from "../../../extension/view/diagnostics";
import { fixesAt } from "../../../extension/view/fixes";
import { inlineOf } from "../../../extension/view/inlineValues";
import { inspectorState, selectionAt, stateKey } from "../../../extension/view/inspectorState";
import { liveReport, moveReport } from "../../../extension/view/moveReport";
import { statusOf } from "../../../extension/view/status";
import { at, documentView, range, snippetReport, snippetView, tensor } from "./fixtures";

const titles = (lenses: LensModel[]) => lenses.map((lens) => lens.title.replace(/\$\([^)]*\)\s/g, ""));

describe("code lenses", () => {
  const lenses = (parts: Parameters<typeof snippetView>[1], report = snippetReport()) =>
    titles(lensesOf(documentView(snippetView(report, parts)), true));

  it("offer to run and to open the inspector, and say how long it took", () => {
    assert.deepEqual(lenses({}), ["Run", "Open inspector", "ran in 4 ms"]);
    assert.deepEqual(lenses({}, snippetReport({ milliseconds: 0.3 }))[2], "ran in 0.3 ms");
    assert.deepEqual(lenses({}, snippetReport({ milliseconds: 2345 }))[2], "ran in 2.3 s");
  });

  it("say what was raised, and lead there", () => {
    const error = { type: "RuntimeError", message: "no", range: range(2, 0, 4), traceback: "" };
    const view = documentView(snippetView(snippetReport({ status: "raised", error })));
    const lens = lensesOf(view, true)[2];
    assert.equal(lens?.title, "$(error)\u00a0raised RuntimeError");
    assert.deepEqual(lens?.command, { kind: "reveal", range: range(2, 0, 4) });
  });

  it("say by what a run was stopped", () => {
    const status = (stoppedBy: "timeout" | "user" | "memory") =>
      lenses({}, snippetReport({ status: "stopped", stoppedBy }))[2];
    assert.equal(status("timeout"), "stopped: timeout");
    assert.equal(status("user"), "stopped: by you");
    assert.equal(status("memory"), "stopped: memory limit");
  });

  it("offer to stop what runs", () => {
    assert.deepEqual(lenses({ running: true }), ["Stop", "Open inspector", "running"]);
  });

  it("say that a result is of an earlier text", () => {
    assert.equal(lenses({ stale: true })[2], "stale: ran in 4 ms");
    const syntaxError = { type: "SyntaxError", message: "invalid syntax", range: range(2, 0, 1) };
    assert.equal(
      lenses({ stale: true, syntaxError })[2],
      "raised SyntaxError, results are of an earlier text",
    );
  });

  it("say why nothing has run", () => {
    const status = (view: ReturnType<typeof snippetView>, live: boolean) =>
      titles(lensesOf(documentView(view), live))[2];
    assert.equal(status(snippetView(null), true), "not run yet");
    assert.equal(status(snippetView(null), false), "not run yet (live mode is off)");
    assert.equal(status(snippetView(null, { options: { live: false } }), true), "not run yet (live=false)");
  });

  it("offer nothing but trust where the workspace is not trusted", () => {
    const view = { ...documentView(snippetView(null)), trusted: false };
    assert.deepEqual(
      lensesOf(view, true).map((lens) => [lens.title, lens.command]),
      [["$(workspace-untrusted)\u00a0Not run: this workspace is not trusted", { kind: "manageTrust" }]],
    );
  });

  it("let code without annotation be dismissed", () => {
    assert.deepEqual(lenses({ adHoc: true })[3], "Dismiss");
  });

  describe("that ask why", () => {
    const called = {
      kind: "backward" as const,
      site: { range: range(3, 0, 12) },
      retainGraph: false,
      createGraph: false,
      roots: [],
      status: "ok" as const,
    };
    const why = (parts: Parameters<typeof tensor>[0], calls = [called]) => {
      const found = snippetReport({
        tensors: [tensor({ id: 1, names: ["w"], ...parts })],
        occurrences: [{ range: range(1, 0, 1), name: "w", tensor: 1 }],
        backwardCalls: calls,
      });
      return lensesOf(documentView(snippetView(found)), true).filter((lens) => lens.command?.kind === "why");
    };
    const whyNoGrad = "The result was not computed from it.";

    it("are there for a leaf that backward has left without gradient, and lead to it", () => {
      const [lens] = why({ whyNoGrad });
      assert.equal(lens?.title, "$(question)\u00a0why is w.grad None?");
      assert.equal(lens?.tooltip, whyNoGrad);
      assert.deepEqual(lens?.command, { kind: "why", range: range(1, 0, 1) });
    });

    it("are there for a gradient that is zero or NaN", () => {
      const cause = { of: "grad" as const, cause: "dead-relu" as const, text: "relu let nothing through." };
      assert.match(
        why({ grad: 0, why: [{ ...cause, is: "zero" }] })[0]?.title ?? "",
        /why is w\.grad zero\?/,
      );
      assert.match(
        why({ grad: "NaN", why: [{ ...cause, is: "nan", cause: "born-backward" }] })[0]?.title ?? "",
        /why is w\.grad NaN\?/,
      );
      assert.deepEqual(why({ grad: [0, 1], why: [{ ...cause, is: "zero", share: 0.5 }] }), []);
    });

    it("are not there for what nobody wonders about", () => {
      assert.deepEqual(why({ grad: 6 }), [], "it has a gradient");
      assert.deepEqual(why({ whyNoGrad }, []), [], "backward has not been called");
      assert.deepEqual(why({ whyNoGrad, requiresGrad: false }), []);
      assert.deepEqual(
        why({ whyNoGrad, why: [{ of: "grad", is: "none", cause: "cleared", text: "zero_grad() did it." }] }),
        [],
      );
    });
  });

  it("say that the engine broke down", () => {
    assert.equal(lenses({ crashed: "why" })[2], "engine broke down");
  });
});

describe("inline values", () => {
  const report = snippetReport({
    inlineValues: [{ line: 3, expression: "x.grad", text: "tensor([[1., 2.],\n        [3., 4.]])" }],
    output: [
      { text: "a\n", range: range(2, 0, 8) },
      { text: "b\n", range: range(2, 0, 8) },
      { text: "\n", range: range(4, 0, 7) },
    ],
  });

  it("show the gradient behind the value, and mark what is the inspector's own", () => {
    const shown = (gradSource: "pytorch" | "inspector") => {
      const w = tensor({ id: 7, grad: [2, 4], gradSource });
      const inlineValues = [{ line: 1, expression: "w", text: "tensor([1., 2.])", tensor: 7 }];
      const view = documentView(snippetView(snippetReport({ tensors: [w], inlineValues })));
      return inlineOf(view, { values: true, gradients: "marked", output: false })[0].text;
    };
    assert.equal(shown("pytorch"), "tensor([1., 2.]) · .grad = [2., 4.]");
    assert.equal(shown("inspector"), "tensor([1., 2.]) · ∂ = [2., 4.]");
  });

  it("say no gradient where the setting says so", () => {
    const w = tensor({ id: 7, grad: [2, 4] });
    const inlineValues = [{ line: 1, expression: "w", text: "tensor([1., 2.])", tensor: 7 }];
    const view = documentView(snippetView(snippetReport({ tensors: [w], inlineValues })));
    assert.equal(
      inlineOf(view, { values: true, gradients: "off", output: false })[0]?.text,
      "tensor([1., 2.])",
    );
  });

  it("give every line its gradients when all are asked for, and keep them where the line is being typed", () => {
    const w = tensor({ id: 1, names: ["w"], site: { range: range(1, 4, 30) }, grad: 6 });
    const y = tensor({
      id: 2,
      names: ["y"],
      site: { range: range(2, 4, 9) },
      isLeaf: false,
      grad: 1,
      gradSource: "inspector",
    });
    const plain = tensor({ id: 3, names: ["c"], site: { range: range(3, 4, 9) } });
    const found = snippetReport({
      tensors: [w, y, plain],
      occurrences: [
        { range: range(1, 0, 1), name: "w", tensor: 1 },
        { range: range(2, 0, 1), name: "y", tensor: 2 },
        { range: range(2, 4, 5), name: "w", tensor: 1 },
        { range: range(3, 0, 1), name: "c", tensor: 3 },
      ],
    });
    const all = { values: true, gradients: "all", output: false } as const;
    const lines = (view: ReturnType<typeof snippetView>) =>
      inlineOf(documentView(view), all).map(({ line, text, kind }) => [line, text, kind]);
    assert.deepEqual(lines(snippetView(found)), [
      [1, "w.grad = 6.", "gradient"],
      [2, "∂y = 1.", "gradient"],
    ]);
    const typed = [{ range: range(2, 6, 6), text: "**" }];
    const moved = moveReport(liveReport(found), typed);
    assert.deepEqual(lines({ ...snippetView(found), report: moved }), lines(snippetView(found)));
    assert.deepEqual(inlineOf(documentView(snippetView(found)), { ...all, gradients: "marked" }), []);
  });

  it("stand on one line each", () => {
    assert.deepEqual(
      inlineOf(documentView(snippetView(report)), { values: true, gradients: "marked", output: false }),
      [
        {
          line: 3,
          text: "tensor([[1., 2.], ⏎ [3., 4.]])",
          full: "tensor([[1., 2.],\n        [3., 4.]])",
          kind: "value",
          stale: false,
        },
      ],
    );
  });

  it("show printed text when asked for, all of a loop's behind its line, and no empty text", () => {
    const models = inlineOf(documentView(snippetView(report, { stale: true })), {
      gradients: "marked",
      values: true,
      output: true,
    });
    assert.deepEqual(
      models.map((model) => [model.line, model.text, model.kind, model.stale]),
      [
        [2, "a ⏎ b", "output", true],
        [3, "tensor([[1., 2.], ⏎ [3., 4.]])", "value", true],
      ],
    );
  });

  it("are cut off without cutting a character in two", () => {
    const long = snippetReport({ inlineValues: [{ line: 1, expression: "s", text: "𝒙".repeat(200) }] });
    const [model] = inlineOf(documentView(snippetView(long)), {
      values: true,
      gradients: "marked",
      output: false,
    });
    assert.equal(model?.text, `${"𝒙".repeat(119)}…`);
  });
});

describe("fixes", () => {
  const finding = (parts: Partial<Finding> = {}): Finding => ({
    code: "autograd/second-backward",
    severity: "error",
    message: "m",
    range: range(3, 0, 12),
    related: [],
    fixes: [
      { title: "Retain", edits: [{ range: range(2, 11, 11), newText: "retain_graph=True" }] },
      { title: "Sum", edits: [{ range: range(2, 0, 12), newText: "(a + b).backward()" }], verified: true },
    ],
    ...parts,
  });
  const offered = (found: Finding, where = range(3, 4, 4), stale = false, line = "y.backward()") => {
    const view = documentView(snippetView(snippetReport({ diagnostics: [found] }), { stale }));
    return fixesAt(diagnosticsOf(view, { hints: true, overrides: {} }), where, () => line);
  };

  it("that need no trial are those of the findings at the place; an only one is first choice", () => {
    assert.deepEqual(
      offered(finding()).map((fix) => [fix.title, fix.preferred]),
      [
        ["Retain", false],
        ["Sum", false],
      ],
    );
    const [only] = finding().fixes;
    assert.deepEqual(
      offered(finding({ fixes: only ? [only] : [] })).map((fix) => [fix.title, fix.preferred]),
      [["Retain", true]],
    );
    assert.deepEqual(offered(finding(), range(4, 0, 0)), []);
  });

  it("are not offered for an earlier text", () => {
    assert.deepEqual(offered(finding(), range(3, 0, 0), true), []);
  });

  it("silence a hint at the end of its line, beside what is silenced there already", () => {
    const hint = finding({ severity: "hint", code: "autograd/unused", fixes: [] });
    const [fix] = offered(hint, range(3, 0, 0), false, "y.backward()  ");
    assert.equal(fix?.title, "Ignore autograd/unused on this line");
    assert.deepEqual(fix?.edits, [{ range: range(3, 12, 12), newText: "  # grad: ignore[autograd/unused]" }]);
    const beside = offered(hint, range(3, 0, 0), false, "y.sum()  # grad: ignore[a/b]")[0];
    assert.deepEqual(beside?.edits, [{ range: range(3, 27, 27), newText: ", autograd/unused" }]);
    assert.deepEqual(offered(hint, range(3, 0, 0), false, "y  #?"), []);
    assert.deepEqual(offered(finding({ fixes: [] })), []);
  });
});

describe("the status item", () => {
  const info = { torch: "2.13.0", python: "3.14.0", startMilliseconds: 300, fromSnapshot: true };
  const ready = { kind: "ready" as const, info };
  const status = (parts: Partial<Parameters<typeof statusOf>[0]> = {}) =>
    statusOf({
      engine: ready,
      view: documentView(snippetView(snippetReport())),
      runningSince: undefined,
      now: 10_000,
      liveMode: "onType",
      ...parts,
    });

  it("says what the engine does", () => {
    assert.equal(status({ engine: { kind: "off" } }).text, "$(circle-outline) grad: idle");
    assert.equal(status({ engine: { kind: "starting" } }).busy, true);
    assert.equal(status().text, "$(pass) grad: ready");
    assert.equal(
      status().detail,
      "1 snippet, ran in 4 ms; runs while you type. torch 2.13.0, Python 3.14.0.",
    );
    const failed = status({ engine: { kind: "failed", message: "no memory" } });
    assert.deepEqual(
      [failed.severity, failed.detail],
      ["error", "The engine could not be started: no memory"],
    );
  });

  it("says the same in words alone, and offers to stop what runs", () => {
    assert.deepEqual(
      [status().words, status().brief, status().canStop],
      ["ready", "1 snippet, ran in 4 ms", false],
    );
    const running = status({ runningSince: 7_400 });
    assert.deepEqual(
      [running.words, running.brief, running.canStop],
      ["running 2 s", "A snippet is running.", true],
    );
    const starting = status({ engine: { kind: "starting" }, runningSince: 7_400 });
    assert.equal(starting.canStop, false);
  });

  it("counts the seconds of a run", () => {
    assert.equal(status({ runningSince: 7_400 }).text, "$(loading~spin) grad: running 2 s");
    assert.equal(status({ runningSince: 9_600 }).text, "$(loading~spin) grad: running");
  });

  it("says that results are stale, and how many snippets raised", () => {
    const stale = documentView(snippetView(snippetReport(), { stale: true }));
    assert.equal(status({ view: stale }).text, "$(history) grad: stale");
    const raised = documentView(snippetView(snippetReport({ status: "raised" })));
    assert.equal(status({ view: raised }).text, "$(error) grad: 1 raised");
  });

  it("says that nothing runs without trust", () => {
    const model = status({ view: { ...documentView(snippetView(null)), trusted: false } });
    assert.deepEqual([model.text, model.severity], ["$(workspace-untrusted) grad: untrusted", "warning"]);
  });
});

describe("the inspector's state", () => {
  const input = (view: ReturnType<typeof documentView> | undefined, chosen = 0) => ({
    file: "lesson.py",
    view,
    chosen,
    running: false,
  });

  it("holds the chosen snippet's whole report and every title", () => {
    const original = snippetReport();
    const view = documentView(snippetView(original), snippetView(null, { index: 1, title: "" }));
    const state = inspectorState(input(view));
    assert.equal(state.snippet, original);
    assert.deepEqual(state.titles, ["Lesson", "Snippet 2"]);
    assert.equal(state.message, undefined);
    assert.match(inspectorState(input(view, 1)).message?.text ?? "", /has not run yet/);
  });

  it("has words for when there is nothing to show", () => {
    assert.match(inspectorState(input(undefined)).message?.text ?? "", /No annotated PyTorch code here/);
    const untrusted = { ...documentView(snippetView(null)), trusted: false };
    assert.equal(inspectorState(input(untrusted)).message?.commandTitle, "Manage workspace trust");
    const broken = documentView(snippetView(null, { crashed: "why" }));
    assert.match(inspectorState(input(broken)).message?.text ?? "", /broke down/);
  });

  it("is told apart by everything that is shown", () => {
    const view = documentView(snippetView(snippetReport()));
    const stale = documentView(snippetView(snippetReport(), { stale: true }));
    assert.equal(stateKey(inspectorState(input(view))), stateKey(inspectorState(input(view))));
    assert.notEqual(stateKey(inspectorState(input(view))), stateKey(inspectorState(input(stale))));
  });

  it("selects the tensor at the cursor", () => {
    const x = tensor({ id: 7 });
    const view = snippetView(
      snippetReport({ tensors: [x], occurrences: [{ range: range(1, 0, 1), name: "x", tensor: 7 }] }),
    );
    assert.deepEqual(selectionAt(view, at(1, 0)), { kind: "tensor", id: 7 });
    assert.equal(selectionAt(view, at(4, 0)), null);
    assert.equal(selectionAt(undefined, at(1, 0)), null);
  });
});
