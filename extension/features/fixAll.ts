// All findings of a document fixed at once: as a source action (also on save), and as a command with a preview.
import * as vscode from "vscode";
import type { OpenDocument, Sessions } from "../sessions";
import { severitySettings } from "../settings";
import type { Trials } from "../trials";
import { type FixedAll, fixAll } from "../view/fixAll";
import { needsPreview } from "../view/fixes";

export const FIX_ALL_KIND = vscode.CodeActionKind.SourceFixAll.append("gradientInspector");

export async function fixAllAction(
  entry: OpenDocument,
  trials: Trials,
  token: vscode.CancellationToken,
): Promise<vscode.CodeAction | undefined> {
  const fixed = await fixedAll(entry, trials, token);
  if (fixed.edits.length === 0) return undefined;
  const action = new vscode.CodeAction(titleOf(fixed), FIX_ALL_KIND);
  // On save nobody is there to confirm anything.
  action.edit = workspaceEdit(entry, fixed, false);
  return action;
}

/** The command: tries with progress, shows what would change, and changes it when that is confirmed. */
export async function fixAllHere(sessions: Sessions, trials: Trials): Promise<boolean> {
  const entry = sessions.active;
  if (!entry || entry.session.store.annotated === 0) {
    return say("This document has no annotated snippets.");
  }
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: "Gradient Inspector: trying fixes",
    cancellable: true,
  };
  const fixed = await vscode.window.withProgress(options, (_progress, token) =>
    fixedAll(entry, trials, token),
  );
  if (fixed.edits.length === 0) return say("There is nothing to fix, or nothing that was tried helps.");
  return vscode.workspace.applyEdit(workspaceEdit(entry, fixed, needsPreview(fixed.edits)), {
    isRefactoring: true,
  });
}

async function fixedAll(
  entry: OpenDocument,
  trials: Trials,
  token: vscode.CancellationToken,
): Promise<FixedAll> {
  const { document, session } = entry;
  const version = document.version();
  const request = await session.wholeRequest();
  const { overrides, hints } = severitySettings(document.uri);
  const wanted = (code: string) => overrides[code] !== "off" && (hints || !isHint(entry, code));
  const stopped = token.onCancellationRequested(() => trials.stop(request.file));
  try {
    const fixed = await fixAll(request, trials, wanted, () => token.isCancellationRequested);
    // The text has changed meanwhile: the edits fit the old one.
    return document.version() === version ? fixed : { edits: [], titles: [] };
  } finally {
    stopped.dispose();
  }
}

function isHint(entry: OpenDocument, code: string): boolean {
  return entry.session.view.snippets.some((snippet) =>
    snippet.report?.diagnostics.some((finding) => finding.code === code && finding.severity !== "error"),
  );
}

function titleOf({ titles }: FixedAll): string {
  return titles.length === 1 ? `Fix: ${titles[0]}` : `Apply ${titles.length} verified fixes`;
}

function workspaceEdit(entry: OpenDocument, fixed: FixedAll, confirm: boolean): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  const metadata = confirm
    ? { needsConfirmation: true, label: titleOf(fixed), description: fixed.titles.join("; ") }
    : undefined;
  for (const { range, newText } of fixed.edits) {
    const place = entry.document.toPlace(range);
    if (place) edit.replace(place.uri, place.range, newText, metadata);
  }
  return edit;
}

function say(text: string): false {
  void vscode.window.showInformationMessage(`Gradient Inspector: ${text}`);
  return false;
}
