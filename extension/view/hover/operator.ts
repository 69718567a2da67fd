// An operator in backward, with real numbers: the gradient that came in, what it handed on to each input, and the
// local derivative between them where it is one number per element. Pure.
import type {
  BackwardStep,
  Elements,
  GraphNode,
  NestedValue,
  SnippetReport,
  TensorRecord,
} from "../../../engine/protocol/report";
import { outgoingByInput } from "../../../webview/timeline/outgoing";
import { elementsLine, oneLine } from "../format";
import { type HoverItem, type HoverSection, INLINE_WIDTH } from "./model";

/** Element i of the result depends on element i of each input alone. */
const POINTWISE = new Set(
  (
    "abs acos acosh add addcdiv addcmul asin asinh atan atan2 atanh celu clamp clamp_max clamp_min cos cosh deg2rad " +
    "digamma div elu erf erfc erfinv exp exp2 expm1 fmax fmin gelu hardshrink hardsigmoid hardswish hardtanh hypot " +
    "leaky_relu lerp lgamma log log10 log1p log2 log_sigmoid logaddexp logit maximum minimum mish mul neg pow " +
    "rad2deg reciprocal relu relu6 rsqrt rsub selu sigmoid silu sin sinc sinh softplus softshrink softsign sqrt " +
    "square sub tan tanh where xlogy"
  ).split(" "),
);

export function operatorSections(original: SnippetReport | null, tensor: TensorRecord): HoverSection[] {
  const node = original?.graph.nodes.find(({ id, kind }) => id === tensor.node && kind === "grad_fn");
  if (!original || !node) return [];
  const steps = original.timeline.filter(
    (step): step is BackwardStep => step.kind === "backward" && step.node === node.id,
  );
  const step = steps[steps.length - 1];
  const incoming = step?.incoming.find((gradient) => gradient !== null);
  if (!step || !incoming) return [];
  const outgoing = outgoingByInput(step, node, original);
  const items: HoverItem[] = [{ text: "gradient in", code: lineOf(incoming, tensor) }];
  outgoing.forEach((gradient, index) => {
    if (gradient) items.push(outItem(original, node, index, incoming, gradient, tensor));
  });
  const which = step.iterations > 1 ? `, iteration ${step.iteration} of ${step.iterations}` : "";
  return [{ kind: "list", label: `${node.name} in backward${which}`, items }];
}

function outItem(
  original: SnippetReport,
  node: GraphNode,
  index: number,
  incoming: Elements,
  outgoing: Elements,
  tensor: TensorRecord,
): HoverItem {
  const input = node.inputs[index];
  const name = original.tensors.find(({ id }) => id === input?.tensor)?.names[0];
  const to = name ?? input?.name ?? `input ${index}`;
  const local = localDerivative(node, incoming.value, outgoing.value);
  const product =
    local === null ? "" : ` = ${lineOf(incoming, tensor)} × ${oneLine(local, tensor.dtype, INLINE_WIDTH)}`;
  return {
    text: local === null ? `to ${to}` : `to ${to} (gradient in × local derivative)`,
    code: `${lineOf(outgoing, tensor)}${product}`,
  };
}

/**
 * What the operator multiplied each element of the gradient by: outgoing / incoming. Only where that is the whole
 * story: a pointwise operator that broadcast nothing, or one number in and one out. Null elsewhere, and where the
 * gradient that came in is zero or not finite, since then the quotient says nothing.
 */
export function localDerivative(
  node: Pick<GraphNode, "op">,
  incoming: NestedValue | null,
  outgoing: NestedValue | null,
): NestedValue | null {
  if (incoming === null || outgoing === null) return null;
  const scalars = !Array.isArray(incoming) && !Array.isArray(outgoing);
  if (!scalars && !(node.op !== null && POINTWISE.has(node.op))) return null;
  return quotient(outgoing, incoming);
}

function quotient(above: NestedValue, below: NestedValue): NestedValue | null {
  if (Array.isArray(above) !== Array.isArray(below)) return null;
  if (Array.isArray(above) && Array.isArray(below)) {
    if (above.length !== below.length) return null;
    const items: NestedValue[] = [];
    for (let index = 0; index < above.length; index++) {
      const item = quotient(above[index] as NestedValue, below[index] as NestedValue);
      if (item === null) return null;
      items.push(item);
    }
    return items;
  }
  if (typeof above !== "number" || typeof below !== "number" || below === 0) return null;
  // Both are rounded to float32: a seventh digit would be noise.
  return Number((above / below).toPrecision(7));
}

function lineOf(elements: Elements, tensor: TensorRecord): string {
  return elementsLine(elements, tensor.dtype, INLINE_WIDTH);
}
