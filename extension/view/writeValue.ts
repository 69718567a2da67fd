// Numbers that were tried in the inspector, as the text that makes them: which part of an expression is replaced. Pure.
import type { NestedValue } from "../../engine/protocol/report";

/** Functions that make a tensor of numbers, random or not; their keywords that say what kind it is are kept. */
const FACTORIES = /^(torch\s*\.\s*)(rand|randn|zeros|ones|full|empty|arange|linspace|eye|randint)\s*\(/;
const KEPT = /^(requires_grad|dtype|device)\s*=/;

/** The text that takes the place of `source`, the expression that made the tensor; null where it cannot be told. */
export function withValue(source: string, value: NestedValue): string | null {
  const call = /^torch\s*\.\s*(tensor|as_tensor)\s*\(/.exec(source);
  if (call) {
    const inside = argumentsOf(source, call[0].length - 1);
    if (inside === null) return null;
    const [data] = inside.parts;
    if (data === undefined || /^\w+\s*=[^=]/.test(data.text)) return null;
    return source.slice(0, data.start) + literal(value) + source.slice(data.end);
  }
  const factory = FACTORIES.exec(source);
  if (!factory) return null;
  const inside = argumentsOf(source, factory[0].length - 1);
  if (inside === null) return null;
  const kept = inside.parts.map((part) => part.text).filter((text) => KEPT.test(text));
  return `${factory[1]}tensor(${[literal(value), ...kept].join(", ")})${source.slice(inside.end)}`;
}

/** As Python writes it; whole numbers with a point, so that they stay floats. */
export function literal(value: NestedValue): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string")
    return value === "NaN" ? 'float("nan")' : value === "Infinity" ? 'float("inf")' : '-float("inf")';
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return `${Object.is(value, -0) ? "-0" : value}.0`;
  return String(value);
}

interface Arguments {
  parts: { start: number; end: number; text: string }[];
  /** Behind the closing parenthesis. */
  end: number;
}

/** The arguments of a call whose parenthesis is at `open`; brackets and strings are stepped over. */
function argumentsOf(source: string, open: number): Arguments | null {
  const parts: Arguments["parts"] = [];
  let depth = 0;
  let start = open + 1;
  const take = (end: number): void => {
    const raw = source.slice(start, end);
    const text = raw.trim();
    const first = start + raw.length - raw.trimStart().length;
    if (text !== "") parts.push({ start: first, end: first + text.length, text });
  };
  for (let i = open; i < source.length; i++) {
    const c = source[i] as string;
    if (c === '"' || c === "'") {
      const end = source.indexOf(c, i + 1);
      if (end < 0) return null;
      i = end;
    } else if (c === "#") {
      const end = source.indexOf("\n", i);
      if (end < 0) return null;
      i = end;
    } else if ("([{".includes(c)) depth++;
    else if (")]}".includes(c)) {
      depth--;
      if (depth > 0) continue;
      take(i);
      return { parts, end: i + 1 };
    } else if (c === "," && depth === 1) {
      take(i);
      start = i + 1;
    }
  }
  return null;
}
