// Gradients whose memory a leaf takes over, and that operators leave nobody else with a claim to such memory.
import { strict as assert } from "node:assert";
import { backward } from "../../../engine/autograd/api";
import { callbacks } from "../../../engine/autograd/callbacks";
import { modes, resetModes } from "../../../engine/autograd/modes";
import { elementsOf } from "../../../engine/kernels/strided";
import { operator, registry } from "../../../engine/ops";
import { add, mul } from "../../../engine/ops/arithmetic";
import type { SampleGenerator } from "../../../engine/ops/define";
import { sum } from "../../../engine/ops/reductions";
import { bool, float32, float64, int64 } from "../../../engine/tensor/dtype";
import { TorchError } from "../../../engine/tensor/errors";
import { numel } from "../../../engine/tensor/shape";
import { fromData, Tensor } from "../../../engine/tensor/tensor";

const COUNT = 100;
const ONCE = { retainGraph: false, createGraph: false };

function leaf(value: number): Tensor {
  const tensor = fromData(new Float32Array(COUNT).fill(value), [COUNT], float32);
  tensor.leafRequiresGrad = true;
  return tensor;
}
const first = (tensor: Tensor | null) => (tensor ? Number(elementsOf(tensor)[0]) : null);
const plusOne = (tensor: Tensor | null) => operator("add_.Scalar").call([tensor as Tensor, 1n, 1n]);
const gradient = (value: number) => fromData(new Float32Array(COUNT).fill(value), [COUNT], float32);

describe("A leaf's gradient", () => {
  beforeEach(resetModes);

  it("is the memory that a formula made, where nobody else has it", () => {
    const x = leaf(2);
    const made: unknown[] = [];
    const forward = mul(x, fromData(new Float32Array(COUNT).fill(3), [COUNT], float32));
    const { allocate } = float32;
    (float32 as { allocate: typeof allocate }).allocate = (length) => {
      const data = allocate(length);
      if (length === COUNT) made.push(data);
      return data;
    };
    try {
      backward([forward], [gradient(5)], ONCE, null);
    } finally {
      (float32 as { allocate: typeof allocate }).allocate = allocate;
    }
    assert.equal(first(x.grad), 15);
    assert.equal(made.length, 1, "one product, and no copy of it");
    assert.equal(x.grad?.storage.data, made[0]);
    assert.equal(x.grad?.version.value, 0);
  });

  it("is a copy of what was given to backward()", () => {
    const x = leaf(2);
    const given = gradient(5);
    backward([add(x, leaf(1), 1n)], [given], ONCE, null);
    plusOne(x.grad);
    assert.equal(first(given), 5);
    assert.equal(first(x.grad), 6);
  });

  it("is each leaf's own where one gradient comes to several", () => {
    const [x, y, z] = [leaf(1), leaf(2), leaf(3)];
    const both = add(add(x, y, 1n), z, 1n);
    backward([mul(both, leaf(4))], [gradient(1)], ONCE, null);
    const memories = new Set([x, y, z].map(({ grad }) => grad?.storage.data));
    assert.equal(memories.size, 3);
    plusOne(x.grad);
    assert.deepEqual(
      [x, y, z].map(({ grad }) => first(grad)),
      [5, 4, 4],
    );
  });

  it("is added to in place the next time, which changes no other tensor", () => {
    const [x, y] = [leaf(1), leaf(2)];
    const run = () => backward([sum(mul(add(x, y, 1n), leaf(3)), null)], [null], ONCE, null);
    run();
    const kept = x.grad;
    run();
    assert.equal(x.grad, kept);
    assert.deepEqual([first(x.grad), first(y.grad)], [6, 6]);
  });

  it("is a copy where Python was asked during the pass, which may have kept it", () => {
    const x = leaf(2);
    const before = callbacks.tensorHooks;
    let seen: Tensor | null = null;
    const h = mul(x, leaf(3));
    if (h.gradFn) h.gradFn.tensorPreHooks = [{ outputNr: 0, hook: 1 }];
    callbacks.tensorHooks = (_hooks, given) => {
      seen = given;
      return null;
    };
    try {
      backward([mul(h, leaf(1))], [gradient(5)], ONCE, null);
    } finally {
      callbacks.tensorHooks = before;
    }
    plusOne(x.grad);
    assert.equal(first(seen), 5);
    assert.equal(first(x.grad), 16);
  });

  it("is differentiable with create_graph, and then not the gradient's memory", () => {
    const x = leaf(2);
    backward([sum(mul(mul(x, x), x), null)], [null], { retainGraph: true, createGraph: true }, null);
    assert.equal(first(x.grad), 12);
    assert.notEqual(x.grad?.gradFn, null);
    modes.grad = true;
  });
});

function generator(): SampleGenerator {
  let state = 1;
  const random = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  const filled = (sizes: number[], value: () => number) =>
    fromData(Float64Array.from({ length: numel(sizes) }, value), sizes, float64);
  return {
    randn: (...sizes) => filled(sizes, () => random() * 2 - 1),
    uniform: (low, high, ...sizes) => filled(sizes, () => low + (high - low) * random()),
    integers: (low, high, ...sizes) => {
      const whole = () => BigInt(low + Math.floor((high - low) * random()));
      return fromData(BigInt64Array.from({ length: numel(sizes) }, whole), sizes, int64);
    },
    booleans: (...sizes) =>
      fromData(
        Uint8Array.from({ length: numel(sizes) }, () => (random() < 0.5 ? 1 : 0)),
        sizes,
        bool,
      ),
    tensor: (values, sizes) => fromData(Float64Array.from(values), sizes, float64),
  };
}

describe("An operator's result", () => {
  it("has no second storage for the memory of an argument", () => {
    resetModes();
    let looked = 0;
    const shared: string[] = [];
    for (const entry of registry) {
      for (const sample of entry.samples?.(generator()) ?? []) {
        const given = sample.flat().filter((arg): arg is Tensor => arg instanceof Tensor);
        let results: Tensor[];
        try {
          results = [entry.call([...sample])].flat();
        } catch (error) {
          if (error instanceof TorchError) continue;
          throw error;
        }
        looked++;
        for (const { storage } of results) {
          const twin = given.find((arg) => arg.storage.data === storage.data && arg.storage !== storage);
          if (twin) shared.push(entry.key);
        }
      }
    }
    assert.ok(looked > 700, `${looked} samples`);
    assert.deepEqual(shared, []);
  });
});
