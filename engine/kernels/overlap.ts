// Whether memory that is about to be written is also read or written through another window. PyTorch
// refuses such changes where the result would depend on the order; its rules (and their limits) are
// those of at::MemOverlap: only what is cheap to see is seen.
import { runtimeError } from "../tensor/errors";
import { isContiguous, numel, type Sizes } from "../tensor/shape";
import { sameMemory } from "../tensor/slabs";
import type { Tensor } from "../tensor/tensor";

/** Each place in memory belongs to one element, and there are no gaps: a permuted row-major layout. */
export function isNonOverlappingAndDense(sizes: Sizes, strides: Sizes): boolean {
  if (isContiguous(sizes, strides)) return true;
  const dims = sizes
    .map((size, d) => ({ size, stride: strides[d] }))
    .filter(({ size }) => size > 1)
    .sort((a, b) => a.stride - b.stride);
  let expected = 1;
  for (const { size, stride } of dims) {
    if (stride !== expected) return false;
    expected *= size;
  }
  return true;
}

const REFUSED = "Please clone() the tensor before performing the operation.";

/** Two indices of one tensor that lead to one place: an expanded tensor. */
export function hasInternalOverlap(tensor: Tensor): boolean {
  const { sizes, strides } = tensor;
  if (isNonOverlappingAndDense(sizes, strides)) return false;
  return sizes.some((size, d) => size > 1 && strides[d] === 0);
}

export function assertNoInternalOverlap(tensor: Tensor): void {
  if (!hasInternalOverlap(tensor)) return;
  throw runtimeError(
    `unsupported operation: more than one element of the written-to tensor refers to a single memory location. ${REFUSED}`,
    { kind: "internal-overlap", tensor: tensor.id },
  );
}

type Overlap = "none" | "partial" | "full";

function overlapOf(a: Tensor, b: Tensor): Overlap {
  if (a === b) return "full";
  // Memory that is read as another dtype has a storage for each; asking a small array for its buffer is slow.
  if (a.storage !== b.storage && a.dtype === b.dtype && a.isFloat) return "none";
  if (!sameMemory(a.storage.data, b.storage.data)) return "none";
  if (numel(a.sizes) === 0 || numel(b.sizes) === 0) return "none";
  if (!isNonOverlappingAndDense(a.sizes, a.strides) || !isNonOverlappingAndDense(b.sizes, b.strides))
    return "none";
  const beginA = a.offset * a.dtype.bytes;
  const beginB = b.offset * b.dtype.bytes;
  const endA = beginA + a.numel * a.dtype.bytes;
  const endB = beginB + b.numel * b.dtype.bytes;
  if (beginA === beginB && endA === endB) {
    const same =
      a.strides.length === b.strides.length && a.strides.every((stride, d) => stride === b.strides[d]);
    return same ? "full" : "partial";
  }
  return beginA < endB && beginB < endA ? "partial" : "none";
}

function refuse(written: Tensor, read: Tensor): never {
  throw runtimeError(
    `unsupported operation: some elements of the input tensor and the written-to tensor refer to a single memory location. ${REFUSED}`,
    { kind: "overlap", tensor: written.id, input: read.id },
  );
}

/** Element by element: reading exactly the place that is written is fine. */
export function assertNoPartialOverlap(written: Tensor, read: Tensor): void {
  if (overlapOf(written, read) === "partial") refuse(written, read);
}

/** Not element by element (indexing): reading any place that is written is not. */
export function assertNoOverlap(written: Tensor, read: Tensor): void {
  if (overlapOf(written, read) !== "none") refuse(written, read);
}
