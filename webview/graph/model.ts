// What there is to draw: a snippet's report as nodes and edges in the direction of the data, each
// under a key that stays the same when the code around it changes. Knows no pixels and no DOM.
import type {
  GraphEdge,
  GraphNode,
  NodeId,
  Site,
  SnippetReport,
  TensorId,
  TensorRecord,
} from "../../engine/protocol/report";
import { append } from "../collections";
import { contains } from "../format";
import { type Failure, findFailure } from "./failure";

export interface NodeBase {
  /** Stable across reports: built of names and order, never of ids. */
  key: string;
  /** What stands on it: a tensor's name, "PowBackward0". */
  label: string;
  site: Site | null;
  /** Why it failed; null when it did not. */
  failing: string | null;
  /** How often its site made one (a loop). */
  count: number;
  /** Modules it was made in, outermost first. */
  scope: readonly string[];
}

export interface TensorView extends NodeBase {
  kind: "tensor";
  tensor: TensorRecord;
  /** A leaf's AccumulateGrad, which is drawn as part of the leaf. */
  accumulate: NodeId | null;
  /** Nodes that keep it for their backward step. */
  savedBy: NodeId[];
  /** A backward call starts here. */
  root: boolean;
  /** A parameter that asks for no gradient. */
  frozen: boolean;
}

export interface OperatorView extends NodeBase {
  /** grad_fn: part of PyTorch's graph; op: an operator that PyTorch did not record. */
  kind: "grad_fn" | "op";
  node: GraphNode;
  /** A backward call starts at a tensor without a name that it made. */
  root: boolean;
}

/** The operator that raised, which therefore is in no graph: drawn from the tensors at the place of the error. */
export interface FailureView extends NodeBase {
  kind: "failure";
}

export type ViewNode = TensorView | OperatorView | FailureView;

export interface ViewEdge {
  key: string;
  /** Keys of nodes, in the direction of the data. */
  from: string;
  to: string;
  /**
   * gradient: backward goes through it; data: nothing flows back; cut: it would, were it not cut here;
   * write: an in-place operation writes into a tensor that was there before.
   */
  kind: "gradient" | "data" | "cut" | "write";
  /** Why it is cut. */
  cut?: string;
  /** The consumer's input that it leads to: its place in `inputs` of the node, and its name. */
  argument?: { index: number; name: string };
  /** Which output of the producer it carries, where the producer is an operator. */
  output?: number;
  /** What goes along it, where that was recorded. */
  carries?: { dtype: string; shape: readonly number[] };
}

export interface GraphModel {
  nodes: ViewNode[];
  edges: ViewEdge[];
  byKey: Map<string, ViewNode>;
  byTensor: Map<TensorId, string>;
  byNode: Map<NodeId, string>;
}

export const emptyModel = (): GraphModel => ({
  nodes: [],
  edges: [],
  byKey: new Map(),
  byTensor: new Map(),
  byNode: new Map(),
});

export function buildModel(snippet: SnippetReport): GraphModel {
  const tensors = new Map(snippet.tensors.map((t) => [t.id, t]));
  const nodes = new Map(snippet.graph.nodes.map((n) => [n.id, n]));
  const producers = producersOf(snippet, tensors, nodes);
  const drawn = drawnTensors(snippet, tensors, nodes, producers);
  const failure = findFailure(snippet, nodes, tensors);
  const model = emptyModel();
  const keys = keyMaker();

  const savedBy = new Map<TensorId, Set<NodeId>>();
  for (const node of snippet.graph.nodes) {
    for (const { tensor } of node.saved) {
      if (tensor !== null) savedBy.set(tensor, (savedBy.get(tensor) ?? new Set()).add(node.id));
    }
  }
  const roots = new Set(snippet.backwardCalls.flatMap((call) => call.roots));
  const add = (view: ViewNode): void => {
    model.nodes.push(view);
    model.byKey.set(view.key, view);
  };

  for (const tensor of drawn) {
    const accumulate = accumulateOf(tensor, nodes);
    const view = tensorView(tensor, accumulate, keys(tensorKey(tensor)), [...(savedBy.get(tensor.id) ?? [])]);
    view.root = roots.has(tensor.id);
    if (failure?.kind === "tensor" && failure.id === tensor.id) view.failing = failure.why;
    add(view);
    model.byTensor.set(tensor.id, view.key);
    if (accumulate !== null) model.byNode.set(accumulate, view.key);
  }
  for (const node of snippet.graph.nodes) {
    if (model.byNode.has(node.id)) continue;
    const output = node.outputs.map((id) => tensors.get(id)?.names[0]).find((name) => name !== undefined);
    const view: OperatorView = {
      kind: node.kind === "op" ? "op" : "grad_fn",
      key: keys(`n:${node.name}${output === undefined ? "" : `>${output}`}`),
      label: node.name,
      node,
      root: node.outputs.some((id) => roots.has(id) && !model.byTensor.has(id)),
      site: node.site,
      failing: failure?.kind === "node" && failure.id === node.id ? failure.why : null,
      count: node.count,
      scope: node.scope ?? [],
    };
    add(view);
    model.byNode.set(node.id, view.key);
  }
  // An unnamed tensor is found at the node that made it.
  for (const [id, node] of producers) {
    const key = model.byNode.get(node);
    if (!model.byTensor.has(id) && key !== undefined) model.byTensor.set(id, key);
  }

  model.edges = edgesOf(snippet, model, tensors, nodes, producers);
  if (failure?.kind === "operator") addFailure(model, failure);
  return model;
}

function keyMaker(): (base: string) => string {
  const used = new Map<string, number>();
  return (base) => {
    const n = (used.get(base) ?? 0) + 1;
    used.set(base, n);
    return n === 1 ? base : `${base}#${n}`;
  };
}

const tensorKey = (tensor: TensorRecord): string =>
  tensor.names.length > 0 ? `t:${tensor.names[0]}` : `t:?${tensor.op ?? "data"}`;

function tensorView(
  tensor: TensorRecord,
  accumulate: NodeId | null,
  key: string,
  savedBy: NodeId[],
): TensorView {
  return {
    kind: "tensor",
    key,
    label: tensor.names[0] ?? (tensor.op === null ? "constant" : `${tensor.op}(…)`),
    tensor,
    accumulate,
    savedBy,
    root: false,
    frozen: tensor.isParameter === true && !tensor.requiresGrad,
    site: tensor.site,
    failing: null,
    count: tensor.count,
    scope: [],
  };
}

function accumulateOf(tensor: TensorRecord, nodes: Map<NodeId, GraphNode>): NodeId | null {
  if (!tensor.isLeaf || tensor.node === undefined) return null;
  return nodes.get(tensor.node)?.kind === "accumulate" ? tensor.node : null;
}

/** Which node made a tensor as it is now; a leaf has none. */
function producersOf(
  snippet: SnippetReport,
  tensors: Map<TensorId, TensorRecord>,
  nodes: Map<NodeId, GraphNode>,
): Map<TensorId, NodeId> {
  const producers = new Map<TensorId, NodeId>();
  for (const node of snippet.graph.nodes) {
    if (node.kind === "accumulate") continue;
    for (const id of node.outputs) {
      const tensor = tensors.get(id);
      // An in-place operator has its operand among its outputs: it wrote to it and did not make it.
      const inPlace = node.inputs.some((input) => input.tensor === id);
      if (tensor === undefined || (tensor.isLeaf && tensor.requiresGrad) || inPlace) continue;
      if (!producers.has(id)) producers.set(id, node.id);
    }
  }
  for (const tensor of snippet.tensors) {
    if (tensor.isLeaf || tensor.node === undefined) continue;
    if (nodes.get(tensor.node)?.kind === "grad_fn") producers.set(tensor.id, tensor.node);
  }
  return producers;
}

function drawnTensors(
  snippet: SnippetReport,
  tensors: Map<TensorId, TensorRecord>,
  nodes: Map<NodeId, GraphNode>,
  producers: Map<TensorId, NodeId>,
): TensorRecord[] {
  const used = new Set<TensorId>();
  for (const node of snippet.graph.nodes) {
    for (const input of node.inputs) if (input.tensor !== null) used.add(input.tensor);
    for (const output of node.outputs) used.add(output);
  }
  for (const call of snippet.backwardCalls) for (const root of call.roots) used.add(root);
  return [...tensors.values()].filter((tensor) => {
    const connected = used.has(tensor.id) || (tensor.node !== undefined && nodes.has(tensor.node));
    if (tensor.names.length > 0) {
      const here = tensor.site !== null && tensor.site.file === undefined;
      return connected || (here && contains(snippet.range, tensor.site?.range ?? snippet.range));
    }
    // Without a name: only data that comes from nowhere; what an operator made is drawn as that operator.
    return connected && !producers.has(tensor.id);
  });
}

function edgesOf(
  snippet: SnippetReport,
  model: GraphModel,
  tensors: Map<TensorId, TensorRecord>,
  nodes: Map<NodeId, GraphNode>,
  producers: Map<TensorId, NodeId>,
): ViewEdge[] {
  const edges = new Map<string, ViewEdge>();
  const add = (edge: Omit<ViewEdge, "key" | "carries">, carried: TensorId | null): void => {
    const key = `${edge.from}→${edge.to}${edge.argument ? `:${edge.argument.index}` : ""}`;
    if (edge.from === edge.to || edges.has(key)) return;
    const tensor = carried === null ? undefined : tensors.get(carried);
    const carries = tensor && { dtype: tensor.dtype, shape: tensor.shape };
    edges.set(key, { key, ...edge, ...(carries ? { carries } : {}) });
  };
  const card = (id: TensorId): string | undefined => {
    const key = model.byTensor.get(id);
    return key !== undefined && model.byKey.get(key)?.kind === "tensor" ? key : undefined;
  };

  for (const [id, producer] of producers) {
    const to = card(id);
    const from = model.byNode.get(producer);
    const node = nodes.get(producer);
    if (to === undefined || from === undefined || node === undefined) continue;
    const flows = node.kind === "grad_fn" && tensors.get(id)?.requiresGrad === true;
    add({ from, to, kind: flows ? "gradient" : "data", output: Math.max(0, node.outputs.indexOf(id)) }, id);
  }

  const byConsumer = new Map<NodeId, GraphEdge[]>();
  for (const edge of snippet.graph.edges) {
    append(byConsumer, edge.from, edge);
  }
  for (const node of snippet.graph.nodes) {
    const to = model.byNode.get(node.id);
    if (node.kind === "accumulate" || to === undefined) continue;
    const left = matchInputs(node, byConsumer.get(node.id) ?? []);
    node.inputs.forEach((input, index) => {
      const edge = left.get(index);
      const argument = { index, name: input.name };
      if (edge !== undefined) {
        const kind = kindOf(edge, node, nodes.get(edge.to));
        add({ ...sourceOf(edge), to, ...kind, argument }, edge.tensor ?? input.tensor);
      } else if (input.tensor !== null) {
        const producer = producers.get(input.tensor);
        const from = card(input.tensor) ?? (producer === undefined ? undefined : model.byNode.get(producer));
        if (from === undefined) return;
        const cut = node.cut !== undefined && tensors.get(input.tensor)?.requiresGrad ? node.cut : undefined;
        const kind = cut === undefined ? ({ kind: "data" } as const) : ({ kind: "cut", cut } as const);
        add({ from, to, ...kind, argument }, input.tensor);
      }
    });
    const matched = new Set(left.values());
    for (const edge of byConsumer.get(node.id) ?? []) {
      if (!matched.has(edge))
        add({ ...sourceOf(edge), to, ...kindOf(edge, node, nodes.get(edge.to)) }, edge.tensor);
    }
    for (const { tensor } of node.inputs) {
      // An in-place operator: what it wrote to was there before, and may be another node's now.
      if (tensor === null || !node.outputs.includes(tensor) || producers.get(tensor) === node.id) continue;
      const written = card(tensor);
      if (written !== undefined) add({ from: to, to: written, kind: "write" }, tensor);
    }
  }

  function sourceOf(edge: GraphEdge): { from: string; output?: number } {
    const direct = model.byNode.get(edge.to) ?? "";
    const viaCard = edge.tensor === null ? undefined : card(edge.tensor);
    if (viaCard !== undefined && (viaCard === direct || producers.get(edge.tensor ?? -1) === edge.to)) {
      return { from: viaCard };
    }
    return { from: direct, output: edge.inputNumber };
  }
  return [...edges.values()].filter((edge) => model.byKey.has(edge.from) && model.byKey.has(edge.to));
}

function kindOf(
  edge: GraphEdge,
  consumer: GraphNode,
  producer: GraphNode | undefined,
): { kind: ViewEdge["kind"]; cut?: string } {
  if (edge.cut !== undefined) return { kind: "cut", cut: edge.cut };
  return { kind: consumer.kind === "op" || producer?.kind === "op" ? "data" : "gradient" };
}

/** Which of a node's edges belongs to which of its inputs: by name, among equal names by tensor, then in order. */
export function matchInputs(node: GraphNode, edges: readonly GraphEdge[]): Map<number, GraphEdge> {
  const matched = new Map<number, GraphEdge>();
  const open = new Set(edges);
  const take = (fits: (edge: GraphEdge, index: number) => boolean): void => {
    node.inputs.forEach((_input, index) => {
      if (matched.has(index)) return;
      for (const edge of open) {
        if (!fits(edge, index)) continue;
        matched.set(index, edge);
        open.delete(edge);
        return;
      }
    });
  };
  const input = (index: number) => node.inputs[index];
  take(
    (edge, i) => edge.argument === input(i)?.name && edge.tensor !== null && edge.tensor === input(i)?.tensor,
  );
  take((edge, i) => edge.argument === input(i)?.name && (edge.tensor === null || input(i)?.tensor === null));
  return matched;
}

function addFailure(model: GraphModel, failure: Failure & { kind: "operator" }): void {
  const key = "failure";
  const from = [...new Set(failure.inputs.map((id) => model.byTensor.get(id)))].filter(
    (k) => k !== undefined,
  );
  if (from.length === 0) return;
  const view: FailureView = {
    kind: "failure",
    key,
    label: failure.type,
    site: { range: failure.range },
    failing: failure.why,
    count: 1,
    scope: [],
  };
  model.nodes.push(view);
  model.byKey.set(key, view);
  for (const source of from)
    model.edges.push({ key: `${source}→${key}`, from: source, to: key, kind: "data" });
}
