// A node in words: the accessible name of what the graph shows in pictures. Pure.
import { formatShape, lineOf, placeText, plural } from "../format";
import { describe } from "../values";
import { insideText } from "./card";
import type { DrawnEdge, DrawnNode, Group } from "./groups";
import type { TensorView } from "./model";

export const groupWords = {
  module: "module call",
  rounds: "loop",
  round: "round of a loop",
} satisfies Record<Group["kind"], string>;

/** What goes along an edge and which input it becomes: "self [3, 4]", or how many there are. */
export function describeEdge(edge: DrawnEdge): string {
  if (edge.of !== undefined && edge.of.length > 1) return `${edge.of.length} tensors`;
  const name = edge.kind === "write" ? "writes" : edge.argument?.name;
  const { carries } = edge;
  const dtype = carries === undefined || carries.dtype === "float32" ? undefined : carries.dtype;
  const shape = carries && formatShape(carries.shape);
  return [name, dtype, shape].filter((part) => part !== undefined).join(" ");
}

export function describeView(view: DrawnNode): string {
  const parts: string[] = [];
  if (view.failing !== null) parts.push("failed");
  switch (view.kind) {
    case "tensor":
      parts.push(...tensorParts(view));
      break;
    case "failure":
      parts.push(view.label);
      break;
    case "group": {
      const kind = groupWords[view.group.kind];
      parts.push(`${view.label}, ${kind}, folded, ${insideText(view)} inside, Enter opens it`);
      break;
    }
    default: {
      parts.push(`${view.label}, ${view.kind === "grad_fn" ? "autograd node" : "operator without gradient"}`);
      const { node } = view;
      if (view.root) parts.push("backward starts here");
      if (node.state === "freed") {
        parts.push(node.freedBy === undefined ? "freed" : `freed by line ${lineOf(node.freedBy.range)}`);
      } else if (node.saved.length > 0) parts.push(`saves ${plural(node.saved.length, "tensor")}`);
      if (node.cut !== undefined) parts.push(`gradient cut: ${node.cut}`);
    }
  }
  if (view.count > 1) parts.push(`${view.count} times`);
  if (view.site !== null) parts.push(placeText(view.site));
  return parts.join(", ");
}

function tensorParts(view: TensorView): string[] {
  const { tensor } = view;
  const parts = [
    `${view.label}, ${tensor.isLeaf ? "leaf" : "non-leaf"} tensor`,
    `${tensor.dtype} ${formatShape(tensor.shape)}`,
  ];
  if (tensor.requiresGrad) parts.push("requires grad");
  if (view.frozen) parts.push("frozen parameter");
  if (tensor.retainsGrad) parts.push("retains grad");
  if (view.root) parts.push("backward starts here");
  if (view.savedBy.length > 0) parts.push(`saved by ${plural(view.savedBy.length, "node")}`);
  if (tensor.version > 0) parts.push(`version ${tensor.version}`);
  parts.push(
    `value ${describe({ value: tensor.value, ...(tensor.summary ? { summary: tensor.summary } : {}) })}`,
  );
  const grad = { value: tensor.grad, ...(tensor.gradSummary ? { summary: tensor.gradSummary } : {}) };
  if (tensor.requiresGrad) {
    parts.push(`${tensor.gradSource === "pytorch" ? "grad" : "gradient passing through"} ${describe(grad)}`);
  }
  return parts;
}
