// The graph of a report: PyTorch's nodes, leaves, and the operators around them that PyTorch does not record.
import type { GraphEdge, GraphNode, SavedTensor, Scope } from "../protocol/report";
import { cutWords } from "./cuts";
import type { NodeFacts, OpFacts, TensorFacts } from "./facts";
import type { Scene } from "./scene";
import type { Shown } from "./shown";
import { ScopeTable } from "./surroundings";

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  scopes: Scope[];
}

export class GraphBuilder {
  private readonly edges: GraphEdge[] = [];
  private readonly seen = new Set<string>();
  /** Ids of operators outside the graph follow those of nodes. */
  private readonly opIds = new Map<OpFacts, number>();
  private readonly scopes: ScopeTable;

  constructor(
    private readonly scene: Scene,
    private readonly shown: Shown,
    /** The id of the record that stands for a tensor, which must be in the report. */
    private readonly idOf: (tensor: TensorFacts) => number,
  ) {
    this.scopes = new ScopeTable(scene.facts.surroundings);
    for (const op of shown.opsOutsideGraph()) this.opIds.set(op, scene.recorder.nextNodeId());
  }

  build(): Graph {
    const nodes: GraphNode[] = [];
    for (const node of this.shown.nodes) {
      nodes.push(this.node(node));
      this.nodeEdges(node);
    }
    for (const [op, id] of this.opIds) {
      nodes.push(this.opNode(op, id));
      this.dataEdges(op, id);
    }
    nodes.sort((a, b) => a.id - b.id);
    return { nodes, edges: this.edges, scopes: this.scopes.scopes };
  }

  private surroundings(op: OpFacts | null): Pick<GraphNode, "scope" | "within"> {
    if (op === null || op.around.length === 0) return {};
    const scope = this.scopes.moduleNames(op.around);
    const within = this.scopes.indexOf(op.around);
    return { ...(scope.length > 0 ? { scope } : {}), ...(within === undefined ? {} : { within }) };
  }

  /** The node that stands for an operator; null where it is not in the graph. */
  nodeOf(op: OpFacts): number | null {
    const chosen = this.shown.op(op);
    if (!chosen) return null;
    return chosen.node?.reportId ?? this.opIds.get(chosen) ?? null;
  }

  private node(node: NodeFacts): GraphNode {
    const { sites } = this.scene;
    const { op } = node;
    const freedBy = node.freedBy === null ? null : sites.site(node.freedBy);
    return {
      id: node.reportId,
      kind: node.kind,
      name: node.name,
      op: op?.name ?? null,
      site: sites.site(node.site),
      state: node.freedBy === null ? "live" : "freed",
      ...(freedBy ? { freedBy } : {}),
      ...(op?.cut ? { cut: cutWords(op) } : {}),
      saved: node.saved.map((saved) => ({
        name: saved.name,
        tensor: saved.tensor ? this.idOf(saved.tensor) : null,
        shape: [...saved.sizes],
        savedVersion: saved.version,
        currentVersion: saved.tensor?.counter.value ?? saved.version,
      })) satisfies SavedTensor[],
      inputs: op
        ? this.inputs(op)
        : node.edges.map(({ argument, tensor }) => ({
            name: argument,
            tensor: tensor ? this.idOf(tensor) : null,
          })),
      outputs: this.ids(node.outputs),
      sequence: node.sequence,
      ...(op?.math ? { math: { ...op.math } } : {}),
      count: op ? this.count(op) : 1,
      ...this.surroundings(op),
    };
  }

  private opNode(op: OpFacts, id: number): GraphNode {
    return {
      id,
      kind: "op",
      name: op.name,
      op: op.name,
      site: this.scene.sites.site(op.site),
      state: "live",
      ...(op.cut ? { cut: cutWords(op) } : {}),
      saved: [],
      inputs: this.inputs(op),
      outputs: this.ids(op.outputs),
      sequence: -1,
      ...(op.math ? { math: { ...op.math } } : {}),
      count: this.count(op),
      ...this.surroundings(op),
    };
  }

  private count(op: OpFacts): number {
    return op.snippet === this.scene.record.index ? this.shown.count(op) : 1;
  }

  private inputs(op: OpFacts): GraphNode["inputs"] {
    return op.inputs.map((input, i) => ({
      name: op.argumentNames[i] ?? "",
      tensor: input ? this.idOf(input) : null,
    }));
  }

  private ids(tensors: readonly (TensorFacts | null)[]): number[] {
    const ids = new Set<number>();
    for (const tensor of tensors) if (tensor) ids.add(this.idOf(tensor));
    return [...ids];
  }

  private nodeEdges(node: NodeFacts): void {
    for (const { to, inputNr, argument, tensor } of node.edges) {
      const target = this.shown.node(to);
      if (!target || !this.shown.nodes.has(target)) continue;
      this.add({
        from: node.reportId,
        to: target.reportId,
        inputNumber: inputNr,
        argument,
        tensor: tensor ? this.idOf(tensor) : null,
      });
    }
    if (node.op) this.dataEdges(node.op, node.reportId);
  }

  /** Where the data of inputs came from that no gradient goes back to. */
  private dataEdges(op: OpFacts, from: number): void {
    op.inputs.forEach((input, i) => {
      if (!input) return;
      const argument = op.argumentNames[i] ?? "";
      if (op.node?.edges.some((edge) => edge.tensor === input && edge.argument === argument)) return;
      const producer = op.producers[i];
      const producerNode = producer ? this.nodeOf(producer) : null;
      const leafNode = input.node?.kind === "accumulate" ? this.shown.node(input.node) : null;
      const to = producerNode ?? (leafNode && this.shown.nodes.has(leafNode) ? leafNode.reportId : null);
      if (to === null) return;
      const cut = op.cut && input.requiresGrad ? cutWords(op) : null;
      this.add({
        from,
        to,
        inputNumber: producerNode === null ? 0 : input.outputNr,
        argument,
        tensor: this.idOf(input),
        ...(cut ? { cut } : {}),
      });
    });
  }

  private add(edge: GraphEdge): void {
    const key = `${edge.from} ${edge.to} ${edge.inputNumber} ${edge.argument} ${edge.tensor}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.edges.push(edge);
  }
}
