// Views and changes in place: who shares memory with whom, whose history follows from whose.
// Kernels never come here.
//
// Note [Views]. A differentiable view shares storage and version counter with its base (never with
// another view: a view of a view has the same base). A change in place on the base or on any view
// gives the *base* a new grad_fn (CopySlices when it came through a view); the grad_fn of every
// other view is then stale, which is seen by comparing `attrVersion` with the version counter, and
// is made anew from the base, by as_strided, when somebody asks for it (gradFnOf).
import { recording, unrecorded } from "../record/hook";
import { runtimeError } from "../tensor/errors";
import { type Sizes, sameSizes } from "../tensor/shape";
import { alias, empty, emptyStrided, Tensor } from "../tensor/tensor";
import { expectAtLeaf } from "./gradDtype";
import { modes, unseen, withGrad } from "./modes";
import { type Edge, type Gradients, LAST_SEQUENCE, Node } from "./node";
import type { Visitor } from "./reach";
import { TWICE } from "./saved";
import { alsoWanted, takesOver, wantsGradient } from "./task";
import { tensorApi } from "./tensorApi";

/** How a view was made decides what a change in place on it means. */
export type CreationMeta = "default" | "no_grad" | "inference" | "multi_output" | "custom_function";

export interface ViewInfo {
  base: Tensor;
  creation: CreationMeta;
  /** The version counter's value that `gradFn` belongs to. */
  attrVersion: number;
  /** The place in the user's code that made the view. */
  site: number;
  /** Makes it again from another base; only where `modes.viewReplay` was on. */
  replay?: Replay;
}

export type Replay = (base: Tensor) => Tensor;

/**
 * The grad_fn, made anew where a change of the base has made it stale. Null for a leaf.
 * Raises where the view was made in a way that forbids the change which has made it stale.
 */
export function gradFnOf(tensor: Tensor): Node | null {
  const { view } = tensor;
  if (view === null) return tensor.gradFn;
  if (tensor.gradFn === null && !requiresGrad(view.base)) return null;
  if (view.attrVersion === tensor.version.value) return tensor.gradFn;
  refuseByCreation(tensor, view, "its base or another view of its base has been");
  const stale = tensor.gradFn;
  const staleOutput = tensor.outputNr;
  const site = modes.site;
  modes.site = view.site;
  try {
    const { base } = view;
    if (requiresGrad(base)) {
      const { gradFn, outputNr } = unrecorded(() =>
        unseen(() => withGrad(true, () => replayOf(tensor)(base))),
      );
      tensor.gradFn = gradFn;
      tensor.outputNr = outputNr;
    } else {
      tensor.gradFn = new DetachedView();
      tensor.outputNr = tensor.gradFn.addOutput(tensor);
    }
  } finally {
    modes.site = site;
  }
  view.attrVersion = tensor.version.value;
  moveRetainGrad(tensor, stale, staleOutput);
  return tensor.gradFn;
}

/** Makes a view again from its base, or from a tensor like that. */
export function replayOf({ view, sizes, strides, offset }: Tensor): Replay {
  return view?.replay ?? ((base) => tensorApi.asStrided(base, sizes, strides, offset));
}

/** The remade history of a view whose base was detached: it leads nowhere. */
class DetachedView extends Node {
  override edges = [null];

  get name(): string {
    return "AsStridedBackward0";
  }

  apply(): Gradients {
    return [null];
  }
}

/** A view of what requires grad does so too, also one made in no_grad mode. */
export function requiresGrad(tensor: Tensor): boolean {
  if (tensor.leafRequiresGrad || tensor.gradFn !== null) return true;
  return tensor.view !== null && requiresGrad(tensor.view.base);
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
    expectAtLeaf(variable, this.outputs[0]);
  }

  get name(): string {
    return "AccumulateGrad";
  }

  override get longName(): string {
    return "torch::autograd::AccumulateGrad";
  }

  override references(to: Visitor): void {
    super.references(to);
    to.tensor(this.variable);
  }

  apply([gradient]: Gradients): Gradients {
    if (gradient === null || gradient === undefined) return [];
    const { variable } = this;
    // `requires_grad_(False)` since then.
    if (!variable.leafRequiresGrad) return [];
    const before = variable.grad;
    if (before === null) {
      // PyTorch takes the gradient over where nobody else has it: to dispatch modes that is a detach.
      if (modes.dispatchModes > 0) tensorApi.detach(gradient);
      variable.grad =
        takesOver() && fits(gradient, variable) ? own(gradient) : tensorApi.cloneLike(gradient, variable);
    } else if (modes.grad) {
      variable.grad = tensorApi.add(before, gradient);
    } else {
      tensorApi.addInPlace(before, gradient);
    }
    return [];
  }
}

/** Whether a gradient's memory is just what a copy of it would be. */
function fits(gradient: Tensor, { strides, dtype }: Tensor): boolean {
  const whole = gradient.offset === 0 && gradient.storage.data.length === gradient.numel;
  return whole && gradient.dtype === dtype && sameSizes(gradient.strides, strides);
}

const own = ({ storage, dtype, sizes, strides }: Tensor): Tensor =>
  new Tensor(storage, dtype, sizes, strides);

/** Marks `out`, which shares memory with `self`, as its view. */
export function markView(out: Tensor, self: Tensor, multiOutput: boolean): void {
  const parent = self.view;
  let creation: CreationMeta = "default";
  if (modes.inference) creation = "inference";
  else if (!modes.grad) creation = "no_grad";
  else if (multiOutput) creation = "multi_output";
  else if (parent) creation = parent.creation;
  out.view = { base: parent?.base ?? self, creation, attrVersion: self.version.value, site: modes.site };
}

/** Refuses a change in place that PyTorch refuses. Texts: torch/csrc/autograd/variable.cpp and VariableTypeUtils.h. */
export function checkInPlace(tensor: Tensor, needsGrad: boolean): void {
  if (!modes.grad || !(requiresGrad(tensor) || needsGrad)) return;
  refuseViewChange(tensor);
  if (requiresGrad(tensor) && tensor.gradFn === null) {
    throw runtimeError("a leaf Variable that requires grad is being used in an in-place operation.", {
      kind: "leaf-inplace",
      tensor: tensor.id,
    });
  }
}

/** The same for what a view alone forbids. */
export function refuseViewChange(tensor: Tensor): void {
  const { view } = tensor;
  if (view === null) return;
  refuseByCreation(tensor, view, "is being");
  if (requiresGrad(tensor) && gradFnOf(view.base) === null) {
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

/** Counts a change in place. PyTorch notices here, when it is done, that an inference tensor may not be changed. */
export function countChange(tensor: Tensor, by: string): void {
  if (tensor.inference && !modes.inference) {
    throw runtimeError(
      "Inplace update to inference tensor outside InferenceMode is not allowed.You can make a clone to get a normal " +
        "tensor before doing inplace update.See https://github.com/pytorch/rfcs/pull/17 for more details.",
      { kind: "inference-inplace", tensor: tensor.id },
    );
  }
  tensor.version.bump(by, modes.site);
}

/**
 * Raises where the way a view was made forbids a change in place, of it ("is being") or of its base.
 * Text: handle_view_on_rebase of torch/csrc/autograd/variable.cpp.
 */
function refuseByCreation(tensor: Tensor, view: ViewInfo, modified: string): void {
  const { creation } = view;
  if (creation === "default") return;
  const facts = { kind: "view-inplace", creation, tensor: tensor.id, viewMadeAt: view.site };
  const { gradFn } = tensor;
  const output = gradFn ? `Output ${tensor.outputNr} of ${shortName(gradFn)} is a view` : "";
  let head: string;
  if (creation === "inference" || creation === "no_grad" || gradFn === null) {
    const made = gradFn ? `${output} of a view which was created in` : "A view was created in";
    head =
      creation === "inference"
        ? `${made} inference mode and ${modified} modified inplace in normal mode.`
        : `${made} no_grad mode and ${modified} modified inplace with grad mode enabled.`;
  } else {
    head = `${output} and ${modified} modified inplace.`;
  }
  throw runtimeError(`${head} ${WHY_FORBIDDEN[creation]}`, facts);
}

function ambiguous(block: string): string {
  return (
    "Given that this use case is ambiguous and error-prone, it is forbidden. You can clarify your code by moving " +
    `both the view and the inplace either both inside the ${block} block (if you don't want the inplace to be ` +
    "tracked) or both outside (if you want the inplace to be tracked)."
  );
}

const WHY_FORBIDDEN: Record<Exclude<CreationMeta, "default">, string> = {
  no_grad: ambiguous("no_grad"),
  inference: ambiguous("inference_mode"),
  multi_output:
    "This view is the output of a function that returns multiple views. Such functions do not allow the output " +
    "views to be modified inplace. You should replace the inplace operation by an out-of-place one.",
  custom_function:
    "This view was created inside a custom Function (or because an input was returned as-is) and the autograd logic " +
    "to handle view+inplace would override the custom backward associated with the custom Function, leading to " +
    "incorrect gradients. This behavior is forbidden. You can fix this by cloning the output of the custom Function.",
};

/** "Mul": how PyTorch's texts name the node that a tensor comes from. */
export function shortName(node: Node): string {
  return node.longName.replace(/Backward(\d*)$/, (_all, number: string) => (number === "0" ? "" : number));
}

/** After a change in place that made `node` (null: not recorded): the history of the tensor and of its base. */
export function rebaseHistory(tensor: Tensor, node: Node | null): void {
  if (node === null) return;
  const { view } = tensor;
  if (view === null) {
    setHistory(tensor, node);
    return;
  }
  node.addOutput(tensor);
  setHistory(view.base, new CopySlices(view.base, tensor, node));
  // The view's own history is stale now; PyTorch makes it anew at once.
  gradFnOf(tensor);
}

/** Gives `tensor` a new history. */
export function setHistory(tensor: Tensor, node: Node | null): void {
  if (node === null) return;
  const { gradFn, outputNr } = tensor;
  tensor.outputNr = node.addOutput(tensor);
  tensor.gradFn = node;
  tensor.leafRequiresGrad = false;
  if (tensor.view) tensor.view.attrVersion = tensor.version.value;
  moveRetainGrad(tensor, gradFn, outputNr);
}

/** `retain_grad()` follows the tensor from its `old` history to its newest. */
function moveRetainGrad(tensor: Tensor, old: Node | null, oldOutput: number): void {
  if (!tensor.retainsGrad || tensor.gradFn === null) return;
  if (old?.retainGradHooks) old.retainGradHooks[oldOutput] = null;
  tensor.gradFn.retainGradHooks ??= [];
  tensor.gradFn.retainGradHooks[tensor.outputNr] = tensor;
}

/** The history of a base after one of its views was changed in place by `inner`. */
class CopySlices extends Node {
  private readonly base: { sizes: Sizes; strides: Sizes; offset: number; dtype: Tensor["dtype"] };
  private readonly window: { sizes: Sizes; strides: Sizes; offset: number };

  constructor(
    base: Tensor,
    view: Tensor,
    private inner: Node | null,
  ) {
    super();
    this.base = { sizes: base.sizes, strides: base.strides, offset: base.offset, dtype: base.dtype };
    this.window = { sizes: view.sizes, strides: view.strides, offset: view.offset - base.offset };
    // Its first edge is the base's history before the change, then the inner node's other inputs.
    this.edges = [gradientEdge(base), ...(inner?.edges.slice(1) ?? [])];
  }

  get name(): string {
    return "CopySlices";
  }

  override get longName(): string {
    return "torch::autograd::CopySlices";
  }

  override edgeNames(): string[] {
    return ["self", ...(this.inner?.edgeNames().slice(1) ?? this.edges.slice(1).map(() => ""))];
  }

  override savedTensors() {
    return this.inner?.savedTensors() ?? [];
  }

  override references(to: Visitor): void {
    super.references(to);
    to.node(this.inner);
  }

  override release(by: number): void {
    this.freedBy ??= by;
    this.inner?.release(by);
    this.inner = null;
  }

  apply([gradient]: Gradients): Gradients {
    if (!gradient) return this.edges.map(() => null);
    const { inner, base, window } = this;
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
    const result = emptyStrided(base.sizes, base.strides, base.dtype);
    tensorApi.copyInPlace(result, gradient);
    const slice = tensorApi.asStrided(result, window.sizes, window.strides, window.offset);
    // The inner node's first edge leads to the view's old history, which this pass may not reach.
    if (wantsGradient(this, 0)) alsoWanted(inner.edges[0]);
    const outgoing = inner.apply([tensorApi.contiguousClone(slice)]);
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
  out.site = modes.site;
  recording.recorder?.operator({
    name: "data",
    argumentNames: ["self"],
    inputs: [tensor],
    outputs: [out],
    node: null,
    inPlace: false,
    site: modes.site,
    cut: requiresGrad(tensor) ? "data" : null,
    math: null,
  });
  return out;
}
