// Further special functions in double precision: incomplete gammas, the normal quantile, Bessel's functions, and
// orthogonal polynomials by their recurrences.
import { erfcx, erfinv, lgamma } from "./special";

/** Γ's lower incomplete function over Γ: P(a, x), by its series. */
function lowerSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < 10_000 && term > sum * 1e-17; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * Math.exp(-x + a * Math.log(x) - lgamma(a));
}

/** Q(a, x) = 1 − P(a, x) by Lentz's continued fraction, for x > a + 1. */
function upperFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 10_000; n++) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b || tiny);
    c = b + an / c || tiny;
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) < 1e-16) break;
  }
  return h * Math.exp(-x + a * Math.log(x) - lgamma(a));
}

/** The regularised lower incomplete gamma function. */
export function gammaLower(a: number, x: number): number {
  if (a < 0 || x < 0 || Number.isNaN(a) || Number.isNaN(x)) return Number.NaN;
  if (a === 0) return x > 0 ? 1 : Number.NaN;
  if (x === 0) return 0;
  if (a === Number.POSITIVE_INFINITY) return x === Number.POSITIVE_INFINITY ? Number.NaN : 0;
  if (x === Number.POSITIVE_INFINITY) return 1;
  return x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x);
}

/** The regularised upper incomplete gamma function. */
export function gammaUpper(a: number, x: number): number {
  if (a < 0 || x < 0 || Number.isNaN(a) || Number.isNaN(x)) return Number.NaN;
  if (a === 0) return x > 0 ? 0 : Number.NaN;
  if (x === 0) return 1;
  if (a === Number.POSITIVE_INFINITY) return x === Number.POSITIVE_INFINITY ? Number.NaN : 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  return x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);
}

/** The normal distribution's quantile: its inverse, made exact by Newton's steps where the tail is thin. */
export function normalQuantile(p: number): number {
  if (p === 0) return Number.NEGATIVE_INFINITY;
  if (p === 1) return Number.POSITIVE_INFINITY;
  if (!(p > 0 && p < 1)) return Number.NaN;
  if (p > 0.1) return Math.SQRT2 * erfinv(2 * p - 1);
  // ln p of the lower tail: Φ(x) = ½·erfcx(−x/√2)·e^(−x²/2).
  let x = -Math.sqrt(-2 * Math.log(p));
  for (let i = 0; i < 60; i++) {
    const scaled = erfcx(-x * Math.SQRT1_2) / 2;
    const error = Math.log(scaled) - (x * x) / 2 - Math.log(p);
    const step = error * scaled * Math.sqrt(2 * Math.PI);
    x -= step;
    if (Math.abs(step) < 1e-15 * Math.abs(x)) break;
  }
  return x;
}

/** Jₙ(x) = (1/π)·∫ cos(nθ − x·sin θ) over [0, π]: the trapezoidal rule converges faster than any power. */
export function besselJ(order: number, x: number): number {
  const count = Math.ceil(40 + Math.abs(x));
  let sum = 0;
  for (let i = 0; i <= count; i++) {
    const theta = (Math.PI * i) / count;
    const value = Math.cos(order * theta - x * Math.sin(theta));
    sum += i === 0 || i === count ? value / 2 : value;
  }
  return sum / count;
}

/** e^x·Kₙ(x) = ∫ e^(x·(1 − cosh t))·cosh(nt) over [0, ∞), in the same way. */
export function besselKScaled(order: number, x: number): number {
  if (x < 0 || Number.isNaN(x)) return Number.NaN;
  if (x === 0) return Number.POSITIVE_INFINITY;
  const end = Math.acosh(1 + 750 / x);
  const count = 400;
  const step = end / count;
  let sum = 0.5;
  for (let i = 1; i <= count; i++) {
    const t = i * step;
    sum += Math.exp(x * (1 - Math.cosh(t))) * Math.cosh(order * t);
  }
  return sum * step;
}

type Recurrence = (k: number, x: number, last: number, before: number) => number;

/** p₀ = 1, p₁ as given, and so on. */
function polynomial(x: number, n: number, first: number, next: Recurrence): number {
  if (Number.isNaN(n)) return Number.NaN;
  const degree = Math.trunc(n);
  if (degree < 0) return 0;
  let before = 1;
  if (degree === 0) return before;
  let last = first;
  for (let k = 2; k <= degree && !Number.isNaN(last); k++) [before, last] = [last, next(k, x, last, before)];
  return last;
}

const chebyshev: Recurrence = (_k, x, last, before) => 2 * x * last - before;
const shifted = (x: number) => 2 * x - 1;

export const POLYNOMIALS: Record<string, (x: number, n: number) => number> = {
  chebyshev_polynomial_t: (x, n) => polynomial(x, n, x, chebyshev),
  chebyshev_polynomial_u: (x, n) => polynomial(x, n, 2 * x, chebyshev),
  chebyshev_polynomial_v: (x, n) => polynomial(x, n, 2 * x - 1, chebyshev),
  chebyshev_polynomial_w: (x, n) => polynomial(x, n, 2 * x + 1, chebyshev),
  shifted_chebyshev_polynomial_t: (x, n) => POLYNOMIALS.chebyshev_polynomial_t(shifted(x), n),
  shifted_chebyshev_polynomial_u: (x, n) => POLYNOMIALS.chebyshev_polynomial_u(shifted(x), n),
  shifted_chebyshev_polynomial_v: (x, n) => POLYNOMIALS.chebyshev_polynomial_v(shifted(x), n),
  shifted_chebyshev_polynomial_w: (x, n) => POLYNOMIALS.chebyshev_polynomial_w(shifted(x), n),
  hermite_polynomial_h: (x, n) =>
    polynomial(x, n, 2 * x, (k, v, last, before) => 2 * v * last - 2 * (k - 1) * before),
  hermite_polynomial_he: (x, n) => polynomial(x, n, x, (k, v, last, before) => v * last - (k - 1) * before),
  laguerre_polynomial_l: (x, n) =>
    polynomial(x, n, 1 - x, (k, v, last, before) => ((2 * k - 1 - v) * last - (k - 1) * before) / k),
  legendre_polynomial_p: (x, n) =>
    polynomial(x, n, x, (k, v, last, before) => ((2 * k - 1) * v * last - (k - 1) * before) / k),
};
