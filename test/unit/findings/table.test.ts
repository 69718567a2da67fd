// The table of rules, the rules themselves, their pages and the catalogue speak of the same codes.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../../engine/protocol/rules";
import { catalogueFiles } from "../../catalogue/run";

const root = process.cwd();
const findings = join(root, "engine", "record", "findings");

function codesInRules(): Set<string> {
  const codes = new Set<string>();
  for (const file of readdirSync(findings)) {
    const text = readFileSync(join(findings, file), "utf8");
    for (const [, code] of text.matchAll(/"((?:autograd|nn|optim|tensor)\/[\w-]+|python\/[a-z-]+)"/g))
      codes.add(code);
  }
  return codes;
}

describe("the table of rules", () => {
  it("has every code that a rule gives, and no other", () => {
    assert.deepEqual([...codesInRules()].sort(), RULES.map(({ code }) => code).sort());
  });

  it("has a page for each code, with the code in its title", () => {
    for (const { code } of RULES) {
      const page = join(root, "docs", "rules", `${code}.md`);
      assert.ok(existsSync(page), `${code} has no page`);
      const [title] = readFileSync(page, "utf8").split("\n");
      assert.ok(title.startsWith("# ") && title.endsWith(`: \`${code}\``), title);
    }
  });

  it("has no page without a code", () => {
    const codes = new Set(RULES.map(({ code }) => code));
    for (const family of ["autograd", "nn", "optim", "python", "tensor"]) {
      for (const file of readdirSync(join(root, "docs", "rules", family))) {
        assert.ok(codes.has(`${family}/${file.replace(/\.md$/, "")}`), `${family}/${file}`);
      }
    }
  });

  it("has a snippet in the catalogue for each code", () => {
    const texts = catalogueFiles()
      .map((file) => readFileSync(join(root, "test", "catalogue", "snippets", file), "utf8"))
      .join("\n");
    const missing = RULES.filter(({ code }) => !texts.includes(`#! ${code}`)).map(({ code }) => code);
    assert.deepEqual(missing, []);
  });

  it("lets hints be configured and errors not", () => {
    for (const { configurable, severity } of RULES) assert.equal(configurable, severity !== "error");
  });
});
