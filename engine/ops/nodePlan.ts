// What the nodes of one operator have in common, worked out once: which formulas there are, what they
// save, and the object that they read from. A node itself holds only what differs from call to call.

import type { Gradients } from "../autograd/node";
import { wantsGradient } from "../autograd/task";
import type { DType } from "../tensor/dtype";
import { numel, type Sizes } from "../tensor/shape";
import { Tensor } from "../tensor/tensor";
import type { Formula, OperatorEntry, TensorMeta } from "./define";
import type { OpNode } from "./opNode";

export interface PlannedFormula {
  name: string;
  formula: Formula;
  /** Position of the argument in the schema. */
  position: number;
}

export interface PlannedSave {
  name: string;
  /** Position among the arguments; -1 for a result. */
  position: number;
  /** Position among the results; -1 for an argument. */
  output: number;
  /** The formula that alone reads it, so that it is saved where that gradient is wanted only; -1: always. */
  onlyFor: number;
}

/** What a formula reads from: `grad`, `grads`, `wants` and the operator's arguments and results by name. */
export interface Context {
  readonly grads: Gradients;
}

export interface NodePlan {
  formulas: readonly PlannedFormula[];
  /** The argument of each formula. */
  names: string[];
  /** Whether some differentiable argument is a list of tensors. */
  hasLists: boolean;
  /** By name: so PyTorch unpacks them, and of several that were overwritten the first is named. */
  saves: readonly PlannedSave[];
  /** Whether some of these are results. */
  savesResults: boolean;
  makeContext(node: OpNode, grads: Gradients, saved: readonly unknown[]): Context;
}

/** What stays of a tensor that is not saved. */
class Shape implements TensorMeta {
  constructor(
    readonly sizes: Sizes,
    readonly strides: Sizes,
    readonly dtype: DType,
    readonly offset: number,
  ) {}

  get rank(): number {
    return this.sizes.length;
  }

  get numel(): number {
    return numel(this.sizes);
  }
}

/** Scalars have the same shape, so that the nodes of a chain of them can share it. */
const scalars = new Map<DType, Shape>();

function shapeOfTensor({ sizes, strides, dtype, offset }: Tensor): Shape {
  if (sizes.length > 0 || offset !== 0) return new Shape(sizes, strides, dtype, offset);
  let shape = scalars.get(dtype);
  if (shape === undefined) {
    shape = new Shape(sizes, strides, dtype, 0);
    scalars.set(dtype, shape);
  }
  return shape;
}

/** An argument without its numbers: a tensor's shape, anything else as it is. */
export function shapeOf(value: unknown): unknown {
  if (value instanceof Tensor) return shapeOfTensor(value);
  if (Array.isArray(value)) return value.map(shapeOf);
  return value;
}

export function planOf(entry: OperatorEntry): NodePlan {
  entry.plan ??= makePlan(entry);
  return entry.plan;
}

function makePlan(entry: OperatorEntry): NodePlan {
  const { params, returns, name: operator } = entry.schema;
  const formulas: PlannedFormula[] = [];
  params.forEach(({ name }, position) => {
    const formula = entry.formulas instanceof Map ? entry.formulas.get(name) : undefined;
    if (formula) formulas.push({ name, formula, position });
  });
  const readers = new Map<string, number[]>();
  formulas.forEach(({ formula }, i) => {
    for (const name of formula.saves) readers.set(name, [...(readers.get(name) ?? []), i]);
  });
  // As in PyTorch's generated code, a tensor is left out only where a single formula of several reads
  // it and that formula's gradient is not wanted.
  const always =
    formulas.length <= 1 ||
    operator.includes("backward") ||
    params.some(({ kind }) => kind === "Tensor[]" || kind === "Tensor?[]");
  const saves = [...readers].map(([name, by]): PlannedSave => {
    const position = params.findIndex((param) => param.name === name);
    const output = position < 0 ? returns.findIndex((each) => (each.name ?? "result") === name) : -1;
    const guarded = !always && by.length === 1 && position >= 0 && params[position].kind === "Tensor";
    return { name, position, output, onlyFor: guarded ? by[0] : -1 };
  });
  saves.sort((a, b) => (a.name < b.name ? -1 : 1));
  const hasLists = formulas.some(({ position }) => params[position].kind.endsWith("[]"));
  return {
    formulas,
    names: formulas.map((each) => each.name),
    hasLists,
    saves,
    savesResults: saves.some(({ output }) => output >= 0),
    makeContext: contextMaker(entry, saves),
  };
}

/** A class for this operator: what a formula destructures is looked up then, and nothing else is. */
function contextMaker(entry: OperatorEntry, saves: readonly PlannedSave[]): NodePlan["makeContext"] {
  class OperatorContext implements Context {
    constructor(
      readonly $node: OpNode,
      readonly grads: Gradients,
      readonly $saved: readonly unknown[],
    ) {}

    get grad() {
      return this.grads[0];
    }

    get wants() {
      const { $node } = this;
      return (argument: string) => {
        const edge = $node.firstEdgeOf(argument);
        return edge >= 0 && wantsGradient($node, edge);
      };
    }
  }
  entry.schema.params.forEach(({ name }, position) => {
    // `grad` is what arrives, also where an argument has that name.
    if (name in OperatorContext.prototype) return;
    const place = saves.findIndex((save) => save.name === name);
    Object.defineProperty(OperatorContext.prototype, name, {
      get(this: OperatorContext) {
        const saved = place < 0 ? undefined : this.$saved[place];
        return saved === undefined ? this.$node.given[position] : saved;
      },
    });
  });
  saves.forEach(({ name, output }, place) => {
    if (output < 0) return;
    Object.defineProperty(OperatorContext.prototype, name, {
      get(this: OperatorContext) {
        return this.$saved[place];
      },
    });
  });
  return (node, grads, saved) => new OperatorContext(node, grads, saved);
}
