// The layout libraries that could be used, each on the same graph: milliseconds in the browser's main thread.
import dagreLibrary from "@dagrejs/dagre";
import { instance } from "@viz-js/viz";
import ElkConstructor from "elkjs/lib/elk.bundled.js";
import type { LayoutInput } from "../../webview/graph/geometry";
import { layOut } from "../../webview/graph/graphviz";

const viz = instance();

async function timed(body: () => unknown): Promise<number> {
  const start = performance.now();
  await body();
  return performance.now() - start;
}

export async function graphviz(input: LayoutInput): Promise<number> {
  const ready = await viz;
  return timed(() => layOut(input, (graph) => ready.renderString(graph, { format: "json0", engine: "dot" })));
}

export async function dagre(input: LayoutInput): Promise<number> {
  const graph = new dagreLibrary.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 16, ranksep: 32 });
  for (const { key, width, height } of input.nodes) graph.setNode(key, { width, height });
  for (const { key, from, to } of input.edges) graph.setEdge(from, to, {}, key);
  return timed(() => dagreLibrary.layout(graph));
}

export async function elk(input: LayoutInput): Promise<number> {
  const graph = {
    id: "root",
    layoutOptions: { "elk.algorithm": "layered", "elk.direction": "DOWN", "elk.edgeRouting": "SPLINES" },
    children: input.nodes.map(({ key, width, height }) => ({ id: key, width, height })),
    edges: input.edges.map(({ key, from, to }) => ({ id: key, sources: [from], targets: [to] })),
  };
  return timed(() => new ElkConstructor().layout(graph));
}
