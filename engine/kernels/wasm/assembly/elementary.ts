// exp, tanh and log of two doubles at a time: step by step what V8's Math computes (the algorithms of fdlibm), with
// choices in place of branches, so that the loops in TypeScript and these agree to the last bit.
// Constants stand in memory: V8 makes one that is written into a loop anew each time.

const EXP = memory.data<f64>(
  [
    1.44269504088896338700e0, 6.93147180369123816490e-1, 1.90821492927058770002e-10, 1.66666666666666019037e-1,
    -2.77777777770155933842e-3, 6.61375632143793436117e-5, -1.65339022054652515390e-6, 4.13813679705723846039e-8, 1.0,
    2.0, 6755399441055744.0, -708.0, 709.0, -745.1332191019412, 709.782712893384,
  ],
  16,
);

// @ts-expect-error: decorator
@inline
function constant(table: usize, place: i32): v128 {
  return v128.load64_splat(table + (place << 3));
}

/** 2ᵏ·y, for whole k of at most three digits and normal results. */
// @ts-expect-error: decorator
@inline
function scaled(y: v128, k: v128): v128 {
  // Adding 1.5·2⁵² leaves k in the lowest bits.
  return i64x2.add(y, i64x2.shl(f64x2.add(k, constant(EXP, 10)), 52));
}

/** For results that become floats: what is below -708 or above 709 is taken for that. NaN stays. */
// @ts-expect-error: decorator
@inline
export function exp(given: v128): v128 {
  const x = f64x2.pmin(constant(EXP, 12), f64x2.pmax(constant(EXP, 11), given));
  const k = f64x2.nearest(f64x2.mul(constant(EXP, 0), x));
  const high = f64x2.sub(x, f64x2.mul(k, constant(EXP, 1)));
  const low = f64x2.mul(k, constant(EXP, 2));
  const r = f64x2.sub(high, low);
  const t = f64x2.mul(r, r);
  let p = f64x2.add(constant(EXP, 6), f64x2.mul(t, constant(EXP, 7)));
  p = f64x2.add(constant(EXP, 5), f64x2.mul(t, p));
  p = f64x2.add(constant(EXP, 4), f64x2.mul(t, p));
  p = f64x2.add(constant(EXP, 3), f64x2.mul(t, p));
  const c = f64x2.sub(r, f64x2.mul(t, p));
  const quotient = f64x2.div(f64x2.mul(r, c), f64x2.sub(constant(EXP, 9), c));
  const y = f64x2.sub(constant(EXP, 8), f64x2.sub(f64x2.sub(low, quotient), high));
  return v128.bitselect(scaled(y, k), given, f64x2.eq(given, given));
}

/** The same for all doubles, but for results below 1e-307. */
// @ts-expect-error: decorator
@inline
export function expOfAll(x: v128): v128 {
  const y = v128.andnot(exp(x), f64x2.lt(x, constant(EXP, 13)));
  return v128.bitselect(f64x2.splat(f64.POSITIVE_INFINITY), y, f64x2.gt(x, constant(EXP, 14)));
}

const TANH = memory.data<f64>(
  [
    1.44269504088896338700e0, 6.93147180369123816490e-1, 1.90821492927058770002e-10, -3.33333333333331316428e-2,
    1.58730158725481460165e-3, -7.93650757867487942473e-5, 4.00821782732936239552e-6, -2.01099218183624371326e-7, 1.0,
    2.0, 3.0, 6.0, 0.5, 22.0, -1.0, -2.0,
  ],
  16,
);

/** From exp(2|x|) - 1 where |x| is 1 or more and from exp(-2|x|) - 1 below. */
// @ts-expect-error: decorator
@inline
export function tanh(given: v128): v128 {
  const one = constant(TANH, 8);
  const two = constant(TANH, 9);
  const half = constant(TANH, 12);
  const size = f64x2.pmin(constant(TANH, 13), f64x2.abs(given));
  const large = f64x2.ge(size, one);
  const doubled = f64x2.mul(two, size);
  const argument = v128.bitselect(doubled, f64x2.neg(doubled), large);
  const k = f64x2.nearest(f64x2.mul(constant(TANH, 0), argument));
  const high = f64x2.sub(argument, f64x2.mul(k, constant(TANH, 1)));
  const low = f64x2.mul(k, constant(TANH, 2));
  const x = f64x2.sub(high, low);
  const c = f64x2.sub(f64x2.sub(high, x), low);
  const hfx = f64x2.mul(half, x);
  const hxs = f64x2.mul(x, hfx);
  let p = f64x2.add(constant(TANH, 6), f64x2.mul(hxs, constant(TANH, 7)));
  p = f64x2.add(constant(TANH, 5), f64x2.mul(hxs, p));
  p = f64x2.add(constant(TANH, 4), f64x2.mul(hxs, p));
  p = f64x2.add(constant(TANH, 3), f64x2.mul(hxs, p));
  const r1 = f64x2.add(one, f64x2.mul(hxs, p));
  const t = f64x2.sub(constant(TANH, 10), f64x2.mul(r1, hfx));
  let e = f64x2.mul(hxs, f64x2.div(f64x2.sub(r1, t), f64x2.sub(constant(TANH, 11), f64x2.mul(x, t))));
  e = f64x2.sub(f64x2.sub(f64x2.mul(x, f64x2.sub(e, c)), c), hxs);
  const rest = f64x2.sub(x, e);
  // exp(argument) - 1 is (first + rest)·2ᵏ + last, in the order that loses least:
  // k = 0: first and last 0; k = -1: 0 and -½; k < -1: 1 and -1; k > 0: 1 - 2⁻ᵏ and 0.
  const few = f64x2.le(k, constant(TANH, 15));
  const power = scaled(one, f64x2.neg(k));
  const first = v128.bitselect(
    v128.and(f64x2.sub(one, power), large),
    one,
    v128.not(few),
  );
  const last = v128.bitselect(constant(TANH, 14), v128.and(f64x2.neg(half), f64x2.eq(k, constant(TANH, 14))), few);
  const sum = f64x2.add(first, rest);
  const grown = f64x2.add(scaled(sum, k), last);
  // Where k is 0 the sum may be 0 itself, whose exponent nothing is added to.
  const z = v128.bitselect(rest, grown, f64x2.eq(k, f64x2.splat(0)));
  const quotient = f64x2.div(v128.bitselect(two, f64x2.neg(z), large), f64x2.add(z, two));
  const y = v128.bitselect(f64x2.sub(one, quotient), quotient, large);
  const sign = i64x2.splat(i64.MIN_VALUE);
  return v128.bitselect(v128.bitselect(given, y, sign), given, f64x2.eq(given, given));
}

const LOG = memory.data<f64>(
  [
    6.666666666666735130e-1, 3.999999999940941908e-1, 2.857142874366239149e-1, 2.222219843214978396e-1,
    1.818357216161805012e-1, 1.531383769920937332e-1, 1.479819860511658591e-1, 6.93147180369123816490e-1,
    1.90821492927058770002e-10, 1.0, 2.0, 0.5, 4503599627371519.0,
  ],
  16,
);
const MANTISSA: i64 = 0x000fffffffffffff;

/** Of doubles that were floats. */
// @ts-expect-error: decorator
@inline
export function log(given: v128): v128 {
  const mantissa = v128.and(given, i64x2.splat(MANTISSA));
  // One where the mantissa is above √2: then half of the number is taken.
  const above = v128.and(i64x2.add(mantissa, i64x2.splat(0x95f6400000000)), i64x2.splat(0x10000000000000));
  const x = v128.or(mantissa, v128.xor(above, i64x2.splat(0x3ff0000000000000)));
  const exponent = i64x2.add(i64x2.shr_u(given, 52), i64x2.shr_u(above, 52));
  const k = f64x2.sub(v128.or(exponent, i64x2.splat(0x4330000000000000)), constant(LOG, 12));
  const f = f64x2.sub(x, constant(LOG, 9));
  const s = f64x2.div(f, f64x2.add(constant(LOG, 10), f));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  let even = f64x2.add(constant(LOG, 3), f64x2.mul(w, constant(LOG, 5)));
  even = f64x2.mul(w, f64x2.add(constant(LOG, 1), f64x2.mul(w, even)));
  let odd = f64x2.add(constant(LOG, 4), f64x2.mul(w, constant(LOG, 6)));
  odd = f64x2.add(constant(LOG, 2), f64x2.mul(w, odd));
  odd = f64x2.mul(z, f64x2.add(constant(LOG, 0), f64x2.mul(w, odd)));
  const r = f64x2.add(odd, even);
  const hfsq = f64x2.mul(f64x2.mul(constant(LOG, 11), f), f);
  const small = f64x2.add(f64x2.mul(s, f64x2.add(hfsq, r)), f64x2.mul(k, constant(LOG, 8)));
  const y = f64x2.sub(f64x2.mul(k, constant(LOG, 7)), f64x2.sub(f64x2.sub(hfsq, small), f));
  const zero = f64x2.splat(0);
  const infinite = f64x2.splat(f64.POSITIVE_INFINITY);
  // Above 0 and finite; ∞ and NaN stay; -∞ of 0; below 0 there is none.
  let out = v128.bitselect(y, f64x2.add(given, given), f64x2.lt(given, infinite));
  out = v128.bitselect(f64x2.neg(infinite), out, f64x2.eq(given, zero));
  return v128.bitselect(f64x2.splat(f64.NaN), out, f64x2.lt(given, zero));
}

/** Of one double, 1 or more. */
export function logOfOne(x: f64): f64 {
  if (!(x < f64.POSITIVE_INFINITY)) return x;
  const bits = reinterpret<i64>(x);
  const mantissa = i32(bits >>> 32) & 0xfffff;
  const above = (mantissa + 0x95f64) & 0x100000;
  const k = f64(i32(bits >>> 52) - 1023 + (above >> 20));
  const f = reinterpret<f64>((bits & MANTISSA) | (i64(above ^ 0x3ff00000) << 32)) - 1.0;
  const high = k * load<f64>(LOG, 56);
  const low = k * load<f64>(LOG, 64);
  if ((0xfffff & (2 + mantissa)) < 3) {
    if (f == 0) return k == 0 ? 0 : high + low;
    const r = f * f * (0.5 - 0.33333333333333333 * f);
    return k == 0 ? f - r : high - (r - low - f);
  }
  const s = f / (2.0 + f);
  const z = s * s;
  const w = z * z;
  const even = w * (load<f64>(LOG, 8) + w * (load<f64>(LOG, 24) + w * load<f64>(LOG, 40)));
  const odd =
    z *
    (load<f64>(LOG) + w * (load<f64>(LOG, 16) + w * (load<f64>(LOG, 32) + w * load<f64>(LOG, 48))));
  const r = odd + even;
  if (((mantissa - 0x6147a) | (0x6b851 - mantissa)) > 0) {
    const half = 0.5 * f * f;
    return k == 0 ? f - (half - s * (half + r)) : high - (half - (s * (half + r) + low) - f);
  }
  return k == 0 ? f - s * (f - r) : high - (s * (f - r) - low - f);
}
