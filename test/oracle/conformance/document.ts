// docs/conformance.md: what is declared, recorded, passed and missing, as a document.
import { registry } from "../../../engine/python/registry";
import { type CaseCount, countCases } from "./cases";
import { FAMILIES, familiesOfOperators } from "./families";

export type Presence = Record<string, { present: string[]; missing: string[] }>;

const row = (...cells: (string | number)[]) => `| ${cells.join(" | ")} |`;

/** `failed`: how many recorded cases failed, per family; a test that fails fails all of its cases. */
export function conformanceDocument(presence: Presence, failed: ReadonlyMap<string, number>): string {
  const counts = countCases();
  const operators = new Map<string, number>();
  for (const family of familiesOfOperators().values())
    operators.set(family, (operators.get(family) ?? 0) + 1);
  const lines = [
    "# Conformance",
    "",
    "Written by `npm run conformance`: what of PyTorch 2.13 is here, and how it compares with what real PyTorch",
    "recorded (`test/oracle`). *Refused* cases raise an exception that names what is missing.",
    "",
    "## Operators and recorded cases",
    "",
    row("family", "operators declared", "cases passed", "refused", "failed"),
    row("---", "--:", "--:", "--:", "--:"),
  ];
  const total = { operators: 0, passed: 0, refused: 0, failed: 0 };
  for (const family of FAMILIES) {
    const { cases, refused }: CaseCount = counts.get(family) ?? { cases: 0, refused: 0 };
    const own = { operators: operators.get(family) ?? 0, refused, failed: failed.get(family) ?? 0 };
    const passed = cases - refused - own.failed;
    if (own.operators + cases === 0) continue;
    lines.push(row(family, own.operators || "–", passed, refused, own.failed));
    total.operators += own.operators;
    total.passed += passed;
    total.refused += refused;
    total.failed += own.failed;
  }
  lines.push(row("**all**", total.operators, total.passed, total.refused, total.failed));
  const names = new Set(registry.map(({ schema }) => schema.name.replace(/(?<=[a-z0-9])_$/, "")));
  lines.push(
    "",
    `${registry.length} schemas under ${names.size} names; in-place and number forms are derived.`,
    "",
    "## Public names",
    "",
    row("namespace", "in PyTorch", "present", "missing"),
    row("---", "--:", "--:", "--:"),
  );
  for (const [namespace, { present, missing }] of Object.entries(presence)) {
    lines.push(row(`\`${namespace}\``, present.length + missing.length, present.length, missing.length));
  }
  lines.push("", "## What is missing", "", "By namespace; using one of them raises and names it.");
  for (const [namespace, { missing }] of Object.entries(presence)) {
    if (missing.length === 0) continue;
    lines.push("", `### ${namespace}`, "", ...wrapped(missing));
  }
  return `${lines.join("\n")}\n`;
}

/** Names in lines of up to 110 characters. */
function wrapped(names: readonly string[]): string[] {
  const lines: string[] = [];
  let line = "";
  for (const name of names) {
    const next = line === "" ? `\`${name}\`` : `${line} \`${name}\``;
    if (next.length > 110) {
      lines.push(line);
      line = `\`${name}\``;
    } else line = next;
  }
  return line === "" ? lines : [...lines, line];
}
