// The lists of operators that cast under autocast, against the operators that there are.
import assert from "node:assert/strict";
import { castingOperators } from "../../../engine/autograd/autocast";
import { modes } from "../../../engine/autograd/modes";
import { operator, registry } from "../../../engine/ops/index";
import { bfloat16, float32 } from "../../../engine/tensor/dtype";
import { fromData, type Tensor } from "../../../engine/tensor/tensor";

describe("autocast", () => {
  it("names only operators that are here", () => {
    const keys = new Set(registry.map((entry) => entry.key));
    assert.deepEqual(
      [...castingOperators].filter((key) => !keys.has(key)),
      [],
    );
  });

  it("casts what mm is given and leaves alone what add is given", () => {
    const ones = () => fromData(new Float32Array(4).fill(1), [2, 2], float32);
    modes.autocast = true;
    try {
      const product = operator("mm").call([ones(), ones()]) as Tensor;
      const sum = operator("add.Tensor").call([ones(), ones(), 1n]) as Tensor;
      assert.equal(product.dtype, bfloat16);
      assert.equal(sum.dtype, float32);
    } finally {
      modes.autocast = false;
    }
  });
});
