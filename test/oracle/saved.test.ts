// torch.save writes what real PyTorch writes, and torch.load reads what real PyTorch wrote.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { loadPlainPython } from "../support/plainPython";

interface Saved {
  file: string;
  records: Record<string, string>;
  text: string;
}
const recorded = JSON.parse(readFileSync("test/oracle/saved.json", "utf8")) as Saved;

describe("saved files", () => {
  let saving: Record<string, (...args: unknown[]) => unknown>;
  before(async function () {
    this.timeout(120_000);
    saving = (await loadPlainPython()).import("oracle.saving");
  });

  it("hold the same pickle and the same bytes as real PyTorch's", () => {
    const own = JSON.parse(saving.saved!() as string) as Saved;
    // For generate_saved.py, which has real PyTorch read it.
    if (process.env.WRITE_SAVED) writeFileSync(process.env.WRITE_SAVED, own.file);
    assert.equal(own.text, recorded.text);
    assert.deepEqual(Object.keys(own.records).sort(), Object.keys(recorded.records).sort());
    for (const [name, bytes] of Object.entries(recorded.records))
      assert.equal(own.records[name], bytes, name);
  });

  it("that real PyTorch wrote are read, with memory shared as it was", () => {
    const read = JSON.parse(saving.loaded!(recorded.file) as string) as { text: string; shared: boolean };
    assert.equal(read.text, recorded.text);
    assert.equal(read.shared, true);
  });
});
