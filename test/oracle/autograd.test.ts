// Small scenarios about every part of autograd, in the files of autograd/: what they print, warn of and raise must be
// what real PyTorch recorded (generate_autograd.py), to the last character.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { RunRequest } from "../../engine/protocol/engineApi";
import { loadPlainPython, type PlainPython } from "../support/plainPython";

const folder = "test/oracle/autograd";
const golden = JSON.parse(readFileSync("test/oracle/autograd.json", "utf8")) as {
  files: Record<string, [title: string, printed: string][]>;
};

describe("autograd prints in every scenario what PyTorch does", () => {
  let python: PlainPython;
  let scenarios: { run(code: string): string };
  const codes = new Map<string, Map<string, string>>();

  before(async function () {
    this.timeout(120_000);
    python = await loadPlainPython();
    scenarios = python.import("oracle.scenarios") as unknown as typeof scenarios;
  });

  // Numbers that count up from a run's start are part of the texts.
  beforeEach(() => python.bridge.beginRun({} as RunRequest));

  it("has a recording of every file", () => {
    const files = readdirSync(folder).filter((file) => file.endsWith(".py"));
    assert.deepEqual(
      files.map((file) => path.basename(file, ".py")).sort(),
      Object.keys(golden.files).sort(),
    );
  });

  for (const [name, rows] of Object.entries(golden.files)) {
    describe(name, () => {
      before(() => codes.set(name, codesOf(readFileSync(`${folder}/${name}.py`, "utf8"))));

      it("has the recorded scenarios", () => {
        assert.deepEqual(
          [...(codes.get(name) ?? [])].map(([title]) => title),
          rows.map(([title]) => title),
        );
      });
      for (const [title, printed] of rows) {
        it(title, () => {
          assert.equal(scenarios.run(codes.get(name)?.get(title) ?? ""), printed);
        }).timeout(30_000);
      }
    });
  }
});

/** The code of each scenario, at its own lines, as python/scenarios.py splits them. */
function codesOf(text: string): Map<string, string> {
  const found = new Map<string, string[]>();
  let current: string[] | null = null;
  text.split("\n").forEach((line, number) => {
    if (line.startsWith("# --- ")) {
      current = new Array<string>(number + 1).fill("");
      found.set(line.slice("# --- ".length).trim(), current);
    } else {
      current?.push(line);
    }
  });
  return new Map([...found].map(([title, lines]) => [title, lines.join("\n")]));
}
