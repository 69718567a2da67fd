// Quick fixes: what was tried and helps, corrections of annotations, and to silence a hint.
import * as vscode from "vscode";
import type { Fix, TextEdit } from "../../engine/protocol/report";
import type { GradDocument } from "../documents";
import type { OpenDocument, Sessions } from "../sessions";
import { severitySettings, tryFixesEnabled } from "../settings";
import type { Trials } from "../trials";
import { type DiagnosticModel, diagnosticsOf, diagnosticText } from "../view/diagnostics";
import { type FixModel, fixesAt, needsPreview, triableAt, verifiedFixes } from "../view/fixes";
import { SOURCE } from "./diagnostics";
import { FIX_ALL_KIND, fixAllAction } from "./fixAll";
import { SELECTOR } from "./selector";

const PROGRESS_AFTER_MILLISECONDS = 1000;

export function registerQuickFixes(
  sessions: Sessions,
  trials: Trials,
  log: vscode.LogOutputChannel,
): vscode.Disposable {
  const kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, FIX_ALL_KIND] };
  const provider: vscode.CodeActionProvider = {
    async provideCodeActions(part, range, context, token) {
      const entry = sessions.find(part.uri);
      const start = entry?.document.toText(part.uri, range.start);
      const end = entry?.document.toText(part.uri, range.end);
      if (!entry || !start || !end) return [];
      const wanted = (kind: vscode.CodeActionKind) => !context.only || context.only.contains(kind);
      const actions: vscode.CodeAction[] = [];
      const mayTry = vscode.workspace.isTrusted && tryFixesEnabled(entry.document.uri);
      if (context.only?.contains(FIX_ALL_KIND) && mayTry) {
        const action = await fixAllAction(entry, trials, token);
        if (action) actions.push(action);
      }
      if (!wanted(vscode.CodeActionKind.QuickFix)) return actions;
      const models = diagnosticsOf(entry.session.view, severitySettings(entry.document.uri));
      const at = { start, end };
      if (mayTry) {
        const explicit = context.triggerKind === vscode.CodeActionTriggerKind.Invoke;
        for (const model of triableAt(models, at)) {
          const fixes = await tried(entry, model, trials, token, explicit, log);
          const { snippet = -1 } = model;
          const present = (edits: readonly TextEdit[]) => entry.session.store.presentEdits(snippet, edits);
          for (const fix of verifiedFixes(model, fixes, present))
            actions.push(...toAction(entry.document, fix, context));
        }
      }
      const lineOf = (line: number) => {
        const place = entry.document.toPlace({
          start: { line, character: 0 },
          end: { line, character: 0 },
        });
        return place ? part.lineAt(place.range.start.line).text : "";
      };
      for (const fix of fixesAt(models, at, lineOf)) actions.push(...toAction(entry.document, fix, context));
      return actions;
    },
  };
  return vscode.Disposable.from(
    vscode.languages.registerCodeActionsProvider(SELECTOR, provider, kinds),
    sessions.onDidChange(() => forgetOutdated(sessions, trials)),
  );
}

/** Answers what is verified when nobody waits any more, too. */
async function tried(
  entry: OpenDocument,
  model: DiagnosticModel,
  trials: Trials,
  token: vscode.CancellationToken,
  explicit: boolean,
  log: vscode.LogOutputChannel,
): Promise<Fix[]> {
  const origin = entry.session.view.snippets[model.snippet ?? -1]?.origin;
  const found = model.finding?.found;
  if (!origin || !found || token.isCancellationRequested) return [];
  const began = Date.now();
  const job = trials.verify(origin.run, origin.index, found);
  const cancelled = token.onCancellationRequested(() => job.cancel());
  const timer = explicit
    ? setTimeout(() => void showProgress(job.fixes, () => job.cancel()), PROGRESS_AFTER_MILLISECONDS)
    : undefined;
  try {
    const fixes = await job.fixes;
    const count = `${fixes.length} of ${found.candidates?.length ?? 0} candidates hold`;
    log.debug(`Fixes of ${model.code}: ${count}, ${Date.now() - began} ms`);
    return fixes;
  } finally {
    clearTimeout(timer);
    cancelled.dispose();
  }
}

function showProgress(work: Promise<unknown>, cancel: () => void): Thenable<void> {
  const title = "Gradient Inspector: trying fixes";
  const location = vscode.ProgressLocation.Notification;
  return vscode.window.withProgress({ location, title, cancellable: true }, async (_progress, token) => {
    token.onCancellationRequested(cancel);
    await work;
  });
}

/** Once no document shows the result that fixes were tried for, their answers are of no use. */
function forgetOutdated(sessions: Sessions, trials: Trials): void {
  for (const { session } of sessions.all) {
    if (session.view.snippets.some((snippet) => !snippet.stale && snippet.report)) return;
  }
  trials.forget();
}

function toAction(
  document: GradDocument,
  fix: FixModel,
  context: vscode.CodeActionContext,
): vscode.CodeAction[] {
  const edit = new vscode.WorkspaceEdit();
  const metadata = needsPreview(fix.edits)
    ? { needsConfirmation: true, label: "Gradient Inspector", description: fix.title }
    : undefined;
  for (const { range, newText } of fix.edits) {
    const place = document.toPlace(range);
    if (!place) return [];
    edit.replace(place.uri, place.range, newText, metadata);
  }
  const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
  action.edit = edit;
  action.isPreferred = fix.preferred;
  const text = diagnosticText(fix.diagnostic);
  action.diagnostics = context.diagnostics.filter(
    (diagnostic) => diagnostic.source === SOURCE && diagnostic.message === text,
  );
  return [action];
}
