// The commands of the palette, the code lenses and the links. Each says in words why it cannot do what was asked.
import * as vscode from "vscode";
import { COMMANDS } from "../commandIds";
import type { EngineService } from "../engineService";
import { type OpenDocument, type Sessions, snippetAround } from "../sessions";
import { inlineSettings, liveMode, SECTION } from "../settings";
import type { Trials } from "../trials";
import type { SnippetView } from "../view/documentView";
import { type ExportRequest, exportGraph } from "./export";
import { fixAllHere } from "./fixAll";
import { type Inspector, showPlace } from "./inspector";
import { moveInspector } from "./placement";
import { explain } from "./rules";
import { openSample } from "./sample";
import { findingOn, makeScript, type ScriptPlace } from "./script";

export interface Services {
  sessions: Sessions;
  engine: EngineService;
  trials: Trials;
  inspector: Inspector;
  log: vscode.LogOutputChannel;
  extension: vscode.Uri;
  extensionId: string;
}

type Handler = (...args: never[]) => unknown;

export function registerCommands(services: Services): vscode.Disposable {
  const { sessions, engine, trials, inspector, log, extension, extensionId } = services;

  // Called by a menu or a title button, a command gets the file's address; called by a lens, its text.
  const documentOf = (key?: unknown) =>
    typeof key === "string" ? sessions.find(vscode.Uri.parse(key)) : sessions.active;
  const handlers: Record<string, Handler> = {
    [COMMANDS.runSnippet]: async (key?: string, index?: number) => {
      const chosen = chosenSnippet(documentOf(key), typeof index === "number" ? index : undefined);
      if (!chosen)
        return say("The cursor is in no annotated snippet. “Run Selection” runs code without annotation.");
      if (await untrusted()) return;
      await chosen.entry.session.run({ kind: "snippet", index: chosen.snippet.index });
    },
    [COMMANDS.runAll]: async (key?: string) => {
      const entry = documentOf(key);
      if (!entry || entry.session.store.annotated === 0)
        return say("This document has no annotated snippets.");
      if (await untrusted()) return;
      await entry.session.run({ kind: "all" });
    },
    [COMMANDS.runSelection]: () => runSelection(services),
    [COMMANDS.openInspector]: (key?: string, index?: number) =>
      inspector.open(documentOf(key), typeof index === "number" ? index : undefined),
    [COMMANDS.openInspectorTab]: (key?: string, index?: number) =>
      inspector.openTab(documentOf(key), typeof index === "number" ? index : undefined),
    [COMMANDS.moveToSecondarySideBar]: () => moveInspector("secondarySideBar"),
    [COMMANDS.moveToActivityBar]: () => moveInspector("activityBar"),
    [COMMANDS.toggleLive]: toggleLive,
    [COMMANDS.stop]: (key?: string) => {
      if (key) documentOf(key)?.session.stop();
      else for (const { session } of sessions.all) session.stop();
    },
    [COMMANDS.restartEngine]: () => {
      if (!vscode.workspace.isTrusted) return untrusted();
      engine.restart();
      return undefined;
    },
    [COMMANDS.exportGraph]: async (request?: ExportRequest) => {
      const source = inspector.current ?? chosenSnippet(sessions.active, undefined);
      if (!source) return say("There is no snippet whose graph could be saved.");
      try {
        return await exportGraph(inspector, source, request ?? {});
      } catch (error) {
        return say(error instanceof Error ? error.message : String(error));
      }
    },
    [COMMANDS.copyScript]: () => scriptHere(services, "clipboard"),
    [COMMANDS.openScript]: () => scriptHere(services, "editor"),
    [COMMANDS.showLog]: () => log.show(),
    [COMMANDS.manageTrust]: () => vscode.commands.executeCommand("workbench.trust.manage"),
    [COMMANDS.menu]: () => menu(services),
    [COMMANDS.dismiss]: (key: string, index: number) => documentOf(key)?.session.dismissAdHoc(index),
    [COMMANDS.reveal]: (
      key: string,
      line: number,
      character: number,
      endLine: number,
      endCharacter: number,
    ) => showPlace(vscode.Uri.parse(key), new vscode.Range(line, character, endLine, endCharacter), true),
    [COMMANDS.why]: async (key: string, line: number, character: number) => {
      const at = new vscode.Range(line, character, line, character);
      const editor = await showPlace(vscode.Uri.parse(key), at, true);
      if (editor) editor.selection = new vscode.Selection(at.start, at.start);
      await vscode.commands.executeCommand("editor.action.showHover");
    },
    // Called by a menu it gets the file's address, which is no code.
    [COMMANDS.explain]: (code?: unknown) =>
      explain(extension, sessions, typeof code === "string" ? code : undefined),
    [COMMANDS.fixAll]: async () => ((await untrusted()) ? false : fixAllHere(sessions, trials)),
    [COMMANDS.toggleInlineGradients]: toggleInlineGradients,
    [COMMANDS.openSample]: () => openSample(extension),
    [COMMANDS.openWalkthrough]: () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", `${extensionId}#start`, false),
  };
  const registered = Object.entries(handlers).map(([id, handler]) =>
    vscode.commands.registerCommand(id, handler),
  );
  return vscode.Disposable.from(...registered);
}

interface Chosen {
  entry: OpenDocument;
  snippet: SnippetView;
}

/** The snippet of that index, or else the one at the cursor. */
function chosenSnippet(entry: OpenDocument | undefined, index: number | undefined): Chosen | undefined {
  if (!entry) return undefined;
  const { snippets } = entry.session.view;
  if (index !== undefined) return snippets[index] && { entry, snippet: snippets[index] };
  const editor = vscode.window.activeTextEditor;
  const at = editor && entry.document.toText(editor.document.uri, editor.selection.active);
  const snippet = at && snippetAround(snippets, at);
  return snippet && { entry, snippet };
}

/** Of the finding at the cursor, or else the loudest of its snippet, or of the one that the inspector shows. */
async function scriptHere({ sessions, inspector, trials }: Services, place: ScriptPlace): Promise<void> {
  const chosen = chosenSnippet(sessions.active, undefined) ?? inspector.current;
  if (!chosen) return void say("There is no snippet that a script could be made of.");
  if (await untrusted()) return;
  const editor = vscode.window.activeTextEditor;
  const at = editor && chosen.entry.document.toText(editor.document.uri, editor.selection.active);
  const why = await makeScript(trials, chosen.snippet, place, at && findingOn(chosen.snippet, at.line));
  if (why !== null) say(why);
}

async function runSelection({ sessions }: Services): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  const entry = sessions.active;
  if (!editor || !entry)
    return void say("Open a Python file, a Markdown file or a notebook to run code of it.");
  if (await untrusted()) return;
  const start = entry.document.toText(editor.document.uri, editor.selection.start);
  const end = entry.document.toText(editor.document.uri, editor.selection.end);
  if (!start || !end) return;
  const around = snippetAround(entry.session.view.snippets, start);
  // Inside an annotated snippet there is nothing to be run but that snippet.
  if (around && !around.adHoc) return entry.session.run({ kind: "snippet", index: around.index });
  const snippet = entry.document.unannotated({ start, end });
  if (!snippet || snippet.code.trim() === "") {
    const where = entry.document.kind === "markdown" && editor.selection.isEmpty;
    return void say(where ? "The cursor is in no Python fence." : "There is no code in the selection.");
  }
  await entry.session.runAdHoc(snippet).done;
}

async function toggleLive(): Promise<void> {
  const live = liveMode(vscode.window.activeTextEditor?.document.uri) === "manual" ? "onType" : "manual";
  await writeSetting("live", live);
  tell(`live mode is ${live === "manual" ? "off" : "on"}`);
}

async function toggleInlineGradients(): Promise<void> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const all = uri !== undefined && inlineSettings(uri).gradients === "all";
  await writeSetting("inlineGradients", all ? "marked" : "all");
  tell(all ? "gradients stand behind `#?` values" : "gradients stand behind every line");
}

/** Written where it is set already, so that it takes effect. */
async function writeSetting(name: string, value: unknown): Promise<void> {
  const configuration = vscode.workspace.getConfiguration(
    SECTION,
    vscode.window.activeTextEditor?.document.uri,
  );
  const inspected = configuration.inspect(name);
  const target =
    inspected?.workspaceFolderValue !== undefined
      ? vscode.ConfigurationTarget.WorkspaceFolder
      : inspected?.workspaceValue !== undefined
        ? vscode.ConfigurationTarget.Workspace
        : vscode.ConfigurationTarget.Global;
  await configuration.update(name, value, target);
}

function tell(text: string): void {
  vscode.window.setStatusBarMessage(`Gradient Inspector: ${text}`, 3000);
}

/** Says that nothing runs here, and offers to change that. */
async function untrusted(): Promise<boolean> {
  if (vscode.workspace.isTrusted) return false;
  const manage = "Manage Workspace Trust";
  const text = "Gradient Inspector runs code only in a trusted workspace.";
  const answer = await vscode.window.showWarningMessage(text, manage);
  if (answer === manage) await vscode.commands.executeCommand(COMMANDS.manageTrust);
  return true;
}

async function menu({ sessions }: Services): Promise<void> {
  const entry = sessions.active;
  const live = liveMode(entry?.document.uri) !== "manual";
  const items: (vscode.QuickPickItem & { command: string })[] = [
    ...(entry?.session.running ? [{ label: "$(debug-stop) Stop", command: COMMANDS.stop }] : []),
    ...(vscode.workspace.isTrusted
      ? []
      : [{ label: "$(workspace-untrusted) Manage Workspace Trust", command: COMMANDS.manageTrust }]),
    { label: "$(run-all) Run All Snippets", command: COMMANDS.runAll },
    { label: "$(type-hierarchy) Open Inspector", command: COMMANDS.openInspector },
    { label: `$(broadcast) Turn Live Mode ${live ? "Off" : "On"}`, command: COMMANDS.toggleLive },
    { label: "$(debug-restart) Restart Engine", command: COMMANDS.restartEngine },
    { label: "$(symbol-number) Toggle Gradients beside Every Line", command: COMMANDS.toggleInlineGradients },
    { label: "$(sparkle) Apply Verified Fixes to This File", command: COMMANDS.fixAll },
    { label: "$(question) Explain a Diagnostic…", command: COMMANDS.explain },
    { label: "$(save) Export Graph…", command: COMMANDS.exportGraph },
    { label: "$(copy) Copy as Minimal PyTorch Script", command: COMMANDS.copyScript },
    { label: "$(output) Show Log", command: COMMANDS.showLog },
    { label: "$(mortar-board) Get Started", command: COMMANDS.openWalkthrough },
  ];
  const picked = await vscode.window.showQuickPick(items, { placeHolder: "Gradient Inspector" });
  if (picked) await vscode.commands.executeCommand(picked.command);
}

function say(text: string): undefined {
  void vscode.window.showInformationMessage(`Gradient Inspector: ${text}`);
  return undefined;
}
