// Gathering, scattering, sorting along one dimension of row-major data: (outer, size, inner) blocks.
import { type Data, type DType, int32, int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { contiguousStrides, numel, type Sizes } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { elementsOf } from "./strided";

/** How the dimension `dim` lies in row-major data of `sizes`. */
export interface Blocks {
  outer: number;
  size: number;
  inner: number;
}

export function blocksOf(sizes: Sizes, dim: number): Blocks {
  if (sizes.length === 0) return { outer: 1, size: 1, inner: 1 };
  return { outer: numel(sizes.slice(0, dim)), size: sizes[dim], inner: numel(sizes.slice(dim + 1)) };
}

/** The whole numbers of an index tensor. Only int32 and int64 index. */
export function indexValues(index: Tensor): Int32Array {
  const values = elementsOf(index);
  if (values instanceof Int32Array) return values;
  const out = new Int32Array(values.length);
  for (let i = 0; i < out.length; i++) out[i] = Number(values[i]);
  return out;
}

export function isIndexType(dtype: DType): boolean {
  return dtype === int64 || dtype === int32;
}

export function outOfBounds(value: number, dim: number, size: number): Error {
  return runtimeError(`index ${value} is out of bounds for dimension ${dim} with size ${size}`, {
    kind: "index-bounds",
  });
}

/**
 * For every element of `index` (row-major), the place in row-major data of `sizes` that has the same
 * coordinates but for `dim`, which is the index itself. Raises RuntimeError where it is out of bounds.
 */
export function placesAlong(index: Tensor, sizes: Sizes, dim: number): Int32Array {
  const values = indexValues(index);
  const places = new Int32Array(values.length);
  const strides = contiguousStrides(sizes);
  const rank = index.sizes.length;
  const size = sizes.length === 0 ? 1 : sizes[dim];
  const counter = new Array<number>(rank).fill(0);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (value < 0 || value >= size) throw outOfBounds(value, dim, size);
    let place = sizes.length === 0 ? 0 : value * strides[dim];
    for (let d = 0; d < rank && d < sizes.length; d++) if (d !== dim) place += counter[d] * strides[d];
    places[i] = place;
    for (let d = rank - 1; d >= 0; d--) {
      if (++counter[d] < index.sizes[d]) break;
      counter[d] = 0;
    }
  }
  return places;
}

/** Calls `visit` with the start of each line along `dim` and the step within it. */
export function forEachLine(
  { outer, size, inner }: Blocks,
  visit: (start: number, step: number, line: number) => void,
): void {
  let line = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) visit(o * size * inner + i, inner, line++);
  }
}

/** Ascending, NaN last, as PyTorch sorts. */
export function ascending(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  // Only NaN differs from itself.
  return (a !== a ? 1 : 0) - (b !== b ? 1 : 0);
}

/** The order in which a line's elements come when sorted (stable). */
export function sortedLine(
  data: Data,
  start: number,
  step: number,
  size: number,
  descending: boolean,
): number[] {
  const order = Array.from({ length: size }, (_, i) => i);
  const sign = descending ? -1 : 1;
  return order.sort((a, b) => sign * ascending(data[start + a * step], data[start + b * step]));
}
