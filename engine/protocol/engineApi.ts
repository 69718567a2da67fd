// What the engine's worker and its host say to each other. Plain data, imports only the Report.
import type { ExperimentRequest } from "./experiment";
import type { Elements, Finding, Range, Report, TensorId } from "./report";

export interface SnippetOptions {
  /** Seconds; absent: RunLimits.seconds. */
  timeout?: number;
  /** false: only run when asked to. */
  live?: boolean;
  /** Own namespace. */
  isolated?: boolean;
}

/** One annotated piece of a document, as engine/snippets found it. */
export interface Snippet {
  title: string;
  /** The code's place in the document, marker line excluded. */
  range: Range;
  /** The marker or fence line. */
  header: Range;
  /** The code, its first line being `range.start.line`; indentation of the fence removed. */
  code: string;
  /** UTF-16 columns removed in front of each line of `code` (a fence in a list). */
  indent: number[];
  /** What was removed there, where it is more than blanks: "> " in a block quote. */
  quote?: string;
  options: SnippetOptions;
}

export interface RunLimits {
  seconds: number;
  tensorBytes: number;
  outputCharacters: number;
  /** Recorded operators kept in full detail per snippet. */
  records: number;
}

/** A file beside the document that the snippets may import: read-only copy. */
export interface SiblingFile {
  /** Relative to the document's folder, with forward slashes. */
  path: string;
  text: string;
}

export interface RunRequest {
  runId: number;
  file: string;
  version: number;
  snippets: Snippet[];
  /** Notebooks only: where the cells stand in the text. What the report says in words speaks of cells then. */
  cells?: CellPlace[];
  /** Findings about the annotations themselves (unclosed fence, unknown option), per snippet index. */
  siblings: SiblingFile[];
  limits: RunLimits;
  /** Not a run of its own: a question about an earlier one, answered in the report of the snippet asked about. */
  experiment?: ExperimentRequest;
}

export type RunOutcome = { kind: "report"; report: Report } | { kind: "crashed"; message: string };

export interface EngineInfo {
  torch: string;
  python: string;
  /** Milliseconds until ready, and whether a snapshot was used. */
  startMilliseconds: number;
  fromSnapshot: boolean;
}

/** Offered by the worker. */
export interface EngineApi {
  info(): Promise<EngineInfo>;
  run(request: RunRequest): Promise<RunOutcome>;
  /** A page of a tensor of the last run: elements [offset, offset + count) in row-major order. */
  elements(runId: number, tensor: TensorId, offset: number, count: number): Promise<Elements>;
}

/** Offered by the host to the worker. */
export interface EngineHostApi {
  /** A snippet has finished while later ones still run. */
  progress(runId: number, snippetIndex: number): void;
  log(line: string): void;
}

/** What engine/snippets returns for a document's text. */
export interface ParsedDocument {
  snippets: Snippet[];
  /** Clear words about a malformed annotation, at its place. */
  problems: Finding[];
  /**
   * Notebooks only. Their Python cells, laid one below the other, make one text, and all ranges speak of that
   * text; this says where each cell stands in it.
   */
  cells?: CellPlace[];
}

/** Where a notebook's cell stands in the notebook's text. */
export interface CellPlace {
  /** Index among all cells of the notebook. */
  cell: number;
  /** Its first line. */
  line: number;
  lineCount: number;
}
