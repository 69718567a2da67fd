// The product of two matrices that are given by row and column strides, so that transposes, batches and
// attention heads need no copy. Floats are multiplied and added in double precision, in 4×4 tiles over
// packed panels, and rounded once; whole numbers wrap as in C++. Large float32 products go to the WASM kernel,
// which adds up in float32 as PyTorch does.
import type { Data } from "../tensor/dtype";
import { wasm } from "./wasm/module";
import { product } from "./wasm/product";

export interface MatrixView {
  data: Data;
  offset: number;
  rowStride: number;
  columnStride: number;
}

type Floats = Float32Array | Float64Array;

const TILE = 4;
/** Depth of a panel: 4 columns of it (16 KB) stay in the first-level cache. */
const DEPTH = 512;
/** Rows of A that are packed at a time (256 KB). */
const ROWS = 64;
/** Below this many multiplications packing costs more than it saves. */
const SMALL = 4096;

/**
 * Writes a·b, m×n and row-major, to `out` from `at` on.
 * @param pause called between blocks of a large product: may throw to end it
 */
export function gemm(
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  out: Data,
  at: number,
  pause?: () => void,
): void {
  if (m === 0 || n === 0) return;
  if (out instanceof Float32Array || out instanceof Float64Array) {
    if (out instanceof Float32Array && wasm.used && m * n * k > wasm.tiny && m > 1 && n > 1) {
      product(m, n, k, a, b, out, at, n, false, pause);
    } else if (m * n * k <= SMALL || m === 1 || n === 1) direct(m, n, k, a, b, out, at, pause);
    else packed(m, n, k, a, b, out, at, pause);
  } else {
    whole(m, n, k, a, b, out, at, pause);
  }
}

function direct(
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  out: Floats,
  at: number,
  pause?: () => void,
): void {
  const left = a.data as Floats;
  const right = b.data as Floats;
  for (let i = 0; i < m; i++) {
    if ((i & 1023) === 1023) pause?.();
    const rowA = a.offset + i * a.rowStride;
    for (let j = 0; j < n; j++) {
      let sum = 0;
      let p = rowA;
      let q = b.offset + j * b.columnStride;
      for (let l = 0; l < k; l++, p += a.columnStride, q += b.rowStride) sum += left[p] * right[q];
      out[at + i * n + j] = sum;
    }
  }
}

function packed(
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  out: Floats,
  at: number,
  pause?: () => void,
): void {
  const depth = Math.min(k, DEPTH);
  const columns = Math.ceil(n / TILE) * TILE;
  const panelB = new Float64Array(columns * depth);
  const panelA = new Float64Array(Math.ceil(Math.min(m, ROWS) / TILE) * TILE * depth);
  // One pass writes the result itself; several add up where nothing is rounded in between.
  const single = k <= DEPTH;
  const sums = single || out instanceof Float64Array ? null : new Float64Array(m * n);
  const target: Floats = sums ?? out;
  const base = sums ? 0 : at;
  for (let from = 0; from < k; from += DEPTH) {
    const length = Math.min(DEPTH, k - from);
    packColumns(b, from, length, n, panelB);
    for (let row = 0; row < m; row += ROWS) {
      pause?.();
      const rows = Math.min(ROWS, m - row);
      packRows(a, from, length, row, rows, panelA);
      for (let j = 0; j < n; j += TILE) {
        for (let i = 0; i < rows; i += TILE) {
          tile(
            panelA,
            i * length,
            panelB,
            j * length,
            length,
            target,
            base + (row + i) * n + j,
            n,
            Math.min(TILE, rows - i),
            Math.min(TILE, n - j),
            from > 0,
          );
        }
      }
    }
  }
  if (sums) for (let i = 0; i < sums.length; i++) out[at + i] = sums[i];
}

/** Four columns beside each other, zeros where there are fewer. */
function packColumns(b: MatrixView, from: number, length: number, n: number, panel: Float64Array): void {
  const data = b.data as Floats;
  let to = 0;
  for (let j = 0; j < n; j += TILE) {
    const count = Math.min(TILE, n - j);
    for (let l = 0; l < length; l++) {
      const start = b.offset + (from + l) * b.rowStride + j * b.columnStride;
      for (let c = 0; c < TILE; c++) panel[to++] = c < count ? data[start + c * b.columnStride] : 0;
    }
  }
}

function packRows(
  a: MatrixView,
  from: number,
  length: number,
  row: number,
  rows: number,
  panel: Float64Array,
): void {
  const data = a.data as Floats;
  let to = 0;
  for (let i = 0; i < rows; i += TILE) {
    const count = Math.min(TILE, rows - i);
    for (let l = 0; l < length; l++) {
      const start = a.offset + (row + i) * a.rowStride + (from + l) * a.columnStride;
      for (let r = 0; r < TILE; r++) panel[to++] = r < count ? data[start + r * a.rowStride] : 0;
    }
  }
}

function tile(
  a: Float64Array,
  p: number,
  b: Float64Array,
  q: number,
  length: number,
  out: Floats,
  at: number,
  width: number,
  rows: number,
  columns: number,
  add: boolean,
): void {
  let c00 = 0;
  let c01 = 0;
  let c02 = 0;
  let c03 = 0;
  let c10 = 0;
  let c11 = 0;
  let c12 = 0;
  let c13 = 0;
  let c20 = 0;
  let c21 = 0;
  let c22 = 0;
  let c23 = 0;
  let c30 = 0;
  let c31 = 0;
  let c32 = 0;
  let c33 = 0;
  for (let l = 0; l < length; l++, p += TILE, q += TILE) {
    const a0 = a[p];
    const a1 = a[p + 1];
    const a2 = a[p + 2];
    const a3 = a[p + 3];
    const b0 = b[q];
    const b1 = b[q + 1];
    const b2 = b[q + 2];
    const b3 = b[q + 3];
    c00 += a0 * b0;
    c01 += a0 * b1;
    c02 += a0 * b2;
    c03 += a0 * b3;
    c10 += a1 * b0;
    c11 += a1 * b1;
    c12 += a1 * b2;
    c13 += a1 * b3;
    c20 += a2 * b0;
    c21 += a2 * b1;
    c22 += a2 * b2;
    c23 += a2 * b3;
    c30 += a3 * b0;
    c31 += a3 * b1;
    c32 += a3 * b2;
    c33 += a3 * b3;
  }
  writeRow(out, at, columns, add, c00, c01, c02, c03);
  if (rows > 1) writeRow(out, at + width, columns, add, c10, c11, c12, c13);
  if (rows > 2) writeRow(out, at + 2 * width, columns, add, c20, c21, c22, c23);
  if (rows > 3) writeRow(out, at + 3 * width, columns, add, c30, c31, c32, c33);
}

function writeRow(
  out: Floats,
  at: number,
  columns: number,
  add: boolean,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
): void {
  out[at] = add ? out[at] + c0 : c0;
  if (columns > 1) out[at + 1] = add ? out[at + 1] + c1 : c1;
  if (columns > 2) out[at + 2] = add ? out[at + 2] + c2 : c2;
  if (columns > 3) out[at + 3] = add ? out[at + 3] + c3 : c3;
}

/** Whole numbers, exactly, then cut to the width of `out`. */
function whole(
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  out: Data,
  at: number,
  pause?: () => void,
): void {
  for (let i = 0; i < m; i++) {
    pause?.();
    for (let j = 0; j < n; j++) {
      let sum = 0n;
      for (let l = 0; l < k; l++) {
        const x = a.data[a.offset + i * a.rowStride + l * a.columnStride];
        sum += BigInt(x) * BigInt(b.data[b.offset + l * b.rowStride + j * b.columnStride]);
      }
      if (out instanceof BigInt64Array) out[at + i * n + j] = sum;
      else out[at + i * n + j] = Number(BigInt.asIntN(32, sum));
    }
  }
}
