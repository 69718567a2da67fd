// Runs a file through the command line and compares its Report with what real PyTorch recorded.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import type { NestedValue, Report, SnippetReport, TensorRecord } from "../../engine/protocol/report";

export interface RecordedTensor {
  dtype: string;
  shape: number[];
  requiresGrad: boolean;
  isLeaf: boolean;
  gradFn: string | null;
  version: number;
  value: NestedValue;
  grad: NestedValue | null;
}

export const root = process.cwd();

/** `file` relative to the project's root. */
export function inspect(file: string): Promise<Report> {
  return new Promise((resolve, reject) => {
    const args = [path.join(root, "dist/cli.mjs"), path.join(root, file), "--json"];
    execFile(process.execPath, args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      // Exit status 1 says that a snippet raised: some of them are there to raise.
      if (error && error.code !== 1) reject(new Error(stderr || error.message));
      else resolve(JSON.parse(stdout) as Report);
    });
  });
}

/** Relative and absolute difference allowed between numbers. */
export interface Tolerance {
  relative: number;
  absolute: number;
}

/** As the recorded float32 operators are compared. */
export const OPERATOR_TOLERANCE: Tolerance = { relative: 2e-5, absolute: 2e-6 };

function close(
  actual: NestedValue | null,
  expected: NestedValue | null,
  what: string,
  tolerance: Tolerance,
): void {
  if (Array.isArray(expected)) {
    assert.ok(
      Array.isArray(actual) && actual.length === expected.length,
      `${what}: ${JSON.stringify(actual)}`,
    );
    expected.forEach((item, i) => {
      close(actual[i], item, `${what}[${i}]`, tolerance);
    });
  } else if (typeof expected === "number") {
    assert.equal(typeof actual, "number", what);
    const difference = Math.abs((actual as number) - expected);
    assert.ok(
      difference <= tolerance.absolute + tolerance.relative * Math.abs(expected),
      `${what}: ${actual}, expected ${expected}`,
    );
  } else {
    assert.equal(actual, expected, what);
  }
}

/** The one tensor of that name. */
export function named(snippet: SnippetReport, name: string): TensorRecord {
  const found = snippet.tensors.filter((tensor) => tensor.names.includes(name));
  assert.equal(found.length, 1, `${snippet.title}: ${found.length} tensors are named ${name}`);
  return found[0];
}

export function compareTensor(
  actual: TensorRecord,
  expected: RecordedTensor,
  what: string,
  tolerance = OPERATOR_TOLERANCE,
): void {
  const { dtype, shape, requiresGrad, isLeaf, gradFn } = actual;
  const { value, grad, version, ...plain } = expected;
  assert.deepEqual({ dtype, shape, requiresGrad, isLeaf, gradFn }, plain, what);
  // How often PyTorch wrote into the memory of a gradient while it computed it depends on its reference counts.
  if (actual.op !== "grad") assert.equal(actual.version, version, `${what}._version`);
  // Above 1,000 elements a summary stands in for the value.
  if (actual.summary === undefined) close(actual.value, value, `${what}.value`, tolerance);
  if (actual.gradSource === "pytorch" && actual.gradSummary === undefined)
    close(actual.grad, grad, `${what}.grad`, tolerance);
  if (actual.gradSource === "inspector")
    assert.equal(grad, null, `${what}: the inspector shows a gradient of its own, so .grad must be None`);
}
