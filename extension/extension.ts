// The extension's table of contents: the services from top to bottom, then the features that show what they know.
import * as vscode from "vscode";
import { createEngineClient } from "../engine/client";
import { nodeSpawn } from "../engine/node/spawnWorker";
import type { Report } from "../engine/protocol/report";
import { EngineService } from "./engineService";
import { registerAnnotations } from "./features/annotations";
import { registerCodeLens } from "./features/codeLens";
import { registerCommands } from "./features/commands";
import { registerDiagnostics } from "./features/diagnostics";
import { registerHover } from "./features/hover";
import { registerInlineValues } from "./features/inlineValues";
import { Inspector, registerInspector } from "./features/inspector";
import { registerNotices } from "./features/notices";
import { registerQuickFixes } from "./features/quickFixes";
import { registerStatus } from "./features/status";
import { registerTools } from "./features/tools";
import { Sessions } from "./sessions";
import { inlineSettings } from "./settings";
import { Trials } from "./trials";
import type { DocumentView } from "./view/documentView";
import { type InlineModel, inlineOf } from "./view/inlineValues";

/** What other extensions and tests may ask. */
export interface GradientInspectorApi {
  /** What is known of an open document; undefined where it has no session. */
  view(uri: vscode.Uri): DocumentView | undefined;
  /** What stands behind the ends of its lines. */
  inline(uri: vscode.Uri): InlineModel[];
  /** Resolves when nothing of the document runs or is about to. */
  whenIdle(uri: vscode.Uri): Promise<void>;
  /** The last report of every snippet that has run. */
  snippets(uri: vscode.Uri): Report["snippets"];
  /** What loading the extension's code and its own activation took together: time, and of it the processor's. */
  activation: { milliseconds: number; cpuMilliseconds: number };
}

/** When the first line of the bundle ran; the build puts it there. */
declare const loadBegan: { at: number; cpu: NodeJS.CpuUsage };

export function activate(context: vscode.ExtensionContext): GradientInspectorApi {
  const extension = context.extensionUri;
  const log = vscode.window.createOutputChannel("Gradient Inspector", { log: true });

  const folder = vscode.Uri.joinPath(extension, "dist", "engine").fsPath;
  const spawn = nodeSpawn({ folder }, (line) => log.debug(line));
  const engine = new EngineService(
    (events) => createEngineClient({ spawn, ...events }),
    (line) => log.info(line),
  );
  const trials = new Trials(() =>
    createEngineClient({ spawn, onCrash: (message) => log.warn(`A trial broke down: ${message}`) }),
  );
  const sessions = new Sessions(engine, log);
  // Listeners are called in this order: a message is shown before the inspector is sent all of a report.
  const diagnostics = registerDiagnostics(sessions);
  const inspector = new Inspector(extension, sessions, engine, trials, log);

  context.subscriptions.push(
    log,
    engine,
    trials,
    sessions,
    diagnostics,
    registerInspector(inspector),
    registerHover(sessions),
    registerQuickFixes(sessions, trials, log),
    registerInlineValues(sessions),
    registerCodeLens(sessions),
    registerAnnotations(),
    registerStatus(sessions, engine),
    registerNotices(sessions, engine),
    registerTools(sessions, trials),
    registerCommands({
      sessions,
      engine,
      trials,
      inspector,
      log,
      extension,
      extensionId: context.extension.id,
    }),
  );
  const used = process.cpuUsage(loadBegan.cpu);
  const activation = {
    milliseconds: performance.now() - loadBegan.at,
    cpuMilliseconds: (used.user + used.system) / 1000,
  };
  log.info(
    `Loaded and activated in ${activation.milliseconds.toFixed(1)} ms, ${activation.cpuMilliseconds.toFixed(1)} ms of them the processor's`,
  );

  return {
    activation,
    view: (uri) => sessions.find(uri)?.session.view,
    inline: (uri) => {
      const entry = sessions.find(uri);
      return entry ? inlineOf(entry.session.view, inlineSettings(entry.document.uri)) : [];
    },
    whenIdle: async (uri) => sessions.find(uri)?.session.whenIdle(),
    snippets: (uri) =>
      sessions.find(uri)?.session.view.snippets.flatMap((snippet) => snippet.original ?? []) ?? [],
  };
}
