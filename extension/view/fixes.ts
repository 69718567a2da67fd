// The fixes that a document offers at a place: verified ones of its findings, corrections of annotations, and to
// silence a hint. Pure.
import type { Fix, Range, TextEdit } from "../../engine/protocol/report";
import type { DiagnosticModel } from "./diagnostics";
import { compare } from "./edits";

export interface FixModel {
  title: string;
  edits: TextEdit[];
  preferred: boolean;
  diagnostic: DiagnosticModel;
}

/** The findings at a place for which there is something to try. */
export function triableAt(diagnostics: readonly DiagnosticModel[], at: Range): DiagnosticModel[] {
  return diagnostics.filter((diagnostic) => {
    const candidates = diagnostic.finding?.found?.candidates ?? [];
    // Candidates fit the text that ran, and that text only.
    return !diagnostic.stale && candidates.length > 0 && meet(diagnostic.range, at);
  });
}

/** What was tried and holds, best first; `present` finds the places of its edits in the present text. */
export function verifiedFixes(
  diagnostic: DiagnosticModel,
  fixes: readonly Fix[],
  present: (edits: readonly TextEdit[]) => TextEdit[] | null,
): FixModel[] {
  // What costs something is never the one that is applied without a look.
  const best = fixes.find((fix) => fix.cost === undefined);
  return fixes.flatMap((fix) => {
    const edits = present(fix.edits);
    if (!edits) return [];
    const cost = fix.cost === undefined ? "" : ` (${fix.cost})`;
    return [{ title: `${fix.title}${cost}`, edits, preferred: fix === best, diagnostic }];
  });
}

/** A change of more than one line is shown before it is made. */
export function needsPreview(edits: readonly TextEdit[]): boolean {
  const lines = new Set<number>();
  for (const { range, newText } of edits) {
    const old = range.end.line - range.start.line;
    const fresh = newText.split("\n").length - 1;
    for (let line = 0; line <= Math.max(old, fresh); line++) lines.add(range.start.line + line);
  }
  return lines.size > 1;
}

/** What needs no trial. `lineText` reads a line of the present text. */
export function fixesAt(
  diagnostics: readonly DiagnosticModel[],
  at: Range,
  lineText: (line: number) => string,
): FixModel[] {
  const models: FixModel[] = [];
  for (const diagnostic of diagnostics) {
    // A fix was tried on the text that ran, and fits that text only.
    if (diagnostic.stale || !meet(diagnostic.range, at)) continue;
    const fixes = diagnostic.finding?.fixes ?? [];
    const best = fixes.length === 1 ? fixes[0] : undefined;
    for (const fix of fixes) {
      models.push({ title: fix.title, edits: fix.edits, preferred: fix === best, diagnostic });
    }
    const silence = silencing(diagnostic, lineText);
    if (silence) models.push(silence);
  }
  return models;
}

/** `# grad: ignore[rule]` behind the line: for hints alone, an error is an error. */
function silencing(diagnostic: DiagnosticModel, lineText: (line: number) => string): FixModel | undefined {
  const { code, severity, range } = diagnostic;
  if (severity === "error" || /^(?:snippet|python|run)\//.test(code)) return undefined;
  const { line } = range.start;
  const text = lineText(line);
  // `#?` has to stay the last thing on its line.
  if (/#\?/.test(text)) return undefined;
  const known = /# grad: ignore\[([^\]]*)\]/.exec(text);
  const end = known ? known.index + known[0].length - 1 : text.trimEnd().length;
  const newText = known ? `, ${code}` : `  # grad: ignore[${code}]`;
  const position = { line, character: end };
  return {
    title: `Ignore ${code} on this line`,
    edits: [{ range: { start: position, end: position }, newText }],
    preferred: false,
    diagnostic,
  };
}

function meet(a: Range, b: Range): boolean {
  return compare(a.start, b.end) <= 0 && compare(b.start, a.end) <= 0;
}
