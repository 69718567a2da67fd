// How much memory tensors may take. Asked in front of every allocation, measured now and then.
import { TorchError } from "./errors";

export interface MemoryWatch {
  /** Bytes that tensors may take. */
  limit: number;
  /** Bytes that they take now, with what is garbage already; 0 where nobody can tell. */
  inUse(): number;
  /** Lets go of what is garbage. Slow: only before a refusal. */
  release(): void;
}

/** Measuring costs some microseconds, so it is done after so many bytes. */
const STEP = 16 * 1024 * 1024;
/** V8 frees array buffers beside the program: what a collection found is gone for certain after the next one. */
const COLLECTIONS = 3;

let watch: MemoryWatch | null = null;
let unmeasured = 0;

/** The worker does this at the start of a run; null ends it. */
export function watchMemory(by: MemoryWatch | null): void {
  watch = by;
  unmeasured = 0;
}

/** Raises RuntimeError where `bytes` more would pass the limit. */
export function reserve(bytes: number): void {
  unmeasured += bytes;
  if (unmeasured >= STEP && watch !== null) measure(watch, bytes);
}

function measure(by: MemoryWatch, bytes: number): void {
  if (bytes <= by.limit) {
    for (let collections = 0; ; collections++) {
      if (by.inUse() + bytes <= by.limit) {
        // Not before: what cannot be released from here is measured again (NeedsPython).
        unmeasured = 0;
        return;
      }
      if (collections === COLLECTIONS) break;
      by.release();
    }
  }
  throw new TorchError(
    "RuntimeError",
    `[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: you tried to allocate ${bytes} bytes (the inspector's limit is ${by.limit} bytes)`,
    { kind: "memory" },
  );
}
