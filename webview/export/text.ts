// The graph as DOT, Mermaid and JSON: what is drawn, with names, states and numbers. Pure.
import type { SnippetReport } from "../../engine/protocol/report";
import type { GraphModel, ViewEdge, ViewNode } from "../graph/model";
import { cellsOf } from "../table/rows";

/** The lines that stand on a node. */
function linesOf(view: ViewNode): string[] {
  const cells = cellsOf(view);
  const lines = [cells.name];
  if (view.kind === "tensor") {
    lines.push(`${cells.dtype} ${cells.shape}`, `value ${cells.value}`);
    if (cells.grad !== "") lines.push(`grad ${cells.grad}`);
  }
  if (cells.state !== "") lines.push(cells.state);
  return lines;
}

/** Also those that some readers take for the end of a line. */
const lineEnds = /[\r\n\v\f\u0085\u2028\u2029]+/g;

const freed = (view: ViewNode): boolean =>
  (view.kind === "grad_fn" || view.kind === "op") && view.node.state === "freed";

export function toDot(model: GraphModel, direction: "LR" | "TB"): string {
  const quote = (text: string): string => `"${text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n")}"`;
  const label = (view: ViewNode): string =>
    `"${linesOf(view)
      .map((line) => line.replace(/[\\"]/g, "\\$&").replace(lineEnds, " "))
      .join("\\n")}"`;
  const ids = new Map(model.nodes.map((view, i) => [view.key, `n${i}`]));
  const nodes = model.nodes.map((view) => {
    const attributes = [`label=${label(view)}`];
    if (view.failing !== null) attributes.push("shape=octagon", "penwidth=2");
    else if (view.kind === "tensor") {
      attributes.push("shape=box", view.tensor.isLeaf ? "style=bold" : "style=rounded");
    } else attributes.push(`style="rounded${freed(view) ? ",dashed" : ""}"`, "shape=box");
    return `  ${ids.get(view.key)} [${attributes.join(", ")}];`;
  });
  const styles: Record<ViewEdge["kind"], string> = {
    gradient: "",
    data: "style=dotted",
    cut: "style=dashed",
    write: "style=dotted, constraint=false",
  };
  const edges = model.edges.map((edge) => {
    const attributes = [styles[edge.kind]];
    if (edge.kind === "cut") attributes.push(`label=${quote("cut")}`);
    const text = attributes.filter(Boolean).join(", ");
    return `  ${ids.get(edge.from)} -> ${ids.get(edge.to)}${text === "" ? "" : ` [${text}]`};`;
  });
  return [`digraph autograd {`, `  rankdir=${direction};`, ...nodes, ...edges, "}", ""].join("\n");
}

export function toMermaid(model: GraphModel, direction: "LR" | "TB"): string {
  // Mermaid reads entities inside quoted labels; these are the characters that it would take for its own.
  const quoted = (text: string): string =>
    text.replace(/[#"<>&`\\]/g, (c) => `#${c.codePointAt(0)};`).replace(lineEnds, " ");
  const ids = new Map(model.nodes.map((view, i) => [view.key, `n${i}`]));
  const nodes = model.nodes.map((view) => {
    const label = `"${linesOf(view).map(quoted).join("<br>")}"`;
    const id = ids.get(view.key);
    if (view.failing !== null) return `  ${id}{{${label}}}`;
    if (view.kind === "tensor") return view.tensor.isLeaf ? `  ${id}[${label}]` : `  ${id}(${label})`;
    return `  ${id}([${label}])`;
  });
  const arrows: Record<ViewEdge["kind"], string> = {
    gradient: "-->",
    data: "-.->",
    cut: "-. cut .->",
    write: "-. writes .->",
  };
  const edges = model.edges.map((edge) => `  ${ids.get(edge.from)} ${arrows[edge.kind]} ${ids.get(edge.to)}`);
  const gone = model.nodes.filter(freed).map((view) => ids.get(view.key));
  const classes =
    gone.length > 0 ? ["  classDef freed stroke-dasharray: 4 3", `  class ${gone.join(",")} freed`] : [];
  return [`flowchart ${direction}`, ...nodes, ...edges, ...classes, ""].join("\n");
}

export const toJson = (snippet: SnippetReport): string => `${JSON.stringify(snippet, null, 2)}\n`;
