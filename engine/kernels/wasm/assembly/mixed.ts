// Loops of three operands over float32 numbers, four at a time, each rounding where the loop in TypeScript of the
// same name does (../../ternary.ts). Steps are 16, or 0 for four copies of a single number.
import { high, low, rounded } from "./pairs";

/** a + factor b c: the product of the first two is rounded, the rest once. */
export function addcmul(
  out: usize,
  a: usize,
  b: usize,
  c: usize,
  n: i32,
  stepA: i32,
  stepB: i32,
  stepC: i32,
  factor: f64,
): void {
  const by = f32x4.splat(f32(factor));
  for (const end = out + (n << 2); out < end; out += 16, a += stepA, b += stepB, c += stepC) {
    const x = v128.load(a);
    const y = f32x4.mul(by, v128.load(b));
    const z = v128.load(c);
    v128.store(
      out,
      rounded(
        f64x2.add(low(x), f64x2.mul(low(y), low(z))),
        f64x2.add(high(x), f64x2.mul(high(y), high(z))),
      ),
    );
  }
}

/** a + factor b / c, each step rounded. */
export function addcdiv(
  out: usize,
  a: usize,
  b: usize,
  c: usize,
  n: i32,
  stepA: i32,
  stepB: i32,
  stepC: i32,
  factor: f64,
): void {
  const by = f32x4.splat(f32(factor));
  for (const end = out + (n << 2); out < end; out += 16, a += stepA, b += stepB, c += stepC) {
    const quotient = f32x4.div(f32x4.mul(by, v128.load(b)), v128.load(c));
    v128.store(out, f32x4.add(v128.load(a), quotient));
  }
}

// @ts-expect-error: decorator
@inline
function between(a: v128, b: v128, difference: v128, weight: v128, rest: v128): v128 {
  const forth = f64x2.add(a, f64x2.mul(weight, difference));
  const back = f64x2.sub(b, f64x2.mul(difference, rest));
  return v128.bitselect(forth, back, f64x2.lt(f64x2.abs(weight), f64x2.splat(0.5)));
}

/** a + c (b - a), from the end that is nearer. */
export function lerp(
  out: usize,
  a: usize,
  b: usize,
  c: usize,
  n: i32,
  stepA: i32,
  stepB: i32,
  stepC: i32,
  factor: f64,
): void {
  for (const end = out + (n << 2); out < end; out += 16, a += stepA, b += stepB, c += stepC) {
    const x = v128.load(a);
    const y = v128.load(b);
    const weight = v128.load(c);
    const rest = f32x4.sub(f32x4.splat(1), weight);
    const difference = f32x4.sub(y, x);
    v128.store(
      out,
      rounded(
        between(low(x), low(y), low(difference), low(weight), low(rest)),
        between(high(x), high(y), high(difference), high(weight), high(rest)),
      ),
    );
  }
}
