// Array buffers that small float32 arrays share: a buffer of its own costs an array about a microsecond, more than
// most of the loops that fill it, and as much again when it is collected.

/** Shorter arrays stand in the object itself. */
const SHORTEST = 17;
const LONGEST = 8192;
/** Of arrays of the longest kind in a slab. A last survivor keeps no more than this many times its own size. */
const IN_A_SLAB = 8;
/** Every array begins at a multiple of 64 bytes, as PyTorch's do. */
const ALIGNED = 16;

interface Slab {
  buffer: ArrayBuffer;
  /** In bytes; what lies behind it is zero, since nothing is used twice. */
  next: number;
}

/** One for each power of two, so that what shares a buffer is alike in size. */
const slabs: Slab[] = Array.from({ length: 14 }, () => ({ buffer: new ArrayBuffer(0), next: 0 }));

/** `length` zeros. Its buffer may be longer and have other arrays in it: compare memory with `sameMemory`. */
export function float32Zeros(length: number): Float32Array {
  if (length < SHORTEST || length > LONGEST) return new Float32Array(length);
  const power = 32 - Math.clz32(length - 1);
  const slab = slabs[power];
  const bytes = 4 * ((length + ALIGNED - 1) & -ALIGNED);
  if (slab.next + bytes > slab.buffer.byteLength) {
    slab.buffer = new ArrayBuffer((4 * IN_A_SLAB) << power);
    slab.next = 0;
  }
  const zeros = new Float32Array(slab.buffer, slab.next, length);
  slab.next += bytes;
  return zeros;
}

/** Whether two arrays begin at the same place in memory, though they may read it as numbers of other kinds. */
export function sameMemory(a: ArrayBufferView, b: ArrayBufferView): boolean {
  return a.buffer === b.buffer && a.byteOffset === b.byteOffset;
}

/** Whether `part` lies in the memory of `whole`. */
export function isPartOf(part: ArrayBufferView, whole: ArrayBufferView): boolean {
  if (part.buffer !== whole.buffer) return false;
  const distance = part.byteOffset - whole.byteOffset;
  return distance >= 0 && distance + part.byteLength <= whole.byteLength;
}
