// Numbers of events: Poisson's and binomial distributions, drawn in PyTorch's order. Large means are drawn by
// transformed rejection (Hoermann 1993: PTRS and BTRS), small ones by counting.
import { lgamma } from "./special";

/** Uniform numbers in [0, 1) with 53 bits. */
type Uniform = () => number;

const { abs, ceil, exp, floor, log, log1p, sqrt } = Math;

/** How many events, where `rate` are expected. */
export function poisson(rate: number, uniform: Uniform): number {
  if (rate === 0) return 0;
  if (rate < 10) {
    const least = exp(-rate);
    let product = uniform();
    let events = 0;
    while (product > least) {
      events++;
      product *= uniform();
    }
    return events;
  }
  const root = sqrt(rate);
  const logRate = log(rate);
  const b = 0.931 + 2.53 * root;
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const accepted = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = uniform() - 0.5;
    const v = uniform();
    const edge = 0.5 - abs(u);
    const k = floor(((2 * a) / edge + b) * u + rate + 0.43);
    if (edge >= 0.07 && v <= accepted) return k;
    if (k < 0 || (edge < 0.013 && v > edge)) continue;
    const left = log(v) + log(inverseAlpha) - log(a / (edge * edge) + b);
    if (left <= -rate + k * logRate - lgamma(k + 1)) return k;
  }
}

/** How many of `count` trials succeed with probability `p` each. */
export function binomial(count: number, p: number, uniform: Uniform): number {
  if (count <= 0 || p <= 0) return 0;
  if (p >= 1) return count;
  if (Number.isNaN(p)) return Number.NaN;
  if (p > 0.5) return count - successes(count, 1 - p, uniform);
  return successes(count, p, uniform);
}

function successes(count: number, p: number, uniform: Uniform): number {
  return count * p >= 10 ? byRejection(count, p, uniform) : byWaiting(count, p, uniform);
}

/** Sums geometric waiting times until the trials are used up. */
function byWaiting(count: number, p: number, uniform: Uniform): number {
  const logFailure = log1p(-p);
  let used = 0;
  for (let found = 0; ; found++) {
    used += ceil(log(uniform()) / logFailure);
    if (used > count) return found;
  }
}

function byRejection(count: number, p: number, uniform: Uniform): number {
  const deviation = sqrt(count * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const centre = count * p + 0.5;
  const accepted = 0.92 - 4.2 / b;
  const odds = p / (1 - p);
  const alpha = (2.83 + 5.1 / b) * deviation;
  const m = floor((count + 1) * p);
  for (;;) {
    const u = uniform() - 0.5;
    const v = uniform();
    const edge = 0.5 - abs(u);
    const k = floor(((2 * a) / edge + b) * u + centre);
    if (edge >= 0.07 && v <= accepted) return k;
    if (k < 0 || k > count) continue;
    const bound =
      (m + 0.5) * log((m + 1) / (odds * (count - m + 1))) +
      (count + 1) * log((count - m + 1) / (count - k + 1)) +
      (k + 0.5) * log((odds * (count - k + 1)) / (k + 1)) +
      tail(m) +
      tail(count - m) -
      tail(k) -
      tail(count - k);
    if (log((v * alpha) / (a / (edge * edge) + b)) <= bound) return k;
  }
}

/** What Stirling's formula leaves out of log(k!), exactly for small k. */
const TAILS = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
  0.0138761288230707, 0.0118967099458917, 0.010411265261972, 0.00925546218271273, 0.00833056343336287,
];

function tail(k: number): number {
  if (k < TAILS.length) return TAILS[k];
  const square = (k + 1) ** 2;
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1);
}
