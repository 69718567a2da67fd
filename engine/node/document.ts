// A document on disk: its snippets and the files beside it that they may import.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";
import type { ParsedDocument, SiblingFile } from "../protocol/engineApi";
import { documentKind, parseDocument, readNotebookJson, wholeFile, withoutBom } from "../snippets";

export type DocumentRead =
  | { kind: "document"; file: string; parsed: ParsedDocument; folder: string }
  | { kind: "unreadable"; message: string };

/** In place of a path: Python code on standard input. */
const STANDARD_INPUT = "-";

/** `path` as the person wrote it; it is what the Report calls the file. */
export function readDocument(path: string): DocumentRead {
  const language = path === STANDARD_INPUT ? "python" : documentKind(path);
  if (!language) {
    const what = isFolder(path) ? "is a folder" : "expected a .py, .md or .ipynb file";
    return { kind: "unreadable", message: `${path}: ${what}` };
  }
  let text: string;
  try {
    const bytes = readFileSync(path === STANDARD_INPUT ? 0 : path);
    text = withoutBom(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    return { kind: "unreadable", message: `${path}: ${reason(error)}` };
  }
  const folder = dirname(path);
  const file = path === STANDARD_INPUT ? "<stdin>" : path;
  if (language === "notebook") {
    const read = readNotebookJson(text);
    if (read.kind === "unreadable") return { kind: "unreadable", message: `${path}: ${read.message}` };
    return { kind: "document", file: path, folder, parsed: parseDocument("notebook", read.cells) };
  }
  const parsed = parseDocument(language, text);
  if (language === "python" && parsed.snippets.length === 0 && parsed.problems.length === 0) {
    parsed.snippets.push({ ...wholeFile(text), title: basename(file) });
  }
  return { kind: "document", file, folder, parsed };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** A system's error in words; its codes are for programs. */
function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return "there is no such file";
    case "EISDIR":
      return "is a folder";
    case "EACCES":
    case "EPERM":
      return "may not be read";
    case "ERR_ENCODING_INVALID_ENCODED_DATA":
      return "is not UTF-8 text";
    default:
      return message;
  }
}

/** Folders that hold no modules of a lesson, or far too many. */
const SKIPPED = new Set(["node_modules", "__pycache__", "site-packages", "dist", "build", "venv", "env"]);

export interface SiblingLimits {
  fileBytes: number;
  totalBytes: number;
  files: number;
  depth: number;
}
export const SIBLING_LIMITS: SiblingLimits = {
  fileBytes: 512 * 1024,
  totalBytes: 4 * 1024 * 1024,
  files: 200,
  depth: 3,
};

/** The .py files beside a document and in packages below it, until a limit is reached. */
export function readSiblings(path: string, limits: SiblingLimits = SIBLING_LIMITS): SiblingFile[] {
  const top = dirname(path);
  const own = basename(path);
  const found: SiblingFile[] = [];
  let left = limits.totalBytes;

  function visit(folder: string, depth: number): void {
    if (found.length >= limits.files || left <= 0) return;
    let entries: import("node:fs").Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch {
      // A folder that may not be read holds nothing that could be imported.
      return;
    }
    for (const entry of entries) {
      if (!entry.isFile() || !entry.name.endsWith(".py") || found.length >= limits.files) continue;
      if (folder === top && entry.name === own) continue;
      const file = join(folder, entry.name);
      try {
        const { size } = statSync(file);
        if (size > limits.fileBytes || size > left) continue;
        const text = withoutBom(readFileSync(file, "utf8"));
        left -= size;
        found.push({ path: relative(top, file).split(sep).join("/"), text });
      } catch {
        // It went away, or may not be read: then it cannot be imported either.
      }
    }
    if (depth >= limits.depth) return;
    for (const entry of entries) {
      if (!entry.isDirectory() || entry.name.startsWith(".") || SKIPPED.has(entry.name)) continue;
      // Only what can be imported: a package, or a folder that holds modules.
      visit(join(folder, entry.name), depth + 1);
    }
  }

  visit(top, 0);
  return found;
}
