// In which order an elementwise operator walks its operands, and the strides that gives its result.
// PyTorch's rule: the result is laid out in memory as its operands are, so that `x.t() * 2` is as
// transposed as `x.t()`, which `view` and `is_contiguous` show to the user's code.
import { type Data, type DType, float64, int64 } from "../tensor/dtype";
import {
  broadcastSizes,
  contiguousStrides,
  expandedStrides,
  isContiguous,
  numel,
  type Sizes,
  sameSizes,
} from "../tensor/shape";
import { Storage } from "../tensor/storage";
import { Tensor } from "../tensor/tensor";
import { cast, gather } from "./strided";

/** Every dtype but int64, whose elements are bigints. */
export type Numbers = Exclude<Data, BigInt64Array>;
export type Floats = Float32Array | Float64Array;

/** One walk over operands of a common shape. */
export interface Walk {
  sizes: Sizes;
  /** Dimensions from the outermost to the innermost in memory; null: row-major. */
  order: number[] | null;
  length: number;
}

function isPlain(operand: Tensor, sizes: Sizes): boolean {
  return operand.sizes.length === 0 || (sameSizes(operand.sizes, sizes) && operand.isContiguous());
}

/** The walk over operands that broadcast together. Raises RuntimeError where they do not. */
export function walk(operands: readonly Tensor[]): Walk {
  let { sizes } = operands[0];
  for (let i = 1; i < operands.length; i++) sizes = broadcastSizes(sizes, operands[i].sizes);
  return { sizes, order: memoryOrder(operands, sizes), length: numel(sizes) };
}

/**
 * TensorIterator's order of dimensions: an insertion sort by stride, from the innermost, in which
 * the first operand that tells two dimensions apart decides.
 */
export function memoryOrder(operands: readonly Tensor[], sizes: Sizes): number[] | null {
  let plain = true;
  for (const operand of operands) plain &&= isPlain(operand, sizes);
  const rank = sizes.length;
  if (plain || rank < 2) return null;
  const strides = operands.map((operand) => stridesWithin(operand, sizes));
  const perm = Array.from({ length: rank }, (_, i) => rank - 1 - i);
  for (let i = 1; i < rank; i++) {
    let inner = i;
    for (let j = i - 1; j >= 0; j--) {
      const order = compareDims(strides, sizes, perm[j], perm[inner]);
      if (order > 0) {
        [perm[j], perm[inner]] = [perm[inner], perm[j]];
        inner = j;
      } else if (order < 0) break;
    }
  }
  perm.reverse();
  return perm.every((dim, i) => dim === i) ? null : perm;
}

/** Strides of a broadcast operand; a size of 1 that stays 1 keeps its own. */
function stridesWithin(operand: Tensor, sizes: Sizes): readonly number[] {
  if (sameSizes(operand.sizes, sizes)) return operand.strides;
  const out = new Array<number>(sizes.length).fill(0);
  const shift = sizes.length - operand.sizes.length;
  operand.sizes.forEach((size, d) => {
    out[d + shift] = size === 1 && sizes[d + shift] !== 1 ? 0 : operand.strides[d];
  });
  return out;
}

/** Above 0: `a`, now the inner one, belongs further out than `b`. */
function compareDims(strides: readonly (readonly number[])[], sizes: Sizes, a: number, b: number): number {
  for (const stride of strides) {
    const strideA = stride[a];
    const strideB = stride[b];
    if (strideA === 0 || strideB === 0) continue;
    if (strideA !== strideB) return strideA < strideB ? -1 : 1;
    if (sizes[a] > sizes[b]) return 1;
  }
  return 0;
}

// A single number that has to be cast stands in one of these instead of in memory of its own.
const scratch32 = [new Float32Array(1), new Float32Array(1), new Float32Array(1)];
const scratch64 = [new Float64Array(1), new Float64Array(1), new Float64Array(1)];

/**
 * The operand's elements in the walk's order, as `dtype`: `length` of them, or a single one where
 * it is broadcast as a whole (see `stepOf`). `place` tells the operands of one kernel call apart.
 */
export function operand(tensor: Tensor, { sizes, order }: Walk, dtype: DType, place: 0 | 1 | 2): Data {
  const { storage, offset } = tensor;
  if (tensor.sizes.length === 0) {
    const from = tensor.dtype;
    if (from === dtype)
      return storage.data.length === 1 ? storage.data : storage.data.subarray(offset, offset + 1);
    if (dtype.kind === "float") {
      const out = (dtype === float64 ? scratch64 : scratch32)[place];
      const value = storage.data[offset];
      out[0] = from === int64 ? Number(value) : (value as number);
      dtype.round?.(out as Float32Array);
      return out;
    }
    return cast(storage.data.subarray(offset, offset + 1), from, dtype);
  }
  const length = numel(sizes);
  if (order === null && sameSizes(tensor.sizes, sizes) && tensor.isContiguous()) {
    const whole = offset === 0 && storage.data.length === length;
    return cast(whole ? storage.data : storage.data.subarray(offset, offset + length), tensor.dtype, dtype);
  }
  if (numel(tensor.sizes) === 1) return cast(storage.data.subarray(offset, offset + 1), tensor.dtype, dtype);
  let strides = expandedStrides(tensor.sizes, tensor.strides, sizes);
  let walked = sizes;
  if (order) {
    strides = order.map((dim) => strides[dim]);
    walked = order.map((dim) => sizes[dim]);
  }
  const data = isContiguous(walked, strides)
    ? storage.data.subarray(offset, offset + length)
    : gather(storage.data, tensor.dtype, walked, strides, offset);
  return cast(data, tensor.dtype, dtype);
}

/** By how much a kernel advances in what `operand` answered: 0 for a single number. */
export function stepOf(data: Data): 0 | 1 {
  return data.length === 1 ? 0 : 1;
}

/** The result that a kernel wrote in the walk's order. */
export function resultOf(data: Data, { sizes, order }: Walk, dtype: DType): Tensor {
  return new Tensor(new Storage(data, dtype), dtype, sizes, orderedStrides(sizes, order));
}

/** Strides of dense memory whose dimensions lie in `order`, outermost first. */
export function orderedStrides(sizes: Sizes, order: readonly number[] | null): Sizes {
  if (order === null) return contiguousStrides(sizes);
  const strides = new Array<number>(sizes.length);
  let step = 1;
  for (let i = sizes.length - 1; i >= 0; i--) {
    const dim = order[i];
    strides[dim] = step;
    step *= Math.max(sizes[dim], 1);
  }
  return strides;
}
