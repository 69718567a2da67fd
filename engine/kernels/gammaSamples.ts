// Samples that are found by rejection: gamma (Marsaglia and Tsang 2000), Poisson (Hörmann 1993, PTRS) and binomial
// (Hörmann 1993, BTRS; sums of geometric numbers where few are expected). They take random numbers in PyTorch's
// order, and round to float32 where PyTorch's CPU code holds a parameter in the tensor's own dtype: `single`.
import { log, power } from "./doubleDouble";
import type { RandomGenerator } from "./mersenne";
import { lgamma } from "./special";

const SQUEEZE = Math.fround(0.0331);
const THIRD = Math.fround(1 / 3);

/** The smallest normal numbers: no sample of a gamma is smaller. */
export const SMALLEST_SINGLE = 2 ** -126;
export const SMALLEST_DOUBLE = 2 ** -1022;

/** One number of the gamma distribution with shape `alpha` and rate 1. */
export function sampleGamma(alpha: number, single: boolean, generator: RandomGenerator): number {
  const round = single ? Math.fround : (value: number) => value;
  let shape = alpha;
  let scale = 1;
  if (shape < 1) {
    if (shape === 0) return 0;
    // Gamma(a) = Gamma(a + 1) · U^(1/a): fewer are rejected.
    scale = power(1 - generator.uniform53(), round(1 / shape));
    shape = round(shape + 1);
  }
  const d = round(shape - THIRD);
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    let normal: number;
    let root: number;
    do {
      normal = generator.normal();
      root = 1 + c * normal;
    } while (root <= 0);
    const cube = root * root * root;
    const u = 1 - generator.uniform53();
    const square = normal * normal;
    const accepted = u < 1 - SQUEEZE * square * square || log(u) < 0.5 * square + d * (1 - cube + log(cube));
    if (accepted) return scale * d * cube;
  }
}

/** One number of the Poisson distribution. */
export function samplePoisson(rate: number, generator: RandomGenerator): number {
  if (rate === 0) return 0;
  if (rate < 10) {
    // How many uniform numbers can be multiplied before the product falls to e^-rate.
    const least = Math.exp(-rate);
    let product = generator.uniform53();
    let count = 0;
    while (product > least) {
      count++;
      product *= generator.uniform53();
    }
    return count;
  }
  const b = 0.931 + 2.53 * Math.sqrt(rate);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const box = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = generator.uniform53() - 0.5;
    const v = generator.uniform53();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + rate + 0.43);
    if (us >= 0.07 && v <= box) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    const ratio = Math.log(v) + Math.log(inverseAlpha) - Math.log(a / (us * us) + b);
    if (ratio <= -rate + k * Math.log(rate) - lgamma(k + 1)) return k;
  }
}

/** One number of the binomial distribution: how many of `count` trials succeed. */
export function sampleBinomial(
  count: number,
  probability: number,
  single: boolean,
  generator: RandomGenerator,
): number {
  if (count <= 0 || probability <= 0) return 0;
  if (probability >= 1) return count;
  if (Number.isNaN(probability)) return Number.NaN;
  const round = single ? Math.fround : (value: number) => value;
  const rarer = probability <= 0.5 ? probability : round(1 - probability);
  const found =
    round(count * rarer) >= 10
      ? byRejection(count, rarer, round, generator)
      : bySuccesses(count, rarer, round, generator);
  return probability <= 0.5 ? found : round(count - found);
}

type Round = (value: number) => number;

/** Geometric numbers tell how many trials go by up to the next success. */
function bySuccesses(count: number, probability: number, round: Round, generator: RandomGenerator): number {
  const logarithm = round(Math.log1p(-probability));
  let trials = 0;
  for (let successes = 0; ; successes++) {
    trials += Math.ceil(log(generator.uniform53()) / logarithm);
    if (trials > count) return successes;
  }
}

function byRejection(count: number, probability: number, round: Round, generator: RandomGenerator): number {
  const other = round(1 - probability);
  const deviation = round(Math.sqrt(round(round(count * probability) * other)));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * probability;
  const centre = round(count * probability) + 0.5;
  const box = 0.92 - 4.2 / b;
  const odds = round(probability / other);
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor(round((count + 1) * probability));
  for (;;) {
    const u = generator.uniform53() - 0.5;
    const v = generator.uniform53();
    const us = 0.5 - Math.abs(u);
    const k = round(Math.floor(((2 * a) / us + b) * u + centre));
    if (k < 0 || k > count) continue;
    if (us >= 0.07 && v <= box) return k;
    const bound =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (count - mode + 1))) +
      (count + 1) * Math.log((count - mode + 1) / (count - k + 1)) +
      (k + 0.5) * Math.log((odds * (count - k + 1)) / (k + 1)) +
      stirlingTail(mode) +
      stirlingTail(count - mode) -
      stirlingTail(k) -
      stirlingTail(count - k);
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
}

const TAILS = [
  0.0810614667953272, 0.0413406959554092, 0.0276779256849983, 0.02079067210376509, 0.0166446911898211,
  0.0138761288230707, 0.0118967099458917, 0.010411265261972, 0.00925546218271273, 0.00833056343336287,
];

/** What Stirling's formula leaves out of ln k!. */
function stirlingTail(k: number): number {
  if (k < TAILS.length) return TAILS[Math.trunc(k)];
  const square = (k + 1) * (k + 1);
  return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1);
}
