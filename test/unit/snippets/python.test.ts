// Annotated cells of Python files.
import assert from "node:assert/strict";
import { parseDocument } from "../../../engine/snippets";

const parse = (text: string) => parseDocument("python", text);

describe("snippets in Python files", () => {
  it("finds a cell from its marker to the next cell, and the last one to the end of the file", () => {
    const text = "import os\n# %% [grad] First step\nx = 1\ny = 2\n# %%\nplain = 3\n# %% [grad]\nz = 4";
    const { snippets, problems } = parse(text);
    assert.deepEqual(problems, []);
    assert.equal(snippets.length, 2);
    assert.equal(snippets[0]?.title, "First step");
    assert.equal(snippets[0]?.code, "x = 1\ny = 2");
    assert.deepEqual(snippets[0]?.range, {
      start: { line: 2, character: 0 },
      end: { line: 3, character: 5 },
    });
    assert.deepEqual(snippets[0]?.header, {
      start: { line: 1, character: 0 },
      end: { line: 1, character: 22 },
    });
    assert.deepEqual(snippets[0]?.indent, [0, 0]);
    assert.equal(snippets[1]?.title, "");
    assert.deepEqual(snippets[1]?.range, {
      start: { line: 7, character: 0 },
      end: { line: 7, character: 5 },
    });
  });

  it("knows the spellings of the marker that the Jupyter tools know", () => {
    for (const marker of [
      "# %% [grad]",
      "#%%[grad]",
      "#   %% [grad]",
      "# %%%% [grad]",
      "# %% Title [grad]",
    ]) {
      assert.equal(parse(`${marker}\nx = 1\n`).snippets.length, 1, marker);
    }
  });

  it("takes no marker that is indented, in a string of the same line, or another cell type", () => {
    for (const line of [" # %% [grad]", 's = "# %% [grad]"', "# %% [markdown]", "# %% grad", "# [grad]"]) {
      assert.equal(parse(`${line}\nx = 1\n`).snippets.length, 0, line);
    }
  });

  it("reads options and leaves them out of the title", () => {
    const { snippets, problems } = parse("# %% [grad] Two words timeout=2.5 live=false isolated\nx = 1");
    assert.deepEqual(problems, []);
    assert.equal(snippets[0]?.title, "Two words");
    assert.deepEqual(snippets[0]?.options, { timeout: 2.5, live: false, isolated: true });
  });

  it("takes the word isolated inside a title for a word", () => {
    const { snippets } = parse("# %% [grad] An isolated run\nx = 1");
    assert.equal(snippets[0]?.title, "An isolated run");
    assert.deepEqual(snippets[0]?.options, {});
  });

  it("keeps quoted words in the title, equals signs and all", () => {
    const { snippets, problems } = parse('# %% [grad] "y=x**2" timeout="3"\nx = 1');
    assert.deepEqual(problems, []);
    assert.equal(snippets[0]?.title, "y=x**2");
    assert.deepEqual(snippets[0]?.options, { timeout: 3 });
  });

  it("points at an unknown option exactly and offers the option that was meant", () => {
    const { snippets, problems } = parse("# %% [grad] Title timout=5\nx = 1");
    assert.equal(snippets.length, 1);
    assert.equal(problems.length, 1);
    const [problem] = problems;
    assert.equal(problem?.code, "snippet/unknown-option");
    assert.equal(problem?.message, 'Unknown option "timout". Did you mean timeout?');
    assert.deepEqual(problem?.range, { start: { line: 0, character: 18 }, end: { line: 0, character: 26 } });
    assert.deepEqual(problem?.fixes[0]?.edits, [
      { range: { start: { line: 0, character: 18 }, end: { line: 0, character: 24 } }, newText: "timeout" },
    ]);
  });

  it("lists the options when an unknown one is near to none", () => {
    const [problem] = parse("# %% [grad] colour=red\nx = 1").problems;
    assert.equal(problem?.message, 'Unknown option "colour". Known options: timeout, live, isolated.');
  });

  it("refuses bad values with what would be right", () => {
    const bad: [string, string][] = [
      ["timeout=abc", 'Option timeout takes a number of seconds above 0 and up to 3600, got "abc".'],
      ["timeout=0", 'Option timeout takes a number of seconds above 0 and up to 3600, got "0".'],
      ["timeout=-1", 'Option timeout takes a number of seconds above 0 and up to 3600, got "-1".'],
      ["timeout=1e9", 'Option timeout takes a number of seconds above 0 and up to 3600, got "1e9".'],
      ["timeout=", 'Option timeout takes a number of seconds above 0 and up to 3600, got "".'],
      ["live=no", 'Option live takes true or false, got "no".'],
      ["isolated=1", 'Option isolated takes true or false, got "1".'],
    ];
    for (const [option, message] of bad) {
      const { snippets, problems } = parse(`# %% [grad] ${option}\nx = 1`);
      assert.deepEqual(snippets[0]?.options, {}, option);
      assert.equal(problems[0]?.code, "snippet/bad-value");
      assert.equal(problems[0]?.message, message);
    }
  });

  it("says when an option is given twice, and lets the last one count", () => {
    const { snippets, problems } = parse("# %% [grad] timeout=1 timeout=2\nx = 1");
    assert.equal(snippets[0]?.options.timeout, 2);
    assert.equal(problems[0]?.code, "snippet/duplicate-option");
    assert.equal(problems[0]?.range.start.character, 22);
  });

  it("says that a snippet is empty, in the middle of the file and at its end", () => {
    for (const text of ["# %% [grad]\n\n  \n# %%\nx = 1", "x = 1\n# %% [grad]", "# %% [grad]\n"]) {
      const { snippets, problems } = parse(text);
      assert.equal(snippets.length, 1, text);
      assert.deepEqual(
        problems.map((problem) => problem.code),
        ["snippet/empty"],
        text,
      );
      assert.deepEqual(problems[0]?.range, snippets[0]?.header);
    }
  });

  it("gives the same snippets whatever the line endings, with or without a byte order mark", () => {
    const unix = "# %% [grad] 梯度 título\nx = '𝒙'\n\ty = 2\n# %%\n";
    const expected = parse(unix);
    assert.equal(expected.snippets[0]?.title, "梯度 título");
    for (const ending of ["\r\n", "\r"]) assert.deepEqual(parse(unix.replaceAll("\n", ending)), expected);
    assert.deepEqual(parse(`\ufeff${unix}`), expected);
  });

  it("counts columns in UTF-16 units", () => {
    const [problem] = parse("# %% [grad] 𝒙𝒚 nope=1\nx = 1").problems;
    assert.equal(problem?.range.start.character, 17);
  });

  it("looks through 20,000 lines without annotation in less than 15 milliseconds", () => {
    const text = "value = compute(value, [1, 2, 3])  # a comment with %% and [grad in it\n".repeat(20_000);
    parse(text);
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      assert.equal(parse(text).snippets.length, 0);
      return performance.now() - start;
    });
    assert.ok(Math.min(...times) < 15, `took ${Math.min(...times)} ms`);
  });
});
