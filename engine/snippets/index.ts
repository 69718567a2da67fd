// Text → annotated snippets: the one way to find them, for the editor and the command line alike. Pure.
import type { ParsedDocument } from "../protocol/engineApi";
import type { Finding } from "../protocol/report";
import { markdown } from "./lazyMarkdown";
import { type NotebookCell, parseNotebook } from "./notebook";
import { parsePython } from "./python";

export { splitLines, withoutBom } from "./lines";
export {
  cellAt,
  layCells,
  type NotebookCell,
  type NotebookRead,
  notebookLines,
  readNotebookJson,
} from "./notebook";
export { cellAround, fenceAt, selectedCode, wholeFile } from "./unannotated";

export type DocumentKind = "python" | "markdown" | "notebook";

/**
 * Finds the annotated snippets of a document and what is wrong with its annotations.
 * `source` is the text of a Python or Markdown file, or the cells of a notebook.
 */
export function parseDocument(kind: "notebook", source: readonly NotebookCell[]): ParsedDocument;
export function parseDocument(kind: "python" | "markdown", source: string): ParsedDocument;
export function parseDocument(kind: DocumentKind, source: string | readonly NotebookCell[]): ParsedDocument {
  if (typeof source !== "string") return parseNotebook(source);
  return kind === "markdown" ? markdown().parseMarkdown(source) : parsePython(source);
}

/** The kind of a file by its name; undefined for a file that cannot hold snippets. */
export function documentKind(fileName: string): DocumentKind | undefined {
  const extension = /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase();
  switch (extension) {
    case "py":
    case "pyw":
      return "python";
    case "md":
    case "markdown":
    case "mkd":
    case "mdx":
      return "markdown";
    case "ipynb":
      return "notebook";
    default:
      return undefined;
  }
}

/** The problems that stand on a snippet's header line; every problem stands on one. */
export function problemsOf(parsed: ParsedDocument, snippet: number): Finding[] {
  const header = parsed.snippets[snippet]?.header.start.line;
  return parsed.problems.filter((problem) => problem.range.start.line === header);
}
