// Type promotion: what every pair of dtypes, with dimensions, without, and with Python's numbers, gives under every
// operator of two operands; and what the default dtype has to do with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { loadPlainPython } from "../support/plainPython";

type Rows = [left: string, answers: Record<string, string>][];
const recorded = JSON.parse(readFileSync("test/oracle/promotion.json", "utf8")) as {
  operators: Record<string, Rows>;
  tables: Record<string, unknown>;
};

/** What can be compared line by line: "i8[] + f32 → f32:…". */
function lines(rows: Rows): string[] {
  return rows.flatMap(([left, answers]) =>
    Object.entries(answers).flatMap(([answer, rights]) =>
      rights.split(/ (?!first\))/).map((right) => `${left} with ${right} → ${answer}`),
    ),
  );
}

describe("types are promoted as in PyTorch", () => {
  let promotion: Record<string, (...args: unknown[]) => unknown>;
  before(async function () {
    this.timeout(120_000);
    promotion = (await loadPlainPython()).import("oracle.promotion");
  });

  for (const [name, rows] of Object.entries(recorded.operators)) {
    it(`under ${name}: ${lines(rows).length} pairs`, () => {
      const own = new Set(lines(JSON.parse(promotion.answers!(name) as string) as Rows));
      assert.deepEqual(
        lines(rows).filter((line) => !own.has(line)),
        [],
      );
    }).timeout(30_000);
  }

  it("by promote_types, can_cast, result_type and with other default dtypes", () => {
    assert.deepEqual(JSON.parse(promotion.tables!() as string), recorded.tables);
  });
});
