// What the inspector costs in a real browser: from the report's arrival to the drawn graph, frames while it is
// panned and zoomed, and the layout of the same graphs by other libraries.
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { SnippetReport } from "../../engine/protocol/report";
import { cardOf } from "../../webview/graph/card";
import type { LayoutInput } from "../../webview/graph/geometry";
import { buildModel } from "../../webview/graph/model";
import { builtEngine, engineIn, requestOf } from "../support/engine";
import { large, layered } from "../webview/fixtures/reports";
import { type Inspector, openInspector, serve } from "../webview/harness/inspector";

export interface BenchOptions {
  root: string;
  browser: Browser;
  print(line: string): void;
}

interface Case {
  name: string;
  report: SnippetReport;
  /** Milliseconds that it should take from the report to the drawing. */
  goal: number | null;
}

/** More than 20,000 operators, which the engine records and folds by their places; what is left is drawn. */
const recorded = [
  "x = torch.ones(4, requires_grad=True)",
  "h = x",
  "for step in range(5000):",
  "    a = h * 0.5",
  "    b = a + x",
  "    c = torch.tanh(b)",
  "    h = c * 0.9 + a",
  "h.sum().backward()",
].join("\n");

const cases: Case[] = [
  { name: "300 nodes", report: large(200), goal: 300 },
  { name: "3,000 nodes in modules", report: layered(500), goal: 1000 },
  { name: "3,000 nodes without modules", report: large(2250), goal: null },
  // More than is laid out at once: what is near the result is drawn, the table has all.
  { name: "20,000 nodes without modules", report: large(15_000), goal: null },
];

export async function bench({ root, browser, print }: BenchOptions): Promise<void> {
  const { url, server } = await serve();
  try {
    print(
      "from the report to the drawn graph (median of 3), the first time and after a change; frames while it moves",
    );
    for (const one of cases) print(await measure(browser, url, one));
    const report = await recordedReport();
    const size = `${Math.round(JSON.stringify(report).length / 2 ** 10)} KiB of report`;
    print(await measure(browser, url, { name: `25,000 operators recorded (${size})`, report, goal: null }));
    print("");
    print("layout alone, milliseconds (median of 3)");
    print(["graph", "nodes", "edges", "graphviz", "dagre", "elk"].join("\t"));
    for (const report of [large(35), large(200), large(2250)]) print(await layouts(root, browser, report));
  } finally {
    server.close();
  }
}

async function recordedReport(): Promise<SnippetReport> {
  const engine = engineIn(builtEngine);
  try {
    const outcome = await engine.run(requestOf([recorded], { limits: { records: 20_000 } }));
    const report = outcome.kind === "report" ? outcome.report.snippets[0] : undefined;
    if (report === undefined || report.status !== "ok") throw new Error("the recorded program did not run");
    return report;
  } finally {
    engine.dispose();
  }
}

const median = (list: number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? 0;
const ms = (n: number): string => `${Math.round(n)} ms`;

async function measure(browser: Browser, url: string, { name, report, goal }: Case): Promise<string> {
  const first: number[] = [];
  const again: number[] = [];
  let last: Inspector | null = null;
  for (let n = 0; n < 3; n++) {
    await last?.close();
    last = await openInspector(browser, url, { width: 900, height: 800, reducedMotion: false });
    await last.page.waitForTimeout(1000);
    first.push(await drawn(last, report));
    again.push(
      await drawn(last, { ...report, tensors: report.tensors.map((t) => ({ ...t, value: [1, 2, 3.5] })) }),
    );
  }
  if (last === null) return name;
  const nodes = await last.page.locator(".canvas .node").count();
  const frames = await moving(last.page);
  const heap = await last.page.evaluate(
    () => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0,
  );
  await last.close();
  const met = goal === null ? "" : median(first) < goal ? ` (below ${goal})` : ` (GOAL ${goal} MISSED)`;
  return `${name}: ${ms(median(first))}${met}, then ${ms(median(again))}; ${frames}; ${nodes} nodes in the document, heap ${Math.round(heap / 2 ** 20)} MiB`;
}

/** Sent as the extension sends it; the clock is the page's. */
function drawn(inspector: Inspector, report: SnippetReport): Promise<number> {
  const state: object = {
    file: "bench.py",
    titles: [report.title],
    chosen: 0,
    snippet: report,
    runId: Math.random(),
    stale: false,
    running: false,
  };
  return inspector.page.evaluate(
    async (message) => {
      const app = document.getElementById("app");
      const before = Number(app?.dataset.drawn ?? 0);
      const start = performance.now();
      window.postMessage(message, "*");
      for (;;) {
        await new Promise((resolve) => requestAnimationFrame(resolve));
        if (Number(app?.dataset.drawn ?? 0) > before) return performance.now() - start;
        if (performance.now() - start > 60_000) return Number.NaN;
      }
    },
    { rpc: "notice", method: "show", args: [state] },
  );
}

/** Two seconds of panning, two of zooming; a frame that takes longer than two of sixty a second is late. */
async function moving(page: Page): Promise<string> {
  const [pan, zoom] = await page.evaluate(async () => {
    const canvas = document.querySelector(".canvas") as Element;
    const run = async (event: (n: number) => WheelEventInit): Promise<string> => {
      const times: number[] = [];
      const start = performance.now();
      let n = 0;
      let before = start;
      while (performance.now() - start < 2000) {
        const init = { bubbles: true, cancelable: true, clientX: 400, clientY: 400, ...event(n++) };
        canvas.dispatchEvent(new WheelEvent("wheel", init));
        await new Promise((resolve) => requestAnimationFrame(resolve));
        times.push(performance.now() - before);
        before = performance.now();
      }
      const late = times.filter((time) => time > 1000 / 30).length;
      return `${Math.round((times.length / (before - start)) * 1000)} frames/s, ${late} late`;
    };
    const panned = await run((k) => ({ deltaX: 12 * Math.sin(k / 20), deltaY: 20 * Math.cos(k / 35) }));
    const zoomed = await run((k) => ({ ctrlKey: true, deltaY: 8 * Math.sin(k / 25) }));
    return [panned, zoomed];
  });
  return `pan ${pan}; zoom ${zoom}`;
}

function inputOf(report: SnippetReport): LayoutInput {
  const model = buildModel(report);
  const width = (text: string): number => text.length * 7;
  return {
    direction: "TB",
    room: { width: 900, height: 700 },
    before: null,
    nodes: model.nodes.map((view) => {
      const card = cardOf(view, width);
      return { key: view.key, width: card.width, height: card.height };
    }),
    edges: model.edges.map(({ key, from, to }) => ({ key, from, to })),
  };
}

interface Layouts {
  graphviz(input: LayoutInput): Promise<number>;
  dagre(input: LayoutInput): Promise<number>;
  elk(input: LayoutInput): Promise<number>;
}

async function layouts(root: string, browser: Browser, report: SnippetReport): Promise<string> {
  const esbuild = await import("esbuild");
  const { outputFiles } = await esbuild.build({
    entryPoints: [join(root, "test/bench/layouts.ts")],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "layouts",
    platform: "browser",
    target: "es2022",
    logLevel: "silent",
  });
  const page = await browser.newPage();
  await page.addScriptTag({ content: outputFiles[0]?.text ?? "" });
  const input = inputOf(report);
  const row = [report.title, String(input.nodes.length), String(input.edges.length)];
  for (const name of ["graphviz", "dagre", "elk"] as const) {
    const times: number[] = [];
    let failure: string | null = null;
    for (let n = 0; n < 3; n++) {
      const time = await page.evaluate(
        ([which, graph]) =>
          (window as unknown as { layouts: Layouts }).layouts[which as keyof Layouts](
            graph as LayoutInput,
          ).catch((error: unknown) => String(error)),
        [name, input] as const,
      );
      if (typeof time === "string") {
        failure = time;
        break;
      }
      times.push(time);
    }
    row.push(failure ?? String(Math.round(median(times))));
  }
  await page.close();
  return row.join("\t");
}
