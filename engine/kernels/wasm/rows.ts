// Brings rows of float32 numbers to the WASM module: softmax and its like along rows, and sums over few rows.
import { kernels, layOut, wasm } from "./module";

type Floats = Float32Array | Float64Array;

/** Floats of one operand in the module's memory at a time (64 KB), unless a single row is longer. */
const CHUNK = 16384;
/** The longest row that is computed here. */
const LONGEST = 1 << 20;

function areFloat32(...arrays: Floats[]): boolean {
  return arrays.every((array) => array instanceof Float32Array);
}

/** Runs `body` for as many rows at a time as fit; false where there are too few numbers, or no WASM. */
function inPieces(rows: number, n: number, body: (first: number, count: number) => void): boolean {
  if (kernels === null || !wasm.used || rows * n < wasm.shortest || n > LONGEST || n === 0) return false;
  const most = Math.max(1, Math.floor(CHUNK / n));
  for (let first = 0; first < rows; first += most) body(first, Math.min(most, rows - first));
  return true;
}

/** out = softmax or log_softmax of `rows` rows of `n` numbers. */
export function softmaxRows(
  name: "softmax" | "logSoftmax",
  out: Floats,
  a: Floats,
  rows: number,
  n: number,
): boolean {
  if (!areFloat32(out, a)) return false;
  return inPieces(rows, n, (first, count) => {
    const size = count * n + 4;
    const { memory, at } = layOut({ out: size, a: size, scratch: 2 * n + 8 }, 0);
    memory.set(a.subarray(first * n, (first + count) * n), at.a);
    kernels?.[name](at.out << 2, at.a << 2, count, n, at.scratch << 2);
    out.set(memory.subarray(at.out, at.out + count * n), first * n);
  });
}

/** The gradient from `g` and the result `y`. */
export function softmaxBackwardRows(
  name: "softmaxBackward" | "logSoftmaxBackward",
  out: Floats,
  g: Floats,
  y: Floats,
  rows: number,
  n: number,
): boolean {
  if (!areFloat32(out, g, y)) return false;
  return inPieces(rows, n, (first, count) => {
    const size = count * n + 4;
    const { memory, at } = layOut({ out: size, g: size, y: size }, 0);
    const [from, to] = [first * n, (first + count) * n];
    memory.set(g.subarray(from, to), at.g);
    memory.set(y.subarray(from, to), at.y);
    kernels?.[name](at.out << 2, at.g << 2, at.y << 2, count, n);
    out.set(memory.subarray(at.out, at.out + count * n), from);
  });
}

/** Below this, sums over rows cost less than the way there and back. */
const FEW = 8;

/**
 * Adds the sums of `columns` columns (a multiple of four) over fewer than 256 rows, `step` numbers apart from `start`
 * on, to `out` from `to` on.
 */
export function addSumsOfRows(
  out: Float32Array,
  to: number,
  data: Float32Array,
  start: number,
  step: number,
  columns: number,
  rows: number,
): boolean {
  if (kernels === null || !wasm.used || rows >= 256 || columns % 4 !== 0) return false;
  if (rows * columns < FEW * wasm.shortest) return false;
  // Where the rows do not lie close together, each is copied by itself.
  const close = step === columns;
  const most = close ? columns : Math.max(4, Math.floor(CHUNK / rows) & ~3);
  if (close && rows * columns > 16 * CHUNK) return false;
  for (let first = 0; first < columns; first += most) {
    const width = Math.min(most, columns - first);
    const { memory, at } = layOut({ out: width, a: rows * width }, 0);
    if (close) memory.set(data.subarray(start, start + rows * columns), at.a);
    else {
      for (let i = 0, from = start + first; i < rows; i++, from += step) {
        memory.set(data.subarray(from, from + width), at.a + i * width);
      }
    }
    kernels.sumFewRows(at.out << 2, at.a << 2, width << 2, width, rows);
    for (let k = 0; k < width; k++) out[to + first + k] += memory[at.out + k];
  }
  return true;
}
