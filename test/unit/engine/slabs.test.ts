// Small float32 arrays that share a buffer: what one is told of another must not show that.
import { strict as assert } from "node:assert";
import { readsElsewhere } from "../../../engine/kernels/inOrder";
import { assertNoPartialOverlap } from "../../../engine/kernels/overlap";
import { reinterpreted } from "../../../engine/tensor/bits";
import { float32, int32 } from "../../../engine/tensor/dtype";
import { float32Zeros, isPartOf, sameMemory } from "../../../engine/tensor/slabs";
import { allocate } from "../../../engine/tensor/storage";
import { Tensor } from "../../../engine/tensor/tensor";

/** Two arrays of one slab: of some made one after another two must be neighbours. */
function neighbours(): [Float32Array, Float32Array] {
  let before = float32Zeros(100);
  for (let i = 0; i < 20; i++) {
    const next = float32Zeros(100);
    if (next.buffer === before.buffer) return [before, next];
    before = next;
  }
  throw new Error("no two arrays share a buffer");
}

describe("Small arrays in one buffer", () => {
  it("are zero, whatever was written beside them, and do not reach into each other", () => {
    const arrays = [17, 18, 31, 32, 33, 64, 1000, 4097, 8192, 100, 100, 100, 8193].flatMap((length) =>
      Array.from({ length: 20 }, () => {
        const array = float32Zeros(length);
        assert.equal(array.length, length);
        assert.ok(array.every((value) => value === 0));
        return array.fill(NaN);
      }),
    );
    for (const [i, array] of arrays.entries()) array.fill(i);
    for (const [i, array] of arrays.entries()) assert.ok(array.every((value) => value === i));
  });

  it("begin at multiples of 64 bytes", () => {
    for (const length of [17, 50, 100, 999]) {
      for (let i = 0; i < 20; i++) assert.equal(float32Zeros(length).byteOffset % 64, 0);
    }
  });

  it("keep little of a buffer alive that one survivor needs", () => {
    for (const length of [17, 100, 1000, 8192]) {
      assert.ok(float32Zeros(length).buffer.byteLength <= 64 * length);
    }
  });

  it("are not the same memory, and parts of one are", () => {
    const [a, b] = neighbours();
    assert.equal(sameMemory(a, b), false);
    assert.equal(isPartOf(a, b), false);
    assert.equal(isPartOf(b, a), false);
    assert.equal(isPartOf(b.subarray(10, 20), b), true);
    assert.equal(isPartOf(b.subarray(10, 20), a), false);
    assert.equal(sameMemory(a, new Int32Array(a.buffer, a.byteOffset, a.length)), true);
  });

  it("do not overlap for operators in place, though bits of one are read as another dtype", () => {
    const storages = Array.from({ length: 20 }, () => allocate(float32, 100));
    const tensors = storages.map((storage) => new Tensor(storage, float32, [100], [1]));
    const bits = storages.map((storage) => new Tensor(reinterpreted(storage, int32), int32, [100], [1]));
    for (let i = 1; i < tensors.length; i++) {
      assertNoPartialOverlap(tensors[i], bits[i - 1]);
      assert.equal(readsElsewhere(bits[i], bits[i - 1]), false);
      assert.equal(bits[i].storage, reinterpreted(storages[i], int32));
    }
    const shifted = new Tensor(bits[3].storage, int32, [50], [1], 25);
    const window = new Tensor(storages[3], float32, [50], [1], 0);
    assert.throws(() => assertNoPartialOverlap(window, shifted), /unsupported operation/);
  });
});
