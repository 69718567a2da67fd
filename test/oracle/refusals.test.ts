// What is not here says so by name, and what can be done: refusals.json holds the answers, refusals.txt the
// expressions. WRITE_REFUSALS=1 writes the answers anew.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { loadPlainPython } from "../support/plainPython";

const lines = readFileSync("test/oracle/refusals.txt", "utf8").trimEnd().split("\n");
const STATEMENTS = "x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])\nm = torch.nn.Linear(2, 1)";

describe("what is not available", () => {
  let answers: [string, string][];
  before(async function () {
    this.timeout(120_000);
    const python = await loadPlainPython();
    const run = python.import("oracle.cases").answers as (...args: unknown[]) => string;
    const own = JSON.parse(run(STATEMENTS, JSON.stringify(lines))) as string[];
    answers = lines.map((line, i) => [line, own[i]!]);
    if (process.env.WRITE_REFUSALS) {
      writeFileSync("test/oracle/refusals.json", `${JSON.stringify(answers, null, 1)}\n`);
    }
  });

  it("raises NotImplementedError with its name", () => {
    const others = answers.filter(
      ([line, answer]) =>
        !line.startsWith("exec(") &&
        !/^NotImplementedError: \S.* is not available in Gradient Inspector's engine/.test(answer),
    );
    assert.deepEqual(others, []);
  });

  it("is importable, so that a file which hardly uses it runs", () => {
    const imports = answers.filter(([line]) => line.startsWith("exec("));
    assert.ok(imports.length > 2);
    for (const [line, answer] of imports) assert.equal(answer, "'imported'", line);
  });

  it("says what can be done", () => {
    assert.deepEqual(answers, JSON.parse(readFileSync("test/oracle/refusals.json", "utf8")));
  });
});
