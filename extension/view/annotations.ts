// Help with writing annotations: what may stand at the cursor of a marker, a fence or an ignore comment, and which
// rules such a comment names. Pure.
import { RULES } from "../../engine/protocol/rules";

export interface CompletionModel {
  label: string;
  detail: string;
  insert: string;
  /** Columns of the line that it takes the place of. */
  from: number;
  to: number;
  /** Offer the next completions at once. */
  more?: boolean;
}

type Kind = "python" | "markdown" | "notebook";

const MARKER = /^\s*#\s*%%\s*\[grad\]/;
const FENCE = /^\s*(?:>\s*)*(?:[-*+]\s+|\d+[.)]\s+)?(`{3,}|~{3,})/;
const OPTIONS: readonly (Pick<CompletionModel, "label" | "detail" | "insert"> & { key: string })[] = [
  {
    key: "timeout",
    label: "timeout=",
    detail: "seconds after which the snippet is stopped",
    insert: "timeout=",
  },
  { key: "live", label: "live=false", detail: "run only when asked to", insert: "live=false" },
  { key: "isolated", label: "isolated", detail: "variables of its own", insert: "isolated" },
];

export function completionsAt(kind: Kind, line: string, character: number): CompletionModel[] {
  const before = line.slice(0, character);
  if (kind === "markdown") {
    const fence = FENCE.exec(before);
    if (fence) return fenceCompletions(before, fence[0].length, character);
    return [];
  }
  return (
    ignoreCompletions(before, character) ??
    (MARKER.test(before) ? optionCompletions(before, character) : markerCompletions(before, character))
  );
}

function markerCompletions(before: string, character: number): CompletionModel[] {
  const typed = /^(\s*)#\s?%{0,2}\s?(?:\[\w{0,4})?$/.exec(before);
  if (!typed) return [];
  const from = typed[1]?.length ?? 0;
  const detail = "a cell that Gradient Inspector runs";
  return [{ label: "# %% [grad]", detail, insert: "# %% [grad] ", from, to: character }];
}

function fenceCompletions(before: string, begin: number, character: number): CompletionModel[] {
  const info = before.slice(begin);
  if (/^\s*python\s+grad\s/.test(info)) return optionCompletions(before, character);
  if (!/^\s*\w*(?:\s+\w*)?$/.test(info)) return [];
  const detail = "a fence that Gradient Inspector runs";
  return [{ label: "python grad", detail, insert: "python grad ", from: begin, to: character }];
}

/** Behind a blank, what is not there yet. */
function optionCompletions(before: string, character: number): CompletionModel[] {
  const word = /\s(\w*)$/.exec(before)?.[1];
  if (word === undefined) return [];
  const from = character - word.length;
  const there = before.slice(0, from);
  return OPTIONS.filter(({ key }) => !new RegExp(`\\b${key}\\b`).test(there)).map(
    ({ label, detail, insert }) => ({ label, detail, insert, from, to: character }),
  );
}

/** Undefined where the cursor is in no such comment. */
function ignoreCompletions(before: string, character: number): CompletionModel[] | undefined {
  const inside = /#\s*grad:\s*ignore\[([^\]]*)$/.exec(before);
  if (inside) {
    const rules = inside[1] ?? "";
    const word = /[^,\s]*$/.exec(rules)?.[0] ?? "";
    const there = new Set(rules.split(",").map((rule) => rule.trim()));
    return RULES.filter(({ configurable, code }) => configurable && !there.has(code)).map(
      ({ code, title }) => ({
        label: code,
        detail: title,
        insert: code,
        from: character - word.length,
        to: character,
      }),
    );
  }
  const begun = /#\s*g(?:r(?:a(?:d(?::\s*(?:i(?:g(?:n(?:o(?:r(?:e)?)?)?)?)?)?)?)?)?)?$/.exec(before);
  if (!begun || before.slice(0, begun.index).trim() === "") return undefined;
  return [
    {
      label: "# grad: ignore[…]",
      detail: "silences a rule on this line",
      insert: "# grad: ignore[",
      from: begun.index,
      to: character,
      more: true,
    },
  ];
}

export interface RuleLink {
  line: number;
  from: number;
  to: number;
  code: string;
}

/** The rules that ignore comments name. */
export function ruleLinks(text: string): RuleLink[] {
  if (!text.includes("grad:")) return [];
  return text.split(/\r\n|\r|\n/).flatMap((content, line) =>
    [...content.matchAll(/#\s*grad:\s*ignore\[([^\]]*)\]/g)].flatMap((match) => {
      const inside = match.index + match[0].indexOf("[") + 1;
      return [...(match[1] ?? "").matchAll(/[\w-]+(?:\/\w[\w.-]*)+/g)].map((rule) => ({
        line,
        from: inside + rule.index,
        to: inside + rule.index + rule[0].length,
        code: rule[0],
      }));
    }),
  );
}
