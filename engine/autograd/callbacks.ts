// What autograd calls outside: Python's hooks (by number), the interrupt, the recorder. The bridge
// and the worker put the real ones in; without them nothing is hooked, interrupted or recorded.
import type { Tensor } from "../tensor/tensor";
import type { Gradients, Node } from "./node";

export interface Callbacks {
  /** The hooks of one tensor, in order, on its gradient (null: none arrived); answers what replaces it, or null. */
  tensorHooks(hooks: readonly number[], gradient: Tensor | null): Tensor | null;
  /** Post-accumulate hooks of a leaf. */
  accumulateHooks(hooks: readonly number[], variable: Tensor): void;
  /** Before a node runs; answers replacements, or null. */
  nodePreHooks(hooks: readonly number[], incoming: Gradients): Gradients | null;
  /** After it ran. */
  nodePostHooks(hooks: readonly number[], outgoing: Gradients, incoming: Gradients): Gradients | null;
  /** What `queue_callback` asked to be called when the pass has ended. */
  finalCallback(callback: number): void;
  /** `saved_tensors_hooks`: the number under which Python keeps what the pack hook made of a tensor. */
  packSaved(tensor: Tensor): number;
  /** The same with the pack hook of a pair that Python knows by number (`register_hooks`). */
  packSavedBy(hooks: number, tensor: Tensor): number;
  /** What the unpack hook makes of it again. */
  unpackSaved(packed: number): Tensor;
  forgetSaved(packed: number): void;
  /** `tensor` is about to be changed in place. */
  beforeWrite(tensor: Tensor): void;
  /** What the innermost TorchDispatchMode answers for the operator of this number (engine/ops/intercepted.ts). */
  dispatchMode(operator: number, args: readonly unknown[]): Tensor | Tensor[];
  /** Throws where the user or the clock wants the run to end. */
  checkInterrupt(): void;
  /** A Python warning: `category` is the class's name, with ", once" behind it where a run sees it once. */
  warn(category: string, message: string): void;
  /** Anomaly mode: print the forward traceback of the node that failed, or of one that led to it (`induced`). */
  anomaly(node: Node, induced: boolean): void;
}

const unhooked = (): never => {
  throw new Error("a hook ran without a bridge");
};

export const callbacks: Callbacks = {
  tensorHooks: unhooked,
  accumulateHooks: unhooked,
  nodePreHooks: unhooked,
  nodePostHooks: unhooked,
  finalCallback: unhooked,
  packSaved: unhooked,
  packSavedBy: unhooked,
  unpackSaved: unhooked,
  forgetSaved: unhooked,
  beforeWrite: unhooked,
  dispatchMode: unhooked,
  checkInterrupt: () => {},
  warn: () => {},
  anomaly: () => {},
};

/** How often Python was called. */
export const asked = { times: 0 };
