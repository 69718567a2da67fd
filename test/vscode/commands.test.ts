// Commands, the log, exports, and what VS Code is told about the extension.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { api, closeAll, EXTENSION_ID, openFile, setting, settled } from "./support";
import { eventually } from "./ui";

const CODE = "# %% [grad] Small\nx = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()\n";

async function exported(format: string): Promise<Uint8Array> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri as vscode.Uri;
  const uri = vscode.Uri.joinPath(folder, `exported.${format}`);
  const request = { format, uri: uri.toString() };
  const saved = await vscode.commands.executeCommand<vscode.Uri>("gradientInspector.exportGraph", request);
  assert.equal(saved?.toString(), uri.toString());
  return vscode.workspace.fs.readFile(uri);
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe("the commands", () => {
  before(async () => {
    const { document } = await openFile(CODE);
    await settled(document.uri);
  });
  after(async () => {
    await setting("live", undefined);
    await closeAll();
  });

  it("are there in no time: activation loads nothing heavy", async () => {
    // About 25 ms on an idle machine; loading Python, or the tables of the Markdown parser, would take many times that.
    // The processor's time, since other programs may be busy.
    const { cpuMilliseconds } = (await api()).activation;
    assert.ok(cpuMilliseconds < 120, `${cpuMilliseconds.toFixed(1)} ms`);
  });

  it("may be used in an untrusted workspace, where nothing runs", () => {
    const { capabilities } = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON ?? {};
    assert.equal(capabilities.untrustedWorkspaces.supported, "limited");
  });

  it("save the graph as DOT, Mermaid and JSON", async () => {
    const dot = text(await exported("dot"));
    assert.match(dot, /^digraph/);
    assert.match(dot, /MulBackward0/);
    assert.match(dot, /->/);
    const mermaid = text(await exported("mermaid"));
    assert.match(mermaid, /^flowchart/);
    assert.match(mermaid, /MulBackward0/);
    const json = JSON.parse(text(await exported("json")));
    assert.equal(json.title, "Small");
    assert.equal(json.status, "ok");
    assert.ok(json.graph.nodes.length >= 2);
  });

  it("open a script for PyTorch of the finding at the cursor", async () => {
    const code = `${CODE}y.backward()\nunused = 1\n`;
    const editor = await openFile(code);
    await settled(editor.document.uri);
    const line = code.split("\n").indexOf("y.backward()", 4);
    editor.selection = new vscode.Selection(line, 0, line, 0);
    await vscode.commands.executeCommand("gradientInspector.openScript");
    const opened = vscode.window.activeTextEditor?.document;
    assert.equal(opened?.isUntitled, true);
    assert.equal(opened?.languageId, "python");
    const script = opened?.getText() ?? "";
    assert.match(
      script,
      /^# autograd\/second-backward\n# RuntimeError: Trying to backward through the graph/,
    );
    assert.match(
      script,
      /\nimport torch\n\nx = torch\.tensor\(3\.0, requires_grad=True\)\ny = x \* x\ny\.backward\(\)\ny\.backward\(\)\n$/,
    );
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    await vscode.window.showTextDocument(editor.document);
  });

  it("save the graph as SVG and PNG, drawn by the inspector", async () => {
    const svg = text(await exported("svg"));
    assert.match(svg, /<svg/);
    assert.match(svg, /MulBackward0/);
    const png = await exported("png");
    assert.deepEqual([...png.slice(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    assert.ok(png.length > 1000, `${png.length} bytes`);
  });

  it("turn live mode off and on where it is set", async () => {
    const live = () => vscode.workspace.getConfiguration("gradientInspector").get("live");
    await setting("live", "onType");
    await vscode.commands.executeCommand("gradientInspector.toggleLive");
    await eventually("live mode off", () => live() === "manual");
    await vscode.commands.executeCommand("gradientInspector.toggleLive");
    await eventually("live mode on", () => live() === "onType");
  });

  it("open the page of a diagnostic's code", async () => {
    await vscode.commands.executeCommand("gradientInspector.explain", "snippet/unknown-option");
    await eventually("the page", () =>
      vscode.window.tabGroups.all.some((group) =>
        group.tabs.some((tab) => /snippet|Preview/i.test(tab.label)),
      ),
    );
  });

  it("have keys, and are hidden in the palette where they make no sense", () => {
    const { contributes } = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON ?? {};
    const keys = contributes.keybindings.map((one: { key: string }) => one.key);
    assert.equal(new Set(keys).size, keys.length, "two commands on one key");
    const declared = new Set(contributes.commands.map((one: { command: string }) => one.command));
    for (const { command } of [...contributes.keybindings, ...Object.values(contributes.menus).flat()] as {
      command: string;
    }[]) {
      assert.ok(declared.has(command), `${command} is not declared`);
    }
    for (const [name, property] of Object.entries<{ markdownDescription?: string }>(
      contributes.configuration.properties,
    )) {
      assert.ok((property.markdownDescription ?? "").length > 20, `${name} needs a description`);
    }
  });
});
