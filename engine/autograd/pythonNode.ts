// Nodes whose formula is Python's: torch.autograd.Function, and the node that only raises.
// What Python computes is called through a function that the bridge gives; its context object is Python's.
import { runtimeError } from "../tensor/errors";
import { alias, type Tensor } from "../tensor/tensor";
import { modes } from "./modes";
import { type Gradients, Node } from "./node";
import type { Visitor } from "./reach";
import { SavedTensor, TWICE } from "./saved";
import {
  type CreationMeta,
  gradFnOf,
  gradientEdge,
  rebaseHistory,
  refuseViewChange,
  requiresGrad,
} from "./views";

/** Runs the Python side of a node: gradients of its outputs to gradients of its tensor inputs. */
export type RunPython = (node: PythonFunctionNode, gradients: Gradients) => Gradients;

export class PythonFunctionNode extends Node {
  private saved: (SavedTensor | null)[] = [];
  private freed = false;

  /**
   * @param number the key of Python's context object
   * @param functionName "MyFunctionBackward"
   * @param inputs the tensor arguments of `apply`, in order
   */
  constructor(
    readonly number: number,
    private readonly functionName: string,
    inputs: readonly Tensor[],
    private readonly run: RunPython,
  ) {
    super();
    this.edges = inputs.map((input) => (requiresGrad(input) ? gradientEdge(input) : null));
  }

  get name(): string {
    return this.functionName;
  }

  /** `save_for_backward`, carried out after forward: `outputs` are those that this node is the grad_fn of. */
  save(tensors: readonly (Tensor | null)[]): void {
    this.saved = tensors.map(
      (tensor, i) => tensor && new SavedTensor(tensor, `saved_tensors[${i}]`, tensor.gradFn === this),
    );
  }

  /** `ctx.saved_tensors`. Raises RuntimeError where they were freed, or changed in place. */
  unpack(): (Tensor | null)[] {
    if (this.freed) {
      throw runtimeError(TWICE, {
        kind: "second-backward",
        node: this.id,
        saved: "saved_tensors",
        tensor: this.saved[0]?.id ?? 0,
        freedBy: this.freedBy ?? 0,
        forward: this.site,
      });
    }
    return this.saved.map((saved) => saved?.unpack(this) ?? null);
  }

  override savedTensors(): { name: string; saved: SavedTensor }[] {
    return this.saved.filter((saved) => saved !== null).map((saved) => ({ name: saved.name, saved }));
  }

  override savedAs(name: string): (SavedTensor | null)[] | undefined {
    return name === "tensors" ? this.saved : undefined;
  }

  override references(to: Visitor): void {
    super.references(to);
    to.held(this.number);
    for (const saved of this.saved) saved?.references(to);
  }

  override release(by: number): void {
    if (this.saved.length > 0) this.freedBy ??= by;
    this.clear();
    this.freed = true;
  }

  /** Lets go of what was saved. */
  clear(): void {
    for (const saved of this.saved) saved?.release();
  }

  /** How many were saved. Raises RuntimeError where they were freed. */
  savedCount(): number {
    if (this.freed) this.unpack();
    return this.saved.length;
  }

  apply(gradients: Gradients): Gradients {
    return this.run(this, gradients);
  }
}

export interface OutputFlags {
  isInput: boolean;
  /** `mark_dirty` */
  isModified: boolean;
  /** Not `mark_non_differentiable`, and of a dtype that can have a gradient. */
  isDifferentiable: boolean;
}

/**
 * The tensor that `apply` hands out for one tensor that forward returned: with `node` as its history, or
 * without any where `node` is null. Texts and cases: torch/csrc/autograd/custom_function.cpp.
 */
export function functionOutput(node: Node | null, tensor: Tensor, flags: OutputFlags): Tensor {
  const { isInput, isModified } = flags;
  if (isModified) tensor.version.bump(node?.name ?? "mark_dirty", modes.site);
  if (node === null || !flags.isDifferentiable) {
    node?.addOutput(tensor);
    if (!requiresGrad(tensor)) return isInput && !isModified ? viewOfSelf(tensor) : tensor;
    if (isInput) return alias(tensor, tensor.sizes, tensor.strides, tensor.offset);
    if (tensor.view === null) {
      tensor.gradFn = null;
      tensor.leafRequiresGrad = false;
    }
    return tensor;
  }
  if (isModified) {
    if (tensor.leafRequiresGrad && gradFnOf(tensor) === null) {
      throw runtimeError("a leaf Variable that requires grad has been used in an in-place operation.", {
        kind: "leaf-inplace",
        tensor: tensor.id,
      });
    }
    refuseViewChange(tensor);
    tensor.grad = null;
    tensor.hooks = null;
    rebaseHistory(tensor, node);
    return tensor;
  }
  const out = isInput ? viewOfSelf(tensor) : tensor;
  const outputNr = node.addOutput(out);
  out.gradFn = node;
  out.outputNr = outputNr;
  if (out.view) out.view.attrVersion = out.version.value;
  return out;
}

/** After all outputs: a change in place of a view that a Function returned is refused. */
export function forbidViewChanges(outputs: readonly Tensor[], differentiable: number): void {
  const creation: CreationMeta = differentiable > 1 ? "multi_output" : "custom_function";
  for (const output of outputs) if (output.view) output.view.creation = creation;
}

/** Raises where a Function changed a view and returns several tensors. */
export function refuseChangedView(tensor: Tensor): void {
  if (tensor.view === null) return;
  throw runtimeError(
    "If your Function modifies inplace an input that is a view of another Tensor, your Function cannot return more than " +
      "one Tensor. This is not supported by the current autograd engine. You should either make sure the input is not a " +
      "view (using .clone() for example) or make your Function only return one Tensor (potentially splitting it into two " +
      "Functions: one doing the inplace that returns a single Tensor and a second one that does the other operations). " +
      "You can ask on the forum https://discuss.pytorch.org/ if you need help to do this change.",
    { kind: "function-changed-view", tensor: tensor.id },
  );
}

function viewOfSelf(tensor: Tensor): Tensor {
  const out = alias(tensor, tensor.sizes, tensor.strides, tensor.offset);
  out.view = {
    base: tensor.view?.base ?? tensor,
    creation: "custom_function",
    attrVersion: tensor.version.value,
    site: tensor.site,
  };
  return out;
}

/** Hands on its inputs; in backward no gradient comes out of it. */
export class UndefinedGradNode extends Node {
  constructor(inputs: readonly Tensor[]) {
    super();
    this.edges = inputs.map((input) => gradientEdge(input));
  }

  get name(): string {
    return "UndefinedGradBackward";
  }

  apply(): Gradients {
    return this.edges.map(() => null);
  }
}

/** Lets gradients in and raises: what `once_differentiable` puts behind the gradients it made. */
export class DelayedErrorNode extends Node {
  constructor(
    private readonly message: string,
    inputs: readonly (Tensor | null)[],
  ) {
    super();
    this.edges = inputs.map((input) => (input && requiresGrad(input) ? gradientEdge(input) : null));
  }

  get name(): string {
    return "Error";
  }

  override get longName(): string {
    return "torch::autograd::Error";
  }

  /** An alias of `tensor` whose gradient raises. */
  static behind(tensor: Tensor, message: string): Tensor {
    const out = alias(tensor, tensor.sizes, tensor.strides, tensor.offset);
    if (!modes.grad || !requiresGrad(tensor)) return out;
    const node = new DelayedErrorNode(message, [tensor]);
    out.outputNr = node.addOutput(out);
    out.gradFn = node;
    return out;
  }

  apply(): Gradients {
    throw runtimeError(this.message, { kind: "once-differentiable", node: this.id });
  }
}
