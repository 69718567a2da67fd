// Every code that a rule can give has a page that explains it.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const rules = join(process.cwd(), "engine", "record", "findings");
const pages = join(process.cwd(), "docs", "rules");

/** "autograd/second-backward" has a page of its own, "run/timeout" a section on the page of its family. */
function explained(code: string): boolean {
  if (existsSync(join(pages, `${code}.md`))) return true;
  const family = join(pages, `${code.split("/")[0]}.md`);
  return existsSync(family) && readFileSync(family, "utf8").includes(`\`${code}\``);
}

describe("the pages of the rules", () => {
  const codes = new Set<string>();
  for (const file of readdirSync(rules)) {
    const text = readFileSync(join(rules, file), "utf8");
    for (const [, code] of text.matchAll(/"((?:autograd|engine|run)\/[\w-]+)"/g)) codes.add(code);
  }

  it("are there for each code", () => {
    assert.ok(codes.size >= 20, `${codes.size} codes found`);
    assert.deepEqual(
      [...codes].filter((code) => !explained(code)),
      [],
    );
  });

  it("are about codes that exist", () => {
    const names = readdirSync(join(pages, "autograd")).map((file) => `autograd/${file.replace(/\.md$/, "")}`);
    assert.deepEqual(
      names.filter((name) => !codes.has(name)),
      [],
    );
  });

  it("name their code in the title", () => {
    for (const code of codes) {
      const page = join(pages, `${code}.md`);
      if (existsSync(page))
        assert.match(readFileSync(page, "utf8").split("\n")[0], new RegExp(`^# .*\`${code}\`$`));
    }
  });
});
