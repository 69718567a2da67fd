// What every feature is a function of: a document's snippets and the reports that belong to them, in places of
// the present text. Plain data; the report store makes it.
import type { FinishedRun } from "../../engine/fixes";
import type { SnippetOptions } from "../../engine/protocol/engineApi";
import type { Finding, Range, SnippetReport, TensorId } from "../../engine/protocol/report";

/**
 * A snippet's report with its places moved to the present text. The graph and the timeline stay in the places
 * of the text that ran and are therefore not here: `SnippetView.original` has them.
 */
export type LiveReport = Omit<SnippetReport, "graph" | "timeline" | "diagnostics"> & {
  diagnostics: LiveFinding[];
  /** Lines that made a named tensor with a gradient. They move as lines, so that typing does not make them jump. */
  gradLines: GradLine[];
};

/** `found` is the finding in the places of the text that ran: the one whose candidates can be tried. */
export type LiveFinding = Finding & { found?: Finding };

/** A run that has ended, and which of its snippets is meant. */
export interface RunOrigin {
  run: FinishedRun;
  index: number;
}

export interface GradLine {
  line: number;
  name: string;
  tensor: TensorId;
}

export interface SnippetView {
  index: number;
  /** As written; `displayTitle` gives one that is never empty. */
  title: string;
  header: Range;
  range: Range;
  options: SnippetOptions;
  /** Not annotated: it ran because somebody asked. */
  adHoc: boolean;
  running: boolean;
  /** What the run that is under way has printed so far. */
  printed: SnippetReport["output"] | null;
  /** The last result worth showing, if there is one. */
  report: LiveReport | null;
  /** The same in the places of the text that ran, with graph and timeline. */
  original: SnippetReport | null;
  runId: number;
  /** The run that the report comes from, once it has ended. */
  origin: RunOrigin | null;
  /** The text, or text that it builds on, has changed since. */
  stale: boolean;
  /** The present text cannot be compiled; `report` is then of an earlier text. */
  syntaxError: { type: string; message: string; range: Range } | null;
  /** The worker broke down while this text ran. */
  crashed: string | null;
}

export interface DocumentView {
  snippets: SnippetView[];
  /** What is wrong with the annotations. */
  problems: Finding[];
  /** False: nothing may run, since the workspace is not trusted. */
  trusted: boolean;
}

export function displayTitle(snippet: { title: string; index: number }): string {
  return snippet.title || `Snippet ${snippet.index + 1}`;
}

export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "4 ms", "0.3 ms", "2.4 s". */
export function duration(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  if (milliseconds >= 1) return `${Math.round(milliseconds)} ms`;
  return `${Math.max(0.1, Number(milliseconds.toFixed(1)))} ms`;
}
