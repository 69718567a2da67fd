// The catalogue: snippets with the mistakes that people make, and ones close to them that are right.
import assert from "node:assert/strict";
import { complaints } from "../../catalogue/main";
import { catalogueFiles, runCatalogue } from "../../catalogue/run";

describe("the catalogue of mistakes", function () {
  this.timeout(120_000);
  for (const file of catalogueFiles()) {
    it(`${file}: every mistake is found where it is, with its lines and fixes, and nothing else is`, async () => {
      const [{ verdicts }] = await runCatalogue(file);
      assert.ok(verdicts.some(({ expected }) => expected.length > 0));
      assert.ok(verdicts.some(({ expected }) => expected.length === 0));
      assert.deepEqual(
        verdicts.flatMap((verdict) => complaints(file, verdict)),
        [],
      );
    });
  }
});
