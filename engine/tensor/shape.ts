// Arithmetic on sizes and strides: numbers only, no tensors.
import { runtimeError, TorchError } from "./errors";

export type Sizes = readonly number[];

export function numel(sizes: Sizes): number {
  let count = 1;
  for (const size of sizes) count *= size;
  return count;
}

const NO_STRIDES: Sizes = [];

/** Row-major strides, in elements. Like PyTorch, a size of 0 counts as 1. */
export function contiguousStrides(sizes: Sizes): Sizes {
  if (sizes.length === 0) return NO_STRIDES;
  const strides = new Array<number>(sizes.length);
  let step = 1;
  for (let d = sizes.length - 1; d >= 0; d--) {
    strides[d] = step;
    step *= Math.max(sizes[d], 1);
  }
  return strides;
}

export function isContiguous(sizes: Sizes, strides: Sizes): boolean {
  let step = 1;
  for (let d = sizes.length - 1; d >= 0; d--) {
    if (sizes[d] === 0) return true;
    if (sizes[d] === 1) continue;
    if (strides[d] !== step) return false;
    step *= sizes[d];
  }
  return true;
}

/** How many elements of memory `sizes` and `strides` reach over. */
export function extent(sizes: Sizes, strides: Sizes): number {
  let reach = 1;
  for (let d = 0; d < sizes.length; d++) {
    if (sizes[d] === 0) return 0;
    reach += (sizes[d] - 1) * strides[d];
  }
  return reach;
}

export function sameSizes(a: Sizes, b: Sizes): boolean {
  if (a.length !== b.length) return false;
  for (let d = 0; d < a.length; d++) if (a[d] !== b[d]) return false;
  return true;
}

/** The common size of two shapes. Text of the error: at::infer_size. */
export function broadcastSizes(a: Sizes, b: Sizes): Sizes {
  if (sameSizes(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const out = new Array<number>(rank);
  for (let i = rank - 1; i >= 0; i--) {
    const sizeA = a[i - rank + a.length] ?? 1;
    const sizeB = b[i - rank + b.length] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw runtimeError(
        `The size of tensor a (${sizeA}) must match the size of tensor b (${sizeB}) at non-singleton dimension ${i}`,
        { kind: "broadcast", a: [...a], b: [...b] },
      );
    }
    out[i] = sizeA === 1 ? sizeB : sizeA;
  }
  return out;
}

/** Whether `from` can be expanded to `to`. */
export function isExpandableTo(from: Sizes, to: Sizes): boolean {
  if (from.length > to.length) return false;
  for (let i = 1; i <= from.length; i++) {
    const size = from[from.length - i];
    if (size !== to[to.length - i] && size !== 1) return false;
  }
  return true;
}

/** Strides with which a tensor of `sizes` reads as one of the broadcast shape `to`. */
export function expandedStrides(sizes: Sizes, strides: Sizes, to: Sizes): number[] {
  const out = new Array<number>(to.length).fill(0);
  const shift = to.length - sizes.length;
  for (let d = 0; d < sizes.length; d++) out[d + shift] = sizes[d] === 1 ? 0 : strides[d];
  return out;
}

/** A dimension counted from the end made one from the start. A 0-dim tensor has dimension 0 and -1. */
export function wrapDim(dim: number, rank: number): number {
  const range = Math.max(rank, 1);
  if (dim < -range || dim >= range) {
    throw new TorchError(
      "IndexError",
      `Dimension out of range (expected to be in range of [${-range}, ${range - 1}], but got ${dim})`,
      { kind: "dimension", dim, rank },
    );
  }
  return dim < 0 ? dim + range : dim;
}

/** As wrapDim for each of `dims`, refusing one named twice. An empty list means all. */
export function wrapDims(dims: readonly number[] | null, rank: number): number[] {
  if (dims === null || dims.length === 0) return Array.from({ length: rank }, (_, d) => d);
  const seen = new Set<number>();
  return dims.map((dim) => {
    const wrapped = wrapDim(dim, rank);
    if (seen.has(wrapped)) throw runtimeError(`dim ${wrapped} appears multiple times in the list of dims`);
    seen.add(wrapped);
    return wrapped;
  });
}

/** "[2, 3]": how PyTorch's texts write a shape. */
export function sizesText(sizes: Sizes): string {
  return `[${sizes.join(", ")}]`;
}
