// What follows the marker on a snippet's header line: a title and options. Knows nothing of where headers stand.
import type { SnippetOptions } from "../protocol/engineApi";
import type { Finding, Range } from "../protocol/report";
import { range } from "./lines";

export interface Header {
  title: string;
  options: SnippetOptions;
  problems: Finding[];
}

/** A place of the header line that may hold words of the title and options. */
export interface HeaderPart {
  text: string;
  line: number;
  /** UTF-16 column of the first character of `text`. */
  column: number;
}

interface Word {
  text: string;
  range: Range;
}

type Parsed = { kind: "value"; value: number | boolean } | { kind: "bad"; expected: string };

interface OptionRule {
  parse(value: string): Parsed;
  assign(options: SnippetOptions, value: number | boolean): void;
}

const MAX_TIMEOUT_SECONDS = 3600;

const RULES: Record<keyof SnippetOptions, OptionRule> = {
  timeout: {
    parse(text) {
      const seconds = /^\d*\.?\d+$|^\d+\.$/.test(text) ? Number(text) : Number.NaN;
      return seconds > 0 && seconds <= MAX_TIMEOUT_SECONDS
        ? { kind: "value", value: seconds }
        : { kind: "bad", expected: `a number of seconds above 0 and up to ${MAX_TIMEOUT_SECONDS}` };
    },
    assign(options, value) {
      options.timeout = value as number;
    },
  },
  live: {
    parse: parseFlag,
    assign(options, value) {
      options.live = value as boolean;
    },
  },
  isolated: {
    parse: parseFlag,
    assign(options, value) {
      options.isolated = value as boolean;
    },
  },
};

function parseFlag(text: string): Parsed {
  if (text === "true" || text === "false") return { kind: "value", value: text === "true" };
  return { kind: "bad", expected: "true or false" };
}

const OPTION = /^([A-Za-z_][\w-]*)=(.*)$/;
/** An option that stands as a bare word. Inside a title it is an ordinary word. */
const BARE = "isolated";

/**
 * Splits the words after the marker into title and options. `key=value` is an option wherever it stands;
 * the bare word `isolated` only before or behind the title, so that a title may speak of isolated things.
 * A word in quotes belongs to the title.
 */
export function parseHeader(parts: readonly HeaderPart[]): Header {
  const words = parts.flatMap(splitWords);
  const isOption = words.map((word) => OPTION.test(word.text) || word.text === BARE);
  const firstTitle = isOption.indexOf(false);
  const lastTitle = isOption.lastIndexOf(false);

  const options: SnippetOptions = {};
  const problems: Finding[] = [];
  const seen = new Set<string>();
  const title: string[] = [];
  words.forEach((word, index) => {
    const inTitle = index > firstTitle && index < lastTitle;
    const match = OPTION.exec(word.text);
    if (match) readOption(word, match[1] as string, unquote(match[2] as string));
    else if (word.text === BARE && !inTitle) readOption(word, BARE, "true");
    else title.push(unquote(word.text));
  });
  return { title: title.join(" "), options, problems };

  function readOption(word: Word, name: string, value: string): void {
    if (!Object.hasOwn(RULES, name)) {
      problems.push(unknownOption(word, name));
      return;
    }
    const rule = RULES[name as keyof SnippetOptions];
    const parsed = rule.parse(value);
    if (parsed.kind === "bad") {
      problems.push(
        problem(
          "snippet/bad-value",
          "warning",
          `Option ${name} takes ${parsed.expected}, got "${value}".`,
          word.range,
        ),
      );
      return;
    }
    if (seen.has(name)) {
      const message = `Option ${name} is given twice; the last one counts.`;
      problems.push(problem("snippet/duplicate-option", "warning", message, word.range));
    }
    seen.add(name);
    rule.assign(options, parsed.value);
  }
}

function unknownOption(word: Word, name: string): Finding {
  const known = Object.keys(RULES);
  const near = known.find((candidate) => distance(candidate, name.toLowerCase()) <= 2);
  const hint = near ? `Did you mean ${near}?` : `Known options: ${known.join(", ")}.`;
  const finding = problem(
    "snippet/unknown-option",
    "warning",
    `Unknown option "${name}". ${hint}`,
    word.range,
  );
  if (near) {
    const { start } = word.range;
    const nameRange = range(start.line, start.character, start.line, start.character + name.length);
    finding.fixes.push({ title: `Change to ${near}`, edits: [{ range: nameRange, newText: near }] });
  }
  return finding;
}

export function problem(code: string, severity: Finding["severity"], message: string, at: Range): Finding {
  return { code, severity, message, range: at, related: [], fixes: [] };
}

/** Words are separated by blanks; double quotes keep blanks together, also behind `key=`. */
function splitWords(part: HeaderPart): Word[] {
  const words: Word[] = [];
  for (const match of part.text.matchAll(/(?:[^\s"]*"[^"]*")+[^\s"]*|\S+/g)) {
    const start = part.column + match.index;
    words.push({ text: match[0], range: range(part.line, start, part.line, start + match[0].length) });
  }
  return words;
}

function unquote(text: string): string {
  return /^"[^"]*"$/.test(text) ? text.slice(1, -1) : text;
}

/** Levenshtein's distance; the words compared are a few letters long. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
