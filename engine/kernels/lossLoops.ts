// Losses element by element: value and gradient of one input against one target. Float32 is rounded
// where PyTorch's kernels round.
import { type DType, inFloat32 } from "../tensor/dtype";
import { broadcastSizes, type Sizes } from "../tensor/shape";
import { empty, type Tensor } from "../tensor/tensor";
import { cast, elementsBroadcast } from "./strided";
import { sumFloats } from "./sum";

export type Round = (value: number) => number;
const keep: Round = (value) => value;

/** at::Reduction. */
export const NONE = 0;
export const MEAN = 1;
export const SUM = 2;

function floats(tensor: Tensor, sizes: Sizes, dtype: DType): Float64Array {
  return cast(elementsBroadcast(tensor, sizes), tensor.dtype, dtype) as Float64Array;
}

/** `value` of each pair, reduced. */
export function lossOf(
  self: Tensor,
  target: Tensor,
  dtype: DType,
  reduction: number,
  value: (x: number, t: number, round: Round) => number,
): Tensor {
  const sizes = broadcastSizes(self.sizes, target.sizes);
  const x = floats(self, sizes, dtype);
  const t = floats(target, sizes, dtype);
  const round = inFloat32(dtype) ? Math.fround : keep;
  const all = empty(sizes, dtype);
  const data = all.storage.data as Float64Array;
  for (let i = 0; i < data.length; i++) data[i] = value(x[i], t[i], round);
  if (reduction === NONE) return all;
  // PyTorch too has the loss of each element in the dtype before it adds them, in the order of every sum.
  all.storage.round();
  const everything = sizes.map((_, d) => d);
  const [sum] = sumFloats(all, everything, dtype);
  const out = empty([], dtype);
  (out.storage.data as Float64Array)[0] = reduction === MEAN ? round(sum / data.length) : sum;
  return out;
}

/** The gradient for self: `slope` of each pair times the incoming gradient (divided by the count for a mean). */
export function lossGradOf(
  grad: Tensor,
  self: Tensor,
  target: Tensor,
  dtype: DType,
  reduction: number,
  slope: (x: number, t: number, scaled: number) => number,
): Tensor {
  const sizes = broadcastSizes(self.sizes, target.sizes);
  const x = floats(self, sizes, dtype);
  const t = floats(target, sizes, dtype);
  const g = floats(grad, sizes, dtype);
  const out = empty(sizes, dtype);
  const data = out.storage.data as Float64Array;
  const norm = reduction === MEAN ? 1 / data.length : 1;
  for (let i = 0; i < data.length; i++) data[i] = slope(x[i], t[i], norm * g[i]);
  return out;
}
