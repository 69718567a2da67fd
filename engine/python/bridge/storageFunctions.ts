// What Python asks about the memory behind a tensor: its bytes, and other windows on it (torch/storage.py).
import { bytesOf, fillFrom, reinterpreted } from "../../tensor/bits";
import { dtypeOfCode } from "../../tensor/dtype";
import { Tensor } from "../../tensor/tensor";
import { guarded } from "./failure";
import { tensors } from "./handles";
import type { SharedMemory } from "./memory";

export function storageFunctions(shared: SharedMemory) {
  return {
    storage_bytes: (handle: number) => tensors.get(handle).storage.bytes,
    storage_dtype: (handle: number) => tensors.get(handle).storage.dtype.code,
    /** Copies all bytes to `address`. */
    storage_read: guarded((handle: number, address: number) => {
      shared.writeBytes(address, bytesOf(tensors.get(handle).storage));
      return 0;
    }),
    /** Takes all bytes from `address`. */
    storage_write: guarded((handle: number, address: number) => {
      const { storage, version } = tensors.get(handle);
      fillFrom(storage, shared.readBytes(address, storage.bytes));
      version.bump("storage", 0);
      return 0;
    }),
    /** A tensor without history on the same memory; `rank` sizes and as many strides are in the shared ints. */
    storage_window: guarded((handle: number, code: number, rank: number, offset: number) => {
      const { storage } = tensors.get(handle);
      const dtype = dtypeOfCode(code);
      const numbers = shared.read(2 * rank);
      return tensors.give(
        new Tensor(reinterpreted(storage, dtype), dtype, numbers.slice(0, rank), numbers.slice(rank), offset),
      );
    }),
  };
}
