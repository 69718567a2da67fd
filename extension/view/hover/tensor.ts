// The hover over a tensor: what it is, its value and gradient, why a gradient is missing, what each backward call
// added, who changed it. Pure.
import type {
  Elements,
  GradEvent,
  NestedValue,
  Range,
  Site,
  Summary,
  TensorRecord,
} from "../../../engine/protocol/report";
import type { LiveReport, SnippetView } from "../documentView";
import { elementsLine, gridLines, oneLine, shapeText, summaryLine } from "../format";
import { loopSections } from "./loop";
import { type HoverItem, type HoverModel, type HoverSection, INLINE_WIDTH } from "./model";
import { operatorSections } from "./operator";
import type { TensorPlace } from "./places";

const MAX_EVENTS = 6;
const MAX_MUTATIONS = 8;
/** What fits beside each other in a hover. */
const PAIR_WIDTH = 76;
/** A tensor of many dimensions has many short rows. */
const MAX_LINES = 20;

export function tensorHover(snippet: SnippetView, report: LiveReport, place: TensorPlace): HoverModel {
  const { tensor, range, name: occurrenceName } = place;
  const known = occurrenceName ?? tensor.names[0] ?? tensor.formerNames?.[0];
  const name = known ?? (tensor.op ? `result of ${tensor.op}` : "tensor");
  // A hover is not high: what is seen first comes first.
  const sections: HoverSection[] = [
    ...valueSections(tensor, known),
    // A name stands for a value; what its operator does is told over the expression.
    ...(occurrenceName === undefined ? operatorSections(snippet.original, tensor) : []),
    ...loopSections(snippet.original, tensor),
    ...gradSections(report, tensor, known, range),
    ...cornerSections(tensor),
    ...mutationSections(tensor),
  ];
  const alias = tensor.names.find((other) => other !== name);
  if (occurrenceName !== undefined && alias !== undefined && !tensor.names.includes(occurrenceName)) {
    sections.push({ kind: "text", text: `The same tensor as ${alias}.` });
  }
  return { range, name, facts: factsOf(tensor), stale: snippet.stale, sections };
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
  const label = captured ? "gradient (the inspector's)" : name === undefined ? ".grad" : `${name}.grad`;
  const grad = elementSections(label, tensor.grad, tensor.gradSummary, tensor.dtype);
  const [left] = value;
  const [right] = grad;
  if (value.length === 1 && grad.length === 1 && left?.kind === "grid" && right?.kind === "grid") {
    const lines = beside([left.label ?? "", ...left.lines], [right.label ?? "", ...right.lines]);
    if (lines.every((line) => line.length <= PAIR_WIDTH)) return [{ kind: "grid", lines }];
  }
  return [...value, ...grad, ...histograms(tensor)];
}

/** Of large tensors, whose elements cannot all be shown. */
function histograms({ summary, gradSummary }: TensorRecord): HoverSection[] {
  const picture = (title: "value" | "gradient", of: Summary | undefined) =>
    of?.histogram.some((count) => count > 0)
      ? [{ label: title, picture: { kind: "histogram" as const, title, summary: of } }]
      : [];
  const pictures = [...picture("value", summary), ...picture("gradient", gradSummary)];
  return pictures.length > 0 ? [{ kind: "pictures", pictures }] : [];
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
    sections.push({ kind: "text", text, ...elsewhere(tensor.whyNoGradSite, at) });
  } else if (captured) {
    sections.push({ kind: "text", text: `${subject} is None in PyTorch; backward passed this through it.` });
  }
  sections.push(...whySections(tensor, at));
  if (tensor.gradEvents.length > 1) sections.push(eventsSection(report, tensor));
  return sections;
}

const ODD = { none: "None", zero: "zero", nan: "NaN", inf: "infinite" } as const;

/** Why its gradient is zero, NaN or infinite, or its value NaN or infinite: the first cause, with its place. */
function whySections(tensor: TensorRecord, at: Range): HoverSection[] {
  const told = tensor.why?.filter((why) => why.is !== "none") ?? [];
  return told.map((why) => {
    const some = why.share === undefined ? "" : `${Math.max(1, Math.round(why.share * 100))} % of `;
    const subject = `${some}its ${why.of === "grad" ? "gradient" : "value"} is ${ODD[why.is]}`;
    const text = `${subject.charAt(0).toUpperCase()}${subject.slice(1)}. ${why.text}`;
    return { kind: "text", text, ...elsewhere(why.site, at) };
  });
}

/** A link to where the mouse is already leads nowhere. */
function elsewhere(site: Site | undefined, at: Range): { site?: Site } {
  return site && (site.file !== undefined || site.range.start.line !== at.start.line) ? { site } : {};
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
  const calls = callsOf(report, tensor);
  const some = calls > events.length ? ", the first and the last" : "";
  return { kind: "list", label: `${calls} backward calls${some}`, items };
}

/** How many backward calls reached it: of those of a loop only the first and the last are listed. */
function callsOf(report: LiveReport, { gradEvents }: TensorRecord): number {
  const perPlace = new Map<string, { listed: number; count: number }>();
  for (const { call: index } of gradEvents) {
    const call = report.backwardCalls[index];
    const key = JSON.stringify(call?.site ?? index);
    const known = perPlace.get(key) ?? { listed: 0, count: 0 };
    perPlace.set(key, { listed: known.listed + 1, count: Math.max(known.count, call?.count ?? 1) });
  }
  let calls = 0;
  for (const { listed, count } of perPlace.values()) calls += Math.max(listed, count);
  return calls;
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
  // A loop changes a tensor at one place over and over: each place is told once.
  const places = new Map<string, { item: HoverItem; times: number }>();
  for (const { by, site } of tensor.mutations) {
    const key = JSON.stringify([by, site]);
    const known = places.get(key);
    if (known) known.times++;
    else places.set(key, { item: { text: "by", code: by, site }, times: 1 });
  }
  const items = [...places.values()].map(({ item }) => item);
  const more = items.length - MAX_MUTATIONS;
  return [
    {
      kind: "list",
      label: `changed in place ${times} (version ${tensor.version})`,
      items: more > 0 ? [...items.slice(0, MAX_MUTATIONS), { text: `… ${more} more places …` }] : items,
    },
  ];
}

function bounded(lines: string[]): string[] {
  return lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES - 1), "…"];
}

function elementSections(
  label: string,
  value: NestedValue | null,
  summary: Summary | undefined,
  dtype: string,
): HoverSection[] {
  if (value !== null) {
    const lines = bounded(gridLines(value, dtype));
    if (lines.length > 1) return [{ kind: "grid", label, lines }];
    return [{ kind: "line", label, code: oneLine(value, dtype, 200) }];
  }
  if (!summary) return [];
  return [{ kind: "line", label, code: summaryLine(summary) }];
}

function cornerSections({ summary, dtype }: TensorRecord): HoverSection[] {
  if (!summary) return [];
  return [
    { kind: "grid", label: "value, its first elements", lines: bounded(gridLines(summary.corner, dtype)) },
  ];
}
