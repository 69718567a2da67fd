// Nested values as flat lists, pages and heat levels. No DOM.
import type { Elements, NestedValue, NumberValue, Summary } from "../engine/protocol/report";
import { formatNumber } from "./format";

export function flatten(value: NestedValue | null): NumberValue[] {
  const out: NumberValue[] = [];
  const walk = (v: NestedValue): void => {
    if (Array.isArray(v)) for (const inner of v) walk(inner);
    else out.push(v);
  };
  if (value !== null) walk(value);
  return out;
}

export function shapeOf(value: NestedValue): number[] {
  const shape: number[] = [];
  for (let v: NestedValue | undefined = value; Array.isArray(v); v = v[0]) shape.push(v.length);
  return shape;
}

/** A number for arithmetic: bool as 0 or 1. */
export function toNumber(value: NumberValue): number {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  return value === "NaN" ? Number.NaN : value === "Infinity" ? Infinity : -Infinity;
}

/** As the report writes it. */
export const fromNumber = (n: number): NumberValue =>
  Number.isFinite(n) ? n : Number.isNaN(n) ? "NaN" : n > 0 ? "Infinity" : "-Infinity";

/**
 * Heat levels run from -5 to 5, 0 being zero; "nan" stands for NaN.
 * They are steps of colour, so that a cell needs a class and no colour of its own.
 */
export type Heat = number | "nan";

export const heatSteps = 5;

export function heatOf(value: NumberValue, scale: number): Heat {
  const n = toNumber(value);
  if (Number.isNaN(n)) return "nan";
  if (n === 0) return 0;
  if (!Number.isFinite(n)) return n > 0 ? heatSteps : -heatSteps;
  if (scale === 0) return 0;
  const level = Math.max(1, Math.round((Math.abs(n) / scale) * heatSteps));
  return Math.sign(n) * Math.min(heatSteps, level);
}

/** The largest finite magnitude: what full colour stands for. */
export function heatScale(values: readonly NumberValue[]): number {
  let most = 0;
  for (const value of values) {
    const size = Math.abs(toNumber(value));
    if (Number.isFinite(size) && size > most) most = size;
  }
  return most;
}

export interface HeatMap {
  rows: number;
  columns: number;
  /** Row by row. */
  levels: Heat[];
  /** Only a corner of the tensor is shown. */
  partial: boolean;
}

const largestSide = 8;

/** A picture of the values when they fit into 8 by 8 cells, or of the corner of what does not; null for a scalar. */
export function heatMapOf(elements: Elements | null | undefined): HeatMap | null {
  if (!elements) return null;
  const source = elements.value ?? elements.summary?.corner ?? null;
  if (source === null || !Array.isArray(source)) return null;
  const shape = shapeOf(source);
  if (shape.includes(0)) return null;
  // Leading dimensions are laid under one another: a picture of every matrix, in order.
  const columns = shape.at(-1) ?? 1;
  const flat = flatten(source);
  const allRows = flat.length / columns;
  const scale = heatScale(flat);
  const rows = Math.min(allRows, largestSide);
  const shown = Math.min(columns, largestSide);
  const levels: Heat[] = [];
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < shown; c++) levels.push(heatOf(flat[r * columns + c] ?? 0, scale));
  }
  return {
    rows,
    columns: shown,
    levels,
    partial: elements.value === null || rows < allRows || shown < columns,
  };
}

/** "3", "[1, 2, 3]", or null when it does not fit into `most` elements. */
export function shortValue(elements: Elements | null | undefined, most = 3, digits = 4): string | null {
  if (!elements || elements.value === null) return null;
  const { value } = elements;
  if (!Array.isArray(value)) return formatNumber(value, digits);
  const flat = flatten(value);
  if (flat.length > most || flat.length === 0) return null;
  const write = (v: NestedValue): string =>
    Array.isArray(v) ? `[${v.map(write).join(", ")}]` : formatNumber(v, digits);
  return write(value);
}

export function rangeText(summary: Summary): string {
  return `${formatNumber(summary.min, 3)} … ${formatNumber(summary.max, 3)}`;
}

/** One line for any size: the value itself, or its shape and extent. */
export function describe(elements: Elements | null | undefined, most = 6): string {
  if (!elements) return "none";
  const short = shortValue(elements, most);
  if (short !== null) return short;
  if (elements.summary) return `${elements.summary.count} values, ${rangeText(elements.summary)}`;
  if (elements.value === null) return "none";
  const flat = flatten(elements.value);
  if (flat.length === 0) return "empty";
  const numbers = flat.map(toNumber).filter(Number.isFinite);
  const shape = shapeOf(elements.value).join("×");
  if (numbers.length === 0) return `${shape}, no finite value`;
  // A loop, since a spread of many elements overflows the stack.
  let low = Infinity;
  let high = -Infinity;
  for (const n of numbers) {
    if (n < low) low = n;
    if (n > high) high = n;
  }
  return `${shape}, ${formatNumber(low, 3)} … ${formatNumber(high, 3)}`;
}

const bins = 16;

/** The statistics of a list of numbers, as the engine gives them for large tensors. */
export function summaryOf(flat: readonly NumberValue[]): Summary {
  const numbers = flat.map(toNumber);
  const finite = numbers.filter(Number.isFinite);
  let [low, high, total] = [Infinity, -Infinity, 0];
  for (const n of finite) {
    low = Math.min(low, n);
    high = Math.max(high, n);
    total += n;
  }
  const mean = total / finite.length;
  const histogram = new Array<number>(finite.length === 0 ? 0 : high > low ? bins : 1).fill(0);
  let squares = 0;
  for (const n of finite) {
    squares += (n - mean) ** 2;
    const bin = high > low ? Math.min(bins - 1, Math.floor(((n - low) / (high - low)) * bins)) : 0;
    histogram[bin] = (histogram[bin] ?? 0) + 1;
  }
  const nan = numbers.filter(Number.isNaN).length;
  const told = (n: number): NumberValue => (Number.isFinite(n) ? n : "NaN");
  return {
    count: numbers.length,
    min: told(low),
    max: told(high),
    mean: told(mean),
    std: finite.length > 1 ? told(Math.sqrt(squares / (finite.length - 1))) : "NaN",
    zeros: numbers.filter((n) => n === 0).length,
    nan,
    inf: numbers.length - finite.length - nan,
    histogram,
    corner: [],
  };
}
