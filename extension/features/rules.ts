// The page of a diagnostic's code: docs/rules/FAMILY/NAME.md, or the family's own page.
import * as vscode from "vscode";
import { RULES } from "../../engine/protocol/rules";
import type { Sessions } from "../sessions";
import { severitySettings } from "../settings";
import { diagnosticsOf } from "../view/diagnostics";
import { touches } from "../view/edits";

/** Opens the page of a code in Markdown's preview; without a code, of what stands at the cursor or is chosen. */
export async function explain(extension: vscode.Uri, sessions: Sessions, code?: string): Promise<void> {
  const chosen = code ?? (await chooseCode(sessions));
  if (chosen === undefined || !/^[\w-]+(?:\/\w[\w.-]*)*$/.test(chosen)) return;
  const family = chosen.split("/")[0] ?? chosen;
  for (const name of [chosen, family]) {
    const uri = vscode.Uri.joinPath(extension, "docs", "rules", `${name}.md`);
    if (!(await exists(uri))) continue;
    await vscode.commands.executeCommand("markdown.showPreview", uri);
    return;
  }
  void vscode.window.showInformationMessage(`Gradient Inspector: there is no page about ${chosen}.`);
}

async function chooseCode(sessions: Sessions): Promise<string | undefined> {
  const editor = vscode.window.activeTextEditor;
  const entry = sessions.active;
  const at = editor && entry?.document.toText(editor.document.uri, editor.selection.active);
  const found = entry ? diagnosticsOf(entry.session.view, severitySettings(entry.document.uri)) : [];
  const here = new Set(found.filter((model) => at && touches(model.range, at)).map((model) => model.code));
  if (here.size === 1) return [...here][0];
  const inFile = new Set(found.map((model) => model.code));
  const titles = new Map(RULES.map((rule) => [rule.code, rule.title]));
  const item = (ruleCode: string): vscode.QuickPickItem => ({
    label: ruleCode,
    description: titles.get(ruleCode) ?? "",
  });
  const separator = (label: string): vscode.QuickPickItem => ({
    label,
    kind: vscode.QuickPickItemKind.Separator,
  });
  const others = RULES.filter((rule) => !inFile.has(rule.code)).map((rule) => item(rule.code));
  const items = [
    ...(inFile.size > 0 ? [separator("found in this file"), ...[...inFile].map(item)] : []),
    separator("all rules"),
    ...others,
  ];
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder: "Which diagnostic?",
    matchOnDescription: true,
  });
  return picked?.label;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
