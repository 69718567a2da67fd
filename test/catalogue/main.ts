// The part of `npm run catalogue` that needs the engine: precision and recall of each rule, and the share of errors
// that have a verified fix, as text.
import { RULES } from "../../engine/protocol/rules";
import type { Verdict } from "./expectations";
import { runCatalogue } from "./run";

interface Score {
  expected: number;
  found: number;
  hit: number;
}

export async function describeCatalogue(only: string): Promise<{ text: string; failed: boolean }> {
  const files = await runCatalogue(only);
  const all = files.flatMap(({ file, verdicts }) => verdicts.map((verdict) => ({ file, verdict })));
  const lines: string[] = [];
  for (const { file, verdict } of all) lines.push(...complaints(file, verdict));
  const scores = scoresOf(all.map(({ verdict }) => verdict));
  lines.push("", "| rule | expected | found | precision | recall |", "|---|---|---|---|---|");
  for (const [code, { expected, found, hit }] of [...scores].sort()) {
    lines.push(`| ${code} | ${expected} | ${found} | ${ratio(hit, found)} | ${ratio(hit, expected)} |`);
  }
  const buggy = all.filter(({ verdict }) => verdict.expected.length > 0);
  const fixable = buggy.filter(({ verdict }) => verdict.fixable !== null);
  const fixed = fixable.filter(({ verdict }) => verdict.fixable);
  const covered = RULES.filter(({ code }) => scores.has(code));
  lines.push(
    "",
    `${buggy.length} snippets with a mistake, ${all.length - buggy.length} close to them without one`,
    `${covered.length} of ${RULES.length} rules; missing: ${RULES.filter((rule) => !scores.has(rule.code))
      .map(({ code }) => code)
      .join(", ")}`,
    `verified fixes for ${fixed.length} of ${fixable.length} (${((100 * fixed.length) / Math.max(1, fixable.length)).toFixed(1)} %)`,
  );
  for (const { file, verdict } of fixable)
    if (!verdict.fixable) lines.push(`no fix: ${file}: ${verdict.title}`);
  return {
    text: `${lines.join("\n")}\n`,
    failed: all.some(({ file, verdict }) => complaints(file, verdict).length > 0),
  };
}

export function complaints(file: string, { title, missed, surplus, faults }: Verdict): string[] {
  return [
    ...missed.map((what) => `${file}: ${title}: missed ${what}`),
    ...surplus.map((what) => `${file}: ${title}: not expected: ${what}`),
    ...faults.map((what) => `${file}: ${title}: ${what}`),
  ];
}

function scoresOf(verdicts: Verdict[]): Map<string, Score> {
  const scores = new Map<string, Score>();
  const score = (code: string): Score => {
    const known = scores.get(code) ?? { expected: 0, found: 0, hit: 0 };
    scores.set(code, known);
    return known;
  };
  for (const { expected, found, missed } of verdicts) {
    for (const code of expected) score(code).expected++;
    for (const code of found) score(code).found++;
    for (const code of expected) score(code).hit++;
    for (const what of missed) score(what.slice(0, what.indexOf(" "))).hit--;
  }
  return scores;
}

const ratio = (part: number, whole: number): string => (whole === 0 ? "–" : (part / whole).toFixed(2));
