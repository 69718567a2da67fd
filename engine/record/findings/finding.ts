// How rules make a finding: codes, ranges, related lines and what may help, in one form.
import type { Finding, Fix, Range, Severity } from "../../protocol/report";
import type { Scene } from "../scene";

/** A line that is involved: an interned place and what happened there. */
export type Involved = readonly [site: number, message: string];

/**
 * What may help, in general terms: python/runner/remedies turns it into edits of the code as it is written. The
 * places that it speaks of are interned ones.
 */
export interface Remedy {
  kind: string;
  sites?: Readonly<Record<string, number | null | undefined>>;
  words?: Readonly<Record<string, string | number | boolean | undefined>>;
}

/** A finding before its remedies have met the code. */
export interface Found extends Finding {
  remedies?: readonly Remedy[];
}

export function makeFinding(
  scene: Scene,
  code: string,
  severity: Severity,
  message: string,
  range: Range,
  involved: readonly (Involved | null)[],
  remedies: readonly Remedy[] = [],
): Found {
  const related: Finding["related"] = [];
  for (const each of involved) {
    if (each === null) continue;
    const [number, words] = each;
    // Names of functions stay as they are written.
    const text = words.replace(
      /^(the|a|an) /,
      (article) => article.charAt(0).toUpperCase() + article.slice(1),
    );
    const site = scene.sites.site(number);
    if (!site) continue;
    const { file } = site;
    if (related.some((other) => other.message === text && same(other.range, site.range))) continue;
    related.push({ message: text, range: site.range, ...(file === undefined ? {} : { file }) });
  }
  const found: Found = { code, severity, message, range, related, fixes: [] };
  if (remedies.length > 0) found.remedies = remedies;
  return found;
}

export function same(a: Range, b: Range): boolean {
  return (
    a.start.line === b.start.line &&
    a.start.character === b.start.character &&
    a.end.line === b.end.line &&
    a.end.character === b.end.character
  );
}

/** Writes candidates: rows of wishes in, rows of edits out, as JSON (python/runner/remedies). */
export type Propose = (wishes: string) => string;

type Row = [number, number, number, number];

/** The findings with candidates in place of remedies. */
export function withCandidates(scene: Scene, found: readonly Found[], propose: Propose | null): Finding[] {
  const wishes: unknown[] = [];
  found.forEach(({ remedies }, index) => {
    for (const { kind, sites, words } of remedies ?? []) {
      const places = Object.entries(sites ?? {}).flatMap(([name, site]) => {
        const range = scene.sites.range(site ?? 0);
        return range ? [[name, rowOf(range)] as const] : [];
      });
      wishes.push([index, kind, Object.fromEntries(places), words ?? {}]);
    }
  });
  const plain: Finding[] = found.map(({ remedies: _, ...finding }) => finding);
  if (wishes.length === 0 || propose === null || scene.facts.status === "stopped") return plain;
  const rows = JSON.parse(propose(JSON.stringify(wishes))) as [
    number,
    string,
    [Row, string][],
    string | null,
  ][];
  for (const [index, title, edits, cost] of rows) {
    const finding = plain[index];
    const candidate: Fix = {
      title,
      edits: edits.map(([row, newText]) => ({ range: rangeOf(row), newText })),
      ...(cost === null ? {} : { cost }),
    };
    if (finding) finding.candidates = [...(finding.candidates ?? []), candidate];
  }
  return plain;
}

const rowOf = ({ start, end }: Range): Row => [start.line, start.character, end.line, end.character];

const rangeOf = ([line, character, endLine, endCharacter]: Row): Range => ({
  start: { line, character },
  end: { line: endLine, character: endCharacter },
});

/** Where the snippet begins: for what has no place of its own. */
export function firstLine(scene: Scene): Range {
  const { start, end } = scene.facts.range;
  return start.line === end.line ? { start, end } : { start, end: { line: start.line + 1, character: 0 } };
}

/** x of "'x'"; undefined for what has no name of its own. */
export function plainName(text: string): string | undefined {
  return /^'(\w+)'$/.exec(text)?.[1];
}

/** "[2, 3]", or "a single number". */
export function shapeText(sizes: readonly number[]): string {
  return `[${sizes.join(", ")}]`;
}
