// Saves a snippet's graph: text formats are made here, pictures by the inspector's page.
import * as vscode from "vscode";
import type { ExportFormat } from "../../engine/protocol/inspectorApi";
import type { SnippetReport } from "../../engine/protocol/report";
import { toDot, toJson, toMermaid } from "../../webview/export/text";
import { buildModel } from "../../webview/graph/model";
import { fileName, type OpenDocument } from "../sessions";
import { displayTitle, type SnippetView } from "../view/documentView";
import type { Inspector } from "./inspector";

const FORMATS: Record<ExportFormat, { label: string; extension: string; description: string }> = {
  svg: { label: "SVG", extension: "svg", description: "a picture that scales" },
  png: { label: "PNG", extension: "png", description: "a picture for documents" },
  "svg-print": { label: "SVG for Print", extension: "svg", description: "dark on white" },
  "png-print": { label: "PNG for Print", extension: "png", description: "dark on white" },
  dot: { label: "DOT", extension: "dot", description: "for Graphviz" },
  mermaid: { label: "Mermaid", extension: "mmd", description: "for Markdown files" },
  json: { label: "JSON", extension: "json", description: "everything that is known of the snippet" },
};

export interface ExportRequest {
  format?: ExportFormat;
  /** Where to save to, without asking. */
  uri?: string;
}

/** Answers where the file was saved; undefined where the user changed their mind. */
export async function exportGraph(
  inspector: Inspector,
  source: { entry: OpenDocument; snippet: SnippetView },
  request: ExportRequest,
): Promise<vscode.Uri | undefined> {
  const { original } = source.snippet;
  if (!original)
    throw new Error(`${displayTitle(source.snippet)} has not run yet, so there is no graph to save.`);
  const format = request.format ?? (await pickFormat());
  if (!format) return undefined;
  const uri = request.uri ? vscode.Uri.parse(request.uri) : await pickFile(source, format);
  if (!uri) return undefined;
  await vscode.workspace.fs.writeFile(uri, await contentOf(inspector, original, format));
  return uri;
}

async function contentOf(
  inspector: Inspector,
  report: SnippetReport,
  format: ExportFormat,
): Promise<Uint8Array> {
  const encode = (text: string) => new TextEncoder().encode(text);
  switch (format) {
    case "dot":
      return encode(toDot(buildModel(report), "TB"));
    case "mermaid":
      return encode(toMermaid(buildModel(report), "TB"));
    case "json":
      return encode(toJson(report));
    case "svg":
    case "svg-print":
      return encode(await inspector.picture(format));
    case "png":
    case "png-print":
      return Buffer.from(await inspector.picture(format), "base64");
    default:
      return format satisfies never;
  }
}

async function pickFormat(): Promise<ExportFormat | undefined> {
  const items = (Object.keys(FORMATS) as ExportFormat[]).map((format) => ({ ...FORMATS[format], format }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: "Save the graph as" });
  return picked?.format;
}

function pickFile(source: { entry: OpenDocument; snippet: SnippetView }, format: ExportFormat) {
  const { label, extension } = FORMATS[format];
  const { uri } = source.entry.document;
  const stem = `${fileName(uri).replace(/\.[^.]*$/, "")}-${displayTitle(source.snippet)}`;
  const name = `${stem.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "")}.${extension}`;
  const folder =
    uri.scheme === "untitled" ? vscode.workspace.workspaceFolders?.[0]?.uri : vscode.Uri.joinPath(uri, "..");
  const options: vscode.SaveDialogOptions = {
    title: `Save the graph as ${label}`,
    filters: { [label]: [extension] },
  };
  if (folder) options.defaultUri = vscode.Uri.joinPath(folder, name);
  return vscode.window.showSaveDialog(options);
}
