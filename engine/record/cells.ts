// How a line is called: by its number, in a notebook by its cell and its number there. Cells count from 1 among all
// cells of the notebook, as a person counts them. Pure.
import type { CellPlace } from "../protocol/engineApi";

/** `line` is zero-based, of the notebook's text where there are cells: "line 3", "cell 2, line 3". */
export function lineWords(line: number, cells: readonly CellPlace[] | undefined): string {
  const cell = cells?.find((place) => line >= place.line && line < place.line + place.lineCount);
  return cell ? `cell ${cell.cell + 1}, line ${line - cell.line + 1}` : `line ${line + 1}`;
}

/** A traceback of Python's, with the lines of the notebook's text told as lines of its cells. */
export function tracebackInCells(
  traceback: string,
  file: string,
  cells: readonly CellPlace[] | undefined,
): string {
  if (!cells) return traceback;
  return traceback.replace(
    /^( *File "(.*)", )line (\d+)/gm,
    (whole, head: string, name: string, line: string) =>
      name === file ? `${head}${lineWords(Number(line) - 1, cells)}` : whole,
  );
}
