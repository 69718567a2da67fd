// Loops that choose by a number's sign without a branch, on the bits of float32: signs of data are as good as
// random, so that a processor guesses every second branch wrong.
import type { Floats } from "./iterate";

/** Below this, making the view costs more than the branches. */
const LONG = 256;

const INFINITY = 0x7f800000;

export function isLong(data: Floats, n: number): data is Float32Array {
  return n >= LONG && data instanceof Float32Array;
}

export function bitsOf(data: Float32Array, n: number): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, n);
}

/** x where it is above 0 or NaN, 0 where it is below; -0 stays. As `x < 0 ? 0 : x`. */
export function keepPositive(out: Int32Array, x: Int32Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const bits = x[i];
    // All ones where the sign is set and the rest is neither 0 nor more than infinity (NaN).
    const size = bits & 0x7fffffff;
    const below = (bits >> 31) & (-size >> 31) & ~((INFINITY - size) >> 31);
    out[i] = bits & ~below;
  }
}

/** g where x is above 0 or NaN, 0 elsewhere. As `x <= 0 ? 0 : g`. */
export function passPositive(out: Int32Array, g: Int32Array, x: Int32Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const bits = x[i];
    const size = bits & 0x7fffffff;
    // All ones where x is not 0 and has no sign, or is NaN.
    const above = (-size >> 31) & ~(bits >> 31);
    out[i] = g[i] & (above | ((INFINITY - size) >> 31));
  }
}
