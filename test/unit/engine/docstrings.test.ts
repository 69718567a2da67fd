// The torch package explains itself: every file, and every public function and class of one.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = "engine/python/torch";

/** What stands at the left margin and is public, and whether a docstring is its first statement. */
function definitions(text: string): { name: string; documented: boolean }[] {
  const found: { name: string; documented: boolean }[] = [];
  const heads = /^(?:def|class) ([A-Za-z]\w*)(?:[^\n]*\n(?![^\s)]))*?[^\n]*:\n/gm;
  for (const head of text.matchAll(heads)) {
    found.push({ name: head[1], documented: /^\s+r?"""/.test(text.slice(head.index + head[0].length)) });
  }
  return found;
}

describe("the torch package's documentation", () => {
  const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".py"),
  );

  it("opens every file with a sentence of what it owns", () => {
    const without = files.filter((file) => !readFileSync(join(ROOT, file), "utf8").startsWith('"""'));
    assert.deepEqual(without, []);
  });

  it("has a docstring at every public function and class of a file", () => {
    const without: string[] = [];
    let count = 0;
    for (const file of files) {
      for (const { name, documented } of definitions(readFileSync(join(ROOT, file), "utf8"))) {
        count++;
        if (!documented) without.push(`${file}: ${name}`);
      }
    }
    assert.deepEqual(without, []);
    assert.ok(count > 900, `${count} definitions found`);
  });
});
