// Brings float32 numbers to the WASM module's loops and their results back: as many at a time as stay in the
// processor's cache. Which loop in TypeScript has one there is said beside that loop.
import { borrow, firstAddress, type Kernels, kernels, type LoopOfOne, type LoopOfTwo, wasm } from "./module";

type NamesOf<T> = {
  [K in keyof Kernels]: Kernels[K] extends T ? (T extends Kernels[K] ? K : never) : never;
}[keyof Kernels];
export type NameOfOne = NamesOf<LoopOfOne>;
export type NameOfTwo = NamesOf<LoopOfTwo>;

type Floats = Float32Array | Float64Array;

/** Floats of one operand in the module's memory (32 KB). */
const CHUNK = 8192;
/** Where single numbers stand, four copies of each, and where operands do; in floats from the first address on. */
const SINGLE_A = 0;
const SINGLE_B = 4;
const A = 16;
const B = A + CHUNK;

/** Windows on the module's memory from A on, by length: making one costs as much as a short loop. */
const windows = new Map<number, Float32Array>();
const KEPT_WINDOWS = 256;

function windowOf(memory: Float32Array, start: number, length: number): Float32Array {
  const known = windows.get(length);
  if (known !== undefined && known.buffer === memory.buffer) return known;
  if (windows.size >= KEPT_WINDOWS) windows.clear();
  const made = memory.subarray(start, start + length);
  windows.set(length, made);
  return made;
}

function isFloat32(data: Floats): data is Float32Array {
  return data instanceof Float32Array;
}

function load(memory: Float32Array, to: number, data: Floats, from: number, count: number): void {
  memory.set(from === 0 && data.length === count ? data : data.subarray(from, from + count), to);
}

/** Whether the loop was run here: false where there are few numbers, doubles, or no WASM. */
export function loopOfOne(name: NameOfOne, out: Floats, a: Floats, n: number): boolean {
  if (n < wasm.shortest || kernels === null || !wasm.used || !isFloat32(out) || !isFloat32(a)) return false;
  const memory = borrow((B + CHUNK) * 4);
  const start = (firstAddress() >> 2) + A;
  for (let i = 0; i < n; i += CHUNK) {
    const count = Math.min(CHUNK, n - i);
    load(memory, start, a, i, count);
    kernels[name](start << 2, start << 2, count);
    out.set(windowOf(memory, start, count), i);
  }
  return true;
}

/** The same of two operands, of which a step of 0 says that it is a single number. */
export function loopOfTwo(
  name: NameOfTwo,
  out: Floats,
  a: Floats,
  b: Floats,
  n: number,
  sa: number,
  sb: number,
  parameter = 0,
): boolean {
  if (n < wasm.shortest || kernels === null || !wasm.used) return false;
  if (!isFloat32(out) || !isFloat32(a) || !isFloat32(b)) return false;
  const memory = borrow((B + CHUNK) * 4);
  const first = firstAddress() >> 2;
  const start = first + A;
  if (sa === 0) memory.fill(a[0], first + SINGLE_A, first + SINGLE_A + 4);
  if (sb === 0) memory.fill(b[0], first + SINGLE_B, first + SINGLE_B + 4);
  const atA = (sa === 0 ? first + SINGLE_A : start) << 2;
  const atB = (sb === 0 ? first + SINGLE_B : first + B) << 2;
  for (let i = 0; i < n; i += CHUNK) {
    const count = Math.min(CHUNK, n - i);
    if (sa !== 0) load(memory, start, a, i, count);
    if (sb !== 0) load(memory, first + B, b, i, count);
    kernels[name](start << 2, atA, atB, count, sa << 4, sb << 4, parameter);
    out.set(windowOf(memory, start, count), i);
  }
  return true;
}

/** The same of three operands. */
export function loopOfThree(
  name: "addcdiv" | "addcmul" | "lerp",
  out: Floats,
  operands: readonly [Floats, Floats, Floats],
  n: number,
  steps: readonly [number, number, number],
  parameter = 0,
): boolean {
  if (n < wasm.shortest || kernels === null || !wasm.used) return false;
  if (!isFloat32(out) || !operands.every(isFloat32)) return false;
  const memory = borrow((A + 3 * CHUNK) * 4);
  const first = firstAddress() >> 2;
  const start = first + A;
  const at = operands.map((operand, place) => {
    if (steps[place] !== 0) return start + place * CHUNK;
    memory.fill(operand[0], first + 4 * place, first + 4 * place + 4);
    return first + 4 * place;
  });
  for (let i = 0; i < n; i += CHUNK) {
    const count = Math.min(CHUNK, n - i);
    for (let place = 0; place < 3; place++) {
      if (steps[place] !== 0) load(memory, at[place], operands[place], i, count);
    }
    kernels[name](
      start << 2,
      at[0] << 2,
      at[1] << 2,
      at[2] << 2,
      count,
      steps[0] << 4,
      steps[1] << 4,
      steps[2] << 4,
      parameter,
    );
    out.set(windowOf(memory, start, count), i);
  }
  return true;
}

/** What one step of Adam does to the numbers of a parameter; see assembly/adam.ts. */
export interface AdamStep {
  shrink: number;
  decay: number;
  weight: number;
  keep: number;
  fresh: number;
  correction: number;
  eps: number;
  rate: number;
}

/** Changes `param`, `mean` and `square`; false where that is not done here. */
export function adam(
  param: Float32Array,
  grad: Float32Array,
  mean: Float32Array,
  square: Float32Array,
  step: AdamStep,
): boolean {
  if (kernels === null || !wasm.used) return false;
  const n = param.length;
  const memory = borrow((A + 4 * CHUNK) * 4);
  const start = (firstAddress() >> 2) + A;
  const { shrink, decay, weight, keep, fresh, correction, eps, rate } = step;
  const places = [0, 1, 2, 3].map((place) => start + place * CHUNK);
  const [atParam, atGrad, atMean, atSquare] = places.map((place) => place << 2);
  for (let i = 0; i < n; i += CHUNK) {
    const count = Math.min(CHUNK, n - i);
    load(memory, places[0], param, i, count);
    load(memory, places[1], grad, i, count);
    load(memory, places[2], mean, i, count);
    load(memory, places[3], square, i, count);
    kernels.adam(
      count,
      atParam,
      atGrad,
      atMean,
      atSquare,
      shrink,
      decay,
      weight,
      keep,
      fresh,
      correction,
      eps,
      rate,
    );
    param.set(windowOf(memory, start, count), i);
    mean.set(memory.subarray(places[2], places[2] + count), i);
    square.set(memory.subarray(places[3], places[3] + count), i);
  }
  return true;
}
