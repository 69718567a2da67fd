// A layer of an LSTM over a whole sequence of float32, and its gradients, without leaving the module's memory between
// the steps. Gradients need what every step computed: they take the steps forwards once more.
import { reserve } from "../../tensor/memory";
import { type Kernels, kernels, layOut, wasm } from "./module";

/** Floats in the module's memory at a time (64 MB). */
const LIMIT = 1 << 24;

export interface LstmShape {
  readonly steps: number;
  readonly batch: number;
  /** Numbers of one input, and of one hidden state. */
  readonly width: number;
  readonly size: number;
  readonly reverse: boolean;
}

/** Row-major: input [steps, batch, width], weights [4·size, …], biases [4·size], states [batch, size]. */
export interface LstmOperands {
  readonly input: Float32Array;
  readonly ih: Float32Array;
  readonly hh: Float32Array;
  readonly biasIh: Float32Array;
  readonly biasHh: Float32Array;
  readonly hidden: Float32Array;
  readonly cell: Float32Array;
}

/** Of the output [steps, batch, size] and of the last states; null where nothing arrived. */
export interface LstmCotangents {
  readonly output: Float32Array | null;
  readonly hidden: Float32Array | null;
  readonly cell: Float32Array | null;
}

function sizesOf({ steps, batch, width, size }: LstmShape, { paddedRows, paddedColumns }: Kernels) {
  const rows = steps * batch;
  const wide = paddedColumns(4 * size);
  const state = batch * size;
  return {
    input: rows * width,
    ih: 4 * size * width,
    hh: 4 * size * size,
    biasIh: 4 * size,
    biasHh: 4 * size,
    inputs: paddedRows(rows) * wide,
    products: paddedRows(batch) * wide,
    gates: rows * 4 * size,
    tanhs: rows * size,
    cells: (steps + 1) * state,
    hiddens: (steps + 1) * state,
  };
}

function backwardSizesOf({ steps, batch, width, size }: LstmShape, { paddedRows, paddedColumns }: Kernels) {
  const rows = steps * batch;
  return {
    output: rows * size,
    gradHidden: paddedRows(batch) * paddedColumns(size),
    gradCell: batch * size,
    before: batch * size,
    sums: rows * 4 * size,
    gradInput: paddedRows(rows) * paddedColumns(width),
    gradIh: paddedRows(4 * size) * paddedColumns(width),
    gradHh: paddedRows(4 * size) * paddedColumns(size),
    bias: 4 * size,
  };
}

function packingOf({ width, size }: LstmShape, { packingBytes, paddedColumns }: Kernels): number {
  return packingBytes(paddedColumns(Math.max(width, 4 * size)));
}

/** Where the state before the first step stands among the states, and where step t leaves its own. */
const firstSlot = ({ steps, reverse }: LstmShape) => (reverse ? steps : 0);
const slotAfter = ({ reverse }: LstmShape, t: number) => (reverse ? t : t + 1);
const slotBefore = ({ reverse }: LstmShape, t: number) => (reverse ? t + 1 : t);

/** The steps in the order in which they are taken. */
function order({ steps, reverse }: LstmShape): number[] {
  return Array.from({ length: steps }, (_, s) => (reverse ? steps - 1 - s : s));
}

type Places = Record<keyof ReturnType<typeof sizesOf> | "packing", number>;

/** Takes all the steps; what each computed stays in memory. */
function forwards(
  k: Kernels,
  shape: LstmShape,
  operands: LstmOperands,
  memory: Float32Array,
  at: Places,
  pause: () => void,
): void {
  const { steps, batch, width, size } = shape;
  const state = batch * size;
  const wide = k.paddedColumns(4 * size);
  for (const name of ["input", "ih", "hh", "biasIh", "biasHh"] as const) memory.set(operands[name], at[name]);
  memory.set(operands.hidden, at.hiddens + firstSlot(shape) * state);
  memory.set(operands.cell, at.cells + firstSlot(shape) * state);
  const packing = at.packing << 2;
  const rows = steps * batch;
  k.gemm(
    rows,
    4 * size,
    width,
    at.input << 2,
    width,
    1,
    at.ih << 2,
    1,
    width,
    at.inputs << 2,
    packing,
    false,
  );
  for (const t of order(shape)) {
    pause();
    const before = slotBefore(shape, t) * state;
    const after = slotAfter(shape, t) * state;
    const hidden = (at.hiddens + before) << 2;
    k.gemm(batch, 4 * size, size, hidden, size, 1, at.hh << 2, 1, size, at.products << 2, packing, false);
    k.lstmForward(
      batch,
      size,
      at.products << 2,
      wide,
      at.biasHh << 2,
      (at.inputs + t * batch * wide) << 2,
      at.biasIh << 2,
      (at.cells + before) << 2,
      (at.gates + t * batch * 4 * size) << 2,
      (at.cells + after) << 2,
      (at.tanhs + t * state) << 2,
      (at.hiddens + after) << 2,
    );
  }
}

/** Whether a layer of this shape is computed here. */
function isHere({ steps, batch, width, size }: LstmShape): boolean {
  return wasm.used && size >= 4 && steps > 0 && batch > 0 && width > 0;
}

function isTooLarge(sizes: Readonly<Record<string, number>>): boolean {
  return Object.values(sizes).reduce((sum, size) => sum + size, 0) > LIMIT;
}

/** The output of every step, and the last states; null where that is not done here. */
export function lstmLayer(
  shape: LstmShape,
  operands: LstmOperands,
  pause: () => void,
): { output: Float32Array; hidden: Float32Array; cell: Float32Array } | null {
  if (kernels === null || !isHere(shape)) return null;
  const sizes = sizesOf(shape, kernels);
  if (isTooLarge(sizes)) return null;
  const { steps, batch, size, reverse } = shape;
  const state = batch * size;
  reserve(4 * (steps + 2) * state);
  const { memory, at } = layOut(sizes, packingOf(shape, kernels));
  forwards(kernels, shape, operands, memory, at, pause);
  const states = (start: number, slot: number, count: number) =>
    memory.slice(start + slot * state, start + (slot + count) * state);
  const last = reverse ? 0 : steps;
  return {
    output: states(at.hiddens, reverse ? 0 : 1, steps),
    hidden: states(at.hiddens, last, 1),
    cell: states(at.cells, last, 1),
  };
}

/** The gradients of what `operands` names; null where that is not done here. Both biases have the same. */
export function lstmGradients(
  shape: LstmShape,
  operands: LstmOperands,
  cotangents: LstmCotangents,
  pause: () => void,
): (Omit<LstmOperands, "biasIh" | "biasHh"> & { bias: Float32Array }) | null {
  if (kernels === null || !isHere(shape)) return null;
  const k = kernels;
  const sizes = { ...sizesOf(shape, k), ...backwardSizesOf(shape, k) };
  if (isTooLarge(sizes)) return null;
  const { steps, batch, width, size } = shape;
  const state = batch * size;
  reserve(4 * (steps * batch * width + 4 * size * (width + size + 2) + 2 * state));
  const { memory, at } = layOut(sizes, packingOf(shape, k));
  forwards(k, shape, operands, memory, at, pause);
  const padded = k.paddedColumns(size);
  fill(memory, at.output, cotangents.output, steps * state);
  fill(memory, at.gradCell, cotangents.cell, state);
  for (let b = 0; b < batch; b++) {
    const row = cotangents.hidden?.subarray(b * size, (b + 1) * size) ?? null;
    fill(memory, at.gradHidden + b * padded, row, size);
  }
  const packing = at.packing << 2;
  let [now, next] = [at.gradCell, at.before];
  for (const t of order(shape).reverse()) {
    pause();
    const sums = (at.sums + t * batch * 4 * size) << 2;
    k.lstmBackward(
      batch,
      size,
      (at.output + t * state) << 2,
      at.gradHidden << 2,
      padded,
      now << 2,
      (at.gates + t * batch * 4 * size) << 2,
      (at.cells + slotBefore(shape, t) * state) << 2,
      (at.tanhs + t * state) << 2,
      sums,
      next << 2,
    );
    [now, next] = [next, now];
    k.gemm(batch, size, 4 * size, sums, 4 * size, 1, at.hh << 2, size, 1, at.gradHidden << 2, packing, false);
  }
  // Over all steps at once: what arrived at the gates' sums, times what they were made of.
  const rows = steps * batch;
  const sums = at.sums << 2;
  const before = (at.hiddens + slotBefore(shape, 0) * state) << 2;
  const g = 4 * size;
  k.gemm(rows, width, g, sums, g, 1, at.ih << 2, width, 1, at.gradInput << 2, packing, false);
  k.gemm(g, width, rows, sums, 1, g, at.input << 2, width, 1, at.gradIh << 2, packing, false);
  k.gemm(g, size, rows, sums, 1, g, before, size, 1, at.gradHh << 2, packing, false);
  k.columnSums(at.bias << 2, sums, rows, g);
  const closed = (start: number, m: number, n: number) => {
    k.closeRows(start << 2, m, n, k.paddedColumns(n), 0);
    return memory.slice(start, start + m * n);
  };
  return {
    input: closed(at.gradInput, rows, width),
    ih: closed(at.gradIh, g, width),
    hh: closed(at.gradHh, g, size),
    bias: memory.slice(at.bias, at.bias + g),
    hidden: closed(at.gradHidden, batch, size),
    cell: memory.slice(now, now + state),
  };
}

function fill(memory: Float32Array, to: number, from: Float32Array | null, count: number): void {
  if (from === null) memory.fill(0, to, to + count);
  else memory.set(from, to);
}
