// Values and printed text behind the ends of lines.
import * as vscode from "vscode";
import type { OpenDocument, Sessions } from "../sessions";
import { inlineSettings } from "../settings";
import { type InlineModel, inlineOf } from "../view/inlineValues";

const COLOURS: Record<InlineModel["kind"], string> = {
  value: "gradientInspector.inlineValueForeground",
  gradient: "gradientInspector.inlineGradientForeground",
  output: "gradientInspector.inlineOutputForeground",
};
/** Characters of a hover over what is cut off. */
const MAX_FULL = 4000;
const STALE_COLOUR = "gradientInspector.staleForeground";
const PREFIX: Record<InlineModel["kind"], string> = { value: "= ", gradient: "", output: "» " };

export function registerInlineValues(sessions: Sessions): vscode.Disposable {
  const type = vscode.window.createTextEditorDecorationType({
    // It stays behind what is typed at the end of its line, also before the next update.
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });
  const update = (entry: OpenDocument) => {
    const models = inlineOf(entry.session.view, inlineSettings(entry.document.uri));
    for (const editor of vscode.window.visibleTextEditors) {
      if (sessions.find(editor.document.uri) !== entry) continue;
      const options = models.flatMap((model) => decoration(entry, editor.document, model));
      editor.setDecorations(type, options);
    }
  };
  const updateAll = () => {
    for (const entry of sessions.all) update(entry);
  };
  const clear = (entry: OpenDocument) => {
    const parts = new Set(entry.document.parts.map((part) => part.uri.toString()));
    for (const editor of vscode.window.visibleTextEditors) {
      if (parts.has(editor.document.uri.toString())) editor.setDecorations(type, []);
    }
  };
  return vscode.Disposable.from(
    type,
    sessions.onDidChange(update),
    sessions.onDidClose(clear),
    vscode.window.onDidChangeVisibleTextEditors(updateAll),
  );
}

function decoration(
  entry: OpenDocument,
  document: vscode.TextDocument,
  model: InlineModel,
): vscode.DecorationOptions[] {
  const at = { line: model.line, character: 0 };
  const place = entry.document.toPlace({ start: at, end: at });
  if (!place || place.uri.toString() !== document.uri.toString()) return [];
  const line = place.range.start.line;
  if (line >= document.lineCount) return [];
  const { end } = document.lineAt(line).range;
  const colour = new vscode.ThemeColor(model.stale ? STALE_COLOUR : COLOURS[model.kind]);
  return [
    {
      range: new vscode.Range(end, end),
      hoverMessage: hoverMessage(model),
      renderOptions: {
        after: {
          // Ordinary blanks would be collapsed.
          contentText: `${PREFIX[model.kind]}${model.text}`.replace(/ /g, "\u00a0"),
          color: colour,
          margin: "0 0 0 2em",
          fontStyle: model.stale ? "italic" : "normal",
        },
      },
    },
  ];
}

function hoverMessage(model: InlineModel): vscode.MarkdownString[] {
  if (model.full.trim() === model.text) return [];
  const full = model.full.trimEnd();
  const text = full.length <= MAX_FULL ? full : `${full.slice(0, MAX_FULL)}…`;
  return [new vscode.MarkdownString().appendCodeblock(text, "text")];
}
