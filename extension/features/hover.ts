// Hovers over variables and expressions.
import * as vscode from "vscode";
import type { Site } from "../../engine/protocol/report";
import { COMMANDS } from "../commandIds";
import { toRange } from "../documents";
import { type OpenDocument, type Sessions, snippetAround } from "../sessions";
import { hoverAt, hoverMarkdown } from "../view/hover";
import { commandLink } from "../view/markdown";
import type { ThemeKind } from "../view/pictures";
import { SELECTOR } from "./selector";

export function registerHover(sessions: Sessions): vscode.Disposable {
  let hovered = false;
  /** The walkthrough wants to know that one was seen. */
  const told = () => {
    if (hovered) return;
    hovered = true;
    void vscode.commands.executeCommand("setContext", "gradientInspector.hasHovered", true);
  };
  return vscode.languages.registerHoverProvider(SELECTOR, {
    provideHover(document, position) {
      const entry = sessions.find(document.uri);
      const at = entry?.document.toText(document.uri, position);
      const snippet = at && entry && snippetAround(entry.session.view.snippets, at);
      const model = snippet && at && hoverAt(snippet, at);
      if (!entry || !model) return undefined;
      told();
      const markdown = new vscode.MarkdownString(
        hoverMarkdown(model, { link: (site) => placeLink(entry, site), theme: themeKind() }),
      );
      // Everything from the user's code is escaped; the links are ours, and can do this one thing.
      markdown.isTrusted = { enabledCommands: [COMMANDS.reveal] };
      const place = entry.document.toPlace(model.range);
      return new vscode.Hover(markdown, place?.range ?? toRange(model.range));
    },
  });
}

const THEMES: Record<vscode.ColorThemeKind, ThemeKind> = {
  [vscode.ColorThemeKind.Light]: "light",
  [vscode.ColorThemeKind.Dark]: "dark",
  [vscode.ColorThemeKind.HighContrast]: "highContrast",
  [vscode.ColorThemeKind.HighContrastLight]: "highContrastLight",
};

function themeKind(): ThemeKind {
  return THEMES[vscode.window.activeColorTheme.kind];
}

/** A link to a place in the document, or in a file beside it. */
function placeLink({ document }: OpenDocument, site: Site): string | undefined {
  const { start, end } = site.range;
  if (site.file) {
    const uri = vscode.Uri.joinPath(document.uri, "..", site.file);
    const range = [start.line, start.character, end.line, end.character];
    return commandLink(`${site.file}:${start.line + 1}`, COMMANDS.reveal, [uri.toString(), ...range]);
  }
  const place = document.toPlace(site.range);
  if (!place) return undefined;
  const { range } = place;
  const args = [range.start.line, range.start.character, range.end.line, range.end.character];
  const cell = document.kind === "notebook" ? "cell line" : "line";
  return commandLink(`${cell} ${range.start.line + 1}`, COMMANDS.reveal, [place.uri.toString(), ...args]);
}
