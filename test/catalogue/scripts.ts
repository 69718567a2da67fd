// The catalogue's mistakes as scripts for real PyTorch, each with what it prints and raises here, so that
// scripts/oracle/scripts.py can compare.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { pytorchScript } from "../../engine/script/script";
import { parseDocument, wholeFile } from "../../engine/snippets";
import { builtEngine, engineIn, limits } from "../support/engine";
import { catalogueFiles } from "./run";

export interface ScriptRecord {
  /** The script's file name. */
  script: string;
  title: string;
  code: string;
  severity: string;
  /** Of the snippet and of the script, without comments and empty lines. */
  lines: [before: number, after: number];
  runs: number;
  printed: string;
  error: { type: string; message: string } | null;
}

/** Writes the scripts and a list of them, and answers what could not be made. */
export async function writeScripts(only: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const engine = engineIn(builtEngine);
  let runId = 10_000;
  const records: ScriptRecord[] = [];
  const refused: string[] = [];
  try {
    for (const file of catalogueFiles()) {
      if (!file.includes(only)) continue;
      const text = readFileSync(join(process.cwd(), "test", "catalogue", "snippets", file), "utf8");
      for (const [index, snippet] of parseDocument("python", text).snippets.entries()) {
        const request = { runId: runId++, file, version: 1, snippets: [snippet], siblings: [], limits };
        const outcome = await engine.run(request);
        if (outcome.kind !== "report") throw new Error(`${file}: ${outcome.message}`);
        const { report } = outcome;
        const [{ diagnostics }] = report.snippets;
        if (diagnostics.length === 0) continue;
        const trial = { run: (each: object) => engine.run({ ...request, ...each, runId: runId++ }) };
        const made = await pytorchScript({ request, report, snippet: 0 }, trial);
        if (made.kind === "refused" || made.finding === null) {
          refused.push(`${file}: ${snippet.title}: ${made.kind === "refused" ? made.why : "no finding"}`);
          continue;
        }
        const script = `${basename(file, ".py")}-${index}.py`;
        writeFileSync(join(folder, script), made.text);
        const again = await engine.run({
          ...request,
          file: script,
          runId: runId++,
          snippets: [wholeFile(made.text)],
        });
        if (again.kind !== "report") throw new Error(`${script}: ${again.message}`);
        const [ran] = again.report.snippets;
        records.push({
          script,
          title: snippet.title,
          code: made.finding.code,
          severity: made.finding.severity,
          lines: [linesOf(snippet.code), linesOf(made.text)],
          runs: made.runs,
          printed: ran.output.map((each) => each.text).join(""),
          error: ran.error ? { type: ran.error.type, message: ran.error.message } : null,
        });
      }
    }
  } finally {
    engine.dispose();
  }
  writeFileSync(join(folder, "scripts.json"), `${JSON.stringify(records, null, 1)}\n`);
  const total = (of: 0 | 1): number => records.reduce((sum, { lines }) => sum + lines[of], 0);
  return [
    `${records.length} scripts, ${total(0)} lines of snippets became ${total(1)}`,
    ...refused.map((line) => `none: ${line}`),
    "",
  ].join("\n");
}

const linesOf = (text: string): number => text.split("\n").filter((line) => !/^\s*(#.*)?$/.test(line)).length;
