// Views, joining, indexing, matrix products and losses, called by their key, against what real PyTorch answered:
// dtype, layout, values, nodes of the graph, saved tensors, first and second derivatives, and the texts of errors.
import { strict as assert } from "node:assert";
import "../../../engine/ops";
import { type Case, difference } from "./operatorCases";
import { recording } from "./recorded";

describe("Operators as ATen calls them", () => {
  const { families } = recording<{ families: Record<string, Case[]> }>("operators");

  for (const [family, cases] of Object.entries(families)) {
    it(`${family}: float64 within 1e-10, derivatives within 1e-8, texts and names equal`, function () {
      this.timeout(60_000);
      assert.ok(cases.length > 30, `${cases.length} cases`);
      const different = cases.flatMap((given) => {
        const found = difference(given);
        return found ? [`${given.key} ${JSON.stringify(given.args).slice(0, 200)}\n    ${found}`] : [];
      });
      assert.equal(different.length, 0, `${different.length} differ:\n${different.slice(0, 10).join("\n")}`);
    });
  }
});
