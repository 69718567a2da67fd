// Adding into memory through sizes and strides, where several elements may belong to one place.
import type { Data } from "../tensor/dtype";
import type { Sizes } from "../tensor/shape";
import { forEachRow } from "./strided";

/** `memory[place of element i] += source[i]`, for row-major `source` of `sizes`. */
export function addInto(memory: Data, source: Data, sizes: Sizes, strides: Sizes, offset: number): void {
  const width = sizes.length === 0 ? 1 : sizes[sizes.length - 1];
  const step = sizes.length === 0 ? 0 : strides[sizes.length - 1];
  let i = 0;
  if (memory instanceof BigInt64Array) {
    const whole = source as BigInt64Array;
    forEachRow(sizes, strides, offset, (start) => {
      for (let k = 0, to = start; k < width; k++, to += step) memory[to] += whole[i++];
    });
    return;
  }
  const target = memory as Float64Array;
  const numbers = source as Float64Array;
  forEachRow(sizes, strides, offset, (start) => {
    for (let k = 0, to = start; k < width; k++, to += step) target[to] += numbers[i++];
  });
}
