// Moves places of a report through later edits of the text. Pure.
import type { Position, Range } from "../../engine/protocol/report";

/** One replacement in a text; the ranges of several are applied one after the other. */
export interface TextChange {
  range: Range;
  text: string;
}

/**
 * "exact": the place of an expression; an edit inside it, or one that lengthens its first or last word, ends it.
 * "loose": the place of a message; it grows and shrinks with what is typed inside, and ends when all of it is deleted.
 */
export type Hold = "exact" | "loose";

export function compare(a: Position, b: Position): number {
  return a.line - b.line || a.character - b.character;
}

export function contains(range: Range, at: Position): boolean {
  return compare(range.start, at) <= 0 && compare(at, range.end) < 0;
}

export function touches(range: Range, at: Position): boolean {
  return compare(range.start, at) <= 0 && compare(at, range.end) <= 0;
}

export function isEmpty(range: Range): boolean {
  return compare(range.start, range.end) === 0;
}

/** Whether `inner` is a smaller place than `outer`: fewer lines, then fewer columns. */
export function smaller(inner: Range, outer: Range): boolean {
  const lines = (range: Range) => range.end.line - range.start.line;
  const columns = (range: Range) => range.end.character - range.start.character;
  return (
    lines(inner) - lines(outer) < 0 || (lines(inner) === lines(outer) && columns(inner) < columns(outer))
  );
}

/** In the order in which they can be applied one by one, given that all speak of the same text: from the end. */
export function sequential(changes: readonly TextChange[]): TextChange[] {
  return [...changes].sort((a, b) => compare(b.range.start, a.range.start));
}

export function moveRange(range: Range, change: TextChange, hold: Hold): Range | null {
  if (compare(change.range.start, range.end) > 0) return range;
  return hold === "exact" ? moveExact(range, change) : moveLoose(range, change);
}

export function moveThrough(range: Range, changes: readonly TextChange[], hold: Hold): Range | null {
  let moved: Range | null = range;
  for (const change of changes) {
    if (moved === null) return null;
    moved = moveRange(moved, change, hold);
  }
  return moved;
}

function moveExact(range: Range, change: TextChange): Range | null {
  const { start, end } = change.range;
  const before = compare(end, range.start) <= 0;
  const behind = compare(start, range.end) >= 0;
  if (!before && !behind) return null;
  // At the border, another word character makes it another word; so does a deletion that joins two words.
  if (before && compare(end, range.start) === 0 && (WORD_END.test(change.text) || joins(change))) return null;
  if (behind && compare(start, range.end) === 0 && (WORD_START.test(change.text) || joins(change)))
    return null;
  return before ? { start: shift(range.start, change), end: shift(range.end, change) } : range;
}

const WORD_END = /[\p{L}\p{N}_.]$/u;
const WORD_START = /^[\p{L}\p{N}_]/u;

/** A deletion that may bring two words together; at the start of a line there is nothing to join. */
function joins({ range: { start, end }, text }: TextChange): boolean {
  return text === "" && start.line === end.line && start.character > 0 && start.character < end.character;
}

function moveLoose(range: Range, change: TextChange): Range | null {
  const start = movePosition(range.start, change, "behind");
  const end = movePosition(range.end, change, "before");
  if (compare(start, end) < 0) return { start, end };
  return isEmpty(range) ? { start, end: start } : null;
}

/** Where a position is after a change; `stay` says on which side of the new text a position inside it ends up. */
export function movePosition(at: Position, change: TextChange, stay: "before" | "behind"): Position {
  const { start, end } = change.range;
  if (compare(at, start) < 0) return at;
  if (compare(at, end) < 0 || (compare(at, end) === 0 && stay === "before")) {
    // An end that stood exactly behind replaced text keeps covering the replacement.
    if (stay === "before" && compare(at, end) === 0 && !isEmpty(change.range)) return endOfInsertion(change);
    // So does a start that stood exactly in front of it.
    const inFront = compare(at, start) === 0 && !isEmpty(change.range);
    return stay === "before" || inFront ? start : endOfInsertion(change);
  }
  return shift(at, change);
}

/** For positions at or behind the end of the replaced text. */
function shift(at: Position, change: TextChange): Position {
  const { end } = change.range;
  const newEnd = endOfInsertion(change);
  if (at.line !== end.line) return { line: at.line + newEnd.line - end.line, character: at.character };
  return { line: newEnd.line, character: newEnd.character + at.character - end.character };
}

function endOfInsertion(change: TextChange): Position {
  const { start } = change.range;
  const lines = change.text.split(/\r\n|\r|\n/);
  const last = lines[lines.length - 1] as string;
  return {
    line: start.line + lines.length - 1,
    character: lines.length === 1 ? start.character + last.length : last.length,
  };
}
