// The examples, run by the command line as a user would, against what real PyTorch answered for them.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { NestedValue, Report, SnippetReport, TensorRecord } from "../../engine/protocol/report";

interface Recorded {
  title: string;
  line: number;
  printed: string;
  warnings: string[];
  error: { type: string; message: string; line: number } | null;
  tensors: Record<string, RecordedTensor>;
}
interface RecordedTensor {
  dtype: string;
  shape: number[];
  requiresGrad: boolean;
  isLeaf: boolean;
  gradFn: string | null;
  version: number;
  value: NestedValue;
  grad: NestedValue | null;
}

const root = process.cwd();
const golden = JSON.parse(readFileSync(path.join(root, "test/oracle/examples.json"), "utf8")) as {
  files: Record<string, Recorded[]>;
};

function inspect(file: string): Promise<Report> {
  return new Promise((resolve, reject) => {
    const args = [path.join(root, "dist/cli.mjs"), path.join(root, "examples", file), "--json"];
    execFile(process.execPath, args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      // Exit status 1 says that a snippet raised: some of them are there to raise.
      if (error && error.code !== 1) reject(new Error(stderr || error.message));
      else resolve(JSON.parse(stdout) as Report);
    });
  });
}

/** float32 results within 2e-5 relative, 2e-6 absolute, as the recorded operators are compared. */
function close(actual: NestedValue | null, expected: NestedValue | null, what: string): void {
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual) && actual.length === expected.length, `${what}: ${JSON.stringify(actual)}`);
    expected.forEach((item, i) => {
      close(actual[i], item, `${what}[${i}]`);
    });
  } else if (typeof expected === "number") {
    assert.equal(typeof actual, "number", what);
    const difference = Math.abs((actual as number) - expected);
    assert.ok(difference <= 2e-6 + 2e-5 * Math.abs(expected), `${what}: ${actual}, expected ${expected}`);
  } else {
    assert.equal(actual, expected, what);
  }
}

function named(snippet: SnippetReport, name: string): TensorRecord {
  const found = snippet.tensors.filter((tensor) => tensor.names.includes(name));
  assert.equal(found.length, 1, `${snippet.title}: ${found.length} tensors are named ${name}`);
  return found[0];
}

function compareTensor(actual: TensorRecord, expected: RecordedTensor, what: string): void {
  const { dtype, shape, requiresGrad, isLeaf, gradFn, version } = actual;
  const { value, grad, ...plain } = expected;
  assert.deepEqual({ dtype, shape, requiresGrad, isLeaf, gradFn, version }, plain, what);
  close(actual.value, value, `${what}.value`);
  if (actual.gradSource === "pytorch") close(actual.grad, grad, `${what}.grad`);
  else assert.equal(grad, null, `${what}: the inspector shows a gradient of its own, so .grad must be None`);
}

for (const [file, snippets] of Object.entries(golden.files)) {
  describe(`examples/${file} answers as real PyTorch`, () => {
    let report: Report;
    before(async function () {
      this.timeout(120_000);
      report = await inspect(file);
    });

    it("has the same snippets", () => {
      assert.deepEqual(
        report.snippets.map((snippet) => snippet.title),
        snippets.map((snippet) => snippet.title),
      );
    });

    snippets.forEach((expected, i) => {
      it(expected.title, () => {
        const snippet = report.snippets[i];
        const printed = snippet.output.map((output) => output.text).join("");
        const own = printed.split("\n").filter((line) => !isWarningLine(line, expected.warnings));
        assert.equal(own.join("\n"), expected.printed);
        for (const warning of expected.warnings) assert.ok(printed.includes(warning), `missing: ${warning}`);
        assert.equal(snippet.status, expected.error ? "raised" : "ok");
        if (expected.error) {
          assert.equal(snippet.error?.type, expected.error.type);
          assert.equal(snippet.error?.message, expected.error.message);
          assert.equal(snippet.error?.range.start.line, expected.error.line);
        }
        for (const [name, tensor] of Object.entries(expected.tensors)) {
          compareTensor(named(snippet, name), tensor, `${expected.title}: ${name}`);
        }
      });
    });
  });
}

/** Python prints a warning as "file:line: Category: text", then the source line, indented. */
function isWarningLine(line: string, warnings: string[]): boolean {
  if (warnings.length === 0) return false;
  return warnings.some((warning) => line.includes(warning)) || /^ {2}\S/.test(line);
}
