// The file snapshot.bin: Python's memory after the imports, and what it was made from.

const MAGIC = 0x534e4947;
const HEADER = 16;

/** A number that changes when the text does (FNV-1a over UTF-8, twice with different seeds). */
export function fingerprint(bytes: Uint8Array): [number, number] {
  let first = 0x811c9dc5;
  let second = 0x01234567;
  for (const byte of bytes) {
    first = Math.imul(first ^ byte, 0x01000193);
    second = Math.imul(second ^ byte, 0x01000193) + 0x9e3779b9;
  }
  return [first >>> 0, second >>> 0];
}

/** `memory` is what Pyodide's makeMemorySnapshot gives, `sources` are the bytes of python.json. */
export function packSnapshot(memory: Uint8Array, sources: Uint8Array): Uint8Array {
  let end = memory.length;
  while (end > 0 && memory[end - 1] === 0) end--;
  const packed = new Uint8Array(HEADER + end);
  const [first, second] = fingerprint(sources);
  new Uint32Array(packed.buffer, 0, 4).set([MAGIC, first, second, memory.length]);
  packed.set(memory.subarray(0, end), HEADER);
  return packed;
}

/** The memory, or null when the snapshot was made from other sources. */
export function unpackSnapshot(packed: Uint8Array, sources: Uint8Array): Uint8Array | null {
  if (packed.length < HEADER) return null;
  const view = new DataView(packed.buffer, packed.byteOffset, HEADER);
  const [first, second] = fingerprint(sources);
  if (view.getUint32(0, true) !== MAGIC) return null;
  if (view.getUint32(4, true) !== first || view.getUint32(8, true) !== second) return null;
  const memory = new Uint8Array(view.getUint32(12, true));
  memory.set(packed.subarray(HEADER));
  return memory;
}
