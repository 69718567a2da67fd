// Losses element by element: value and gradient of one input against one target. Float32 is rounded
// where PyTorch's kernels round.
import { type DType, inFloat32 } from "../tensor/dtype";
import { broadcastSizes, numel, type Sizes } from "../tensor/shape";
import { empty, type Tensor } from "../tensor/tensor";
import { cast, elementsBroadcast } from "./strided";

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
  const out = empty(reduction === NONE ? sizes : [], dtype);
  const data = out.storage.data as Float64Array;
  if (reduction === NONE) {
    for (let i = 0; i < data.length; i++) data[i] = value(x[i], t[i], round);
    return out;
  }
  let sum = 0;
  const count = numel(sizes);
  for (let i = 0; i < count; i++) sum += value(x[i], t[i], round);
  data[0] = reduction === MEAN ? sum / count : sum;
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
