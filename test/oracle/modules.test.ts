// Layers against real PyTorch: how they print, what they begin with (bit for bit), what they compute, the graph
// they leave, the gradients, and how many random numbers they drew.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { loadPlainPython, type PlainPython } from "../support/plainPython";

interface Values {
  shape: number[];
  values: number[];
}
interface Seen {
  repr: string;
  before: Record<string, Values>;
  after: Record<string, Values>;
  outputs: Values[];
  chains: string[];
  gradients: (Values | null)[];
  names: string[];
  random: number;
}

const recorded = JSON.parse(readFileSync("test/oracle/modules.json", "utf8")) as ({ line: string } & Seen)[];

/** float32, after a few dozen operations in another order. */
const TOLERANCE = { relative: 2e-4, absolute: 2e-5 };

function close(actual: Values | null, wanted: Values | null, what: string): void {
  if (wanted === null || actual === null) {
    assert.equal(actual, wanted, what);
    return;
  }
  assert.deepEqual(actual.shape, wanted.shape, `shape of ${what}`);
  wanted.values.forEach((value, i) => {
    const own = actual.values[i];
    const allowed = TOLERANCE.absolute + TOLERANCE.relative * Math.abs(value);
    assert.ok(Math.abs(own - value) <= allowed, `${what}[${i}] is ${own}, in PyTorch ${value}`);
  });
}

describe("layers are those of PyTorch", () => {
  let python: PlainPython;
  let seen: (line: string) => string;

  before(async function () {
    this.timeout(120_000);
    python = await loadPlainPython();
    seen = (python.import("oracle.layers") as unknown as { seen: typeof seen }).seen;
  });

  for (const { line, ...wanted } of recorded) {
    it(line, () => {
      const actual = JSON.parse(seen(line)) as Seen & { error?: string; traceback?: string };
      assert.equal(actual.error, undefined, actual.traceback);
      assert.equal(actual.repr, wanted.repr);
      assert.deepEqual(actual.before, wanted.before, "initial values, bit for bit");
      assert.deepEqual(actual.names, wanted.names);
      assert.equal(actual.random, wanted.random, "the next random number");
      wanted.outputs.forEach((output, i) => {
        close(actual.outputs[i] ?? null, output, `output ${i}`);
      });
      assert.deepEqual(actual.chains, wanted.chains, "graph");
      wanted.gradients.forEach((gradient, i) => {
        close(actual.gradients[i] ?? null, gradient, `gradient ${i}`);
      });
      assert.deepEqual(Object.keys(actual.after), Object.keys(wanted.after));
      for (const [name, value] of Object.entries(wanted.after)) {
        close(actual.after[name], value, `${name} afterwards`);
      }
    }).timeout(20_000);
  }
});
