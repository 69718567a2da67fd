// Every finding of a document fixed that can be: one fix after the other, each tried on what the one before has made
// of the text. What tries is given; nothing of an editor here.
import type { FinishedRun, FixJob } from "../../engine/fixes";
import { applyEdits } from "../../engine/fixes/apply";
import type { RunOutcome, RunRequest, Snippet } from "../../engine/protocol/engineApi";
import type { Finding, Report, TextEdit } from "../../engine/protocol/report";
import { hunksOf } from "./lineEdits";

export interface FixTrials {
  run(request: Omit<RunRequest, "runId">): Promise<RunOutcome>;
  verify(run: FinishedRun, snippet: number, finding: Finding): FixJob;
}

export interface FixedAll {
  /** Edits of the text as it was. */
  edits: TextEdit[];
  /** What was done, in order. */
  titles: string[];
}

/** Each fix can bring another finding to light; a document that needs more is better looked at. */
const MAX_FIXES = 20;

export async function fixAll(
  request: Omit<RunRequest, "runId">,
  trials: FixTrials,
  wanted: (code: string) => boolean,
  cancelled: () => boolean,
): Promise<FixedAll> {
  const titles: string[] = [];
  const hopeless = new Set<string>();
  let { snippets } = request;
  while (titles.length < MAX_FIXES && !cancelled()) {
    const outcome = await trials.run({ ...request, snippets });
    if (outcome.kind !== "report" || cancelled()) break;
    const run: FinishedRun = { request: { ...request, runId: 0, snippets }, report: outcome.report };
    const fixed = await fixOne(run, trials, wanted, hopeless, cancelled);
    if (!fixed) break;
    snippets = fixed.snippets;
    titles.push(fixed.title);
  }
  return { edits: cancelled() ? [] : editsBetween(request.snippets, snippets), titles };
}

async function fixOne(
  run: FinishedRun,
  trials: FixTrials,
  wanted: (code: string) => boolean,
  hopeless: Set<string>,
  cancelled: () => boolean,
): Promise<{ snippets: Snippet[]; title: string } | undefined> {
  for (const [index, finding] of findingsOf(run.report)) {
    const key = `${index} ${finding.code} ${finding.message}`;
    if (!wanted(finding.code) || hopeless.has(key) || cancelled()) continue;
    // What costs something is for a person to decide.
    const fix = (await trials.verify(run, index, finding).fixes).find((one) => one.cost === undefined);
    const applied = fix && applyEdits(run.request.snippets, fix.edits);
    if (fix && applied) return { snippets: applied.snippets, title: fix.title };
    hopeless.add(key);
  }
  return undefined;
}

function findingsOf(report: Report): [number, Finding][] {
  return report.snippets.flatMap((snippet, index) =>
    snippet.diagnostics
      .filter((finding) => (finding.candidates?.length ?? 0) > 0)
      .map((finding): [number, Finding] => [index, finding]),
  );
}

/** Changed lines of each snippet, as edits of the document. */
export function editsBetween(before: readonly Snippet[], after: readonly Snippet[]): TextEdit[] {
  return before.flatMap((old, index) => {
    const fresh = after[index];
    if (!fresh || fresh.code === old.code) return [];
    const first = old.range.start.line;
    const lines = old.code.split("\n");
    return hunksOf(lines, fresh.code.split("\n")).map(({ from, to, lines: added }) => {
      // A fence in a list: what was removed in front of its lines is put back.
      const margin = " ".repeat(old.indent[Math.min(from, lines.length - 1)] ?? 0);
      const text = added.map((line) => (line === "" ? "" : margin + line));
      const endOf = (line: number) => ({
        line: first + line,
        character: (lines[line]?.length ?? 0) + (old.indent[line] ?? 0),
      });
      if (from < to && added.length > 0) {
        return {
          range: { start: { line: first + from, character: 0 }, end: endOf(to - 1) },
          newText: text.join("\n"),
        };
      }
      if (from === 0) {
        const start = { line: first, character: 0 };
        const end = { line: first + to, character: 0 };
        return { range: { start, end }, newText: added.length > 0 ? `${text.join("\n")}\n` : "" };
      }
      const end = to > from ? endOf(to - 1) : endOf(from - 1);
      return {
        range: { start: endOf(from - 1), end },
        newText: added.length > 0 ? `\n${text.join("\n")}` : "",
      };
    });
  });
}
