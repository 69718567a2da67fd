// Edits of a document, applied to a copy of its snippets: their code, their places, and where each place went.
import type { Snippet } from "../protocol/engineApi";
import type { Position, Range, TextEdit } from "../protocol/report";

export interface Applied {
  snippets: Snippet[];
  /** Where a position of the old text stands in the new one. */
  moved(position: Position): Position;
}

/** null where an edit is not inside a snippet, or two of them meet. */
export function applyEdits(snippets: readonly Snippet[], edits: readonly TextEdit[]): Applied | null {
  const sorted = [...edits].sort((a, b) => compare(a.range.start, b.range.start));
  for (let i = 1; i < sorted.length; i++) {
    if (compare(sorted[i - 1].range.end, sorted[i].range.start) > 0) return null;
  }
  let shift = 0;
  let taken = 0;
  const changed: Snippet[] = [];
  for (const snippet of snippets) {
    const own = sorted.filter(({ range }) => inside(snippet, range));
    taken += own.length;
    const before = shift;
    const edited = own.length === 0 ? snippet : edit(snippet, own);
    shift += edited.code.split("\n").length - snippet.code.split("\n").length;
    changed.push(moveDown(edited, before, shift));
  }
  if (taken !== edits.length) return null;
  return { snippets: changed, moved: (position) => moved(position, sorted) };
}

function inside({ range, code }: Snippet, edit: Range): boolean {
  const last = range.start.line + code.split("\n").length - 1;
  return edit.start.line >= range.start.line && edit.end.line <= last;
}

function edit(snippet: Snippet, edits: readonly TextEdit[]): Snippet {
  const first = snippet.range.start.line;
  let lines = snippet.code.split("\n");
  let indent = lines.map((_, i) => snippet.indent[i] ?? 0);
  // From the last to the first, so that places before stay what they are.
  for (const { range, newText } of [...edits].reverse()) {
    const from = range.start.line - first;
    const to = range.end.line - first;
    const head = lines[from].slice(0, Math.max(0, range.start.character - indent[from]));
    const tail = lines[to].slice(Math.max(0, range.end.character - indent[to]));
    const margin = indent[from];
    // What a fence is indented by is no part of the code.
    const [begin = "", ...more] = newText.split("\n");
    const fresh = [begin, ...more.map((line) => line.slice(Math.min(margin, blanks(line))))];
    fresh[0] = head + fresh[0];
    fresh[fresh.length - 1] += tail;
    lines = [...lines.slice(0, from), ...fresh, ...lines.slice(to + 1)];
    indent = [...indent.slice(0, from), ...fresh.map(() => margin), ...indent.slice(to + 1)];
  }
  return { ...snippet, code: lines.join("\n"), indent };
}

/** The same edits as the document needs them: new lines in a block quote begin as the quote's lines do. */
export function quoted(snippets: readonly Snippet[], edits: readonly TextEdit[]): TextEdit[] {
  return edits.map((one) => {
    const quote = snippets.find((snippet) => inside(snippet, one.range))?.quote;
    if (quote === undefined) return one;
    const [begin = "", ...more] = one.newText.split("\n");
    const fresh = more.map((line) => quote + line.slice(Math.min(quote.length, blanks(line))));
    return { ...one, newText: [begin, ...fresh].join("\n") };
  });
}

const blanks = (line: string): number => line.length - line.trimStart().length;

function moveDown(snippet: Snippet, before: number, after: number): Snippet {
  const { range, header } = snippet;
  const down = (position: Position, by: number): Position => ({ ...position, line: position.line + by });
  return {
    ...snippet,
    range: { start: down(range.start, before), end: down(range.end, after) },
    header: { start: down(header.start, before), end: down(header.end, before) },
  };
}

/** What an edit replaces goes to the end of what took its place. */
function moved(position: Position, edits: readonly TextEdit[]): Position {
  let { line, character } = position;
  for (const { range, newText } of [...edits].reverse()) {
    if (compare(range.start, position) > 0) continue;
    const added = newText.split("\n");
    const lastLength = added[added.length - 1].length;
    const endLine = range.start.line + added.length - 1;
    const endCharacter = added.length === 1 ? range.start.character + lastLength : lastLength;
    // An insertion at the very place stays before it.
    const within = compare(position, range.end) < 0;
    const from = within ? range.end : { line, character };
    character =
      from.line === range.end.line ? endCharacter + from.character - range.end.character : from.character;
    line = from.line + endLine - range.end.line;
  }
  return { line, character };
}

export function compare(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}
