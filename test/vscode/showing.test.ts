// What a person sees: hovers in every kind of theme, values behind lines, the problems, the walkthrough.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  api,
  closeAll,
  diagnostic,
  EXTENSION_ID,
  hoverText,
  lensTitles,
  openFile,
  setting,
  settled,
} from "./support";
import { eventually, ui } from "./ui";

const LOOP = `# %% [grad] A loop
w = torch.tensor(0.0, requires_grad=True)
for step in range(30):
    error = (w - 2.0) ** 2
    error.backward()
    with torch.no_grad():
        w -= 0.05 * w.grad
    w.grad = None
print("done", step)

# %% [grad] A large tensor
torch.manual_seed(0)
big = torch.randn(60, 50, requires_grad=True)
(big * big).mean().backward()

# %% [grad] No gradient
b = torch.tensor(2.0, requires_grad=True)
c = b.detach() * 3
(c * w).backward()
`;

const THEMES: Record<string, string> = {
  dark: "Default Dark Modern",
  light: "Default Light Modern",
  "high-contrast": "Default High Contrast",
  "high-contrast-light": "Default High Contrast Light",
};

async function theme(name: string | undefined): Promise<void> {
  const workbench = vscode.workspace.getConfiguration("workbench");
  await workbench.update("colorTheme", name, vscode.ConfigurationTarget.Workspace);
}

async function hovers(): Promise<string[]> {
  const texts = await ui.texts(".monaco-hover:not(.hidden) .monaco-hover-content");
  return texts.filter((text) => text.trim() !== "");
}

async function showHover(editor: vscode.TextEditor, line: number, character: number): Promise<string> {
  await vscode.window.showTextDocument(editor.document, editor.viewColumn);
  await ui.press("Escape");
  await eventually("no hover", async () => (await hovers()).length === 0);
  editor.selection = new vscode.Selection(line, character, line, character);
  await vscode.commands.executeCommand("editor.action.showHover");
  return eventually("the hover", async () => {
    const texts = await hovers();
    return texts.length > 0 ? texts.join("\n") : undefined;
  });
}

describe("what is shown", () => {
  afterEach(async () => {
    for (const name of ["inlineGradients", "inlineOutput"]) await setting(name, undefined);
    await closeAll();
  });

  it("in a hover: first, last and the curve of a loop, histograms of a large tensor, an operator's numbers", async () => {
    const editor = await openFile(LOOP);
    const { uri } = editor.document;
    await settled(uri);
    const loop = await hoverText(uri, 3, 5);
    assert.match(loop, /computed 30 times, first → last `4\. → 0\.\d+`/);
    assert.match(
      loop,
      /!\[over the iterations: curve from 4 to 0\.\d+\|width=208\]\(data:image\/svg\+xml;base64,/,
    );
    const large = await hoverText(uri, 12, 1);
    assert.match(large, /3,000 elements/);
    assert.equal(large.match(/!\[(value|gradient): histogram from/g)?.length, 2);
    assert.match(
      await hoverText(uri, 3, 22),
      /PowBackward0 in backward, iteration 30 of 30\n- gradient in `1\.`/,
    );
    assert.match(
      await hoverText(uri, 6, 8),
      /30 backward calls, the first and the last\n- added `-4\. → -4\.`/,
    );
  });

  it("in hovers of every kind of theme, with pictures and nothing broken", async function () {
    if (!ui.available) this.skip();
    this.timeout(90_000);
    const editor = await openFile(LOOP);
    await settled(editor.document.uri);
    for (const [kind, name] of Object.entries(THEMES)) {
      await theme(name);
      await new Promise((resolve) => setTimeout(resolve, 800));
      const text = await showHover(editor, 12, 1);
      assert.match(text, /3,000 elements/);
      const width = await eventually("the picture", async () => (await ui.pictures(".monaco-hover img"))[0]);
      assert.equal(width, 208, "the picture is drawn");
      await ui.screenshot(`hover-${kind}`);
      await ui.press("Escape");
    }
    await theme(undefined);
    await showHover(editor, 3, 5);
    await ui.screenshot("hover-loop");
    await showHover(editor, 3, 22);
    // It fades in.
    await new Promise((resolve) => setTimeout(resolve, 500));
    await ui.screenshot("hover-operator");
  });

  it("behind lines: values, printed text, and gradients of every line when asked for", async () => {
    await setting("inlineGradients", "all");
    const editor = await openFile(LOOP);
    const { uri } = editor.document;
    await settled(uri);
    const inline = (await api()).inline(uri).map(({ line, kind, text }) => [line, kind, text]);
    assert.deepEqual(
      inline.filter(([, kind]) => kind === "output"),
      [[8, "output", "done 29"]],
    );
    const gradients = inline.filter(([, kind]) => kind === "gradient").map(([line]) => line);
    assert.ok(gradients.includes(3) && gradients.includes(12), JSON.stringify(inline));
    if (!ui.available) return;
    await ui.screenshot("inline-gradients");
  });

  it("while it runs: what a long snippet has printed, and how to stop it", async () => {
    const editor = await openFile(
      '# %% [grad] Long timeout=60\nimport time\nprint("begun")\nwhile True: time.sleep(0.05)\n',
    );
    const { uri } = editor.document;
    await eventually("the printed text", async () => {
      const [item] = (await api()).inline(uri);
      return item?.line === 2 && item.text === "begun" && !item.stale;
    });
    await eventually("the way to stop it", async () => (await lensTitles(uri))[0]?.[0] === "Stop");
    await vscode.commands.executeCommand("gradientInspector.stop");
    await eventually("its end", async () => (await lensTitles(uri))[0]?.[2] === "stopped: by you");
    assert.equal((await api()).inline(uri)[0]?.text, "begun", "what it had printed stays");
  });

  it("a run that had to be killed keeps what it had printed", async () => {
    const editor = await openFile(
      '# %% [grad] timeout=0.5\nprint("before")\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass\n',
    );
    const { uri } = editor.document;
    await diagnostic(uri, "Stopped: the snippet was still running after ");
    assert.equal((await api()).inline(uri)[0]?.text, "before");
  });

  it("above a snippet: why a gradient is missing, leading to the name", async () => {
    const editor = await openFile(LOOP);
    const { uri } = editor.document;
    await settled(uri);
    assert.ok(
      (await lensTitles(uri))[15]?.includes("why is b.grad None?"),
      JSON.stringify(await lensTitles(uri)),
    );
    await vscode.commands.executeCommand("gradientInspector.why", uri.toString(), 16, 0);
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 16);
    if (!ui.available) return;
    await eventually("the hover", async () =>
      (await ui.texts(".monaco-hover:not(.hidden)")).some((text) => /b\.grad is None/.test(text)),
    );
    await ui.screenshot("why");
  });

  it("in the problems, with every line that is involved", async function () {
    if (!ui.available) this.skip();
    const editor = await openFile(
      "# %% [grad] Overwritten\nx = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x.exp()\ny.add_(1)\ny.sum().backward()\n",
    );
    await diagnostic(editor.document.uri, "modified by an inplace operation");
    await vscode.commands.executeCommand("workbench.actions.view.problems");
    await eventually("the problem", async () =>
      (await ui.texts(".markers-panel")).some((text) => text.includes("inplace operation")),
    );
    await ui.screenshot("problems");
    await vscode.commands.executeCommand("workbench.action.closePanel");
  });

  it("in the walkthrough, whose example runs", async () => {
    await vscode.commands.executeCommand("gradientInspector.openSample");
    const editor = await eventually("the example", () => vscode.window.activeTextEditor);
    assert.match(editor.document.getText(), /^# Gradient Inspector: first steps/);
    await settled(editor.document.uri);
    const statuses = (await api()).view(editor.document.uri)?.snippets.map((one) => one.report?.status);
    assert.deepEqual(statuses, ["ok", "raised", "ok", "ok"]);
    assert.match(
      (await lensTitles(editor.document.uri))[28]?.join() ??
        JSON.stringify(await lensTitles(editor.document.uri)),
      /why is b\.grad None\?/,
    );
    if (!ui.available) return;
    await closeAll();
    await vscode.commands.executeCommand("gradientInspector.openWalkthrough");
    await eventually("the walkthrough", async () =>
      (await ui.texts(".gettingStartedContainer")).some((text) => text.includes("Watch backward happen")),
    );
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await ui.screenshot("walkthrough");
  });

  it("the language status: how it stands, live mode, and what can be done", async function () {
    if (!ui.available) this.skip();
    const editor = await openFile(LOOP);
    await settled(editor.document.uri);
    await ui.click('.statusbar-item[id="status.languageStatus"] a');
    const words = await eventually("the status", async () => {
      const text = (await ui.texts(".hover-language-status")).join("\n");
      return text.includes("grad:") ? text : undefined;
    });
    assert.match(words, /grad: ready/);
    assert.match(words, /3 snippets, ran in \d/);
    assert.match(words, /grad runs while you type/);
    assert.match(words, /Turn Live Mode Off/);
    await ui.screenshot("language-status");
    await ui.press("Escape");
  });

  it("completions for the marker, its options and the rules", async () => {
    const editor = await openFile("# %%\n# %% [grad] \nx = 1  # grad: ignore[\n");
    const at = async (line: number, character: number) => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        "vscode.executeCompletionItemProvider",
        editor.document.uri,
        new vscode.Position(line, character),
      );
      return list.items.map(({ label }) => (typeof label === "string" ? label : label.label));
    };
    assert.ok((await at(0, 4)).includes("# %% [grad]"));
    assert.ok((await at(1, 12)).includes("live=false"));
    assert.ok((await at(2, 22)).includes("autograd/hidden-write"));
  });

  it("links from ignored rules to their pages", async () => {
    const editor = await openFile("x = 1  # grad: ignore[autograd/hidden-write]\n");
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      "vscode.executeLinkProvider",
      editor.document.uri,
    );
    const link = links.find(({ target }) => target?.scheme === "command");
    assert.equal(link && editor.document.getText(link.range), "autograd/hidden-write");
    assert.equal(link?.target?.path, "gradientInspector.explain");
  });

  it("no settings but those of rules that exist, each rule with its own", async () => {
    const { contributes } = vscode.extensions.getExtension(EXTENSION_ID)?.packageJSON ?? {};
    const listed = Object.keys(
      contributes.configuration.properties["gradientInspector.severities"].properties,
    );
    assert.ok(listed.includes("autograd/accumulated-gradient"));
  });
});
