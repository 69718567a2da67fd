// The fixes that a document offers at a place: those of its findings, and to silence a hint. Pure.
import type { Range, TextEdit } from "../../engine/protocol/report";
import type { DiagnosticModel } from "./diagnostics";
import { compare } from "./edits";

export interface FixModel {
  title: string;
  edits: TextEdit[];
  preferred: boolean;
  diagnostic: DiagnosticModel;
}

/** `lineText` reads a line of the present text. */
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
    const best = fixes.find((fix) => fix.verified) ?? (fixes.length === 1 ? fixes[0] : undefined);
    for (const fix of fixes) {
      const title = fix.verified ? `${fix.title} (verified)` : fix.title;
      models.push({ title, edits: fix.edits, preferred: fix === best, diagnostic });
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
