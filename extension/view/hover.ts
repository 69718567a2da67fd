// What a hover over a variable or an expression says: a model made from a report, and the model as Markdown. Pure.
import type {
  BackwardCall,
  Elements,
  GradEvent,
  NestedValue,
  Occurrence,
  Position,
  Range,
  Site,
  Summary,
  TensorRecord,
} from "../../engine/protocol/report";
import type { LiveReport, SnippetView } from "./documentView";
import { smaller, touches } from "./edits";
import { elementsLine, gridLines, oneLine, shapeText, summaryLine } from "./format";
import { code, codeBlock, plain } from "./markdown";

export interface HoverModel {
  range: Range;
  /** A name, or words for what an expression is. */
  name: string;
  /** The compact first line: "float32", "shape [2, 3]", "leaf", … */
  facts: string[];
  stale: boolean;
  sections: HoverSection[];
}

interface HoverItem {
  text: string;
  code?: string;
  site?: Site;
}

export type HoverSection =
  | { kind: "grid"; label?: string; lines: string[] }
  | { kind: "line"; label: string; code: string }
  | { kind: "text"; text: string; site?: Site }
  | { kind: "list"; label: string; items: HoverItem[] };

/** Elements that fit on the line of their label are not given a block of their own. */
const INLINE_WIDTH = 60;
const MAX_EVENTS = 6;
/** What fits beside each other in a hover. */
const PAIR_WIDTH = 76;

/** The hover at a place of the document, from the snippet around it; null where nothing is known. */
export function hoverAt(snippet: SnippetView, at: Position): HoverModel | null {
  const { report } = snippet;
  if (!report) return null;
  const found = tensorAt(report, at);
  const call = backwardCallAt(report, at);
  if (call && (!found || !smaller(found.range, call.site.range))) {
    return callHover(report, call, snippet.stale);
  }
  if (!found) return null;
  return tensorHover(report, found.tensor, found.range, found.name, snippet.stale);
}

export interface TensorPlace {
  tensor: TensorRecord;
  range: Range;
  name?: string;
}

/** The smallest occurrence around a place, or the tensor that the smallest expression around it made. */
export function tensorAt(report: LiveReport, at: Position): TensorPlace | null {
  let best: Occurrence | null = null;
  for (const occurrence of report.occurrences) {
    if (touches(occurrence.range, at) && (!best || smaller(occurrence.range, best.range))) best = occurrence;
  }
  const byId = (id: number) => report.tensors.find((tensor) => tensor.id === id);
  const named = best && byId(best.tensor);
  if (best && named) {
    return { tensor: named, range: best.range, ...(best.name === undefined ? {} : { name: best.name }) };
  }
  let made: TensorRecord | null = null;
  for (const tensor of report.tensors) {
    const { site } = tensor;
    if (!site || site.file || !touches(site.range, at)) continue;
    if (!made?.site || smaller(site.range, made.site.range)) made = tensor;
  }
  return made?.site ? { tensor: made, range: made.site.range } : null;
}

export function backwardCallAt(report: LiveReport, at: Position): BackwardCall | null {
  return report.backwardCalls.find((call) => !call.site.file && touches(call.site.range, at)) ?? null;
}

function tensorHover(
  report: LiveReport,
  tensor: TensorRecord,
  range: Range,
  occurrenceName: string | undefined,
  stale: boolean,
): HoverModel {
  const known = occurrenceName ?? tensor.names[0] ?? tensor.formerNames?.[0];
  const name = known ?? (tensor.op ? `result of ${tensor.op}` : "tensor");
  const sections: HoverSection[] = [
    ...valueSections(tensor, known),
    ...gradSections(report, tensor, known, range),
    ...mutationSections(tensor),
  ];
  if (tensor.count > 1) {
    sections.push({ kind: "text", text: `The last of ${tensor.count} tensors made here.` });
  }
  const alias = tensor.names.find((other) => other !== name);
  if (occurrenceName !== undefined && alias !== undefined && !tensor.names.includes(occurrenceName)) {
    sections.push({ kind: "text", text: `The same tensor as ${alias}.` });
  }
  return { range, name, facts: factsOf(tensor), stale, sections };
}

export function factsOf(tensor: TensorRecord): string[] {
  const facts = [tensor.dtype, `shape ${shapeText(tensor.shape)}`, tensor.isLeaf ? "leaf" : "non-leaf"];
  if (tensor.isParameter) facts.push("parameter");
  facts.push(`requires_grad=${tensor.requiresGrad ? "True" : "False"}`);
  if (tensor.gradFn) facts.push(`grad_fn=<${tensor.gradFn}>`);
  if (tensor.retainsGrad && !tensor.isLeaf) facts.push("retains grad");
  return facts;
}

/** Value and gradient: beside each other where both are small grids. */
function valueSections(tensor: TensorRecord, name: string | undefined): HoverSection[] {
  const value = elementSections("value", tensor.value, tensor.summary, tensor.dtype);
  const captured = tensor.gradSource === "inspector";
  const label = captured ? "gradient (captured)" : name === undefined ? ".grad" : `${name}.grad`;
  const grad = elementSections(label, tensor.grad, tensor.gradSummary, tensor.dtype);
  const [left] = value;
  const [right] = grad;
  if (value.length === 1 && grad.length === 1 && left?.kind === "grid" && right?.kind === "grid") {
    const lines = beside([left.label ?? "", ...left.lines], [right.label ?? "", ...right.lines]);
    if (lines.every((line) => line.length <= PAIR_WIDTH)) return [{ kind: "grid", lines }];
  }
  return [...value, ...grad];
}

function beside(left: readonly string[], right: readonly string[]): string[] {
  const width = Math.max(...left.map((line) => line.length));
  const count = Math.max(left.length, right.length);
  return Array.from({ length: count }, (_, index) =>
    `${(left[index] ?? "").padEnd(width)}   ${right[index] ?? ""}`.trimEnd(),
  );
}

/** Why `.grad` holds nothing, in words, and what every backward call added where there was more than one. */
function gradSections(
  report: LiveReport,
  tensor: TensorRecord,
  name: string | undefined,
  at: Range,
): HoverSection[] {
  const sections: HoverSection[] = [];
  const captured =
    tensor.gradSource === "inspector" && (tensor.grad !== null || tensor.gradSummary !== undefined);
  const subject = name === undefined ? "Its .grad" : `${name}.grad`;
  if (tensor.whyNoGrad !== undefined && (tensor.grad === null || captured)) {
    const text = `${subject} is None${captured ? " in PyTorch" : ""}. ${tensor.whyNoGrad}`;
    const site = tensor.whyNoGradSite;
    // A link to where the mouse is already leads nowhere.
    const elsewhere = site && (site.file !== undefined || site.range.start.line !== at.start.line);
    sections.push({ kind: "text", text, ...(elsewhere ? { site } : {}) });
  } else if (captured) {
    sections.push({ kind: "text", text: `${subject} is None in PyTorch; backward passed this through it.` });
  }
  if (tensor.gradEvents.length > 1) sections.push(eventsSection(report, tensor));
  return sections;
}

/** What each backward call added, and what the sum was then. */
function eventsSection(report: LiveReport, tensor: TensorRecord): HoverSection {
  const events = tensor.gradEvents;
  const shown =
    events.length <= MAX_EVENTS
      ? events
      : [...events.slice(0, MAX_EVENTS / 2), ...events.slice(-MAX_EVENTS / 2)];
  const items: HoverItem[] = shown.map((event) => eventItem(report, tensor, event));
  const left = events.length - shown.length;
  if (left > 0) items.splice(MAX_EVENTS / 2, 0, { text: `… ${left} more …` });
  return { kind: "list", label: `${events.length} backward calls`, items };
}

function eventItem(report: LiveReport, tensor: TensorRecord, event: GradEvent): HoverItem {
  const call = report.backwardCalls[event.call];
  const line = (elements: Elements) => elementsLine(elements, tensor.dtype, INLINE_WIDTH);
  const sum = event.accumulated ? ` → ${line(event.accumulated)}` : "";
  return {
    text: call?.kind === "grad" ? "autograd.grad gave" : "added",
    code: `${line(event.increment)}${sum}`,
    ...(call ? { site: call.site } : {}),
  };
}

function mutationSections(tensor: TensorRecord): HoverSection[] {
  if (tensor.mutations.length === 0) return [];
  const times = tensor.version === 1 ? "once" : `${tensor.version} times`;
  return [
    {
      kind: "list",
      label: `changed in place ${times} (version ${tensor.version})`,
      items: tensor.mutations.map((mutation) => ({ text: "by", code: mutation.by, site: mutation.site })),
    },
  ];
}

function elementSections(
  label: string,
  value: NestedValue | null,
  summary: Summary | undefined,
  dtype: string,
): HoverSection[] {
  if (value !== null) {
    const lines = gridLines(value, dtype);
    if (lines.length > 1) return [{ kind: "grid", label, lines }];
    return [{ kind: "line", label, code: oneLine(value, dtype, 200) }];
  }
  if (!summary) return [];
  return [
    { kind: "line", label, code: summaryLine(summary) },
    { kind: "grid", label: `${label}, its first elements`, lines: gridLines(summary.corner, dtype) },
  ];
}

function callHover(report: LiveReport, call: BackwardCall, stale: boolean): HoverModel {
  const index = report.backwardCalls.indexOf(call);
  const nameOf = (id: number) => report.tensors.find((tensor) => tensor.id === id)?.names[0];
  const roots = call.roots.map(nameOf).filter((name) => name !== undefined);
  const facts = [roots.length > 0 ? `from ${roots.join(", ")}` : "from an unnamed tensor"];
  if (call.retainGraph) facts.push("retain_graph=True");
  if (call.createGraph) facts.push("create_graph=True");
  if (call.status === "raised") facts.push("raised");
  const reached = report.tensors.filter((tensor) => tensor.names.length > 0 && tensor.isLeaf);
  const items = reached.flatMap((tensor) =>
    tensor.gradEvents
      .filter((event) => event.call === index)
      .map((event) => ({
        text: `${tensor.names[0]}.grad`,
        code: elementsLine(event.accumulated ?? event.increment, tensor.dtype, INLINE_WIDTH),
      })),
  );
  const sections: HoverSection[] =
    items.length > 0
      ? [{ kind: "list", label: call.kind === "grad" ? "gradients" : "after this call", items }]
      : [{ kind: "text", text: "No named leaf received a gradient." }];
  return {
    range: call.site.range,
    name: call.kind === "grad" ? "autograd.grad()" : "backward()",
    facts,
    stale,
    sections,
  };
}

/** The model as Markdown. `link` makes a link to a place in the code, or answers undefined where there is none. */
export function hoverMarkdown(model: HoverModel, link: (site: Site) => string | undefined): string {
  const stale = model.stale ? ["*Stale: the code has changed since this was computed.*"] : [];
  const head = [code(model.name), ...model.facts.map(plain)].join(" · ");
  return [...stale, head, ...model.sections.map((section) => sectionMarkdown(section, link))].join("\n\n");
}

function sectionMarkdown(section: HoverSection, link: (site: Site) => string | undefined): string {
  const at = (site: Site | undefined) => {
    const target = site && link(site);
    return target ? ` ${target}` : "";
  };
  switch (section.kind) {
    case "grid":
      return `${section.label === undefined ? "" : `${plain(section.label)}\n`}${codeBlock(section.lines)}`;
    case "line":
      return `${plain(section.label)} ${code(section.code)}`;
    case "text":
      return `${plain(section.text)}${at(section.site)}`;
    case "list":
      return `${plain(section.label)}\n${section.items
        .map(
          (item) =>
            `- ${plain(item.text)}${item.code === undefined ? "" : ` ${code(item.code)}`}${at(item.site)}`,
        )
        .join("\n")}`;
    default:
      return section satisfies never;
  }
}
