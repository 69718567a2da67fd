import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withLock } from "../../../scripts/lib/lock.mjs";

describe("a lock file", () => {
  let folder = "";
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "lock-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("lets one in at a time", async () => {
    const file = join(folder, "shared");
    const order: string[] = [];
    const work = (name: string) => async () => {
      order.push(`${name} in`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push(`${name} out`);
    };
    await Promise.all([withLock(file, work("a")), withLock(file, work("b"))]);
    assert.deepEqual(order, ["a in", "a out", "b in", "b out"]);
    assert.ok(!existsSync(file));
  });

  it("counts for nothing when its owner is gone", async () => {
    const file = join(folder, "orphan");
    // No process has a number above the largest that Linux and macOS give.
    writeFileSync(file, "99999999");
    assert.equal(await withLock(file, async () => "done"), "done");
  });

  it("is let go when the work fails", async () => {
    const file = join(folder, "failing");
    await assert.rejects(
      withLock(file, () => Promise.reject(new Error("no"))),
      /no/,
    );
    assert.ok(!existsSync(file));
  });
});
