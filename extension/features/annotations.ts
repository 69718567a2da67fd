// Completions for annotations, and links from ignore comments to the pages of their rules.
import * as vscode from "vscode";
import { COMMANDS } from "../commandIds";
import { completionsAt, ruleLinks } from "../view/annotations";
import { SELECTOR } from "./selector";

export function registerAnnotations(): vscode.Disposable {
  const completions: vscode.CompletionItemProvider = {
    provideCompletionItems(document, { line, character }) {
      const kind = document.languageId === "markdown" ? "markdown" : "python";
      const text = document.lineAt(line).text;
      return completionsAt(kind, text, character).map((model) => {
        const item = new vscode.CompletionItem(model.label, vscode.CompletionItemKind.Keyword);
        item.detail = model.detail;
        item.insertText = model.insert;
        item.range = new vscode.Range(line, model.from, line, model.to);
        // A marker begins with signs that are no part of a word, so what was typed is what it is compared with.
        item.filterText = text.slice(model.from, model.to) + model.label;
        if (model.more) item.command = { command: "editor.action.triggerSuggest", title: "" };
        return item;
      });
    },
  };
  const links: vscode.DocumentLinkProvider = {
    provideDocumentLinks(document) {
      return ruleLinks(document.getText()).map(({ line, from, to, code }) => {
        const args = encodeURIComponent(JSON.stringify([code]));
        const target = vscode.Uri.parse(`command:${COMMANDS.explain}?${args}`);
        const link = new vscode.DocumentLink(new vscode.Range(line, from, line, to), target);
        link.tooltip = `About ${code}`;
        return link;
      });
    },
  };
  return vscode.Disposable.from(
    // Not "%" and not "`": whoever writes a plain cell or fence and presses Enter must get just that.
    vscode.languages.registerCompletionItemProvider(SELECTOR, completions, "["),
    vscode.languages.registerDocumentLinkProvider({ language: "python" }, links),
  );
}
