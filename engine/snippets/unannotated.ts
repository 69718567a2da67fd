// Code that carries no annotation and is run because somebody asked: a selection, a fence, a cell, a whole file.
import type { Snippet } from "../protocol/engineApi";
import type { Range } from "../protocol/report";
import { markdown } from "./lazyMarkdown";
import { position, range, splitLines, wholeLines } from "./lines";

const CELL = /^#\s*%%\s?/;

/** The whole text as one snippet: what the command line runs when a Python file has no annotation. */
export function wholeFile(text: string): Snippet {
  const lines = splitLines(text);
  return piece(lines, 0, lines.length - 1, "");
}

/** The code in a selection, whole lines or part of one; common indentation is removed, as Python wants it. */
export function selectedCode(text: string, selection: Range): Snippet | undefined {
  const lines = splitLines(text);
  const last = lines.length - 1;
  const { start } = selection;
  let { end } = selection;
  // A selection of whole lines ends in front of the next line's first character.
  if (end.line > start.line && end.character === 0)
    end = position(end.line - 1, lines[end.line - 1]?.length ?? 0);
  if (start.line > last) return undefined;
  const picked = lines.slice(start.line, end.line + 1);
  const margin = commonIndent(picked);
  const indent: number[] = [];
  const code = picked.map((line, index) => {
    const stop = index === end.line - start.line ? end.character : line.length;
    const blanks = leadingBlanks(line);
    // A selection that starts inside the code starts there; in front of it, it means the whole line.
    const from = index === 0 && start.character > blanks ? start.character : Math.min(margin, blanks);
    indent.push(from);
    return line.slice(from, Math.max(from, stop));
  });
  if (code.every((line) => line.trim() === "")) return undefined;
  return {
    title: `Lines ${start.line + 1}–${end.line + 1}`,
    range: { start, end },
    header: wholeLines(lines, start.line, start.line),
    code: code.join("\n"),
    indent,
    options: { live: false },
  };
}

/** The Python fence of a Markdown text around a line. */
export function fenceAt(text: string, line: number): Snippet | undefined {
  const fence = markdown()
    .pythonFences(text)
    .find((candidate) => candidate.line <= line && line <= candidate.endLine);
  if (!fence) return undefined;
  return {
    ...markdown().fenceSnippet(splitLines(text), fence),
    title: `Fence at line ${fence.line + 1}`,
    options: { live: false },
  };
}

/** The `# %%` cell of a Python text around a line, or the whole text where there are no cells. */
export function cellAround(text: string, line: number): Snippet {
  const lines = splitLines(text);
  let first = 0;
  let last = lines.length - 1;
  let title = "Whole file";
  lines.forEach((content, index) => {
    if (!CELL.test(content)) return;
    if (index <= line) {
      first = Math.min(index + 1, lines.length - 1);
      title = content.replace(CELL, "").trim() || `Cell at line ${index + 1}`;
    } else if (index - 1 < last) last = index - 1;
  });
  return { ...piece(lines, first, Math.max(first, last), title), options: { live: false } };
}

function piece(lines: readonly string[], first: number, last: number, title: string): Snippet {
  const code = lines.slice(first, last + 1);
  return {
    title,
    range: wholeLines(lines, first, last),
    header: range(first, 0, first, lines[first]?.length ?? 0),
    code: code.join("\n"),
    indent: code.map(() => 0),
    options: {},
  };
}

function commonIndent(lines: readonly string[]): number {
  const indents = lines.filter((line) => line.trim() !== "").map(leadingBlanks);
  return indents.length > 0 ? Math.min(...indents) : 0;
}

function leadingBlanks(line: string): number {
  return /^[ \t]*/.exec(line)?.[0].length ?? 0;
}
