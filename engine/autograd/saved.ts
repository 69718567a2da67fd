// A tensor that a node keeps for its formula, with the version it had: who freed it and who
// overwrote it is known here, and told with the error.
import { runtimeError } from "../tensor/errors";
import { sizesText } from "../tensor/shape";
import { Tensor } from "../tensor/tensor";
import { callbacks } from "./callbacks";
import { modes, withGrad } from "./modes";
import type { Node } from "./node";
import type { Visitor } from "./reach";
import { tensorApi } from "./tensorApi";
import { gradFnOf, shortName } from "./views";

// Text: torch/csrc/autograd/saved_variable.cpp, ERR_BACKWARD_TWICE.
export const TWICE =
  "Trying to backward through the graph a second time (or directly access saved tensors after they have " +
  "already been freed). Saved intermediate values of the graph are freed when you call .backward() or " +
  "autograd.grad(). Specify retain_graph=True if you need to backward through the graph a second time or if " +
  "you need to access saved tensors after calling backward.";

const HINT =
  "Hint: enable anomaly detection to find the operation that failed to compute its gradient, " +
  "with torch.autograd.set_detect_anomaly(True, check_nan=False).";
const HINT_WITH_TRACEBACK =
  "Hint: the backtrace further above shows the operation that failed to compute its gradient. " +
  "The variable in question was changed in there or anywhere later. Good luck!";

const PACK_IN_PLACE =
  "A saved tensor pack hook is modifying its input in place. Tensors provided as input to pack hook cannot be modified " +
  "by in-place operations as this can lead to unexpected side-effects. Please open an issue if you need to perform " +
  "in-place operations on the input to a pack hook.";

const HOOKED_ALREADY =
  "Calling register_hooks on a saved tensor whose hooks have already been set. Hint: only one pair of hooks is allowed " +
  "at a time.";
const HOOKED_FREED =
  "Calling register_hooks on a saved tensor after it has been freed. Saved intermediate values of the graph are freed " +
  "when you call .backward() or autograd.grad(). Specify retain_graph=True if you need to backward through the graph a " +
  "second time or if you need to access saved variables after calling backward.";

/** A tensor's window on its memory without its history: what is kept of a node's own result. */
interface Window {
  storage: Tensor["storage"];
  dtype: Tensor["dtype"];
  strides: Tensor["strides"];
  offset: number;
  wrappedNumber: boolean;
}

export class SavedTensor {
  /** An input as it is; null for a result, or when released. */
  private tensor: Tensor | null = null;
  private window: Window | null = null;
  /** What `saved_tensors_hooks` made of it, by the number that Python keeps it under; 0 for none. */
  private packed = 0;
  // Where its gradient went when it was saved.
  private readonly gradFn: Node | null;
  private readonly accumulator: Node | null;
  private readonly leafRequiresGrad: boolean;
  private readonly counter: Tensor["version"];
  readonly version: number;
  private readonly outputNr: number;
  private readonly hadHistory: boolean;
  /** The tensor as the user's code knows it; a result's own node would be a cycle, so it is not kept there. */
  readonly id: number;
  readonly sizes: readonly number[];

  /**
   * `isOutput`: the node's own result. Its history is the node itself, which is put back when it
   * is unpacked; keeping it would make the graph keep itself alive.
   */
  constructor(
    tensor: Tensor,
    readonly name: string,
    private readonly isOutput: boolean,
  ) {
    if (tensor.inference) {
      throw runtimeError(
        "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference mode in " +
          "computation tracked by autograd. To work around this, you can make a clone to get a normal tensor and use it " +
          "in autograd, or use `torch.no_grad()` instead of `torch.inference_mode()`.",
        { kind: "inference-saved", tensor: tensor.id },
      );
    }
    this.id = tensor.id;
    this.sizes = tensor.sizes;
    this.counter = tensor.version;
    this.version = this.counter.value;
    this.outputNr = tensor.outputNr;
    this.hadHistory = !isOutput && tensor.gradFn !== null;
    this.gradFn = isOutput ? null : tensor.gradFn;
    this.accumulator = tensor.accumulator;
    this.leafRequiresGrad = tensor.leafRequiresGrad;
    // A Python number is nothing that the user has seen.
    if (modes.savedHooks > 0 && !tensor.wrappedNumber) {
      this.pack(0, tensor);
    } else if (isOutput) {
      // PyTorch keeps a detached one of it, which dispatch modes see.
      if (modes.dispatchModes > 0) tensorApi.detach(tensor);
      const { storage, dtype, strides, offset, wrappedNumber } = tensor;
      this.window = { storage, dtype, strides, offset, wrappedNumber };
    } else {
      this.tensor = tensor;
    }
  }

  /** Has hooks of the user's (0: those of the innermost `saved_tensors_hooks`) decide what is kept. */
  private pack(hooks: number, tensor: Tensor): void {
    const { value } = tensor.version;
    this.packed = withGrad(false, () =>
      hooks === 0 ? callbacks.packSaved(tensor) : callbacks.packSavedBy(hooks, tensor),
    );
    if (tensor.version.value !== value) throw runtimeError(PACK_IN_PLACE);
  }

  /** `register_hooks`. Raises RuntimeError where it has hooks, was freed, or was changed in place. */
  register(hooks: number): void {
    if (this.packed !== 0) throw runtimeError(HOOKED_ALREADY);
    if (this.released) throw runtimeError(HOOKED_FREED);
    this.pack(hooks, this.tensor ?? this.restored(null));
    this.tensor = null;
    this.window = null;
  }

  /** The number under which Python keeps what a pack hook made of it; 0 without one. */
  get packedAs(): number {
    return this.packed;
  }

  get released(): boolean {
    return this.tensor === null && this.window === null && this.packed === 0;
  }

  get currentVersion(): number {
    return this.released ? this.version : this.counterNow.value;
  }

  /** `.data = ...` gives a tensor another counter. */
  private get counterNow(): Tensor["version"] {
    return this.tensor?.version ?? this.counter;
  }

  /** Shows what it keeps alive. */
  references(to: Visitor): void {
    to.tensor(this.tensor);
    to.node(this.gradFn);
    to.node(this.accumulator);
    if (this.packed !== 0) to.held(this.packed);
  }

  release(): void {
    this.tensor = null;
    this.window = null;
    if (this.packed !== 0) callbacks.forgetSaved(this.packed);
    this.packed = 0;
  }

  /** Raises RuntimeError where it was freed, or was changed in place since it was saved. */
  unpack(node: Node): Tensor {
    if (this.released) {
      throw runtimeError(TWICE, {
        kind: "second-backward",
        node: node.id,
        saved: this.name,
        tensor: this.id,
        freedBy: node.freedBy ?? 0,
        forward: node.site,
      });
    }
    if (this.packed !== 0) return this.unpacked(node);
    const kept = this.tensor;
    const counter = this.counterNow;
    if (counter.value !== this.version) {
      const mutation = counter.firstAfter(this.version);
      throw runtimeError(this.versionText(kept ?? this.restored(node), kept ? gradFnOf(kept) : node), {
        kind: "saved-overwritten",
        node: node.id,
        saved: this.name,
        tensor: this.id,
        savedAt: node.site,
        overwrittenAt: mutation?.site ?? 0,
        overwrittenBy: mutation?.by ?? "",
      });
    }
    if (kept === null) return this.restored(node);
    if (this.hadHistory && kept.gradFn === null) {
      throw runtimeError(
        "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_().This is not supported, " +
          "please use out-of-place `.detach()` instead",
        { kind: "saved-detached", node: node.id, saved: this.name, tensor: this.id },
      );
    }
    return kept;
  }

  /** What the unpack hook answers, with the history of what was packed. Versions are not looked at. */
  private unpacked(node: Node): Tensor {
    const found = callbacks.unpackSaved(this.packed);
    // What had no history is handed out as it is.
    if (!this.isOutput && this.gradFn === null && !this.leafRequiresGrad) return found;
    const { sizes, strides, offset, storage, dtype } = found;
    const out = new Tensor(storage, dtype, sizes, strides, offset);
    out.gradFn = this.isOutput ? node : this.gradFn;
    out.outputNr = this.outputNr;
    out.accumulator = this.accumulator;
    out.leafRequiresGrad = this.leafRequiresGrad;
    return out;
  }

  /** A result again, made by its node. */
  private restored(node: Node | null): Tensor {
    const { storage, dtype, strides, offset, wrappedNumber } = this.window as Window;
    const out = new Tensor(storage, dtype, this.sizes, strides, offset, this.counter);
    out.wrappedNumber = wrappedNumber;
    out.gradFn = node;
    out.outputNr = this.outputNr;
    return out;
  }

  private versionText(kept: Tensor, gradFn: Node | null): string {
    const type = `torch.${kept.dtype.scalarName}Tensor`;
    const outputNr = this.isOutput ? this.outputNr : kept.outputNr;
    const from = gradFn ? `, which is output ${outputNr} of ${shortName(gradFn)},` : "";
    return (
      "one of the variables needed for gradient computation has been modified by an inplace operation: " +
      `[${type} ${sizesText(kept.sizes)}]${from} is at version ${kept.version.value}; expected version ${this.version} instead. ` +
      (modes.anomaly ? HINT_WITH_TRACEBACK : HINT)
    );
  }
}
