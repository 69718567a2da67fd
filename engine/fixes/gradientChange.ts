// What a fix does to gradients, in a few words: "w.grad becomes tensor([2., 4.])". Pure.
import type { NestedValue, NumberValue, SnippetReport, TensorRecord } from "../protocol/report";

const FEW = 8;
const TOLD = 2;
/** Characters of a gradient that is written out. */
const SHORT = 44;

/** Of the tensors that have another gradient now than they had; empty where none has. */
export function gradientChange(before: SnippetReport, after: SnippetReport): string {
  const changed = after.tensors.filter((tensor) => {
    if (tensor.names.length === 0 || tensor.grad === null || tensor.gradSource !== "pytorch") return false;
    const old = before.tensors.find(({ names }) => names.includes(tensor.names[0]));
    return JSON.stringify(held(old)) !== JSON.stringify(tensor.grad);
  });
  const told = changed.filter(({ grad }) => countOf(grad) <= FEW);
  const names = (told.length > 0 ? told : changed).slice(0, TOLD);
  const words = names.map((tensor) => `${tensor.names[0]}.grad becomes ${gradText(tensor)}`);
  const more = changed.length - names.length;
  if (more > 0) words.push(`${more} more`);
  return words.join(", ");
}

const held = (tensor: TensorRecord | undefined): NestedValue | null =>
  tensor?.gradSource === "pytorch" ? tensor.grad : null;

function gradText({ grad, shape }: TensorRecord): string {
  if (grad === null || countOf(grad) > FEW) return `a tensor of shape [${shape.join(", ")}]`;
  const text = `tensor(${written(grad, formatOf(flat(grad)))})`;
  return text.length <= SHORT ? text : `a tensor of shape [${shape.join(", ")}]`;
}

function countOf(value: NestedValue | null): number {
  return value === null ? 0 : flat(value).length;
}

function flat(value: NestedValue): NumberValue[] {
  return Array.isArray(value) ? value.flatMap(flat) : [value];
}

/** As torch chooses it: whole numbers with a point, else four digits, else an exponent. */
function formatOf(values: NumberValue[]): (value: number) => string {
  const finite = values.filter((value): value is number => typeof value === "number");
  const sizes = finite.filter((value) => value !== 0).map(Math.abs);
  const largest = Math.max(0, ...sizes);
  const ratio = sizes.length === 0 ? 1 : largest / Math.min(...sizes);
  if (finite.every(Number.isInteger) && largest < 1e8) return (value) => `${value}.`;
  const exponent = ratio > 1000 || largest > 1e8 || Math.min(...sizes) < 1e-4;
  return (value) => (exponent ? scientific(value) : value.toFixed(4));
}

function scientific(value: number): string {
  return value.toExponential(4).replace(/e([-+])(\d)$/, "e$10$2");
}

function written(value: NestedValue, format: (value: number) => string): string {
  if (Array.isArray(value)) return `[${value.map((each) => written(each, format)).join(", ")}]`;
  if (typeof value === "number") return format(value);
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === "NaN" ? "nan" : value.replace("Infinity", "inf");
}
