// Between our layout and Graphviz: boxes of fixed size go in, its "json0" comes out. Used in the worker.
import type { Graph } from "@viz-js/viz";
import type { Layout, LayoutInput, Point } from "./geometry";

const pointsPerInch = 72;

export function toGraphviz(input: LayoutInput): Graph {
  const index = new Map(input.nodes.map((node, i) => [node.key, i]));
  return {
    directed: true,
    graphAttributes: {
      rankdir: input.direction,
      nodesep: 0.22,
      ranksep: input.direction === "LR" ? 0.5 : 0.36,
      margin: 0,
      // Beyond this size crossing minimisation takes seconds and gains little.
      ...(input.nodes.length > 1500 ? { nslimit: 2, nslimit1: 2, mclimit: 0.5 } : {}),
    },
    nodeAttributes: { shape: "box", fixedsize: true, label: "" },
    edgeAttributes: { arrowsize: 0.75 },
    nodes: input.nodes.map((node, i) => ({
      name: String(i),
      attributes: { width: node.width / pointsPerInch, height: node.height / pointsPerInch },
    })),
    edges: input.edges.flatMap((edge, i) => {
      const tail = index.get(edge.from);
      const head = index.get(edge.to);
      if (tail === undefined || head === undefined) return [];
      const attributes = { class: String(i), ...(edge.free ? { constraint: false } : {}) };
      return [{ tail: String(tail), head: String(head), attributes }];
    }),
  };
}

interface Json0 {
  bb: string;
  objects?: { name: string; pos: string; width: string; height: string }[];
  edges?: { class: string; pos?: string }[];
}

/** Graphviz counts from the bottom left. */
export function fromGraphviz(json: string, input: LayoutInput): Layout {
  const parsed = JSON.parse(json) as Json0;
  const [, , width = 0, height = 0] = parsed.bb.split(",").map(Number);
  const layout: Layout = { width, height, boxes: {}, splines: {} };
  const point = (text: string): Point => {
    const [x = 0, y = 0] = text.split(",").map(Number);
    return { x, y: height - y };
  };
  for (const object of parsed.objects ?? []) {
    const node = input.nodes[Number(object.name)];
    if (node === undefined) continue;
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
