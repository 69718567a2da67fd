// The HTML page of the inspector. Its content is the webview's; the content security policy is decided here.
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

export function pageFolder(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, "dist", "webview");
}

/** `place` tells the page whether it is the narrow view at the side or an editor tab. */
export function inspectorHtml(
  webview: vscode.Webview,
  extension: vscode.Uri,
  place: "view" | "panel",
): string {
  const nonce = randomBytes(16).toString("base64");
  const uri = (name: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(pageFolder(extension), name)).toString();
  const policy = [
    "default-src 'none'",
    `img-src ${webview.cspSource} data: blob:`,
    `font-src ${webview.cspSource}`,
    `style-src ${webview.cspSource}`,
    // Graphviz is WebAssembly, in a worker that starts from a blob.
    `script-src 'nonce-${nonce}' 'wasm-unsafe-eval'`,
    "worker-src blob:",
    `connect-src ${webview.cspSource}`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="${escapeAttribute(vscode.env.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeAttribute(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeAttribute(uri("main.css"))}">
<title>Gradient Inspector</title>
</head>
<body data-layout-worker="${escapeAttribute(uri("layoutWorker.js"))}" data-place="${place}">
<script type="module" nonce="${nonce}" src="${escapeAttribute(uri("main.js"))}"></script>
</body>
</html>`;
}

function escapeAttribute(text: string): string {
  return text.replace(/[&"<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
