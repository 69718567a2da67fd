// Everyday scripts, run by the command line, against what real PyTorch printed and left behind.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { compareTensor, inspect, named, type RecordedTensor, root } from "./compare";

interface Recorded {
  printed: string;
  error: { type: string; message: string } | null;
  tensors: Record<string, RecordedTensor>;
}

const golden = JSON.parse(readFileSync(path.join(root, "test/oracle/programs.json"), "utf8")) as {
  programs: Record<string, Recorded>;
};

/** After up to 100 steps of training, rounding has had time to grow. */
const TOLERANCE = { relative: 1e-4, absolute: 1e-4 };

describe("everyday scripts print and compute what real PyTorch does", function () {
  this.timeout(120_000);

  it("has a recording of every script", () => {
    const scripts = readdirSync(path.join(root, "test/oracle/programs")).filter((file) =>
      file.endsWith(".py"),
    );
    assert.deepEqual(
      scripts.map((file) => path.basename(file, ".py")).sort(),
      Object.keys(golden.programs).sort(),
    );
  });

  for (const [name, expected] of Object.entries(golden.programs)) {
    it(`${name}: printed text equal, numbers within 1e-4`, async () => {
      const report = await inspect(`test/oracle/programs/${name}.py`);
      assert.equal(report.snippets.length, 1);
      const [snippet] = report.snippets;
      const { type, message } = snippet.error ?? {};
      assert.deepEqual(snippet.error ? { type, message } : null, expected.error);
      assert.equal(snippet.output.map((output) => output.text).join(""), expected.printed);
      for (const [variable, tensor] of Object.entries(expected.tensors)) {
        compareTensor(named(snippet, variable), tensor, `${name}: ${variable}`, TOLERANCE);
      }
    });
  }
});
