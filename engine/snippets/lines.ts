// Text as lines, the way an editor counts them: zero-based lines, UTF-16 columns, no byte order mark.
import type { Position, Range } from "../protocol/report";

/** Line breaks are \n, \r\n and a lone \r, as in VS Code and in markdown-it. */
export function splitLines(text: string): string[] {
  return withoutBom(text).split(/\r\n|\r|\n/);
}

/** Editors do not count the byte order mark as a column, so nobody here does. */
export function withoutBom(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

export function position(line: number, character: number): Position {
  return { line, character };
}

export function range(
  startLine: number,
  startCharacter: number,
  endLine: number,
  endCharacter: number,
): Range {
  return { start: position(startLine, startCharacter), end: position(endLine, endCharacter) };
}

/** From the start of line `first` to the end of line `last`. */
export function wholeLines(lines: readonly string[], first: number, last: number): Range {
  return range(first, 0, last, lines[last]?.length ?? 0);
}
