// Flat numbers of an answer as what the details show: nested, summed, multiplied. Pure.
import type { Matrix } from "../../engine/protocol/experiment";
import type { Elements, NestedValue, NumberValue } from "../../engine/protocol/report";
import { toNumber } from "../values";

export function nest(values: readonly NumberValue[], shape: readonly number[]): NestedValue {
  if (shape.length === 0) return values[0] ?? "NaN";
  const [size = 0, ...rest] = shape;
  const span = values.length / Math.max(1, size);
  return Array.from({ length: size }, (_, i) => nest(values.slice(i * span, (i + 1) * span), rest));
}

export const elementsOf = (values: readonly NumberValue[], shape: readonly number[]): Elements => ({
  value: nest(values, shape),
});

export const asValue = (n: number): NumberValue =>
  Number.isNaN(n) ? "NaN" : n === Infinity ? "Infinity" : n === -Infinity ? "-Infinity" : n;

/** vᵀJ */
export function product(v: readonly NumberValue[], { rows, columns, values }: Matrix): NumberValue[] {
  return Array.from({ length: columns }, (_, c) => {
    let sum = 0;
    for (let r = 0; r < rows; r++) {
      const cell = toNumber(values[r * columns + c] ?? 0);
      // What is not connected adds nothing, whatever v is.
      if (cell !== 0) sum += toNumber(v[r] ?? 0) * cell;
    }
    return asValue(sum);
  });
}

export function sum(parts: readonly (readonly NumberValue[])[]): NumberValue[] {
  const [first] = parts;
  if (first === undefined) return [];
  return first.map((_, i) => asValue(parts.reduce((total, part) => total + toNumber(part[i] ?? 0), 0)));
}

/** The diagonal of a square matrix that is zero elsewhere: an operator that works element by element. */
export function diagonal({ rows, columns, values }: Matrix): NumberValue[] | null {
  if (rows !== columns) return null;
  const found: NumberValue[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (Math.floor(i / columns) === i % columns) found.push(value);
    else if (value !== 0) return null;
  }
  return found;
}
