// A reduction as rows: the kept dimensions outside, the reduced ones inside, one row per result.
import type { Data } from "../tensor/dtype";
import { isContiguous, numel, type Sizes } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { elementsOf, gather } from "./strided";

export interface Rows {
  data: Data;
  count: number;
  width: number;
  /** Whether a row's elements lie side by side in the tensor's own memory: decides how PyTorch adds them up. */
  inner: boolean;
}

/** The sizes that stay after reducing `dims`. */
export function reducedSizes(sizes: Sizes, dims: readonly number[], keepdim: boolean): number[] {
  const out: number[] = [];
  sizes.forEach((size, d) => {
    if (!dims.includes(d)) out.push(size);
    else if (keepdim) out.push(1);
  });
  return out;
}

export function rowsOf(self: Tensor, dims: readonly number[]): Rows {
  const { sizes, strides, rank } = self;
  const kept: number[] = [];
  for (let d = 0; d < rank; d++) if (!dims.includes(d)) kept.push(d);
  const reduced = [...dims].sort((a, b) => a - b);
  const width = reduced.reduce((product, d) => product * sizes[d], 1);
  const count = kept.reduce((product, d) => product * sizes[d], 1);
  const last = Math.min(...reduced.filter((d) => sizes[d] !== 1).map((d) => strides[d]));
  const inner = width <= 1 || last === 1;
  const order = [...kept, ...reduced];
  if (order.every((d, i) => d === i)) return { data: elementsOf(self), count, width, inner };
  const walked = order.map((d) => sizes[d]);
  const steps = order.map((d) => strides[d]);
  const data =
    isContiguous(walked, steps) && numel(walked) > 0
      ? self.storage.data.subarray(self.offset, self.offset + numel(walked))
      : gather(self.storage.data, self.dtype, walked, steps, self.offset);
  return { data, count, width, inner };
}

/** Row-major (outer, size, inner) around one dimension: for what runs along it. */
export function aroundDim(sizes: Sizes, dim: number): { outer: number; size: number; inner: number } {
  let outer = 1;
  let inner = 1;
  for (let d = 0; d < dim; d++) outer *= sizes[d];
  for (let d = dim + 1; d < sizes.length; d++) inner *= sizes[d];
  return { outer, size: sizes[dim] ?? 1, inner };
}
