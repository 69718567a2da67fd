// The product of two float32 matrices, in AssemblyScript: panels are packed so that the innermost loop reads both
// operands in order, and a tile of 4×8 sums stays in registers. Row and column strides serve transposes.
// Where the host has fused multiply-add it is used, and sums are rounded as PyTorch rounds them.

const ROWS: i32 = 4;
const COLUMNS: i32 = 8;
/** Depth of a panel: one of B (8 KB) stays in the first-level cache. */
const DEPTH: i32 = 256;
/** Rows of A that are packed at a time (64 KB, in the second-level cache). */
const BLOCK: i32 = 64;

/** Bytes that `gemm` needs for packing. */
export function packingBytes(n: i32): i32 {
  return (BLOCK * DEPTH + (n + COLUMNS) * DEPTH) << 2;
}

export function paddedRows(m: i32): i32 {
  return ((m + ROWS - 1) / ROWS) * ROWS;
}

export function paddedColumns(n: i32): i32 {
  return (n + COLUMNS - 1) & ~(COLUMNS - 1);
}

// @ts-expect-error: decorator
@inline
function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(f32x4.mul(a, b), sum);
}

/**
 * Writes a·b (m×k times k×n, strides in elements) to `c`, row-major with rows of paddedColumns(n), and
 * paddedRows(m) of them: what is beyond m and n is scratch. `packing` has packingBytes(n). Where `add`, to what is there.
 */
export function gemm(
  m: i32,
  n: i32,
  k: i32,
  a: usize,
  aRow: i32,
  aColumn: i32,
  b: usize,
  bRow: i32,
  bColumn: i32,
  c: usize,
  packing: usize,
  add: bool,
): void {
  const packedA = packing;
  const packedB = packing + ((BLOCK * DEPTH) << 2);
  const width = paddedColumns(n);
  for (let from: i32 = 0; from < k; from += DEPTH) {
    const depth = min(DEPTH, k - from);
    packColumns(b + ((from * bRow) << 2), depth, n, bRow, bColumn, packedB);
    for (let row: i32 = 0; row < m; row += BLOCK) {
      const rows = min(BLOCK, m - row);
      packRows(a + ((row * aRow + from * aColumn) << 2), depth, rows, aRow, aColumn, packedA);
      for (let j: i32 = 0; j < n; j += COLUMNS) {
        const panelB = packedB + ((j * depth) << 2);
        for (let i: i32 = 0; i < rows; i += ROWS) {
          tile(depth, packedA + ((i * depth) << 2), panelB, c + (((row + i) * width + j) << 2), width << 2, add || from > 0);
        }
      }
    }
  }
}

/** Eight columns beside each other, zeros where there are fewer. */
function packColumns(b: usize, depth: i32, n: i32, rowStride: i32, columnStride: i32, out: usize): void {
  const row = rowStride << 2;
  const column = columnStride << 2;
  for (let j: i32 = 0; j < n; j += COLUMNS) {
    const count = min(COLUMNS, n - j);
    const start = b + j * column;
    if (count == COLUMNS && columnStride == 1) {
      for (let l: i32 = 0, from = start, to = out; l < depth; l++, from += row, to += 32) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      }
    } else {
      for (let x: i32 = 0; x < COLUMNS; x++) {
        let to = out + (x << 2);
        if (x < count) {
          for (let l: i32 = 0, from = start + x * column; l < depth; l++, from += row, to += 32) {
            store<f32>(to, load<f32>(from));
          }
        } else {
          for (let l: i32 = 0; l < depth; l++, to += 32) store<f32>(to, 0);
        }
      }
    }
    out += depth << 5;
  }
}

/** Four rows beside each other, zeros where there are fewer. */
function packRows(a: usize, depth: i32, rows: i32, rowStride: i32, columnStride: i32, out: usize): void {
  const row = rowStride << 2;
  const column = columnStride << 2;
  for (let i: i32 = 0; i < rows; i += ROWS) {
    const count = min(ROWS, rows - i);
    const start = a + i * row;
    if (count == ROWS && rowStride == 1) {
      for (let l: i32 = 0, from = start, to = out; l < depth; l++, from += column, to += 16) {
        v128.store(to, v128.load(from));
      }
    } else if (count == ROWS) {
      for (let l: i32 = 0, from = start, to = out; l < depth; l++, from += column, to += 16) {
        store<f32>(to, load<f32>(from));
        store<f32>(to, load<f32>(from + row), 4);
        store<f32>(to, load<f32>(from + 2 * row), 8);
        store<f32>(to, load<f32>(from + 3 * row), 12);
      }
    } else {
      for (let x: i32 = 0; x < ROWS; x++) {
        let to = out + (x << 2);
        if (x < count) {
          for (let l: i32 = 0, from = start + x * row; l < depth; l++, from += column, to += 16) {
            store<f32>(to, load<f32>(from));
          }
        } else {
          for (let l: i32 = 0; l < depth; l++, to += 16) store<f32>(to, 0);
        }
      }
    }
    out += depth << 4;
  }
}

/** Exported so that it stays a function of its own, whose sums V8 keeps in registers. */
export function tile(depth: i32, a: usize, b: usize, c: usize, width: usize, add: bool): void {
  let c00 = f32x4.splat(0);
  let c01 = f32x4.splat(0);
  let c10 = f32x4.splat(0);
  let c11 = f32x4.splat(0);
  let c20 = f32x4.splat(0);
  let c21 = f32x4.splat(0);
  let c30 = f32x4.splat(0);
  let c31 = f32x4.splat(0);
  for (let l: i32 = 0; l < depth; l++, a += 16, b += 32) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load32_splat(a);
    c00 = multiplyAdd(a0, b0, c00);
    c01 = multiplyAdd(a0, b1, c01);
    const a1 = v128.load32_splat(a, 4);
    c10 = multiplyAdd(a1, b0, c10);
    c11 = multiplyAdd(a1, b1, c11);
    const a2 = v128.load32_splat(a, 8);
    c20 = multiplyAdd(a2, b0, c20);
    c21 = multiplyAdd(a2, b1, c21);
    const a3 = v128.load32_splat(a, 12);
    c30 = multiplyAdd(a3, b0, c30);
    c31 = multiplyAdd(a3, b1, c31);
  }
  writeRow(c, c00, c01, add);
  writeRow(c + width, c10, c11, add);
  writeRow(c + 2 * width, c20, c21, add);
  writeRow(c + 3 * width, c30, c31, add);
}

// @ts-expect-error: decorator
@inline
function writeRow(c: usize, left: v128, right: v128, add: bool): void {
  if (add) {
    left = f32x4.add(v128.load(c), left);
    right = f32x4.add(v128.load(c, 16), right);
  }
  v128.store(c, left);
  v128.store(c, right, 16);
}
