// What real PyTorch recorded, counted by family: how many cases there are, and which of them the engine refuses.
import { readdirSync, readFileSync } from "node:fs";
import { familiesOfOperators, familyOfGroup, OTHER } from "./families";

const read = <T>(file: string): T => JSON.parse(readFileSync(`test/oracle/${file}`, "utf8")) as T;

interface Grouped {
  cases: { id: string; group: string }[];
}

export interface CaseCount {
  cases: number;
  /** Answered with an exception that names what is missing. */
  refused: number;
}

/** Families of ATen's calls that were recorded by purpose rather than by operator. */
const RECORDED_FAMILIES: Record<string, string> = {
  views: "Shapes and views",
  joining: "Shapes and views",
  indexing: "Indexing, gather, scatter",
  products: "Matrix products",
  losses: "Losses",
  networks: "Network layers",
  algebra: "Linear algebra",
};

/** Family → how many recorded cases it has. */
export function countCases(): Map<string, CaseCount> {
  const counts = new Map<string, CaseCount>();
  const add = (family: string, cases: number, refused = 0) => {
    const count = counts.get(family) ?? { cases: 0, refused: 0 };
    counts.set(family, { cases: count.cases + cases, refused: count.refused + refused });
  };
  const refused = read<{ values: string[]; errors: string[] }>("refused.json");
  const grouped = (file: string, listed: readonly string[]) => {
    for (const { id, group } of read<Grouped>(file).cases)
      add(familyOfGroup(group), 1, listed.includes(id) ? 1 : 0);
  };
  grouped("ops.json", refused.values);
  grouped("errors.json", refused.errors);
  const familyOf = familiesOfOperators();
  const byOperator = (name: string) =>
    familyOf.get(name) ?? [...familyOf].find(([key]) => key.startsWith(`${name}.`))?.[1] ?? OTHER.rest;
  for (const { op } of read<{ cases: { op: string }[] }>("calls.json").cases) add(byOperator(op), 1);
  for (const [name, list] of Object.entries(
    read<{ families: Record<string, unknown[]> }>("operators.json").families,
  ))
    add(RECORDED_FAMILIES[name] ?? OTHER.rest, list.length);
  add("Shapes and views", read<{ programs: unknown[] }>("views.json").programs.length);
  add("Random numbers", read<{ cases: unknown[] }>("random.json").cases.length);
  add(OTHER.printing, read<{ cases: unknown[] }>("printing.json").cases.length);
  const texts = read<{ expressions: Record<string, unknown[]>; programs: Record<string, string> }>(
    "expressions.json",
  );
  for (const rows of Object.values(texts.expressions)) add(OTHER.protocol, rows.length);
  add(OTHER.programs, Object.keys(texts.programs).length);
  add(OTHER.programs, readdirSync("test/oracle/programs").filter((name) => name.endsWith(".py")).length);
  const { operators } = read<{ operators: Record<string, [string, Record<string, string>][]> }>(
    "promotion.json",
  );
  for (const [, answers] of Object.values(operators).flat())
    for (const rights of Object.values(answers)) add(OTHER.promotion, rights.split(/ (?!first\))/).length);
  return counts;
}
