// Diagnostics in the editor and the Problems view.
import * as vscode from "vscode";
import type { Severity } from "../../engine/protocol/report";
import { COMMANDS } from "../commandIds";
import type { OpenDocument, Sessions } from "../sessions";
import { severitySettings } from "../settings";
import { type DiagnosticModel, diagnosticsOf, diagnosticText } from "../view/diagnostics";

export const SOURCE = "Gradient Inspector";

const SEVERITY: Record<Severity, vscode.DiagnosticSeverity> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

export function registerDiagnostics(sessions: Sessions): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection("gradient-inspector");
  /** What stands in the collection, so that a keystroke that changes nothing sends nothing. */
  const shown = new Map<OpenDocument, { key: string; uris: vscode.Uri[] }>();

  const update = (entry: OpenDocument) => {
    const models = diagnosticsOf(entry.session.view, severitySettings(entry.document.uri));
    const known = shown.get(entry);
    const key = JSON.stringify(models.map(({ finding: _finding, ...model }) => model));
    if (known?.key === key && entry.document.kind !== "notebook") return;
    if (!known && models.length === 0) return;
    const byPart = new Map<string, { uri: vscode.Uri; diagnostics: vscode.Diagnostic[] }>();
    for (const model of models) {
      const place = entry.document.toPlace(model.range);
      if (!place) continue;
      const id = place.uri.toString();
      const part = byPart.get(id) ?? { uri: place.uri, diagnostics: [] };
      byPart.set(id, part);
      part.diagnostics.push(toDiagnostic(entry, model, place.range));
    }
    for (const uri of known?.uris ?? []) if (!byPart.has(uri.toString())) collection.delete(uri);
    for (const { uri, diagnostics } of byPart.values()) collection.set(uri, diagnostics);
    shown.set(entry, { key, uris: [...byPart.values()].map(({ uri }) => uri) });
  };
  const forget = (entry: OpenDocument) => {
    for (const uri of shown.get(entry)?.uris ?? []) collection.delete(uri);
    shown.delete(entry);
  };
  for (const entry of sessions.all) update(entry);
  return vscode.Disposable.from(collection, sessions.onDidChange(update), sessions.onDidClose(forget));
}

function toDiagnostic(entry: OpenDocument, model: DiagnosticModel, range: vscode.Range): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(range, diagnosticText(model), SEVERITY[model.severity]);
  diagnostic.source = SOURCE;
  const args = encodeURIComponent(JSON.stringify([model.code]));
  diagnostic.code = { value: model.code, target: vscode.Uri.parse(`command:${COMMANDS.explain}?${args}`) };
  diagnostic.relatedInformation = model.related.flatMap((related) => {
    if (related.file) {
      const uri = vscode.Uri.joinPath(entry.document.uri, "..", related.file);
      const { start, end } = related.range;
      const at = new vscode.Range(start.line, start.character, end.line, end.character);
      return [new vscode.DiagnosticRelatedInformation(new vscode.Location(uri, at), related.message)];
    }
    const place = entry.document.toPlace(related.range);
    if (!place) return [];
    return [
      new vscode.DiagnosticRelatedInformation(new vscode.Location(place.uri, place.range), related.message),
    ];
  });
  return diagnostic;
}
