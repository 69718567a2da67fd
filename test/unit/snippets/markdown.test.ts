// Annotated fences of Markdown files.
import assert from "node:assert/strict";
import { parseDocument } from "../../../engine/snippets";

const parse = (text: string) => parseDocument("markdown", text);
const codes = (text: string) => parse(text).snippets.map((snippet) => snippet.code);

describe("snippets in Markdown files", () => {
  it("finds a fence with its title, place and options", () => {
    const text = "# Lesson\n\n```python grad Leaf tensors timeout=2\nx = 1\ny = 2\n```\n\nText.\n";
    const { snippets, problems } = parse(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(snippets, [
      {
        title: "Leaf tensors",
        range: { start: { line: 3, character: 0 }, end: { line: 4, character: 5 } },
        header: { start: { line: 2, character: 0 }, end: { line: 2, character: 37 } },
        code: "x = 1\ny = 2",
        indent: [0, 0],
        options: { timeout: 2 },
      },
    ]);
  });

  it("takes backticks and tildes of any length, and a shorter run inside is code", () => {
    assert.deepEqual(codes("~~~~python grad\nx = '~~~'\n~~~\ny = 1\n~~~~~\n"), ["x = '~~~'\n~~~\ny = 1"]);
    assert.deepEqual(codes("````python grad\n```\n````\n"), ["```"]);
  });

  it("leaves out fences of other languages and Python fences without the annotation", () => {
    const text =
      "```python\nx\n```\n```js grad\nx\n```\n```python gradient\nx\n```\n```python no grad\nx\n```\n";
    assert.deepEqual(codes(`${text}\`\`\`python grad\nyes\n\`\`\`\n`), ["yes"]);
  });

  it("knows py and Python as names of the language", () => {
    assert.deepEqual(codes("```py grad\na\n```\n``` Python  grad\nb\n```\n"), ["a", "b"]);
  });

  it("reads nothing inside another fence, an indented block or an HTML comment", () => {
    assert.deepEqual(codes("````md\n```python grad\nx\n```\n````\n"), []);
    assert.deepEqual(codes("    ```python grad\n    x\n    ```\n"), []);
    assert.deepEqual(codes("<!--\n```python grad\nx\n```\n-->\n"), []);
  });

  it("removes the fence's own indentation and says how much it was", () => {
    const [snippet] = parse("  ```python grad\n  if x:\n      y\n z\n  ```\n").snippets;
    assert.equal(snippet?.code, "if x:\n    y\nz");
    assert.deepEqual(snippet?.indent, [2, 2, 1]);
    assert.deepEqual(snippet?.range, { start: { line: 1, character: 0 }, end: { line: 3, character: 2 } });
  });

  it("finds fences in lists, nested lists and block quotes", () => {
    const text =
      "1. One\n\n   ```python grad In a list\n   x = 1\n\n   y = 2\n   ```\n   - Two\n     ~~~python grad Deeper\n     z\n     ~~~\n\n> ```python grad Quoted\n> a = 1\n>\n> b\n> ```\n";
    const { snippets, problems } = parse(text);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      snippets.map(({ title, code, indent, quote }) => ({ title, code, indent, quote })),
      [
        { title: "In a list", code: "x = 1\n\ny = 2", indent: [3, 0, 3], quote: undefined },
        { title: "Deeper", code: "z", indent: [5], quote: undefined },
        { title: "Quoted", code: "a = 1\n\nb", indent: [2, 1, 2], quote: "> " },
      ],
    );
  });

  it("maps columns behind a tab that the list takes half of", () => {
    const [snippet] = parse("- a\n\n\t```python grad\n\tx = 1\n\t\ty = 2\n\t```\n").snippets;
    const lines = snippet?.code.split("\n") ?? [];
    const original = ["\tx = 1", "\t\ty = 2"];
    lines.forEach((line, index) => {
      const column = line.search(/\S/) + (snippet?.indent[index] ?? 0);
      assert.equal(original[index]?.[column], line[line.search(/\S/)], `line ${index}`);
    });
    assert.ok(lines[1]?.startsWith("\t") || lines[1]?.startsWith(" "));
  });

  it("points at a bad option inside a quoted list item", () => {
    const [problem] = parse("> - ```python grad Title tiemout=3\n>   x = 1\n>   ```\n").problems;
    assert.equal(problem?.code, "snippet/unknown-option");
    assert.deepEqual(problem?.range, { start: { line: 0, character: 25 }, end: { line: 0, character: 34 } });
  });

  it("says that a fence is not closed, at its first line, and how to close it", () => {
    const text = "Text\n\n~~~~python grad Open\nx = 1\n\n\n";
    const { snippets, problems } = parse(text);
    assert.equal(snippets[0]?.code.trim(), "x = 1");
    assert.equal(problems.length, 1);
    assert.equal(problems[0]?.code, "snippet/unclosed-fence");
    assert.match(problems[0]?.message ?? "", /not closed.*Close it with ~~~~\./);
    assert.deepEqual(problems[0]?.range, snippets[0]?.header);
    assert.deepEqual(problems[0]?.fixes[0]?.edits, [
      { range: { start: { line: 3, character: 5 }, end: { line: 3, character: 5 } }, newText: "\n~~~~" },
    ]);
  });

  it("closes an unclosed fence of a list or quote with the right prefix", () => {
    const newText = (text: string) => parse(text).problems[0]?.fixes[0]?.edits[0]?.newText;
    assert.equal(newText("- ```python grad\n  x = 1\n\nText outside.\n"), "\n  ```");
    assert.equal(newText("> ```python grad\n> x = 1\n"), "\n> ```");
  });

  it("keeps a fence that the end of the file closes right behind its last line", () => {
    const { problems, snippets } = parse("```python grad\nx = 1\n```");
    assert.deepEqual(problems, []);
    assert.equal(snippets[0]?.code, "x = 1");
  });

  it("says that a fence is empty", () => {
    const { snippets, problems } = parse("```python grad\n```\n");
    assert.equal(snippets.length, 1);
    assert.equal(problems[0]?.code, "snippet/empty");
    assert.deepEqual(snippets[0]?.range, {
      start: { line: 0, character: 14 },
      end: { line: 0, character: 14 },
    });
  });

  it("reads entities and escapes in a title as Markdown does", () => {
    assert.equal(parse("```python grad X&middot;W \\+ b\nx\n```\n").snippets[0]?.title, "X·W + b");
  });

  it("gives the same snippets whatever the line endings, with or without a byte order mark", () => {
    const unix = "```python grad 标题\nx = 1\n\ny = 2\n```\n";
    const expected = parse(unix);
    assert.equal(expected.snippets[0]?.code, "x = 1\n\ny = 2");
    for (const ending of ["\r\n", "\r"]) assert.deepEqual(parse(unix.replaceAll("\n", ending)), expected);
    assert.deepEqual(parse(`\ufeff${unix}`), expected);
  });

  it("looks through 20,000 lines without annotation in less than 15 milliseconds", () => {
    const text = "A sentence about python and grad.\n\n```python\nx = 1\n```\n".repeat(4_000);
    parse(text);
    const times = Array.from({ length: 5 }, () => {
      const start = performance.now();
      assert.equal(parse(text).snippets.length, 0);
      return performance.now() - start;
    });
    assert.ok(Math.min(...times) < 15, `took ${Math.min(...times)} ms`);
  });
});
