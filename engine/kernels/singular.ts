// Singular value decomposition of small matrices, row-major and in double precision: to bidiagonal form by
// reflections, then by QR sweeps. It begins with a QR factorisation where there are many more rows than columns:
// so does the library behind PyTorch, and signs agree with it.
import { diagonalise, rotation, type Square } from "./bidiagonal";
import { applyReflections, householder, orthogonalOf, reflector } from "./orthogonal";

export interface Singular {
  /** rows × rows where all is wanted, rows × rank otherwise; row-major. */
  u: Float64Array;
  /** In descending order. */
  s: Float64Array;
  /** columns × columns where all is wanted, rank × columns otherwise. */
  vh: Float64Array;
}

export function transposed(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(matrix.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) out[c * rows + r] = matrix[r * columns + c];
  return out;
}

function identity(n: number): Square {
  const data = new Float64Array(n * n);
  for (let i = 0; i < n; i++) data[i * n + i] = 1;
  return { data, n };
}

/** Reflections that act on rows (left) and on columns (right): vectors behind their first place, which is 1. */
interface Bidiagonal {
  d: Float64Array;
  e: Float64Array;
  /** Of each reflection: where it begins, its vector from there on, tau. */
  left: Reflection[];
  right: Reflection[];
}
interface Reflection {
  at: number;
  v: Float64Array;
  tau: number;
}

function reflectRows(a: Float64Array, columns: number, { at, v, tau }: Reflection, from: number): void {
  for (let c = from; c < columns && tau !== 0; c++) {
    let dot = 0;
    for (let i = 0; i < v.length; i++) dot += v[i] * a[(at + i) * columns + c];
    for (let i = 0; i < v.length; i++) a[(at + i) * columns + c] -= tau * dot * v[i];
  }
}

function reflectColumns(
  a: Float64Array,
  columns: number,
  rows: number,
  { at, v, tau }: Reflection,
  from: number,
): void {
  for (let r = from; r < rows && tau !== 0; r++) {
    let dot = 0;
    for (let i = 0; i < v.length; i++) dot += v[i] * a[r * columns + at + i];
    for (let i = 0; i < v.length; i++) a[r * columns + at + i] -= tau * dot * v[i];
  }
}

/** A column's reflection from (row, column) down; the column's head is left in place. */
function columnReflection(
  a: Float64Array,
  rows: number,
  columns: number,
  row: number,
  column: number,
): Reflection {
  const tau = reflector(a, row * columns + column, columns, rows - row);
  const v = Float64Array.from({ length: rows - row }, (_, i) =>
    i === 0 ? 1 : a[(row + i) * columns + column],
  );
  return { at: row, v, tau };
}

function rowReflection(a: Float64Array, columns: number, row: number, column: number): Reflection {
  const tau = reflector(a, row * columns + column, 1, columns - column);
  const v = Float64Array.from({ length: columns - column }, (_, i) =>
    i === 0 ? 1 : a[row * columns + column + i],
  );
  return { at: column, v, tau };
}

/** A = Q·B·Pᵀ, B upper bidiagonal where there are at least as many rows as columns, else lower. */
function bidiagonal(matrix: Float64Array, rows: number, columns: number): Bidiagonal {
  const a = matrix.slice();
  const rank = Math.min(rows, columns);
  const d = new Float64Array(rank);
  const e = new Float64Array(Math.max(rank - 1, 0));
  const left: Reflection[] = [];
  const right: Reflection[] = [];
  const upper = rows >= columns;
  for (let i = 0; i < rank; i++) {
    if (upper) {
      const h = columnReflection(a, rows, columns, i, i);
      d[i] = a[i * columns + i];
      reflectRows(a, columns, h, i + 1);
      left.push(h);
      if (i < columns - 1) {
        const g = rowReflection(a, columns, i, i + 1);
        e[i] = a[i * columns + i + 1];
        reflectColumns(a, columns, rows, g, i + 1);
        right.push(g);
      }
    } else {
      const g = rowReflection(a, columns, i, i);
      d[i] = a[i * columns + i];
      reflectColumns(a, columns, rows, g, i + 1);
      right.push(g);
      if (i < rows - 1) {
        const h = columnReflection(a, rows, columns, i + 1, i);
        e[i] = a[(i + 1) * columns + i];
        reflectRows(a, columns, h, i + 1);
        left.push(h);
      }
    }
  }
  return { d, e, left, right };
}

/** Singular vectors of the bidiagonal matrix itself, rank × rank. */
function ofBidiagonal({ d, e }: Bidiagonal, upper: boolean): { u: Square; vt: Square } {
  const n = d.length;
  const u = identity(n);
  const vt = identity(n);
  if (n === 1) {
    if (d[0] < 0) u.data[0] = -1;
    d[0] = Math.abs(d[0]);
    return { u, vt };
  }
  const turns: [number, number][] = [];
  if (!upper) {
    for (let i = 0; i < n - 1; i++) {
      const { c, s, r } = rotation(d[i], e[i]);
      d[i] = r;
      e[i] = s * d[i + 1];
      d[i + 1] = c * d[i + 1];
      turns.push([c, s]);
    }
  }
  diagonalise(d, e, u, vt);
  for (let i = turns.length - 1; i >= 0; i--) {
    const [c, s] = turns[i];
    for (let k = 0; k < n; k++) {
      const [x, y] = [u.data[i * n + k], u.data[(i + 1) * n + k]];
      u.data[i * n + k] = c * x - s * y;
      u.data[(i + 1) * n + k] = s * x + c * y;
    }
  }
  return { u, vt };
}

/** The first `wide` columns of Q times a rank×rank matrix that is continued by ones on the diagonal. */
function times(reflections: readonly Reflection[], rows: number, inner: Square, wide: number): Float64Array {
  const out = new Float64Array(rows * wide);
  for (let r = 0; r < inner.n; r++)
    for (let c = 0; c < inner.n; c++) out[r * wide + c] = inner.data[r * inner.n + c];
  for (let k = inner.n; k < wide; k++) out[k * wide + k] = 1;
  for (let k = reflections.length - 1; k >= 0; k--) reflectRows(out, wide, reflections[k], 0);
  return out;
}

function direct(matrix: Float64Array, rows: number, columns: number, full: boolean): Singular {
  const made = bidiagonal(matrix, rows, columns);
  const { u, vt } = ofBidiagonal(made, rows >= columns);
  const rank = Math.min(rows, columns);
  const v: Square = { data: transposed(vt.data, rank, rank), n: rank };
  const wideV = full ? columns : rank;
  const turnedV = times(made.right, columns, v, wideV);
  return {
    u: times(made.left, rows, u, full ? rows : rank),
    s: made.d,
    vh: transposed(turnedV, columns, wideV),
  };
}

/** Many more rows than columns: A = Q·R, and R is decomposed. */
function tall(matrix: Float64Array, rows: number, columns: number, full: boolean): Singular {
  const { a, tau } = householder(matrix, rows, columns);
  const r = new Float64Array(columns * columns);
  for (let i = 0; i < columns; i++) for (let c = i; c < columns; c++) r[i * columns + c] = a[i * columns + c];
  const small = direct(r, columns, columns, false);
  const wide = full ? rows : columns;
  const u = full ? orthogonalOf(a, columns, tau, rows, rows) : new Float64Array(rows * columns);
  const own = new Float64Array(rows * columns);
  for (let i = 0; i < columns * columns; i++) own[i] = small.u[i];
  applyReflections(a, columns, tau, rows, own, columns, false);
  for (let i = 0; i < rows; i++) for (let c = 0; c < columns; c++) u[i * wide + c] = own[i * columns + c];
  return { u, s: small.s, vh: small.vh };
}

export function singularOf(matrix: Float64Array, rows: number, columns: number, full: boolean): Singular {
  const rank = Math.min(rows, columns);
  if (rank === 0)
    return {
      u: identity(full ? rows : 0).data,
      s: new Float64Array(0),
      vh: identity(full ? columns : 0).data,
    };
  if (rows > columns && rows >= Math.floor(rank * 1.6)) return tall(matrix, rows, columns, full);
  return direct(matrix, rows, columns, full);
}
