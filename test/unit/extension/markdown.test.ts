// Text from user code in Markdown. A real Markdown parser says what it means.
import assert from "node:assert/strict";
import createParser from "markdown-it";
import { code, codeBlock, commandLink, plain } from "../../../extension/view/markdown";

const parser = createParser({ html: true, linkify: true });
const NASTY = [
  "<img src=x onerror=alert(1)>",
  "[click](command:workbench.action.quit)",
  "![image](https://example.com/x.png)",
  "http://example.com/track",
  "www.example.com",
  "someone@example.com",
  "**bold** _italic_ ~~gone~~ `code`",
  "# heading",
  "- item",
  "1. item",
  "> quote",
  "| a | b |",
  "&lt;b&gt; &copy;",
  "``` fence",
  "$(alert) $x$",
  "a_b_c requires_grad=True __dunder__",
  "back\\slash",
  "<!-- comment -->",
  "[ref]: https://example.com",
];

/** All text that is rendered, and whether anything but a paragraph came out. */
function rendered(markdown: string): { text: string; markup: string[] } {
  const markup: string[] = [];
  let text = "";
  for (const token of parser.parse(markdown, {})) {
    if (!["paragraph_open", "paragraph_close", "inline"].includes(token.type)) markup.push(token.type);
    for (const child of token.children ?? []) {
      if (child.type === "text" || child.type === "text_special") text += child.content;
      else markup.push(child.type);
    }
  }
  return { text, markup };
}

describe("text from user code in Markdown", () => {
  it("means itself as plain text", () => {
    for (const nasty of NASTY) {
      const { text, markup } = rendered(plain(nasty));
      assert.deepEqual(markup, [], nasty);
      assert.equal(text, nasty);
    }
  });

  it("puts everything on one line", () => {
    assert.equal(rendered(plain("a\n\n# b\r\n\tc")).text, "a # b c");
  });

  it("leaves ordinary words as they are", () => {
    const words = "requires_grad=True, shape [2, 3]: 4.5 (leaf)".replace("[2, 3]", "2, 3");
    assert.equal(plain(words), words);
  });

  it("means itself in inline code, backticks and all", () => {
    for (const nasty of [...NASTY, "`", "``", "a`b``c", " padded "]) {
      const tokens = parser.parseInline(code(nasty), {})[0]?.children ?? [];
      assert.deepEqual(
        tokens.map((token) => token.type),
        ["code_inline"],
        nasty,
      );
      assert.equal(tokens[0]?.content.trim(), nasty.replace(/\s+/g, " ").trim());
    }
  });

  it("means itself in a block, fences and all", () => {
    for (const nasty of [...NASTY, "```\n~~~\n````"]) {
      const tokens = parser.parse(codeBlock(nasty.split("\n")), {});
      assert.deepEqual(
        tokens.map((token) => token.type),
        ["fence"],
      );
      assert.equal(tokens[0]?.content, `${nasty}\n`);
    }
  });

  it("makes links whose arguments cannot break out of them", () => {
    const args = ["file:///a b/)](command:evil)", 3, '"quoted"'];
    const tokens =
      parser.parseInline(commandLink("line 4", "gradientInspector.reveal", args), {})[0]?.children ?? [];
    const href = String(tokens[0]?.attrGet("href"));
    assert.equal(tokens[0]?.type, "link_open");
    assert.equal(tokens.length, 3);
    const [command = "", query = ""] = href.split("?");
    assert.equal(command, "command:gradientInspector.reveal");
    assert.deepEqual(JSON.parse(decodeURIComponent(query)), args);
  });
});
