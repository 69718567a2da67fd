// How rules make a finding: codes, ranges and related lines in one form.
import type { Finding, Range, Severity } from "../../protocol/report";
import type { Scene } from "../scene";

/** A line that is involved: an interned place and what happened there. */
export type Involved = readonly [site: number, message: string];

export function makeFinding(
  scene: Scene,
  code: string,
  severity: Severity,
  message: string,
  range: Range,
  involved: readonly (Involved | null)[],
): Finding {
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
  return { code, severity, message, range, related, fixes: [] };
}

function same(a: Range, b: Range): boolean {
  return (
    a.start.line === b.start.line &&
    a.start.character === b.start.character &&
    a.end.line === b.end.line &&
    a.end.character === b.end.character
  );
}

/** Where the snippet begins: for what has no place of its own. */
export function firstLine(scene: Scene): Range {
  const { start, end } = scene.facts.range;
  return start.line === end.line ? { start, end } : { start, end: { line: start.line + 1, character: 0 } };
}

/** "[2, 3]", or "a single number". */
export function shapeText(sizes: readonly number[]): string {
  return `[${sizes.join(", ")}]`;
}
