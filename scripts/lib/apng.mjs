// An animated PNG out of still ones of the same size and kind: their compressed data are taken over as they are.
import { crc32 } from "node:zlib";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * @param {{ png: Buffer, milliseconds: number }[]} frames the first is also what programs show that know no animation
 * @returns {Buffer} plays for ever
 */
export function animated(frames) {
  const parsed = frames.map(({ png }) => chunksOf(png));
  const [first] = parsed;
  const header = first?.find(({ type }) => type === "IHDR")?.data;
  if (!header) throw new Error("An animation needs at least one frame.");
  const control = Buffer.alloc(8);
  control.writeUInt32BE(frames.length, 0);
  const out = [SIGNATURE, chunk("IHDR", header), chunk("acTL", control)];
  let sequence = 0;
  parsed.forEach((chunks, i) => {
    const own = chunks.find(({ type }) => type === "IHDR")?.data;
    if (!own?.equals(header)) throw new Error(`Frame ${i} is of another size or kind than the first one.`);
    const frame = Buffer.alloc(26);
    frame.writeUInt32BE(sequence++, 0);
    header.copy(frame, 4, 0, 8);
    frame.writeUInt16BE(frames[i].milliseconds, 20);
    frame.writeUInt16BE(1000, 22);
    out.push(chunk("fcTL", frame));
    for (const { type, data } of chunks) {
      if (type !== "IDAT") continue;
      if (i === 0) out.push(chunk("IDAT", data));
      else {
        const number = Buffer.alloc(4);
        number.writeUInt32BE(sequence++, 0);
        out.push(chunk("fdAT", Buffer.concat([number, data])));
      }
    }
  });
  out.push(chunk("IEND", Buffer.alloc(0)));
  return Buffer.concat(out);
}

/** @param {Buffer} png */
function chunksOf(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new Error("A frame is no PNG.");
  const chunks = [];
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const type = png.toString("latin1", at + 4, at + 8);
    chunks.push({ type, data: png.subarray(at + 8, at + 8 + length) });
    at += length + 12;
  }
  return chunks;
}

/**
 * @param {string} type
 * @param {Buffer} data
 */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
}
