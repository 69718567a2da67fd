// Finding nodes by what a person would type: a name, an operator, a type, a shape, a line; and by what
// state they are in ("is:leaf"). Pure.
import type { NestedValue } from "../../engine/protocol/report";
import { formatShape, lineOf } from "../format";
import type { GraphModel, TensorView, ViewNode } from "./model";

/** What can be asked for with "is:", in the order of the filter's menu. */
export const states = {
  leaf: "Leaves",
  parameter: "Parameters",
  frozen: "Frozen parameters",
  "with-grad": "Tensors with a gradient",
  "no-grad": "Leaves whose gradient is missing",
  retained: "Gradients that are retained",
  saved: "Tensors saved for backward",
  changed: "Tensors changed in place",
  node: "Autograd nodes",
  freed: "Freed nodes",
  cut: "Where the graph is cut",
  nan: "NaN and infinities",
} as const;
export type State = keyof typeof states;

const has = (value: NestedValue | null, test: (v: NestedValue) => boolean): boolean =>
  value !== null && (Array.isArray(value) ? value.some((inner) => has(inner, test)) : test(value));
const odd = (v: NestedValue): boolean => typeof v === "string";

function tensorHas(state: State, view: TensorView): boolean {
  const { tensor } = view;
  const withGrad = tensor.grad !== null || tensor.gradSummary !== undefined;
  switch (state) {
    case "leaf":
      return tensor.isLeaf;
    case "parameter":
      return tensor.isParameter === true;
    case "frozen":
      return view.frozen;
    case "with-grad":
      return withGrad;
    case "no-grad":
      return tensor.isLeaf && tensor.requiresGrad && !withGrad;
    case "retained":
      return tensor.retainsGrad;
    case "saved":
      return view.savedBy.length > 0;
    case "changed":
      return tensor.version > 0;
    case "nan": {
      const bad = (summary: typeof tensor.summary): boolean => (summary?.nan ?? 0) + (summary?.inf ?? 0) > 0;
      return (
        has(tensor.value, odd) || has(tensor.grad, odd) || bad(tensor.summary) || bad(tensor.gradSummary)
      );
    }
    case "node":
    case "freed":
    case "cut":
      return false;
    default:
      return state satisfies never;
  }
}

export function isIn(state: string, view: ViewNode): boolean {
  if (!(state in states)) return false;
  if (view.kind === "tensor") return tensorHas(state as State, view);
  if (view.kind === "failure") return false;
  if (state === "node") return view.kind === "grad_fn";
  if (state === "freed") return view.node.state === "freed";
  return state === "cut" && view.node.cut !== undefined;
}

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
  const all = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (all.length === 0) return null;
  const asked = all.filter((word) => word.startsWith("is:")).map((word) => word.slice(3));
  const words = all.filter((word) => !word.startsWith("is:"));
  const found = new Set<string>();
  for (const view of model.nodes) {
    if (!asked.every((state) => isIn(state, view))) continue;
    const text = words.length === 0 ? "" : searchText(view);
    if (words.every((word) => text.includes(word))) found.add(view.key);
  }
  return found;
}
