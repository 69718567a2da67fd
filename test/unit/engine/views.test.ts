// Views and changes in place against what real PyTorch did with the same programs.
import { strict as assert } from "node:assert";
import "../../../engine/ops";
import recorded from "../../oracle/views.json" with { type: "json" };
import { firstDifference, type Program } from "./viewPrograms";

describe("Views and changes in place", () => {
  const programs = recorded.programs as unknown as Program[];

  it(`answer as PyTorch does in each step of ${programs.length} programs, numbers within 1e-9`, () => {
    const different: string[] = [];
    programs.forEach((program, i) => {
      const difference = firstDifference(program);
      if (difference) different.push(`program ${i}: ${difference}`);
    });
    assert.equal(different.length, 0, `${different.length} differ:\n${different.slice(0, 10).join("\n")}`);
  });
});
