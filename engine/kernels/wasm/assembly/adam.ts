// One step of Adam for the numbers of one parameter: what its operators would do one after the other, each rounding
// where that operator's loop rounds.
import { high, low, rounded } from "./pairs";

/** lerp_ of one pair: from the end that is nearer. */
// @ts-expect-error: decorator
@inline
function nearer(mean: v128, grad: v128, difference: v128, weight: v128, rest: v128, near: v128): v128 {
  const forth = f64x2.add(mean, f64x2.mul(weight, difference));
  return v128.bitselect(forth, f64x2.sub(grad, f64x2.mul(difference, rest)), near);
}

/**
 * `param`, `mean` and `square` are changed. `shrink` multiplies the parameter first (1: nothing), `decay` times the
 * parameter is added to the gradient (0: nothing); `weight` is 1 - β₁, `keep` β₂, `fresh` 1 - β₂, `correction`
 * √(1 - β₂ᵗ), `rate` the negative step size.
 */
export function adam(
  n: i32,
  param: usize,
  grad: usize,
  mean: usize,
  square: usize,
  shrink: f32,
  decay: f64,
  weight: f32,
  keep: f32,
  fresh: f32,
  correction: f32,
  eps: f32,
  rate: f32,
): void {
  const shrinks = f32x4.splat(shrink);
  const decays = f64x2.splat(decay);
  const weights = f64x2.splat(f64(weight));
  const rests = f64x2.splat(f64(f32(1) - weight));
  const near = i64x2.splat(abs(weight) < 0.5 ? -1 : 0);
  const keeps = f32x4.splat(keep);
  const freshs = f32x4.splat(fresh);
  const corrections = f32x4.splat(correction);
  const epss = f32x4.splat(eps);
  const rates = f32x4.splat(rate);
  for (const end = param + (n << 2); param < end; param += 16, grad += 16, mean += 16, square += 16) {
    let p = v128.load(param);
    let g = v128.load(grad);
    if (shrink != 1) p = f32x4.mul(p, shrinks);
    if (decay != 0) {
      g = rounded(
        f64x2.add(low(g), f64x2.mul(decays, low(p))),
        f64x2.add(high(g), f64x2.mul(decays, high(p))),
      );
    }
    let m = v128.load(mean);
    const difference = f32x4.sub(g, m);
    m = rounded(
      nearer(low(m), low(g), low(difference), weights, rests, near),
      nearer(high(m), high(g), high(difference), weights, rests, near),
    );
    v128.store(mean, m);
    let s = f32x4.mul(v128.load(square), keeps);
    const scaled = f32x4.mul(freshs, g);
    s = rounded(
      f64x2.add(low(s), f64x2.mul(low(scaled), low(g))),
      f64x2.add(high(s), f64x2.mul(high(scaled), high(g))),
    );
    v128.store(square, s);
    const denominator = f32x4.add(f32x4.div(f32x4.sqrt(s), corrections), epss);
    v128.store(param, f32x4.add(p, f32x4.div(f32x4.mul(rates, m), denominator)));
  }
}
