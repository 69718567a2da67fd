// A snippet's autograd graph as text for other tools: Graphviz DOT, Mermaid, JSON. Pure; pictures are the webview's.
import type { GraphEdge, GraphNode, SnippetReport, TensorRecord } from "../../engine/protocol/report";
import { shapeText } from "./format";

export type TextFormat = "dot" | "mermaid" | "json";

export function exportText(report: SnippetReport, format: TextFormat): string {
  switch (format) {
    case "dot":
      return toDot(report);
    case "mermaid":
      return toMermaid(report);
    case "json":
      return `${JSON.stringify(report, null, 2)}\n`;
    default:
      return format satisfies never;
  }
}

interface Box {
  id: string;
  lines: string[];
  kind: "leaf" | "grad_fn" | "op" | "cut";
  freed: boolean;
}

interface Arrow {
  from: string;
  to: string;
  label: string;
  cut: boolean;
}

/** Arrows point the way gradients flow, as the next_functions of PyTorch do. */
function boxesAndArrows(report: SnippetReport): { boxes: Box[]; arrows: Arrow[] } {
  const tensors = new Map(report.tensors.map((tensor) => [tensor.id, tensor]));
  const boxes = report.graph.nodes.map((node) => box(node, tensors));
  const arrows = report.graph.edges.map((edge) => arrow(edge, tensors));
  return { boxes, arrows };
}

function box(node: GraphNode, tensors: ReadonlyMap<number, TensorRecord>): Box {
  const outputs = node.outputs.flatMap((id) => tensors.get(id) ?? []);
  const named = outputs.find((tensor) => tensor.names.length > 0) ?? outputs[0];
  const lines = [node.name];
  if (named) lines.push(...describe(named));
  if (node.state === "freed") lines.push("freed");
  if (node.cut) lines.push(`cut: ${node.cut}`);
  const kind = node.cut ? "cut" : node.kind === "accumulate" ? "leaf" : node.kind;
  return { id: `n${node.id}`, lines, kind, freed: node.state === "freed" };
}

function describe(tensor: TensorRecord): string[] {
  const name = tensor.names[0] ?? "";
  const lines = [`${name} ${tensor.dtype} ${shapeText(tensor.shape)}`.trim()];
  if (typeof tensor.value === "number") lines.push(`value ${rounded(tensor.value)}`);
  if (typeof tensor.grad === "number") {
    lines.push(`grad ${rounded(tensor.grad)}${tensor.gradSource === "inspector" ? " (captured)" : ""}`);
  }
  return lines;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(5)));
}

function arrow(edge: GraphEdge, tensors: ReadonlyMap<number, TensorRecord>): Arrow {
  const name = edge.tensor === null ? undefined : tensors.get(edge.tensor)?.names[0];
  const label = name && name !== edge.argument ? `${edge.argument} (${name})` : edge.argument;
  return { from: `n${edge.from}`, to: `n${edge.to}`, label, cut: edge.cut !== undefined };
}

const DOT_STYLE: Record<Box["kind"], string> = {
  leaf: 'shape=box, style="rounded,filled", fillcolor="#dbeafe"',
  grad_fn: "shape=box",
  op: 'shape=box, style=dotted, fontcolor="#666666"',
  cut: 'shape=box, style=dashed, color="#b91c1c"',
};

function toDot(report: SnippetReport): string {
  const { boxes, arrows } = boxesAndArrows(report);
  const lines = [
    `digraph ${dotString(report.title || "autograd")} {`,
    "  rankdir=TB;",
    '  node [fontname="Helvetica", fontsize=11];',
    '  edge [fontname="Helvetica", fontsize=9];',
  ];
  for (const { id, lines: text, kind, freed } of boxes) {
    const colour = freed ? ', color="#999999"' : "";
    lines.push(`  ${id} [label=${dotString(text.join("\n"))}, ${DOT_STYLE[kind]}${colour}];`);
  }
  for (const { from, to, label, cut } of arrows) {
    lines.push(`  ${from} -> ${to} [label=${dotString(label)}${cut ? ', style=dashed, color="#b91c1c"' : ""}];`);
  }
  return `${lines.join("\n")}\n}\n`;
}

/** In DOT, a quoted string knows the backslash only in front of quotes and in its own escapes. */
function dotString(text: string): string {
  return `"${text.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\r?\n/g, "\\n")}"`;
}

const MERMAID_CLASS: Record<Box["kind"], string> = {
  leaf: "fill:#dbeafe,stroke:#1d4ed8,color:#111",
  grad_fn: "fill:#fff,stroke:#555,color:#111",
  op: "fill:#fff,stroke:#999,color:#666,stroke-dasharray:2",
  cut: "fill:#fff,stroke:#b91c1c,color:#111,stroke-dasharray:5",
};

function toMermaid(report: SnippetReport): string {
  const { boxes, arrows } = boxesAndArrows(report);
  const lines = ["flowchart TD"];
  for (const { id, lines: text, kind } of boxes) lines.push(`  ${id}["${mermaidText(text.join("\n"))}"]:::${kind}`);
  for (const { from, to, label, cut } of arrows) {
    const words = mermaidText(label);
    lines.push(cut ? `  ${from} -. "${words}" .-> ${to}` : `  ${from} -- "${words}" --> ${to}`);
  }
  for (const kind of Object.keys(MERMAID_CLASS) as Box["kind"][]) {
    if (boxes.some((box) => box.kind === kind)) lines.push(`  classDef ${kind} ${MERMAID_CLASS[kind]}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Mermaid reads HTML in labels, and entities with # in place of &. */
function mermaidText(text: string): string {
  return text
    .replace(/[#&<>"`]/g, (character) => `#${character.codePointAt(0)};`)
    .replace(/\r?\n/g, "<br>");
}
