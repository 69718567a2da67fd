// Runs an operator's samples in float32 both ways, by the loops in TypeScript and with the WASM kernels, and tells
// what differs: the last bit counts, but for sums, which are added up in another order. Which kernels were called is
// watched, so that none goes without such a comparison.
import { grad } from "../../engine/autograd/api";
import { modes, resetModes } from "../../engine/autograd/modes";
import { requiresGrad } from "../../engine/autograd/views";
import { elementsOf } from "../../engine/kernels/strided";
import { type Kernels, kernels, wasm } from "../../engine/kernels/wasm/module";
import { type AdamSettings, adamStep } from "../../engine/ops/adam";
import type { OperatorEntry, Sample, SampleGenerator } from "../../engine/ops/define";
import { bool, type Data, float32, float64, int64 } from "../../engine/tensor/dtype";
import { TorchError } from "../../engine/tensor/errors";
import { numel } from "../../engine/tensor/shape";
import { Storage } from "../../engine/tensor/storage";
import { fromData, Tensor } from "../../engine/tensor/tensor";
import { leafOf, seeded } from "./gradcheck";

type KernelName = keyof {
  [K in keyof Kernels as Kernels[K] extends (...args: never[]) => void ? K : never]: K;
};

/** They tell sizes, compute nothing; a tile is a part of gemm. */
const HELPERS: readonly string[] = ["packingBytes", "paddedRows", "paddedColumns", "tile"];
/** They add up in float32 and in another order than the loops, which add up in double precision. */
const SUMS: readonly string[] = ["gemm", "columnSums", "lstmForward", "lstmBackward"];

/** The kernels that have been called since the last `watch`. */
const called = new Set<string>();

function watch(): void {
  if (kernels === null) throw new Error("there are no WASM kernels");
  const all = kernels as unknown as Record<string, unknown>;
  for (const [name, run] of Object.entries(all)) {
    if (typeof run !== "function" || HELPERS.includes(name)) continue;
    all[name] = (...args: unknown[]) => {
      called.add(name);
      return run(...args);
    };
  }
}
watch();

/** All kernels that compute something. */
export const KERNELS = Object.entries(kernels ?? {}).flatMap(([name, value]) =>
  typeof value === "function" && !HELPERS.includes(name) ? [name as KernelName] : [],
);

/** Answers `body`'s result by the loops alone, and with the kernels, for however few numbers. */
export function bothWays<T>(body: () => T, always: boolean): { slow: T; fast: T; kernels: Set<string> } {
  const before = { ...wasm };
  try {
    wasm.used = false;
    const slow = body();
    wasm.used = true;
    if (always) Object.assign(wasm, { shortest: 0, tiny: 0 });
    called.clear();
    const fast = body();
    return { slow, fast, kernels: new Set(called) };
  } finally {
    Object.assign(wasm, before);
  }
}

// ---- samples ----

const ODD = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  0,
  -0,
  1e-45,
  -3e-39,
  3e38,
  -88.5,
  89,
  -103.9,
  1.0000001,
  -1,
  0.34657,
];

interface Setting {
  /** By how much sizes other than 1 are multiplied. */
  factor: number;
  /** Whether some of the numbers are special ones. */
  odd: boolean;
}

const TOO_MANY = 30_000;

/** Null where a tensor would have too many numbers. */
function samplesOf(entry: OperatorEntry, { factor, odd }: Setting): Sample[] | null {
  const random = seeded(entry.number + 3);
  let large = false;
  const made = new Set<unknown>();
  const note = (tensor: Tensor) => {
    made.add(tensor);
    return tensor;
  };
  const make = (sizes: readonly number[], value: () => number) => {
    const grown = sizes.map((size) => (size === 1 ? 1 : size * factor));
    if (numel(grown) > TOO_MANY) {
      large = true;
      return fromData(new Float64Array(numel(sizes)), [...sizes], float64);
    }
    let i = 0;
    const data = Float32Array.from({ length: numel(grown) }, () => {
      const plain = value();
      return odd && i++ % 5 === 2 ? ODD[Math.floor(random() * ODD.length)] : plain;
    });
    return note(fromData(data, grown, float32));
  };
  const whole = (sizes: readonly number[]) => sizes.map((size) => (size === 1 ? 1 : size * factor));
  const g: SampleGenerator = {
    randn: (...sizes) =>
      make(sizes, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())),
    uniform: (low, high, ...sizes) => make(sizes, () => low + (high - low) * random()),
    integers: (low, high, ...sizes) => {
      const grown = whole(sizes);
      const value = () => BigInt(low + Math.floor((high - low) * random()));
      return note(fromData(BigInt64Array.from({ length: numel(grown) }, value), grown, int64));
    },
    booleans: (...sizes) => {
      const grown = whole(sizes);
      const value = () => (random() < 0.5 ? 1 : 0);
      return note(fromData(Uint8Array.from({ length: numel(grown) }, value), grown, bool));
    },
    tensor: (values, sizes) => fromData(Float32Array.from(values), [...sizes], float32),
  };
  const samples = entry.samples?.(g) ?? [];
  if (large) return null;
  // What is written out number by number keeps its size, and fits no others then.
  const grows = (item: unknown) => !(item instanceof Tensor) || made.has(item);
  return factor === 1 ? samples : samples.filter((sample) => sample.flat().every(grows));
}

// ---- running one ----

/** The same numbers in memory with a gap after each. */
function spread(tensor: Tensor): Tensor {
  const data = tensor.dtype.allocate(tensor.numel * 2 + 1);
  const source = elementsOf(tensor);
  for (let i = 0; i < source.length; i++) data[2 * i + 1] = source[i];
  const strides = tensor.strides.map((stride) => stride * 2);
  return new Tensor(new Storage(data, tensor.dtype), tensor.dtype, tensor.sizes, strides, 1);
}

interface Outcome {
  /** Results, then gradients of the inputs; or the text of what PyTorch would raise. */
  numbers: Data[] | string;
}

/** The operator's results for copies of a sample, and the gradients of what can have one. */
function outcome(entry: OperatorEntry, sample: Sample, strided: boolean, seed: number): Outcome {
  resetModes();
  const leaves: Tensor[] = [];
  const { formulas } = entry;
  const copy = (item: unknown, name: string) => {
    if (!(item instanceof Tensor)) return item;
    const differentiable = item.isFloat && (!(formulas instanceof Map) || formulas.has(name));
    const leaf = leafOf(strided ? spread(item) : item, differentiable && formulas !== "refuse");
    if (leaf.leafRequiresGrad) leaves.push(leaf);
    return leaf;
  };
  const args = sample.map((arg, i) => {
    const { name } = entry.schema.params[i];
    return Array.isArray(arg) ? arg.map((item) => copy(item, name)) : copy(arg, name);
  });
  try {
    const found = entry.call(args);
    const outputs = Array.isArray(found) ? found : [found];
    const numbers = outputs.map((output) => elementsOf(output).slice());
    const ends = outputs.filter((output) => output.isFloat && requiresGrad(output) && output.numel > 0);
    if (leaves.length === 0 || ends.length === 0 || entry.schema.name.endsWith("_")) return { numbers };
    const random = seeded(seed);
    const vectors = ends.map(({ sizes, dtype }) => {
      const data = Float32Array.from({ length: numel(sizes) }, () => random() * 2 - 1);
      return dtype === float32
        ? fromData(data, sizes, dtype)
        : fromData(Float64Array.from(data), sizes, dtype);
    });
    const options = { retainGraph: false, createGraph: false };
    for (const gradient of grad(ends, leaves, vectors, options, true)) {
      if (gradient !== null) numbers.push(elementsOf(gradient).slice());
    }
    return { numbers };
  } catch (error) {
    if (error instanceof TorchError) return { numbers: `${error.type}: ${error.message}` };
    throw error;
  }
}

/** What differs first; null for nothing. `bound` is relative to the largest number; 0 asks for the same bits. */
function difference({ numbers: slow }: Outcome, { numbers: fast }: Outcome, bound: number): string | null {
  if (typeof slow === "string" || typeof fast === "string") {
    return slow === fast ? null : `${typeof fast === "string" ? fast : "a result"} instead of ${slow}`;
  }
  for (let place = 0; place < slow.length; place++) {
    const [a, b] = [slow[place], fast[place]];
    let largest = 0;
    if (bound > 0)
      for (const x of a) if (Number.isFinite(Number(x))) largest = Math.max(largest, Math.abs(Number(x)));
    for (let i = 0; i < a.length; i++) {
      const [x, y] = [Number(a[i]), Number(b[i])];
      if (Object.is(x, y) || (bound > 0 && Math.abs(x - y) <= bound * largest)) continue;
      return `${y} instead of ${x} at ${i} of result ${place}`;
    }
  }
  return null;
}

/** What was found for one operator: the kernels that it led to, and where the two ways differ. */
export interface Comparison {
  kernels: Set<string>;
  differences: string[];
  /** How many samples were run both ways and gave results. */
  compared: number;
  /** Sizes that were not tried, since the smaller ones took too long. */
  left: number;
}

// ---- Adam's step, which is no operator of the table ----

const ADAM = { rate: 0.01, beta1: 0.9, beta2: 0.999, eps: 1e-8, decay: 0, decoupled: false };

/** Three steps of Adam for `count` numbers, special ones among the gradients: parameter, means, counts of changes. */
function adamOutcome(count: number, settings: AdamSettings): Outcome {
  resetModes();
  modes.grad = false;
  const random = seeded(count);
  const filled = (value: () => number) =>
    fromData(Float32Array.from({ length: count }, value), [count], float32);
  const [param, mean, square] = [filled(() => random() * 2 - 1), filled(() => 0), filled(() => 0)];
  const step = fromData(new Float32Array(1), [], float32);
  for (let round = 0; round < 3; round++) {
    let i = 0;
    const grad = filled(() => (i++ % 9 === 4 ? ODD[Math.floor(random() * ODD.length)] : random() * 2 - 1));
    adamStep({ param, grad, step, mean, square }, settings);
  }
  const versions = [param, mean, square, step].map(({ version }) => version.value);
  resetModes();
  return {
    numbers: [
      ...[param, mean, square].map((tensor) => elementsOf(tensor).slice()),
      Float64Array.from(versions),
    ],
  };
}

export function compareAdam(): Comparison {
  const out: Comparison = { kernels: new Set(), differences: [], compared: 0, left: 0 };
  const variants: Partial<AdamSettings>[] = [
    {},
    { decay: 0.1 },
    { decay: 0.1, decoupled: true },
    { beta1: 0.3, beta2: 0.7, eps: 1e-3 },
  ];
  for (const variant of variants) {
    for (const count of [1, 3, 4, 101, 8192, 8193, 20_011]) {
      const { slow, fast, kernels } = bothWays(() => adamOutcome(count, { ...ADAM, ...variant }), false);
      for (const name of kernels) out.kernels.add(name);
      out.compared++;
      const found = difference(slow, fast, 0);
      if (found) out.differences.push(`${count} numbers, ${JSON.stringify(variant)}: ${found}`);
    }
  }
  return out;
}

/**
 * As declared, with every kernel however few the numbers; somewhat larger; beyond the crossover, and beyond what is
 * copied at a time. Plain numbers come first: an operator that leads to no kernel is left there.
 */
const SETTINGS: readonly Setting[] = [
  { factor: 1, odd: false },
  { factor: 3, odd: false },
  { factor: 1, odd: true },
  { factor: 19, odd: true },
  { factor: 67, odd: true },
  { factor: 67, odd: false },
];
/** Milliseconds after which no larger sizes are tried. */
const ENOUGH = 200;
const TOO_MANY_RESULTS = 1_000_000;

/** Runs the samples of `entry` both ways: small and large, contiguous and strided, plain numbers and special ones. */
export function compare(entry: OperatorEntry): Comparison {
  const out: Comparison = { kernels: new Set(), differences: [], compared: 0, left: 0 };
  const began = performance.now();
  /** How many numbers came out with sizes as declared, and with three times those. */
  const counts: number[] = [];
  SETTINGS.forEach((setting, place) => {
    if (place > 1 && out.kernels.size === 0) return;
    if (place > 1 && performance.now() - began > ENOUGH) {
      out.left++;
      return;
    }
    const [once, thrice] = counts;
    // A Kronecker product's result grows faster than what it is made of.
    if (place > 1 && once * setting.factor ** (Math.log(thrice / once) / Math.log(3)) > TOO_MANY_RESULTS)
      return;
    let count = 1;
    samplesOf(entry, setting)?.forEach((sample, index) => {
      for (const strided of [false, true])
        count += compareSample(entry, sample, index, setting, strided, out);
    });
    counts.push(count);
  });
  return out;
}

/** Answers how many numbers came out. */
function compareSample(
  entry: OperatorEntry,
  sample: Sample,
  index: number,
  { factor, odd }: Setting,
  strided: boolean,
  out: Comparison,
): number {
  const { slow, fast, kernels } = bothWays(() => outcome(entry, sample, strided, index + 11), factor === 1);
  const sums = SUMS.some((name) => kernels.has(name));
  let count = 0;
  if (typeof slow.numbers !== "string") {
    out.compared++;
    for (const name of kernels) out.kernels.add(name);
    for (const numbers of slow.numbers) count += numbers.length;
  }
  // Where huge numbers are added up, float32 overflows and double precision does not.
  if (kernels.size === 0 || (sums && odd)) return count;
  const found = difference(slow, fast, sums ? 2e-5 : 0);
  if (found === null) return count;
  const how = `${odd ? ", special numbers" : ""}${strided ? ", strided" : ""}`;
  out.differences.push(`sample ${index}, sizes times ${factor}${how}: ${found} (${[...kernels].join(", ")})`);
  return count;
}
