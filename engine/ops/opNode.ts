// The node that a declared operator puts into the graph: what it saved and how its formulas are run.

import { type Edge, type Gradients, Node } from "../autograd/node";
import type { Visitor } from "../autograd/reach";
import { SavedTensor } from "../autograd/saved";
import { wantsGradient } from "../autograd/task";
import { tensorApi } from "../autograd/tensorApi";
import { gradientEdge, requiresGrad } from "../autograd/views";
import { runtimeError } from "../tensor/errors";
import { Tensor } from "../tensor/tensor";
import type { OperatorEntry } from "./define";
import { type NodePlan, type PlannedSave, planOf, shapeOf } from "./nodePlan";

type Saved = SavedTensor | (SavedTensor | null)[] | null | undefined;

/** How many edges each differentiable argument has; null where each has one. */
function edgeCounts(plan: NodePlan, args: readonly unknown[]): number[] | null {
  if (!plan.hasLists) return null;
  return plan.formulas.map(({ position }) => {
    const arg = args[position];
    return Array.isArray(arg) ? arg.length : 1;
  });
}

function edgesOf(plan: NodePlan, args: readonly unknown[]): (Edge | null)[] {
  if (!plan.hasLists) {
    const { formulas } = plan;
    const exact = new Array<Edge | null>(formulas.length);
    for (let i = 0; i < exact.length; i++) {
      const arg = args[formulas[i].position];
      exact[i] = arg instanceof Tensor ? gradientEdge(arg) : null;
    }
    return exact;
  }
  const edges: (Edge | null)[] = [];
  for (const { position } of plan.formulas) {
    const arg = args[position];
    if (arg instanceof Tensor) edges.push(gradientEdge(arg));
    else if (Array.isArray(arg))
      for (const item of arg) edges.push(item ? gradientEdge(item as Tensor) : null);
    else edges.push(null);
  }
  return edges;
}

/** A view whose base was changed may require grad and yet have nowhere to send it. */
function requires(plan: NodePlan, args: readonly unknown[]): boolean {
  const one = (item: unknown) => item instanceof Tensor && requiresGrad(item);
  return plan.formulas.some(({ position }) => {
    const arg = args[position];
    return Array.isArray(arg) ? arg.some(one) : one(arg);
  });
}

/** Never written to: it has no places. */
const NOTHING: Saved[] = [];

export class OpNode extends Node {
  /** Parallel to the plan's: undefined where it was not saved. */
  private readonly saved: Saved[];
  /** The arguments: plain ones as they are, tensors as their shape. */
  readonly given: readonly unknown[];
  private readonly counts: number[] | null;

  private constructor(
    readonly entry: OperatorEntry,
    private readonly plan: NodePlan,
    args: readonly unknown[],
    edges: (Edge | null)[],
  ) {
    super();
    this.edges = edges;
    this.counts = edgeCounts(plan, args);
    const { length } = plan.saves;
    this.saved = length === 0 ? NOTHING : new Array(length);
    for (let k = 0; k < length; k++) this.saved[k] = undefined;
    const given = new Array<unknown>(args.length);
    for (let i = 0; i < args.length; i++) given[i] = shapeOf(args[i]);
    this.given = given;
  }

  /** A node for this call; null where no differentiable argument requires grad. */
  static make(entry: OperatorEntry, args: readonly unknown[]): OpNode | null {
    const plan = planOf(entry);
    const edges = edgesOf(plan, args);
    let wanted = false;
    for (let i = 0; i < edges.length; i++) wanted ||= edges[i] !== null;
    return wanted || requires(plan, args) ? new OpNode(entry, plan, args, edges) : null;
  }

  get name(): string {
    return this.entry.nodeName;
  }

  get savesResults(): boolean {
    return this.plan.savesResults;
  }

  // The one node of a declared operator that PyTorch wrote by hand, in a namespace of its own.
  override get longName(): string {
    return this.name === "CopyBackwards" ? "torch::autograd::CopyBackwards" : this.name;
  }

  /** The arguments by name, tensors as their shape: for `_saved_*` and display. */
  get plainArguments(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.entry.schema.params.map(({ name }, i) => [name, this.given[i]]));
  }

  override edgeNames(): string[] {
    if (!this.plan.hasLists) return this.plan.names;
    return this.plan.formulas.flatMap(({ name }, i) => new Array<string>(this.counts?.[i] ?? 1).fill(name));
  }

  /** The first edge of a differentiable argument; -1 for any other. */
  firstEdgeOf(argument: string): number {
    let edge = 0;
    for (let i = 0; i < this.plan.formulas.length; i++) {
      if (this.plan.formulas[i].name === argument) return edge;
      edge += this.counts?.[i] ?? 1;
    }
    return -1;
  }

  private isSaved({ onlyFor }: PlannedSave): boolean {
    return onlyFor < 0 || this.edges[onlyFor] !== null;
  }

  /** `inPlace`: self is about to be overwritten, so a copy of it is what is saved. */
  saveInputs(args: readonly unknown[], inPlace: boolean): void {
    const { saves } = this.plan;
    for (let k = 0; k < saves.length; k++) {
      const { name, position } = saves[k];
      if (position < 0 || !this.isSaved(saves[k])) continue;
      const arg = args[position];
      if (arg instanceof Tensor) {
        const kept = inPlace && position === 0 ? tensorApi.clone(arg) : arg;
        this.saved[k] = new SavedTensor(kept, name, false);
      } else if (Array.isArray(arg)) {
        this.saved[k] = arg.map((item) => (item ? new SavedTensor(item as Tensor, name, false) : null));
      } else {
        this.saved[k] = null;
      }
    }
  }

  saveResults(outputs: readonly Tensor[]): void {
    const { saves } = this.plan;
    for (let k = 0; k < saves.length; k++) {
      const { name, output } = saves[k];
      if (output < 0 || !outputs[output]) continue;
      this.saved[k] = new SavedTensor(outputs[output], name, outputs[output].gradFn === this);
    }
  }

  override savedTensors(): { name: string; saved: SavedTensor }[] {
    const list: { name: string; saved: SavedTensor }[] = [];
    this.plan.saves.forEach(({ name }, k) => {
      const saved = this.saved[k];
      if (Array.isArray(saved)) for (const item of saved) item && list.push({ name, saved: item });
      else if (saved) list.push({ name, saved });
    });
    return list;
  }

  private unpackAt(k: number): Tensor | (Tensor | null)[] | null | undefined {
    const saved = this.saved[k];
    if (saved === undefined || saved === null) return saved;
    if (Array.isArray(saved)) return saved.map((item) => item?.unpack(this) ?? null);
    return saved.unpack(this);
  }

  /** What was saved under `name`: for `_saved_<name>`. Raises where it was freed or overwritten. */
  unpack(name: string): Tensor | (Tensor | null)[] | null | undefined {
    const k = this.plan.saves.findIndex((save) => save.name === name);
    return k < 0 ? undefined : this.unpackAt(k);
  }

  override savedAs(name: string): Saved {
    const k = this.plan.saves.findIndex((save) => save.name === name);
    return k < 0 ? undefined : (this.saved[k] ?? null);
  }

  override references(to: Visitor): void {
    super.references(to);
    for (const saved of this.saved) {
      if (Array.isArray(saved)) for (const item of saved) item?.references(to);
      else saved?.references(to);
    }
  }

  override release(by: number): void {
    let any = false;
    for (const saved of this.saved) {
      if (saved === undefined) continue;
      any = true;
      if (Array.isArray(saved)) for (const item of saved) item?.release();
      else saved?.release();
    }
    if (any) this.freedBy ??= by;
  }

  apply(gradients: Gradients): Gradients {
    // Everything is unpacked, even what no formula will read: that is where PyTorch's errors fall.
    const unpacked = new Array<unknown>(this.saved.length);
    for (let k = 0; k < unpacked.length; k++) unpacked[k] = this.unpackAt(k);
    const outgoing: Gradients = new Array(this.edges.length);
    for (let i = 0; i < outgoing.length; i++) outgoing[i] = null;
    let any = false;
    for (let i = 0; i < gradients.length; i++) any ||= gradients[i] !== null;
    if (!any) return outgoing;
    const { formulas, hasLists } = this.plan;
    const context = this.plan.makeContext(this, gradients, unpacked);
    let edge = 0;
    for (let i = 0; i < formulas.length; i++) {
      const { formula, position } = formulas[i];
      if (!hasLists || !Array.isArray(this.given[position])) {
        if (wantsGradient(this, edge)) outgoing[edge] = formula.compute(context) as Tensor | null;
        edge++;
        continue;
      }
      const count = this.counts?.[i] ?? 1;
      let wanted = false;
      for (let k = 0; k < count; k++) wanted ||= wantsGradient(this, edge + k);
      const list = wanted ? (formula.compute(context) as (Tensor | null)[]) : null;
      for (let k = 0; k < count; k++) outgoing[edge + k] = list?.[k] ?? null;
      edge += count;
    }
    return outgoing;
  }
}

/** In the graph for an operator that PyTorch has no derivative for: backward through it raises. */
export class NotImplementedNode extends Node {
  constructor(
    readonly entry: OperatorEntry,
    args: unknown[],
  ) {
    super();
    for (const position of entry.tensorPositions) {
      const arg = args[position];
      // Only what requires grad, unlike the nodes of operators that have formulas.
      const edge = arg instanceof Tensor ? gradientEdge(arg) : null;
      if (edge) this.edges.push(edge);
    }
  }

  get name(): string {
    return "NotImplemented";
  }

  override get longName(): string {
    return "torch::autograd::NotImplemented";
  }

  readonly savesResults = false;

  saveInputs(): void {}
  saveResults(): void {}

  apply(): Gradients {
    throw runtimeError(`derivative for aten::${this.entry.schema.name} is not implemented`);
  }
}
