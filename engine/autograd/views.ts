// Views and changes in place: who shares memory with whom, whose history follows from whose.
// Kernels never come here.
//
// Note [Views]. A differentiable view shares storage and version counter with its base (never with
// another view: a view of a view has the same base). A change in place on the base or on any view
// gives the *base* a new grad_fn (CopySlices when it came through a view); the grad_fn of every
// other view is then stale, which is seen by comparing `attrVersion` with the version counter, and
// is made anew from the base when somebody asks for it (gradFnOf).
import { unrecorded } from "../record/hook";
import { runtimeError } from "../tensor/errors";
import { alias, empty, type Tensor } from "../tensor/tensor";
import { modes, withGrad } from "./modes";
import { type Edge, type Gradients, LAST_SEQUENCE, Node } from "./node";
import { TWICE } from "./saved";
import { tensorApi } from "./tensorApi";

/** How a view was made decides what a change in place on it means. */
export type CreationMeta = "default" | "no_grad" | "inference" | "multi_output" | "custom_function";

export interface ViewInfo {
  base: Tensor;
  /** Makes the view again from another base of the same geometry; null: by as_strided. */
  replay: ((base: Tensor) => Tensor) | null;
  creation: CreationMeta;
  /** The version counter's value that `gradFn` belongs to. */
  attrVersion: number;
  /** The place in the user's code that made the view. */
  site: number;
}

/** The grad_fn, made anew where a change of the base has made it stale. Null for a leaf. */
export function gradFnOf(tensor: Tensor): Node | null {
  const view = tensor.view;
  if (view === null || view.creation === "inference" || tensor.inference) return tensor.gradFn;
  if (view.attrVersion === tensor.version.value) return tensor.gradFn;
  if (!requiresGrad(view.base)) return tensor.gradFn;
  const { base } = view;
  const fresh = unrecorded(() =>
    withGrad(true, () =>
      view.replay
        ? view.replay(base)
        : tensorApi.asStrided(base, tensor.sizes, tensor.strides, tensor.offset),
    ),
  );
  tensor.gradFn = fresh.gradFn;
  tensor.outputNr = fresh.outputNr;
  tensor.leafRequiresGrad = false;
  view.attrVersion = tensor.version.value;
  return tensor.gradFn;
}

export function requiresGrad(tensor: Tensor): boolean {
  if (tensor.leafRequiresGrad || tensor.gradFn !== null) return true;
  return tensor.view !== null && requiresGrad(tensor.view.base) && gradFnOf(tensor) !== null;
}

/** Where the gradient of `tensor` goes: its grad_fn, or its AccumulateGrad; null where it needs none. */
export function gradientEdge(tensor: Tensor): Edge | null {
  const gradFn = gradFnOf(tensor);
  if (gradFn) return { node: gradFn, inputNr: tensor.outputNr };
  if (!tensor.leafRequiresGrad) return null;
  return { node: accumulatorOf(tensor), inputNr: 0 };
}

export function accumulatorOf(tensor: Tensor): Node {
  tensor.accumulator ??= new AccumulateGrad(tensor);
  return tensor.accumulator;
}

/** The node at a leaf: adds what arrives to `.grad`. */
export class AccumulateGrad extends Node {
  constructor(readonly variable: Tensor) {
    super(LAST_SEQUENCE);
    this.addOutput(variable);
  }

  get name(): string {
    return "AccumulateGrad";
  }

  override get longName(): string {
    return "torch::autograd::AccumulateGrad";
  }

  apply([gradient]: Gradients): Gradients {
    if (gradient === null || gradient === undefined) return [];
    const { variable } = this;
    const before = variable.grad;
    if (before === null) {
      variable.grad = modes.grad
        ? tensorApi.clone(gradient)
        : withGrad(false, () => tensorApi.cloneLike(gradient, variable));
    } else if (modes.grad) {
      variable.grad = tensorApi.add(before, gradient);
    } else {
      tensorApi.addInPlace(before, gradient);
    }
    return [];
  }
}

/** Marks `out`, which shares memory with `self`, as its view. */
export function markView(
  out: Tensor,
  self: Tensor,
  replay: (base: Tensor) => Tensor,
  multiOutput: boolean,
): void {
  const parent = self.view;
  const creation: CreationMeta = modes.inference
    ? "inference"
    : multiOutput
      ? "multi_output"
      : !modes.grad
        ? "no_grad"
        : (parent?.creation ?? "default");
  if (parent === null) {
    out.view = { base: self, replay, creation, attrVersion: self.version.value, site: modes.site };
    return;
  }
  const { base, replay: parentReplay } = parent;
  const { sizes, strides, offset } = self;
  const chained = parentReplay
    ? (newBase: Tensor) => replay(parentReplay(newBase))
    : (newBase: Tensor) => replay(tensorApi.asStrided(newBase, sizes, strides, offset));
  out.view = { base, replay: chained, creation, attrVersion: self.version.value, site: modes.site };
}

/** Refuses a change in place that PyTorch refuses. Texts: torch/csrc/autograd/variable.cpp and VariableTypeUtils.h. */
export function checkInPlace(tensor: Tensor, needsGrad: boolean): void {
  if (tensor.inference && !modes.inference) {
    throw runtimeError(
      "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal " +
        "tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.",
      { kind: "inference-inplace", tensor: tensor.id },
    );
  }
  if (!modes.grad || !(requiresGrad(tensor) || needsGrad)) return;
  const { view } = tensor;
  if (view !== null) checkViewInPlace(tensor, view);
  if (tensor.leafRequiresGrad && gradFnOf(tensor) === null) {
    throw runtimeError("a leaf Variable that requires grad is being used in an in-place operation.", {
      kind: "leaf-inplace",
      tensor: tensor.id,
    });
  }
  if (view?.base.leafRequiresGrad && view.base.gradFn === null) {
    throw runtimeError(
      "a view of a leaf Variable that requires grad is being used in an in-place operation.",
      {
        kind: "leaf-view-inplace",
        tensor: tensor.id,
        base: view.base.id,
        viewMadeAt: view.site,
      },
    );
  }
}

function checkViewInPlace(tensor: Tensor, view: ViewInfo): void {
  const facts = { kind: "view-inplace", creation: view.creation, tensor: tensor.id, viewMadeAt: view.site };
  const output = `Output ${tensor.outputNr} of ${(gradFnOf(tensor)?.longName ?? "").replace(/Backward\d+$/, "")}`;
  const forbidden = (mode: string, block: string, how: string) =>
    `A view was created in ${mode} mode and is being modified inplace ${how}. Given that this use case is ambiguous ` +
    `and error-prone, it is forbidden. You can clarify your code by moving both the view and the inplace either both ` +
    `inside the ${block} block (if you don't want the inplace to be tracked) or both outside (if you want the inplace ` +
    `to be tracked).`;
  switch (view.creation) {
    case "default":
      return;
    case "no_grad":
      throw runtimeError(forbidden("no_grad", "no_grad", "with grad mode enabled"), facts);
    case "inference":
      throw runtimeError(forbidden("inference", "inference_mode", "in normal mode"), facts);
    case "multi_output":
      throw runtimeError(
        `${output} is a view and is being modified inplace. This view is the output of a function that returns ` +
          "multiple views. Such functions do not allow the output views to be modified inplace. You should replace the " +
          "inplace operation by an out-of-place one.",
        facts,
      );
    case "custom_function":
      throw runtimeError(
        `${output} is a view and is being modified inplace. This view was created inside a custom Function (or because ` +
          "an input was returned as-is) and the autograd logic to handle view+inplace would override the custom backward " +
          "associated with the custom Function, leading to incorrect gradients. This behavior is forbidden. You can fix " +
          "this by cloning the output of the custom Function.",
        facts,
      );
    default:
      view.creation satisfies never;
  }
}

/** After a change in place that made `node` (null: not recorded): the history of the tensor and of its base. */
export function rebaseHistory(tensor: Tensor, node: Node | null): void {
  const { view } = tensor;
  if (node === null) return;
  if (view === null) {
    tensor.outputNr = node.addOutput(tensor);
    tensor.gradFn = node;
    tensor.leafRequiresGrad = false;
    moveRetainGrad(tensor, node);
    return;
  }
  const { base } = view;
  node.addOutput(tensor);
  const copySlices = new CopySlices(base, tensor, view.replay, node);
  base.outputNr = copySlices.addOutput(base);
  base.gradFn = copySlices;
  base.leafRequiresGrad = false;
  moveRetainGrad(base, copySlices);
  // Stale on purpose: the next look at it makes it from the base's new history.
  view.attrVersion = -1;
}

/** `retain_grad()` follows the tensor to its newest history. */
function moveRetainGrad(tensor: Tensor, node: Node): void {
  if (!tensor.retainsGrad) return;
  node.retainGradHooks ??= [];
  node.retainGradHooks[tensor.outputNr] = tensor;
}

/** The history of a base after one of its views was changed in place by `inner`. */
class CopySlices extends Node {
  private readonly viewSizes: readonly number[];
  private readonly viewStrides: readonly number[];
  private readonly viewOffset: number;
  private readonly baseOffset: number;

  constructor(
    base: Tensor,
    view: Tensor,
    private readonly replay: ((base: Tensor) => Tensor) | null,
    private inner: Node | null,
  ) {
    super();
    this.viewSizes = view.sizes;
    this.viewStrides = view.strides;
    this.viewOffset = view.offset;
    this.baseOffset = base.offset;
    // Its first edge is the base's history before the change, then the inner node's other inputs.
    this.edges = [gradientEdge(base), ...(inner?.edges.slice(1) ?? [])];
  }

  get name(): string {
    return "CopySlices";
  }

  override get longName(): string {
    return "torch::autograd::CopySlices";
  }

  override savedTensors() {
    return this.inner?.savedTensors() ?? [];
  }

  override release(by: number): void {
    this.freedBy = by;
    this.inner?.release(by);
    this.inner = null;
  }

  apply([gradient]: Gradients): Gradients {
    if (!gradient) return this.edges.map(() => null);
    const { inner } = this;
    if (inner === null) {
      throw runtimeError(TWICE, {
        kind: "second-backward",
        node: this.id,
        saved: "fn",
        tensor: 0,
        freedBy: this.freedBy ?? 0,
        forward: this.site,
      });
    }
    const result = tensorApi.contiguousClone(gradient);
    const slice = this.replay
      ? this.replay(result)
      : tensorApi.asStrided(result, this.viewSizes, this.viewStrides, this.viewOffset - this.baseOffset);
    const outgoing = inner.apply([tensorApi.clone(slice)]);
    const passed: Gradients = outgoing.map((value, i) => (i === 0 ? null : value));
    if (this.edges[0]) {
      if (outgoing[0]) tensorApi.copyInPlace(slice, outgoing[0]);
      else tensorApi.zeroInPlace(slice);
      passed[0] = result;
    }
    return passed;
  }
}

/** What `detach()` gives: the same memory and version counter, no history. */
export function detach(tensor: Tensor): Tensor {
  return alias(tensor, tensor.sizes, tensor.strides, tensor.offset);
}

/** What `.data` gives: the same memory, a version counter of its own. */
export function dataOf(tensor: Tensor): Tensor {
  const out = detach(tensor);
  out.version = empty([], tensor.dtype).version;
  return out;
}
