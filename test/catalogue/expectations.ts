// What a snippet of the catalogue says about itself, in comments:
//
//   y.backward()      #! autograd/second-backward      this finding, on this line
//   y = x ** 2        #~                               this line is told along with the snippet's first finding
//   #+ retain_graph=True                               a fix with these words in its title holds; no words: any fix
//
// A snippet without `#!` is correct and has to stay silent.
import type { Snippet } from "../../engine/protocol/engineApi";
import type { Finding, Report } from "../../engine/protocol/report";

export interface Expected {
  findings: { code: string; line: number }[];
  /** Lines, zero-based. */
  related: number[];
  fixes: string[];
}

export interface Verdict {
  title: string;
  /** Codes. */
  expected: string[];
  found: string[];
  missed: string[];
  surplus: string[];
  /** What else is wrong, in words. */
  faults: string[];
  /** Of the errors: whether a verified fix is there. */
  fixable: boolean | null;
}

export function expectedOf({ code, range }: Snippet): Expected {
  const expected: Expected = { findings: [], related: [], fixes: [] };
  code.split("\n").forEach((text, index) => {
    const line = range.start.line + index;
    for (const [, found] of text.matchAll(/#! ([\w/-]+)/g)) expected.findings.push({ code: found, line });
    if (/#~/.test(text)) expected.related.push(line);
    const fix = /^#\+ ?(.*)$/.exec(text);
    if (fix) expected.fixes.push(fix[1].trim());
  });
  return expected;
}

export function verdictOf(snippet: Snippet, report: Report["snippets"][number]): Verdict {
  const expected = expectedOf(snippet);
  const left = [...report.diagnostics];
  const faults: string[] = [];
  const missed: string[] = [];
  let first: Finding | undefined;
  for (const { code, line } of expected.findings) {
    const index = left.findIndex((finding) => finding.code === code && finding.range.start.line === line);
    if (index < 0) {
      missed.push(`${code} on line ${line + 1}`);
      continue;
    }
    const [finding] = left.splice(index, 1);
    first ??= finding;
  }
  if (first) faults.push(...relatedFaults(expected, first), ...fixFaults(expected, first));
  if (expected.findings.length === 0 && report.status !== "ok")
    faults.push(`raised ${report.error?.message}`);
  const isError = first?.severity === "error";
  return {
    title: snippet.title,
    expected: expected.findings.map(({ code }) => code),
    found: report.diagnostics.map(({ code }) => code),
    missed,
    surplus: left.map(({ code, range, message }) => `${code} on line ${range.start.line + 1}: ${message}`),
    faults,
    fixable: isError || expected.fixes.length > 0 ? (first?.fixes.length ?? 0) > 0 : null,
  };
}

function relatedFaults({ related }: Expected, finding: Finding): string[] {
  const told = new Set(finding.related.map(({ range }) => range.start.line));
  return related.filter((line) => !told.has(line)).map((line) => `line ${line + 1} is not told`);
}

function fixFaults({ fixes }: Expected, finding: Finding): string[] {
  const titles = finding.fixes.map(({ title }) => title);
  const tried = finding.candidates?.map(({ title }) => title) ?? [];
  return fixes
    .filter((words) => !titles.some((title) => title.includes(words)))
    .map((words) => `no fix “${words}”: verified ${JSON.stringify(titles)} of ${JSON.stringify(tried)}`);
}
