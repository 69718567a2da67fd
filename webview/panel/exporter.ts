// From a format's name to its content, for saving and for copying.
import type { ExportFormat } from "../../engine/protocol/inspectorApi";
import type { SnippetReport } from "../../engine/protocol/report";
import { toBase64, toPng, toSvg } from "../export/picture";
import { toDot, toJson, toMermaid } from "../export/text";
import type { Direction } from "../graph/geometry";
import type { GraphModel } from "../graph/model";
import type { GraphView } from "../graph/view";

export interface Exportable {
  snippet: SnippetReport | null;
  model: GraphModel;
  direction: Direction;
  graph: GraphView;
}

/** Text, or base64 for "png" and "png-print". */
export async function exported(format: ExportFormat, from: Exportable): Promise<string> {
  if (from.snippet === null) throw new Error("There is no graph to export.");
  switch (format) {
    case "dot":
      return toDot(from.model, from.direction);
    case "mermaid":
      return toMermaid(from.model, from.direction);
    case "json":
      return toJson(from.snippet);
    case "svg":
    case "svg-print":
      return picture(from, from.snippet, format === "svg-print");
    case "png":
    case "png-print":
      return toBase64(await toPng(picture(from, from.snippet, format === "png-print")));
    default:
      return format satisfies never;
  }
}

const picture = (from: Exportable, snippet: SnippetReport, print = false): string =>
  from.graph.withEverything((world, size) => toSvg(world, size, snippet.title, print));

export async function copyImage(from: Exportable): Promise<void> {
  if (from.snippet === null) return;
  const png = await toPng(picture(from, from.snippet));
  await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
}
