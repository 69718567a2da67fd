// What other numbers have moved: values and gradients beside those of the code itself, the largest movement first.
import type { NestedValue, SnippetReport, Summary, TensorRecord } from "../../engine/protocol/report";
import { dataTable, link } from "../details/parts";
import { h } from "../dom";
import { formatNumber } from "../format";
import type { GraphModel } from "../graph/model";
import { flatten, shortValue, toNumber } from "../values";

/** More would not be read. */
const most = 12;

export interface Movement {
  id: number;
  name: string;
  what: "value" | "gradient";
  before: string;
  after: string;
  /** The largest difference, relative to the largest number that was there; infinite where one is no number. */
  size: number;
  /** In words. */
  difference: string;
}

/** Of tensors that have a name; ids are the same in both runs. */
export function movements(original: SnippetReport, tried: SnippetReport): Movement[] {
  const before = new Map(original.tensors.map((tensor) => [tensor.id, tensor]));
  const found: Movement[] = [];
  for (const now of tried.tensors) {
    const was = before.get(now.id);
    const name = now.names[0];
    if (was === undefined || name === undefined) continue;
    for (const what of ["value", "gradient"] as const) {
      const moved = compared(partOf(was, what), partOf(now, what));
      if (moved !== null) found.push({ id: now.id, name, what, ...moved });
    }
  }
  return found.sort((a, b) => b.size - a.size);
}

interface Numbers {
  value: NestedValue | null;
  summary: Summary | undefined;
}

const partOf = (tensor: TensorRecord, what: Movement["what"]): Numbers =>
  what === "value"
    ? { value: tensor.value, summary: tensor.summary }
    : { value: tensor.grad, summary: tensor.gradSummary };

function compared(was: Numbers, now: Numbers): Omit<Movement, "id" | "name" | "what"> | null {
  const words = { before: told(was), after: told(now) };
  if (was.value === null || now.value === null) {
    const [a, b] = [was.summary, now.summary];
    if (a === undefined || b === undefined) {
      if (words.before === words.after) return null;
      return { ...words, size: Infinity, difference: "" };
    }
    const by = Math.abs(toNumber(b.mean) - toNumber(a.mean)) + Math.abs(toNumber(b.std) - toNumber(a.std));
    if (by === 0 && a.min === b.min && a.max === b.max) return null;
    return { ...words, size: by / Math.max(1e-30, toNumber(a.std)), difference: "" };
  }
  const [a, b] = [flatten(was.value).map(toNumber), flatten(now.value).map(toNumber)];
  if (a.length !== b.length) return { ...words, size: Infinity, difference: "another shape" };
  let scale = 0;
  let largest = 0;
  let at = 0;
  a.forEach((x, i) => {
    const y = b[i] ?? Number.NaN;
    if (Number.isFinite(x)) scale = Math.max(scale, Math.abs(x));
    const apart = Object.is(x, y) || x === y ? 0 : Math.abs(y - x);
    if (Number.isNaN(apart) || apart > largest) {
      largest = Number.isNaN(apart) ? Infinity : apart;
      at = i;
    }
  });
  if (largest === 0) return null;
  const change = (b[at] ?? 0) - (a[at] ?? 0);
  const sign = change > 0 ? "+" : "";
  const difference = Number.isFinite(largest) ? `${sign}${formatNumber(change, 3)}` : "no number any more";
  return {
    ...words,
    size: largest / Math.max(scale, 1e-30),
    difference: a.length > 1 ? `up to ${difference}` : difference,
  };
}

function told({ value, summary }: Numbers): string {
  if (value !== null) {
    const short = shortValue({ value }, 4, 3);
    if (short !== null) return short;
    const numbers = flatten(value).map(toNumber);
    return `length ${formatNumber(Math.hypot(...numbers), 3)}`;
  }
  if (summary === undefined) return "None";
  return `${formatNumber(summary.mean, 3)} ± ${formatNumber(summary.std, 3)}`;
}

export function movedTable(
  original: SnippetReport,
  tried: SnippetReport,
  model: GraphModel,
  select: (key: string) => void,
): HTMLElement {
  const all = movements(original, tried);
  if (all.length === 0)
    return h("p", { class: "muted", role: "status" }, "Nothing that has a name has moved.");
  const rows = all.slice(0, most).map(({ id, name, what, before, after, difference }) => {
    const key = model.byTensor.get(id);
    const label = what === "value" ? name : `${name}, gradient`;
    return [
      key === undefined ? label : link(label, () => select(key), `select ${name}`),
      h("span", { class: "code" }, before),
      h("span", { class: "code" }, after),
      h("span", { class: "code" }, difference),
    ];
  });
  const out = h("div", {}, dataTable("What has moved", ["moved", "code", "now", "by"], rows));
  if (all.length > most) out.append(h("p", { class: "muted" }, `and ${all.length - most} more`));
  return out;
}
