// The messages under the code: what the rules found, what Python raised, why a run was stopped, what is wrong with
// an annotation. A model made from a document's view. Pure.
import type { Finding, Range, Severity } from "../../engine/protocol/report";
import type { DocumentView, LiveFinding, LiveReport, SnippetView } from "./documentView";

export interface DiagnosticModel {
  code: string;
  severity: Severity;
  message: string;
  range: Range;
  related: Finding["related"];
  /** Of an earlier text. */
  stale: boolean;
  /** Where fixes come from. */
  finding?: LiveFinding;
  /** Absent for what is wrong with an annotation. */
  snippet?: number;
}

export interface SeveritySettings {
  /** Whether findings that are no errors are shown. */
  hints: boolean;
  /** Per code: another severity, or "off". */
  overrides: Readonly<Record<string, Severity | "off">>;
}

export function diagnosticsOf(view: DocumentView, settings: SeveritySettings): DiagnosticModel[] {
  const models = [
    ...view.problems.map((finding) => fromFinding(finding, false)),
    ...view.snippets.flatMap(snippetDiagnostics),
  ];
  return withoutTwins(models.flatMap((model) => adjusted(model, settings)));
}

function snippetDiagnostics(snippet: SnippetView): DiagnosticModel[] {
  const models: DiagnosticModel[] = [];
  const { report, stale, syntaxError } = snippet;
  if (syntaxError) models.push(pythonError(syntaxError, false));
  if (snippet.crashed !== null) models.push(crashed(snippet, snippet.crashed));
  if (!report) return models;
  for (const finding of report.diagnostics)
    models.push({ ...fromFinding(finding, stale), snippet: snippet.index });
  if (report.error && !syntaxError && !explained(report, report.error))
    models.push(pythonError(report.error, stale));
  const stopped = stoppedMessage(report);
  if (stopped && !report.diagnostics.some((finding) => finding.code.startsWith("run/"))) {
    models.push({
      code: `run/${report.stoppedBy}`,
      severity: "error",
      message: stopped,
      range: report.error?.range ?? snippet.header,
      related: [],
      stale,
    });
  }
  return models;
}

function fromFinding(finding: LiveFinding, stale: boolean): DiagnosticModel {
  const { code, severity, message, range, related } = finding;
  return { code, severity, message, range, related, stale, finding };
}

function pythonError(
  error: { type: string; message: string; range: Range },
  stale: boolean,
): DiagnosticModel {
  const message = error.message === "" ? error.type : `${error.type}: ${error.message}`;
  return { code: `python/${error.type}`, severity: "error", message, range: error.range, related: [], stale };
}

function crashed(snippet: SnippetView, reason: string): DiagnosticModel {
  const words = briefly(reason);
  const message = /could not be started/.test(words)
    ? `The engine did not start. ${words}`
    : `The engine broke down while this snippet ran and was started anew: ${words}`;
  return {
    code: "run/crashed",
    severity: "error",
    message,
    range: snippet.header,
    related: [],
    stale: false,
  };
}

/** A traceback says what it is in its first line and why in its last; the log has all of it. */
function briefly(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines.length <= 2 ? lines.join(" ") : `${lines[0]} … ${lines[lines.length - 1]}`;
}

/** Whether a finding already says what the exception says. */
function explained(report: LiveReport, error: { message: string; range: Range }): boolean {
  return report.diagnostics.some(
    (finding) =>
      finding.severity === "error" && finding.message.includes(error.message.trim()) && error.message !== "",
  );
}

function stoppedMessage(report: LiveReport): string | undefined {
  if (report.status !== "stopped") return undefined;
  switch (report.stoppedBy) {
    case "timeout":
      return `Stopped: the snippet was still running after ${seconds(report.milliseconds)}. timeout=SECONDS behind the marker, or the setting gradientInspector.timeout, gives it more time.`;
    case "memory":
      return "Stopped: the snippet's tensors need more memory than the setting gradientInspector.memoryLimit allows.";
    default:
      return undefined;
  }
}

function seconds(milliseconds: number): string {
  const value = Math.round(milliseconds / 100) / 10;
  return `${value} ${value === 1 ? "second" : "seconds"}`;
}

function adjusted(model: DiagnosticModel, settings: SeveritySettings): DiagnosticModel[] {
  const override = settings.overrides[model.code];
  if (override === "off") return [];
  if (override) return [{ ...model, severity: override }];
  const isHint = model.severity !== "error" && !model.code.startsWith("snippet/");
  return isHint && !settings.hints ? [] : [model];
}

function withoutTwins(models: readonly DiagnosticModel[]): DiagnosticModel[] {
  const seen = new Set<string>();
  return models.filter((model) => {
    const key = JSON.stringify([model.code, model.message, model.range]);
    return !seen.has(key) && seen.add(key);
  });
}

/** The text that is shown: a message of an earlier text says so. */
export function diagnosticText(model: DiagnosticModel): string {
  return model.stale ? `(stale) ${model.message}` : model.message;
}
