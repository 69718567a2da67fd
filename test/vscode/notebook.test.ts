// Annotated cells of a notebook: one namespace, places per cell.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { api, closeAll, codeOf, diagnostic, hoverText, lensTitles, settled, writeFile } from "./support";
import { eventually } from "./ui";

const cell = (type: "code" | "markdown", source: string) => ({
  cell_type: type,
  metadata: {},
  source,
  ...(type === "code" ? { execution_count: null, outputs: [] } : {}),
});

const NOTEBOOK = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: "python3", display_name: "Python 3", language: "python" } },
  cells: [
    cell("markdown", "# Lesson"),
    cell("code", "# %% [grad] First\nw = torch.tensor(2.0, requires_grad=True)\nv = w ** 3\nv.backward()"),
    cell("code", "not_run = 1"),
    cell("code", "# %% [grad] Second\nv.backward()"),
  ],
});

describe("a notebook", () => {
  let notebook: vscode.NotebookDocument;
  const uriOf = (index: number) => notebook.cellAt(index).document.uri;

  before(async () => {
    const uri = await writeFile("lesson-test.ipynb", NOTEBOOK);
    notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    await eventually("the session", async () => (await api()).view(uri) !== undefined);
    await settled(uri);
  });
  after(closeAll);

  it("has hovers in its annotated cells", async () => {
    const text = await hoverText(uriOf(1), 1, 0);
    assert.match(text, /`w` · float32 · shape \\\[\\\] · leaf · requires_grad=True/);
    assert.match(text, /w\.grad `12\.`/);
    assert.equal(await hoverText(uriOf(2), 0, 0), "");
  });

  it("shares names between cells, and relates a message to the cell that is involved", async () => {
    const found = await diagnostic(uriOf(3), "Trying to backward through the graph a second time");
    assert.equal(found.range.start.line, 1);
    assert.match(codeOf(found), /^autograd\//);
    const related = (found.relatedInformation ?? []).map((one) => one.location);
    assert.ok(
      related.some((one) => one.uri.toString() === uriOf(1).toString() && one.range.start.line === 3),
      related.map((one) => `${one.uri.fragment}:${one.range.start.line}`).join(),
    );
  });

  it("names places by cell and line in words, too", async () => {
    const found = await diagnostic(uriOf(3), "a second time");
    const words = (found.relatedInformation ?? []).map((one) => one.message).join(" ");
    assert.match(words, /on cell 4, line 2/);
  });

  it("offers verified fixes in its cells", async () => {
    const found = await diagnostic(uriOf(3), "a second time");
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      "vscode.executeCodeActionProvider",
      uriOf(3),
      found.range,
      "quickfix",
    );
    const retain = actions.find((action) => action.title.includes("retain_graph=True"));
    assert.ok(retain?.edit, `offered: ${actions.map((action) => action.title).join(" | ")}`);
    const edited = retain.edit.entries().map(([uri, edits]) => [uri.toString(), edits[0]?.range.start.line]);
    assert.deepEqual(edited, [[uriOf(1).toString(), 3]]);
  });

  it("has code lenses in its cells", async () => {
    assert.deepEqual((await lensTitles(uriOf(1)))[0]?.slice(0, 2), ["Run", "Open inspector"]);
    assert.equal((await lensTitles(uriOf(3)))[0]?.[2], "raised RuntimeError");
    assert.deepEqual(await lensTitles(uriOf(2)), {});
  });

  it("follows edits of a cell", async () => {
    const edit = new vscode.WorkspaceEdit();
    edit.replace(uriOf(1), new vscode.Range(1, 17, 1, 20), "3.0");
    assert.ok(await vscode.workspace.applyEdit(edit));
    await eventually("the new gradient", async () => /w\.grad `27\.`/.test(await hoverText(uriOf(1), 1, 0)));
  });

  it("keeps results in their cells when a cell is added above", async () => {
    const data = new vscode.NotebookCellData(vscode.NotebookCellKind.Code, "a = 1\nb = 2\nc = 3", "python");
    const edit = new vscode.WorkspaceEdit();
    edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(1, [data])]);
    assert.ok(await vscode.workspace.applyEdit(edit));
    await settled(notebook.uri);
    assert.match(await hoverText(uriOf(2), 1, 0), /w\.grad `27\.`/);
    assert.equal((await diagnostic(uriOf(4), "a second time")).range.start.line, 1);
  });
});
