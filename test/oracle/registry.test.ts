// Walks the operator table: each operator with samples is checked against numeric derivatives of both
// orders, on strided inputs, in its in-place form and on empty tensors, and what it leads to in WASM against the
// loops in TypeScript. Nothing here knows an operator.
import assert from "node:assert/strict";
import { resetModes } from "../../engine/autograd/modes";
import { gradFnOf } from "../../engine/autograd/views";
import { elementsOf } from "../../engine/kernels/strided";
import { operator, registry } from "../../engine/ops";
import type { OperatorEntry, Sample, SampleGenerator } from "../../engine/ops/define";
import { bool, float64, int64 } from "../../engine/tensor/dtype";
import { TorchError } from "../../engine/tensor/errors";
import { isContiguous, numel } from "../../engine/tensor/shape";
import { Storage } from "../../engine/tensor/storage";
import { fromData, Tensor } from "../../engine/tensor/tensor";
import { type Comparison, compare, compareAdam, KERNELS } from "./bothWays";
import { gradientError, gradientFunction, leafOf, seeded } from "./gradcheck";

function generator(random: () => number): SampleGenerator {
  const filled = (sizes: number[], value: () => number) =>
    fromData(Float64Array.from({ length: numel(sizes) }, value), sizes, float64);
  return {
    randn: (...sizes) =>
      filled(sizes, () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())),
    uniform: (low, high, ...sizes) => filled(sizes, () => low + (high - low) * random()),
    integers: (low, high, ...sizes) =>
      fromData(
        BigInt64Array.from({ length: numel(sizes) }, () => BigInt(low + Math.floor((high - low) * random()))),
        sizes,
        int64,
      ),
    booleans: (...sizes) =>
      fromData(
        Uint8Array.from({ length: numel(sizes) }, () => (random() < 0.5 ? 1 : 0)),
        sizes,
        bool,
      ),
    tensor: (values, sizes) => fromData(Float64Array.from(values), sizes, float64),
  };
}

/** The tensors of a sample that can require grad, and a way to run the operator with others in their place. */
function differentiable(entry: OperatorEntry, sample: Sample) {
  const inputs: Tensor[] = [];
  const { formulas } = entry;
  sample.forEach((arg, i) => {
    const { name } = entry.schema.params[i];
    const known = (!(formulas instanceof Map) || formulas.has(name)) && !CONSTANTS[entry.key]?.includes(name);
    for (const item of Array.isArray(arg) ? arg : [arg]) {
      if (known && item instanceof Tensor && item.dtype === float64) inputs.push(item);
    }
  });
  const run = (others: Tensor[]): Tensor[] => {
    const swap = (item: unknown) => {
      const at = inputs.indexOf(item as Tensor);
      return at < 0 ? item : others[at];
    };
    const args = sample.map((arg) => (Array.isArray(arg) ? arg.map(swap) : swap(arg)));
    if (entry.schema.name.endsWith("_")) args[0] = operator("clone").call([args[0], null]);
    const out = entry.call(args);
    return Array.isArray(out) ? out : [out];
  };
  return { inputs, run };
}

/** The same numbers in memory with a gap after each. */
function spread(tensor: Tensor): Tensor {
  const data = tensor.dtype.allocate(tensor.numel * 2 + 1);
  const source = elementsOf(tensor);
  for (let i = 0; i < source.length; i++) data[2 * i + 1] = source[i];
  const strides = tensor.strides.map((stride) => stride * 2);
  return new Tensor(new Storage(data, tensor.dtype), tensor.dtype, tensor.sizes, strides, 1);
}

function mapTensors(sample: Sample, change: (tensor: Tensor) => Tensor): unknown[] {
  const each = (item: unknown) => (item instanceof Tensor ? change(item) : item);
  return sample.map((arg) => (Array.isArray(arg) ? arg.map(each) : each(arg)));
}

function resultsOf(entry: OperatorEntry, args: unknown[]): Tensor[] {
  const out = entry.call(args);
  return Array.isArray(out) ? out : [out];
}

function assertSame(got: Tensor, wanted: Tensor, what: string): void {
  assert.deepEqual([...got.sizes], [...wanted.sizes], `${what}: shape`);
  const [a, b] = [elementsOf(got), elementsOf(wanted)];
  for (let i = 0; i < b.length; i++) {
    const [x, y] = [Number(a[i]), Number(b[i])];
    assert.ok(
      Object.is(x, y) || Math.abs(x - y) <= 1e-12 * Math.max(1, Math.abs(y)),
      `${what}: ${x} instead of ${y} at ${i}`,
    );
  }
}

/** In-place forms and forms for Python's numbers share the formulas of the operator they were made from. */
const derived = (entry: OperatorEntry) =>
  entry.schema.name.endsWith("_") || entry.schema.overload.startsWith("Scalar") || entry.kind === "composite";

/** Their results depend on how the input lies in memory: that is their purpose. */
const READS_MEMORY = new Set(["as_strided", "_reshape_alias", "as_strided_scatter", "as_strided_copy"]);

/** Tensor arguments that a composite operator treats as constants, as PyTorch does. */
const CONSTANTS: Record<string, readonly string[]> = { cross_entropy_loss: ["weight"] };

const sampled = registry.filter((entry) => entry.samples !== null);

const comparisons = new Map<string, Comparison>();
/** What is found for one operator, or for Adam's step, which is none: once, whichever test asks first. */
function comparisonOf(key: string, make: () => Comparison): Comparison {
  const found = comparisons.get(key) ?? make();
  comparisons.set(key, found);
  return found;
}

describe("the operator table", () => {
  beforeEach(resetModes);

  it("has samples for every operator with formulas", () => {
    const without = registry
      .filter((entry) => entry.formulas instanceof Map && entry.samples === null && !derived(entry))
      .map(({ key }) => key);
    assert.deepEqual(without, []);
  });

  it("has a node's name for every operator with formulas", () => {
    for (const entry of registry) {
      if (entry.formulas instanceof Map)
        assert.match(entry.nodeName, /^[A-Z]\w*(Backward\d+(_copy)?|Backwards)$/, entry.key);
    }
  });

  for (const entry of sampled) {
    const samples = () => entry.samples?.(generator(seeded(entry.number + 1))) ?? [];
    const skipped = entry.gradcheckSkipped;

    if (entry.formulas !== "refuse") {
      it(`${entry.key}: gradient as the numeric one${skipped ? ` (not checked: ${skipped})` : ""}`, () => {
        for (const sample of samples()) {
          const { inputs, run } = differentiable(entry, sample);
          if (inputs.length === 0) continue;
          const outputs = run(inputs.map((input) => leafOf(input, true)));
          if (outputs.every((output) => gradFnOf(output) === null)) continue;
          if (!skipped) assert.equal(gradientError(run, inputs, seeded(7)), null);
        }
      });

      it(`${entry.key}: second order as the numeric one${skipped ? ` (not checked: ${skipped})` : ""}`, () => {
        if (skipped) return;
        for (const sample of samples()) {
          const { inputs, run } = differentiable(entry, sample);
          if (inputs.length === 0) continue;
          const outputs = run(inputs.map((input) => leafOf(input, true)));
          if (outputs.every((output) => gradFnOf(output) === null)) continue;
          const first = gradientFunction(run, inputs, seeded(8));
          const constant = first(inputs.map((input) => leafOf(input, true))).every(
            (g) => gradFnOf(g) === null,
          );
          if (!constant) assert.equal(gradientError(first, inputs, seeded(9)), null);
        }
      });
    }

    if (skipped !== "random") {
      it(`${entry.key}: in WASM as by the loops in TypeScript, where it leads there`, function () {
        this.timeout(30_000);
        assert.deepEqual(comparisonOf(entry.key, () => compare(entry)).differences, []);
      });
    }

    it(`${entry.key}: strided inputs, empty inputs, in place`, () => {
      for (const sample of samples()) {
        emptyInputs(entry, sample);
        if (skipped === "random" || READS_MEMORY.has(entry.key)) continue;
        const args = mapTensors(sample, (tensor) => leafOf(tensor, false));
        const wanted = resultsOf(entry, [...args]);
        // A window that is named by strides is another one where the elements lie otherwise.
        const isWindow = entry.kind === "view" && entry.schema.params.some(({ name }) => name === "stride");
        const strided = isWindow ? wanted : resultsOf(entry, mapTensors(sample, spread));
        wanted.forEach((output, i) => {
          assertSame(strided[i], output, "strided");
        });
        assert.ok(sample.every((arg) => !(arg instanceof Tensor) || isContiguous(arg.sizes, arg.strides)));
        inPlace(entry, sample, wanted[0]);
      }
    });
  }
});

describe("WASM kernels", () => {
  it("Adam's step leaves the numbers and the counts of changes that its operators leave, to the last bit", () => {
    assert.deepEqual(comparisonOf("adam", compareAdam).differences, []);
  });

  it("each one is reached and compared: by an operator of the table, or by Adam's step", function () {
    this.timeout(120_000);
    const reached = new Set(comparisonOf("adam", compareAdam).kernels);
    const slow: string[] = [];
    for (const entry of sampled) {
      if (entry.gradcheckSkipped === "random") continue;
      const { kernels, left } = comparisonOf(entry.key, () => compare(entry));
      for (const name of kernels) reached.add(name);
      if (left > 0) slow.push(`${entry.key} (${left})`);
    }
    if (slow.length > 0) console.log(`      larger sizes left out for time: ${slow.join(", ")}`);
    assert.ok(KERNELS.length > 20, `${KERNELS.length} kernels`);
    assert.deepEqual(
      KERNELS.filter((name) => !reached.has(name)),
      [],
    );
  });
});

/** What PyTorch refuses may be refused; nothing else may be thrown. */
function emptyInputs(entry: OperatorEntry, sample: Sample): void {
  const args = mapTensors(sample, (tensor) => {
    const sizes = tensor.sizes.map((size, d) => (d === 0 ? 0 : size));
    return tensor.rank === 0
      ? leafOf(tensor, false)
      : fromData(tensor.dtype.allocate(0), sizes, tensor.dtype);
  });
  try {
    resultsOf(entry, args);
  } catch (error) {
    if (!(error instanceof TorchError)) throw error;
  }
}

function inPlace(entry: OperatorEntry, sample: Sample, wanted: Tensor): void {
  const { name, overload } = entry.schema;
  const key = overload ? `${name}_.${overload}` : `${name}_`;
  const twin = registry.find((other) => other.key === key);
  const self = sample[0];
  if (!twin || !(self instanceof Tensor) || self.dtype !== wanted.dtype) return;
  if (self.sizes.join() !== wanted.sizes.join()) return;
  const args = mapTensors(sample, (tensor) => leafOf(tensor, false)).slice(0, twin.schema.params.length);
  const target = args[0] as Tensor;
  const out = twin.call(args);
  assert.equal(out, target);
  assert.equal(target.version.value, 1, "in place: version");
  assertSame(target, wanted, "in place");
}
