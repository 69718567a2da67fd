// Times what a person waits for in VS Code: activation, and the way from a keystroke to the updated diagnostic.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as vscode from "vscode";
import { lesson } from "./lesson";

const EDITS = 100;
/** The number on the last line is what is typed, and PyTorch's message tells it again. */
const SNIPPET = lesson("torch.ones(3).view(0)");

function quantile(values: number[], q: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return `${sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))].toFixed(1)} ms`;
}

/** Looks again and again: VS Code tells of changed diagnostics only 50 ms after they were set. */
async function diagnosticWith(uri: vscode.Uri, text: string): Promise<void> {
  const end = performance.now() + 20_000;
  while (!vscode.languages.getDiagnostics(uri).some(({ message }) => message.includes(text))) {
    if (performance.now() > end) throw new Error(`no diagnostic with ${text} within 20 s`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

describe("measured in VS Code", () => {
  const lines: string[] = [];

  after(() => {
    const file = process.env.GRADIENT_INSPECTOR_BENCH_FILE as string;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${lines.join("\n")}\n`);
  });

  it("activation, and from a keystroke to the diagnostic", async function () {
    this.timeout(600_000);
    const extension = vscode.extensions.getExtension("gradient-inspector.gradient-inspector");
    if (!extension) throw new Error("the extension is not installed");
    const wasActive = extension.isActive;
    const began = performance.now();
    await extension.activate();
    const took = performance.now() - began;
    lines.push(
      `activation, loading the bundle included: ${wasActive ? "had happened already" : `${took.toFixed(1)} ms`}`,
    );

    const folder = vscode.workspace.workspaceFolders?.[0].uri as vscode.Uri;
    const uri = vscode.Uri.joinPath(folder, "bench.py");
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(SNIPPET));
    const firstAt = performance.now();
    const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
    await diagnosticWith(uri, "shape '[0]'");
    lines.push(
      `from opening the file to its first diagnostic, cold: ${(performance.now() - firstAt).toFixed(0)} ms`,
    );

    const debounce = vscode.workspace.getConfiguration("gradientInspector").get<number>("debounce", 0);
    const beyond: number[] = [];
    // Without the editor's own way of telling the extension host that something was typed.
    const fromEvent: number[] = [];
    let told = 0;
    const listener = vscode.workspace.onDidChangeTextDocument(() => {
      told = performance.now();
    });
    for (let i = 1; i <= EDITS; i++) {
      const last = editor.document.lineAt(editor.document.lineCount - 2);
      const number = /\d+(?=\)$)/.exec(last.text) as RegExpExecArray;
      const at = new vscode.Range(
        last.lineNumber,
        number.index,
        last.lineNumber,
        number.index + number[0].length,
      );
      const typed = performance.now();
      await editor.edit((edit) => edit.replace(at, String(100 + i)));
      await diagnosticWith(uri, `shape '[${100 + i}]'`);
      beyond.push(performance.now() - typed - debounce);
      fromEvent.push(performance.now() - told - debounce);
    }
    listener.dispose();
    lines.push(
      `from a keystroke to the updated diagnostic, beyond the debounce of ${debounce} ms, ${EDITS} edits: ` +
        `median ${quantile(beyond, 0.5)}, 95th percentile ${quantile(beyond, 0.95)}; of that, since the extension ` +
        `was told of the edit: median ${quantile(fromEvent, 0.5)}, 95th percentile ${quantile(fromEvent, 0.95)}`,
    );
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });
});
