// A first example to try things on: an untitled copy, so that nothing is written anywhere.
import * as vscode from "vscode";

export async function openSample(extension: vscode.Uri): Promise<void> {
  const uri = vscode.Uri.joinPath(extension, "media", "walkthrough", "first-steps.py");
  const content = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  const document = await vscode.workspace.openTextDocument({ language: "python", content });
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
}
