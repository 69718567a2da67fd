// Runs the catalogue: every snippet in the engine, every finding's candidates tried.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createFixer } from "../../engine/fixes";
import { parseDocument } from "../../engine/snippets";
import { builtEngine, engineIn, limits } from "../support/engine";
import { type Verdict, verdictOf } from "./expectations";

export interface FileVerdicts {
  file: string;
  verdicts: Verdict[];
}

const folder = join(process.cwd(), "test", "catalogue", "snippets");

export const catalogueFiles = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith(".py"))
    .sort();

/** `only`: files whose name has this in it. */
export async function runCatalogue(only = ""): Promise<FileVerdicts[]> {
  const engine = engineIn(builtEngine);
  try {
    const results: FileVerdicts[] = [];
    for (const file of catalogueFiles()) {
      if (!file.includes(only)) continue;
      const text = readFileSync(join(folder, file), "utf8");
      const { snippets } = parseDocument("python", text);
      const verdicts: Verdict[] = [];
      // One by one: what is wrong in one is no business of its neighbours, and a trial runs what it needs.
      for (const snippet of snippets) {
        const request = { runId: 1, file, version: 1, snippets: [snippet], siblings: [], limits };
        const outcome = await engine.run(request);
        if (outcome.kind !== "report") throw new Error(`${file}: ${outcome.message}`);
        const { report } = outcome;
        const fixer = createFixer(engine);
        for (const finding of report.snippets[0].diagnostics) {
          finding.fixes = await fixer.verify({ request, report }, 0, finding).fixes;
        }
        verdicts.push(verdictOf(snippet, report.snippets[0]));
      }
      results.push({ file, verdicts });
    }
    return results;
  } finally {
    engine.dispose();
  }
}
