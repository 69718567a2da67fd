// Loops of two operands. `sa` and `sb` are the steps, 1 or 0 (a single number). As in unary.ts, one
// loop per function; storing into the result's array rounds or wraps around as C++ does.

import { runtimeError } from "../tensor/errors";
import { fma } from "./fma";
import type { Floats, Numbers } from "./iterate";
import { loopOfTwo, type NameOfTwo } from "./wasm/loops";

type Loop<O, A> = (out: O, a: A, b: A, n: number, sa: number, sb: number) => void;

const { fround } = Math;
const LN2 = Math.LN2;

/** Python's `//` on floats: exact floor of the quotient of the real numbers. */
export function floorDivide(a: number, b: number): number {
  if (b === 0) return a / b;
  const mod = a % b;
  let quotient = (a - mod) / b;
  if (mod !== 0 && b < 0 !== mod < 0) quotient -= 1;
  if (quotient === 0) return a / b < 0 ? -0 : Object.is(a / b, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

/** Python's `%`: the sign of the divisor. */
export function remainder(a: number, b: number): number {
  const mod = a % b;
  return mod !== 0 && b < 0 !== mod < 0 ? mod + b : mod;
}

/** C's pow: JavaScript answers NaN where C answers 1. */
export function power(a: number, b: number): number {
  return a === 1 || (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY))
    ? 1
    : a ** b;
}

function logaddexp(a: number, b: number): number {
  if (a === b && !Number.isFinite(a)) return a;
  return Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

const buffer = new DataView(new ArrayBuffer(8));
function nextAfter64(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a === b) return b;
  if (a === 0) return b > 0 ? Number.MIN_VALUE : -Number.MIN_VALUE;
  buffer.setFloat64(0, a);
  buffer.setBigInt64(0, buffer.getBigInt64(0) + (b > a === a > 0 ? 1n : -1n));
  return buffer.getFloat64(0);
}
function nextAfter32(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
  if (a === b) return b;
  if (a === 0) return b > 0 ? 2 ** -149 : -(2 ** -149);
  buffer.setFloat32(0, a);
  buffer.setInt32(0, buffer.getInt32(0) + (b > a === a > 0 ? 1 : -1));
  return buffer.getFloat32(0);
}

export const FLOAT_BINARY = {
  add(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] + b[k];
  },
  sub(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] - b[k];
  },
  mul(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] * b[k];
  },
  div(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] / b[k];
  },
  divTrunc(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = Math.trunc(a[j] / b[k]);
  },
  floorDivide(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = floorDivide(a[j], b[k]);
  },
  remainder(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = remainder(a[j], b[k]);
  },
  fmod(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] % b[k];
  },
  pow(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = power(a[j], b[k]);
  },
  atan2(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = Math.atan2(a[j], b[k]);
  },
  hypot(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = Math.hypot(a[j], b[k]);
  },
  maximum(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = Math.max(a[j], b[k]);
  },
  minimum(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = Math.min(a[j], b[k]);
  },
  fmax(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      out[i] = Number.isNaN(a[j]) ? b[k] : Number.isNaN(b[k]) ? a[j] : Math.max(a[j], b[k]);
    }
  },
  fmin(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      out[i] = Number.isNaN(a[j]) ? b[k] : Number.isNaN(b[k]) ? a[j] : Math.min(a[j], b[k]);
    }
  },
  copysign(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      const size = Math.abs(a[j]);
      out[i] = b[k] < 0 || Object.is(b[k], -0) ? -size : size;
    }
  },
  nextafter(out, a, b, n, sa, sb) {
    const next = out instanceof Float32Array ? nextAfter32 : nextAfter64;
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = next(a[j], b[k]);
  },
  /** x ln y, 0 where x is 0 (and y is not NaN). */
  xlogy(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      out[i] = Number.isNaN(b[k]) ? b[k] : a[j] === 0 ? 0 : a[j] * Math.log(b[k]);
    }
  },
  xlog1py(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      out[i] = Number.isNaN(b[k]) ? b[k] : a[j] === 0 ? 0 : a[j] * Math.log1p(b[k]);
    }
  },
  logaddexp(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = logaddexp(a[j], b[k]);
  },
  logaddexp2(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      out[i] = logaddexp(a[j] * LN2, b[k] * LN2) / LN2;
    }
  },
  heaviside(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] === 0 ? b[k] : a[j] > 0 ? 1 : 0;
  },
  // Backward loops: `a` is the incoming gradient.
  /** g y (1 - y) */
  sigmoidBackward(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] * (1 - b[k]) * b[k];
  },
  /** g (1 - y²) */
  tanhBackward(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] * (1 - b[k] * b[k]);
  },
} satisfies Record<string, Loop<Floats, Floats>>;

export type FloatBinary = keyof typeof FLOAT_BINARY;

export const FLOAT32_BINARY: Partial<Record<FloatBinary, Loop<Floats, Floats>>> = {
  divTrunc(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = Math.trunc(fround(a[j] / b[k]));
  },
  xlogy(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      out[i] = Number.isNaN(b[k]) ? b[k] : a[j] === 0 ? 0 : a[j] * fround(Math.log(b[k]));
    }
  },
  sigmoidBackward(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      out[i] = fround(a[j] * fround(1 - b[k])) * b[k];
    }
  },
  tanhBackward(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb)
      out[i] = a[j] * fround(1 - fround(b[k] * b[k]));
  },
};

const IN_WASM = [
  "add",
  "sub",
  "mul",
  "div",
  "sigmoidBackward",
  "tanhBackward",
] as const satisfies readonly (FloatBinary & NameOfTwo)[];

for (const name of IN_WASM) {
  const loop = FLOAT32_BINARY[name] ?? FLOAT_BINARY[name];
  FLOAT32_BINARY[name] = (out, a, b, n, sa, sb) => {
    if (!loopOfTwo(name, out, a, b, n, sa, sb)) loop(out, a, b, n, sa, sb);
  };
}

/** a + alpha b: PyTorch fuses it where alpha is not 1, so the product is not rounded. */
export function addScaled(
  out: Floats,
  a: Floats,
  b: Floats,
  n: number,
  sa: number,
  sb: number,
  alpha: number,
): void {
  if (out instanceof Float32Array) {
    const factor = fround(alpha);
    if (loopOfTwo("addScaled", out, a, b, n, sa, sb, factor)) return;
    if (sa === 1 && sb === 1) addScaled32(out, a as Float32Array, b as Float32Array, n, factor);
    else for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] + factor * b[k];
  } else {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = fma(alpha, b[k], a[j]);
  }
}

/** Of its own, so that it is compiled for one kind of array and one step. */
function addScaled32(out: Float32Array, a: Float32Array, b: Float32Array, n: number, factor: number): void {
  for (let i = 0; i < n; i++) out[i] = a[i] + factor * b[i];
}

const divisionByZero = () => runtimeError("ZeroDivisionError");

function intPower(base: number, exponent: number): number {
  let result = 1;
  let factor = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = Math.imul(result, factor);
    factor = Math.imul(factor, factor);
  }
  return result;
}

/** Integers of up to 32 bits. */
export const INT_BINARY = {
  add(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] + b[k];
  },
  sub(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] - b[k];
  },
  mul(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = Math.imul(a[j], b[k]);
  },
  divTrunc(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      if (b[k] === 0) throw divisionByZero();
      out[i] = Math.trunc(a[j] / b[k]);
    }
  },
  floorDivide(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      if (b[k] === 0) throw divisionByZero();
      out[i] = Math.floor(a[j] / b[k]);
    }
  },
  remainder(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      if (b[k] === 0) throw divisionByZero();
      out[i] = remainder(a[j], b[k]);
    }
  },
  fmod(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      if (b[k] === 0) throw divisionByZero();
      out[i] = a[j] % b[k];
    }
  },
  pow(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      const base = a[j];
      const exponent = b[k];
      if (exponent >= 0) out[i] = intPower(base, exponent);
      else out[i] = base === 1 ? 1 : base === -1 ? (exponent % 2 === 0 ? 1 : -1) : 0;
    }
  },
  maximum(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = Math.max(a[j], b[k]);
  },
  minimum(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = Math.min(a[j], b[k]);
  },
  heaviside(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] === 0 ? b[k] : a[j] > 0 ? 1 : 0;
  },
  gcd(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      let x = Math.abs(a[j]);
      let y = Math.abs(b[k]);
      while (y !== 0) [x, y] = [y, x % y];
      out[i] = x;
    }
  },
  lcm(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      let x = Math.abs(a[j]);
      let y = Math.abs(b[k]);
      while (y !== 0) [x, y] = [y, x % y];
      out[i] = x === 0 ? 0 : Math.abs(Math.imul(Math.trunc(a[j] / x), b[k]));
    }
  },
  bitwiseAnd(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] & b[k];
  },
  bitwiseOr(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] | b[k];
  },
  bitwiseXor(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] ^ b[k];
  },
  shiftLeft(out, a, b, n, sa, sb) {
    const bits = out.BYTES_PER_ELEMENT * 8;
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      out[i] = b[k] < 0 || b[k] >= bits ? 0 : a[j] << b[k];
    }
  },
  shiftRight(out, a, b, n, sa, sb) {
    const most = out.BYTES_PER_ELEMENT * 8 - (out instanceof Uint8Array ? 0 : 1);
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      out[i] = a[j] >> (b[k] < 0 || b[k] > most ? most : b[k]);
    }
  },
} satisfies Record<string, Loop<Numbers, Numbers>>;

export type IntBinary = keyof typeof INT_BINARY;

/** Truncating division leaves floor division one too high where the signs differ and a rest stays. */
function floorDivide64(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function power64(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) return base === 1n ? 1n : base === -1n ? (exponent % 2n === 0n ? 1n : -1n) : 0n;
  let result = 1n;
  let factor = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asIntN(64, result * factor);
    factor = BigInt.asIntN(64, factor * factor);
  }
  return result;
}

function gcd64(a: bigint, b: bigint): bigint {
  let x = a < 0n ? -a : a;
  let y = b < 0n ? -b : b;
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

export const INT64_BINARY: Record<IntBinary, Loop<BigInt64Array, BigInt64Array>> = {
  add(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] + b[k];
  },
  sub(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] - b[k];
  },
  mul(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] * b[k];
  },
  divTrunc(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      if (b[k] === 0n) throw divisionByZero();
      out[i] = a[j] / b[k];
    }
  },
  floorDivide(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      if (b[k] === 0n) throw divisionByZero();
      out[i] = floorDivide64(a[j], b[k]);
    }
  },
  remainder(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      if (b[k] === 0n) throw divisionByZero();
      const mod = a[j] % b[k];
      out[i] = mod !== 0n && b[k] < 0n !== mod < 0n ? mod + b[k] : mod;
    }
  },
  fmod(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      if (b[k] === 0n) throw divisionByZero();
      out[i] = a[j] % b[k];
    }
  },
  pow(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = power64(a[j], b[k]);
  },
  maximum(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] > b[k] ? a[j] : b[k];
  },
  minimum(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] < b[k] ? a[j] : b[k];
  },
  heaviside(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb)
      out[i] = a[j] === 0n ? b[k] : a[j] < 0n ? 0n : 1n;
  },
  gcd(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = gcd64(a[j], b[k]);
  },
  lcm(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      const divisor = gcd64(a[j], b[k]);
      const multiple = divisor === 0n ? 0n : BigInt.asIntN(64, (a[j] / divisor) * b[k]);
      out[i] = multiple < 0n ? -multiple : multiple;
    }
  },
  bitwiseAnd(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] & b[k];
  },
  bitwiseOr(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] | b[k];
  },
  bitwiseXor(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] ^ b[k];
  },
  shiftLeft(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      out[i] = b[k] < 0n || b[k] >= 64n ? 0n : a[j] << b[k];
    }
  },
  shiftRight(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      out[i] = a[j] >> (b[k] < 0n || b[k] > 63n ? 63n : b[k]);
    }
  },
};

/** Comparisons of numbers of one dtype; the bool result is 0 or 1. */
export const COMPARE = {
  eq(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] === b[k] ? 1 : 0;
  },
  ne(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] !== b[k] ? 1 : 0;
  },
  lt(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] < b[k] ? 1 : 0;
  },
  le(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] <= b[k] ? 1 : 0;
  },
  gt(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] > b[k] ? 1 : 0;
  },
  ge(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] >= b[k] ? 1 : 0;
  },
} satisfies Record<string, Loop<Uint8Array, Numbers>>;

export type Comparison = keyof typeof COMPARE;

export const COMPARE64: Record<Comparison, Loop<Uint8Array, BigInt64Array>> = {
  eq(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] === b[k] ? 1 : 0;
  },
  ne(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] !== b[k] ? 1 : 0;
  },
  lt(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] < b[k] ? 1 : 0;
  },
  le(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] <= b[k] ? 1 : 0;
  },
  gt(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] > b[k] ? 1 : 0;
  },
  ge(out, a, b, n, sa, sb) {
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) out[i] = a[j] >= b[k] ? 1 : 0;
  },
};
