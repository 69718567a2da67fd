// What the kernels' WASM module exports. The host lays out its memory from `free` on.
export { gemm, packingBytes, paddedColumns, paddedRows, tile } from "./gemm";

/** The first byte of memory that is not the module's own. */
export const free: usize = __heap_base;
