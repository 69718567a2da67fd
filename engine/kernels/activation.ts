// Loops of activations that take numbers, and of their gradients. `g` is the incoming gradient, `x`
// the input. The steps in float32 are rounded where PyTorch's are.
import type { Floats } from "./iterate";
import { erf } from "./special";
import { GELU_BETA, GELU_KAPPA } from "./unary";
import { loopOfTwo } from "./wasm/loops";

type Map<P extends unknown[]> = (out: Floats, a: Floats, n: number, ...parameters: P) => void;
type MapTwo<P extends unknown[]> = (
  out: Floats,
  g: Floats,
  x: Floats,
  n: number,
  sg: number,
  sx: number,
  ...parameters: P
) => void;

const identity = (x: number) => x;
/** What storing in `out` does to a number. */
const roundingOf = (out: Floats) => (out instanceof Float32Array ? Math.fround : identity);

export const threshold: Map<[threshold: number, value: number]> = (out, a, n, limit, value) => {
  for (let i = 0; i < n; i++) out[i] = a[i] <= limit ? value : a[i];
};

/** The gradient passes where x is above the limit; NaN passes too. */
export const thresholdBackward: MapTwo<[threshold: number]> = (out, g, x, n, sg, sx, limit) => {
  // A limit that is no float32 is compared as a double.
  if (Math.fround(limit) === limit && loopOfTwo("thresholdBackward", out, g, x, n, sg, sx, limit)) return;
  for (let i = 0, j = 0, k = 0; i < n; i++, j += sg, k += sx) out[i] = x[k] <= limit ? 0 : g[j];
};

export const leakyRelu: Map<[slope: number]> = (out, a, n, slope) => {
  const factor = roundingOf(out)(slope);
  for (let i = 0; i < n; i++) out[i] = a[i] > 0 ? a[i] : a[i] * factor;
};

export const leakyReluBackward: MapTwo<[slope: number]> = (out, g, x, n, sg, sx, slope) => {
  const factor = roundingOf(out)(slope);
  for (let i = 0, j = 0, k = 0; i < n; i++, j += sg, k += sx) out[i] = x[k] > 0 ? g[j] : g[j] * factor;
};

/** x · scale above 0, scale · alpha · (exp(x · inputScale) - 1) below. */
export const elu: Map<[alpha: number, scale: number, inputScale: number]> = (
  out,
  a,
  n,
  alpha,
  scale,
  inputScale,
) => {
  const round = roundingOf(out);
  const negative = round(round(alpha) * round(scale));
  const positive = round(scale);
  const by = round(inputScale);
  for (let i = 0; i < n; i++) {
    const x = a[i];
    out[i] = x < 0 ? round(Math.expm1(round(x * by))) * negative : x * positive;
  }
};

export const eluBackward: MapTwo<[alpha: number, scale: number, inputScale: number, isResult: boolean]> = (
  out,
  g,
  x,
  n,
  sg,
  sx,
  alpha,
  scale,
  inputScale,
  isResult,
) => {
  const round = roundingOf(out);
  const negative = round(round(alpha) * round(scale));
  const positive = round(scale);
  const by = round(inputScale);
  for (let i = 0, j = 0, k = 0; i < n; i++, j += sg, k += sx) {
    const value = x[k];
    if (!(value <= 0)) out[i] = g[j] * positive;
    else if (isResult) out[i] = round(g[j] * by) * round(value + negative);
    else out[i] = round(round(g[j] * by) * negative) * round(Math.exp(round(value * by)));
  }
};

export const hardtanh: Map<[min: number, max: number]> = (out, a, n, min, max) => {
  for (let i = 0; i < n; i++) out[i] = a[i] < min ? min : a[i] > max ? max : a[i];
};

/** At the bounds themselves nothing passes. */
export const hardtanhBackward: MapTwo<[min: number, max: number]> = (out, g, x, n, sg, sx, min, max) => {
  for (let i = 0, j = 0, k = 0; i < n; i++, j += sg, k += sx) out[i] = x[k] <= min || x[k] >= max ? 0 : g[j];
};

export const hardsigmoidBackward: MapTwo<[]> = (out, g, x, n, sg, sx) => {
  // A float even where the tensors are doubles.
  const sixth = Math.fround(1 / 6);
  for (let i = 0, j = 0, k = 0; i < n; i++, j += sg, k += sx)
    out[i] = x[k] > -3 && x[k] < 3 ? g[j] * sixth : 0;
};

export const hardswishBackward: MapTwo<[]> = (out, g, x, n, sg, sx) => {
  const round = roundingOf(out);
  for (let i = 0, j = 0, k = 0; i < n; i++, j += sg, k += sx) {
    const value = x[k];
    out[i] = value <= -3 ? 0 : value < 3 ? g[j] * round(round(value / 3) + 0.5) : g[j];
  }
};

/** ln(1 + exp(beta x)) / beta; x itself where beta x is above the limit. */
export const softplus: Map<[beta: number, threshold: number]> = (out, a, n, beta, limit) => {
  const round = roundingOf(out);
  for (let i = 0; i < n; i++) {
    const x = round(a[i] * beta);
    out[i] = x > limit ? a[i] : round(Math.log1p(round(Math.exp(x)))) / beta;
  }
};

export const softplusBackward: MapTwo<[beta: number, threshold: number]> = (
  out,
  g,
  x,
  n,
  sg,
  sx,
  beta,
  limit,
) => {
  const round = roundingOf(out);
  for (let i = 0, j = 0, k = 0; i < n; i++, j += sg, k += sx) {
    const scaled = round(x[k] * beta);
    const z = round(Math.exp(scaled));
    out[i] = scaled > limit ? g[j] : round(g[j] * z) / round(z + 1);
  }
};

/** g (Φ(x) + x φ(x)) */
export const geluBackward: MapTwo<[]> = (out, g, x, n, sg, sx) => {
  const density = (2 / Math.sqrt(Math.PI)) * Math.SQRT1_2 * 0.5;
  for (let i = 0, j = 0, k = 0; i < n; i++, j += sg, k += sx) {
    const value = x[k];
    const cdf = 0.5 * (1 + erf(value * Math.SQRT1_2));
    out[i] = g[j] * (cdf + value * Math.exp(value * value * -0.5) * density);
  }
};

/** The derivative of ½ x (1 + tanh(β (x + κ x³))). */
export const geluTanhBackward: MapTwo<[]> = (out, g, x, n, sg, sx) => {
  for (let i = 0, j = 0, k = 0; i < n; i++, j += sg, k += sx) {
    const value = x[k];
    const cube = value * value * value;
    const inner = Math.tanh(GELU_BETA * (value + GELU_KAPPA * cube));
    const slope = 0.5 * value * (1 - inner * inner) * GELU_BETA * (1 + 3 * GELU_KAPPA * value * value);
    out[i] = g[j] * (0.5 * (1 + inner) + slope);
  }
};

export const mishBackward: MapTwo<[]> = (out, g, x, n, sg, sx) => {
  for (let i = 0, j = 0, k = 0; i < n; i++, j += sg, k += sx) {
    const value = x[k];
    const sigmoid = 1 / (1 + Math.exp(-value));
    const inner = Math.tanh(Math.log1p(Math.exp(value)));
    out[i] = g[j] * (inner + value * sigmoid * (1 - inner * inner));
  }
};

/** g σ(-x): from exp(-|x|), so that nothing overflows. */
export const logSigmoidBackward: MapTwo<[]> = (out, g, x, n, sg, sx) => {
  const round = roundingOf(out);
  for (let i = 0, j = 0, k = 0; i < n; i++, j += sg, k += sx) {
    const z = round(Math.exp(-Math.abs(x[k])));
    const part = round(z / round(1 + z));
    out[i] = g[j] * (x[k] < 0 ? round(1 - part) : part);
  }
};

export const hardshrink: Map<[lambd: number]> = (out, a, n, lambd) => {
  for (let i = 0; i < n; i++) out[i] = a[i] >= -lambd && a[i] <= lambd ? 0 : a[i];
};

/** For hardshrink and softshrink alike. */
export const shrinkBackward: MapTwo<[lambd: number]> = (out, g, x, n, sg, sx, lambd) => {
  for (let i = 0, j = 0, k = 0; i < n; i++, j += sg, k += sx) {
    out[i] = x[k] >= -lambd && x[k] <= lambd ? 0 : g[j];
  }
};

export const softshrink: Map<[lambd: number]> = (out, a, n, lambd) => {
  for (let i = 0; i < n; i++) out[i] = a[i] > lambd ? a[i] - lambd : a[i] < -lambd ? a[i] + lambd : a[i] * 0;
};
