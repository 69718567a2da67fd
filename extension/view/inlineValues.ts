// What stands behind the code at the end of lines: values asked for with `#?`, and what was printed. Pure.
import type { InlineValue, SnippetReport, TensorRecord } from "../../engine/protocol/report";
import type { DocumentView, LiveReport } from "./documentView";
import { elementsLine, summaryBriefly } from "./format";

export interface InlineModel {
  line: number;
  text: string;
  /** The whole text, where `text` is cut off. */
  full: string;
  kind: "value" | "gradient" | "output";
  stale: boolean;
}

export interface InlineSettings {
  values: boolean;
  /** off: nowhere; marked: behind the values that `#?` asks for; all: behind every line that made a tensor with one. */
  gradients: "off" | "marked" | "all";
  output: boolean;
}

const ORDER: readonly InlineModel["kind"][] = ["value", "gradient", "output"];

const MAX_CHARACTERS = 120;

/** One item per line and kind, in the order of lines. */
export function inlineOf(view: DocumentView, settings: InlineSettings): InlineModel[] {
  const models: InlineModel[] = [];
  for (const snippet of view.snippets) {
    const { report, stale, printed } = snippet;
    if (printed && settings.output)
      for (const [line, text] of printedPerLine(printed))
        models.push({ line, text: shortened(text), full: text, kind: "output", stale: false });
    if (!report) continue;
    const add = (line: number, full: string, kind: InlineModel["kind"]) =>
      models.push({ line, text: shortened(full), full, kind, stale });
    if (settings.values) {
      for (const value of report.inlineValues) {
        const gradient = settings.gradients === "off" ? "" : gradientText(report, value);
        add(value.line, `${value.text}${gradient}`, "value");
      }
    }
    if (settings.gradients === "all")
      for (const [line, text] of gradientsPerLine(report, settings.values)) add(line, text, "gradient");
    // What a run under way has printed takes the place of what the last one had.
    if (settings.output && !printed)
      for (const [line, text] of printedPerLine(report.output)) add(line, text, "output");
  }
  return models.sort((a, b) => a.line - b.line || ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** The gradients of what each line made; a line with a value has its gradient there. */
function gradientsPerLine(report: LiveReport, values: boolean): Map<number, string> {
  const taken = new Set(values ? report.inlineValues.map(({ line }) => line) : []);
  const byId = new Map(report.tensors.map((tensor) => [tensor.id, tensor]));
  const lines = new Map<number, string[]>();
  for (const { line, name, tensor: id } of report.gradLines) {
    const tensor = byId.get(id);
    if (!tensor || taken.has(line)) continue;
    // "∂" marks what PyTorch's `.grad` does not hold.
    const label = tensor.gradSource === "pytorch" ? `${name}.grad` : `∂${name}`;
    const text = `${label} = ${gradElements(tensor)}`;
    const known = lines.get(line) ?? [];
    if (!known.includes(text)) lines.set(line, [...known, text]);
  }
  return new Map([...lines].map(([line, texts]) => [line, texts.join(" · ")]));
}

function gradElements({ grad, gradSummary, dtype }: TensorRecord): string {
  if (grad === null && gradSummary) return summaryBriefly(gradSummary);
  return elementsLine({ value: grad }, dtype, MAX_CHARACTERS);
}

/** What is known of its gradient when the snippet has ended; "∂" marks what PyTorch's `.grad` does not hold. */
function gradientText(report: Pick<SnippetReport, "tensors">, { tensor, text }: InlineValue): string {
  const record = report.tensors.find(({ id }) => id === tensor);
  if (!record || (record.grad === null && !record.gradSummary)) return "";
  const label = record.gradSource === "pytorch" ? ".grad" : "∂";
  // Behind a value of several lines the gradient starts one of its own.
  return `${text.includes("\n") ? "\n" : " · "}${label} = ${gradElements(record)}`;
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
