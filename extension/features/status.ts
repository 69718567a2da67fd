// The item in the status bar, shown while the editor has a document with snippets; a click opens the menu.
import * as vscode from "vscode";
import { COMMANDS } from "../commandIds";
import type { EngineService } from "../engineService";
import type { Sessions } from "../sessions";
import { liveMode } from "../settings";
import { type StatusModel, statusOf } from "../view/status";

const BACKGROUND: Record<StatusModel["severity"], vscode.ThemeColor | undefined> = {
  information: undefined,
  warning: new vscode.ThemeColor("statusBarItem.warningBackground"),
  error: new vscode.ThemeColor("statusBarItem.errorBackground"),
};

export function registerStatus(sessions: Sessions, engine: EngineService): vscode.Disposable {
  const item = vscode.window.createStatusBarItem(
    "gradientInspector.status",
    vscode.StatusBarAlignment.Right,
    100,
  );
  item.name = "Gradient Inspector";
  item.command = COMMANDS.menu;
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
      return;
    }
    const model = statusOf({
      engine: engine.state,
      view,
      runningSince: running?.noticeable ? running.since : undefined,
      now: Date.now(),
      liveMode: liveMode(active.document.uri),
    });
    item.text = model.text;
    item.tooltip = `Gradient Inspector: ${model.detail}`;
    item.backgroundColor = BACKGROUND[model.severity];
    item.accessibilityInformation = { label: item.tooltip };
    item.show();
    // While it runs the seconds count.
    if (running?.noticeable) ticking = setTimeout(update, 1000);
  };
  update();
  return vscode.Disposable.from(
    item,
    sessions.onDidChange(update),
    sessions.onDidClose(update),
    engine.onDidChangeState(update),
    vscode.window.onDidChangeActiveTextEditor(update),
    vscode.window.onDidChangeActiveNotebookEditor(update),
    { dispose: () => clearTimeout(ticking) },
  );
}
