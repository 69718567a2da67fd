// A part of the graph: what leads to a node, what it leads to, or what a search has found. Pure.
import { append } from "../collections";
import type { GraphModel } from "./model";

export type Way = "ancestors" | "descendants" | "both";

/** The node itself and all that its data come from, or go to. */
export function reach(model: GraphModel, key: string, way: Way): Set<string> {
  const found = new Set<string>([key]);
  if (way !== "descendants") follow(model, key, found, "to", "from");
  if (way !== "ancestors") follow(model, key, found, "from", "to");
  return found;
}

function follow(
  model: GraphModel,
  key: string,
  found: Set<string>,
  at: "from" | "to",
  to: "from" | "to",
): void {
  const next = new Map<string, string[]>();
  for (const edge of model.edges) {
    if (edge.kind === "write") continue;
    append(next, edge[at], edge[to]);
  }
  const waiting = [key];
  const seen = new Set(waiting);
  for (let here = waiting.pop(); here !== undefined; here = waiting.pop()) {
    for (const other of next.get(here) ?? []) {
      if (seen.has(other)) continue;
      seen.add(other);
      found.add(other);
      waiting.push(other);
    }
  }
}

/** The model with these nodes alone and the edges between them. */
export function subset(model: GraphModel, keys: ReadonlySet<string>): GraphModel {
  const byKey = new Map([...model.byKey].filter(([key]) => keys.has(key)));
  return {
    nodes: model.nodes.filter(({ key }) => keys.has(key)),
    edges: model.edges.filter(({ from, to }) => keys.has(from) && keys.has(to)),
    byKey,
    byTensor: new Map([...model.byTensor].filter(([, key]) => keys.has(key))),
    byNode: new Map([...model.byNode].filter(([, key]) => keys.has(key))),
  };
}

/** Of a graph that is too large to be drawn: the nodes that are the fewest steps from where backward started. */
export function nearest(model: GraphModel, most: number): Set<string> {
  const before = new Map<string, string[]>();
  const passing = new Set<string>();
  for (const { kind, from, to } of model.edges) {
    if (kind === "write") continue;
    append(before, to, from);
    passing.add(from);
  }
  const roots = model.nodes.filter((view) => view.failing !== null || ("root" in view && view.root));
  // Without a backward call: whatever leads to nothing else.
  const start = roots.length > 0 ? roots : model.nodes.filter(({ key }) => !passing.has(key));
  const found = new Set(start.slice(-most).map(({ key }) => key));
  let edge = [...found];
  while (edge.length > 0 && found.size < most) {
    const next: string[] = [];
    for (const key of edge) {
      for (const other of before.get(key) ?? []) {
        if (found.has(other) || found.size >= most) continue;
        found.add(other);
        next.push(other);
      }
    }
    edge = next;
  }
  return found;
}
