import assert from "node:assert/strict";
import { Tally } from "../../../scripts/lib/tally.mjs";

function printed(tally: Tally): string {
  const lines: string[] = [];
  tally.print((line: string) => void lines.push(line));
  return lines.join("\n");
}

describe("the count of a suite", () => {
  it("adds up what passed and what failed, and shows failures alone", () => {
    const tally = new Tally("unit");
    tally.take({ kind: "pass", title: "adds", milliseconds: 1 });
    tally.take({
      kind: "fail",
      title: "subtracts",
      message: "2 is not 3",
      stack: "Error: 2 is not 3\n  at here",
    });
    tally.end();
    assert.equal(tally.passed, 1);
    assert.equal(tally.failures.length, 1);
    const text = printed(tally);
    assert.match(text, /1 passed, 1 failed/);
    assert.match(text, /1\) subtracts\n\s+Error: 2 is not 3/);
    assert.doesNotMatch(text, /adds/);
  });

  it("takes a pending test as a failure", () => {
    const tally = new Tally("unit");
    tally.take({ kind: "pass", title: "runs", milliseconds: 1 });
    tally.take({ kind: "pending", title: "is put off" });
    assert.deepEqual(
      tally.end().failures.map(({ title }) => title),
      ["is put off"],
    );
  });

  it("takes a suite in which no test ran as a failure", () => {
    assert.equal(new Tally("empty").end().failures.length, 1);
  });

  it("leaves mocha's and Node's own lines out of a stack", () => {
    const tally = new Tally("unit");
    const stack =
      "Error: no\n    at mine (test/a.ts:1:1)\n    at run (/x/node_modules/mocha/lib/runner.js:1:1)";
    tally.take({ kind: "fail", title: "t", message: "no", stack });
    assert.equal(tally.failures[0]?.detail, "Error: no\n    at mine (test/a.ts:1:1)");
  });
});
