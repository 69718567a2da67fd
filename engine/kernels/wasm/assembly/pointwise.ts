// Loops over float32 numbers that lie one after the other, four at a time. Each rounds where the loop in TypeScript
// of the same name does; memory has room for whole groups of four. A single number as an operand is given as four
// copies and a step of 0.
import { exp as expOf, log as logOf, tanh as tanhOf } from "./elementary";
import { high, low, rounded } from "./pairs";

// @ts-expect-error: decorator
@inline
function exponential(x: v128): v128 {
  return rounded(expOf(low(x)), expOf(high(x)));
}

// @ts-expect-error: decorator
@inline
export function logistic(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

// ---- one operand ----

export function neg(out: usize, a: usize, n: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += 16) v128.store(out, f32x4.neg(v128.load(a)));
}

export function abs(out: usize, a: usize, n: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += 16) v128.store(out, f32x4.abs(v128.load(a)));
}

export function square(out: usize, a: usize, n: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += 16) {
    const x = v128.load(a);
    v128.store(out, f32x4.mul(x, x));
  }
}

export function reciprocal(out: usize, a: usize, n: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += 16) {
    v128.store(out, f32x4.div(f32x4.splat(1), v128.load(a)));
  }
}

export function sqrt(out: usize, a: usize, n: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += 16) v128.store(out, f32x4.sqrt(v128.load(a)));
}

export function rsqrt(out: usize, a: usize, n: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += 16) {
    v128.store(out, f32x4.div(f32x4.splat(1), f32x4.sqrt(v128.load(a))));
  }
}

export function exp(out: usize, a: usize, n: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += 16) v128.store(out, exponential(v128.load(a)));
}

export function log(out: usize, a: usize, n: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += 16) {
    const x = v128.load(a);
    v128.store(out, rounded(logOf(low(x)), logOf(high(x))));
  }
}

export function tanh(out: usize, a: usize, n: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += 16) {
    const x = v128.load(a);
    v128.store(out, rounded(tanhOf(low(x)), tanhOf(high(x))));
  }
}

export function sigmoid(out: usize, a: usize, n: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += 16) v128.store(out, logistic(v128.load(a)));
}

export function silu(out: usize, a: usize, n: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += 16) {
    const x = v128.load(a);
    v128.store(out, f32x4.div(x, f32x4.add(f32x4.splat(1), exponential(f32x4.neg(x)))));
  }
}

export function relu(out: usize, a: usize, n: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += 16) {
    const x = v128.load(a);
    v128.store(out, v128.andnot(x, f32x4.lt(x, f32x4.splat(0))));
  }
}

// ---- two operands; `stepA` and `stepB` are 16 or 0 ----

export function add(out: usize, a: usize, b: usize, n: i32, stepA: i32, stepB: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += stepA, b += stepB) {
    v128.store(out, f32x4.add(v128.load(a), v128.load(b)));
  }
}

export function sub(out: usize, a: usize, b: usize, n: i32, stepA: i32, stepB: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += stepA, b += stepB) {
    v128.store(out, f32x4.sub(v128.load(a), v128.load(b)));
  }
}

export function mul(out: usize, a: usize, b: usize, n: i32, stepA: i32, stepB: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += stepA, b += stepB) {
    v128.store(out, f32x4.mul(v128.load(a), v128.load(b)));
  }
}

export function div(out: usize, a: usize, b: usize, n: i32, stepA: i32, stepB: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, a += stepA, b += stepB) {
    v128.store(out, f32x4.div(v128.load(a), v128.load(b)));
  }
}

/** a + factor b, rounded once. */
export function addScaled(
  out: usize,
  a: usize,
  b: usize,
  n: i32,
  stepA: i32,
  stepB: i32,
  factor: f64,
): void {
  const by = f64x2.splat(factor);
  for (const end = out + (n << 2); out < end; out += 16, a += stepA, b += stepB) {
    const x = v128.load(a);
    const y = v128.load(b);
    const first = f64x2.add(low(x), f64x2.mul(by, low(y)));
    v128.store(out, rounded(first, f64x2.add(high(x), f64x2.mul(by, high(y)))));
  }
}

/** g where x is above the limit or NaN. */
export function thresholdBackward(
  out: usize,
  g: usize,
  x: usize,
  n: i32,
  stepG: i32,
  stepX: i32,
  limit: f64,
): void {
  const bound = f32x4.splat(f32(limit));
  for (const end = out + (n << 2); out < end; out += 16, g += stepG, x += stepX) {
    v128.store(out, v128.andnot(v128.load(g), f32x4.le(v128.load(x), bound)));
  }
}

export function sigmoidBackward(out: usize, g: usize, y: usize, n: i32, stepG: i32, stepY: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, g += stepG, y += stepY) {
    const r = v128.load(y);
    v128.store(out, f32x4.mul(f32x4.mul(v128.load(g), f32x4.sub(f32x4.splat(1), r)), r));
  }
}

export function tanhBackward(out: usize, g: usize, y: usize, n: i32, stepG: i32, stepY: i32): void {
  for (const end = out + (n << 2); out < end; out += 16, g += stepG, y += stepY) {
    const r = v128.load(y);
    v128.store(out, f32x4.mul(v128.load(g), f32x4.sub(f32x4.splat(1), f32x4.mul(r, r))));
  }
}
