// Each setting has its effect at once, on a document that is open, without a reload of the window.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import {
  api,
  closeAll,
  codeOf,
  diagnostics,
  EXTENSION_ID,
  hoverText,
  lensTitles,
  openFile,
  replace,
  setting,
  settled,
} from "./support";
import { eventually } from "./ui";

const NAMES = [
  "live",
  "debounce",
  "timeout",
  "memoryLimit",
  "outputLimit",
  "recordLimit",
  "inlineValues",
  "inlineGradients",
  "inlineOutput",
  "codeLens",
  "tryFixes",
  "hints",
  "severities",
];

const LINES = `# %% [grad] One
x = torch.tensor(3.0, requires_grad=True)
y = x * x  #? y
y.backward()
print("told")
`;

/** A gradient that is added to another. */
const HINT = `# %% [grad] Two
x = torch.tensor(3.0, requires_grad=True)
(x * x).backward()
(x * x * x).backward()
`;

describe("settings", function () {
  this.timeout(60_000);

  afterEach(async () => {
    for (const name of NAMES) await setting(name, undefined);
    await closeAll();
  });

  it("are all of them tried here", () => {
    const extension = vscode.extensions.getExtension(EXTENSION_ID);
    assert.ok(extension);
    const { contributes } = extension.packageJSON as {
      contributes: { configuration: { properties: Record<string, unknown> } };
    };
    const { properties } = contributes.configuration;
    assert.deepEqual(
      Object.keys(properties)
        .map((name) => name.replace("gradientInspector.", ""))
        .sort(),
      [...NAMES].sort(),
    );
  });

  it("codeLens takes the lenses away and brings them back", async () => {
    const { document } = await openFile(LINES);
    await settled(document.uri);
    assert.ok((await lensTitles(document.uri))[0]);
    await setting("codeLens", false);
    await eventually("no lens", async () => Object.keys(await lensTitles(document.uri)).length === 0);
    await setting("codeLens", true);
    await eventually("a lens", async () => (await lensTitles(document.uri))[0] !== undefined);
  });

  it("inlineValues, inlineOutput and inlineGradients change what stands behind the lines", async () => {
    const { document } = await openFile(LINES);
    const { uri } = document;
    await settled(uri);
    const becomes = (expected: string): Promise<unknown> =>
      eventually(expected, async () => {
        const kinds = (await api()).inline(uri).map(({ line, kind }) => `${line} ${kind}`);
        assert.equal(kinds.join(", "), expected);
        return true;
      });
    await becomes("2 value, 4 output");
    await setting("inlineValues", false);
    await becomes("4 output");
    await setting("inlineOutput", false);
    await becomes("");
    await setting("inlineGradients", "all");
    await becomes("1 gradient, 2 gradient");
    await setting("inlineGradients", "off");
    await setting("inlineValues", true);
    await becomes("2 value");
  });

  it("hints and severities change what is told, without a run", async () => {
    const { document } = await openFile(HINT);
    const { uri } = document;
    await settled(uri);
    const found = (): vscode.Diagnostic | undefined =>
      diagnostics(uri).find((each) => codeOf(each) === "autograd/accumulated-gradient");
    await eventually("the hint", found);
    assert.equal(found()?.severity, vscode.DiagnosticSeverity.Hint);
    await setting("severities", { "autograd/accumulated-gradient": "error" });
    await eventually("an error", () => found()?.severity === vscode.DiagnosticSeverity.Error);
    await setting("severities", undefined);
    await setting("hints", false);
    await eventually("nothing", () => found() === undefined);
    await setting("hints", true);
    await eventually("the hint again", () => found()?.severity === vscode.DiagnosticSeverity.Hint);
  });

  it("timeout, memoryLimit and outputLimit hold for the next run", async () => {
    const editor = await openFile("# %% [grad] Three\nn = 1\n");
    const { uri } = editor.document;
    await settled(uri);
    await setting("timeout", 0.3);
    await replace(editor, "n = 1", "while True: pass");
    await eventually("the end", async () => (await lensTitles(uri))[0]?.[2] === "stopped: timeout");
    await setting("timeout", undefined);
    await setting("memoryLimit", 8);
    await replace(editor, "while True: pass", "n = torch.zeros(4, 1024, 1024)");
    await eventually("too much", () => diagnostics(uri).some((each) => codeOf(each) === "run/memory"));
    await setting("memoryLimit", undefined);
    await setting("outputLimit", 1000);
    await replace(editor, "n = torch.zeros(4, 1024, 1024)", 'for i in range(2000): print("x" * 10)');
    await settled(uri);
    const output = (await api()).view(uri)?.snippets[0]?.report?.output ?? [];
    const length = output.reduce((sum, { text }) => sum + text.length, 0);
    assert.ok(length > 500 && length < 2000, `${length} characters were kept`);
  });

  it("recordLimit bounds what is kept, and the numbers stay right", async () => {
    const editor = await openFile(
      "# %% [grad] Four\nx = torch.tensor(1.0, requires_grad=True)\ny = x\nfor i in range(500): y = y * 1.0 + 0.0\ny.backward()\n",
    );
    const { uri } = editor.document;
    await settled(uri);
    assert.match(await hoverText(uri, 1, 0), /x\.grad `1\.`/);
    await setting("recordLimit", 100);
    await replace(editor, "1.0, requires", "2.0, requires");
    await settled(uri);
    assert.match(await hoverText(uri, 1, 0), /x\.grad `1\.`/);
  });

  it("live and debounce decide when the next edit runs", async () => {
    const editor = await openFile(LINES);
    const { uri } = editor.document;
    await settled(uri);
    await setting("live", "manual");
    await replace(editor, "3.0", "5.0");
    await eventually("stale", async () => /Stale/.test(await hoverText(uri, 1, 0)));
    await setting("live", "onType");
    await eventually("a run", async () => /x\.grad `10\.`/.test(await hoverText(uri, 1, 0)));
    await setting("debounce", 3000);
    await replace(editor, "5.0", "6.0");
    const since = Date.now();
    await eventually("the later run", async () => /x\.grad `12\.`/.test(await hoverText(uri, 1, 0)));
    assert.ok(Date.now() - since > 2000, `ran after ${Date.now() - since} ms`);
  });

  it("tryFixes decides whether fixes are tried", async () => {
    const { document } = await openFile(HINT);
    const { uri } = document;
    await settled(uri);
    const actions = async (): Promise<string[]> => {
      const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        "vscode.executeCodeActionProvider",
        uri,
        new vscode.Range(3, 0, 3, 5),
        vscode.CodeActionKind.QuickFix.value,
      );
      return found.map(({ title }) => title);
    };
    await setting("tryFixes", false);
    assert.ok(!(await actions()).some((title) => /x\.grad = None/.test(title)));
    await setting("tryFixes", true);
    await eventually(
      "the fix",
      async () => (await actions()).some((title) => /x\.grad = None/.test(title)),
      30_000,
    );
  });
});
