// How it stands, shown while the editor has a document with snippets: an item in the status bar whose click opens
// the menu, and the language status, which can be pinned and read out.
import * as vscode from "vscode";
import { COMMANDS } from "../commandIds";
import type { EngineService } from "../engineService";
import type { Sessions } from "../sessions";
import { liveMode } from "../settings";
import { LIVE_WORDS, type StatusModel, statusOf } from "../view/status";
import { SELECTOR } from "./selector";

const BACKGROUND: Record<StatusModel["severity"], vscode.ThemeColor | undefined> = {
  information: undefined,
  warning: new vscode.ThemeColor("statusBarItem.warningBackground"),
  error: new vscode.ThemeColor("statusBarItem.errorBackground"),
};
const SEVERITY: Record<StatusModel["severity"], vscode.LanguageStatusSeverity> = {
  information: vscode.LanguageStatusSeverity.Information,
  warning: vscode.LanguageStatusSeverity.Warning,
  error: vscode.LanguageStatusSeverity.Error,
};

export function registerStatus(sessions: Sessions, engine: EngineService): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    "gradientInspector.status",
    vscode.StatusBarAlignment.Right,
    100,
  );
  item.name = "Gradient Inspector";
  item.command = COMMANDS.menu;
  const language = new LanguageStatus();
  let ticking: NodeJS.Timeout | undefined;
  const context = new Map<string, boolean>();
  const setContext = (key: string, value: boolean) => {
    if (context.get(key) === value) return;
    context.set(key, value);
    void vscode.commands.executeCommand("setContext", key, value);
  };

  const update = () => {
    const active = sessions.active;
    const view = active?.session.view;
    const running = active?.session.running;
    setContext("gradientInspector.hasSnippets", (view?.snippets.length ?? 0) > 0);
    setContext("gradientInspector.running", running !== undefined);
    clearTimeout(ticking);
    if (!active || !view || view.snippets.length === 0) {
      item.hide();
      language.hide();
      return;
    }
    const live = liveMode(active.document.uri);
    const model = statusOf({
      engine: engine.state,
      view,
      runningSince: running?.noticeable ? running.since : undefined,
      now: Date.now(),
      liveMode: live,
    });
    item.text = model.text;
    item.tooltip = `Gradient Inspector: ${model.detail}`;
    item.backgroundColor = BACKGROUND[model.severity];
    item.accessibilityInformation = { label: item.tooltip };
    item.show();
    language.show(model, LIVE_WORDS[live], live !== "manual");
    // While it runs the seconds count.
    if (running?.noticeable) ticking = setTimeout(update, 1000);
  };
  update();
  return vscode.Disposable.from(
    item,
    language,
    sessions.onDidChange(update),
    sessions.onDidClose(update),
    engine.onDidChangeState(update),
    vscode.window.onDidChangeActiveTextEditor(update),
    vscode.window.onDidChangeActiveNotebookEditor(update),
    { dispose: () => clearTimeout(ticking) },
  );
}

/** VS Code shows these items for every document of the language, so they are there only while they are true. */
class LanguageStatus implements vscode.Disposable {
  private items: { state: vscode.LanguageStatusItem; live: vscode.LanguageStatusItem } | undefined;
  private shown = "";

  show(model: StatusModel, live: string, isLive: boolean): void {
    const key = JSON.stringify([model, live]);
    if (this.items && key === this.shown) return;
    this.shown = key;
    this.items ??= {
      state: vscode.languages.createLanguageStatusItem("gradientInspector.state", SELECTOR),
      live: vscode.languages.createLanguageStatusItem("gradientInspector.live", SELECTOR),
    };
    const { state, live: mode } = this.items;
    state.name = "Gradient Inspector";
    state.text = `grad: ${model.words}`;
    state.detail = model.brief;
    state.severity = SEVERITY[model.severity];
    state.busy = model.busy;
    state.command = model.canStop
      ? { command: COMMANDS.stop, title: "Stop" }
      : { command: COMMANDS.menu, title: "Menu" };
    state.accessibilityInformation = { label: `Gradient Inspector: ${model.words}. ${model.detail}` };
    mode.name = "Gradient Inspector: live mode";
    mode.text = `grad ${live}`;
    mode.command = {
      command: COMMANDS.toggleLive,
      title: isLive ? "Turn Live Mode Off" : "Turn Live Mode On",
    };
  }

  hide(): void {
    this.items?.state.dispose();
    this.items?.live.dispose();
    this.items = undefined;
  }

  dispose(): void {
    this.hide();
  }
}
