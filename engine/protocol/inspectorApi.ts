// What the inspector's webview and the extension say to each other. Plain data, imports only the Report.
//
// The page is the extension's: main.css, main.js (a module) and <body data-layout-worker="URI of layoutWorker.js"
// data-place="view|panel">, whose content the script makes. The worker's script is fetched and started from a blob.
// Its content security policy allows neither inline styles nor inline scripts. Messages are those of rpc.ts through
// postMessage; `ready` is called once, and `show` answers it.
import type { Answer, Question, Tries } from "./experiment";
import type { Elements, NestedValue, NodeId, Range, SnippetReport, TensorId } from "./report";

/** Everything the inspector shows, sent whole at each change. */
export interface InspectorState {
  /** The document, as the user knows it: its file name. */
  file: string;
  /** Titles of all snippets, to choose from. */
  titles: string[];
  chosen: number;
  snippet: SnippetReport | null;
  runId: number;
  /** The text has changed since this report. */
  stale: boolean;
  running: boolean;
  /** Shown instead of a graph when there is no snippet: a sentence and optionally a command. */
  message?: { text: string; command?: string; commandTitle?: string };
}

export type Selection = { kind: "tensor"; id: TensorId } | { kind: "node"; id: NodeId } | null;

/** Pictures are as they are seen, or dark on white for print. */
export type ExportFormat = "svg" | "png" | "svg-print" | "png-print" | "dot" | "mermaid" | "json";

/** What all pages that are open show alike: the view at the side, the editor tab. */
export interface Shared {
  runId: number;
  /** The webview's own key of a node. */
  selected: string | null;
  step: number | null;
  tries: Tries;
}

/** Offered by the webview. */
export interface InspectorApi {
  show(state: InspectorState): void;
  /** Another page was used: do as it did. */
  follow(shared: Shared): void;
  /** The cursor moved in the editor. */
  select(selection: Selection): void;
  /** The file's content as text, or as base64 for "png" and "png-print". */
  exportGraph(format: ExportFormat): Promise<string>;
}

/** Offered by the extension. */
export interface InspectorHostApi {
  ready(): void;
  choose(snippet: number): void;
  /** Go to this place in the code; `focus` moves the keyboard focus there too. */
  reveal(range: Range, focus: boolean): void;
  /** Highlight this place while a timeline step is shown; null ends it. */
  highlight(range: Range | null): void;
  save(format: ExportFormat): void;
  copy(text: string): void;
  /** Makes a script for real PyTorch of the snippet's finding. Answers why not, where that cannot be done. */
  makeScript(runId: number, place: "clipboard" | "editor"): Promise<string | null>;
  /** Tells the other pages. */
  share(shared: Shared): void;
  runCommand(command: string): void;
  elements(runId: number, tensor: TensorId, offset: number, count: number): Promise<Elements>;
  /** Runs the shown snippet once more to answer a question about it. A newer question ends an older one. */
  ask(runId: number, question: Question, tries: Tries): Promise<Answer>;
  /** Ends the question that is being answered. */
  cancelQuestion(): void;
  /** Whether the expression that made a tensor is one that numbers can be written into. */
  canWrite(runId: number, tensor: TensorId): Promise<boolean>;
  /** Writes numbers into the expression that made a tensor. Answers why not, where that cannot be done. */
  writeValue(runId: number, tensor: TensorId, value: NestedValue): Promise<string | null>;
}
