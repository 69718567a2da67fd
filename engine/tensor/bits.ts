// The bytes of a storage as PyTorch has them, and the same bytes read as another dtype.
import { bfloat16, type Data, type DType, float16 } from "./dtype";
import { bfloat16OfBits, bitsOfBfloat16, bitsOfFloat16, float16OfBits } from "./halves";
import { Storage } from "./storage";

/** Little-endian, as PyTorch's files have them. Of half precision a copy, otherwise the memory itself. */
export function bytesOf({ data, dtype }: Storage): Uint8Array {
  const bits =
    dtype === float16
      ? bitsOfFloat16(data as Float32Array)
      : dtype === bfloat16
        ? bitsOfBfloat16(data as Float32Array)
        : data;
  return new Uint8Array(bits.buffer, bits.byteOffset, bits.byteLength);
}

/** Elements of `dtype` from bytes; their own memory where they begin at a multiple of the element's size. */
function elementsFrom(bytes: Uint8Array, dtype: DType): Data {
  const length = Math.floor(bytes.length / dtype.bytes);
  const aligned = bytes.byteOffset % dtype.bytes === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset } = aligned;
  if (dtype.round !== undefined) {
    const bits = new Uint16Array(buffer, byteOffset, length);
    return dtype === float16 ? float16OfBits(bits) : bfloat16OfBits(bits);
  }
  const make = dtype.allocate(0).constructor as new (
    buffer: ArrayBufferLike,
    byteOffset: number,
    length: number,
  ) => Data;
  return new make(buffer, byteOffset, length);
}

/** Puts bytes in the place of all elements. */
export function fillFrom(storage: Storage, bytes: Uint8Array): void {
  storage.data.set(elementsFrom(bytes, storage.dtype) as never);
}

/** The storages that a storage's memory is read by as another dtype: one each, so that views of it are the same. */
const others = new WeakMap<ArrayBufferLike, Map<string, Storage>>();

/**
 * The same memory with elements of another dtype. The numbers of half precision do not stand in memory as their
 * bits, so these are copied, and changing either side is refused from then on.
 */
export function reinterpreted(storage: Storage, dtype: DType): Storage {
  if (storage.dtype === dtype) return storage;
  const copies = storage.dtype.round !== undefined || dtype.round !== undefined;
  const bytes = bytesOf(storage);
  if (copies) {
    const made = new Storage(elementsFrom(bytes, dtype), dtype);
    storage.seenAs = `torch.${dtype.name}`;
    made.seenAs = `torch.${storage.dtype.name}`;
    return made;
  }
  const key = `${dtype.name} ${bytes.byteOffset}`;
  const known = others.get(bytes.buffer) ?? new Map<string, Storage>();
  others.set(bytes.buffer, known);
  known.set(`${storage.dtype.name} ${bytes.byteOffset}`, storage);
  let made = known.get(key);
  if (made === undefined) {
    made = new Storage(elementsFrom(bytes, dtype), dtype);
    known.set(key, made);
  }
  return made;
}
