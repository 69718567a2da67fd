// Annotated code cells of a notebook. Its code cells, laid one below the other, make one text, and all
// ranges speak of that text; `cells` says where each cell stands in it, and turns a place back into its cell.
import type { CellPlace, ParsedDocument, Snippet } from "../protocol/engineApi";
import type { Finding, Position } from "../protocol/report";
import { splitLines } from "./lines";
import { annotation, cellSnippet, emptyProblem } from "./python";

export interface NotebookCell {
  kind: "code" | "markup";
  text: string;
  /** "python" where the notebook does not say. */
  language?: string;
}

export function parseNotebook(cells: readonly NotebookCell[]): ParsedDocument {
  const snippets: Snippet[] = [];
  const problems: Finding[] = [];
  const places = layCells(cells);
  // The text is built only when a cell is annotated; most notebooks have none.
  let lines: string[] | undefined;
  for (const place of places) {
    const cell = cells[place.cell] as NotebookCell;
    const header = annotation(splitFirstLine(cell.text), place.line);
    if (!header) continue;
    lines ??= notebookLines(cells);
    const snippet = cellSnippet(lines, place.line, place.line + place.lineCount - 1, header);
    snippets.push(snippet);
    problems.push(...header.problems, ...emptyProblem(snippet));
  }
  return { snippets, problems, cells: places };
}

/** The one text that a notebook's ranges speak of. */
export function notebookLines(cells: readonly NotebookCell[]): string[] {
  return cells.filter(isPython).flatMap((cell) => splitLines(cell.text));
}

export function layCells(cells: readonly NotebookCell[]): CellPlace[] {
  const places: CellPlace[] = [];
  let line = 0;
  cells.forEach((cell, index) => {
    if (!isPython(cell)) return;
    const lineCount = countLines(cell.text);
    places.push({ cell: index, line, lineCount });
    line += lineCount;
  });
  return places;
}

/** The cell that holds a place of the notebook's text, and the place inside it. */
export function cellAt(
  places: readonly CellPlace[],
  at: Position,
): { cell: number; position: Position } | undefined {
  const place = places.find(
    (candidate) => at.line >= candidate.line && at.line < candidate.line + candidate.lineCount,
  );
  return place && { cell: place.cell, position: { line: at.line - place.line, character: at.character } };
}

export type NotebookRead = { kind: "cells"; cells: NotebookCell[] } | { kind: "unreadable"; message: string };

/** The cells of an .ipynb file's JSON (nbformat 4). */
export function readNotebookJson(text: string): NotebookRead {
  let json: unknown;
  try {
    json = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (error) {
    return {
      kind: "unreadable",
      message: `Not a notebook: ${error instanceof Error ? error.message : error}`,
    };
  }
  const root = json as { cells?: unknown; metadata?: NotebookMetadata } | null;
  if (typeof root !== "object" || root === null || !Array.isArray(root.cells)) {
    return { kind: "unreadable", message: "Not a notebook of format 4: it has no list of cells." };
  }
  const language = root.metadata?.kernelspec?.language ?? root.metadata?.language_info?.name;
  return { kind: "cells", cells: root.cells.map((cell) => readCell(cell, language)) };
}

interface NotebookMetadata {
  kernelspec?: { language?: string };
  language_info?: { name?: string };
}

function readCell(raw: unknown, language: string | undefined): NotebookCell {
  const cell = (typeof raw === "object" && raw !== null ? raw : {}) as {
    cell_type?: unknown;
    source?: unknown;
  };
  const source = Array.isArray(cell.source) ? cell.source.join("") : cell.source;
  return {
    kind: cell.cell_type === "code" ? "code" : "markup",
    text: typeof source === "string" ? source : "",
    ...(typeof language === "string" ? { language } : {}),
  };
}

function isPython(cell: NotebookCell): boolean {
  return cell.kind === "code" && (cell.language ?? "python").toLowerCase() === "python";
}

function splitFirstLine(text: string): string {
  return text.slice(0, 2000).split(/\r\n|\r|\n/, 1)[0] as string;
}

function countLines(text: string): number {
  let count = 1;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) count++;
  }
  return count;
}
