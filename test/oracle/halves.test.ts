// float16 and bfloat16: what real PyTorch recorded of operators and their gradients, and which it refuses.
// PyTorch rounds some steps inside a kernel that this engine does not: a few numbers differ by one or two steps
// of the dtype, seen at the size of the tensor's largest element.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { bfloat16, float16 } from "../../engine/tensor/dtype";
import {
  bfloat16OfBits,
  bitsOfBfloat16,
  bitsOfFloat16,
  float16OfBits,
  roundToBfloat16,
  roundToFloat16,
} from "../../engine/tensor/halves";
import { loadPlainPython } from "../support/plainPython";

interface Value {
  dtype?: string;
  shape?: number[];
  values?: (number | string | boolean)[];
  json?: unknown;
}
interface Outcome {
  exception?: string | null;
  message?: string | null;
  outputs?: Record<string, Value | null>;
  traceback?: string;
}
interface Case extends Outcome {
  id: string;
  group: string;
  code: string;
}

const { cases } = JSON.parse(readFileSync("test/oracle/halves.json", "utf8")) as { cases: Case[] };
const EPSILON: Record<string, number> = { float16: 2 ** -10, bfloat16: 2 ** -7 };
/** Steps of the dtype that a number may differ by: layers and losses chain many rounded steps in PyTorch. */
const STEPS: Record<string, number> = { unary: 4, nn: 4, loss: 4 };

function largestOf(values: Iterable<Value | null>): number {
  let size = 0;
  for (const value of values)
    for (const number of value?.values ?? [])
      if (typeof number === "number") size = Math.max(size, Math.abs(number));
  return size;
}

function compare(name: string, own: Value | null | undefined, wanted: Value | null, within: number): void {
  // A complex result is recorded as nothing.
  if (wanted === null) return;
  assert.ok(own, `${name} is None here`);
  assert.deepEqual(own.json, wanted.json, name);
  assert.equal(own.dtype, wanted.dtype, `dtype of ${name}`);
  assert.deepEqual(own.shape, wanted.shape, `shape of ${name}`);
  const tolerance = within * (EPSILON[wanted.dtype ?? ""] ?? 2 ** -20);
  wanted.values?.forEach((value, i) => {
    const mine = own.values?.[i];
    const close =
      typeof value === "number" && typeof mine === "number"
        ? Math.abs(mine - value) <= tolerance
        : mine === value;
    assert.ok(close, `${name}[${i}] is ${mine}, in PyTorch ${value}`);
  });
}

describe("half precision answers as PyTorch", () => {
  let run: (code: string, names: string) => string;
  before(async function () {
    this.timeout(120_000);
    const python = await loadPlainPython();
    run = python.import("oracle.cases").values as unknown as typeof run;
  });
  let refused = 0;
  for (const recorded of cases) {
    it(`${recorded.id} (${recorded.group})`, () => {
      const names = JSON.stringify(Object.keys(recorded.outputs ?? {}));
      const outcome = JSON.parse(run(recorded.code, names)) as Outcome;
      if (outcome.exception === "NotImplementedError" && outcome.message?.includes("Gradient Inspector")) {
        assert.match(outcome.message, /\S+ is not available in Gradient Inspector's engine$/);
        refused++;
        return;
      }
      assert.equal(outcome.exception ?? null, recorded.exception ?? null, outcome.traceback);
      assert.equal(outcome.message ?? null, recorded.message ?? null);
      const steps = STEPS[recorded.group] ?? 2;
      const all = Object.values(recorded.outputs ?? {});
      for (const [name, wanted] of Object.entries(recorded.outputs ?? {})) {
        // A layer's gradients are differences of what it computes.
        const size = largestOf(recorded.group === "nn" ? all : [wanted]);
        compare(name, outcome.outputs?.[name], wanted, steps * size);
      }
    });
  }
  it("and refuses, by name, fewer than a tenth of the cases", () => {
    assert.ok(refused < cases.length / 10, `${refused} of ${cases.length} are refused`);
  });
});

describe("numbers in half precision", () => {
  it("every float16 keeps its bits through float32", () => {
    const bits = Uint16Array.from({ length: 1 << 16 }, (_, i) => i).filter(
      (each) => (each & 0x7fff) <= 0x7c00,
    );
    const numbers = float16OfBits(bits);
    const rounded = numbers.slice();
    roundToFloat16(rounded);
    assert.deepEqual(rounded, numbers);
    assert.deepEqual(bitsOfFloat16(numbers), bits);
  });

  it("every bfloat16 keeps its bits through float32", () => {
    const bits = Uint16Array.from({ length: 1 << 16 }, (_, i) => i).filter(
      (each) => (each & 0x7fff) <= 0x7f80,
    );
    const numbers = bfloat16OfBits(bits);
    const rounded = numbers.slice();
    roundToBfloat16(rounded);
    assert.deepEqual(rounded, numbers);
    assert.deepEqual(bitsOfBfloat16(numbers), bits);
  });

  it("a tie goes to the even neighbour, what is too large becomes infinite, NaN stays", () => {
    const numbers = Float32Array.of(
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      65519,
      65520,
      -7e4,
      Number.NaN,
      2 ** -25,
      3 * 2 ** -25,
    );
    float16.round?.(numbers);
    assert.deepEqual([...numbers], [1, 1 + 2 ** -9, 65504, Infinity, -Infinity, Number.NaN, 0, 2 ** -23]);
    const wide = Float32Array.of(1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.4e38, Number.NaN, -0);
    bfloat16.round?.(wide);
    assert.deepEqual([...wide], [1, 1 + 2 ** -6, Infinity, Number.NaN, -0]);
  });
});
