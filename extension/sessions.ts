// One session per document that an editor shows, fed with VS Code's events. A document without snippets costs its
// session and one search per pause in typing.
import * as vscode from "vscode";
import type { Position, Range } from "../engine/protocol/report";
import { FileDocument, type GradDocument, NotebookGradDocument } from "./documents";
import { Emitter } from "./emitter";
import type { EngineService } from "./engineService";
import { Session } from "./session";
import { liveMode, SECTION, sessionSettings } from "./settings";
import { SiblingReader } from "./siblingReader";
import type { SnippetView } from "./view/documentView";
import { compare } from "./view/edits";

export interface OpenDocument {
  document: GradDocument;
  session: Session;
}

/** Texts that are not the user's own file: old versions, output, settings. */
const FOREIGN_SCHEMES = new Set([
  "git",
  "gitfs",
  "gitlens",
  "output",
  "debug",
  "review",
  "pr",
  "vscode-scm",
  "vscode-local-history",
  "vscode-settings",
  "search-editor",
]);

export class Sessions implements vscode.Disposable {
  private readonly open = new Map<string, OpenDocument & { siblings: SiblingReader }>();
  /** Documents that are worked with although nothing may show them, and by how many. */
  private readonly held = new Map<string, number>();
  private readonly changeEmitter = new Emitter<OpenDocument>();
  private readonly closeEmitter = new Emitter<OpenDocument>();
  /** What a document's features show has changed. */
  readonly onDidChange = this.changeEmitter.event;
  readonly onDidClose = this.closeEmitter.event;
  private readonly subscriptions: vscode.Disposable[] = [];

  constructor(
    private readonly engine: EngineService,
    private readonly log: vscode.LogOutputChannel,
  ) {
    const { workspace, window } = vscode;
    this.subscriptions.push(
      window.onDidChangeVisibleTextEditors(() => this.adopt()),
      window.onDidChangeVisibleNotebookEditors(() => this.adopt()),
      window.tabGroups.onDidChangeTabs(() => this.dropUnshown()),
      workspace.onDidOpenTextDocument(() => this.adopt()),
      workspace.onDidChangeTextDocument((event) => this.edited(event)),
      workspace.onDidChangeNotebookDocument((event) => this.cellsChanged(event)),
      workspace.onDidSaveTextDocument((document) => this.find(document.uri)?.session.saved()),
      workspace.onDidSaveNotebookDocument((notebook) => this.find(notebook.uri)?.session.saved()),
      workspace.onDidCloseTextDocument((document) => this.close(document.uri)),
      workspace.onDidCloseNotebookDocument((notebook) => this.close(notebook.uri)),
      workspace.onDidGrantWorkspaceTrust(() => this.circumstancesChanged()),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SECTION)) this.circumstancesChanged();
      }),
    );
    this.adopt();
  }

  get all(): Iterable<OpenDocument> {
    return this.open.values();
  }

  /** The document that a part (a file or a notebook's cell) belongs to. */
  find(uri: vscode.Uri): OpenDocument | undefined {
    const direct = this.open.get(uri.toString());
    if (direct || uri.scheme !== "vscode-notebook-cell") return direct;
    const key = uri.toString();
    return [...this.open.values()].find(({ document }) =>
      document.parts.some((part) => part.uri.toString() === key),
    );
  }

  /** Works with a document that need not be shown anywhere; its session ends with the work then. */
  async use<T>(uri: vscode.Uri, work: (entry: OpenDocument) => Promise<T>): Promise<T> {
    const key = uri.toString();
    const known = this.find(uri);
    if (known) return work(known);
    this.held.set(key, (this.held.get(key) ?? 0) + 1);
    try {
      if (/\.ipynb$/i.test(uri.path)) this.attachNotebook(await vscode.workspace.openNotebookDocument(uri));
      else this.attachText(await vscode.workspace.openTextDocument(uri));
      const entry = this.find(uri);
      if (!entry) throw new Error(`${fileName(uri)} is no Python file, Markdown file or notebook.`);
      return await work(entry);
    } finally {
      const left = (this.held.get(key) ?? 1) - 1;
      if (left > 0) this.held.set(key, left);
      else this.held.delete(key);
      this.dropUnshown();
    }
  }

  /** The document that the user works in. */
  get active(): OpenDocument | undefined {
    const { activeTextEditor, activeNotebookEditor } = vscode.window;
    const uri = activeTextEditor?.document.uri ?? activeNotebookEditor?.notebook.uri;
    return uri && this.find(uri);
  }

  dispose(): void {
    for (const subscription of this.subscriptions.splice(0)) subscription.dispose();
    for (const key of [...this.open.keys()]) this.closeKey(key);
    this.changeEmitter.dispose();
    this.closeEmitter.dispose();
  }

  private adopt(): void {
    for (const editor of vscode.window.visibleTextEditors) this.attachText(editor.document);
    for (const editor of vscode.window.visibleNotebookEditors) this.attachNotebook(editor.notebook);
    for (const { document, session } of this.open.values()) if (isVisible(document)) session.shown();
  }

  /** VS Code keeps a document for a while after its last editor was closed; its session ends with the editor. */
  private dropUnshown(): void {
    for (const [key, { document }] of [...this.open]) {
      if (!this.held.has(key) && !hasTab(document.uri) && !isVisible(document)) this.closeKey(key);
    }
  }

  private attachText(document: vscode.TextDocument): void {
    const { languageId, uri } = document;
    if (languageId !== "python" && languageId !== "markdown") return;
    if (uri.scheme === "vscode-notebook-cell" || FOREIGN_SCHEMES.has(uri.scheme)) return;
    const known = this.open.get(uri.toString());
    if (known?.document.kind === languageId) return;
    // A change of language is a close and an open of the same address.
    if (known) this.close(uri);
    this.attach(new FileDocument(document, languageId));
  }

  private attachNotebook(notebook: vscode.NotebookDocument): void {
    if (notebook.notebookType === "interactive" || this.open.has(notebook.uri.toString())) return;
    this.attach(new NotebookGradDocument(notebook));
  }

  private attach(document: GradDocument): void {
    const siblings = new SiblingReader(document.uri, this.log, () => session.surroundingsChanged());
    const session = new Session(
      {
        file: document.uri.scheme === "file" ? document.uri.fsPath : document.uri.toString(),
        version: () => document.version(),
        parse: () => document.parse(),
        adHocCode: (range) => document.unannotated(range),
        siblings: (snippets) => siblings.read(snippets.map((snippet) => snippet.code)),
        settings: () => sessionSettings(document.uri),
        trusted: () => vscode.workspace.isTrusted,
        visible: () => isVisible(document),
      },
      this.engine,
      (line) => this.log.warn(line),
    );
    const entry = { document, session, siblings };
    this.open.set(document.uri.toString(), entry);
    session.onDidChange(() => this.changeEmitter.fire(entry));
    session.opened();
    // The worker warms up while the reader still reads, even where nothing runs by itself.
    const hasSnippets = session.store.annotated > 0;
    if (hasSnippets && vscode.workspace.isTrusted && liveMode(document.uri) !== "manual") this.engine.warm();
  }

  private edited(event: vscode.TextDocumentChangeEvent): void {
    if (event.contentChanges.length === 0) return;
    const entry = this.find(event.document.uri);
    if (entry) {
      const { document, session } = entry;
      if (document instanceof FileDocument) session.edited(document.changesOf(event));
      else if (document instanceof NotebookGradDocument) session.edited(document.changesOfCell(event));
    }
    for (const other of this.open.values()) if (other !== entry) other.siblings.changed(event.document.uri);
  }

  private cellsChanged(event: vscode.NotebookDocumentChangeEvent): void {
    const entry = this.find(event.notebook.uri);
    if (!(entry?.document instanceof NotebookGradDocument)) return;
    // Outputs and execution orders change nothing here.
    if (event.contentChanges.length === 0 && event.cellChanges.every((change) => !change.document)) return;
    if (event.contentChanges.length === 0) return;
    entry.session.edited(entry.document.changesOfCells());
  }

  private circumstancesChanged(): void {
    for (const { session } of this.open.values()) session.circumstancesChanged();
  }

  private close(uri: vscode.Uri): void {
    this.closeKey(uri.toString());
  }

  private closeKey(key: string): void {
    const entry = this.open.get(key);
    if (!entry) return;
    this.open.delete(key);
    entry.session.dispose();
    entry.siblings.dispose();
    this.closeEmitter.fire(entry);
  }
}

export function fileName(uri: vscode.Uri): string {
  return uri.path.split("/").pop() || uri.path;
}

function isVisible(document: GradDocument): boolean {
  const { visibleTextEditors, visibleNotebookEditors } = vscode.window;
  const key = document.uri.toString();
  if (document.kind === "notebook")
    return visibleNotebookEditors.some((one) => one.notebook.uri.toString() === key);
  return visibleTextEditors.some((one) => one.document.uri.toString() === key);
}

function hasTab(uri: vscode.Uri): boolean {
  const key = uri.toString();
  return vscode.window.tabGroups.all.some((group) =>
    group.tabs.some(({ input }) => {
      if (input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook) {
        return input.uri.toString() === key;
      }
      return input instanceof vscode.TabInputTextDiff && input.modified.toString() === key;
    }),
  );
}

/** The snippet around a place: between its marker and the end of its code. */
export function snippetAround(snippets: readonly SnippetView[], at: Position): SnippetView | undefined {
  return snippets.find((snippet) => inside(snippet, at));
}

function inside(snippet: SnippetView, at: Position): boolean {
  const around: Range = { start: { line: snippet.header.start.line, character: 0 }, end: snippet.range.end };
  return compare(around.start, at) <= 0 && compare(at, around.end) <= 0;
}
