// The page of a diagnostic's code: docs/rules/FAMILY/NAME.md, or the family's own page.
import * as vscode from "vscode";

export async function openRule(extension: vscode.Uri, code: string): Promise<void> {
  if (!/^[\w-]+(?:\/[\w.-]+)*$/.test(code)) return;
  const family = code.split("/")[0] ?? code;
  for (const name of [code, family]) {
    const uri = vscode.Uri.joinPath(extension, "docs", "rules", `${name}.md`);
    if (!(await exists(uri))) continue;
    await vscode.commands.executeCommand("markdown.showPreview", uri);
    return;
  }
  void vscode.window.showInformationMessage(`Gradient Inspector: there is no page about ${code}.`);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
