// Inputs for samples that the generator does not make: index tensors with chosen values.
import { bool, int64 } from "../tensor/dtype";
import { fromData, type Tensor } from "../tensor/tensor";

export function longs(values: readonly number[], sizes: readonly number[] = [values.length]): Tensor {
  return fromData(BigInt64Array.from(values, BigInt), sizes, int64);
}

export function mask(values: readonly (0 | 1)[], sizes: readonly number[] = [values.length]): Tensor {
  return fromData(Uint8Array.from(values), sizes, bool);
}
