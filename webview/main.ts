// The entry of the inspector's webview: connects the panel with the extension.
//
// The page around it is the extension's. It needs
//   <link rel="stylesheet" href="{webview uri of dist/webview/main.css}">
//   <script type="module" nonce="{nonce}" src="{webview uri of dist/webview/main.js}"></script>
//   <body data-layout-worker="{webview uri of dist/webview/layoutWorker.js}" data-place="view|panel">
// (its content is made here) and this policy, cspSource being webview.cspSource:
//   default-src 'none';
//   script-src 'nonce-{nonce}' 'wasm-unsafe-eval';   Graphviz is WebAssembly; the layout worker inherits this policy
//   style-src {cspSource};                           no inline styles: what is computed is set through the CSSOM
//   connect-src {cspSource};                         the layout worker's script is fetched once,
//   worker-src blob:;                                since a webview may start workers from blobs only
//   img-src data:;                                   the PNG export draws the SVG as an image
// `localResourceRoots` has to hold dist/webview. No font, no icon and nothing from elsewhere is loaded.
// Messages are those of engine/protocol/rpc.ts over postMessage, the webview offering InspectorApi.
// When its content has been loaded it calls `ready()`, and expects `show(state)` then.
import "./main.css";
import type { InspectorHostApi } from "../engine/protocol/inspectorApi";
import { connect, type Port } from "../engine/protocol/rpc";
import { App } from "./app";
import { h } from "./dom";
import { LayoutClient, workerStarter } from "./graph/layoutClient";
import { recall } from "./panel/memory";

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

const vscode = acquireVsCodeApi();
const root = h("div", { id: "app" });
document.body.append(root);

const port: Port = {
  post: (message) => vscode.postMessage(message),
  listen(handler) {
    const listener = (event: MessageEvent): void => handler(event.data);
    window.addEventListener("message", listener);
    return () => window.removeEventListener("message", listener);
  },
};

// The app needs the host to call and the host needs the app to answer: calls go through to it once it is there.
const local: { app?: App } = {};
const { remote: host } = connect<InspectorHostApi>(
  port,
  {
    show: (...args: Parameters<App["show"]>) => local.app?.show(...args),
    follow: (...args: Parameters<App["follow"]>) => local.app?.follow(...args),
    select: (...args: Parameters<App["select"]>) => local.app?.select(...args),
    exportGraph: (...args: Parameters<App["exportGraph"]>) => local.app?.exportGraph(...args),
  },
  ["ready", "choose", "reveal", "highlight", "save", "copy", "runCommand", "share", "cancelQuestion"],
);
local.app = new App({
  root,
  host,
  layouts: new LayoutClient(workerStarter(document.body.dataset.layoutWorker ?? "")),
  memory: recall(vscode.getState()),
  remember: (memory) => vscode.setState(memory),
});
host.ready();
