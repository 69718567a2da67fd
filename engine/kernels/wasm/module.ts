// The WASM module of the kernels (assembly/), made when this file is loaded: later the sandbox allows none.
// Tensors live in JavaScript's typed arrays; the module's memory is borrowed for the time of one call.

import simd from "assembly:simd";
import relaxed from "assembly:simd,relaxed-simd";

/** Addresses, and how many floats: out[i] = f(a[i]). */
export type LoopOfOne = (out: number, a: number, n: number) => void;
/** The same of two operands; a step is 16, or 0 for four copies of a single number. */
export type LoopOfTwo = (
  out: number,
  a: number,
  b: number,
  n: number,
  stepA: number,
  stepB: number,
  parameter?: number,
) => void;

/** The same of three. */
export type LoopOfThree = (
  out: number,
  a: number,
  b: number,
  c: number,
  n: number,
  stepA: number,
  stepB: number,
  stepC: number,
  parameter: number,
) => void;

/** What assembly/index.ts exports. Addresses and counts of bytes unless said otherwise. */
export interface Kernels {
  memory: { buffer: ArrayBuffer; grow(pages: number): number };
  free: { value: number };
  gemm(
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    c: number,
    packing: number,
    add: boolean,
  ): void;
  packingBytes(n: number): number;
  paddedRows(m: number): number;
  paddedColumns(n: number): number;
  unfold(shape: number, image: number, columns: number, width: number): void;
  fold(shape: number, image: number, columns: number, width: number): void;
  closeRows(c: number, m: number, n: number, width: number, bias: number): void;
  lstmForward(
    batch: number,
    size: number,
    products: number,
    width: number,
    bias: number,
    inputs: number,
    inputBias: number,
    cell: number,
    gates: number,
    nextCell: number,
    tanhs: number,
    hidden: number,
  ): void;
  lstmBackward(
    batch: number,
    size: number,
    output: number,
    hidden: number,
    width: number,
    nextCell: number,
    gates: number,
    cell: number,
    tanhs: number,
    sums: number,
    previous: number,
  ): void;
  softmax(out: number, a: number, rows: number, n: number, scratch: number): void;
  logSoftmax(out: number, a: number, rows: number, n: number, scratch: number): void;
  softmaxBackward(out: number, g: number, y: number, rows: number, n: number): void;
  logSoftmaxBackward(out: number, g: number, y: number, rows: number, n: number): void;
  sumFewRows(out: number, a: number, step: number, width: number, rows: number): void;
  columnSums(out: number, a: number, rows: number, n: number): void;
  abs: LoopOfOne;
  exp: LoopOfOne;
  log: LoopOfOne;
  neg: LoopOfOne;
  reciprocal: LoopOfOne;
  relu: LoopOfOne;
  rsqrt: LoopOfOne;
  sigmoid: LoopOfOne;
  silu: LoopOfOne;
  sqrt: LoopOfOne;
  square: LoopOfOne;
  tanh: LoopOfOne;
  add: LoopOfTwo;
  addScaled: LoopOfTwo;
  div: LoopOfTwo;
  mul: LoopOfTwo;
  sigmoidBackward: LoopOfTwo;
  sub: LoopOfTwo;
  tanhBackward: LoopOfTwo;
  addcdiv: LoopOfThree;
  addcmul: LoopOfThree;
  lerp: LoopOfThree;
  thresholdBackward: LoopOfTwo;
  adam(
    n: number,
    param: number,
    grad: number,
    mean: number,
    square: number,
    shrink: number,
    decay: number,
    weight: number,
    keep: number,
    fresh: number,
    correction: number,
    eps: number,
    rate: number,
  ): void;
}

/** The part of WebAssembly that is used here; the engine knows no DOM types. */
interface Wasm {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { exports: unknown };
}

/** Fused multiply-add where the host has it, multiplication and addition otherwise; null without SIMD. */
function instantiate(): Kernels | null {
  const wasm = (globalThis as unknown as { WebAssembly?: Wasm }).WebAssembly;
  if (wasm === undefined) return null;
  const bytes = [relaxed, simd].find((each) => wasm.validate(each));
  if (bytes === undefined) return null;
  // A copy, so that tests can see who is called.
  return { ...(new wasm.Instance(new wasm.Module(bytes), {}).exports as unknown as Kernels) };
}

export const kernels = instantiate();

/** What goes to WASM; changed where the two ways are compared. */
export const wasm = {
  used: kernels !== null,
  /** Loops over fewer numbers stay: the way there and back costs more than it saves. */
  shortest: 80,
  /** Products of up to this many multiplications stay, and are added up in double precision. */
  tiny: 512,
};

const PAGE = 65536;
let floats = new Float32Array(0);

/** The module's memory as floats, with at least `bytes` bytes from `kernels.free` on. */
export function borrow(bytes: number): Float32Array {
  if (kernels === null) throw new Error("there are no WASM kernels");
  const { memory, free } = kernels;
  const missing = firstAddress(free.value) + bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
  if (floats.buffer !== memory.buffer) floats = new Float32Array(memory.buffer);
  return floats;
}

/** Places in borrowed memory, in floats: each of `sizes` begins a cache line; `packing` bytes follow. */
export function layOut<K extends string>(
  sizes: Readonly<Record<K, number>>,
  packing: number,
): { memory: Float32Array; at: Record<K | "packing", number> } {
  const at = {} as Record<K | "packing", number>;
  let next = firstAddress() >> 2;
  const first = next;
  for (const name in sizes) {
    at[name] = next;
    next += (sizes[name] + 15) & ~15;
  }
  at.packing = next;
  return { memory: borrow((next - first) * 4 + packing), at };
}

/** On a border of cache lines. */
export function firstAddress(free = kernels?.free.value ?? 0): number {
  return (free + 63) & ~63;
}
