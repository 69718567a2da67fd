// The node that a declared operator puts into the graph: what it saved and how its formulas are run.
import { wantsGradient } from "../autograd/backward";
import { type Gradients, Node } from "../autograd/node";
import { SavedTensor } from "../autograd/saved";
import { tensorApi } from "../autograd/tensorApi";
import { gradientEdge } from "../autograd/views";
import { runtimeError } from "../tensor/errors";
import { Tensor } from "../tensor/tensor";
import type { Formula, OperatorEntry, TensorMeta } from "./define";

type SavedArgument = SavedTensor | (SavedTensor | null)[] | null;

function metaOf(value: unknown): unknown {
  if (value instanceof Tensor) {
    const { sizes, strides, dtype, rank, numel, offset } = value;
    return { sizes, strides, dtype, rank, numel, offset } satisfies TensorMeta;
  }
  if (Array.isArray(value)) return value.map(metaOf);
  return value;
}

export class OpNode extends Node {
  private readonly saved = new Map<string, SavedArgument>();
  /** Plain arguments as they are, tensors as their shape. */
  private readonly plain: Record<string, unknown> = {};
  /** Per differentiable argument: its formula and where its edges begin; `count` null for a single tensor. */
  private readonly arguments: { name: string; formula: Formula; first: number; count: number | null }[] = [];

  constructor(
    readonly entry: OperatorEntry,
    formulas: ReadonlyMap<string, Formula>,
    args: unknown[],
  ) {
    super();
    entry.schema.params.forEach((param, i) => {
      const arg = args[i];
      this.plain[param.name] = metaOf(arg);
      const formula = formulas.get(param.name);
      if (!formula) return;
      const first = this.edges.length;
      if (Array.isArray(arg)) {
        for (const item of arg) this.edges.push(item ? gradientEdge(item as Tensor) : null);
        this.arguments.push({ name: param.name, formula, first, count: arg.length });
      } else {
        this.edges.push(arg instanceof Tensor ? gradientEdge(arg) : null);
        this.arguments.push({ name: param.name, formula, first, count: null });
      }
    });
  }

  get name(): string {
    return this.entry.nodeName;
  }

  // The one node of a declared operator that PyTorch wrote by hand, in a namespace of its own.
  override get longName(): string {
    return this.name === "CopyBackwards" ? "torch::autograd::CopyBackwards" : this.name;
  }

  /** The plain arguments, for `_saved_*` and display. */
  get plainArguments(): Readonly<Record<string, unknown>> {
    return this.plain;
  }

  override edgeNames(): string[] {
    return this.arguments.flatMap(({ name, count }) => new Array<string>(count ?? 1).fill(name));
  }

  /**
   * What is saved. As in PyTorch's generated code, a tensor is left out only where a single formula of several
   * reads it and that formula's gradient is not wanted.
   */
  private namesToSave(): Set<string> {
    const readers = new Map<string, number[]>();
    this.arguments.forEach(({ formula }, i) => {
      for (const name of formula.saves) readers.set(name, [...(readers.get(name) ?? []), i]);
    });
    const { params, name: operator } = this.entry.schema;
    const always =
      this.arguments.length <= 1 ||
      operator.includes("backward") ||
      params.some(({ kind }) => kind === "Tensor[]" || kind === "Tensor?[]");
    const names = new Set<string>();
    for (const [name, by] of readers) {
      const param = params.find((given) => given.name === name);
      const kept = always || by.length > 1 || param?.kind !== "Tensor";
      if (kept || this.edges[this.arguments[by[0]].first]) names.add(name);
    }
    return names;
  }

  /** `inPlace`: self is about to be overwritten, so a copy of it is what is saved. */
  saveInputs(args: unknown[], inPlace: boolean): void {
    const { params } = this.entry.schema;
    // Sorted: so PyTorch unpacks them, and of several that were overwritten the first is named.
    for (const name of [...this.namesToSave()].sort()) {
      const i = params.findIndex((given) => given.name === name);
      if (i < 0) continue;
      const param = params[i];
      const arg = args[i];
      if (Array.isArray(arg)) {
        this.saved.set(
          param.name,
          arg.map((item) => (item ? new SavedTensor(item as Tensor, param.name, false) : null)),
        );
      } else if (arg instanceof Tensor) {
        const kept = inPlace && i === 0 ? tensorApi.clone(arg) : arg;
        this.saved.set(param.name, new SavedTensor(kept, param.name, false));
      } else {
        this.saved.set(param.name, null);
      }
    }
  }

  saveResults(outputs: Tensor[]): void {
    const names = this.namesToSave();
    const { returns } = this.entry.schema;
    outputs.forEach((output, i) => {
      const name = returns[i]?.name ?? "result";
      if (names.has(name)) this.saved.set(name, new SavedTensor(output, name, output.gradFn === this));
    });
  }

  override savedTensors(): { name: string; saved: SavedTensor }[] {
    const list: { name: string; saved: SavedTensor }[] = [];
    for (const [name, saved] of this.saved) {
      if (Array.isArray(saved)) for (const item of saved) item && list.push({ name, saved: item });
      else if (saved) list.push({ name, saved });
    }
    return list;
  }

  /** What was saved under `name`: for `_saved_<name>`. Raises where it was freed or overwritten. */
  unpack(name: string): Tensor | (Tensor | null)[] | null | undefined {
    const saved = this.saved.get(name);
    if (saved === undefined) return undefined;
    if (Array.isArray(saved)) return saved.map((item) => item?.unpack(this) ?? null);
    return saved?.unpack(this) ?? null;
  }

  override release(by: number): void {
    if (this.saved.size === 0) return;
    this.freedBy ??= by;
    for (const { saved } of this.savedTensors()) saved.release();
  }

  apply(gradients: Gradients): Gradients {
    const context: Record<string, unknown> = { ...this.plain };
    for (const name of this.saved.keys()) context[name] = this.unpack(name);
    const outgoing: Gradients = new Array(this.edges.length).fill(null);
    if (gradients.every((gradient) => gradient === null)) return outgoing;
    context.grad = gradients[0];
    context.grads = gradients;
    context.wants = (argument: string) => {
      const place = this.arguments.find(({ name }) => name === argument);
      return place !== undefined && wantsGradient(this, place.first);
    };
    for (const { formula, first, count } of this.arguments) {
      if (count === null) {
        if (wantsGradient(this, first)) outgoing[first] = formula.compute(context) as Tensor | null;
        continue;
      }
      let wanted = false;
      for (let i = 0; i < count; i++) wanted ||= wantsGradient(this, first + i);
      if (!wanted) continue;
      const list = formula.compute(context) as (Tensor | null)[];
      for (let i = 0; i < count; i++) outgoing[first + i] = list[i];
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

  saveInputs(): void {}
  saveResults(): void {}

  apply(): Gradients {
    throw runtimeError(`derivative for aten::${this.entry.schema.name} is not implemented`);
  }
}
