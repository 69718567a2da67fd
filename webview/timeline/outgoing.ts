// Which of a node's inputs each outgoing gradient of a backward step belongs to. Pure.
import type { BackwardStep, Elements, GraphNode, SnippetReport } from "../../engine/protocol/report";

/**
 * By input of the node; null where none flows. A node may take tensors that are no business of autograd (an
 * index, a condition): then its gradients are those of the inputs that have an edge, in order.
 */
export function outgoingByInput(
  step: BackwardStep,
  node: GraphNode | undefined,
  snippet: SnippetReport,
): (Elements | null)[] {
  if (node === undefined || node.inputs.length === step.outgoing.length) return step.outgoing;
  const kinds = new Map(snippet.graph.nodes.map((n) => [n.id, n.kind]));
  const open = snippet.graph.edges.filter(
    (edge) => edge.from === node.id && edge.cut === undefined && kinds.get(edge.to) !== "op",
  );
  const given = step.outgoing.filter((gradient) => gradient !== null);
  return node.inputs.map((input) => {
    const at = open.findIndex((edge) => edge.argument === input.name && edge.tensor === input.tensor);
    if (at < 0) return null;
    open.splice(at, 1);
    return given.shift() ?? null;
  });
}
