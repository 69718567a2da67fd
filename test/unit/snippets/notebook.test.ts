// Annotated cells of notebooks, and the one text that their places speak of.
import assert from "node:assert/strict";
import {
  cellAt,
  documentKind,
  notebookLines,
  parseDocument,
  readNotebookJson,
} from "../../../engine/snippets";

const cells = [
  { kind: "markup" as const, text: "# Lesson\n\n# %% [grad] not code" },
  { kind: "code" as const, text: "plain = 1\nplain += 1" },
  { kind: "code" as const, text: "# %% [grad] Leaf timeout=3\nx = 1\ny = 2" },
  { kind: "code" as const, text: "%%bash\necho", language: "shellscript" },
  { kind: "code" as const, text: "# %% [grad]\nz = 3\n# %% [grad] second marker\nw = 4" },
];

describe("snippets in notebooks", () => {
  it("takes the code cells whose first line is the marker, whole", () => {
    const { snippets, problems } = parseDocument("notebook", cells);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      snippets.map((snippet) => [snippet.title, snippet.code, snippet.options]),
      [
        ["Leaf", "x = 1\ny = 2", { timeout: 3 }],
        ["", "z = 3\n# %% [grad] second marker\nw = 4", {}],
      ],
    );
  });

  it("lays the Python cells below each other, and finds the cell of each place", () => {
    const parsed = parseDocument("notebook", cells);
    assert.deepEqual(parsed.cells, [
      { cell: 1, line: 0, lineCount: 2 },
      { cell: 2, line: 2, lineCount: 3 },
      { cell: 4, line: 5, lineCount: 4 },
    ]);
    assert.deepEqual(parsed.snippets[1]?.range, {
      start: { line: 6, character: 0 },
      end: { line: 8, character: 5 },
    });
    assert.equal(notebookLines(cells)[6], "z = 3");
    assert.deepEqual(cellAt(parsed.cells ?? [], { line: 6, character: 2 }), {
      cell: 4,
      position: { line: 1, character: 2 },
    });
    assert.equal(cellAt(parsed.cells ?? [], { line: 9, character: 0 }), undefined);
  });

  it("asks for the marker on the first line", () => {
    assert.equal(parseDocument("notebook", [{ kind: "code", text: "\n# %% [grad]\nx" }]).snippets.length, 0);
  });

  it("reads a notebook file, its sources as strings and as lists", () => {
    const json = JSON.stringify({
      nbformat: 4,
      metadata: { kernelspec: { language: "python" } },
      cells: [
        { cell_type: "markdown", source: "text" },
        { cell_type: "code", source: ["# %% [grad] One\n", "x = 1"] },
        { cell_type: "code", source: "# %% [grad] Two\r\ny = 1" },
        { cell_type: "raw" },
      ],
    });
    const read = readNotebookJson(`\ufeff${json}`);
    assert.equal(read.kind, "cells");
    if (read.kind !== "cells") return;
    const { snippets } = parseDocument("notebook", read.cells);
    assert.deepEqual(
      snippets.map((snippet) => [snippet.title, snippet.code, snippet.range.start.line]),
      [
        ["One", "x = 1", 1],
        ["Two", "y = 1", 3],
      ],
    );
  });

  it("says why a file is no notebook", () => {
    const broken = readNotebookJson("{");
    assert.equal(broken.kind === "unreadable" && broken.message.startsWith("Not a notebook: "), true);
    assert.deepEqual(readNotebookJson('{"worksheets": []}'), {
      kind: "unreadable",
      message: "Not a notebook of format 4: it has no list of cells.",
    });
    assert.equal(readNotebookJson("null").kind, "unreadable");
  });

  it("runs no cells of a notebook in another language", () => {
    const read = readNotebookJson(
      '{"metadata":{"language_info":{"name":"R"}},"cells":[{"cell_type":"code","source":"# %% [grad]\\nx"}]}',
    );
    assert.ok(read.kind === "cells");
    assert.equal(parseDocument("notebook", read.cells).snippets.length, 0);
  });

  it("tells the kind of a document by its name", () => {
    assert.deepEqual(["a.py", "B.MD", "c.ipynb", "d.txt", "noext", "dir.md/file"].map(documentKind), [
      "python",
      "markdown",
      "notebook",
      undefined,
      undefined,
      undefined,
    ]);
  });
});
