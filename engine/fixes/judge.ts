// Whether a trial holds: the problem is gone, nothing else broke, what was printed is still printed. Pure.
import type { Finding, Fix, Position, Report, SnippetReport } from "../protocol/report";
import { LOUDNESS } from "../protocol/severity";
import { gradientChange } from "./gradientChange";

export interface Trial {
  before: Report;
  after: Report;
  /** The snippet that the finding belongs to. */
  snippet: number;
  finding: Finding;
  candidate: Fix;
  moved(position: Position): Position;
}

/** null: it does not help. Otherwise what the gradient becomes, in words; empty where none changes. */
export function judge(trial: Trial): string | null {
  const { before, after, snippet, finding } = trial;
  if (after.snippets.length !== before.snippets.length) return null;
  for (let i = 0; i < before.snippets.length; i++) {
    const [old, now] = [before.snippets[i], after.snippets[i]];
    if (worse(old, now)) return null;
    if (i === snippet && finding.severity === "error" && now.status !== "ok") return null;
    if (broken(trial, old, now)) return null;
    if (!printsTheSame(trial, old, now)) return null;
  }
  if (stillThere(trial)) return null;
  return gradientChange(before.snippets[snippet], after.snippets[snippet]);
}

function worse(old: SnippetReport, now: SnippetReport): boolean {
  return old.status === "ok" && now.status !== "ok";
}

function key({ code, message }: Finding): string {
  return `${code} ${code.startsWith("python/") ? message : ""}`;
}

/** A finding as loud as the one that is to be fixed, or louder, that was not there before. */
function broken({ finding, moved }: Trial, old: SnippetReport, now: SnippetReport): boolean {
  const known = old.diagnostics.map((each) => ({ key: key(each), line: moved(each.range.start).line }));
  return now.diagnostics.some((each) => {
    if (LOUDNESS[each.severity] < LOUDNESS[finding.severity]) return false;
    // A snippet that raised before and raises still, at the same place or further down, is none the worse for it.
    const raised = old.error && moved(old.error.range.start).line;
    if (each.severity === "error" && finding.severity !== "error" && raised !== undefined) {
      if (each.range.start.line >= raised) return false;
    }
    const place = known.findIndex((k) => k.key === key(each) && k.line === each.range.start.line);
    if (place < 0) return true;
    known.splice(place, 1);
    return false;
  });
}

function stillThere({ finding, after, snippet, moved }: Trial): boolean {
  const line = moved(finding.range.start).line;
  const found = after.snippets[snippet].diagnostics.filter((each) => each.code === finding.code);
  return found.some((each) => each.range.start.line === line || each.message === finding.message);
}

/**
 * What was printed before is printed still, up to numbers, which a fix may change, and to the lines that the finding
 * and the fix are about.
 */
function printsTheSame(
  { finding, candidate, moved }: Trial,
  old: SnippetReport,
  now: SnippetReport,
): boolean {
  const lines = (ranges: { range: { start: Position; end: Position } }[]): Set<number> =>
    new Set(ranges.flatMap(({ range }) => span(range.start.line, range.end.line)));
  const about = lines([
    finding,
    ...finding.related.filter(({ file }) => file === undefined),
    ...candidate.edits,
  ]);
  const texts = new Map<number, string[]>();
  for (const { range, text } of now.output) {
    const list = texts.get(range.start.line);
    if (list) list.push(text);
    else texts.set(range.start.line, [text]);
  }
  for (const { range, text } of old.output) {
    const list = texts.get(moved(range.start).line);
    const next = list?.shift();
    if (about.has(range.start.line)) continue;
    if (next === undefined || skeleton(next) !== skeleton(text)) return false;
  }
  return true;
}

function span(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** Text without its numbers, and without what a printed tensor says of its gradient. */
function skeleton(text: string): string {
  return text
    .replace(/, (?:requires_grad=True|grad_fn=<\w+>)/g, "")
    .replace(/[-+]?(?:\b\d+\.?\d*(?:e[-+]?\d+)?|\binf\b|\bnan\b)/g, "#")
    .replace(/None|tensor\([^()]*\)/g, "#")
    .replace(/\s+/g, " ");
}
