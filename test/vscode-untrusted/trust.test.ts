// A folder that nobody has trusted yet: nothing runs, everything says so, and trust sets it free.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { api, closeAll, diagnostics, hoverText, lensTitles, openFile, settled } from "../vscode/support";
import { eventually, ui } from "../vscode/ui";

const CODE = "# %% [grad] First\nx = torch.tensor(3.0, requires_grad=True)\n(x * x).backward()\n";

describe("a folder that is not trusted", () => {
  let editor: vscode.TextEditor;
  before(async () => {
    assert.equal(vscode.workspace.isTrusted, false, "these tests need a folder that is not trusted");
    editor = await openFile(CODE);
    await (await api()).whenIdle(editor.document.uri);
  });
  after(closeAll);

  it("has its snippets found and marked, and none of them run", async () => {
    const { uri } = editor.document;
    const view = (await api()).view(uri);
    assert.equal(view?.trusted, false);
    assert.deepEqual(
      view?.snippets.map(({ title, report }) => [title, report]),
      [["First", null]],
    );
    assert.deepEqual(await lensTitles(uri), { 0: ["Not run: this workspace is not trusted"] });
    assert.equal(await hoverText(uri, 1, 0), "");
    assert.deepEqual(diagnostics(uri), []);
  });

  it("says in the status bar that nothing runs", async () => {
    const bar = await eventually("the item", async () =>
      (await ui.texts(".statusbar-item")).find((text) => text.includes("grad: untrusted")),
    );
    assert.ok(bar);
    await ui.screenshot("untrusted");
  });

  it("runs nothing by command, and offers to decide about trust", async () => {
    const asked = vscode.commands.executeCommand("gradientInspector.runAll");
    const words = await eventually("the notice", async () =>
      (await ui.texts(".notification-toast")).find((text) => text.includes("only in a trusted workspace")),
    );
    assert.match(words, /Manage Workspace Trust/);
    await vscode.commands.executeCommand("notifications.clearAll");
    await asked;
    assert.equal((await api()).view(editor.document.uri)?.snippets[0]?.report, null);
  });

  it("refuses an assistant's tools", async () => {
    const result = await vscode.lm.invokeTool("gradientInspector_listFindings", {
      input: {},
      toolInvocationToken: undefined,
    });
    const [part] = result.content;
    assert.ok(part instanceof vscode.LanguageModelTextPart);
    assert.match(part.value, /^This workspace is not trusted, so Gradient Inspector runs no code\./);
  });

  it("runs as soon as it is trusted", async () => {
    await vscode.commands.executeCommand("gradientInspector.manageTrust");
    await ui.click('.workspace-trust-editor .monaco-button:has-text("Trust")');
    await eventually("trust", () => vscode.workspace.isTrusted);
    await vscode.window.showTextDocument(editor.document);
    await settled(editor.document.uri);
    assert.match(await hoverText(editor.document.uri, 1, 0), /x\.grad `6\.`/);
  });
});
