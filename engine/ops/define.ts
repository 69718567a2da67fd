// How an operator is declared, once, and what every operator does when it runs: mode, saved tensors,
// kernel, history, record. What an operator means is in its entry; how bytes are computed is in kernels/.
//
// Note [Saving]. A vjp names in `using(...)` exactly the tensors it reads. What only one of several formulas
// reads is saved only when its gradient is wanted, so that version errors and "second time" errors fall where
// PyTorch's fall. Shapes, dtypes and plain arguments can be read without being saved.
import { underAutocast } from "../autograd/autocast";
import { callbacks } from "../autograd/callbacks";
import { modes } from "../autograd/modes";
import { tensorApi } from "../autograd/tensorApi";
import {
  checkInPlace,
  countChange,
  markView,
  rebaseHistory,
  replayOf,
  requiresGrad,
  setHistory,
} from "../autograd/views";
import { inOrder, readsElsewhere } from "../kernels/inOrder";
import { assertNoInternalOverlap, assertNoOverlap, assertNoPartialOverlap } from "../kernels/overlap";
import { intoSelf } from "../kernels/pointwise";
import { recording } from "../record/hook";
import { runtimeError, TorchError } from "../tensor/errors";
import { sameSizes, sizesText } from "../tensor/shape";
import { operandNumber, type Scalar, Tensor } from "../tensor/tensor";
import { intercepted, interceptedInPlace, intercepting } from "./intercepted";
import type { NodePlan } from "./nodePlan";
import { NotImplementedNode, OpNode } from "./opNode";
import { canCast } from "./promotion";
import {
  type ArgsOf,
  type CallArgs,
  type NamedArgs,
  parseSchema,
  type ResultOf,
  type Schema,
} from "./schema";

/** What may be read of a tensor that is not saved. */
export interface TensorMeta {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly dtype: Tensor["dtype"];
  readonly rank: number;
  readonly numel: number;
  readonly offset: number;
}

type Unsaved<T> = T extends Tensor ? TensorMeta : T extends (infer E)[] ? Unsaved<E>[] : T;

/**
 * What a formula reads: `grad` (of the first output), saved tensors, shapes of the others, plain arguments.
 * Each is looked up when it is read: name what you need, the object as a whole cannot be spread or listed.
 */
export type FormulaContext<A, Saved extends string> = {
  grad: Tensor;
  /** One per output; null where nothing arrived. */
  grads: (Tensor | null)[];
  /** Whether the gradient of this argument is wanted. */
  wants(argument: string): boolean;
} & { [K in keyof A]: K extends Saved ? A[K] : Unsaved<A[K]> } & {
  [K in Saved as K extends keyof A ? never : K]: Tensor;
};

/** The formula of one argument's gradient: what it saves, and how it is computed from that. */
export interface Formula<A = never> {
  readonly saves: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: the context's type was checked where the formula was declared.
  readonly compute: (context: any) => FormulaResult;
  readonly reads?: (args: A) => A;
}

/** A tensor, null for zero, or a list for a `Tensor[]`. */
export type FormulaResult = Tensor | (Tensor | null)[] | null;

type Compute<A, Saved extends string> = (context: FormulaContext<A, Saved>) => FormulaResult;

/** Names what a formula reads and thus saves: arguments, "result", or the names of several results. */
export function using<A>(compute: Compute<A, never>): Formula<A>;
export function using<A, const N1 extends string>(n1: N1, compute: Compute<A, N1>): Formula<A>;
export function using<A, const N1 extends string, const N2 extends string>(
  n1: N1,
  n2: N2,
  compute: Compute<A, N1 | N2>,
): Formula<A>;
export function using<A, const N1 extends string, const N2 extends string, const N3 extends string>(
  n1: N1,
  n2: N2,
  n3: N3,
  compute: Compute<A, N1 | N2 | N3>,
): Formula<A>;
export function using<
  A,
  const N1 extends string,
  const N2 extends string,
  const N3 extends string,
  const N4 extends string,
>(n1: N1, n2: N2, n3: N3, n4: N4, compute: Compute<A, N1 | N2 | N3 | N4>): Formula<A>;
export function using<
  A,
  const N1 extends string,
  const N2 extends string,
  const N3 extends string,
  const N4 extends string,
  const N5 extends string,
>(n1: N1, n2: N2, n3: N3, n4: N4, n5: N5, compute: Compute<A, N1 | N2 | N3 | N4 | N5>): Formula<A>;
export function using<
  A,
  const N1 extends string,
  const N2 extends string,
  const N3 extends string,
  const N4 extends string,
  const N5 extends string,
  const N6 extends string,
>(
  n1: N1,
  n2: N2,
  n3: N3,
  n4: N4,
  n5: N5,
  n6: N6,
  compute: Compute<A, N1 | N2 | N3 | N4 | N5 | N6>,
): Formula<A>;
export function using<A>(...parts: unknown[]): Formula<A> {
  return { saves: parts.slice(0, -1) as string[], compute: parts[parts.length - 1] as Formula<A>["compute"] };
}

/** The formula of an argument that PyTorch declares differentiable and has no derivative for: backward raises. */
export function underivable<A>(name: string): Formula<A> {
  return using<A>(() => {
    throw new TorchError("NotImplementedError", `the derivative for '${name}' is not implemented.`);
  });
}

export type Sample = readonly unknown[];

/** Makes sample inputs; seeded, so that a failure can be repeated. */
export interface SampleGenerator {
  randn(...sizes: number[]): Tensor;
  /** Uniform in [low, high). */
  uniform(low: number, high: number, ...sizes: number[]): Tensor;
  integers(low: number, high: number, ...sizes: number[]): Tensor;
  booleans(...sizes: number[]): Tensor;
  tensor(values: readonly number[], sizes: readonly number[]): Tensor;
}

export interface OperatorSpec<S extends string> {
  /** The result without any history. A view answers an alias of `self`. */
  forward(...args: ArgsOf<S>): ResultOf<S>;
  /**
   * One formula per differentiable argument. Absent: the result never requires grad (a comparison).
   * "refuse": it requires grad, and backward raises, as PyTorch's "derivative not implemented".
   */
  vjp?: { [K in keyof NamedArgs<S>]?: Formula<NamedArgs<S>> } | "refuse";
  /** The node's name where it is not `<Name>Backward0`. */
  node?: string;
  /** Also `name_`: "derive" from the forward, copied into self. */
  inPlace?: boolean;
  /**
   * What the in-place form refuses: "pointwise" (default) where an element is written twice or other inputs
   * overlap partly; "indexed" where they overlap at all; "none": it has checks of its own, or none.
   */
  overlap?: "pointwise" | "indexed" | "none";
  /** The forward is one elementwise loop, which in place writes self's own memory (Note [Targets]). */
  oneLoop?: boolean;
  /** The name of a `Tensor` argument for which Python may pass a number: makes the `.Scalar` overload. */
  scalar?: keyof NamedArgs<S> & string;
  /** The result shares memory with self. */
  view?: boolean;
  /**
   * Names of outputs that never require grad although they are floats (a buffer for the backward pass);
   * "integers": a result of integers is allowed, and requires no grad (a cast).
   */
  undifferentiable?: readonly string[] | "integers";
  /** Where Python finds it; default: `torch.name` and `Tensor.name`. "" in `functions`: internal. */
  python?: PythonNames;
  /** TeX of each formula: r is the result, a bar means "gradient of the loss with respect to". */
  math?: { [K in keyof NamedArgs<S>]?: string };
  samples?(g: SampleGenerator): Sample[];
  /** PyTorch has no double backward here, or gradcheck does not apply (integer, random): why. */
  gradcheck?: { skip: string };
}

export interface PythonNames {
  /** Dotted names under `torch`: ["relu", "nn.functional.relu"]. */
  functions?: readonly string[];
  /** Methods of Tensor. */
  methods?: readonly string[];
}

export interface OperatorEntry {
  readonly number: number;
  /** "mul.Tensor" */
  readonly key: string;
  readonly schema: Schema;
  readonly kind: "function" | "inplace" | "view" | "composite";
  readonly python: Required<PythonNames>;
  readonly nodeName: string;
  readonly formulas: ReadonlyMap<string, Formula> | "refuse" | null;
  readonly math: Readonly<Record<string, string>> | null;
  readonly samples: ((g: SampleGenerator) => Sample[]) | null;
  readonly gradcheckSkipped: string | null;
  readonly undifferentiable: readonly string[] | "integers";
  readonly overlap: "pointwise" | "indexed" | "none";
  readonly oneLoop: boolean;
  /** Positions of the tensor arguments in the schema, and their names. */
  readonly tensorPositions: readonly number[];
  /** Positions of those that are one tensor, and always given. */
  readonly singleTensors: readonly number[];
  readonly tensorNames: readonly string[];
  /** What its nodes have in common, once one was made (nodePlan.ts). */
  plan: NodePlan | null;
  /** Runs it: arguments in the schema's order, all given. In-place forms answer self. */
  call(args: unknown[]): Tensor | Tensor[];
}

/** Every operator, in the order declared; its number is its place. */
export const registry: OperatorEntry[] = [];
const byKey = new Map<string, OperatorEntry>();

export function operator(key: string): OperatorEntry {
  const entry = byKey.get(key);
  if (!entry) throw new Error(`no operator ${key}`);
  return entry;
}

/** Runs an in-place form by its key: `callInPlace("mul_.Tensor", self, other)`. Answers self. */
export function callInPlace(key: string, ...args: [Tensor, ...unknown[]]): Tensor {
  return operator(key).call(args) as Tensor;
}

/** A declared operator: call it, or define what it does (once, at load). */
export interface Operator<S extends string> {
  (...args: CallArgs<S>): ResultOf<S>;
  /** Apart from the declaration, so that a formula may call the operator that it belongs to. */
  define(spec: OperatorSpec<S>): void;
}

/** Declares an operator by its schema in ATen's notation. */
export function op<const S extends string>(text: S): Operator<S> {
  let entry: OperatorEntry | null = null;
  const callable = (...args: CallArgs<S>): ResultOf<S> => {
    if (entry === null) throw new Error(`${text} is declared but not defined`);
    return entry.call(args as unknown[]) as ResultOf<S>;
  };
  return Object.assign(callable, {
    define(spec: OperatorSpec<S>) {
      entry = defineOperator(text, spec);
    },
  });
}

type AnyForward = (...args: unknown[]) => Tensor | Tensor[];

function defineOperator<S extends string>(text: S, spec: OperatorSpec<S>): OperatorEntry {
  const schema = parseSchema(text);
  const base = {
    schema,
    python: pythonNames(schema, spec.python),
    nodeName: spec.node ?? `${camel(schema.name)}Backward0`,
    formulas: formulasOf(schema, spec.vjp),
    math: (spec.math as Record<string, string> | undefined) ?? null,
    samples: spec.samples ? (g: SampleGenerator) => spec.samples?.(g) ?? [] : null,
    gradcheckSkipped: spec.gradcheck?.skip ?? null,
    undifferentiable: spec.undifferentiable ?? [],
    overlap: spec.overlap ?? "pointwise",
    oneLoop: spec.oneLoop ?? false,
    ...tensorParams(schema),
  };
  const forward = spec.forward as unknown as AnyForward;
  const entry = register({ ...base, kind: spec.view ? "view" : "function" }, (self) => (args) => {
    wrapNumbers(self, args);
    return intercepting() ? intercepted(self, forward, args, runFunction) : runFunction(self, forward, args);
  });
  if (spec.scalar) registerScalarForm(entry, spec.scalar);
  if (spec.inPlace) {
    const twin = register(inPlaceBase(entry), (self) => (args) => {
      wrapNumbers(self, args);
      return intercepting()
        ? interceptedInPlace(self, forward, args, runInPlace)
        : runInPlace(self, forward, args);
    });
    if (spec.scalar) registerScalarForm(twin, spec.scalar);
  }
  return entry;
}

/** Declares an operator that only calls others, as PyTorch's CompositeImplicit ones: it has no node of its own. */
export function composite<const S extends string>(
  text: S,
  body: (...args: ArgsOf<S>) => ResultOf<S>,
  options: {
    python?: PythonNames;
    samples?(g: SampleGenerator): Sample[];
    inPlace?: boolean;
    scalar?: string;
  } = {},
): (...args: CallArgs<S>) => ResultOf<S> {
  const schema = parseSchema(text);
  const entry = register(
    {
      schema,
      kind: "composite",
      python: pythonNames(schema, options.python),
      nodeName: "",
      formulas: null,
      math: null,
      samples: options.samples ?? null,
      gradcheckSkipped: null,
      undifferentiable: [],
      overlap: "none",
      oneLoop: false,
      ...tensorParams(schema),
    },
    (self) => (args) => {
      wrapNumbers(self, args);
      return (body as unknown as AnyForward)(...args);
    },
  );
  if (options.scalar) registerScalarForm(entry, options.scalar);
  return (...args) => entry.call(args as unknown[]) as ResultOf<S>;
}

/** An operator that changes self and has no out-of-place form of the same meaning (`copy_`, `zero_`, `uniform_`). */
export interface InPlaceOperator<S extends string> {
  (...args: CallArgs<S>): Tensor;
  /** `forward` answers what self becomes: of its shape, or broadcast to it. */
  define(spec: Omit<OperatorSpec<S>, "inPlace" | "view">): void;
}

export function inPlaceOp<const S extends string>(text: S): InPlaceOperator<S> {
  let entry: OperatorEntry | null = null;
  const callable = (...args: CallArgs<S>): Tensor => {
    if (entry === null) throw new Error(`${text} is declared but not defined`);
    return entry.call(args as unknown[]) as Tensor;
  };
  return Object.assign(callable, {
    define(spec: Omit<OperatorSpec<S>, "inPlace" | "view">) {
      const schema = parseSchema(text);
      const forward = spec.forward as unknown as AnyForward;
      entry = register(
        {
          schema,
          kind: "inplace",
          python: pythonNames(schema, spec.python ?? { functions: [] }),
          nodeName: spec.node ?? `${camel(schema.name.replace(/_$/, ""))}Backward0`,
          formulas: formulasOf(schema, spec.vjp),
          math: (spec.math as Record<string, string> | undefined) ?? null,
          samples: spec.samples ? (g) => spec.samples?.(g) ?? [] : null,
          gradcheckSkipped: spec.gradcheck?.skip ?? null,
          undifferentiable: [],
          overlap: spec.overlap ?? "pointwise",
          oneLoop: false,
          ...tensorParams(schema),
        },
        (self) => (args) => {
          wrapNumbers(self, args);
          return intercepting()
            ? interceptedInPlace(self, forward, args, runInPlace)
            : runInPlace(self, forward, args);
        },
      );
      if (spec.scalar) registerScalarForm(entry, spec.scalar);
    },
  });
}

/** A view operator that changes the window of self itself (`t_`, `unsqueeze_`). */
export interface InPlaceView<S extends string> {
  (...args: CallArgs<S>): Tensor;
  define(spec: Pick<OperatorSpec<S>, "forward" | "vjp" | "node" | "samples" | "math">): void;
}

export function inPlaceView<const S extends string>(text: S): InPlaceView<S> {
  let entry: OperatorEntry | null = null;
  const callable = (...args: CallArgs<S>): Tensor => {
    if (entry === null) throw new Error(`${text} is declared but not defined`);
    return entry.call(args as unknown[]) as Tensor;
  };
  return Object.assign(callable, {
    define(spec: Parameters<InPlaceView<S>["define"]>[0]) {
      const schema = parseSchema(text);
      const forward = spec.forward as unknown as AnyForward;
      entry = register(
        {
          schema,
          kind: "inplace",
          python: pythonNames(schema, { functions: [] }),
          nodeName: spec.node ?? `${camel(schema.name.replace(/_$/, ""))}Backward0`,
          formulas: formulasOf(schema, spec.vjp),
          math: (spec.math as Record<string, string> | undefined) ?? null,
          samples: spec.samples ? (g) => spec.samples?.(g) ?? [] : null,
          gradcheckSkipped: null,
          undifferentiable: [],
          overlap: "none",
          oneLoop: false,
          ...tensorParams(schema),
        },
        (self) => (args) => runInPlaceView(self, forward, args),
      );
    },
  });
}

// ---- registering ----

type EntryBase = Omit<OperatorEntry, "number" | "key" | "call" | "plan">;

function register(
  base: EntryBase,
  makeCall: (self: OperatorEntry) => (args: unknown[]) => Tensor | Tensor[],
): OperatorEntry {
  const { name, overload } = base.schema;
  const key = overload ? `${name}.${overload}` : name;
  if (byKey.has(key)) throw new Error(`operator ${key} is declared twice`);
  const entry = { ...base, key, number: registry.length, plan: null } as unknown as OperatorEntry;
  (entry as { call: OperatorEntry["call"] }).call = underAutocast(key, makeCall(entry));
  registry.push(entry);
  byKey.set(key, entry);
  return entry;
}

/** `mul.Scalar(Tensor self, Scalar other)`: for Python's numbers; the same node as the tensor form. */
function registerScalarForm(entry: OperatorEntry, argument: string): void {
  const params = entry.schema.params.map((param) =>
    param.name === argument ? { ...param, kind: "Scalar" as const } : param,
  );
  const overload = entry.schema.overload.replace("Tensor", "Scalar") || "Scalar";
  const schema: Schema = { ...entry.schema, overload, params };
  const position = params.findIndex((param) => param.name === argument);
  register({ ...entry, schema, samples: null, kind: "composite", ...tensorParams(schema) }, () => (args) => {
    const given = args[position];
    if (!(given instanceof Tensor)) args[position] = operandNumber(given as Scalar);
    return entry.call(args);
  });
}

function inPlaceBase(entry: OperatorEntry): EntryBase {
  const { schema } = entry;
  const params = schema.params
    .filter((param) => !(param.name === "dtype" && param.keywordOnly))
    .map((param, i) => (i === 0 ? { ...param, aliasing: "a!" } : param));
  const name = `${schema.name}_`;
  return {
    ...entry,
    schema: { ...schema, name, params },
    kind: "inplace",
    python: {
      methods: entry.python.methods.map((method) => `${method}_`),
      functions: entry.python.functions.filter((f) => !f.includes(".")).map((f) => `${f}_`),
    },
    samples: null,
  };
}

function pythonNames(schema: Schema, given: PythonNames | undefined): Required<PythonNames> {
  const isMethod = schema.params[0]?.kind === "Tensor" && schema.params[0].name === "self";
  return {
    functions: given?.functions ?? [schema.name],
    methods: given?.methods ?? (isMethod ? [schema.name] : []),
  };
}

function formulasOf<S extends string>(
  schema: Schema,
  vjp: OperatorSpec<S>["vjp"],
): OperatorEntry["formulas"] {
  if (vjp === undefined) return null;
  if (vjp === "refuse") return "refuse";
  const formulas = new Map<string, Formula>();
  for (const param of schema.params) {
    const formula = (vjp as Record<string, Formula | undefined>)[param.name];
    if (formula) formulas.set(param.name, formula);
  }
  return formulas;
}

function tensorParams({
  params,
}: Schema): Pick<OperatorEntry, "tensorPositions" | "singleTensors" | "tensorNames"> {
  const positions = [...params.keys()];
  const tensorPositions = positions.filter((i) => params[i].kind.startsWith("Tensor"));
  return {
    tensorPositions,
    singleTensors: positions.filter((i) => params[i].kind === "Tensor"),
    tensorNames: tensorPositions.map((i) => params[i].name),
  };
}

/** "log_softmax" → "LogSoftmax", "log1p" → "Log1P": PyTorch capitalises after a digit too. */
export function camel(name: string): string {
  return name
    .split("_")
    .map((part) =>
      part.replace(/(^|\d)([a-z])/g, (_all, before: string, letter: string) => before + letter.toUpperCase()),
    )
    .join("");
}

function wrapNumbers({ singleTensors }: OperatorEntry, args: unknown[]): void {
  for (let k = 0; k < singleTensors.length; k++) {
    const given = args[singleTensors[k]];
    if (!(given instanceof Tensor)) args[singleTensors[k]] = operandNumber(given as Scalar);
  }
}

// ---- running ----

function anyRequiresGrad(entry: OperatorEntry, args: unknown[]): boolean {
  const { tensorPositions } = entry;
  for (let k = 0; k < tensorPositions.length; k++) {
    const arg = args[tensorPositions[k]];
    if (arg instanceof Tensor) {
      if (requiresGrad(arg)) return !arg.inference || anyNormal(entry, args);
    } else if (Array.isArray(arg)) {
      for (const item of arg) {
        if (item instanceof Tensor && requiresGrad(item)) return !item.inference || anyNormal(entry, args);
      }
    }
  }
  return false;
}

/** Operators on inference tensors alone do not come to autograd; a Python number is a normal tensor. */
function anyNormal({ tensorPositions }: OperatorEntry, args: unknown[]): boolean {
  const normal = (value: unknown): boolean =>
    Array.isArray(value) ? value.some(normal) : value instanceof Tensor && !value.inference;
  return tensorPositions.some((position) => normal(args[position]));
}

/** A node for this call, where one is wanted: some *differentiable* input requires grad and recording is on. */
function makeNode(
  entry: OperatorEntry,
  args: unknown[],
  requires: boolean,
): OpNode | NotImplementedNode | null {
  const { formulas } = entry;
  if (!requires || !modes.grad || formulas === null) return null;
  if (formulas === "refuse") return new NotImplementedNode(entry, args);
  return OpNode.make(entry, args);
}

function runFunction(
  entry: OperatorEntry,
  forward: (...args: unknown[]) => Tensor | Tensor[],
  args: unknown[],
): Tensor | Tensor[] {
  const requires = anyRequiresGrad(entry, args);
  const node = makeNode(entry, args, requires);
  if (node !== null) node.saveInputs(args, false);
  const result = forward(...args);
  if (Array.isArray(result)) {
    for (let i = 0; i < result.length; i++) finish(entry, args, result[i], i, node);
  } else {
    finish(entry, args, result, 0, node);
  }
  if (node?.savesResults) node.saveResults(Array.isArray(result) ? result : [result]);
  if (recording.recorder !== null) {
    record(entry, args, Array.isArray(result) ? result : [result], node, requires, false);
  }
  return result;
}

/** Makes what the kernel answered as output `i` the operator's result: rounded, a view, with history. */
function finish(
  entry: OperatorEntry,
  args: unknown[],
  output: Tensor,
  i: number,
  node: OpNode | NotImplementedNode | null,
): void {
  output.site = modes.site;
  if (entry.kind === "view") {
    // A view of a normal tensor stays one in inference mode: only fresh memory is an inference tensor.
    const self = args[0] as Tensor;
    if (!self.inference) {
      markView(output, self, entry.schema.returns[0].kind === "Tensor[]");
      if (modes.viewReplay) noteReplay(entry, args, output, i);
    }
  } else {
    // See Note [Half precision] in tensor/dtype.ts.
    if (output.dtype.round !== undefined) output.storage.round();
    if (modes.inference) output.inference = true;
  }
  if (node !== null) attach(node, output, i);
}

/** How a view is made from its base: as the one that it is a view of, and then by this operator. */
function noteReplay(entry: OperatorEntry, [self, ...rest]: unknown[], output: Tensor, i: number): void {
  const before = (self as Tensor).view ? replayOf(self as Tensor) : (base: Tensor) => base;
  if (output.view === null) return;
  output.view.replay = (base) => {
    const made = entry.call([before(base), ...rest]);
    return Array.isArray(made) ? made[i] : made;
  };
}

function attach(node: OpNode | NotImplementedNode, output: Tensor, i: number): void {
  const { undifferentiable, schema } = node.entry;
  const outputNr = node.addOutput(output);
  if (!output.isFloat) {
    if (schema.returnsTuple || undifferentiable === "integers") return;
    throw runtimeError(`Autograd not support dtype: ${output.dtype.scalarName}`);
  }
  if (undifferentiable.length > 0) {
    const name = schema.returns[i]?.name;
    if (name && undifferentiable.includes(name)) return;
  }
  output.gradFn = node;
  output.outputNr = outputNr;
}

function runInPlace(
  entry: OperatorEntry,
  forward: (...args: unknown[]) => Tensor | Tensor[],
  args: unknown[],
): Tensor {
  const self = args[0] as Tensor;
  const requires = anyRequiresGrad(entry, args);
  checkInPlace(self, requires);
  const elsewhere = checkOverlap(entry, args);
  // What is written into integers has no derivative.
  const node = self.isFloat ? makeNode(entry, args, requires) : null;
  node?.saveInputs(args, true);
  if (entry.oneLoop) aboutToWrite(self);
  const direct = entry.oneLoop && !elsewhere;
  const result = (direct ? intoSelf(self, () => forward(...args)) : forward(...args)) as Tensor;
  if (
    result.rank > self.rank ||
    (entry.schema.name !== "copy_" && !sameSizes(result.sizes, self.sizes) && result.numel !== 1)
  ) {
    throw runtimeError(
      `output with shape ${sizesText(self.sizes)} doesn't match the broadcast shape ${sizesText(result.sizes)}`,
      { kind: "inplace-shape", tensor: self.id },
    );
  }
  if (entry.schema.name !== "copy_" && !canCast(result.dtype, self.dtype)) {
    throw runtimeError(
      `result type ${result.dtype.scalarName} can't be cast to the desired output type ${self.dtype.scalarName}`,
      { kind: "inplace-dtype", tensor: self.id },
    );
  }
  if (!entry.oneLoop) aboutToWrite(self);
  if (result.dtype.round !== undefined && result.storage !== self.storage) result.storage.round();
  if (elsewhere) changeInOrder(entry, forward, args);
  else if (result.storage.data !== self.storage.data || !direct) tensorApi.writeInto(self, result);
  if (self.dtype.round !== undefined) self.storage.round();
  countChange(self, entry.schema.name);
  rebaseHistory(self, node);
  if (node?.savesResults) node.saveResults([self]);
  if (recording.recorder !== null) record(entry, args, [self], node, requires, true);
  return self;
}

function aboutToWrite(self: Tensor): void {
  recording.recorder?.beforeWrite(self);
  if (modes.watchWrites) callbacks.beforeWrite(self);
}

/** Whether what comes out depends on the order in which self is written (see changeInOrder). */
function checkOverlap(entry: OperatorEntry, args: unknown[]): boolean {
  if (entry.overlap === "none") return false;
  const self = args[0] as Tensor;
  const copies = entry.schema.name === "copy_";
  if (copies && args[1] === self) return false;
  assertNoInternalOverlap(self);
  const check = entry.overlap === "pointwise" ? assertNoPartialOverlap : assertNoOverlap;
  let elsewhere = false;
  for (const i of entry.tensorPositions) {
    const arg = args[i];
    if (i > 0 && arg instanceof Tensor && (arg !== self || entry.overlap === "indexed")) {
      check(self, arg);
      elsewhere ||= (entry.oneLoop || copies) && readsElsewhere(self, arg);
    }
  }
  return elsewhere;
}

/** Reads memory that it writes, piece by piece: a later piece sees what an earlier one wrote. */
function changeInOrder(
  entry: OperatorEntry,
  forward: (...args: unknown[]) => Tensor | Tensor[],
  args: unknown[],
): void {
  const positions = entry.tensorPositions.filter((i) => i > 0 && args[i] instanceof Tensor);
  const pieces = [...args];
  inOrder(
    args[0] as Tensor,
    positions.map((i) => args[i] as Tensor),
    (self, reads) => {
      pieces[0] = self;
      for (let n = 0; n < positions.length; n++) pieces[positions[n]] = reads[n];
      tensorApi.writeInto(self, forward(...pieces) as Tensor);
    },
  );
}

/** The history is self's own, also where self is a view: its base has not changed. */
function runInPlaceView(entry: OperatorEntry, forward: AnyForward, args: unknown[]): Tensor {
  const self = args[0] as Tensor;
  const requires = anyRequiresGrad(entry, args);
  checkInPlace(self, requires);
  const node = makeNode(entry, args, requires);
  node?.saveInputs(args, false);
  const window = forward(...args) as Tensor;
  self.sizes = window.sizes;
  self.strides = window.strides;
  self.offset = window.offset;
  countChange(self, entry.schema.name);
  setHistory(self, node);
  if (recording.recorder !== null) record(entry, args, [self], node, requires, true);
  return self;
}

function record(
  entry: OperatorEntry,
  args: unknown[],
  outputs: Tensor[],
  node: OpNode | NotImplementedNode | null,
  requires: boolean,
  inPlace: boolean,
): void {
  if (modes.backwardDepth > 0 && !modes.grad) return;
  const { inputs, names } = tensorArguments(entry, args);
  recording.recorder?.operator({
    name: entry.schema.name,
    argumentNames: names,
    inputs,
    outputs,
    node,
    inPlace,
    site: modes.site,
    cut: requires && node === null ? cutBy(entry) : null,
    math: entry.math,
  });
}

/** The tensors among the arguments, those of lists as well, and their names in the schema. */
function tensorArguments(
  { tensorPositions, tensorNames }: OperatorEntry,
  args: unknown[],
): { inputs: (Tensor | null)[]; names: readonly string[] } {
  const single = new Array<Tensor | null>(tensorPositions.length);
  let lists = false;
  for (let i = 0; i < single.length; i++) {
    const arg = args[tensorPositions[i]];
    if (Array.isArray(arg)) lists = true;
    else single[i] = arg as Tensor | null;
  }
  if (!lists) return { inputs: single, names: tensorNames };
  const inputs: (Tensor | null)[] = [];
  const names: string[] = [];
  tensorPositions.forEach((position, i) => {
    const arg = args[position];
    const list = Array.isArray(arg) ? (arg as (Tensor | null)[]) : [arg as Tensor | null];
    for (const item of list) {
      inputs.push(item);
      names.push(tensorNames[i]);
    }
  });
  return { inputs, names };
}

function cutBy(entry: OperatorEntry): string {
  if (modes.inference) return "inference_mode";
  if (!modes.grad) return "no_grad";
  return entry.schema.name;
}
