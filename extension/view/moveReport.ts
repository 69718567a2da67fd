// Moves a snippet's report to the present text, place by place. Pure.
import type { Finding, Range, Site, SnippetReport, TensorRecord } from "../../engine/protocol/report";
import type { GradLine, LiveReport } from "./documentView";
import { compare, type Hold, moveThrough, type TextChange } from "./edits";

export function liveReport(report: SnippetReport): LiveReport {
  const { graph: _graph, timeline: _timeline, ...live } = report;
  const diagnostics = live.diagnostics.map((found) => ({ ...found, found }));
  return { ...live, diagnostics, gradLines: gradLines(report) };
}

/** Where a name is bound to a tensor that its line made, and that has a gradient. */
function gradLines({ occurrences, tensors }: SnippetReport): GradLine[] {
  const byId = new Map(tensors.map((tensor) => [tensor.id, tensor]));
  const lines: GradLine[] = [];
  for (const { name, range, tensor: id } of occurrences) {
    const tensor = byId.get(id);
    const site = tensor?.site;
    if (name === undefined || !tensor || !site || site.file) continue;
    if (tensor.grad === null && !tensor.gradSummary) continue;
    const binds = range.end.line === site.range.start.line && compare(range.end, site.range.start) <= 0;
    if (binds) lines.push({ line: site.range.end.line, name, tensor: id });
  }
  return lines;
}

/** The report as it reads after `changes`: what was edited away is gone, the rest has moved. */
export function moveReport(report: LiveReport, changes: readonly TextChange[]): LiveReport {
  // A report speaks of its own snippet and of earlier ones, never of what stands below.
  if (changes.every((change) => compare(change.range.start, report.range.end) > 0)) return report;
  const move = (range: Range, hold: Hold) => moveThrough(range, changes, hold);
  const range = move(report.range, "loose") ?? collapsed(report.range, changes);
  return {
    ...report,
    range,
    output: moveOutput(report.output, changes),
    ...(report.error
      ? { error: { ...report.error, range: move(report.error.range, "loose") ?? range } }
      : {}),
    tensors: report.tensors.map((tensor) => moveTensor(tensor, move)),
    backwardCalls: report.backwardCalls.map((call) => ({
      ...call,
      site: moveSite(call.site, move) ?? NOWHERE,
    })),
    diagnostics: moveFindings(report.diagnostics, changes),
    occurrences: keep(report.occurrences, (item) => withRange(item, move(item.range, "exact"))),
    inlineValues: keep(report.inlineValues, (item) => moveLine(item, move)),
    gradLines: keep(report.gradLines, (item) => moveLine(item, move)),
  };
}

export function moveFindings<F extends Finding>(findings: readonly F[], changes: readonly TextChange[]): F[] {
  return keep(findings, (finding) => {
    const range = moveThrough(finding.range, changes, "loose");
    if (!range) return null;
    return {
      ...finding,
      range,
      related: keep(finding.related, (item) =>
        item.file ? item : withRange(item, moveThrough(item.range, changes, "loose")),
      ),
      // A fix is offered whole or not at all.
      fixes: keep(finding.fixes, (fix) => {
        const edits = keep(fix.edits, (edit) => withRange(edit, moveThrough(edit.range, changes, "exact")));
        return edits.length === fix.edits.length ? { ...fix, edits } : null;
      }),
    };
  });
}

export function moveOutput(
  output: SnippetReport["output"],
  changes: readonly TextChange[],
): SnippetReport["output"] {
  return keep(output, (item) => withRange(item, moveThrough(item.range, changes, "loose")));
}

/** A place that no longer exists: in front of everything, and empty, so that nothing is found there. */
const NOWHERE: Site = { range: { start: { line: -1, character: 0 }, end: { line: -1, character: 0 } } };

type Move = (range: Range, hold: Hold) => Range | null;

/** A line has moved as far as its start has, and is gone when all of it is. */
function moveLine<T extends { line: number }>(item: T, move: Move): T | null {
  const whole = {
    start: { line: item.line, character: 0 },
    end: { line: item.line, character: Number.MAX_SAFE_INTEGER },
  };
  const moved = move(whole, "loose");
  return moved && { ...item, line: moved.start.line };
}

function moveTensor(tensor: TensorRecord, move: Move): TensorRecord {
  const moved: TensorRecord = { ...tensor, site: tensor.site && moveSite(tensor.site, move) };
  moved.mutations = keep(tensor.mutations, (mutation) => {
    const site = moveSite(mutation.site, move);
    return site && { ...mutation, site };
  });
  if (tensor.whyNoGradSite) {
    const site = moveSite(tensor.whyNoGradSite, move);
    if (site) moved.whyNoGradSite = site;
    else delete moved.whyNoGradSite;
  }
  return moved;
}

function moveSite(site: Site, move: Move): Site | null {
  if (site.file) return site;
  const range = move(site.range, "exact");
  return range && { ...site, range };
}

function withRange<T extends { range: Range }>(item: T, range: Range | null): T | null {
  return range && { ...item, range };
}

function keep<T>(items: readonly T[], change: (item: T) => T | null): T[] {
  const kept: T[] = [];
  for (const item of items) {
    const changed = change(item);
    if (changed) kept.push(changed);
  }
  return kept;
}

function collapsed(range: Range, changes: readonly TextChange[]): Range {
  const start = moveThrough({ start: range.start, end: range.start }, changes, "loose");
  return start ?? { start: range.start, end: range.start };
}
