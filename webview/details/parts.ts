// The pieces that details are made of: facts, links to code and to other nodes, sections, tables.
import type { Elements, NestedValue, NumberValue, Site } from "../../engine/protocol/report";
import { type Child, h, svg } from "../dom";
import type { Lab } from "../experiments/lab";
import { exactNumber, formatNumber, placeText } from "../format";
import { icon } from "../icons";
import { menuButton } from "../panel/menu";
import { flatten, heatScale, rangeText, shapeOf, summaryOf, toNumber } from "../values";
import { type GridSource, gridView } from "./grid";

export interface DetailsContext {
  /** Questions to the engine, and what is tried. */
  readonly lab: Lab;
  select(key: string): void;
  /** Opens a folded group, folds an open one. */
  open(group: string): void;
  goTo(site: Site): void;
  copy(text: string): void;
  /** Where the elements of a large tensor are read. */
  elements(tensor: number, offset: number, count: number): Promise<Elements>;
}

export function facts(rows: readonly (readonly [string, Child] | null)[]): HTMLElement {
  const list = h("dl", { class: "facts" });
  for (const row of rows) {
    if (row === null || !row[1]) continue;
    list.append(h("dt", {}, row[0]), h("dd", {}, row[1]));
  }
  return list;
}

export const section = (title: string, ...children: Child[]): HTMLElement =>
  h(
    "section",
    { class: "details-section" },
    h("div", { class: "section-head" }, h("h3", {}, title)),
    ...children,
  );

/** Puts a button beside a section's title that copies the values, where all of them are there. */
export function withCopy(
  of: HTMLElement,
  elements: Elements,
  what: string,
  context: DetailsContext,
  dtype?: string,
): HTMLElement {
  const { value } = elements;
  if (value === null) return of;
  const label = `Copy ${what} as text`;
  const button = h(
    "button",
    { type: "button", class: "icon-button small", title: label, "aria-label": label },
    icon("copy"),
  );
  const menu = menuButton(button, label, [
    { label: "As a Python list", run: () => context.copy(asText(value)) },
    { label: "As torch.tensor(…)", run: () => context.copy(asTensor(value, dtype)) },
    { label: "As a table for a spreadsheet", run: () => context.copy(asTable(value)) },
  ]);
  of.firstElementChild?.append(menu);
  return of;
}

/** As Python writes nested lists; numbers that it has no literal for as float() gives them. */
export function asText(value: NestedValue): string {
  if (Array.isArray(value)) return `[${value.map(asText).join(", ")}]`;
  const text = exactNumber(value);
  return typeof value === "string" ? `float("${text}")` : text;
}

/** What makes the tensor again, with its kind of numbers. */
export function asTensor(value: NestedValue, dtype: string | undefined): string {
  const flat = flatten(value);
  // Of whole numbers alone torch.tensor makes integers, of any other floats of 32 bits.
  const whole = flat.every((each) => typeof each === "number" && Number.isInteger(each));
  const made = flat.some((each) => typeof each === "boolean") ? "bool" : whole ? "int64" : "float32";
  const kind = dtype === undefined || dtype === made ? "" : `, dtype=torch.${dtype}`;
  return `torch.tensor(${asText(value)}${kind})`;
}

/** Tabs between columns; matrices of a higher rank stand below one another with an empty line between. */
export function asTable(value: NestedValue): string {
  if (!Array.isArray(value)) return `${exactNumber(value)}\n`;
  if (value.every((each) => !Array.isArray(each)))
    return `${value.map((each) => exactNumber(each as NumberValue)).join("\t")}\n`;
  const deep = value.some((each) => Array.isArray(each) && each.some(Array.isArray));
  return value.map(asTable).join(deep ? "\n" : "");
}

/** A button that looks like a link: it does something here rather than leading away. */
export const link = (text: string, click: () => void, label?: string): HTMLElement =>
  h("button", { type: "button", class: "link", "aria-label": label ?? null, click }, text);

/** "line 5" that goes there; plain text where the place is in another file. */
export function placeLink(site: Site | null, context: DetailsContext, before = ""): HTMLElement | null {
  if (site === null) return null;
  const text = placeText(site);
  const place =
    site.file === undefined ? link(text, () => context.goTo(site), `go to ${text}`) : h("span", {}, text);
  return h("span", {}, before, place);
}

export function dataTable(
  label: string,
  head: readonly string[],
  rows: readonly (readonly Child[])[],
): HTMLElement {
  const headRow = h("tr", {}, ...head.map((title) => h("th", { scope: "col" }, title)));
  const body = h("tbody");
  for (const cells of rows) body.append(h("tr", {}, ...cells.map((cell) => h("td", {}, cell))));
  const table = h("table", { class: "data", "aria-label": label }, h("thead", {}, headRow), body);
  return h("div", { class: "data-frame" }, table);
}

/** Values as a grid, a large tensor's with its statistics; `tensor` tells where the rest can be read. */
export function valuesView(
  elements: Elements,
  shape: readonly number[] | null,
  label: string,
  context: DetailsContext,
  tensor?: number,
): HTMLElement {
  const { value, summary } = elements;
  if (value !== null) {
    const flat = flatten(value);
    const source: GridSource = {
      shape: shape ?? (Array.isArray(value) ? shapeOf(value) : []),
      scale: heatScale(flat),
      read: (offset, count) => flat.slice(offset, offset + count),
    };
    // Few numbers are seen at a glance.
    if (flat.length < enoughForStatistics) return gridView(source, label);
    return h("div", {}, statistics({ value: null, summary: summaryOf(flat) }), gridView(source, label));
  }
  if (!summary) return h("p", { class: "muted" }, "None");
  const out = h("div", {}, statistics(elements));
  if (tensor !== undefined && shape !== null) {
    const read = async (offset: number, count: number) =>
      flatten((await context.elements(tensor, offset, count)).value);
    const scale = Math.max(Math.abs(toNumber(summary.min)), Math.abs(toNumber(summary.max)));
    out.append(gridView({ shape, read, ...(Number.isFinite(scale) ? { scale } : {}) }, label));
  } else if (Array.isArray(summary.corner)) {
    const flat = flatten(summary.corner);
    const read = (offset: number, count: number) => flat.slice(offset, offset + count);
    out.append(
      h("p", { class: "muted" }, "Its first elements:"),
      gridView({ shape: shapeOf(summary.corner), read }, label),
    );
  }
  return out;
}

const enoughForStatistics = 20;

function statistics({ summary }: Elements): HTMLElement | null {
  if (!summary) return null;
  const odd = (n: number, what: string): string | null => (n > 0 ? `${n} ${what}` : null);
  const notes = [odd(summary.zeros, "zero"), odd(summary.nan, "nan"), odd(summary.inf, "inf")].filter(
    (x) => x !== null,
  );
  return h(
    "div",
    { class: "statistics" },
    facts([
      ["elements", String(summary.count)],
      ["range", rangeText(summary)],
      ["mean ± std", `${formatNumber(summary.mean)} ± ${formatNumber(summary.std)}`],
      notes.length > 0 ? ["of these", notes.join(", ")] : null,
    ]),
    histogram(summary.histogram, `Histogram, ${rangeText(summary)}`),
  );
}

function histogram(bins: readonly number[], label: string): Node | null {
  const most = Math.max(...bins, 0);
  if (most === 0) return null;
  const [width, height] = [8, 32];
  const chart = svg("svg", {
    class: "histogram",
    viewBox: `0 0 ${bins.length * width} ${height}`,
    width: bins.length * width,
    height,
    role: "img",
    "aria-label": label,
  });
  bins.forEach((bin, i) => {
    const tall = bin === 0 ? 0 : Math.max(1, (bin / most) * height);
    chart.append(svg("rect", { x: i * width, y: height - tall, width: width - 1, height: tall }));
  });
  return chart;
}
