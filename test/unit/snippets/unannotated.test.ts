// Code that runs because somebody asked for it.
import assert from "node:assert/strict";
import {
  cellAround,
  fenceAt,
  parseDocument,
  problemsOf,
  selectedCode,
  wholeFile,
} from "../../../engine/snippets";

const at = (startLine: number, startCharacter: number, endLine: number, endCharacter: number) => ({
  start: { line: startLine, character: startCharacter },
  end: { line: endLine, character: endCharacter },
});

describe("code without annotation", () => {
  it("takes a whole file", () => {
    const snippet = wholeFile("\ufeffx = 1\r\ny = 2\r\n");
    assert.equal(snippet.code, "x = 1\ny = 2\n");
    assert.deepEqual(snippet.range, at(0, 0, 2, 0));
    assert.deepEqual(snippet.indent, [0, 0, 0]);
  });

  it("takes selected lines and removes their common indentation", () => {
    const text = "def f():\n    if x:\n        y = 1\n    z = 2\n";
    const snippet = selectedCode(text, at(1, 0, 4, 0));
    assert.equal(snippet?.code, "if x:\n    y = 1\nz = 2");
    assert.deepEqual(snippet?.indent, [4, 4, 4]);
    assert.equal(snippet?.title, "Lines 2–4");
  });

  it("treats a selection that starts within the indentation as whole lines", () => {
    assert.equal(selectedCode("    a = 1\n    b = 2\n", at(0, 4, 1, 9))?.code, "a = 1\nb = 2");
    assert.equal(selectedCode("    a = 1\n    b = 2\n", at(0, 2, 1, 9))?.code, "a = 1\nb = 2");
  });

  it("takes part of a line, and says where it started", () => {
    const snippet = selectedCode("y = (x * 2).sum()\n", at(0, 5, 0, 10));
    assert.equal(snippet?.code, "x * 2");
    assert.deepEqual(snippet?.indent, [5]);
    assert.deepEqual(snippet?.range, at(0, 5, 0, 10));
  });

  it("takes nothing from a selection of blanks", () => {
    assert.equal(selectedCode("x = 1\n   \n\n", at(1, 0, 2, 0)), undefined);
  });

  it("finds the Python fence around a line, annotated or not", () => {
    const text = "Text\n```python\nx = 1\n```\n```js\ny\n```\n";
    assert.equal(fenceAt(text, 2)?.code, "x = 1");
    assert.equal(fenceAt(text, 1)?.code, "x = 1");
    assert.equal(fenceAt(text, 3)?.title, "Fence at line 2");
    assert.equal(fenceAt(text, 5), undefined);
    assert.equal(fenceAt(text, 0), undefined);
  });

  it("finds the cell around a line, or the whole file where there are no cells", () => {
    const text = "top = 0\n# %% One\na = 1\n# %%\nb = 2\n";
    assert.deepEqual([cellAround(text, 0).code, cellAround(text, 0).title], ["top = 0", "Whole file"]);
    assert.deepEqual([cellAround(text, 2).code, cellAround(text, 2).title], ["a = 1", "One"]);
    assert.deepEqual([cellAround(text, 4).code, cellAround(text, 4).title], ["b = 2\n", "Cell at line 4"]);
    assert.equal(cellAround("a = 1\nb = 2", 1).code, "a = 1\nb = 2");
  });

  it("tells which problems belong to which snippet", () => {
    const parsed = parseDocument("python", "# %% [grad] a=1 b=2\nx\n# %% [grad]\n");
    assert.deepEqual(
      [0, 1].map((index) => problemsOf(parsed, index).map((problem) => problem.code)),
      [["snippet/unknown-option", "snippet/unknown-option"], ["snippet/empty"]],
    );
  });
});
