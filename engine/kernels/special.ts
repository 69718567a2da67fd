// Special functions of one number, in double precision. Each names its formula; the tables of
// coefficients were computed for these files with 50-digit arithmetic.

const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
const LOG_SQRT_2PI = 0.9189385332046727;

// Chebyshev coefficients of (1 + 2x) exp(x²) erfc(x) for x >= 0 in t = (x - 3.75) / (x + 3.75).
const ERFCX = [
  2.3551578691348035, -0.0045900545806464773, -0.084249133366517916, 0.05920993999819189,
  -0.026658668435305752, 0.0090749976707052651, -0.0024131635404176082, 0.00049077583652580863,
  -6.9169733025012064e-5, 4.1390279860730102e-6, 7.7403830661984907e-7, -2.1886401049234395e-7,
  1.076499946567091e-8, 4.5219598112182869e-9, -7.754400208831351e-10, -6.318088340886684e-11,
  2.86879501093067e-11, 1.945586854577735e-13, -9.654696748433439e-13, 3.25254814814874e-14,
  3.347811948280605e-14, -1.864562880419313e-15, -1.250795053068865e-15, 7.41823525662406e-17,
  5.0681489047961e-17,
];

/** Clenshaw's recurrence; the first coefficient counts half. */
function chebyshev(coefficients: readonly number[], t: number): number {
  let b1 = 0;
  let b2 = 0;
  for (let j = coefficients.length - 1; j > 0; j--) {
    const b0 = 2 * t * b1 - b2 + coefficients[j];
    b2 = b1;
    b1 = b0;
  }
  return t * b1 - b2 + coefficients[0] / 2;
}

/** exp(-x²) without the error of rounding x². */
function expMinusSquare(x: number): number {
  const high = Math.fround(x);
  return Math.exp(-high * high) * Math.exp(-(x - high) * (x + high));
}

/** exp(x²) erfc(x). */
export function erfcx(x: number): number {
  if (x < 0) {
    const square = Math.exp(x * x);
    return x < -26.7 ? Number.POSITIVE_INFINITY : 2 * square - erfcx(-x);
  }
  if (x === Number.POSITIVE_INFINITY) return 0;
  return chebyshev(ERFCX, (x - 3.75) / (x + 3.75)) / (1 + 2 * x);
}

export function erfc(x: number): number {
  if (x < 0.65) return x < -0.65 ? 2 - erfc(-x) : 1 - erf(x);
  if (x > 27.3) return 0;
  return Number.isNaN(x) ? x : expMinusSquare(x) * erfcx(x);
}

/** 2/√π ∫₀ˣ exp(-t²) dt: its power series near 0, one minus erfc beyond. */
export function erf(x: number): number {
  if (x > 0.65) return x > 6 ? 1 : 1 - erfc(x);
  if (x < -0.65) return x < -6 ? -1 : erfc(-x) - 1;
  const square = x * x;
  let term = x;
  let sum = x;
  for (let n = 1; n < 20; n++) {
    term *= -square / n;
    const next = sum + term / (2 * n + 1);
    if (next === sum) break;
    sum = next;
  }
  return TWO_OVER_SQRT_PI * sum;
}

/** The inverse of erf: a first guess (Winitzki) and Halley steps on erf or, near ±1, on erfc. */
export function erfinv(y: number): number {
  const size = Math.abs(y);
  if (!(size < 1)) return size === 1 ? y * Number.POSITIVE_INFINITY : Number.NaN;
  if (y === 0) return y;
  const a = 0.147;
  const log = Math.log1p(-size * size);
  const half = 2 / (Math.PI * a) + log / 2;
  let x = Math.sqrt(Math.sqrt(half * half - log / a) - half);
  for (let i = 0; i < 4; i++) {
    const error = size < 0.5 ? erf(x) - size : 1 - size - erfc(x);
    const step = error / (TWO_OVER_SQRT_PI * expMinusSquare(x));
    x -= step / (1 + x * step);
  }
  return y < 0 ? -x : x;
}

// Stirling's series: B(2k) / (2k (2k - 1)).
const STIRLING = [
  1 / 12,
  -1 / 360,
  1 / 1260,
  -1 / 1680,
  1 / 1188,
  -691 / 360360,
  1 / 156,
  -3617 / 122400,
  43867 / 244188,
];

/** ln |Γ(x)|: shifted to x >= 10, then Stirling's series; near 1 and 2 its own power series keeps relative precision. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (!Number.isFinite(x)) return Number.POSITIVE_INFINITY;
  if (x <= 0) {
    if (Number.isInteger(x)) return Number.POSITIVE_INFINITY;
    if (x > -1e-300) return -Math.log(-x);
    // Γ(x) Γ(1-x) = π / sin(πx)
    return Math.log(Math.PI / Math.abs(sinPi(x))) - lgamma(1 - x);
  }
  if (x < 1e-300) return -Math.log(x);
  if (Math.abs(x - 1) < 0.25) return lgammaNearOne(x - 1);
  if (Math.abs(x - 2) < 0.25) return lgammaNearOne(x - 2) + Math.log1p(x - 2);
  let shifted = x;
  let product = 1;
  while (shifted < 10) product *= shifted++;
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  let series = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) series = series * square + STIRLING[k];
  return (shifted - 0.5) * Math.log(shifted) - shifted + LOG_SQRT_2PI + series * inverse - Math.log(product);
}

const EULER = 0.5772156649015329;

/** ln Γ(1 + d) = -γ d + Σ ζ(k) (-d)^k / k. */
function lgammaNearOne(d: number): number {
  let sum = 0;
  for (let k = 40; k >= 2; k--) sum = zeta(k) / k - d * sum;
  return d * (d * sum - EULER);
}

const zetas: number[] = [];
/** Riemann's zeta at a whole number from 2: its sum to 30 and the rest by Euler and Maclaurin. */
function zeta(s: number): number {
  if (zetas[s] === undefined) zetas[s] = hurwitz(s, 1);
  return zetas[s];
}

// Bernoulli numbers B(2k) / (2k)!.
const BERNOULLI = [
  1 / 12,
  -1 / 720,
  1 / 30240,
  -1 / 1209600,
  1 / 47900160,
  -691 / 1307674368000,
  1 / 74724249600,
];

/** Hurwitz's zeta Σ (k + q)^-s for s > 1. */
export function hurwitz(s: number, q: number): number {
  if (s < 1) return Number.NaN;
  if (s === 1) return Number.POSITIVE_INFINITY;
  if (q <= 0) {
    // -∞ counts as a whole number here.
    if (q === Math.floor(q)) return Number.POSITIVE_INFINITY;
    if (!Number.isInteger(s)) return Number.NaN;
  }
  let sum = 0;
  let at = q;
  while (at < 20) sum += (at++) ** -s;
  sum += at ** (1 - s) / (s - 1) + at ** -s / 2;
  let factor = s;
  let power = at ** (-s - 1);
  for (let k = 0; k < BERNOULLI.length; k++) {
    sum += BERNOULLI[k] * factor * power;
    factor *= (s + 2 * k + 1) * (s + 2 * k + 2);
    power /= at * at;
  }
  return sum;
}

/** The derivative of ln Γ, with PyTorch's answers at 0 (∓∞) and at the negative whole numbers (NaN). */
export function digamma(x: number): number {
  if (x === 0) return Object.is(x, -0) ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  if (x < 0) {
    if (Number.isInteger(x)) return Number.NaN;
    // ψ(1 - x) - ψ(x) = π / tan(πx)
    return digamma(1 - x) - Math.PI / Math.tan(Math.PI * (x - Math.trunc(x)));
  }
  let shifted = x;
  let sum = 0;
  while (shifted < 10) sum -= 1 / shifted++;
  const square = 1 / (shifted * shifted);
  let series = 0;
  // B(2k) / 2k x^-2k
  for (let k = STIRLING.length - 1; k >= 0; k--) series = (series + STIRLING[k] * (2 * k + 1)) * square;
  return sum + Math.log(shifted) - 0.5 / shifted - series;
}

/** The n-th derivative of digamma: (-1)^(n+1) n! ζ(n + 1, x). */
export function polygamma(n: number, x: number): number {
  if (n === 0) return digamma(x);
  if (n === 1) return trigamma(x);
  let factorial = 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  return (n % 2 === 0 ? -1 : 1) * factorial * hurwitz(n + 1, x);
}

function trigamma(x: number): number {
  if (x < 0.5) {
    // ψ'(x) + ψ'(1 - x) = (π / sin πx)²
    return (Math.PI / sinPi(x)) ** 2 - trigamma(1 - x);
  }
  return hurwitz(2, x);
}

/** sin(πx), exact at whole numbers. */
export function sinPi(x: number): number {
  const rest = x - 2 * Math.round(x / 2);
  if (Math.abs(rest) === 1 || rest === 0) return 0;
  return Math.sin(Math.PI * rest);
}

/** exp(-|x|) I_n(x) for n 0 and 1: power series up to 20, the asymptotic one beyond. */
export function besselScaled(order: 0 | 1, x: number): number {
  const size = Math.abs(x);
  let value: number;
  if (size <= 20) {
    const quarter = (size * size) / 4;
    let term = order === 0 ? 1 : size / 2;
    value = term;
    for (let k = 1; k < 200; k++) {
      term *= quarter / (k * (k + order));
      value += term;
      if (term < value * 1e-17) break;
    }
    value *= Math.exp(-size);
  } else {
    const mu = 4 * order * order;
    let term = 1;
    value = 1;
    for (let k = 1; k < 30; k++) {
      const next = (-term * (mu - (2 * k - 1) ** 2)) / (k * 8 * size);
      if (Math.abs(next) >= Math.abs(term)) break;
      term = next;
      value += term;
    }
    value /= Math.sqrt(2 * Math.PI * size);
  }
  return order === 1 && x < 0 ? -value : value;
}

/** The logarithm of the normal distribution's function. */
export function logNdtr(x: number): number {
  const t = x * Math.SQRT1_2;
  if (x < -1) return Math.log(erfcx(-t) / 2) - t * t;
  return Math.log1p(-erfc(t) / 2);
}
