// Places that move with the text.
import assert from "node:assert/strict";
import { moveRange, moveThrough, sequential, type TextChange } from "../../../extension/view/edits";
import { range } from "./fixtures";

const insert = (line: number, character: number, text: string): TextChange => ({
  range: range(line, character, character),
  text,
});
const replace = (where: ReturnType<typeof range>, text: string): TextChange => ({ range: where, text });

describe("places that move with the text", () => {
  it("stay where they are when something below or behind changes", () => {
    assert.deepEqual(moveRange(range(2, 4, 8), insert(2, 9, "abc"), "exact"), range(2, 4, 8));
    assert.deepEqual(moveRange(range(2, 4, 8), insert(3, 0, "\n"), "exact"), range(2, 4, 8));
  });

  it("move with text typed in front of them on the line and with lines added above", () => {
    assert.deepEqual(moveRange(range(2, 4, 8), insert(2, 0, "abc"), "exact"), range(2, 7, 11));
    assert.deepEqual(moveRange(range(2, 4, 8), insert(1, 3, "\n\n"), "exact"), range(4, 4, 8));
    assert.deepEqual(moveRange(range(2, 4, 8), insert(2, 2, "\n"), "exact"), range(3, 2, 6));
    assert.deepEqual(moveRange(range(2, 4, 8), replace(range(0, 0, 2, 2), ""), "exact"), range(0, 2, 6));
  });

  it("count all kinds of line breaks in the text that is typed", () => {
    for (const text of ["a\nb", "a\r\nb", "a\rb"]) {
      assert.deepEqual(moveRange(range(2, 4, 8), insert(0, 0, text), "exact"), range(3, 4, 8));
    }
  });

  it("end, when exact, with an edit inside", () => {
    assert.equal(moveRange(range(2, 4, 8), insert(2, 6, "x"), "exact"), null);
    assert.equal(moveRange(range(2, 4, 8), replace(range(2, 3, 5), ""), "exact"), null);
    assert.equal(moveRange(range(2, 4, 8), replace(range(2, 0, 20), "other"), "exact"), null);
  });

  it("end, when exact, with a letter typed at their border, since the word is another one then", () => {
    assert.equal(moveRange(range(2, 4, 5), insert(2, 5, "y"), "exact"), null);
    assert.equal(moveRange(range(2, 4, 5), insert(2, 4, "y"), "exact"), null);
    assert.equal(moveRange(range(2, 4, 5), insert(2, 4, "self."), "exact"), null);
    assert.equal(moveRange(range(2, 4, 5), insert(2, 5, "度"), "exact"), null);
  });

  it("live on, when exact, with blanks, signs and attributes typed at their border", () => {
    assert.deepEqual(moveRange(range(2, 4, 5), insert(2, 5, " + 1"), "exact"), range(2, 4, 5));
    assert.deepEqual(moveRange(range(2, 4, 5), insert(2, 5, ".grad"), "exact"), range(2, 4, 5));
    assert.deepEqual(moveRange(range(2, 4, 5), insert(2, 5, "\n"), "exact"), range(2, 4, 5));
    assert.deepEqual(moveRange(range(2, 4, 5), insert(2, 4, "("), "exact"), range(2, 5, 6));
  });

  it("grow and shrink, when loose, with what is typed inside", () => {
    assert.deepEqual(moveRange(range(2, 4, 8), insert(2, 6, "xy"), "loose"), range(2, 4, 10));
    assert.deepEqual(moveRange(range(2, 4, 8), replace(range(2, 5, 7), ""), "loose"), range(2, 4, 6));
    assert.deepEqual(moveRange(range(2, 4, 8), insert(2, 6, "\n"), "loose"), range(2, 4, 3, 2));
  });

  it("end, when loose, when all of it is deleted, and keep standing when empty from the start", () => {
    assert.equal(moveRange(range(2, 4, 8), replace(range(2, 0, 12), ""), "loose"), null);
    assert.deepEqual(moveRange(range(2, 4, 4), insert(2, 0, "ab"), "loose"), range(2, 6, 6));
  });

  it("cover the new text when exactly theirs is replaced", () => {
    const longer = replace(range(2, 4, 8), "longer text");
    assert.deepEqual(moveRange(range(2, 4, 8), longer, "loose"), range(2, 4, 15));
  });

  it("go through changes one after the other", () => {
    const changes = [insert(0, 0, "\n"), insert(1, 0, "# "), replace(range(3, 0, 4), "")];
    assert.deepEqual(moveThrough(range(2, 4, 8), changes, "exact"), range(3, 0, 4));
    assert.equal(moveThrough(range(2, 4, 8), [...changes, insert(3, 2, "x")], "exact"), null);
  });

  it("take several changes of one event from the end of the text on", () => {
    const first = insert(0, 0, "a\n");
    const second = insert(2, 0, "b\n");
    assert.deepEqual(sequential([first, second]), [second, first]);
    assert.deepEqual(moveThrough(range(2, 1, 3), sequential([first, second]), "exact"), range(4, 1, 3));
  });
});
