// The line above each snippet.
import * as vscode from "vscode";
import { COMMANDS } from "../commandIds";
import type { OpenDocument, Sessions } from "../sessions";
import { codeLensEnabled, liveMode } from "../settings";
import { type LensModel, lensesOf } from "../view/codeLens";
import { SELECTOR } from "./selector";

export function registerCodeLens(sessions: Sessions): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses(part) {
      const entry = sessions.find(part.uri);
      if (!entry || !codeLensEnabled(entry.document.uri)) return [];
      const models = lensesOf(entry.session.view, liveMode(entry.document.uri) !== "manual");
      return models.flatMap((model) => {
        const place = entry.document.toPlace(model.range);
        if (!place || place.uri.toString() !== part.uri.toString()) return [];
        return [new vscode.CodeLens(place.range, toCommand(entry, model))];
      });
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.languages.registerCodeLensProvider(SELECTOR, provider),
    sessions.onDidChange(() => changed.fire()),
  );
}

function toCommand({ document }: OpenDocument, model: LensModel): vscode.Command {
  const base = { title: model.title, ...(model.tooltip === undefined ? {} : { tooltip: model.tooltip }) };
  const key = document.uri.toString();
  const { command } = model;
  if (!command) return { ...base, command: "" };
  switch (command.kind) {
    case "run":
      return { ...base, command: COMMANDS.runSnippet, arguments: [key, command.index] };
    case "inspect":
      return { ...base, command: COMMANDS.openInspector, arguments: [key, command.index] };
    case "dismiss":
      return { ...base, command: COMMANDS.dismiss, arguments: [key, command.index] };
    case "stop":
      return { ...base, command: COMMANDS.stop, arguments: [key] };
    case "manageTrust":
      return { ...base, command: COMMANDS.manageTrust };
    case "showLog":
      return { ...base, command: COMMANDS.showLog };
    case "why":
    case "reveal": {
      const place = document.toPlace(command.range);
      if (!place) return { ...base, command: "" };
      const { start, end } = place.range;
      const args = [place.uri.toString(), start.line, start.character, end.line, end.character];
      return { ...base, command: COMMANDS[command.kind], arguments: args };
    }
    default:
      return command satisfies never;
  }
}
