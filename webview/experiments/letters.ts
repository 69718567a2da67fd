// What the letters of an operator's formulas stand for, with the numbers where they are single numbers. Pure.
import type { PlainArguments } from "../../engine/protocol/experiment";
import type { GraphNode, SnippetReport } from "../../engine/protocol/report";
import { formatNumber } from "../format";
import { tensorName } from "../timeline/words";

export interface Letter {
  /** TeX. */
  letter: string;
  means: string;
}

/** Of one formula or several: the gradient that comes in, the result, the inputs. */
export function lettersOf(node: GraphNode, snippet: SnippetReport): Letter[] {
  const formulas = Object.values(node.math ?? {});
  if (formulas.length === 0) return [];
  const right = formulas.map((tex) => tex.slice(tex.indexOf("=") + 1)).join(" ");
  const uses = (letter: string): boolean =>
    new RegExp(`(^|[^A-Za-z\\\\])${letter.replace(/[\\{}]/g, "\\$&")}(?![A-Za-z])`).test(right);
  const letters: Letter[] = [{ letter: "\\bar{r}", means: "the gradient that comes in" }];
  if (uses("r") && /(^|[^{])\br\b(?!\})/.test(right.replace(/\\bar\{r\}/g, ""))) {
    letters.push({ letter: "r", means: "the result" });
  }
  for (const { name, tensor } of node.inputs) {
    const own = letterOf(node.math?.[name]);
    const letter = own ?? (name === "self" ? "s" : name === "other" ? "o" : null);
    if (letter === null) continue;
    const known = tensor === null ? "" : tensorName(snippet, tensor);
    letters.push({ letter, means: known === "" || known === name ? name : `${name}, ${known}` });
  }
  return letters;
}

/** "\bar{s} = …" is about s. */
function letterOf(tex: string | undefined): string | null {
  const found = /^\\(?:bar|overline)\{((?:[^{}]|\{[^{}]*\})+)\}/.exec(tex ?? "")?.[1];
  return found ?? null;
}

/** "min = −1, max = 1" */
export const plainWords = (plain: PlainArguments): string =>
  Object.entries(plain)
    .map(([name, value]) => `${name} = ${valueWords(value)}`)
    .join(", ");

const valueWords = (value: PlainArguments[string]): string =>
  Array.isArray(value)
    ? `[${value.map((item) => valueWords(item)).join(", ")}]`
    : typeof value === "string"
      ? `"${value}"`
      : formatNumber(value);
