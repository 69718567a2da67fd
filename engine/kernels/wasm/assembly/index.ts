// What the kernels' WASM module exports. The host lays out its memory from `free` on.
export { adam } from "./adam";
export { gemm, packingBytes, paddedColumns, paddedRows, tile } from "./gemm";
export { columnSums, lstmBackward, lstmForward } from "./lstm";
export { addcdiv, addcmul, lerp } from "./mixed";
export { closeRows, fold, unfold } from "./patches";
export {
  abs,
  add,
  addScaled,
  div,
  exp,
  log,
  mul,
  neg,
  reciprocal,
  relu,
  rsqrt,
  sigmoid,
  sigmoidBackward,
  silu,
  sqrt,
  square,
  sub,
  tanh,
  tanhBackward,
  thresholdBackward,
} from "./pointwise";
export { logSoftmax, logSoftmaxBackward, softmax, softmaxBackward, sumFewRows } from "./rows";

/** The first byte of memory that is not the module's own. */
export const free: usize = __heap_base;
