// Reads the table of contents of a VSIX (a zip file), to tell what makes it large.
import { readFileSync } from "node:fs";

/**
 * @param {string} file
 * @returns {{ path: string, packed: number, unpacked: number }[]} the largest first
 */
export function contentsOf(file) {
  const bytes = readFileSync(file);
  // The end record: signature, ..., number of entries at 10, offset of the table at 16.
  const end = bytes.lastIndexOf("PK\u0005\u0006", undefined, "latin1");
  if (end < 0) throw new Error(`${file} is no zip file`);
  const entries = [];
  let at = bytes.readUInt32LE(end + 16);
  for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
    const nameLength = bytes.readUInt16LE(at + 28);
    entries.push({
      path: bytes.toString("utf8", at + 46, at + 46 + nameLength).replace(/^extension\//, ""),
      packed: bytes.readUInt32LE(at + 20),
      unpacked: bytes.readUInt32LE(at + 24),
    });
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return entries.sort((a, b) => b.packed - a.packed);
}
