// What is said in a notification: a long run that can be cancelled, and an engine that broke down.
import * as vscode from "vscode";
import { COMMANDS } from "../commandIds";
import type { EngineService } from "../engineService";
import { fileName, type OpenDocument, type Sessions } from "../sessions";

const PROGRESS_AFTER_MILLISECONDS = 1000;

export function registerNotices(sessions: Sessions, engine: EngineService): vscode.Disposable {
  const crash = engine.onDidCrash((message) => void tellCrash(message));
  return vscode.Disposable.from(crash, registerProgress(sessions));
}

let telling = false;

/** Said once: while the notification stands, further break-downs only go to the log. */
async function tellCrash(message: string): Promise<void> {
  if (telling) return;
  telling = true;
  const show = "Show Log";
  const text = `Gradient Inspector's engine broke down and was started anew: ${message}`;
  const answer = await vscode.window.showWarningMessage(text, show);
  telling = false;
  if (answer === show) await vscode.commands.executeCommand(COMMANDS.showLog);
}

/** A run that somebody asked for and that takes more than a second can be cancelled in a notification. */
function registerProgress(sessions: Sessions): vscode.Disposable {
  const shown = new WeakSet<object>();
  const timers = new Set<NodeJS.Timeout>();
  const watch = (entry: OpenDocument) => {
    const { running } = entry.session;
    if (!running?.noticeable || shown.has(running)) return;
    shown.add(running);
    const timer = setTimeout(
      () => {
        timers.delete(timer);
        if (entry.session.running === running) void showProgress(entry, running.asked !== "live");
      },
      Math.max(0, PROGRESS_AFTER_MILLISECONDS - (Date.now() - running.since)),
    );
    timers.add(timer);
  };
  return vscode.Disposable.from(sessions.onDidChange(watch), {
    dispose: () => {
      for (const timer of timers) clearTimeout(timer);
    },
  });
}

function showProgress({ document, session }: OpenDocument, asked: boolean): Thenable<void> {
  const { running } = session;
  // While typing, a notification would be in the way: the window's progress and the code lens's Stop are enough.
  const location = asked ? vscode.ProgressLocation.Notification : vscode.ProgressLocation.Window;
  const title = `Gradient Inspector: running ${fileName(document.uri)}`;
  return vscode.window.withProgress({ location, title, cancellable: asked }, (_progress, token) => {
    token.onCancellationRequested(() => session.stop());
    return new Promise<void>((resolve) => {
      const subscription = session.onDidChange(() => {
        if (session.running === running) return;
        subscription.dispose();
        resolve();
      });
    });
  });
}
