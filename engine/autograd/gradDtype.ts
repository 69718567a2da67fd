// `grad_dtype` of leaves: the element type that a leaf's gradient is to have, where that is not the leaf's own.
import type { DType } from "../tensor/dtype";
import type { Tensor } from "../tensor/tensor";
import type { OutputMeta } from "./node";

/** Of the few tensors that the user's code gave one; null: a gradient is kept in the dtype that it comes in. */
const given = new WeakMap<Tensor, DType | null>();

export function gradDtypeOf(tensor: Tensor): DType | null {
  const dtype = given.get(tensor);
  return dtype === undefined ? tensor.dtype : dtype;
}

export function setGradDtype(tensor: Tensor, dtype: DType | null): void {
  given.set(tensor, dtype);
  if (tensor.accumulator !== null) expectAtLeaf(tensor, tensor.accumulator.outputs[0]);
}

/** What the backward pass makes of a gradient that comes to a leaf. */
export function expectAtLeaf(tensor: Tensor, meta: OutputMeta): void {
  const dtype = given.get(tensor);
  if (dtype === undefined) return;
  meta.dtype = dtype ?? tensor.dtype;
  meta.anyDtype = dtype === null;
}
