// Reading and writing memory through sizes and strides, and casting numbers between dtypes.
// Everything else in kernels/ works on what this gives it: row-major data.
import { bool, type Data, type DType, int64 } from "../tensor/dtype";
import { notImplemented } from "../tensor/errors";
import { expandedStrides, numel, type Sizes, sameSizes } from "../tensor/shape";
import { isPartOf } from "../tensor/slabs";
import type { Tensor } from "../tensor/tensor";

/** Calls `visit` with the offset of the start of each innermost row: `rows` of length `sizes[last]`. */
export function forEachRow(
  sizes: Sizes,
  strides: Sizes,
  offset: number,
  visit: (start: number) => void,
): void {
  const outer = sizes.length - 1;
  if (numel(sizes) === 0) return;
  if (outer <= 0) {
    visit(offset);
    return;
  }
  const index = new Array<number>(outer).fill(0);
  let start = offset;
  for (;;) {
    visit(start);
    let d = outer - 1;
    for (; d >= 0; d--) {
      start += strides[d];
      if (++index[d] < sizes[d]) break;
      start -= strides[d] * sizes[d];
      index[d] = 0;
    }
    if (d < 0) return;
  }
}

/** Row-major elements as `tensor` reads them: its own memory where that is possible (do not write to it). */
export function elementsOf(tensor: Tensor): Data {
  const { storage, sizes, strides, offset } = tensor;
  const length = numel(sizes);
  if (tensor.isContiguous()) {
    if (offset === 0 && storage.data.length === length) return storage.data;
    return storage.data.subarray(offset, offset + length);
  }
  return gather(storage.data, tensor.dtype, sizes, strides, offset);
}

/** As elementsOf, of `tensor` broadcast to `to`. */
export function elementsBroadcast(tensor: Tensor, to: Sizes): Data {
  if (sameSizes(tensor.sizes, to)) return elementsOf(tensor);
  const strides = expandedStrides(tensor.sizes, tensor.strides, to);
  return gather(tensor.storage.data, tensor.dtype, to, strides, tensor.offset);
}

/** A row-major copy of what (sizes, strides, offset) reads. */
export function gather(data: Data, dtype: DType, sizes: Sizes, strides: Sizes, offset: number): Data {
  const out = dtype.allocate(numel(sizes));
  const width = sizes.length === 0 ? 1 : sizes[sizes.length - 1];
  const step = sizes.length === 0 ? 0 : strides[sizes.length - 1];
  let o = 0;
  forEachRow(sizes, strides, offset, (start) => {
    for (let i = 0, from = start; i < width; i++, from += step) out[o++] = data[from];
  });
  return out;
}

/** Writes row-major `source` into the memory that (sizes, strides, offset) reads. */
export function scatter(data: Data, source: Data, sizes: Sizes, strides: Sizes, offset: number): void {
  const width = sizes.length === 0 ? 1 : sizes[sizes.length - 1];
  const step = sizes.length === 0 ? 0 : strides[sizes.length - 1];
  let i = 0;
  forEachRow(sizes, strides, offset, (start) => {
    for (let k = 0, to = start; k < width; k++, to += step) data[to] = source[i++];
  });
}

const INT64_MIN = -(2n ** 63n);

/** The same numbers in another dtype, as C++ converts them: floats are cut towards zero. */
export function cast(data: Data, from: DType, to: DType): Data {
  if (from === to) return data;
  const { length } = data;
  const out = to.allocate(length);
  if (to === bool) {
    for (let i = 0; i < length; i++) out[i] = Number(data[i]) !== 0 ? 1 : 0;
  } else if (to === int64) {
    for (let i = 0; i < length; i++) out[i] = toInt64(Number(data[i]));
  } else if (from === int64) {
    // From 64-bit to narrower integers the low bits stay, which a number would have lost.
    if (to.kind === "int")
      for (let i = 0; i < length; i++) out[i] = Number(BigInt.asIntN(32, data[i] as bigint));
    else for (let i = 0; i < length; i++) out[i] = Number(data[i]);
  } else if (from.kind === "float" && to.kind === "int") {
    // Through 32 bits; what does not fit them is the lowest number there.
    for (let i = 0; i < length; i++) {
      const value = data[i] as number;
      out[i] = value > -2147483649 && value < 2147483648 ? value : -2147483648;
    }
  } else {
    for (let i = 0; i < length; i++) out[i] = data[i];
  }
  to.round?.(out as Float32Array);
  return out;
}

/** What x86 makes of a float that does not fit (and of NaN): the lowest integer. */
function toInt64(value: number): bigint {
  if (!(value >= -(2 ** 63) && value < 2 ** 63)) return INT64_MIN;
  return BigInt(Math.trunc(value));
}

/** Row-major elements of `tensor` in `dtype`; its own memory where that is possible. */
export function elementsAs(tensor: Tensor, dtype: DType): Data {
  return cast(elementsOf(tensor), tensor.dtype, dtype);
}

/** Writes `source`, cast and broadcast, into the memory of `self`; reads all of it before it writes. */
export function writeInto(self: Tensor, source: Tensor): void {
  if (self.storage.seenAs !== null) {
    throw notImplemented(
      `changing torch.${self.dtype.name} numbers in place whose bits are viewed as ${self.storage.seenAs}`,
    );
  }
  let data = cast(elementsBroadcast(source, self.sizes), source.dtype, self.dtype);
  if (self.isContiguous()) {
    self.storage.data.set(data as never, self.offset);
    return;
  }
  if (isPartOf(data, self.storage.data)) data = data.slice();
  scatter(self.storage.data, data, self.sizes, self.strides, self.offset);
}
