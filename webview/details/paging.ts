// A tensor of any rank as pages of a two-dimensional grid: which elements a page needs, in row-major order. Pure.
import { elementCount } from "../format";

export const pageRows = 16;
export const pageColumns = 12;

export interface Page {
  /** The index into each leading dimension, all but the last two. */
  leading: number[];
  /** The first row and column shown. */
  row: number;
  column: number;
}

export interface Extent {
  rows: number;
  columns: number;
  leading: number[];
}

/** A scalar is one by one, a vector one row. */
export function extentOf(shape: readonly number[]): Extent {
  return { rows: shape.at(-2) ?? 1, columns: shape.at(-1) ?? 1, leading: shape.slice(0, -2) };
}

export const firstPage = (shape: readonly number[]): Page => ({
  leading: extentOf(shape).leading.map(() => 0),
  row: 0,
  column: 0,
});

/** The same page where it exists, after a shape has changed. */
export function clampPage(page: Page, shape: readonly number[]): Page {
  const { rows, columns, leading } = extentOf(shape);
  if (page.leading.length !== leading.length) return firstPage(shape);
  return {
    leading: page.leading.map((at, dim) => Math.min(at, Math.max(0, (leading[dim] ?? 1) - 1))),
    row: page.row < rows ? page.row : 0,
    column: page.column < columns ? page.column : 0,
  };
}

/** Stretches of elements that a page needs: one where whole rows fit, else one for each row. */
export function stretchesOf(shape: readonly number[], page: Page): { offset: number; count: number }[] {
  const { rows, columns, leading } = extentOf(shape);
  if (elementCount(shape) === 0) return [];
  let slice = 0;
  leading.forEach((size, dim) => {
    slice = slice * size + (page.leading[dim] ?? 0);
  });
  const start = slice * rows * columns;
  const rowCount = Math.min(pageRows, rows - page.row);
  const columnCount = Math.min(pageColumns, columns - page.column);
  if (columnCount === columns) return [{ offset: start + page.row * columns, count: rowCount * columns }];
  return Array.from({ length: rowCount }, (_, r) => ({
    offset: start + (page.row + r) * columns + page.column,
    count: columnCount,
  }));
}

/** The place, in row-major order, of a row and a column of the page. */
export function elementAt(shape: readonly number[], page: Page, row: number, column: number): number {
  const { rows, columns, leading } = extentOf(shape);
  let slice = 0;
  leading.forEach((size, dim) => {
    slice = slice * size + (page.leading[dim] ?? 0);
  });
  return slice * rows * columns + (page.row + row) * columns + page.column + column;
}

/** "[1, 0, 2]" */
export function indexText(element: number, shape: readonly number[]): string {
  const place: number[] = [];
  let rest = element;
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    const size = shape[dim] ?? 1;
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${place.join(", ")}]`;
}

/** "0, 2, :, :" as one would index it. */
export const sliceText = (page: Page): string => `[${[...page.leading, ":", ":"].join(", ")}]`;
