// The memory limit is asked before results that kernels leave in WASM's memory are copied out of it.
import { strict as assert } from "node:assert";
import { type LstmOperands, lstmGradients, lstmLayer } from "../../../engine/kernels/wasm/lstm";
import { reserve, watchMemory } from "../../../engine/tensor/memory";

const shape = { steps: 3, batch: 2, width: 5, size: 4, reverse: false };
const { steps, batch, width, size } = shape;
const operands: LstmOperands = {
  input: new Float32Array(steps * batch * width),
  ih: new Float32Array(4 * size * width),
  hh: new Float32Array(4 * size * size),
  biasIh: new Float32Array(4 * size),
  biasHh: new Float32Array(4 * size),
  hidden: new Float32Array(batch * size),
  cell: new Float32Array(batch * size),
};

/** Bytes of `arrays`, a bias counted for both. */
function bytesOf(arrays: Readonly<Record<string, Float32Array>>): number {
  return Object.entries(arrays).reduce(
    (sum, [name, { byteLength }]) => sum + (name === "bias" ? 2 : 1) * byteLength,
    0,
  );
}

describe("The memory limit", () => {
  afterEach(() => watchMemory(null));

  const passes = {
    "an LSTM layer": () => lstmLayer(shape, operands, () => {}),
    "the gradients of an LSTM layer": () =>
      lstmGradients(shape, operands, { output: null, hidden: null, cell: null }, () => {}),
  };
  for (const [name, pass] of Object.entries(passes)) {
    it(`is asked for the bytes of ${name}`, () => {
      const results = pass();
      assert.ok(results, "not computed in WASM");
      watchMemory({ limit: 2 ** 30, inUse: () => 2 ** 30, release: () => {} });
      // So much that the next request is measured.
      assert.throws(() => reserve(2 ** 24));
      assert.throws(pass, new RegExp(`allocate ${bytesOf({ ...results })} bytes`));
    });
  }
});
