// How a tensor prints: torch's own text, character for character, for its numbers and what stands after them.
// Facts from torch/_tensor_str.py's output; checked against recordings of real PyTorch.
import { elementsOf, gather } from "../kernels/strided";
import { bool, defaults, int64 } from "./dtype";
import { numel } from "./shape";
import type { Tensor } from "./tensor";

/** `torch.set_printoptions`. */
export interface PrintOptions {
  /** Digits after the decimal point. */
  precision: number;
  /** More elements than this and the middle is left out. */
  threshold: number;
  /** Items at each end that are shown then. */
  edgeItems: number;
  /** Characters per line. */
  lineWidth: number;
  /** null: chosen by the numbers. */
  sciMode: boolean | null;
}

export const DEFAULT_PRINT_OPTIONS: Readonly<PrintOptions> = {
  precision: 4,
  threshold: 1000,
  edgeItems: 3,
  lineWidth: 80,
  sciMode: null,
};

/** What autograd adds behind the numbers. */
export interface PrintedHistory {
  /** "MulBackward0"; null for a leaf. */
  gradFn: string | null;
  requiresGrad: boolean;
}

/** `repr(tensor)`. */
export function formatTensor(
  tensor: Tensor,
  history: PrintedHistory,
  options: PrintOptions = DEFAULT_PRINT_OPTIONS,
  name = "tensor",
): string {
  const prefix = `${name}(`;
  const suffixes: string[] = [];
  const { dtype } = tensor;
  let body = "[]";
  const size = `size=(${tensor.sizes.join(", ")}${tensor.rank === 1 ? "," : ""})`;
  if (tensor.numel === 0) {
    if (tensor.rank !== 1) suffixes.push(size);
    if (dtype !== defaults.dtype) suffixes.push(`dtype=torch.${dtype.name}`);
  } else {
    const nothingShown = options.edgeItems === 0 && tensor.numel > options.threshold;
    if (nothingShown) suffixes.push(size);
    if (dtype !== defaults.dtype && dtype !== int64 && dtype !== bool)
      suffixes.push(`dtype=torch.${dtype.name}`);
    body = nothingShown ? "[...]" : formatNumbers(tensor, prefix.length, options);
  }
  if (history.gradFn !== null) suffixes.push(`grad_fn=<${history.gradFn}>`);
  else if (history.requiresGrad) suffixes.push("requires_grad=True");
  return withSuffixes(prefix + body, suffixes, prefix.length, options.lineWidth);
}

function withSuffixes(text: string, suffixes: string[], indent: number, lineWidth: number): string {
  const parts = [text];
  let lastLine = text.length - text.lastIndexOf("\n") + 1;
  for (const suffix of suffixes) {
    if (lastLine + suffix.length + 2 > lineWidth) {
      parts.push(`,\n${" ".repeat(indent)}${suffix}`);
      lastLine = indent + suffix.length;
    } else {
      parts.push(`, ${suffix}`);
      lastLine += suffix.length + 2;
    }
  }
  return `${parts.join("")})`;
}

/** The numbers alone, nested in brackets; continuation lines start `indent` columns in. */
export function formatNumbers(tensor: Tensor, indent: number, options: PrintOptions): string {
  const summarize = tensor.numel > options.threshold;
  const values = Array.from(shownElements(tensor, summarize ? options.edgeItems : null), (value) =>
    typeof value === "bigint" ? value : Number(value),
  );
  const format = chooseFormat(tensor, values, options);
  const edge = options.edgeItems;
  let next = 0;
  const block = (dim: number, indentHere: number): string => {
    if (dim === tensor.rank) return format.text(values[next++]);
    const size = tensor.sizes[dim];
    const cut = summarize && size > 2 * edge;
    const shown = cut ? 2 * edge : size;
    const last = dim === tensor.rank - 1;
    const items: string[] = [];
    for (let i = 0; i < shown; i++) {
      if (cut && i === edge) items.push(last ? " ..." : "...");
      items.push(block(dim + 1, indentHere + 1));
    }
    if (last) return lines(items, indentHere, format.width, options.lineWidth);
    const gap = `,${"\n".repeat(tensor.rank - dim - 1)}${" ".repeat(indentHere + 1)}`;
    return `[${items.join(gap)}]`;
  };
  return block(0, indent);
}

function lines(items: string[], indent: number, width: number, lineWidth: number): string {
  const perLine = Math.max(1, Math.floor((lineWidth - indent) / (width + 2)));
  const rows: string[] = [];
  for (let i = 0; i < items.length; i += perLine) rows.push(items.slice(i, i + perLine).join(", "));
  return `[${rows.join(`,\n${" ".repeat(indent + 1)}`)}]`;
}

/** Row-major elements; with `edge`, only that many at both ends of each dimension that has more than twice as many. */
function shownElements(tensor: Tensor, edge: number | null): ArrayLike<number | bigint> {
  if (edge === null) return elementsOf(tensor);
  const { storage, dtype, sizes, strides, offset } = tensor;
  if (sizes.every((size) => size <= 2 * edge)) return elementsOf(tensor);
  const out: (number | bigint)[] = [];
  const visit = (dim: number, from: number): void => {
    if (dim === sizes.length) {
      out.push(gather(storage.data, dtype, [1], [1], from)[0]);
      return;
    }
    const size = sizes[dim];
    for (let i = 0; i < size; i++) {
      if (size > 2 * edge && i === edge) i = size - edge;
      if (i < size) visit(dim + 1, from + i * strides[dim]);
    }
  };
  if (numel(sizes) > 0) visit(0, offset);
  return out;
}

interface NumberFormat {
  /** Characters of the widest finite number. */
  width: number;
  text(value: number | bigint): string;
}

function chooseFormat(tensor: Tensor, values: (number | bigint)[], options: PrintOptions): NumberFormat {
  const { kind } = tensor.dtype;
  if (kind !== "float") {
    const text = (value: number | bigint) => (kind === "bool" ? (value ? "True" : "False") : String(value));
    let width = 1;
    for (const value of values) width = Math.max(width, text(value).length);
    return { width, text: (value) => text(value).padStart(width) };
  }
  const { precision } = options;
  let smallest = Number.POSITIVE_INFINITY;
  let largest = 0;
  let whole = true;
  for (const value of values as number[]) {
    if (value === 0 || !Number.isFinite(value)) continue;
    const size = Math.abs(value);
    smallest = Math.min(smallest, size);
    largest = Math.max(largest, size);
    if (!Number.isInteger(value)) whole = false;
  }
  const none = largest === 0;
  // Nothing but zeros, NaN and infinities prints plain, whatever `sci_mode` says.
  const scientific =
    !none && (options.sciMode ?? (largest / smallest > 1000 || largest > 1e8 || (!whole && smallest < 1e-4)));
  let width = 1;
  for (const value of values as number[]) {
    if (value === 0 || !Number.isFinite(value)) continue;
    const length = scientific
      ? exponential(value, precision).length
      : whole
        ? fixed(value, 0).length + 1
        : fixed(value, precision).length;
    width = Math.max(width, length);
  }
  const text = (value: number): string => {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    if (scientific) return exponential(value, precision);
    if (whole) return `${fixed(value, 0)}.`;
    return fixed(value, precision);
  };
  return { width, text: (value) => text(value as number).padStart(width) };
}

/** C's "%.<digits>f": ties go to the even digit, and -0 keeps its sign. */
export function fixed(value: number, digits: number): string {
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (size >= 1e21) return `${sign}${BigInt(size)}${digits > 0 ? `.${"0".repeat(digits)}` : ""}`;
  return sign + evenTie(size.toFixed(digits), size.toFixed(100), digits);
}

/** C's "%.<digits>e": the exponent has at least two digits. */
export function exponential(value: number, digits: number): string {
  const size = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa, exponent] = size.toExponential(digits).split("e");
  const [exact, exactExponent] = size.toExponential(100).split("e");
  const rounded = exponent === exactExponent ? evenTie(mantissa, exact, digits) : mantissa;
  const power = Math.abs(Number(exponent));
  return `${sign}${rounded}e${Number(exponent) < 0 ? "-" : "+"}${power < 10 ? "0" : ""}${power}`;
}

/** JavaScript rounds an exact tie up. `exact` has all digits: where they end in a lone 5, the even neighbour it is. */
function evenTie(rounded: string, exact: string, digits: number): string {
  const point = exact.indexOf(".");
  const rest = exact.slice(point + 1 + digits);
  if (!/^50*$/.test(rest)) return rounded;
  const kept = digits === 0 ? exact.slice(0, point) : exact.slice(0, point + 1 + digits);
  const lastDigit = Number(kept[kept.length - 1]);
  return lastDigit % 2 === 0 ? kept : rounded;
}
