// Files beside a document that its snippets import, read as text. Which names code imports is decided here, purely;
// where files come from is the caller's.
import type { SiblingFile } from "../engine/protocol/engineApi";

/** Where files are read from: paths are relative to the document's folder, with forward slashes. */
export interface SiblingSource {
  /** The text, or undefined where there is no such file. */
  read(path: string): Promise<string | undefined>;
  /** The Python files in a folder and below; empty where there is no such folder. */
  list(folder: string): Promise<string[]>;
}

export const MAX_SIBLING_CHARACTERS = 2_000_000;
export const MAX_SIBLING_FILES = 200;

export interface Siblings {
  files: SiblingFile[];
  /** Paths left out because the limits were reached. */
  left: string[];
}

/** At the start of a line, or behind a semicolon. */
const IMPORT =
  /(?:^|;)[^\S\n]*(?:from[^\S\n]+([\p{L}\p{N}_][\p{L}\p{N}_.]*)[^\S\n]+import\b|import[^\S\n]+([^#\n;]+))/gmu;

/** The first parts of the module names that code imports: "model" of `from model.net import Net`. */
export function importedNames(code: string): string[] {
  const names = new Set<string>();
  for (const match of code.matchAll(IMPORT)) {
    const modules = match[1] === undefined ? (match[2] ?? "").split(",") : [match[1]];
    for (const module of modules) {
      const name = /^\s*([\p{L}\p{N}_]+)/u.exec(module)?.[1];
      if (name) names.add(name);
    }
  }
  return [...names];
}

/** Everything that the codes import from beside the document, and what those files import in turn. */
export async function siblingsOf(codes: readonly string[], source: SiblingSource): Promise<Siblings> {
  const files: SiblingFile[] = [];
  const left: string[] = [];
  const seen = new Set<string>();
  let characters = 0;
  const wanted = codes.flatMap(importedNames);
  for (let name = wanted.shift(); name !== undefined; name = wanted.shift()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const single = `${name}.py`;
    const paths = (await source.read(single)) === undefined ? await source.list(name) : [single];
    for (const path of paths) {
      const text = await source.read(path);
      if (text === undefined) continue;
      if (files.length >= MAX_SIBLING_FILES || characters + text.length > MAX_SIBLING_CHARACTERS) {
        left.push(path);
        continue;
      }
      characters += text.length;
      files.push({ path, text });
      wanted.push(...importedNames(text));
    }
  }
  return { files, left };
}

/** Whether a changed file may matter to code that imports these names. */
export function mayMatter(path: string, names: ReadonlySet<string>): boolean {
  const first = path.split("/")[0] ?? "";
  return names.has(first.replace(/\.py$/, "")) && path.endsWith(".py");
}
