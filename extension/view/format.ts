// Numbers and small tensors as aligned text, in the way torch prints them. Pure.
import type { Elements, NestedValue, NumberValue, Summary } from "../../engine/protocol/report";

/** Above these, the middle is left out. */
const MAX_ROWS = 8;
const MAX_COLUMNS = 8;
const EDGE = 3;

/** A tensor's elements as lines: `[[1., 2.],`, ` [3., 4.]]`; a bare number for a scalar. */
export function gridLines(value: NestedValue, dtype: string): string[] {
  const numbers: NumberValue[] = [];
  collectShown(value, numbers);
  const style = styleOf(numbers, dtype);
  return layOut(value, style, 0).split("\n");
}

/** A tensor's elements on one line, cut off at `width` characters. */
export function oneLine(value: NestedValue, dtype: string, width: number): string {
  const numbers: NumberValue[] = [];
  collectShown(value, numbers);
  const style = { ...styleOf(numbers, dtype), width: 0 };
  const text = layOut(value, style, 0).replace(/\s*\n\s*/g, " ");
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Whatever is known of the elements, on one line. */
export function elementsLine(elements: Elements, dtype: string, width: number): string {
  if (elements.value !== null) return oneLine(elements.value, dtype, width);
  return elements.summary ? summaryLine(elements.summary) : "not recorded";
}

export function summaryLine(summary: Summary): string {
  const number = (value: NumberValue) =>
    typeof value === "number" ? String(Number(value.toPrecision(4))) : formatNumber(value, WHOLE);
  const parts = [
    `${summary.count.toLocaleString("en")} elements`,
    `min ${number(summary.min)}`,
    `max ${number(summary.max)}`,
    `mean ${number(summary.mean)}`,
    `std ${number(summary.std)}`,
  ];
  if (summary.zeros > 0) parts.push(`${summary.zeros.toLocaleString("en")} zero`);
  if (summary.nan > 0) parts.push(`${summary.nan.toLocaleString("en")} NaN`);
  if (summary.inf > 0) parts.push(`${summary.inf.toLocaleString("en")} infinite`);
  return parts.join(", ");
}

/** The same in as few words as there is room for behind a line. */
export function summaryBriefly({ count, min, max, nan, inf }: Summary): string {
  const number = (value: NumberValue) =>
    typeof value === "number" ? String(Number(value.toPrecision(3))) : formatNumber(value, WHOLE);
  const odd = nan + inf > 0 ? `, ${(nan + inf).toLocaleString("en")} not finite` : "";
  return `${count.toLocaleString("en")} elements from ${number(min)} to ${number(max)}${odd}`;
}

export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

interface Style {
  kind: "integer" | "whole" | "fixed" | "exponent";
  width: number;
}

const WHOLE: Style = { kind: "whole", width: 0 };

/**
 * One style for all numbers of a tensor, as torch chooses it: whole floats as `3.`, others with four digits,
 * exponents where magnitudes differ a thousandfold, are above 1e8, or below 1e-4. Integers are written as they are.
 */
function styleOf(numbers: readonly NumberValue[], dtype: string): Style {
  const finite = numbers.filter((value) => typeof value === "number").map(Math.abs);
  const nonzero = finite.filter((value) => value !== 0);
  const largest = Math.max(0, ...nonzero);
  const smallest = nonzero.length > 0 ? Math.min(...nonzero) : 0;
  const whole = finite.every(Number.isInteger);
  const wide = largest > 1e8 || (smallest > 0 && largest / smallest > 1000);
  const integral = !dtype.includes("float") && !dtype.includes("complex");
  const kind = integral
    ? "integer"
    : whole
      ? wide
        ? "exponent"
        : "whole"
      : wide || (smallest > 0 && smallest < 1e-4)
        ? "exponent"
        : "fixed";
  const style: Style = { kind, width: 0 };
  // As in torch, zero, nan and inf do not widen the columns of floats.
  const counted = integral ? numbers : numbers.filter((value) => typeof value === "number" && value !== 0);
  const width = Math.max(0, ...counted.map((value) => formatNumber(value, style).length));
  return { kind, width };
}

function formatNumber(value: NumberValue, style: Style): string {
  if (value === "NaN") return "nan";
  if (value === "Infinity") return "inf";
  if (value === "-Infinity") return "-inf";
  if (typeof value === "boolean") return value ? "True" : "False";
  switch (style.kind) {
    case "integer":
      return String(value);
    case "whole":
      return `${minusZero(value)}${Math.abs(value).toFixed(0)}.`;
    case "fixed":
      return `${minusZero(value)}${Math.abs(value).toFixed(4)}`;
    case "exponent":
      return exponent(value);
    default:
      return style.kind satisfies never;
  }
}

function minusZero(value: number): string {
  return value < 0 || Object.is(value, -0) ? "-" : "";
}

/** Python writes at least two digits of exponent. */
function exponent(value: number): string {
  return value.toExponential(4).replace(/e([+-])(\d)$/, "e$10$2");
}

function layOut(value: NestedValue, style: Style, depth: number): string {
  if (!Array.isArray(value)) return formatNumber(value, style).padStart(style.width);
  const nested = value.some((item) => Array.isArray(item));
  const most = nested ? MAX_ROWS : MAX_COLUMNS;
  const items = elide(value, most).map((item) => (item === ELIDED ? "..." : layOut(item, style, depth + 1)));
  if (!nested) return `[${items.join(", ")}]`;
  const deeper = value.some((item) => Array.isArray(item) && item.some((inner) => Array.isArray(inner)));
  const separator = `,\n${deeper ? "\n" : ""}${" ".repeat(depth + 1)}`;
  return `[${items.join(separator)}]`;
}

const ELIDED = Symbol("elided");

function elide(items: readonly NestedValue[], most: number): (NestedValue | typeof ELIDED)[] {
  if (items.length <= most) return [...items];
  return [...items.slice(0, EDGE), ELIDED, ...items.slice(-EDGE)];
}

function collectShown(value: NestedValue, into: NumberValue[]): void {
  if (!Array.isArray(value)) {
    into.push(value);
    return;
  }
  const nested = value.some((item) => Array.isArray(item));
  for (const item of elide(value, nested ? MAX_ROWS : MAX_COLUMNS))
    if (item !== ELIDED) collectShown(item, into);
}
