// Where an arrow key leads: along an edge when one leads that way, else to the nearest node there. Pure.
import { type Box, centre, type Layout } from "./geometry";
import type { DrawnModel } from "./groups";

export type Arrow = "left" | "right" | "up" | "down";

const ways: Record<Arrow, { x: number; y: number }> = {
  left: { x: -1, y: 0 },
  right: { x: 1, y: 0 },
  up: { x: 0, y: -1 },
  down: { x: 0, y: 1 },
};

/** How far `to` lies in the direction, sideways distance counted double; null when it does not lie there. */
function distance(from: Box, to: Box, arrow: Arrow, spread: number): number | null {
  const a = centre(from);
  const b = centre(to);
  const way = ways[arrow];
  const ahead = (b.x - a.x) * way.x + (b.y - a.y) * way.y;
  const aside = Math.abs((b.x - a.x) * way.y) + Math.abs((b.y - a.y) * way.x);
  if (ahead <= 1 || aside > ahead * spread + 1) return null;
  return ahead + 2 * aside;
}

function nearest(
  layout: Layout,
  key: string,
  keys: Iterable<string>,
  arrow: Arrow,
  spread: number,
): string | null {
  const from = layout.boxes[key];
  if (from === undefined) return null;
  let best: string | null = null;
  let least = Infinity;
  for (const other of keys) {
    const box = layout.boxes[other];
    if (other === key || box === undefined) continue;
    const far = distance(from, box, arrow, spread);
    if (far !== null && far < least) [best, least] = [other, far];
  }
  return best;
}

export function neighbour(
  model: Pick<DrawnModel, "nodes" | "edges" | "byKey">,
  layout: Layout,
  key: string,
  arrow: Arrow,
): string | null {
  const connected: string[] = [];
  for (const edge of model.edges) {
    if (edge.from === key) connected.push(edge.to);
    if (edge.to === key) connected.push(edge.from);
  }
  return (
    nearest(layout, key, connected, arrow, 2.5) ??
    nearest(layout, key, model.byKey.keys(), arrow, 1) ??
    nearest(layout, key, model.byKey.keys(), arrow, 4)
  );
}

/** In reading order of the layout, for Home and End and for the first Tab into the graph. */
export function inOrder(model: Pick<DrawnModel, "nodes" | "edges" | "byKey">, layout: Layout): string[] {
  const [main, cross] = layout.direction === "LR" ? (["x", "y"] as const) : (["y", "x"] as const);
  const at = (key: string, axis: "x" | "y"): number => layout.boxes[key]?.[axis] ?? 0;
  return model.nodes
    .map((node) => node.key)
    .sort((a, b) => at(a, main) - at(b, main) || at(a, cross) - at(b, cross));
}
