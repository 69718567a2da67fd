// Every operator of the table against what real PyTorch recorded: values, strides, nodes, saved sets,
// gradients of both orders, errors.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { differences, type OperatorCase } from "./callCases";

const FILES = ["calls", "calls_linalg", "calls_images"];
const cases = FILES.flatMap(
  (file) => (JSON.parse(readFileSync(`test/oracle/${file}.json`, "utf8")) as { cases: OperatorCase[] }).cases,
);

const byOperator = new Map<string, OperatorCase[]>();
for (const recorded of cases) {
  const list = byOperator.get(recorded.op) ?? [];
  list.push(recorded);
  byOperator.set(recorded.op, list);
}

describe("operators answer as PyTorch", () => {
  for (const [key, list] of byOperator) {
    it(`${key} in ${list.length} recorded calls`, () => {
      const failures = list.flatMap((recorded) =>
        differences(recorded).map((text) => `${JSON.stringify(recorded.args)}\n  ${text}`),
      );
      assert.equal(failures.length, 0, `${failures.length} differences\n${failures.slice(0, 5).join("\n")}`);
    });
  }
});
