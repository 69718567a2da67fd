// The tools for assistants, asked as an assistant asks them.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { api, closeAll, openFile, writeFile } from "./support";
import { eventually, ui } from "./ui";

const CODE = `# %% [grad] Lost
w = torch.tensor([1.0, 2.0], requires_grad=True)
v = torch.tensor([3.0, 4.0], requires_grad=True)
loss = (w * v.detach()).sum()
loss.backward()
loss.backward()
`;

/** `confirm`: VS Code asks the person first, who says yes. */
async function ask(name: string, input: object, confirm = false): Promise<string> {
  const asked = vscode.lm.invokeTool(`gradientInspector_${name}`, { input, toolInvocationToken: undefined });
  if (confirm) {
    const button = ".monaco-dialog-box .monaco-button:not(.secondary)";
    const words = await eventually("the question", async () => (await ui.texts(".monaco-dialog-box"))[0]);
    assert.match(words, /The file itself stays as it is/);
    await ui.screenshot("tool-confirmation");
    await ui.click(button);
  }
  const result = await asked;
  return result.content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : ""))
    .join("");
}

describe("the tools for assistants", () => {
  before(async () => {
    await api();
    await writeFile("for_tools.py", CODE);
  });
  afterEach(closeAll);

  it("are known to VS Code, with a schema each", () => {
    const tools = vscode.lm.tools.filter((tool) => tool.name.startsWith("gradientInspector_"));
    assert.deepEqual(tools.map((tool) => tool.name).sort(), [
      "gradientInspector_explainGradient",
      "gradientInspector_listFindings",
      "gradientInspector_tryFix",
    ]);
    for (const tool of tools) assert.ok(tool.inputSchema && tool.description.length > 80, tool.name);
  });

  it("explain a gradient of a file that no editor shows", async () => {
    const text = await ask("explainGradient", { file: "for_tools.py", name: "w.grad" });
    assert.match(
      text,
      /^w: float32, shape \[2\], leaf, requires_grad=True \(for_tools\.py, line 2, column 5\)/,
    );
    assert.match(text, /value: \[1\., 2\.\]/);
    assert.match(text, /w\.grad: \[3\., 4\.\]/);
    const lost = await ask("explainGradient", { file: "for_tools.py", name: "v" });
    assert.match(lost, /v\.grad: None\nwhy None: .*detach.*\(for_tools\.py, line 4/s);
  });

  it("say which names there are when one is not", async () => {
    const text = await ask("explainGradient", { file: "for_tools.py", name: "nothing" });
    assert.match(text, /No tensor is called "nothing".*w.*v.*loss/s);
  });

  it("list the findings of a file with all lines involved", async () => {
    const text = await ask("listFindings", { file: "for_tools.py" });
    assert.match(text, /Snippet 1 "Lost": raised RuntimeError/);
    assert.match(
      text,
      /for_tools\.py, line 6, column 1: error autograd\/second-backward: Trying to backward/,
    );
    assert.match(text, /for_tools\.py, line 5, column 1: This call freed/);
  });

  it("try the known fixes, and give the edits of those that hold", async function () {
    if (!ui.available) this.skip();
    const text = await ask("tryFix", { file: "for_tools.py", line: 6 }, true);
    assert.match(text, /verified: .*w\.grad becomes tensor\(\[6\., 8\.\]\)/);
    assert.match(text, /replace from line \d+, column \d+ to line \d+, column \d+ by "/);
  });

  it("try a change of an assistant's own, and leave the file alone", async function () {
    if (!ui.available) this.skip();
    const edits = [{ startLine: 6, endLine: 6, newText: "print(w.grad)\n" }];
    const text = await ask("tryFix", { file: "for_tools.py", edits }, true);
    assert.match(text, /^With the change every snippet runs\.\ngone: autograd\/second-backward:/);
    assert.match(text, /What is printed then:\ntensor\(\[3\., 4\.\]\)$/);
    const worse = await ask(
      "tryFix",
      {
        file: "for_tools.py",
        edits: [{ startLine: 3, endLine: 3, newText: "v = torch.ones(3)" }],
      },
      true,
    );
    assert.match(worse, /do not run to their end/);
    assert.match(worse, /new: .*|The size of tensor a/s);
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
    const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(folder, "for_tools.py"));
    assert.equal(new TextDecoder().decode(bytes), CODE);
  });

  it("answer for the active editor, with unsaved text, and in words when there is no such file", async () => {
    const editor = await openFile(CODE);
    await editor.edit((edit) => edit.replace(new vscode.Range(1, 18, 1, 21), "7.0"));
    assert.match(await ask("explainGradient", { name: "w" }), /value: \[7\., 2\.\]/);
    assert.match(await ask("listFindings", { file: "nowhere.py" }), /^There is no file nowhere\.py\.$/);
  });
});
