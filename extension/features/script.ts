// A finding as a minimal script for real PyTorch, on the clipboard or in an editor of its own. Tried on the second
// engine, with progress, and given up when somebody says so.
import * as vscode from "vscode";
import type { Finding } from "../../engine/protocol/report";
import { pytorchScript } from "../../engine/script/script";
import type { Trials } from "../trials";
import type { SnippetView } from "../view/documentView";

export type ScriptPlace = "clipboard" | "editor";

/** `finding`: one of the snippet's, in the places of the text that ran; absent: the loudest. Answers why not. */
export async function makeScript(
  trials: Trials,
  snippet: SnippetView,
  place: ScriptPlace,
  finding?: Finding,
): Promise<string | null> {
  if (!snippet.origin) return "The snippet has not run yet.";
  const { run, index } = snippet.origin;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: "Finding the statements that the script needs…",
    cancellable: true,
  };
  const outcome = await vscode.window.withProgress(options, (_, token) => {
    token.onCancellationRequested(() => trials.stop(run.request.file));
    const source = { ...run, snippet: index, ...(finding ? { finding } : {}) };
    return pytorchScript(source, trials, () => token.isCancellationRequested).then((made) =>
      token.isCancellationRequested ? null : made,
    );
  });
  if (outcome === null) return null;
  if (outcome.kind === "refused") return outcome.why;
  if (place === "editor") {
    const document = await vscode.workspace.openTextDocument({ language: "python", content: outcome.text });
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
    return null;
  }
  await vscode.env.clipboard.writeText(outcome.text);
  const lines = outcome.text.trimEnd().split("\n").length;
  vscode.window.setStatusBarMessage(`A PyTorch script of ${lines} lines was copied.`, 5000);
  return null;
}

/** The snippet's finding that touches a line, in the places of the text that ran. */
export const findingOn = (snippet: SnippetView, line: number): Finding | undefined => {
  const here = (snippet.report?.diagnostics ?? []).filter(
    ({ range }) => range.start.line <= line && line <= range.end.line,
  );
  return (here.find(({ severity }) => severity === "error") ?? here[0])?.found;
};
