// Loops of one operand. One loop per function, written out: a loop that called a function given to
// it would not be compiled for that function.

import type { Floats, Numbers } from "./iterate";
import { besselScaled, digamma, erf, erfc, erfcx, erfinv, lgamma, logNdtr } from "./special";
import { loopOfOne, type NameOfOne } from "./wasm/loops";

/** Writes f(a[i]) to out[i] for i < n. */
type Loop<A> = (out: A, a: A, n: number) => void;

const { fround } = Math;

/** Rounds halves to even, as IEEE's nearbyint. */
export function roundHalfEven(x: number): number {
  const rounded = Math.round(x);
  return rounded - x === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

// Storing into a Float32Array rounds, so that one double operation gives the float that C++ gets.
// Where PyTorch rounds in between as well, FLOAT32 has a loop of its own.
export const FLOAT_UNARY = {
  neg(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = -a[i];
  },
  abs(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.abs(a[i]);
  },
  sgn(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] > 0 ? 1 : a[i] < 0 ? -1 : 0;
  },
  square(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] * a[i];
  },
  reciprocal(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = 1 / a[i];
  },
  sqrt(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.sqrt(a[i]);
  },
  rsqrt(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = 1 / Math.sqrt(a[i]);
  },
  exp(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.exp(a[i]);
  },
  exp2(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = 2 ** a[i];
  },
  expm1(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.expm1(a[i]);
  },
  log(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.log(a[i]);
  },
  log1p(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.log1p(a[i]);
  },
  log2(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.log2(a[i]);
  },
  log10(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.log10(a[i]);
  },
  sin(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.sin(a[i]);
  },
  cos(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.cos(a[i]);
  },
  tan(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.tan(a[i]);
  },
  asin(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.asin(a[i]);
  },
  acos(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.acos(a[i]);
  },
  atan(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.atan(a[i]);
  },
  sinh(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.sinh(a[i]);
  },
  cosh(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.cosh(a[i]);
  },
  tanh(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.tanh(a[i]);
  },
  asinh(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.asinh(a[i]);
  },
  acosh(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.acosh(a[i]);
  },
  atanh(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.atanh(a[i]);
  },
  sigmoid(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = 1 / (1 + Math.exp(-a[i]));
  },
  erf(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = erf(a[i]);
  },
  erfc(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = erfc(a[i]);
  },
  erfcx(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = erfcx(a[i]);
  },
  erfinv(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = erfinv(a[i]);
  },
  lgamma(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = lgamma(a[i]);
  },
  digamma(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = digamma(a[i]);
  },
  i0(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = besselScaled(0, a[i]) * Math.exp(Math.abs(a[i]));
  },
  i0e(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = besselScaled(0, a[i]);
  },
  i1(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = besselScaled(1, a[i]) * Math.exp(Math.abs(a[i]));
  },
  i1e(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = besselScaled(1, a[i]);
  },
  logNdtr(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = logNdtr(a[i]);
  },
  /** -x ln x, 0 at 0, -∞ below. */
  entr(out, a, n) {
    for (let i = 0; i < n; i++) {
      const x = a[i];
      out[i] = x > 0 ? -x * Math.log(x) : x === 0 ? 0 : x < 0 ? Number.NEGATIVE_INFINITY : x;
    }
  },
  /** sin(πx) / πx. */
  sinc(out, a, n) {
    for (let i = 0; i < n; i++) {
      const product = Math.PI * a[i];
      out[i] = a[i] === 0 ? 1 : Math.sin(product) / product;
    }
  },
  floor(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.floor(a[i]);
  },
  ceil(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.ceil(a[i]);
  },
  round(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = roundHalfEven(a[i]);
  },
  trunc(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.trunc(a[i]);
  },
  frac(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] - Math.trunc(a[i]);
  },
  relu(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] < 0 ? 0 : a[i];
  },
  /** x / (1 + exp(-x)). */
  silu(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] / (1 + Math.exp(-a[i]));
  },
  /** x tanh(ln(1 + exp x)). */
  mish(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] * Math.tanh(Math.log1p(Math.exp(a[i])));
  },
  hardsigmoid(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.min(Math.max(a[i] + 3, 0), 6) / 6;
  },
  hardswish(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = (a[i] * Math.min(Math.max(a[i] + 3, 0), 6)) / 6;
  },
  /** x Φ(x), with the normal distribution's function. */
  gelu(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] * 0.5 * (1 + erf(a[i] * Math.SQRT1_2));
  },
  geluTanh(out, a, n) {
    for (let i = 0; i < n; i++) {
      const x = a[i];
      out[i] = 0.5 * x * (1 + Math.tanh(GELU_BETA * (x + GELU_KAPPA * x * x * x)));
    }
  },
  /** ln(1 / (1 + exp(-x))). */
  logSigmoid(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.min(a[i], 0) - Math.log1p(Math.exp(-Math.abs(a[i])));
  },
} satisfies Record<string, Loop<Floats>>;

/** √(2/π), and the cubic's coefficient, of gelu's approximation. */
export const GELU_BETA = Math.SQRT2 * Math.sqrt(1 / Math.PI);
export const GELU_KAPPA = 0.044715;

export type FloatUnary = keyof typeof FLOAT_UNARY;

export const FLOAT32_UNARY: Partial<Record<FloatUnary, Loop<Floats>>> = {
  rsqrt(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = 1 / fround(Math.sqrt(a[i]));
  },
  sigmoid(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = 1 / fround(1 + fround(Math.exp(-a[i])));
  },
  silu(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] / fround(1 + fround(Math.exp(-a[i])));
  },
  sinc(out, a, n) {
    const pi = fround(Math.PI);
    for (let i = 0; i < n; i++) {
      const product = fround(pi * a[i]);
      out[i] = a[i] === 0 ? 1 : fround(Math.sin(product)) / product;
    }
  },
  hardsigmoid(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.min(Math.max(fround(a[i] + 3), 0), 6) / 6;
  },
  hardswish(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = fround(a[i] * Math.min(Math.max(fround(a[i] + 3), 0), 6)) / 6;
  },
};

const IN_WASM = [
  "neg",
  "abs",
  "square",
  "reciprocal",
  "sqrt",
  "rsqrt",
  "exp",
  "log",
  "tanh",
  "sigmoid",
  "silu",
  "relu",
] as const satisfies readonly (FloatUnary & NameOfOne)[];

for (const name of IN_WASM) {
  const loop = FLOAT32_UNARY[name] ?? FLOAT_UNARY[name];
  FLOAT32_UNARY[name] = (out, a, n) => {
    if (!loopOfOne(name, out, a, n)) loop(out, a, n);
  };
}

/** The loop for what `out` holds. */
const loopFor =
  (name: FloatUnary): Loop<Floats> =>
  (out, a, n) =>
    ((out instanceof Float32Array && FLOAT32_UNARY[name]) || FLOAT_UNARY[name])(out, a, n);

/** x to a power that PyTorch has a shorter way for; null where it has none. */
export function powerLoop(exponent: number): Loop<Floats> | null {
  switch (exponent) {
    case 0.5:
      return loopFor("sqrt");
    case 2:
      return loopFor("square");
    case 3:
      return cube;
    case -0.5:
      return loopFor("rsqrt");
    case -1:
      return loopFor("reciprocal");
    case -2:
      return reciprocalSquare;
    default:
      return null;
  }
}

function cube(out: Floats, a: Floats, n: number): void {
  if (out instanceof Float32Array) for (let i = 0; i < n; i++) out[i] = fround(a[i] * a[i]) * a[i];
  else for (let i = 0; i < n; i++) out[i] = a[i] * a[i] * a[i];
}

function reciprocalSquare(out: Floats, a: Floats, n: number): void {
  if (out instanceof Float32Array) for (let i = 0; i < n; i++) out[i] = 1 / fround(a[i] * a[i]);
  else for (let i = 0; i < n; i++) out[i] = 1 / (a[i] * a[i]);
}

/** Integers of up to 32 bits: storing wraps around. */
export const INT_UNARY = {
  neg(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = -a[i];
  },
  abs(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.abs(a[i]);
  },
  sgn(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.sign(a[i]);
  },
  relu(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.max(a[i], 0);
  },
  bitwiseNot(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = ~a[i];
  },
} satisfies Record<string, Loop<Numbers>>;

export type IntUnary = keyof typeof INT_UNARY;

export const INT64_UNARY: Record<IntUnary, Loop<BigInt64Array>> = {
  neg(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = -a[i];
  },
  abs(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] < 0n ? -a[i] : a[i];
  },
  sgn(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] > 0n ? 1n : a[i] < 0n ? -1n : 0n;
  },
  relu(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] < 0n ? 0n : a[i];
  },
  bitwiseNot(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = ~a[i];
  },
};

/** What a number is, as a bool. */
export const FLOAT_TESTS = {
  isnan(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Number.isNaN(a[i]) ? 1 : 0;
  },
  isinf(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Math.abs(a[i]) === Number.POSITIVE_INFINITY ? 1 : 0;
  },
  isposinf(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] === Number.POSITIVE_INFINITY ? 1 : 0;
  },
  isneginf(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] === Number.NEGATIVE_INFINITY ? 1 : 0;
  },
  isfinite(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = Number.isFinite(a[i]) ? 1 : 0;
  },
  signbit(out, a, n) {
    for (let i = 0; i < n; i++) out[i] = a[i] < 0 || Object.is(a[i], -0) ? 1 : 0;
  },
} satisfies Record<string, (out: Uint8Array, a: Floats, n: number) => void>;

export type FloatTest = keyof typeof FLOAT_TESTS;
