// VS Code's documents as texts with snippets: a Python or Markdown file, or a notebook as one text made of its
// Python cells. Translates places both ways, and edits of cells into edits of that text.
import * as vscode from "vscode";
import type { CellPlace, ParsedDocument, Snippet } from "../engine/protocol/engineApi";
import type { Position, Range } from "../engine/protocol/report";
import {
  cellAround,
  type DocumentKind,
  fenceAt,
  layCells,
  type NotebookCell,
  notebookLines,
  parseDocument,
  selectedCode,
} from "../engine/snippets";
import { sequential, type TextChange } from "./view/edits";

export interface Place {
  uri: vscode.Uri;
  range: vscode.Range;
}

/** A document as sessions and features see it. All plain positions are those of its one text. */
export interface GradDocument {
  readonly kind: DocumentKind;
  /** The file; for a notebook, the notebook's. */
  readonly uri: vscode.Uri;
  /** The documents that editors show: the file itself, or the notebook's cells. */
  readonly parts: readonly vscode.TextDocument[];
  version(): number;
  text(): string;
  parse(): ParsedDocument;
  /** Code without annotation: the selection, or what is around the cursor. */
  unannotated(selection: Range): Snippet | undefined;
  toText(uri: vscode.Uri, position: vscode.Position): Position | undefined;
  toPlace(range: Range): Place | undefined;
}

export function toRange(range: Range): vscode.Range {
  const { start, end } = range;
  return new vscode.Range(Math.max(0, start.line), start.character, Math.max(0, end.line), end.character);
}

export function fromRange({ start, end }: vscode.Range): Range {
  return { start: fromPosition(start), end: fromPosition(end) };
}

export function fromPosition({ line, character }: vscode.Position): Position {
  return { line, character };
}

export class FileDocument implements GradDocument {
  readonly uri: vscode.Uri;
  readonly parts: readonly vscode.TextDocument[];

  constructor(
    private readonly document: vscode.TextDocument,
    readonly kind: "python" | "markdown",
  ) {
    this.uri = document.uri;
    this.parts = [document];
  }

  version(): number {
    return this.document.version;
  }

  text(): string {
    return this.document.getText();
  }

  parse(): ParsedDocument {
    return parseDocument(this.kind, this.text());
  }

  unannotated(selection: Range): Snippet | undefined {
    const text = this.text();
    const { start, end } = selection;
    if (start.line !== end.line || start.character !== end.character) return selectedCode(text, selection);
    return this.kind === "markdown" ? fenceAt(text, start.line) : cellAround(text, start.line);
  }

  toText(uri: vscode.Uri, position: vscode.Position): Position | undefined {
    return uri.toString() === this.uri.toString() ? fromPosition(position) : undefined;
  }

  toPlace(range: Range): Place | undefined {
    return range.start.line < 0 ? undefined : { uri: this.uri, range: toRange(range) };
  }

  /** The changes of an event in the order in which they can be applied one by one. */
  changesOf(event: vscode.TextDocumentChangeEvent): TextChange[] {
    return sequential(
      event.contentChanges.map((change) => ({ range: fromRange(change.range), text: change.text })),
    );
  }
}

export class NotebookGradDocument implements GradDocument {
  readonly kind = "notebook";
  readonly uri: vscode.Uri;
  /** The layout of the text that the store knows: one edit behind the notebook while an edit is translated. */
  private cells: vscode.NotebookCell[] = [];
  private places: CellPlace[] = [];
  private edits = 0;

  constructor(private readonly notebook: vscode.NotebookDocument) {
    this.uri = notebook.uri;
    this.lay();
  }

  get parts(): readonly vscode.TextDocument[] {
    return this.places.flatMap((place) => this.cells[place.cell]?.document ?? []);
  }

  version(): number {
    return this.edits;
  }

  text(): string {
    return notebookLines(this.cells.map(plainCell)).join("\n");
  }

  parse(): ParsedDocument {
    return parseDocument("notebook", this.cells.map(plainCell));
  }

  unannotated(selection: Range): Snippet | undefined {
    const { start, end } = selection;
    if (start.line !== end.line || start.character !== end.character)
      return selectedCode(this.text(), selection);
    const place = this.places.find((candidate) => holds(candidate, start.line));
    if (!place) return undefined;
    const last = place.line + place.lineCount - 1;
    const whole = {
      start: { line: place.line, character: 0 },
      end: { line: last, character: Number.MAX_SAFE_INTEGER },
    };
    const snippet = selectedCode(this.text(), whole);
    return snippet && { ...snippet, title: `Cell ${place.cell + 1}` };
  }

  toText(uri: vscode.Uri, position: vscode.Position): Position | undefined {
    const key = uri.toString();
    const place = this.places.find(
      (candidate) => this.cells[candidate.cell]?.document.uri.toString() === key,
    );
    return place && { line: place.line + position.line, character: position.character };
  }

  toPlace(range: Range): Place | undefined {
    const place = this.places.find((candidate) => holds(candidate, range.start.line));
    const cell = place && this.cells[place.cell];
    if (!place || !cell) return undefined;
    const last = place.line + place.lineCount - 1;
    // What reaches into the next cell ends with this one.
    const end = range.end.line > last ? { line: last, character: Number.MAX_SAFE_INTEGER } : range.end;
    const inCell = { start: shifted(range.start, -place.line), end: shifted(end, -place.line) };
    return { uri: cell.document.uri, range: cell.document.validateRange(toRange(inCell)) };
  }

  /** An edit inside a cell, as an edit of the whole text. */
  changesOfCell(event: vscode.TextDocumentChangeEvent): TextChange[] {
    const key = event.document.uri.toString();
    const place = this.places.find(
      (candidate) => this.cells[candidate.cell]?.document.uri.toString() === key,
    );
    const changes = place
      ? sequential(
          event.contentChanges.map((change) => {
            const { start, end } = fromRange(change.range);
            return {
              range: { start: shifted(start, place.line), end: shifted(end, place.line) },
              text: change.text,
            };
          }),
        )
      : [];
    this.lay();
    return changes;
  }

  /** Cells added, removed, moved, or changed in kind, as edits of the whole text. */
  changesOfCells(): TextChange[] {
    const before = this.cells;
    const oldPlaces = this.places;
    this.lay();
    const known = (cells: readonly vscode.NotebookCell[], places: readonly CellPlace[]) =>
      places.map((place) => ({ place, cell: cells[place.cell] as vscode.NotebookCell }));
    const old = known(before, oldPlaces);
    const fresh = known(this.cells, this.places);
    let same = 0;
    while (same < old.length && same < fresh.length && old[same]?.cell === fresh[same]?.cell) same++;
    let tail = 0;
    while (
      tail < old.length - same &&
      tail < fresh.length - same &&
      old[old.length - 1 - tail]?.cell === fresh[fresh.length - 1 - tail]?.cell
    ) {
      tail++;
    }
    const removed = old.slice(same, old.length - tail);
    const added = fresh.slice(same, fresh.length - tail);
    if (removed.length === 0 && added.length === 0) return [];
    const first = old[same]?.place.line ?? endOf(oldPlaces);
    const lines = removed.reduce((sum, { place }) => sum + place.lineCount, 0);
    const text = added.map(({ cell }) => `${cell.document.getText()}\n`).join("");
    return [
      { range: { start: { line: first, character: 0 }, end: { line: first + lines, character: 0 } }, text },
    ];
  }

  private lay(): void {
    this.edits++;
    this.cells = this.notebook.getCells();
    this.places = layCells(this.cells.map(plainCell));
  }
}

function plainCell(cell: vscode.NotebookCell): NotebookCell {
  return {
    kind: cell.kind === vscode.NotebookCellKind.Code ? "code" : "markup",
    text: cell.document.getText(),
    language: cell.document.languageId,
  };
}

function holds(place: CellPlace, line: number): boolean {
  return line >= place.line && line < place.line + place.lineCount;
}

function endOf(places: readonly CellPlace[]): number {
  const last = places[places.length - 1];
  return last ? last.line + last.lineCount : 0;
}

function shifted(position: Position, lines: number): Position {
  return { line: position.line + lines, character: position.character };
}
