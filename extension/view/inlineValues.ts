// What stands behind the code at the end of lines: values asked for with `#?`, and what was printed. Pure.
import type { InlineValue, SnippetReport } from "../../engine/protocol/report";
import type { DocumentView } from "./documentView";
import { elementsLine } from "./format";

export interface InlineModel {
  line: number;
  text: string;
  /** The whole text, where `text` is cut off. */
  full: string;
  kind: "value" | "output";
  stale: boolean;
}

export interface InlineSettings {
  values: boolean;
  output: boolean;
}

const MAX_CHARACTERS = 120;

/** One item per line and kind, in the order of lines. */
export function inlineOf(view: DocumentView, settings: InlineSettings): InlineModel[] {
  const models: InlineModel[] = [];
  for (const snippet of view.snippets) {
    const { report, stale } = snippet;
    if (!report) continue;
    const add = (line: number, full: string, kind: InlineModel["kind"]) =>
      models.push({ line, text: shortened(full), full, kind, stale });
    if (settings.values)
      for (const value of report.inlineValues)
        add(value.line, `${value.text}${gradientText(report, value)}`, "value");
    if (settings.output)
      for (const [line, printed] of printedPerLine(report.output)) add(line, printed, "output");
  }
  return models.sort((a, b) => a.line - b.line || Number(a.kind === "output") - Number(b.kind === "output"));
}

/** What is known of its gradient when the snippet has ended; "∂" marks what PyTorch's `.grad` does not hold. */
function gradientText(report: Pick<SnippetReport, "tensors">, { tensor, text }: InlineValue): string {
  const record = report.tensors.find(({ id }) => id === tensor);
  if (!record || (record.grad === null && !record.gradSummary)) return "";
  const elements = { value: record.grad, ...(record.gradSummary ? { summary: record.gradSummary } : {}) };
  const label = record.gradSource === "pytorch" ? ".grad" : "∂";
  // Behind a value of several lines the gradient starts one of its own.
  return `${text.includes("\n") ? "\n" : " · "}${label} = ${elementsLine(elements, record.dtype, MAX_CHARACTERS)}`;
}

/** A statement in a loop prints many times: all of it belongs behind the statement's last line. */
function printedPerLine(
  output: readonly { text: string; range: { end: { line: number } } }[],
): Map<number, string> {
  const lines = new Map<number, string>();
  for (const { text, range } of output) lines.set(range.end.line, (lines.get(range.end.line) ?? "") + text);
  for (const [line, text] of lines) if (text.trim() === "") lines.delete(line);
  return lines;
}

function shortened(text: string): string {
  const line = text
    .trim()
    .replace(/\s*\n\s*/g, " ⏎ ")
    .replace(/\s+/g, " ");
  const characters = [...line];
  return characters.length <= MAX_CHARACTERS ? line : `${characters.slice(0, MAX_CHARACTERS - 1).join("")}…`;
}
