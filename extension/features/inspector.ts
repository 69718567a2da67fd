// The inspector's side of the extension: which snippet it shows, its pages (the view at the side, an editor tab),
// and the way between code and graph.
import * as vscode from "vscode";
import type { Answer, Question, Tries } from "../../engine/protocol/experiment";
import type {
  ExportFormat,
  InspectorApi,
  InspectorHostApi,
  InspectorState,
} from "../../engine/protocol/inspectorApi";
import type { NestedValue, Range, TensorId } from "../../engine/protocol/report";
import { type Connection, connect } from "../../engine/protocol/rpc";
import { COMMANDS } from "../commandIds";
import type { EngineService } from "../engineService";
import { fileName, type OpenDocument, type Sessions, snippetAround } from "../sessions";
import type { Trials } from "../trials";
import type { SnippetView } from "../view/documentView";
import { inspectorState, selectionAt, stateKey } from "../view/inspectorState";
import { withValue } from "../view/writeValue";
import { inspectorHtml, pageFolder } from "./inspectorPage";
import { makeScript, type ScriptPlace } from "./script";

export const VIEW_ID = "gradientInspector.inspector";
const PANEL_TYPE = "gradientInspector.inspectorTab";
const READY_MILLISECONDS = 15_000;

const NOTICES = ["show", "select", "follow"] as const;
/** Commands that the page may ask for. */
const ALLOWED = new Set<string>([
  COMMANDS.runSnippet,
  COMMANDS.runAll,
  COMMANDS.runSelection,
  COMMANDS.stop,
  COMMANDS.restartEngine,
  COMMANDS.openInspectorTab,
  COMMANDS.exportGraph,
  COMMANDS.manageTrust,
  COMMANDS.showLog,
]);

interface Page {
  webview: vscode.Webview;
  connection: Connection<InspectorApi>;
  ready: boolean;
  shown: string;
  sentSnippet: InspectorState["snippet"];
}

export class Inspector implements vscode.WebviewViewProvider, vscode.Disposable {
  private readonly pages = new Set<Page>();
  private readonly readyEmitter = new vscode.EventEmitter<Page>();
  private readonly subscriptions: vscode.Disposable[] = [];
  private readonly highlighting: vscode.TextEditorDecorationType;
  private panel: vscode.WebviewPanel | undefined;
  private target: OpenDocument | undefined;
  private chosen = 0;

  constructor(
    private readonly extension: vscode.Uri,
    private readonly sessions: Sessions,
    private readonly engine: EngineService,
    private readonly trials: Trials,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.highlighting = vscode.window.createTextEditorDecorationType({
      backgroundColor: new vscode.ThemeColor("gradientInspector.stepBackground"),
      border: "1px solid",
      borderColor: new vscode.ThemeColor("gradientInspector.stepBorder"),
      overviewRulerColor: new vscode.ThemeColor("gradientInspector.stepBorder"),
      overviewRulerLane: vscode.OverviewRulerLane.Center,
    });
    this.subscriptions.push(
      this.highlighting,
      this.readyEmitter,
      sessions.onDidChange((entry) => {
        if (!this.target) this.follow();
        if (entry === this.target) this.update();
      }),
      sessions.onDidClose((entry) => {
        if (entry !== this.target) return;
        this.target = undefined;
        this.follow();
      }),
      vscode.window.onDidChangeActiveTextEditor(() => this.follow()),
      vscode.window.onDidChangeTextEditorSelection((event) => this.cursorMoved(event)),
    );
    this.follow();
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.addPage(view.webview, "view", view.onDidDispose);
  }

  /** Shows the inspector at the side, with a snippet where one is named. */
  async open(entry?: OpenDocument, index?: number): Promise<void> {
    this.choose(entry, index);
    await vscode.commands.executeCommand(`${VIEW_ID}.focus`);
  }

  openTab(entry?: OpenDocument, index?: number): void {
    this.choose(entry, index);
    if (this.panel) {
      this.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      PANEL_TYPE,
      "Gradient Inspector",
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      {},
    );
    this.adoptPanel(panel);
  }

  /** Also after a reload of the window. */
  adoptPanel(panel: vscode.WebviewPanel): void {
    this.panel = panel;
    panel.iconPath = vscode.Uri.joinPath(this.extension, "media", "inspector.svg");
    panel.onDidDispose(() => {
      if (this.panel === panel) this.panel = undefined;
    });
    this.addPage(panel.webview, "panel", panel.onDidDispose);
  }

  /** The snippet that is shown, where there is one. */
  get current(): { entry: OpenDocument; snippet: SnippetView } | undefined {
    const snippet = this.target?.session.view.snippets[this.chosen];
    return this.target && snippet ? { entry: this.target, snippet } : undefined;
  }

  /** A picture of the graph, drawn by a page; one is opened if there is none. */
  async picture(format: ExportFormat): Promise<string> {
    let page = [...this.pages].find((candidate) => candidate.ready);
    if (!page) {
      const ready = this.nextReady();
      await this.open();
      page = await ready;
    }
    return page.connection.remote.exportGraph(format);
  }

  dispose(): void {
    for (const page of this.pages) page.connection.close("The extension was stopped.");
    this.pages.clear();
    this.panel?.dispose();
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
  }

  private nextReady(): Promise<Page> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        subscription.dispose();
        reject(new Error("The inspector did not open."));
      }, READY_MILLISECONDS);
      const subscription = this.readyEmitter.event((page) => {
        clearTimeout(timer);
        subscription.dispose();
        resolve(page);
      });
    });
  }

  private choose(entry: OpenDocument | undefined, index: number | undefined): void {
    if (entry) this.target = entry;
    if (index !== undefined) this.chosen = index;
    this.update();
  }

  /** The inspector shows what the user works in, and keeps showing it while another view has the focus. */
  private follow(): void {
    const { active } = this.sessions;
    const relevant = active && active.session.view.snippets.length > 0;
    if (relevant && active !== this.target) {
      this.target = active;
      this.chosen = 0;
      const editor = vscode.window.activeTextEditor;
      const at = editor && active.document.toText(editor.document.uri, editor.selection.active);
      const snippet = at && snippetAround(active.session.view.snippets, at);
      if (snippet) this.chosen = snippet.index;
    }
    this.update();
  }

  private cursorMoved(event: vscode.TextEditorSelectionChangeEvent): void {
    const { document, selection } = { document: event.textEditor.document, selection: event.selections[0] };
    const entry = this.sessions.find(document.uri);
    const at = selection && entry?.document.toText(document.uri, selection.active);
    if (!entry || !at || entry !== this.sessions.active) return;
    const snippet = snippetAround(entry.session.view.snippets, at);
    if (!snippet) return;
    if (entry !== this.target || snippet.index !== this.chosen) this.choose(entry, snippet.index);
    const selected = selectionAt(snippet, at);
    for (const page of this.pages) if (page.ready) page.connection.remote.select(selected);
  }

  private state(): InspectorState {
    const { target } = this;
    const view = target?.session.view;
    this.chosen = Math.min(this.chosen, Math.max(0, (view?.snippets.length ?? 1) - 1));
    return inspectorState({
      file: target ? fileName(target.document.uri) : "",
      view,
      chosen: this.chosen,
      running: target?.session.running?.noticeable ?? false,
    });
  }

  private update(): void {
    if (this.pages.size === 0) return;
    const state = this.state();
    const key = stateKey(state);
    for (const page of this.pages) {
      if (!page.ready || (page.shown === key && page.sentSnippet === state.snippet)) continue;
      page.shown = key;
      page.sentSnippet = state.snippet;
      page.connection.remote.show(state);
    }
  }

  private addPage(webview: vscode.Webview, place: "view" | "panel", onDidDispose: vscode.Event<void>): void {
    webview.options = { enableScripts: true, localResourceRoots: [pageFolder(this.extension)] };
    const port = {
      post: (message: unknown) => void webview.postMessage(message),
      listen: (handler: (message: unknown) => void) => {
        const subscription = webview.onDidReceiveMessage(handler);
        return () => void subscription.dispose();
      },
    };
    const page: Page = {
      webview,
      connection: connect<InspectorApi>(
        port,
        this.hostApi(() => page),
        NOTICES,
      ),
      ready: false,
      shown: "",
      sentSnippet: null,
    };
    this.pages.add(page);
    onDidDispose(() => {
      page.connection.close("The inspector was closed.");
      this.pages.delete(page);
      this.highlight(null);
    });
    webview.html = inspectorHtml(webview, this.extension, place);
  }

  private hostApi(page: () => Page): InspectorHostApi {
    return {
      ready: () => {
        // A page that was hidden starts anew, and knows nothing.
        Object.assign(page(), { ready: true, shown: "", sentSnippet: null });
        this.update();
        this.readyEmitter.fire(page());
      },
      choose: (snippet) => {
        this.choose(undefined, snippet);
        const header = this.current?.snippet.header;
        if (header) void this.reveal(header, false);
      },
      reveal: (range, focus) => void this.reveal(this.presentRange(range), focus),
      highlight: (range) => this.highlight(range && this.presentRange(range)),
      save: (format) => void vscode.commands.executeCommand(COMMANDS.exportGraph, { format }),
      share: (shared) => {
        for (const other of this.pages)
          if (other !== page() && other.ready) other.connection.remote.follow(shared);
      },
      copy: (text) => void vscode.env.clipboard.writeText(text),
      makeScript: (runId, place) => this.makeScript(runId, place),
      runCommand: (command) => {
        if (ALLOWED.has(command)) void this.run(command);
        else this.log.warn(`The inspector asked for the command ${command}, which it may not run.`);
      },
      elements: (runId, tensor, offset, count) => this.engine.elements(runId, tensor, offset, count),
      ask: async (runId, question, tries) => this.ask(runId, question, tries),
      cancelQuestion: () => this.engine.cancelQuestion(),
      canWrite: async (runId, tensor) => typeof (await this.writable(runId, tensor, 0)) !== "string",
      writeValue: async (runId, tensor, value) => this.writeValue(runId, tensor, value),
    };
  }

  private async ask(runId: number, question: Question, tries: Tries): Promise<Answer> {
    const snippet = this.current?.snippet;
    if (!snippet?.original || snippet.runId !== runId)
      return { kind: "refused", why: "Another run is shown by now." };
    return this.engine.ask(runId, snippet.original.range, question, tries);
  }

  private async makeScript(runId: number, place: ScriptPlace): Promise<string | null> {
    const snippet = this.current?.snippet;
    if (!snippet || snippet.runId !== runId) return "Another run is shown by now.";
    return makeScript(this.trials, snippet, place);
  }

  /** The numbers that were tried, where the tensor is made; answers why not, where that cannot be done. */
  private async writeValue(runId: number, id: TensorId, value: NestedValue): Promise<string | null> {
    const found = await this.writable(runId, id, value);
    if (typeof found === "string") return found;
    const edit = new vscode.WorkspaceEdit();
    edit.replace(found.uri, found.range, found.text);
    return (await vscode.workspace.applyEdit(edit)) ? null : "The document could not be changed.";
  }

  /** Where numbers would be written, and the text with them; or why that cannot be done. */
  private async writable(
    runId: number,
    id: TensorId,
    value: NestedValue,
  ): Promise<{ uri: vscode.Uri; range: vscode.Range; text: string } | string> {
    const { target } = this;
    const snippet = this.current?.snippet;
    const tensor = snippet?.original?.tensors.find((each) => each.id === id);
    if (!target || !tensor || snippet?.runId !== runId) return "Another run is shown by now.";
    if (!tensor.site || tensor.site.file !== undefined) return "It is not made in this document.";
    const range = this.presentRange(tensor.site.range);
    const place = range && target.document.toPlace(range);
    if (!place) return "The expression that makes it has changed.";
    const document = await vscode.workspace.openTextDocument(place.uri);
    const text = withValue(document.getText(place.range), value);
    if (text === null)
      return "It is not made by torch.tensor() or another function that could be given numbers.";
    return { ...place, text };
  }

  /** Commands from the page are about what the page shows, not about what has the focus. */
  private async run(command: string): Promise<void> {
    const { target } = this;
    if (command === COMMANDS.runSnippet && target) {
      await vscode.commands.executeCommand(command, target.document.uri.toString(), this.chosen);
    } else if ((command === COMMANDS.runAll || command === COMMANDS.stop) && target) {
      await vscode.commands.executeCommand(command, target.document.uri.toString());
    } else await vscode.commands.executeCommand(command);
  }

  private presentRange(range: Range): Range | null {
    return this.target?.session.store.present(this.chosen, range) ?? null;
  }

  private async reveal(range: Range | null, focus: boolean): Promise<void> {
    const place = range && this.target?.document.toPlace(range);
    if (!place) return;
    const editor = await showPlace(place.uri, place.range, focus);
    if (editor && focus) editor.selection = new vscode.Selection(place.range.start, place.range.end);
  }

  private highlight(range: Range | null): void {
    const place = range && this.target?.document.toPlace(range);
    for (const editor of vscode.window.visibleTextEditors) {
      const here = place && editor.document.uri.toString() === place.uri.toString();
      editor.setDecorations(this.highlighting, here ? [place.range] : []);
      if (here) editor.revealRange(place.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
  }
}

/** Shows a place in the editor that already has it, or in a new one. */
export async function showPlace(
  uri: vscode.Uri,
  range: vscode.Range,
  focus: boolean,
): Promise<vscode.TextEditor | undefined> {
  const visible = vscode.window.visibleTextEditors.find(
    (editor) => editor.document.uri.toString() === uri.toString(),
  );
  if (visible && !focus) {
    visible.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    return visible;
  }
  if (uri.scheme === "vscode-notebook-cell") return showCell(uri, range, focus);
  const options = {
    selection: focus ? range : undefined,
    preserveFocus: !focus,
    viewColumn: visible?.viewColumn,
  };
  const editor = await vscode.window.showTextDocument(uri, options as vscode.TextDocumentShowOptions);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return editor;
}

async function showCell(
  uri: vscode.Uri,
  range: vscode.Range,
  focus: boolean,
): Promise<vscode.TextEditor | undefined> {
  const key = uri.toString();
  for (const notebook of vscode.workspace.notebookDocuments) {
    const cell = notebook.getCells().find((candidate) => candidate.document.uri.toString() === key);
    if (!cell) continue;
    const cells = new vscode.NotebookRange(cell.index, cell.index + 1);
    const editor = await vscode.window.showNotebookDocument(notebook, {
      selections: [cells],
      preserveFocus: !focus,
    });
    editor.revealRange(cells, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
    const shown = vscode.window.visibleTextEditors.find(
      (candidate) => candidate.document.uri.toString() === key,
    );
    if (shown) shown.revealRange(range);
    return shown;
  }
  return undefined;
}

export function registerInspector(inspector: Inspector): vscode.Disposable {
  return vscode.Disposable.from(
    inspector,
    vscode.window.registerWebviewViewProvider(VIEW_ID, inspector),
    vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, {
      async deserializeWebviewPanel(panel) {
        inspector.adoptPanel(panel);
      },
    }),
  );
}
