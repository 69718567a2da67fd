// What the curves are, of a report: one group for each place of backward calls, with its lines and marks. Pure.
import type { Finding, Range, Site, SnippetReport, TensorId } from "../../engine/protocol/report";
import { append } from "../collections";
import { placeText, plural, sameRange } from "../format";
import type { GraphModel } from "../graph/model";
import { toNumber } from "../values";

export interface Line {
  /** The node that is selected with it; null where the graph has none. */
  key: string | null;
  tensor: TensorId;
  name: string;
  calls: readonly number[];
  values: readonly number[];
}

/** A finding that speaks of these calls; `call` is null where it speaks of all of them. */
export interface Mark {
  call: number | null;
  finding: Finding;
}

export interface CurveGroup {
  title: string;
  site: Site | null;
  /** The calls that have a point, growing. */
  calls: number[];
  loss: Line[];
  gradients: Line[];
  marks: Mark[];
}

export function curveGroups(snippet: SnippetReport | null, model: GraphModel): CurveGroup[] {
  const groups: CurveGroup[] = [];
  for (const curve of snippet?.curves ?? []) {
    let group = groups.find(({ site }) => samePlace(site, curve.site));
    if (group === undefined) {
      group = {
        title: titleOf(snippet, curve.site),
        site: curve.site,
        calls: [],
        loss: [],
        gradients: [],
        marks: [],
      };
      groups.push(group);
    }
    const key = model.byTensor.get(curve.tensor) ?? null;
    const record = snippet?.tensors.find(({ id }) => id === curve.tensor);
    const label = key === null ? undefined : model.byKey.get(key)?.label;
    const line: Line = {
      key,
      tensor: curve.tensor,
      name: record?.names[0] ?? record?.formerNames?.[0] ?? label ?? curve.of,
      calls: curve.calls,
      values: curve.values.map(toNumber),
    };
    (curve.of === "loss" ? group.loss : group.gradients).push(line);
  }
  for (const group of groups) {
    const calls = new Set([...group.loss, ...group.gradients].flatMap((line) => line.calls));
    // In the order of the model, not in that of backward.
    group.gradients.sort((a, b) => a.tensor - b.tensor);
    group.calls = [...calls].sort((a, b) => a - b);
    group.marks = marksOf(snippet, group);
  }
  return groups;
}

function titleOf(snippet: SnippetReport | null, site: Site | null): string {
  const call = snippet?.backwardCalls.find((each) => samePlace(each.site, site));
  const how = call?.kind === "grad" ? "autograd.grad" : "backward()";
  const times = call?.count === undefined ? "" : `, ${plural(call.count, "call")}`;
  return `${how}${site === null ? "" : ` on ${placeText(site)}`}${times}`;
}

function marksOf(snippet: SnippetReport | null, { site, calls }: CurveGroup): Mark[] {
  const [first = 0, last = 0] = [calls[0], calls.at(-1)];
  return (snippet?.diagnostics ?? []).flatMap((finding): Mark[] => {
    const here = site !== null && site.file === undefined && sameRange(finding.range, site.range);
    const related = site !== null && finding.related.some((r) => samePlace(r, site));
    if (finding.call !== undefined && (here || related))
      return finding.call >= first && finding.call <= last ? [{ call: finding.call, finding }] : [];
    return here || related ? [{ call: null, finding }] : [];
  });
}

export const samePlace = (
  a: { range: Range; file?: string } | null,
  b: { range: Range; file?: string } | null,
): boolean => (a === null || b === null ? a === b : a.file === b.file && sameRange(a.range, b.range));

/** The point of a line that was there at a call: that of the call, or of the last one before it. */
export function pointAt({ calls, values }: Line, call: number): number | null {
  const at = calls.findLastIndex((each) => each <= call);
  return at < 0 ? null : (values[at] ?? null);
}

/** The marks of each place on the axis: those of one call, and those of all calls (null). */
export function marksByCall(marks: readonly Mark[]): Map<number | null, Finding[]> {
  const groups = new Map<number | null, Finding[]>();
  for (const { call, finding } of marks) append(groups, call, finding);
  return groups;
}

// ---- scales

export interface Scale {
  log: boolean;
  low: number;
  high: number;
  ticks: number[];
}

/** Logarithmic where nothing is negative and the rest spans more than two powers of ten; more where zeros get lost. */
export function suggestsLog(lines: readonly Line[]): boolean {
  const { high, smallest, lowest } = extent(lines);
  return lowest >= 0 && high > (lowest > 0 ? 1e2 : 1e6) * smallest;
}

export function scaleOf(lines: readonly Line[], log: boolean): Scale {
  const { low, high, smallest } = extent(lines);
  if (!Number.isFinite(high)) return { log: false, low: 0, high: 1, ticks: [0, 1] };
  if (log && Number.isFinite(smallest)) {
    const from = Math.floor(Math.log10(smallest));
    const to = Math.max(from + 1, Math.ceil(Math.log10(high)));
    const every = Math.ceil((to - from) / 4);
    const ticks: number[] = [];
    for (let power = from; power <= to; power += every) ticks.push(10 ** power);
    return { log: true, low: 10 ** from, high: 10 ** to, ticks };
  }
  // Zero is part of the picture unless everything is far from it.
  const bottom = low > 0 && low < 0.7 * high ? 0 : low;
  const step = niceStep((high - bottom) / 3 || Math.abs(high) || 1);
  const from = Math.floor(bottom / step);
  const to = Math.max(from + 1, Math.ceil(high / step - 1e-9));
  // Rounded, since 3 times 0.2 is not 0.6.
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)));
  return { log: false, low: ticks[0] ?? 0, high: ticks.at(-1) ?? 1, ticks };
}

/** Where a number stands between the scale's ends, from 0 to 1; null where it has no place. */
export function placeOn(scale: Scale, value: number): number | null {
  if (!Number.isFinite(value) || (scale.log && value <= 0)) return null;
  if (!scale.log) return (value - scale.low) / (scale.high - scale.low);
  return Math.log(value / scale.low) / Math.log(scale.high / scale.low);
}

/** 1, 2 or 5 times a power of ten. */
function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return (lead <= 1 ? 1 : lead <= 2 ? 2 : lead <= 5 ? 5 : 10) * power;
}

function extent(lines: readonly Line[]): { low: number; high: number; smallest: number; lowest: number } {
  let [low, high, smallest] = [Infinity, -Infinity, Infinity];
  for (const { values } of lines) {
    for (const value of values) {
      if (!Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
      if (value > 0) smallest = Math.min(smallest, value);
    }
  }
  return { low, high, smallest, lowest: low };
}

/** All numbers of a group, a call in each row. */
export function toCsv({ loss, gradients }: CurveGroup): string {
  const lines = [...loss, ...gradients.map((line) => ({ ...line, name: `|${line.name}.grad|` }))];
  const calls = [...new Set(lines.flatMap((line) => line.calls))].sort((a, b) => a - b);
  const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
  const tables = lines.map((line) => new Map(line.calls.map((call, i) => [call, line.values[i]])));
  const rows = calls.map((call) => [call, ...tables.map((table) => table.get(call) ?? "")].join(","));
  return `${[["call", ...lines.map(({ name }) => quoted(name))].join(","), ...rows].join("\n")}\n`;
}
