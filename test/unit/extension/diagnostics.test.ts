// The messages under the code.
import assert from "node:assert/strict";
import type { Finding } from "../../../engine/protocol/report";
import { diagnosticsOf, diagnosticText } from "../../../extension/view/diagnostics";
import { documentView, range, snippetReport, snippetView } from "./fixtures";

const SETTINGS = { hints: true, overrides: {} };
const SECOND = "Trying to backward through the graph a second time";

const finding = (parts: Partial<Finding> = {}): Finding => ({
  code: "autograd/second-backward",
  severity: "error",
  message: SECOND,
  range: range(3, 0, 12),
  related: [{ message: "freed by this call", range: range(2, 0, 12) }],
  fixes: [],
  ...parts,
});

describe("diagnostics", () => {
  it("give findings with PyTorch's text, their place and the places involved", () => {
    const view = documentView(snippetView(snippetReport({ status: "raised", diagnostics: [finding()] })));
    const [model, ...rest] = diagnosticsOf(view, SETTINGS);
    assert.deepEqual(rest, []);
    assert.equal(model?.message, SECOND);
    assert.equal(model?.severity, "error");
    assert.deepEqual(model?.range, range(3, 0, 12));
    assert.deepEqual(model?.related, [{ message: "freed by this call", range: range(2, 0, 12) }]);
  });

  it("do not repeat an exception that a finding explains", () => {
    const error = { type: "RuntimeError", message: SECOND, range: range(3, 0, 12), traceback: "" };
    const view = documentView(
      snippetView(snippetReport({ status: "raised", error, diagnostics: [finding()] })),
    );
    assert.equal(diagnosticsOf(view, SETTINGS).length, 1);
  });

  it("give an exception that no finding explains with its type", () => {
    const error = {
      type: "ZeroDivisionError",
      message: "division by zero",
      range: range(2, 4, 9),
      traceback: "",
    };
    const hint = finding({ severity: "warning", code: "autograd/accumulated", message: "accumulates" });
    const view = documentView(snippetView(snippetReport({ status: "raised", error, diagnostics: [hint] })));
    const models = diagnosticsOf(view, SETTINGS);
    assert.deepEqual(
      models.map((model) => [model.code, model.severity, model.message]),
      [
        ["autograd/accumulated", "warning", "accumulates"],
        ["python/ZeroDivisionError", "error", "ZeroDivisionError: division by zero"],
      ],
    );
  });

  it("give an exception without a message by its type alone", () => {
    const error = { type: "AssertionError", message: "", range: range(2, 4, 9), traceback: "" };
    const view = documentView(
      snippetView(snippetReport({ status: "raised", error, diagnostics: [finding()] })),
    );
    assert.deepEqual(
      diagnosticsOf(view, SETTINGS).map((model) => model.message),
      [SECOND, "AssertionError"],
    );
  });

  it("say that and why a run was stopped, at the place or else at the snippet's first line", () => {
    const stopped = snippetReport({ status: "stopped", stoppedBy: "timeout", milliseconds: 5003 });
    const [model] = diagnosticsOf(documentView(snippetView(stopped)), SETTINGS);
    assert.equal(model?.code, "run/timeout");
    assert.equal(
      model?.message,
      "Stopped: the snippet was still running after 5 seconds. timeout=SECONDS behind the marker, or the setting gradientInspector.timeout, gives it more time.",
    );
    assert.deepEqual(model?.range, range(0, 0, 17));
    const memory = snippetReport({ status: "stopped", stoppedBy: "memory" });
    assert.equal(diagnosticsOf(documentView(snippetView(memory)), SETTINGS)[0]?.code, "run/memory");
    for (const stoppedBy of ["user", "superseded"] as const) {
      const silent = snippetReport({ status: "stopped", stoppedBy });
      assert.deepEqual(diagnosticsOf(documentView(snippetView(silent)), SETTINGS), []);
    }
  });

  it("mark what belongs to an earlier text", () => {
    const view = documentView(snippetView(snippetReport({ diagnostics: [finding()] }), { stale: true }));
    const [model] = diagnosticsOf(view, SETTINGS);
    assert.ok(model);
    assert.equal(diagnosticText(model), `(stale) ${SECOND}`);
  });

  it("give Python's message about the syntax beside the last good result", () => {
    const syntaxError = { type: "SyntaxError", message: "'(' was never closed", range: range(4, 5, 6) };
    const view = documentView(
      snippetView(snippetReport({ diagnostics: [finding()] }), { stale: true, syntaxError }),
    );
    assert.deepEqual(
      diagnosticsOf(view, SETTINGS).map((model) => [diagnosticText(model), model.stale]),
      [
        ["SyntaxError: '(' was never closed", false],
        [`(stale) ${SECOND}`, true],
      ],
    );
  });

  it("do not say a syntax error twice when there is no earlier result", () => {
    const error = { type: "SyntaxError", message: "invalid syntax", range: range(1, 0, 1), traceback: "" };
    const view = snippetView(snippetReport({ status: "raised", error }), { syntaxError: error });
    assert.equal(diagnosticsOf(documentView(view), SETTINGS).length, 1);
  });

  it("tell of annotations that are wrong, once", () => {
    const problem = finding({
      code: "snippet/unknown-option",
      severity: "warning",
      message: "Unknown option",
      related: [],
    });
    const inReport = snippetView(snippetReport({ diagnostics: [problem] }));
    const view = { ...documentView(inReport), problems: [problem] };
    assert.equal(diagnosticsOf(view, SETTINGS).length, 1);
  });

  it("leave hints out when they are turned off, but neither errors nor wrong annotations", () => {
    const view = {
      ...documentView(
        snippetView(
          snippetReport({
            diagnostics: [finding(), finding({ severity: "hint", code: "autograd/unused", message: "u" })],
          }),
        ),
      ),
      problems: [finding({ severity: "warning", code: "snippet/empty", message: "empty" })],
    };
    assert.deepEqual(
      diagnosticsOf(view, { hints: false, overrides: {} }).map((model) => model.code),
      ["snippet/empty", "autograd/second-backward"],
    );
  });

  it("take another severity from the settings, or go", () => {
    const hint = finding({ severity: "hint", code: "autograd/unused", message: "u" });
    const view = documentView(snippetView(snippetReport({ diagnostics: [finding(), hint] })));
    const overrides = { "autograd/unused": "warning", "autograd/second-backward": "off" } as const;
    assert.deepEqual(
      diagnosticsOf(view, { hints: false, overrides }).map((model) => [model.code, model.severity]),
      [["autograd/unused", "warning"]],
    );
  });

  it("tell of an engine that broke down", () => {
    const [model] = diagnosticsOf(documentView(snippetView(null, { crashed: "out of stack" })), SETTINGS);
    assert.equal(model?.code, "run/crashed");
    assert.match(
      model?.message ?? "",
      /broke down while this snippet ran and was started anew: out of stack/,
    );
  });
});
