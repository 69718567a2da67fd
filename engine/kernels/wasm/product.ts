// Brings a product of float32 matrices to the WASM kernel and its result back, in pieces that fit the memory
// that is borrowed for it.
import type { MatrixView } from "../gemm";
import { borrow, firstAddress, kernels } from "./module";

/** Elements of both operands and the result that are in the module's memory at a time (64 MB). */
const LIMIT = 1 << 24;

/** Up to this depth the kernel adds up a product in one go: DEPTH of assembly/gemm.ts. */
const ONE_GO = 256;

/**
 * Writes a·b + bias, `bias` added to each row, to `out`. Answers false where that would be added in another order than
 * the product first: then nothing was written.
 */
export function productPlus(
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  bias: Float32Array,
  out: Float32Array,
): boolean {
  if (k > ONE_GO || m * k + k * n + m * n > LIMIT) return false;
  multiply(m, n, k, a, b, out, 0, n, false, bias);
  return true;
}

/** Writes a·b, m×n and row-major, to `out` from `at` on (with rows of `width`); adds it where `add`. */
export function product(
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  out: Float32Array,
  at: number,
  width: number,
  add: boolean,
  pause?: () => void,
): void {
  if (m * k + k * n + m * n <= LIMIT) {
    pause?.();
    multiply(m, n, k, a, b, out, at, width, add);
    return;
  }
  // The longest side is halved; two halves of a sum are added up.
  if (k >= m && k >= n) {
    const half = k >> 1;
    product(m, n, half, a, b, out, at, width, add, pause);
    product(m, n, k - half, moved(a, 0, half), moved(b, half, 0), out, at, width, true, pause);
  } else if (m >= n) {
    const half = m >> 1;
    product(half, n, k, a, b, out, at, width, add, pause);
    product(m - half, n, k, moved(a, half, 0), b, out, at + half * width, width, add, pause);
  } else {
    const half = n >> 1;
    product(m, half, k, a, b, out, at, width, add, pause);
    product(m, n - half, k, a, moved(b, 0, half), out, at + half, width, add, pause);
  }
}

function moved(view: MatrixView, rows: number, columns: number): MatrixView {
  return { ...view, offset: view.offset + rows * view.rowStride + columns * view.columnStride };
}

function multiply(
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  out: Float32Array,
  at: number,
  width: number,
  add: boolean,
  bias: Float32Array | null = null,
): void {
  if (kernels === null) throw new Error("there are no WASM kernels");
  const rowOfC = kernels.paddedColumns(n);
  const sizeA = roomFor(a, m, k);
  const sizeB = roomFor(b, k, n);
  const sizeC = kernels.paddedRows(m) * rowOfC;
  const memory = borrow((sizeA + sizeB + sizeC) * 4 + kernels.packingBytes(n));
  const startA = firstAddress() >> 2;
  const startB = startA + sizeA;
  const startC = startB + sizeB;
  const [aRow, aColumn] = load(a, m, k, memory, startA);
  const [bRow, bColumn] = load(b, k, n, memory, startB);
  const packing = (startC + sizeC) << 2;
  if (bias !== null) for (let i = 0, to = startC; i < m; i++, to += rowOfC) memory.set(bias, to);
  kernels.gemm(
    m,
    n,
    k,
    startA << 2,
    aRow,
    aColumn,
    startB << 2,
    bRow,
    bColumn,
    startC << 2,
    packing,
    bias !== null,
  );
  if (!add && n === rowOfC && n === width) {
    out.set(memory.subarray(startC, startC + m * n), at);
  } else if (!add && n >= 32) {
    for (let i = 0, from = startC, to = at; i < m; i++, from += rowOfC, to += width) {
      out.set(memory.subarray(from, from + n), to);
    }
  } else {
    for (let i = 0, from = startC, to = at; i < m; i++, from += rowOfC, to += width) {
      if (add) for (let j = 0; j < n; j++) out[to + j] += memory[from + j];
      else for (let j = 0; j < n; j++) out[to + j] = memory[from + j];
    }
  }
}

/** Whether the window is dense enough that it is copied as it lies; otherwise it is gathered, row by row. */
function isDense({ rowStride, columnStride }: MatrixView, rows: number, columns: number): boolean {
  const reach = (rows - 1) * rowStride + (columns - 1) * columnStride + 1;
  return rowStride >= 0 && columnStride >= 0 && reach <= rows * columns;
}

/** Floats that `load` writes, rounded up to cache lines. */
function roomFor(_view: MatrixView, rows: number, columns: number): number {
  return (rows * columns + 15) & ~15;
}

/** Copies a matrix into memory; answers the row and column strides that it has there. */
function load(
  view: MatrixView,
  rows: number,
  columns: number,
  memory: Float32Array,
  start: number,
): [number, number] {
  const { offset, rowStride, columnStride } = view;
  const data = view.data as Float32Array;
  if (isDense(view, rows, columns)) {
    const reach = (rows - 1) * rowStride + (columns - 1) * columnStride + 1;
    const whole = offset === 0 && reach === data.length;
    memory.set(whole ? data : data.subarray(offset, offset + reach), start);
    return [rowStride, columnStride];
  }
  if (columnStride === 1 && columns >= 16) {
    for (let i = 0, from = offset, to = start; i < rows; i++, from += rowStride, to += columns) {
      memory.set(data.subarray(from, from + columns), to);
    }
    return [columns, 1];
  }
  if (rowStride === 1 && rows >= 16) {
    for (let j = 0, from = offset, to = start; j < columns; j++, from += columnStride, to += rows) {
      memory.set(data.subarray(from, from + rows), to);
    }
    return [1, rows];
  }
  let to = start;
  for (let i = 0; i < rows; i++) {
    const row = offset + i * rowStride;
    for (let j = 0, from = row; j < columns; j++, from += columnStride) memory[to++] = data[from];
  }
  return [columns, 1];
}
