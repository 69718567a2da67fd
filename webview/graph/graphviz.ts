// Between our layout and Graphviz: boxes of fixed size go in, its "json0" comes out. Used in the worker.
import type { Graph, Subgraph } from "@viz-js/viz";
import { compareUpTo, type Direction, type Layout, type LayoutInput, type Point } from "./geometry";

const pointsPerInch = 72;

export function toGraphviz(input: LayoutInput, direction: Direction): Graph {
  const index = new Map(input.nodes.map((node, i) => [node.key, i]));
  return {
    directed: true,
    graphAttributes: {
      rankdir: direction,
      nodesep: 0.22,
      ranksep: direction === "LR" ? 0.55 : 0.45,
      margin: 0,
      // Beyond this size the last word in placing takes most of the time: 3.7 s for 4,000 nodes, 1 s without.
      ...(input.nodes.length > 800 ? { nslimit: 0.1, mclimit: 0.1 } : {}),
    },
    nodeAttributes: { shape: "box", fixedsize: true, label: "" },
    edgeAttributes: { arrowsize: 0.75 },
    nodes: input.nodes.map((node, i) => ({
      name: String(i),
      attributes: { width: node.width / pointsPerInch, height: node.height / pointsPerInch },
    })),
    subgraphs: clusters(input, index, null),
    edges: input.edges.flatMap((edge, i) => {
      const tail = index.get(edge.from);
      const head = index.get(edge.to);
      if (tail === undefined || head === undefined) return [];
      const attributes = { class: String(i), ...(edge.free ? { constraint: false } : {}) };
      return [{ tail: String(tail), head: String(head), attributes }];
    }),
  };
}

/** Its label is only there for its size: ours is drawn with our font, and never read as Graphviz's notation. */
function clusters(input: LayoutInput, index: Map<string, number>, parent: string | null): Subgraph[] {
  return (input.groups ?? []).flatMap((group, i) => {
    if (group.parent !== parent) return [];
    const nodes = group.nodes.flatMap((key) => (index.has(key) ? [{ name: String(index.get(key)) }] : []));
    return [
      {
        name: `cluster_${i}`,
        graphAttributes: {
          label: "n".repeat(Math.min(28, group.label.length + 3)),
          labeljust: "l",
          fontname: "Courier",
          fontsize: 12,
          margin: 10,
        },
        nodes,
        subgraphs: clusters(input, index, group.key),
      },
    ];
  });
}

/** How much larger the other direction has to be before a graph is turned that was drawn already. */
const worthTurning = 1.25;

/** Lays out in the wanted direction, or in the one that shows it larger. */
export function layOut(input: LayoutInput, run: (graph: Graph) => string): Layout {
  const lay = (direction: Direction): Layout =>
    fromGraphviz(run(toGraphviz(input, direction)), input, direction);
  if (input.direction !== "auto") return lay(input.direction);
  const { width, height } = input.room;
  if (input.nodes.length > compareUpTo) return lay(input.before ?? (width > height * 1.2 ? "LR" : "TB"));
  const scaleOf = (layout: Layout): number => Math.min(1, width / layout.width, height / layout.height);
  const down = lay("TB");
  const across = lay("LR");
  const [kept, other] = input.before === "LR" ? [across, down] : [down, across];
  const least = input.before === null ? 1.05 : worthTurning;
  return scaleOf(other) > scaleOf(kept) * least ? other : kept;
}

interface Json0 {
  bb: string;
  objects?: { name: string; pos?: string; bb?: string }[];
  edges?: { class: string; pos?: string }[];
}

/** Graphviz counts from the bottom left. */
export function fromGraphviz(json: string, input: LayoutInput, direction: Direction): Layout {
  const parsed = JSON.parse(json) as Json0;
  const [, , width = 0, height = 0] = parsed.bb.split(",").map(Number);
  const layout: Layout = { direction, width, height, boxes: {}, splines: {}, frames: {} };
  const point = (text: string): Point => {
    const [x = 0, y = 0] = text.split(",").map(Number);
    return { x, y: height - y };
  };
  for (const object of parsed.objects ?? []) {
    if (object.bb !== undefined) {
      const group = input.groups?.[Number(object.name.slice("cluster_".length))];
      const [left = 0, bottom = 0, right = 0, top = 0] = object.bb.split(",").map(Number);
      if (group)
        layout.frames[group.key] = { x: left, y: height - top, width: right - left, height: top - bottom };
      continue;
    }
    const node = input.nodes[Number(object.name)];
    if (node === undefined || object.pos === undefined) continue;
    const at = point(object.pos);
    const { key, ...size } = node;
    layout.boxes[key] = { x: at.x - size.width / 2, y: at.y - size.height / 2, ...size };
  }
  for (const edge of parsed.edges ?? []) {
    if (edge.pos === undefined) continue;
    const parts = edge.pos.split(" ");
    const tip = parts[0]?.startsWith("e,") ? point(parts.shift()?.slice(2) ?? "") : null;
    if (parts[0]?.startsWith("s,")) parts.shift();
    const key = input.edges[Number(edge.class)]?.key;
    if (key !== undefined) layout.splines[key] = { points: parts.map(point), tip };
  }
  return layout;
}
