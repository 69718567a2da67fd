// Numbers, shapes and places as short text. No DOM.
import type { NumberValue, Range, Site } from "../engine/protocol/report";

const minus = "\u2212";

/** A number in at most `digits` significant digits: 3, 0.25, 1.23e−5, −∞, nan. */
export function formatNumber(value: NumberValue, digits = 4): string {
  if (value === "NaN") return "nan";
  if (value === "Infinity") return "∞";
  if (value === "-Infinity") return `${minus}∞`;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text =
    size >= 1e6 || size < 1e-4
      ? value
          .toExponential(Math.max(0, digits - 2))
          .replace(/\.?0+e/, "e")
          .replace("e+", "e")
      : Number.isInteger(value) && size < 1e6
        ? String(value)
        : String(Number(value.toPrecision(digits)));
  return text.replace(/-/g, minus);
}

/** All digits that the value has, for copying and tooltips. */
export function exactNumber(value: NumberValue): string {
  if (typeof value === "string") return value === "NaN" ? "nan" : value === "Infinity" ? "inf" : "-inf";
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}

export const formatShape = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** "[2, 3]" is "2 × 3" where space is short; a scalar says so. */
export const shortShape = (shape: readonly number[]): string =>
  shape.length === 0 ? "scalar" : shape.join("×");

const shortTypes: Record<string, string> = {
  float32: "f32",
  float64: "f64",
  float16: "f16",
  bfloat16: "bf16",
  int64: "i64",
  int32: "i32",
  int16: "i16",
  int8: "i8",
  uint8: "u8",
  complex64: "c64",
  complex128: "c128",
};
export const shortType = (dtype: string): string => shortTypes[dtype] ?? dtype;

export const elementCount = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Lines are counted from one, as the editor shows them. */
export const lineOf = (range: Range): number => range.start.line + 1;

export function placeText(site: Site): string {
  const line = `line ${lineOf(site.range)}`;
  return site.file === undefined ? line : `${site.file.split("/").pop()} ${line}`;
}

export const sameRange = (a: Range, b: Range): boolean =>
  a.start.line === b.start.line &&
  a.start.character === b.start.character &&
  a.end.line === b.end.line &&
  a.end.character === b.end.character;

const before = (a: { line: number; character: number }, b: { line: number; character: number }): boolean =>
  a.line < b.line || (a.line === b.line && a.character <= b.character);

export const contains = (outer: Range, inner: Range): boolean =>
  before(outer.start, inner.start) && before(inner.end, outer.end);

export function ordinal(n: number): string {
  const tail = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${tail}`;
}

export const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? "" : "s"}`;

/** Cuts in the middle, where names differ least: "model.enc…er.weight". */
export function shorten(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}
