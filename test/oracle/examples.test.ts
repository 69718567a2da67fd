// The examples, run by the command line as a user would, against what real PyTorch answered for them.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Report } from "../../engine/protocol/report";
import { compareTensor, inspect, named, type RecordedTensor, root } from "./compare";

interface Recorded {
  title: string;
  line: number;
  printed: string;
  warnings: string[];
  error: { type: string; message: string; line: number } | null;
  tensors: Record<string, RecordedTensor>;
}

const golden = JSON.parse(readFileSync(path.join(root, "test/oracle/examples.json"), "utf8")) as {
  torch: string;
  files: Record<string, Recorded[]>;
};

for (const [file, snippets] of Object.entries(golden.files)) {
  describe(`examples/${file} answers as real PyTorch`, () => {
    let report: Report;
    before(async function () {
      this.timeout(120_000);
      report = await inspect(`examples/${file}`);
    });

    it("says which PyTorch it imitates", () => {
      assert.equal(`${report.engine.torch}+cpu`, golden.torch);
    });

    it("has the same snippets", () => {
      assert.deepEqual(
        report.snippets.map((snippet) => snippet.title),
        snippets.map((snippet) => snippet.title),
      );
    });

    snippets.forEach((expected, i) => {
      it(expected.title, () => {
        const snippet = report.snippets[i];
        const printed = snippet.output.map((output) => output.text).join("");
        const own = printed.split("\n").filter((line) => !isWarningLine(line, expected.warnings));
        assert.equal(own.join("\n"), expected.printed);
        for (const warning of expected.warnings) assert.ok(printed.includes(warning), `missing: ${warning}`);
        assert.equal(snippet.status, expected.error ? "raised" : "ok");
        if (expected.error) {
          assert.equal(snippet.error?.type, expected.error.type);
          assert.equal(snippet.error?.message, expected.error.message);
          // Relative to the snippet: a notebook's lines are counted within its cells there, through all of them here.
          const line = (snippet.error?.range.start.line ?? -1) - snippet.range.start.line;
          assert.equal(line, expected.error.line - expected.line);
        }
        for (const [name, tensor] of Object.entries(expected.tensors)) {
          compareTensor(named(snippet, name), tensor, `${expected.title}: ${name}`);
        }
      });
    });
  });
}

/** Python prints a warning as "file:line: Category: text", then the source line, indented. */
function isWarningLine(line: string, warnings: string[]): boolean {
  if (warnings.length === 0) return false;
  return warnings.some((warning) => line.includes(warning)) || /^ {2}\S/.test(line);
}
