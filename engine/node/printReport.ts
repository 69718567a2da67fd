// A Report as plain text, for people who read a terminal. Pure: the command line writes what comes out of here.
import type { CellPlace } from "../protocol/engineApi";
import type {
  Finding,
  NestedValue,
  Range,
  Report,
  SnippetReport,
  Summary,
  TensorRecord,
} from "../protocol/report";
import { lineWords } from "../record/cells";

export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
}

const paint = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
const plain = (text: string): string => text;

export function style(color: boolean): Style {
  if (!color) return { bold: plain, dim: plain, red: plain, yellow: plain, green: plain };
  return { bold: paint(1), dim: paint(2), red: paint(31), yellow: paint(33), green: paint(32) };
}

/** How the document is called, and where its cells stand if it is a notebook. */
export interface PrintedDocument {
  file: string;
  cells?: readonly CellPlace[];
}

function place({ file, cells }: PrintedDocument, range: Range): string {
  const { line, character } = range.start;
  if (cells) return `${file}, ${lineWords(line, cells)}, column ${character + 1}`;
  return `${file}:${line + 1}:${character + 1}`;
}

function number(value: number | boolean | string): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === "NaN") return "nan";
  if (typeof value === "string") return value.startsWith("-") ? "-inf" : "inf";
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value);
  const size = Math.abs(value);
  return size >= 1e-4 && size < 1e8 ? String(Number(value.toPrecision(6))) : value.toExponential(4);
}

/** Nested brackets on one line; long ones end in an ellipsis. */
export function valueText(value: NestedValue | null, summary: Summary | undefined): string {
  if (value !== null) {
    const text = nested(value);
    return text.length <= 400 ? text : `${text.slice(0, 399)}…`;
  }
  if (!summary) return "None";
  const parts = [
    `${summary.count} elements`,
    `min ${number(summary.min)}`,
    `max ${number(summary.max)}`,
    `mean ${number(summary.mean)}`,
  ];
  if (summary.nan > 0) parts.push(`${summary.nan} nan`);
  if (summary.inf > 0) parts.push(`${summary.inf} inf`);
  return parts.join(", ");
}

function nested(value: NestedValue): string {
  return Array.isArray(value) ? `[${value.map(nested).join(", ")}]` : number(value);
}

function kind(tensor: TensorRecord): string {
  const shape = tensor.shape.length === 0 ? "scalar" : `shape [${tensor.shape.join(", ")}]`;
  return `${tensor.dtype} ${shape}, ${tensor.isLeaf ? "leaf" : (tensor.gradFn ?? "non-leaf")}`;
}

/** The snippet's own names that have something to do with gradients; the Report has those of earlier ones too. */
function gradients(snippet: SnippetReport, ink: Style): string[] {
  const rows: string[] = [];
  const own = new Set(snippet.occurrences.map((occurrence) => occurrence.tensor));
  for (const tensor of snippet.tensors) {
    const [name] = tensor.names;
    if (name === undefined || !own.has(tensor.id)) continue;
    const has = tensor.grad !== null || tensor.gradSummary !== undefined;
    if (!has && !tensor.requiresGrad) continue;
    if (has && tensor.gradSource === "pytorch") {
      rows.push(
        `  ${ink.bold(`${name}.grad`)} = ${valueText(tensor.grad, tensor.gradSummary)}  ${ink.dim(`(${kind(tensor)})`)}`,
      );
    } else if (has) {
      rows.push(
        `  ${name}: gradient ${valueText(tensor.grad, tensor.gradSummary)}  ${ink.dim(`(${kind(tensor)}; ${name}.grad is None in PyTorch)`)}`,
      );
    } else {
      const why = tensor.whyNoGrad ? `: ${tensor.whyNoGrad}` : "";
      rows.push(`  ${name}.grad is None${why}  ${ink.dim(`(${kind(tensor)})`)}`);
    }
    // Why it is zero, NaN or infinite.
    for (const { is, text } of tensor.why ?? []) if (is !== "none") rows.push(`    ${ink.dim(text)}`);
  }
  return rows;
}

function finding(document: PrintedDocument, found: Finding, ink: Style): string[] {
  const color = found.severity === "error" ? ink.red : found.severity === "warning" ? ink.yellow : ink.dim;
  const [first = "", ...rest] = found.message.split("\n");
  return [
    `  ${place(document, found.range)}: ${color(found.severity)}: ${first} ${ink.dim(`[${found.code}]`)}`,
    ...rest.map((line) => `    ${line}`),
    ...found.related.map(
      (other) => `    ${place(other.file ? { file: other.file } : document, other.range)}: ${other.message}`,
    ),
    ...found.fixes.map((fix) => `    fix: ${fix.title}`),
  ];
}

const STOPPED = {
  timeout: "stopped: its time was up",
  user: "stopped",
  superseded: "stopped: a newer run took its place",
  memory: "stopped: out of memory",
} as const;

function status(snippet: SnippetReport, ink: Style): string {
  switch (snippet.status) {
    case "ok":
      return ink.green("ok");
    case "raised":
      return ink.red("raised");
    case "stopped":
      return ink.red(STOPPED[snippet.stoppedBy ?? "user"]);
    default:
      return snippet.status satisfies never;
  }
}

/** One snippet, ending in a newline. */
export function snippetText(document: PrintedDocument, snippet: SnippetReport, ink: Style): string {
  const title = snippet.title === "" ? lineWords(snippet.range.start.line, document.cells) : snippet.title;
  const lines = [
    `${ink.bold(`── ${title}`)} ${status(snippet, ink)} ${ink.dim(`${snippet.milliseconds.toFixed(1)} ms`)}`,
  ];
  const printed = snippet.output.map((entry) => entry.text).join("");
  if (printed !== "") lines.push(printed.endsWith("\n") ? printed.slice(0, -1) : printed);
  if (snippet.error) lines.push(ink.red(snippet.error.traceback.trimEnd()));
  const rows = gradients(snippet, ink);
  if (rows.length > 0) lines.push(ink.dim("gradients"), ...rows);
  if (snippet.inlineValues.length > 0) {
    lines.push(ink.dim("values"));
    for (const { line, expression, text } of snippet.inlineValues) {
      lines.push(
        `  ${lineWords(line, document.cells)}: ${expression === "" ? text : `${expression} = ${text}`}`,
      );
    }
  }
  if (snippet.diagnostics.length > 0) {
    lines.push(
      ink.dim("diagnostics"),
      ...snippet.diagnostics.flatMap((found) => finding(document, found, ink)),
    );
  }
  if (snippet.truncated) lines.push(ink.dim(snippet.truncated));
  return `${lines.join("\n")}\n`;
}

/** 0: all ran; 1: one raised or was stopped. */
export function exitStatus(report: Report): 0 | 1 {
  return report.snippets.every((snippet) => snippet.status === "ok") ? 0 : 1;
}
