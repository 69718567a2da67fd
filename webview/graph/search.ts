// Finding nodes by what a person would type: a name, an operator, a type, a shape, a line. Pure.
import { formatShape, lineOf } from "../format";
import type { GraphModel, ViewNode } from "./model";

export function searchText(view: ViewNode): string {
  const parts = [view.label, ...view.scope];
  if (view.site !== null) parts.push(`line ${lineOf(view.site.range)}`, view.site.file ?? "");
  if (view.failing !== null) parts.push("failed", view.failing);
  if (view.kind === "tensor") {
    const { tensor } = view;
    parts.push(
      ...tensor.names,
      ...(tensor.formerNames ?? []),
      tensor.dtype,
      formatShape(tensor.shape),
      tensor.op ?? "",
      tensor.gradFn ?? "",
    );
    parts.push(tensor.isLeaf ? "leaf" : "non-leaf");
    if (tensor.requiresGrad) parts.push("requires_grad");
    if (tensor.retainsGrad) parts.push("retains_grad");
    if (view.frozen) parts.push("frozen");
  } else if (view.kind !== "failure") {
    parts.push(view.node.op ?? "", view.node.state);
    if (view.node.cut !== undefined) parts.push("cut", view.node.cut);
  }
  return parts.join(" ").toLowerCase();
}

/** Every word has to be found; null when nothing was asked. */
export function search(model: GraphModel, query: string): Set<string> | null {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  const found = new Set<string>();
  for (const view of model.nodes) {
    const text = searchText(view);
    if (words.every((word) => text.includes(word))) found.add(view.key);
  }
  return found;
}
