// Views and changes in place against what real PyTorch did with the same programs.
import { strict as assert } from "node:assert";
import "../../../engine/ops";
import { recording } from "./recorded";
import { firstDifference, type Program } from "./viewPrograms";

describe("Views and changes in place", () => {
  const { programs } = recording<{ programs: Program[] }>("views");

  it("answer as PyTorch does in every step of the recorded programs, numbers within 1e-9", function () {
    this.timeout(60_000);
    assert.ok(programs.length > 300, `${programs.length} programs`);
    const different: string[] = [];
    programs.forEach((program, i) => {
      const difference = firstDifference(program);
      if (difference) different.push(`program ${i}: ${difference}`);
    });
    assert.equal(different.length, 0, `${different.length} differ:\n${different.slice(0, 10).join("\n")}`);
  });
});
