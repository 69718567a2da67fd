// Annotated cells of a Python file: `# %% [grad] Title key=value` up to the next `# %%` or the end of the file.
import type { ParsedDocument, Snippet } from "../protocol/engineApi";
import type { Finding } from "../protocol/report";
import { type Header, parseHeader, problem } from "./header";
import { range, splitLines, wholeLines } from "./lines";

/** The cell marker as the Jupyter tools of VS Code, Spyder and Jupytext know it. */
const CELL = /^#\s*%%/;
const ANNOTATED = /^(#\s*%%+)(.*?)\[grad\](.*)$/;
/** One look at the whole text, so that a file without annotations costs one search. */
const ANYWHERE = /^\ufeff?#[^\S\r\n]*%%.*\[grad\]/m;

export function parsePython(text: string): ParsedDocument {
  if (!ANYWHERE.test(text)) return { snippets: [], problems: [] };
  const lines = splitLines(text);
  const cells: number[] = [];
  lines.forEach((line, index) => {
    if (CELL.test(line)) cells.push(index);
  });
  const snippets: Snippet[] = [];
  const problems: Finding[] = [];
  cells.forEach((headerLine, index) => {
    const header = annotation(lines[headerLine] as string, headerLine);
    if (!header) return;
    const last = (cells[index + 1] ?? lines.length) - 1;
    const snippet = cellSnippet(lines, headerLine, last, header);
    snippets.push(snippet);
    problems.push(...header.problems, ...emptyProblem(snippet));
  });
  return { snippets, problems };
}

/** The header of an annotated cell, or undefined for any other line. */
export function annotation(text: string, line: number): Header | undefined {
  const match = ANNOTATED.exec(text);
  if (!match) return undefined;
  const [, marker = "", before = "", after = ""] = match;
  return parseHeader([
    { text: before, line, column: marker.length },
    { text: after, line, column: text.length - after.length },
  ]);
}

/** The snippet whose marker is on `headerLine` and whose code ends on line `last`. */
export function cellSnippet(
  lines: readonly string[],
  headerLine: number,
  last: number,
  header: Header,
): Snippet {
  const headerEnd = lines[headerLine]?.length ?? 0;
  const code = lines.slice(headerLine + 1, last + 1);
  return {
    title: header.title,
    range:
      code.length > 0
        ? wholeLines(lines, headerLine + 1, last)
        : range(headerLine, headerEnd, headerLine, headerEnd),
    header: wholeLines(lines, headerLine, headerLine),
    code: code.join("\n"),
    indent: code.map(() => 0),
    options: header.options,
  };
}

export function emptyProblem(snippet: Snippet): Finding[] {
  if (snippet.code.trim() !== "") return [];
  return [
    problem(
      "snippet/empty",
      "information",
      "This snippet is empty: there is nothing to run.",
      snippet.header,
    ),
  ];
}
