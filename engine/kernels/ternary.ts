// Loops of three operands, and of two with numbers. `sa`, `sb`, `sc` are the steps, 1 or 0.
import type { Floats, Numbers } from "./iterate";
import { loopOfThree } from "./wasm/loops";

type Loop<A, P extends unknown[]> = (
  out: A,
  a: A,
  b: A,
  c: A,
  n: number,
  sa: number,
  sb: number,
  sc: number,
  ...parameters: P
) => void;

const { fround } = Math;

/** Picks b where `mask` is true, else c; of any dtype. */
export function select<A extends Numbers | BigInt64Array>(
  out: A,
  mask: Uint8Array,
  b: A,
  c: A,
  n: number,
  sm: number,
  sb: number,
  sc: number,
): void {
  for (let i = 0, m = 0, j = 0, k = 0; i < n; i++, m += sm, j += sb, k += sc) {
    out[i] = mask[m] !== 0 ? b[j] : c[k];
  }
}

/** min(max(a, b), c): NaN of any of them stays, and so does -0 at a bound of 0. */
export const clamp: Loop<Numbers, []> = (out, a, b, c, n, sa, sb, sc) => {
  for (let i = 0, j = 0, k = 0, l = 0; i < n; i++, j += sa, k += sb, l += sc) {
    let x = a[j];
    if (b[k] > x || Number.isNaN(b[k])) x = b[k];
    if (c[l] < x || Number.isNaN(c[l])) x = c[l];
    out[i] = x;
  }
};

export const clamp64: Loop<BigInt64Array, []> = (out, a, b, c, n, sa, sb, sc) => {
  for (let i = 0, j = 0, k = 0, l = 0; i < n; i++, j += sa, k += sb, l += sc) {
    const low = a[j] < b[k] ? b[k] : a[j];
    out[i] = low > c[l] ? c[l] : low;
  }
};

/** a + value b c */
export const addcmul: Loop<Floats, [value: number]> = (out, a, b, c, n, sa, sb, sc, value) => {
  for (let i = 0, j = 0, k = 0, l = 0; i < n; i++, j += sa, k += sb, l += sc) {
    out[i] = a[j] + value * b[k] * c[l];
  }
};
export const addcmul32: Loop<Floats, [value: number]> = (out, a, b, c, n, sa, sb, sc, value) => {
  const factor = fround(value);
  if (loopOfThree("addcmul", out, [a, b, c], n, [sa, sb, sc], factor)) return;
  for (let i = 0, j = 0, k = 0, l = 0; i < n; i++, j += sa, k += sb, l += sc) {
    out[i] = a[j] + fround(factor * b[k]) * c[l];
  }
};

/** a + value b / c */
export const addcdiv: Loop<Floats, [value: number]> = (out, a, b, c, n, sa, sb, sc, value) => {
  for (let i = 0, j = 0, k = 0, l = 0; i < n; i++, j += sa, k += sb, l += sc) {
    out[i] = a[j] + (value * b[k]) / c[l];
  }
};
export const addcdiv32: Loop<Floats, [value: number]> = (out, a, b, c, n, sa, sb, sc, value) => {
  const factor = fround(value);
  if (loopOfThree("addcdiv", out, [a, b, c], n, [sa, sb, sc], factor)) return;
  for (let i = 0, j = 0, k = 0, l = 0; i < n; i++, j += sa, k += sb, l += sc) {
    out[i] = a[j] + fround(fround(factor * b[k]) / c[l]);
  }
};

/** a + w (b - a), from the end that is nearer. */
export const lerp: Loop<Floats, []> = (out, a, b, c, n, sa, sb, sc) => {
  for (let i = 0, j = 0, k = 0, l = 0; i < n; i++, j += sa, k += sb, l += sc) {
    const weight = c[l];
    const difference = b[k] - a[j];
    out[i] = Math.abs(weight) < 0.5 ? a[j] + weight * difference : b[k] - difference * (1 - weight);
  }
};
export const lerp32: Loop<Floats, []> = (out, a, b, c, n, sa, sb, sc) => {
  if (loopOfThree("lerp", out, [a, b, c], n, [sa, sb, sc])) return;
  for (let i = 0, j = 0, k = 0, l = 0; i < n; i++, j += sa, k += sb, l += sc) {
    const weight = c[l];
    const difference = fround(b[k] - a[j]);
    out[i] = Math.abs(weight) < 0.5 ? a[j] + weight * difference : b[k] - difference * fround(1 - weight);
  }
};
