// Quick fixes in a real VS Code: tried before they are offered, shown before they are made, all of a file at once.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { closeAll, diagnostic, diagnostics, hoverText, openFile, setting, settled } from "./support";
import { eventually, ui } from "./ui";

const TWICE = `# %% [grad] Twice
x = torch.tensor([1.0, 2.0], requires_grad=True)
loss = (x ** 2).sum()
loss.backward()
loss.backward()
`;
const LEAF = "# %% [grad] Leaf\nw = torch.tensor(1.0, requires_grad=True)\nw += 1\n";
const SCALAR =
  "# %% [grad] Many\nx = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x * 2\ny.backward()\n";

function actionsAt(uri: vscode.Uri, range: vscode.Range, kind = "quickfix"): Thenable<vscode.CodeAction[]> {
  return vscode.commands.executeCommand("vscode.executeCodeActionProvider", uri, range, kind);
}

describe("quick fixes", () => {
  afterEach(async () => {
    await setting("tryFixes", undefined);
    await closeAll();
  });

  it("are offered when they were tried and hold, and say what the gradient becomes", async () => {
    const editor = await openFile(TWICE);
    const { uri } = editor.document;
    const found = await diagnostic(uri, "a second time");
    const actions = await actionsAt(uri, found.range);
    const titles = actions.map((action) => action.title);
    assert.ok(actions.length >= 2, `offered: ${titles.join(" | ")}`);
    assert.ok(
      titles.some((title) => /x\.grad becomes tensor\(\[4\., 8\.\]\)/.test(title)),
      `offered: ${titles.join(" | ")}`,
    );
    const retain = titles.findIndex((title) => title.includes("retain_graph=True"));
    assert.ok(retain === titles.length - 1, `retain_graph=True is not the last of ${titles.join(" | ")}`);
    assert.equal(actions.filter((action) => action.isPreferred).length, 1);
    assert.equal(actions[0]?.isPreferred, true);
  });

  it("do what they promise", async () => {
    const editor = await openFile(SCALAR);
    const { uri } = editor.document;
    const found = await diagnostic(uri, "grad can be implicitly created only for scalar outputs");
    const [first] = await actionsAt(uri, found.range);
    assert.ok(first?.edit);
    const promised = /x\.grad becomes tensor\(\[(.+?)\]\)/.exec(first.title)?.[1];
    assert.ok(promised, first.title);
    // Applied without the preview's confirmation, as the person who has confirmed it.
    for (const [target, edits] of first.edit.entries()) {
      const plain = new vscode.WorkspaceEdit();
      for (const edit of edits) plain.replace(target, edit.range, edit.newText);
      assert.ok(await vscode.workspace.applyEdit(plain));
    }
    await settled(uri);
    assert.deepEqual(diagnostics(uri), []);
    const hover = await hoverText(uri, 1, 0);
    assert.ok(hover.includes(promised), `${promised} is not in ${hover}`);
  });

  it("are not tried where the setting says so", async () => {
    await setting("tryFixes", false);
    const editor = await openFile(LEAF);
    const found = await diagnostic(editor.document.uri, "a leaf Variable that requires grad");
    assert.deepEqual(await actionsAt(editor.document.uri, found.range), []);
  });

  it("stand in the light bulb's menu, and a change of more than one line is shown first", async function () {
    if (!ui.available) this.skip();
    const editor = await openFile(LEAF);
    const { uri } = editor.document;
    const found = await diagnostic(uri, "a leaf Variable that requires grad");
    editor.selection = new vscode.Selection(found.range.start, found.range.start);
    await vscode.commands.executeCommand("editor.action.quickFix");
    const menu = await eventually("the menu", async () => {
      const texts = await ui.texts(".action-widget .action-list-item, .action-widget .monaco-list-row");
      return texts.length > 0 ? texts.join("\n") : undefined;
    });
    assert.match(menu, /with torch\.no_grad\(\)/);
    await ui.screenshot("quick-fixes");
    await ui.press("Enter");
    await eventually("the preview", async () =>
      (await ui.texts(".refactor-preview, .bulk-edit-panel")).some((text) =>
        /Apply|Discard|torch|w \+= 1/.test(text),
      ),
    );
    await ui.screenshot("refactor-preview");
    assert.equal(editor.document.lineAt(2).text, "w += 1", "nothing has been changed yet");
    // What needs confirmation is not chosen at first.
    await ui.click('.bulk-edit-panel .monaco-list-row[aria-level="1"] .edit-checkbox');
    await ui.screenshot("refactor-chosen");
    await ui.click('.bulk-edit-panel .monaco-button:has-text("Apply")');
    await eventually("the change", () => editor.document.lineAt(2).text !== "w += 1");
    await settled(uri);
    assert.deepEqual(diagnostics(uri), []);
  });

  it("are made for all of a file by a source action", async () => {
    const editor = await openFile(`${LEAF}${SCALAR}`);
    const { uri } = editor.document;
    await diagnostic(uri, "a leaf Variable that requires grad");
    const whole = new vscode.Range(0, 0, editor.document.lineCount, 0);
    const [all] = await actionsAt(uri, whole, "source.fixAll.gradientInspector");
    assert.equal(all?.title, "Apply 2 verified fixes");
    assert.ok(all.edit && (await vscode.workspace.applyEdit(all.edit)));
    await settled(uri);
    assert.deepEqual(
      diagnostics(uri).filter((one) => one.severity === vscode.DiagnosticSeverity.Error),
      [],
      editor.document.getText(),
    );
  });
});
