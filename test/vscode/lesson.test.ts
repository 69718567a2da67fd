// A lesson in the editor: what a reader sees who hovers, looks beside lines and reads messages.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  api,
  closeAll,
  codeOf,
  covered,
  diagnostic,
  diagnostics,
  hoverText,
  lensTitles,
  openFile,
  settled,
} from "./support";

const LESSON = `# %% [grad] A gradient
x = torch.tensor([[1., 2., 3.], [4., 5., 6.]], requires_grad=True)
y = x ** 2 + x
z = y.sum()
z.backward()
x.grad  #?

# %% [grad] Twice
a = torch.tensor(3.0, requires_grad=True)
b = a * a
b.backward()
b.backward()
`;

describe("a lesson in a Python file", () => {
  let editor: vscode.TextEditor;
  let uri: vscode.Uri;

  before(async () => {
    editor = await openFile(LESSON);
    uri = editor.document.uri;
    await settled(uri);
  });
  after(closeAll);

  it("hovers over a leaf with its value and its gradient", async () => {
    const text = await hoverText(uri, 1, 0);
    assert.match(text, /`x` · float32 · shape \\\[2, 3\\\] · leaf · requires_grad=True/);
    assert.match(
      text,
      /value {12}x\.grad\n\[\[1\., 2\., 3\.\], {3}\[\[ 3\., {2}5\., {2}7\.\],\n \[4\., 5\., 6\.\]\] {4}\[ 9\., 11\., 13\.\]\]/,
    );
  });

  it("hovers over a non-leaf with its grad_fn, the gradient that passed, and why .grad is None", async () => {
    const text = await hoverText(uri, 2, 0);
    assert.match(
      text,
      /`y` · float32 · shape \\\[2, 3\\\] · non-leaf · requires_grad=True · grad_fn=&lt;AddBackward0>/,
    );
    assert.match(text, /gradient \(the inspector's\)\n.* {3}\[\[1\., 1\., 1\.\],\n.* {4}\[1\., 1\., 1\.\]\]/);
    assert.match(text, /y\.grad is None in PyTorch\. It is not a leaf, /);
  });

  it("hovers over part of an expression with what that part computed", async () => {
    const text = await hoverText(uri, 2, 7);
    assert.match(text, /grad_fn=&lt;PowBackward0>/);
    assert.match(text, /\[\[ 1\., {2}4\., {2}9\.\], .*\n \[16\., 25\., 36\.\]\]/);
  });

  it("says nothing over code that made no tensor, and over text outside the snippets", async () => {
    assert.equal(await hoverText(uri, 6, 0), "");
  });

  it("shows the second backward's error at the call, with the call that freed the graph", async () => {
    const found = await diagnostic(uri, "Trying to backward through the graph a second time");
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(found.range.start.line, 11);
    assert.equal(covered(editor, found.range), "b.backward()");
    assert.match(codeOf(found), /^autograd\//);
    const related = found.relatedInformation ?? [];
    const lines = related.map((one) => one.location.range.start.line);
    assert.ok(
      lines.includes(10),
      `related: ${related.map((one) => `${one.location.range.start.line} ${one.message}`)}`,
    );
  });

  it("links the diagnostic's code to its page", async () => {
    const found = await diagnostic(uri, "a second time");
    assert.ok(typeof found.code === "object");
    assert.equal(found.code.target.scheme, "command");
    assert.equal(found.code.target.path, "gradientInspector.explain");
  });

  it("has a line above each snippet: run, inspector, and how it went", async () => {
    const titles = await lensTitles(uri);
    assert.deepEqual(titles[0]?.slice(0, 2), ["Run", "Open inspector"]);
    assert.match(titles[0]?.[2] ?? "", /^ran in \d+(\.\d)? m?s$/);
    assert.equal(titles[7]?.[2], "raised RuntimeError");
  });

  it("shows the value that #? asks for behind its line", async () => {
    const inline = (await api()).inline(uri);
    assert.deepEqual(
      inline.map((one) => [one.line, one.kind, one.stale]),
      [[5, "value", false]],
    );
    assert.match(inline[0]?.full ?? "", /3\., +5\., +7\./);
  });

  it("has no message about the snippet that is right", () => {
    assert.deepEqual(
      diagnostics(uri).filter(
        (one) => one.range.start.line < 7 && one.severity === vscode.DiagnosticSeverity.Error,
      ),
      [],
    );
  });
});

describe("a lesson in Markdown", () => {
  after(closeAll);

  it("has values, messages and lenses inside its fences, also in a list", async () => {
    const text = [
      "# Lesson",
      "",
      "1. Look:",
      "",
      "   ```python grad In a list",
      "   w = torch.ones(2, requires_grad=True)",
      "   (w * 3).sum().backward()",
      "   ```",
      "",
      "```python grad timout=3",
      "v = w.detach()",
      "v.backward()",
      "```",
      "",
    ].join("\n");
    const editor = await openFile(text, "md");
    const { uri } = editor.document;
    await settled(uri);
    assert.match(await hoverText(uri, 5, 3), /`w` · float32 · shape \\\[2\\\] · leaf/);
    assert.match(await hoverText(uri, 5, 3), /w\.grad `\[3\., 3\.\]`/);
    const titles = await lensTitles(uri);
    assert.deepEqual(Object.keys(titles), ["4", "9"]);
    const option = await diagnostic(uri, 'Unknown option "timout". Did you mean timeout?');
    assert.equal(covered(editor, option.range), "timout=3");
    const root = await diagnostic(uri, "element 0 of tensors does not require grad");
    assert.equal(root.range.start.line, 11);
  });

  it("says that a fence is not closed, and closes it", async () => {
    const editor = await openFile("```python grad\nx = torch.ones(2)\n", "md");
    const { uri } = editor.document;
    const found = await diagnostic(uri, "not closed");
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      uri,
      found.range,
    );
    const fix = actions.find((action) => action.title === "Close the fence with ```");
    assert.ok(fix?.edit, `offered: ${actions.map((action) => action.title)}`);
    assert.ok(await vscode.workspace.applyEdit(fix.edit));
    assert.equal(editor.document.getText(), "```python grad\nx = torch.ones(2)\n```\n");
    await settled(uri);
    assert.deepEqual(diagnostics(uri), []);
  });
});
