// The inspector in a real browser, under the page and the policy that the extension gives it, with a
// host that speaks the extension's side of the protocol and writes down what it was asked.
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Answer, Question, Tries } from "../../../engine/protocol/experiment";
import type {
  ExportFormat,
  InspectorApi,
  InspectorHostApi,
  InspectorState,
} from "../../../engine/protocol/inspectorApi";
import type { Elements, SnippetReport } from "../../../engine/protocol/report";
import { connect, type Port } from "../../../engine/protocol/rpc";
import { type ThemeKind, themes } from "./themes";

const dist = join(process.cwd(), "dist", "webview");
const nonce = "0123456789abcdef";
const types: Record<string, string> = { js: "text/javascript", css: "text/css" };

export interface Asked {
  method: keyof InspectorHostApi;
  args: unknown[];
}

export interface Inspector {
  page: Page;
  /** What the webview asked of the extension, in order. */
  asked: Asked[];
  remote: InspectorApi;
  /** Shows a report and waits until its graph is drawn. */
  show(report: SnippetReport | null, more?: Partial<InspectorState>): Promise<void>;
  theme(kind: ThemeKind): Promise<void>;
  /** What the policy refused and what went wrong in the page; has to stay empty. */
  complaints: string[];
  close(): Promise<void>;
}

export interface OpenOptions {
  theme?: ThemeKind;
  width?: number;
  height?: number;
  reducedMotion?: boolean;
  /** What an earlier life of the webview stored. */
  stored?: unknown;
  elements?: (tensor: number, offset: number, count: number) => Elements | Promise<Elements>;
  /** Why a script cannot be had. */
  copyScript?: string;
  /** Whether tensors are made by literals. */
  canWrite?: boolean;
  exportGraph?: (format: ExportFormat) => void;
  /** The engine's answers. */
  ask?: (question: Question, tries: Tries) => Answer | Promise<Answer>;
}

export async function serve(): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    const policy = [
      "default-src 'none'",
      `script-src 'nonce-${nonce}' 'wasm-unsafe-eval'`,
      "style-src 'self'",
      "connect-src 'self'",
      "worker-src blob:",
      "img-src data:",
    ].join("; ");
    if (path === "/") {
      response.writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
      });
      response.end(
        `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Gradient Inspector</title>
<link rel="stylesheet" href="/main.css"><script type="module" nonce="${nonce}" src="/main.js"></script></head>
<body data-layout-worker="/layoutWorker.js" data-place="view"></body></html>`,
      );
      return;
    }
    try {
      const name = path.slice(1).replace(/[^\w.]/g, "");
      const content = readFileSync(join(dist, name));
      response.writeHead(200, {
        "content-type": types[name.split(".").pop() ?? ""] ?? "application/octet-stream",
      });
      response.end(content);
    } catch {
      response.writeHead(404);
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}/`, server };
}

let runId = 0;

export const stateOf = (
  report: SnippetReport | null,
  more: Partial<InspectorState> = {},
): InspectorState => ({
  file: "lesson.py",
  titles: report === null ? [] : [report.title],
  chosen: 0,
  snippet: report,
  runId: ++runId,
  stale: false,
  running: false,
  ...more,
});

export async function openInspector(
  browser: Browser,
  url: string,
  options: OpenOptions = {},
): Promise<Inspector> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 300, height: options.height ?? 720 },
    reducedMotion: options.reducedMotion === false ? "no-preference" : "reduce",
    deviceScaleFactor: 1,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(`console: ${message.text()}`);
  });
  const handlers = new Set<(message: unknown) => void>();
  await page.exposeFunction("toHost", (message: unknown) => {
    for (const handler of handlers) handler(message);
  });
  const theme = themes[options.theme ?? "dark"];
  await page.addInitScript(
    ({ stored, theme: { bodyClass, variables } }) => {
      const scope = window as unknown as Record<string, unknown>;
      let kept: unknown = stored ?? undefined;
      scope.acquireVsCodeApi = () => ({
        postMessage: (message: unknown) => (scope.toHost as (m: unknown) => void)(message),
        getState: () => kept,
        setState: (state: unknown) => {
          kept = JSON.parse(JSON.stringify(state));
          scope.keptState = kept;
        },
      });
      const dress = (): void => {
        document.body.className = bodyClass;
        for (const [name, value] of Object.entries(variables)) {
          document.documentElement.style.setProperty(`--vscode-${name}`, value);
        }
      };
      // Before the module runs, as VS Code does.
      new MutationObserver((_, observer) => {
        if (document.body === null) return;
        observer.disconnect();
        dress();
      }).observe(document, { childList: true, subtree: true });
    },
    { stored: options.stored, theme },
  );

  const asked: Asked[] = [];
  const port: Port = {
    post: (message) => void page.evaluate((m) => window.postMessage(m, "*"), message).catch(() => undefined),
    listen(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
  let isReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });
  const note =
    (method: keyof InspectorHostApi) =>
    (...args: unknown[]): void => {
      asked.push({ method, args });
      if (method === "ready") isReady();
    };
  const host: InspectorHostApi = {
    ready: note("ready"),
    choose: note("choose"),
    reveal: note("reveal"),
    highlight: note("highlight"),
    save: note("save"),
    copy: note("copy"),
    makeScript: async (id, place) => {
      note("makeScript")(id, place);
      return options.copyScript ?? null;
    },
    share: note("share"),
    runCommand: note("runCommand"),
    ask: async (id, question, tries) => {
      note("ask")(id, question, tries);
      return options.ask?.(question, tries) ?? { kind: "refused", why: "nothing is known here" };
    },
    cancelQuestion: note("cancelQuestion"),
    canWrite: async () => options.canWrite ?? true,
    writeValue: async (id, tensor, value) => {
      note("writeValue")(id, tensor, value);
      return null;
    },
    elements: async (id, tensor, offset, count) => {
      note("elements")(id, tensor, offset, count);
      return options.elements?.(tensor, offset, count) ?? { value: null };
    },
  };
  const { remote, close } = connect<InspectorApi>(port, host, ["show", "select", "follow"]);
  await page.goto(url);
  await ready;

  const drawn = (): Promise<number> =>
    page.evaluate(() => Number(document.getElementById("app")?.dataset.drawn ?? 0));
  return {
    page,
    asked,
    remote,
    complaints,
    async show(report, more) {
      const before = await drawn();
      remote.show(stateOf(report, more));
      await page.waitForFunction(
        (n) => Number(document.getElementById("app")?.dataset.drawn ?? 0) > n,
        before,
      );
    },
    theme: (kind) =>
      page.evaluate(({ bodyClass, variables }) => {
        for (const [name, value] of Object.entries(variables)) {
          document.documentElement.style.setProperty(`--vscode-${name}`, value);
        }
        document.body.className = bodyClass;
      }, themes[kind]),
    async close() {
      close("closed");
      await context.close();
    },
  };
}
