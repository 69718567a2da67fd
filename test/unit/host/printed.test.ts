// The shared page that printed text is written to while a snippet runs.
import assert from "node:assert/strict";
import { PRINTED_BYTES, PrintedReader, PrintedWriter } from "../../../engine/protocol/printed";

function page(bytes = PRINTED_BYTES): { writer: PrintedWriter; reader: PrintedReader } {
  const buffer = new SharedArrayBuffer(bytes);
  return {
    writer: new PrintedWriter(buffer, new TextEncoder()),
    reader: new PrintedReader(buffer, new TextDecoder()),
  };
}

describe("the page of printed text", () => {
  it("gives back what was written, in order, as one entry per line and statement", () => {
    const { writer, reader } = page();
    writer.begin(2);
    writer.write("a 𝒙", 3, 0, 3, 8);
    writer.write("\n", 3, 0, 3, 8);
    writer.write("b\n", 3, 0, 3, 8);
    writer.write("c", 4, 2, 5, 1);
    const at = (line: number, character: number, endLine: number, endCharacter: number) => ({
      start: { line, character },
      end: { line: endLine, character: endCharacter },
    });
    assert.deepEqual(reader.read(2), [
      { text: "a 𝒙\n", range: at(3, 0, 3, 8) },
      { text: "b\n", range: at(3, 0, 3, 8) },
      { text: "c", range: at(4, 2, 5, 1) },
    ]);
    assert.deepEqual(reader.read(1), [], "of another snippet nothing is told");
  });

  it("begins anew with each snippet, and is empty when it was cleared", () => {
    const { writer, reader } = page();
    writer.begin(0);
    writer.write("old", 1, 0, 1, 1);
    const { size } = { size: reader.size(0) };
    assert.ok(size > 0);
    writer.begin(1);
    assert.equal(reader.size(1), 0);
    assert.deepEqual(reader.read(0), []);
    reader.clear();
    assert.deepEqual(reader.read(1), []);
  });

  it("keeps the beginning when more is printed than fits", () => {
    const { writer, reader } = page(200);
    writer.begin(0);
    for (let index = 0; index < 100; index++) writer.write(`line ${index}\n`, index, 0, index, 5);
    const lines = reader.read(0).map(({ text }) => text);
    assert.ok(lines.length >= 4 && lines.length < 8, String(lines.length));
    assert.equal(lines[0], "line 0\n");
    const { writer: other, reader: large } = page(100);
    other.begin(0);
    other.write("ü".repeat(1000), 0, 0, 0, 1);
    assert.match(large.read(0)[0]?.text ?? "", /^ü+$/);
  });
});
