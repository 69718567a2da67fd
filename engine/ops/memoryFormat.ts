// torch.memory_format: which strides channels_last means, and copies laid out like that.
import { writeInto } from "../kernels/strided";
import type { DType } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { numel, type Sizes } from "../tensor/shape";
import { allocate } from "../tensor/storage";
import { Tensor } from "../tensor/tensor";

/** The numbers of c10::MemoryFormat. */
export const CONTIGUOUS = 0;
export const PRESERVE = 1;
export const CHANNELS_LAST = 2;
export const CHANNELS_LAST_3D = 3;

/** Dimension 1 innermost. Raises RuntimeError where the rank is not the format's. */
export function channelsLastStrides(sizes: Sizes, format: number): number[] {
  const rank = format === CHANNELS_LAST ? 4 : 5;
  if (sizes.length !== rank) {
    const name = format === CHANNELS_LAST ? "channels_last" : "channels_last_3d";
    throw runtimeError(`required rank ${rank} tensor to use ${name} format`);
  }
  const strides = new Array<number>(rank);
  let step = 1;
  for (const d of [1, ...Array.from({ length: rank - 2 }, (_, i) => rank - 1 - i), 0]) {
    strides[d] = step;
    step *= Math.max(sizes[d], 1);
  }
  return strides;
}

export function isChannelsLast(format: number | null): format is number {
  return format === CHANNELS_LAST || format === CHANNELS_LAST_3D;
}

/** Whether the elements lie as the format has them; strides of dimensions of size 1 do not matter. */
export function liesIn(tensor: Tensor, format: number): boolean {
  if (format === PRESERVE) return true;
  if (!isChannelsLast(format)) return tensor.isContiguous();
  if (tensor.rank !== (format === CHANNELS_LAST ? 4 : 5)) return false;
  const wanted = channelsLastStrides(tensor.sizes, format);
  return tensor.sizes.every((size, d) => size === 1 || tensor.strides[d] === wanted[d]);
}

export function emptyChannelsLast(sizes: Sizes, dtype: DType, format: number): Tensor {
  const strides = channelsLastStrides(sizes, format);
  return new Tensor(allocate(dtype, numel(sizes)), dtype, sizes, strides);
}

export function copyChannelsLast(self: Tensor, dtype: DType, format: number): Tensor {
  const out = emptyChannelsLast(self.sizes, dtype, format);
  writeInto(out, self);
  return out;
}
