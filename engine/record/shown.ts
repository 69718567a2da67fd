// Which of the recorded facts a report shows one by one, and which stand for the others of their loop.
//
// Note [Folding]. The last of each series is shown, with everything that its graph leads to; what a name holds is
// shown too. All others of a series are represented: where m of them are shown per iteration (a block that is used
// three times), the i-th stands with the shown one at the same place in its iteration. A graph that goes through one
// place very often (a recurrence of thousands of steps) is folded to a single node, which then leads to itself.
import type { Tensor } from "../tensor/tensor";
import type { NodeFacts, OpFacts, SnippetRecord, TensorFacts } from "./facts";
import type { Happening, Series } from "./series";

/** Nodes of one place that are drawn one by one. Less than a series keeps, so that none of them is missing. */
const UNROLLED = 24;
/** What came from earlier rounds outside the graph is told apart up to this many. */
const FEW = 8;
const ALL_SHOWN = 1500;

export class Shown {
  private readonly shown = new Map<Series<OpFacts>, OpFacts[]>();
  private readonly ops = new Set<OpFacts>();
  /** Nodes in the graph, with those that no operator of this snippet made. */
  readonly nodes = new Set<NodeFacts>();

  constructor(
    private readonly record: SnippetRecord,
    private readonly named: ReadonlyMap<TensorFacts, Tensor>,
  ) {
    const start: OpFacts[] = [];
    for (const { last } of record.ops) if (last && !last.temporary) start.push(last);
    for (const tensor of named.keys()) start.push(tensor.made, tensor.producer);
    this.follow(start);
    this.fold();
    this.collectNodes();
  }

  /**
   * The operators that PyTorch does not record and the graph shows all the same, in order: where it is cut, and
   * where their data flow to something that is shown or has a name.
   */
  opsOutsideGraph(): OpFacts[] {
    const wanted = new Set<OpFacts>();
    const kept: OpFacts[] = [];
    for (const op of this.allOps().reverse()) {
      const flows =
        op.node !== null || wanted.has(op) || op.cut !== null || op.outputs.some((o) => o.places.length > 0);
      if (!inGraph(op) || !flows) continue;
      if (op.node === null) kept.push(op);
      for (const producer of op.producers) {
        const chosen = producer && this.op(producer);
        if (chosen) wanted.add(chosen);
      }
    }
    return kept.reverse();
  }

  /** All shown operators, and data. */
  allOps(): OpFacts[] {
    return [...this.ops].sort(byOrder);
  }

  private follow(start: OpFacts[]): void {
    const stack = start;
    const nodes: NodeFacts[] = [];
    const seenNodes = new Set<NodeFacts>();
    for (;;) {
      const node = nodes.pop();
      if (node) {
        if (node.op) stack.push(node.op);
        for (const { to } of node.edges) {
          if (seenNodes.has(to)) continue;
          seenNodes.add(to);
          nodes.push(to);
        }
        continue;
      }
      const op = stack.pop();
      if (!op) return;
      if (op.evicted || op.temporary || op.snippet !== this.record.index || this.ops.has(op)) continue;
      this.ops.add(op);
      if (op.node) nodes.push(op.node);
      for (const producer of op.producers) {
        if (!producer) continue;
        const sameRound = producer.order > op.previous;
        if (sameRound || producer.series.count <= FEW || (op.node && producer.name === ""))
          stack.push(producer);
      }
    }
  }

  private fold(): void {
    for (const op of this.ops) {
      const list = this.shown.get(op.series);
      if (list) list.push(op);
      else this.shown.set(op.series, [op]);
    }
    const limit = this.ops.size > ALL_SHOWN ? 1 : UNROLLED;
    for (const [series, list] of this.shown) {
      list.sort(byOrder);
      if (list.length <= limit) continue;
      const last = list[list.length - 1];
      for (const op of list)
        if (op !== last && !op.outputs.some((output) => this.named.has(output))) this.ops.delete(op);
      this.shown.set(
        series,
        list.filter((op) => this.ops.has(op)),
      );
    }
  }

  private collectNodes(): void {
    const stack: NodeFacts[] = [];
    const add = (node: NodeFacts | null): void => {
      if (!node || this.nodes.has(node)) return;
      const chosen = this.node(node);
      if (!chosen || this.nodes.has(chosen)) return;
      this.nodes.add(chosen);
      stack.push(chosen);
    };
    for (const op of this.ops) add(op.node);
    for (;;) {
      const node = stack.pop();
      if (!node) return;
      for (const { to } of node.edges) add(to);
    }
  }

  op(op: OpFacts): OpFacts | null {
    if (this.ops.has(op)) return op;
    const list = this.shown.get(op.series);
    if (!list || list.length === 0) return null;
    const place = op.series.count % list.length === 0 ? (op.index - 1) % list.length : list.length - 1;
    return list[place];
  }

  tensor(tensor: TensorFacts): TensorFacts {
    if (this.named.has(tensor)) return tensor;
    const made = this.op(tensor.made);
    if (!made || made === tensor.made) return tensor;
    return made.outputs.find((o) => o.made === made && o.outputNr === tensor.outputNr) ?? tensor;
  }

  /** null: not in the graph. */
  node(node: NodeFacts): NodeFacts | null {
    if (node.kind === "accumulate") {
      const leaf = node.outputs[0];
      const other = leaf ? this.tensor(leaf).node : null;
      return other?.kind === "accumulate" ? other : node;
    }
    if (node.op?.snippet === this.record.index) return this.op(node.op)?.node ?? null;
    if (node.op === null && node.evicted) return null;
    if (this.nodes.has(node)) return node;
    for (const other of this.nodes) {
      if (
        other.op === null &&
        other.kind === node.kind &&
        other.name === node.name &&
        other.site === node.site
      ) {
        if (node.visitedBy !== other.visitedBy) return other;
      }
    }
    return node;
  }

  /** How many of a series are shown: that many belong to one iteration. */
  perIteration(series: Series<OpFacts>): number {
    return Math.max(1, this.shown.get(series)?.length ?? 1);
  }

  /** How often the place of `op` did what `op` did. */
  count(op: OpFacts): number {
    // A constructor that makes several tensors is no loop.
    if (op.temporary) return 1;
    return Math.max(1, Math.round(op.series.count / this.perIteration(op.series)));
  }

  /** Whether it belongs to the first iteration or to the last. */
  isTold(happening: Happening, series: Series<Happening>, perIteration: number): boolean {
    return happening.index <= perIteration || happening.index > series.count - perIteration;
  }
}

export const byOrder = (a: { order: number }, b: { order: number }): number => a.order - b.order;

/** Data, and an optimizer's step on a leaf, belong to no graph. */
function inGraph(op: OpFacts): boolean {
  if (op.node) return true;
  if (op.name === "" || op.name === "grad" || op.factory || op.inBackward) return false;
  if (op.inputs.every((input) => input === null)) return false;
  return !(op.inPlace && op.outputs[0]?.requiresGrad);
}
