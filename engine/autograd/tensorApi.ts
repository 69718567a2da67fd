// The few operators that autograd itself calls. They are declared in ops/, which imports autograd:
// ops/index.ts fills this table in.
import type { Sizes } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";

export interface TensorApi {
  add(a: Tensor, b: Tensor): Tensor;
  addInPlace(self: Tensor, other: Tensor): void;
  clone(tensor: Tensor): Tensor;
  /** A copy with `like`'s strides where those are dense; recorded, where recording is on. */
  cloneLike(tensor: Tensor, like: Tensor): Tensor;
  detach(tensor: Tensor): Tensor;
  contiguousClone(tensor: Tensor): Tensor;
  copyInPlace(self: Tensor, source: Tensor): void;
  zeroInPlace(self: Tensor): void;
  asStrided(tensor: Tensor, sizes: Sizes, strides: Sizes, offset: number): Tensor;
  /** Sums to a shape that `tensor`'s was broadcast from. */
  sumTo(tensor: Tensor, sizes: Sizes): Tensor;
  cast(tensor: Tensor, dtype: Tensor["dtype"]): Tensor;
  /** The kernel of every change in place: writes `source` (cast, broadcast) into the memory of `self`. */
  writeInto(self: Tensor, source: Tensor): void;
  onesLike(tensor: Tensor): Tensor;
  ones(sizes: Sizes, dtype: Tensor["dtype"]): Tensor;
  zeros(sizes: Sizes, dtype: Tensor["dtype"]): Tensor;
}

export const tensorApi = {} as TensorApi;
