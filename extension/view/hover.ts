// What a hover over a variable, an expression, an operator or a backward call says. Pure; hover/ has its parts.
import type { Position } from "../../engine/protocol/report";
import type { SnippetView } from "./documentView";
import { smaller } from "./edits";
import { callHover } from "./hover/call";
import type { HoverModel } from "./hover/model";
import { backwardCallAt, tensorAt } from "./hover/places";
import { tensorHover } from "./hover/tensor";

export { hoverMarkdown } from "./hover/markdown";
export type { HoverModel, HoverSection } from "./hover/model";
export { backwardCallAt, tensorAt } from "./hover/places";
export { factsOf } from "./hover/tensor";

/** The hover at a place of the document, from the snippet around it; null where nothing is known. */
export function hoverAt(snippet: SnippetView, at: Position): HoverModel | null {
  const { report } = snippet;
  if (!report) return null;
  const found = tensorAt(report, at);
  const call = backwardCallAt(report, at);
  if (call && (!found || !smaller(found.range, call.site.range))) {
    return callHover(report, call, snippet.stale);
  }
  return found && tensorHover(snippet, report, found);
}
