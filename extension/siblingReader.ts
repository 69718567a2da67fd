// The files beside one document, as VS Code sees them: unsaved text first, then the disk. Tells when one of them
// that the snippets import has changed.
import * as vscode from "vscode";
import type { SiblingFile } from "../engine/protocol/engineApi";
import { importedNames, mayMatter, type SiblingSource, siblingsOf } from "./siblings";

/** Reading the disk again for every pause in typing would cost more than the run. */
const FRESH_MILLISECONDS = 2000;
const MAX_DEPTH = 6;

export class SiblingReader implements vscode.Disposable {
  private readonly folder: vscode.Uri | undefined;
  private names: ReadonlySet<string> = new Set();
  private cache: { key: string; at: number; files: SiblingFile[] } | undefined;
  private generation = 0;
  private watcher: vscode.FileSystemWatcher | undefined;

  constructor(
    private readonly document: vscode.Uri,
    private readonly log: vscode.LogOutputChannel,
    private readonly onChange: () => void,
  ) {
    this.folder = document.scheme === "untitled" ? undefined : vscode.Uri.joinPath(document, "..");
  }

  async read(codes: readonly string[]): Promise<SiblingFile[]> {
    const { folder } = this;
    const direct = [...new Set(codes.flatMap(importedNames))].sort();
    if (!folder || direct.length === 0) {
      this.names = new Set(direct);
      return [];
    }
    const key = direct.join();
    if (this.cache?.key === key && Date.now() - this.cache.at < FRESH_MILLISECONDS) return this.cache.files;
    const { generation } = this;
    const { files, left } = await siblingsOf(codes, this.source(folder));
    // A file has changed while it was read: what was read may be old.
    if (generation !== this.generation) return this.read(codes);
    this.names = new Set([...direct, ...files.flatMap((file) => importedNames(file.text))]);
    this.cache = { key, at: Date.now(), files };
    for (const path of left)
      this.log.warn(`${path} is left out: the files that the snippets import are too large.`);
    if (files.length > 0) this.watch(folder);
    return files;
  }

  /** A document was edited: it may be one of these files. */
  changed(uri: vscode.Uri): void {
    const path = this.relative(uri);
    if (path === undefined || !mayMatter(path, this.names)) return;
    this.cache = undefined;
    this.generation++;
    this.onChange();
  }

  dispose(): void {
    this.watcher?.dispose();
  }

  private source(folder: vscode.Uri): SiblingSource {
    return {
      read: (path) => this.readFile(vscode.Uri.joinPath(folder, path)),
      list: (name) => list(vscode.Uri.joinPath(folder, name), name, 0),
    };
  }

  private async readFile(uri: vscode.Uri): Promise<string | undefined> {
    const key = uri.toString();
    if (key === this.document.toString()) return undefined;
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === key);
    if (open) return open.getText();
    try {
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
    } catch {
      // Most imported names are Python's own modules: no file beside the document has that name.
      return undefined;
    }
  }

  private watch(folder: vscode.Uri): void {
    if (this.watcher) return;
    this.watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, "**/*.py"));
    this.watcher.onDidChange((uri) => this.changedOnDisk(uri));
    this.watcher.onDidCreate((uri) => this.changedOnDisk(uri));
    this.watcher.onDidDelete((uri) => this.changedOnDisk(uri));
  }

  private changedOnDisk(uri: vscode.Uri): void {
    // What an editor shows was already noticed when it was typed.
    const key = uri.toString();
    if (!vscode.workspace.textDocuments.some((document) => document.uri.toString() === key))
      this.changed(uri);
  }

  private relative(uri: vscode.Uri): string | undefined {
    if (!this.folder || uri.scheme !== this.folder.scheme) return undefined;
    const base = this.folder.path.endsWith("/") ? this.folder.path : `${this.folder.path}/`;
    return uri.path.startsWith(base) ? uri.path.slice(base.length) : undefined;
  }
}

/** The Python files of a package, as paths from the document's folder. */
async function list(folder: vscode.Uri, path: string, depth: number): Promise<string[]> {
  let entries: [string, vscode.FileType][];
  try {
    entries = await vscode.workspace.fs.readDirectory(folder);
  } catch {
    return [];
  }
  const found: string[] = [];
  for (const [name, type] of entries) {
    if (type & vscode.FileType.File && name.endsWith(".py")) found.push(`${path}/${name}`);
    if (
      type & vscode.FileType.Directory &&
      depth < MAX_DEPTH &&
      !name.startsWith(".") &&
      name !== "__pycache__"
    ) {
      found.push(...(await list(vscode.Uri.joinPath(folder, name), `${path}/${name}`, depth + 1)));
    }
  }
  return found;
}
