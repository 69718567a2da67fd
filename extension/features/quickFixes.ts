// Quick fixes: the edits that findings bring along.
import * as vscode from "vscode";
import type { GradDocument } from "../documents";
import type { Sessions } from "../sessions";
import { severitySettings } from "../settings";
import { diagnosticsOf, diagnosticText } from "../view/diagnostics";
import { type FixModel, fixesAt } from "../view/fixes";
import { SOURCE } from "./diagnostics";
import { SELECTOR } from "./selector";

export function registerQuickFixes(sessions: Sessions): vscode.Disposable {
  const kinds = { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] };
  return vscode.languages.registerCodeActionsProvider(
    SELECTOR,
    {
      provideCodeActions(part, range, context) {
        const entry = sessions.find(part.uri);
        const start = entry?.document.toText(part.uri, range.start);
        const end = entry?.document.toText(part.uri, range.end);
        if (!entry || !start || !end) return [];
        const models = diagnosticsOf(entry.session.view, severitySettings(entry.document.uri));
        const lineOf = (line: number) => {
          const place = entry.document.toPlace({
            start: { line, character: 0 },
            end: { line, character: 0 },
          });
          return place ? part.lineAt(place.range.start.line).text : "";
        };
        return fixesAt(models, { start, end }, lineOf).flatMap((fix) =>
          toAction(entry.document, fix, context),
        );
      },
    },
    kinds,
  );
}

function toAction(
  document: GradDocument,
  fix: FixModel,
  context: vscode.CodeActionContext,
): vscode.CodeAction[] {
  const edit = new vscode.WorkspaceEdit();
  for (const { range, newText } of fix.edits) {
    const place = document.toPlace(range);
    if (!place) return [];
    edit.replace(place.uri, place.range, newText);
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
