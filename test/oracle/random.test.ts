// Random numbers against real PyTorch's: the same numbers from the same seed, and as many of them taken.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { globalGenerator } from "../../engine/kernels/mersenne";
import { elementsOf } from "../../engine/kernels/strided";
import { operator } from "../../engine/ops";
import { int64 } from "../../engine/tensor/dtype";
import { TorchError } from "../../engine/tensor/errors";
import { fromData, type Tensor } from "../../engine/tensor/tensor";
import { argumentsOf } from "./callCases";

interface Case {
  op: string;
  args: unknown[];
  seed: string;
  out: { v: (number | string)[]; d: string; s: number[]; st: number[] }[];
  next?: string;
  error?: [string, string];
}

const { cases } = JSON.parse(readFileSync("test/oracle/random.json", "utf8")) as { cases: Case[] };

/**
 * The C library's logarithm, sine and cosine differ from JavaScript's in the last digit now and then:
 * float64 within 2e-15, and float32 from double arithmetic within one rounding.
 */
function near(got: number, wanted: number, dtype: string): boolean {
  if (Object.is(got, wanted) || got === wanted) return true;
  const tolerance = dtype === "float64" ? 4e-15 : dtype === "float32" ? 2.4e-7 : 0;
  return Math.abs(got - wanted) <= tolerance * Math.max(Math.abs(wanted), 0.25);
}

let inexact = 0;
let drawn = 0;

function difference(recorded: Case): string | null {
  globalGenerator.seed(BigInt(recorded.seed));
  const entry = operator(recorded.op);
  for (const wanted of recorded.error ? [null] : recorded.out) {
    let got: Tensor;
    try {
      got = entry.call(argumentsOf(entry, recorded.args)) as Tensor;
    } catch (error) {
      if (!(error instanceof TorchError)) throw error;
      const text = `${error.type}: ${error.message}`;
      return text === recorded.error?.join(": ") ? null : `raised ${text}, not ${recorded.error?.join(": ")}`;
    }
    if (wanted === null) return `did not raise ${recorded.error?.join(": ")}`;
    if (got.dtype.name !== wanted.d) return `dtype ${got.dtype.name}`;
    if (got.sizes.join() !== wanted.s.join()) return `shape ${got.sizes}`;
    if (got.numel > 1 && got.strides.join() !== wanted.st.join())
      return `strides ${got.strides} not ${wanted.st}`;
    const data = elementsOf(got);
    for (let i = 0; i < wanted.v.length; i++) {
      drawn++;
      if (got.dtype === int64) {
        if (data[i] !== BigInt(wanted.v[i])) return `element ${i}: ${data[i]} instead of ${wanted.v[i]}`;
        continue;
      }
      if (Number(data[i]) !== Number(wanted.v[i])) inexact++;
      if (!near(Number(data[i]), Number(wanted.v[i]), wanted.d)) {
        return `element ${i}: ${data[i]} instead of ${wanted.v[i]}`;
      }
    }
  }
  const place = fromData(new BigInt64Array(1), [], int64);
  operator("random_.from").call([place, 0, 2 ** 40]);
  const next = String((place.storage.data as BigInt64Array)[0]);
  return next === recorded.next ? null : `the generator stands elsewhere: ${next}, not ${recorded.next}`;
}

describe("random numbers are PyTorch's", () => {
  const byOperator = new Map<string, Case[]>();
  for (const recorded of cases)
    byOperator.set(recorded.op, [...(byOperator.get(recorded.op) ?? []), recorded]);
  for (const [key, list] of byOperator) {
    it(`${key} in ${list.length} recorded calls`, () => {
      const failures = list.flatMap((recorded) => {
        const found = difference(recorded);
        return found ? [`${JSON.stringify(recorded.args)} seed ${recorded.seed}: ${found}`] : [];
      });
      assert.equal(failures.length, 0, failures.join("\n"));
    });
  }
  it("differs in the last digit in fewer than two of a thousand numbers", () => {
    assert.ok(drawn > 5000, `${drawn} numbers`);
    assert.ok(inexact < drawn / 500, `${inexact} of ${drawn}`);
  });
});
