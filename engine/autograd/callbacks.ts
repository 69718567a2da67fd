// What autograd calls outside: Python's hooks (by number), the interrupt, the recorder. The bridge
// and the worker put the real ones in; without them nothing is hooked, interrupted or recorded.
import type { Tensor } from "../tensor/tensor";
import type { Gradients, Node } from "./node";

export interface Callbacks {
  /** A tensor hook: answers the replacement, or null for "unchanged". */
  tensorHook(hook: number, gradient: Tensor): Tensor | null;
  /** Post-accumulate hook of a leaf. */
  accumulateHook(hook: number, variable: Tensor): void;
  /** Before a node runs; answers replacements, or null. */
  nodePreHook(hook: number, incoming: Gradients): Gradients | null;
  /** After it ran. */
  nodePostHook(hook: number, outgoing: Gradients, incoming: Gradients): Gradients | null;
  /** `saved_tensors_hooks`: the number under which Python keeps what the pack hook made of a tensor. */
  packSaved(tensor: Tensor): number;
  /** What the unpack hook makes of it again. */
  unpackSaved(packed: number): Tensor;
  forgetSaved(packed: number): void;
  /** Throws where the user or the clock wants the run to end. */
  checkInterrupt(): void;
  /** A Python warning: `category` is the class's name. */
  warn(category: string, message: string): void;
  /** Anomaly mode: print the forward traceback of the node that failed. */
  anomaly(node: Node): void;
}

const unhooked = (): never => {
  throw new Error("a hook ran without a bridge");
};

export const callbacks: Callbacks = {
  tensorHook: unhooked,
  accumulateHook: unhooked,
  nodePreHook: unhooked,
  nodePostHook: unhooked,
  packSaved: unhooked,
  unpackSaved: unhooked,
  forgetSaved: unhooked,
  checkInterrupt: () => {},
  warn: () => {},
  anomaly: () => {},
};
