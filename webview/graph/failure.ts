// Where in the graph an error belongs: the node that backward could not pass, the tensor that it
// could not start from, or the operator that raised and so never entered the graph.
import type {
  BackwardCall,
  GraphNode,
  NodeId,
  Range,
  SnippetReport,
  TensorId,
  TensorRecord,
} from "../../engine/protocol/report";
import { contains, sameRange } from "../format";

export type Failure =
  | { kind: "node"; id: NodeId; why: string }
  | { kind: "tensor"; id: TensorId; why: string }
  | { kind: "operator"; type: string; range: Range; inputs: TensorId[]; why: string };

export function findFailure(
  snippet: SnippetReport,
  nodes: Map<NodeId, GraphNode>,
  tensors: Map<TensorId, TensorRecord>,
): Failure | null {
  const { error } = snippet;
  if (snippet.status !== "raised" || error === undefined) return null;
  const why = `${error.type}: ${error.message}`;
  const call = snippet.backwardCalls.findLastIndex((c) => c.status === "raised");
  const raised = snippet.backwardCalls[call];
  if (raised !== undefined) {
    const node = failingNode(snippet, raised, call, nodes, tensors, error.message);
    if (node !== null) return { kind: "node", id: node.id, why };
    const root = raised.roots.find((id) => tensors.has(id));
    if (root !== undefined) return { kind: "tensor", id: root, why };
  }
  const inside = snippet.occurrences.filter(
    (o) => contains(error.range, o.range) && !sameRange(error.range, o.range),
  );
  return {
    kind: "operator",
    type: error.type,
    range: error.range,
    inputs: [...new Set(inside.map((o) => o.tensor))],
    why,
  };
}

/** The first node in the order of backward that was not passed and that has a reason to fail. */
function failingNode(
  snippet: SnippetReport,
  call: BackwardCall,
  index: number,
  nodes: Map<NodeId, GraphNode>,
  tensors: Map<TensorId, TensorRecord>,
  message: string,
): GraphNode | null {
  const passed = new Set<NodeId>();
  for (const step of snippet.timeline) {
    if (step.kind === "backward" && step.call === index) passed.add(step.node);
  }
  const next = new Map<NodeId, NodeId[]>();
  for (const edge of snippet.graph.edges) next.set(edge.from, [...(next.get(edge.from) ?? []), edge.to]);
  const reached = new Set<NodeId>();
  const open = call.roots.map((id) => tensors.get(id)?.node).filter((id) => id !== undefined);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    open.push(...(next.get(id) ?? []));
  }
  const candidates = [...reached]
    .map((id) => nodes.get(id))
    .filter((node) => node !== undefined)
    .filter((node) => node.kind === "grad_fn" && !passed.has(node.id))
    .sort((a, b) => b.sequence - a.sequence);
  const changed = (node: GraphNode): boolean => node.saved.some((s) => s.savedVersion !== s.currentVersion);
  const freed = (node: GraphNode): boolean => node.state === "freed" && node.saved.length > 0;
  // PyTorch's two errors that blame a node rather than the start of backward.
  if (message.includes("modified by an inplace operation")) return candidates.find(changed) ?? null;
  if (message.includes("a second time")) return candidates.find(freed) ?? null;
  return null;
}
