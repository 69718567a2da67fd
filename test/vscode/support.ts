// What the integration tests share: documents with snippets, and what VS Code shows for them, as text.
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { GradientInspectorApi } from "../../extension/extension";
import { eventually } from "./ui";

export const EXTENSION_ID = "gradient-inspector.gradient-inspector";

export async function api(): Promise<GradientInspectorApi> {
  const extension = vscode.extensions.getExtension<GradientInspectorApi>(EXTENSION_ID);
  assert.ok(extension, `${EXTENSION_ID} is not installed`);
  return extension.activate();
}

let count = 0;

/** A file of the workspace with this content, shown in an editor. */
export async function openFile(
  content: string,
  extension: "py" | "md" | "ipynb" = "py",
): Promise<vscode.TextEditor> {
  return vscode.window.showTextDocument(await writeFile(`test-${++count}.${extension}`, content));
}

export async function writeFile(name: string, content: string): Promise<vscode.Uri> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, "the tests need a folder");
  const uri = vscode.Uri.joinPath(folder.uri, name);
  await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
  return uri;
}

/** Waits until nothing of the document runs or is about to, every snippet has been tried, and nothing is stale. */
export async function settled(uri: vscode.Uri): Promise<void> {
  const inspector = await api();
  await eventually("every snippet's result", async () => {
    await inspector.whenIdle(uri);
    const view = inspector.view(uri);
    return view?.snippets.every((snippet) => snippet.report && !snippet.stale);
  });
}

export async function hoverText(uri: vscode.Uri, line: number, character: number): Promise<string> {
  const position = new vscode.Position(line, character);
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider",
    uri,
    position,
  );
  const texts = hovers
    .flatMap((hover) => hover.contents)
    .map((part) => (typeof part === "string" ? part : part.value));
  return texts.join("\n");
}

/** The code lenses' words per line, without icons: { 0: ["Run", "Open inspector", "ran in 4 ms"] }. */
export async function lensTitles(uri: vscode.Uri): Promise<Record<number, string[]>> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    "vscode.executeCodeLensProvider",
    uri,
    100,
  );
  const titles: Record<number, string[]> = {};
  for (const lens of lenses) {
    const title = lens.command?.title.replace(/\$\([^)]*\)\s?/g, "") ?? "";
    const { line } = lens.range.start;
    titles[line] = [...(titles[line] ?? []), title];
  }
  return titles;
}

export function diagnostics(uri: vscode.Uri): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(uri)
    .filter((diagnostic) => diagnostic.source === "Gradient Inspector");
}

export function codeOf(diagnostic: vscode.Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === "object" ? code.value : code);
}

/** Waits for a diagnostic whose message contains `text`. */
export function diagnostic(uri: vscode.Uri, text: string): Promise<vscode.Diagnostic> {
  return eventually(`a diagnostic with “${text}”`, () => {
    const found = diagnostics(uri).find((candidate) => candidate.message.includes(text));
    if (!found)
      throw new Error(
        `there are: ${
          diagnostics(uri)
            .map((one) => one.message)
            .join(" | ") || "none"
        }`,
      );
    return found;
  });
}

/** Replaces the first occurrence of a text. */
export async function replace(editor: vscode.TextEditor, before: string, after: string): Promise<void> {
  const index = editor.document.getText().indexOf(before);
  assert.ok(index >= 0, `“${before}” is not in the document`);
  const { document } = editor;
  const range = new vscode.Range(document.positionAt(index), document.positionAt(index + before.length));
  assert.ok(await editor.edit((edit) => edit.replace(range, after)));
}

/** The text that a range covers. */
export function covered(editor: vscode.TextEditor, range: vscode.Range): string {
  return editor.document.getText(range);
}

export async function setting(name: string, value: unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration("gradientInspector");
  await configuration.update(name, value, vscode.ConfigurationTarget.Workspace);
}

export async function closeAll(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
}
