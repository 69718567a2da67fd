// What the inspector is told to show: a function of the chosen snippet, and the words for when there is none. Pure.
import type { InspectorState, Selection } from "../../engine/protocol/inspectorApi";
import type { Position } from "../../engine/protocol/report";
import { COMMANDS } from "../commandIds";
import { type DocumentView, displayTitle, type SnippetView } from "./documentView";
import { smaller } from "./edits";
import { backwardCallAt, tensorAt } from "./hover";

export interface InspectorInput {
  file: string;
  view: DocumentView | undefined;
  chosen: number;
  /** A run that lasts long enough to be shown. */
  running: boolean;
}

export function inspectorState({ file, view, chosen, running }: InspectorInput): InspectorState {
  const snippets = view?.snippets ?? [];
  const snippet = snippets[chosen];
  const message = messageFor(view, snippet);
  return {
    file,
    titles: snippets.map(displayTitle),
    chosen,
    snippet: snippet?.original ?? null,
    runId: snippet?.runId ?? 0,
    stale: snippet?.stale ?? false,
    running: running && (snippet?.running ?? false),
    ...(message ? { message } : {}),
  };
}

function messageFor(
  view: DocumentView | undefined,
  snippet: SnippetView | undefined,
): InspectorState["message"] {
  if (!view || view.snippets.length === 0) {
    return {
      text: "No annotated PyTorch code here. Begin a cell of a Python file with `# %% [grad]`, or a Markdown fence with ```python grad.",
      command: COMMANDS.runSelection,
      commandTitle: "Run the code at the cursor",
    };
  }
  if (!view.trusted) {
    return {
      text: "Nothing runs here, since this workspace is not trusted.",
      command: COMMANDS.manageTrust,
      commandTitle: "Manage workspace trust",
    };
  }
  if (!snippet) return { text: "Choose a snippet." };
  if (snippet.crashed !== null)
    return { text: `The engine broke down while this snippet ran: ${snippet.crashed}` };
  if (snippet.original) return undefined;
  if (snippet.syntaxError) return { text: `${snippet.syntaxError.type}: ${snippet.syntaxError.message}` };
  if (snippet.running) return { text: "Running for the first time." };
  return { text: "This snippet has not run yet.", command: COMMANDS.runSnippet, commandTitle: "Run" };
}

/** What is sent is what differs: two states with the same key look the same. */
export function stateKey(state: InspectorState): string {
  const { snippet: _snippet, ...rest } = state;
  return JSON.stringify(rest);
}

/** The tensor at the cursor, for the graph to show; at a backward call, the tensor that it starts from. */
export function selectionAt(snippet: SnippetView | undefined, at: Position): Selection {
  if (!snippet?.report) return null;
  const found = tensorAt(snippet.report, at);
  const call = backwardCallAt(snippet.report, at);
  const root = call && (!found || !smaller(found.range, call.site.range)) ? call.roots[0] : undefined;
  const id = root ?? found?.tensor.id;
  return id === undefined ? null : { kind: "tensor", id };
}
