// Numbers with a distribution from random bits, drawn in PyTorch's order and rounded where PyTorch rounds.
// Facts: ATen/core/TransformationHelper.h, DistributionsHelper.h, native/cpu/DistributionTemplates.h.
import {
  bfloat16,
  bool,
  type Data,
  type DType,
  float16,
  float32,
  float64,
  inFloat32,
  int8,
  int16,
  int32,
  int64,
  uint8,
} from "../tensor/dtype";
import { log, sinCos } from "./doubleDouble";
import { fma } from "./fma";
import type { RandomGenerator } from "./mersenne";
import { normalBlock32 } from "./normalBlock";

const { fround } = Math;

/** Uniform in [from, to): 24 bits for float32, 53 for float64. */
export function fillUniform(
  out: Data,
  dtype: DType,
  from: number,
  to: number,
  generator: RandomGenerator,
): void {
  if (dtype === float64) {
    for (let i = 0; i < out.length; i++) out[i] = fma(generator.uniform53(), to - from, from);
    return;
  }
  // One rounding: the CPU multiplies and adds at once.
  const width = fround(fround(to) - fround(from));
  const start = fround(from);
  for (let i = 0; i < out.length; i++) out[i] = fround(generator.uniform24() * width + start);
}

/** Normal. Blocks of 16 share their uniform numbers where there are that many; fewer are drawn one by one. */
export function fillNormal(
  out: Data,
  dtype: DType,
  mean: number,
  deviation: number,
  generator: RandomGenerator,
): void {
  const count = out.length;
  if (count < 16) {
    for (let i = 0; i < count; i++) out[i] = generator.normal() * deviation + mean;
    return;
  }
  const single = inFloat32(dtype);
  const numbers = out as Float32Array | Float64Array;
  const draw = (from: number, until: number) => {
    for (let i = from; i < until; i++) numbers[i] = single ? generator.uniform24() : generator.uniform53();
  };
  const block = (at: number) => {
    if (single) normalBlock32(numbers as Float32Array, at, mean, deviation);
    else normalBlock64(numbers as Float64Array, at, mean, deviation);
  };
  // Half precision draws block by block, so that an unfinished block has drawn nothing yet.
  draw(0, dtype === float16 || dtype === bfloat16 ? count - (count % 16) : count);
  for (let i = 0; i + 16 <= count; i += 16) block(i);
  if (count % 16 !== 0) {
    // The last 16 are drawn again.
    draw(count - 16, count);
    block(count - 16);
  }
}

function normalBlock64(numbers: Float64Array, at: number, mean: number, deviation: number): void {
  for (let j = at; j < at + 8; j++) {
    const radius = Math.sqrt(-2 * log(1 - numbers[j]));
    const [sin, cos] = sinCos(2 * Math.PI * numbers[j + 8]);
    numbers[j] = fma(radius * cos, deviation, mean);
    numbers[j + 8] = fma(radius * sin, deviation, mean);
  }
}

/** Whole numbers in [from, to). */
export function fillIntegers(
  out: Data,
  dtype: DType,
  from: bigint,
  to: bigint,
  generator: RandomGenerator,
): void {
  const range = to - from;
  // 64 bits where the remainder of 32 would favour small numbers by more than a sixteenth.
  const wide = range >= 1n << 28n;
  const big = dtype === int64;
  for (let i = 0; i < out.length; i++) {
    const drawn = wide ? generator.random64() : BigInt(generator.random32());
    const value = (drawn % range) + from;
    out[i] = big ? value : Number(value);
  }
}

/** How many different values `random_()` without bounds draws from. */
const RANGES = new Map<DType, bigint>([
  [bool, 2n],
  [uint8, 256n],
  [int8, 128n],
  [int16, 32768n],
  [int32, 0x80000000n],
  [int64, 0x8000000000000000n],
  [float16, (1n << 11n) + 1n],
  [bfloat16, (1n << 8n) + 1n],
  [float32, (1n << 24n) + 1n],
  [float64, (1n << 53n) + 1n],
]);

/** Whole numbers over all that the dtype holds exactly. */
export function fillAny(out: Data, dtype: DType, generator: RandomGenerator): void {
  const range = RANGES.get(dtype) ?? 2n;
  const big = dtype === int64;
  const wide = big || dtype === float64;
  for (let i = 0; i < out.length; i++) {
    const drawn = wide ? generator.random64() : BigInt(generator.random32());
    out[i] = big ? drawn % range : Number(drawn % range);
  }
}

/** -log(1 - u) / rate. */
export function fillExponential(out: Data, rate: number, generator: RandomGenerator): void {
  for (let i = 0; i < out.length; i++) out[i] = (-1 / rate) * Math.log1p(-generator.uniform53());
}

/** median + sigma·tan(π(u - ½)). */
export function fillCauchy(out: Data, median: number, sigma: number, generator: RandomGenerator): void {
  for (let i = 0; i < out.length; i++)
    out[i] = median + sigma * Math.tan(Math.PI * (generator.uniform53() - 0.5));
}

/** ceil(log(u) / log(1 - p)). */
export function fillGeometric(out: Data, p: number, generator: RandomGenerator): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.ceil(Math.log(generator.uniform53()) / Math.log1p(-p));
}

export function fillLogNormal(out: Data, mean: number, deviation: number, generator: RandomGenerator): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.exp(generator.normal() * deviation + mean);
}

/** 1 with probability p, 0 otherwise. */
export function drawBernoulli(p: number, generator: RandomGenerator): number {
  return generator.uniform53() < p ? 1 : 0;
}

/** 0 ... count-1 in random order: each place is swapped with a later one. */
export function permutation(count: number, generator: RandomGenerator): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < count - 1; i++) {
    const other = i + (generator.random32() % (count - i));
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}
