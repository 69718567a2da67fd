// Operators while a TorchDispatchMode is on: Python is asked in the place of the kernel, below autograd.
//
// Note [Dispatch modes]. History, views, versions and saved tensors are made here as always; only what computes the
// numbers is exchanged. What the mode calls meanwhile is computed without any of these (`modes.below`), by the next
// mode of the stack or else by the kernel, and becomes the result of the operator that it was asked for.
import { callbacks } from "../autograd/callbacks";
import { modes, unseen } from "../autograd/modes";
import { tensorApi } from "../autograd/tensorApi";
import { intoSelf, notIntoSelf } from "../kernels/pointwise";
import type { Tensor } from "../tensor/tensor";
import type { OperatorEntry } from "./define";

type Forward = (...args: unknown[]) => Tensor | Tensor[];
type Run<R> = (entry: OperatorEntry, forward: Forward, args: unknown[]) => R;

/** Whether operators have to come here. */
export const intercepting = (): boolean => modes.dispatchModes > 0 || modes.below;

function kernel(entry: OperatorEntry, forward: Forward, args: unknown[]): Tensor | Tensor[] {
  if (modes.dispatchModes === 0) return unseen(() => forward(...args)); // Operators that it is made of are none to the modes.
  const found = callbacks.dispatchMode(entry.number, args);
  return Array.isArray(found) || !returnsList(entry) ? found : [found];
}

const returnsList = ({ schema }: OperatorEntry): boolean =>
  schema.returnsTuple || schema.returns[0]?.kind === "Tensor[]";

/** An operator that makes its result; `run` is what runs it otherwise. */
export function intercepted<R extends Tensor | Tensor[]>(
  entry: OperatorEntry,
  forward: Forward,
  args: unknown[],
  run: Run<R>,
): R {
  if (!modes.below) return run(entry, (...given) => kernel(entry, forward, given), args);
  const result = kernel(entry, forward, args);
  if (entry.kind !== "view") {
    for (const output of Array.isArray(result) ? result : [result]) {
      output.site = modes.site;
      if (output.dtype.round !== undefined) output.storage.round();
    }
  }
  return result as R;
}

/** An operator that changes its first argument. */
export function interceptedInPlace(
  entry: OperatorEntry,
  forward: Forward,
  args: unknown[],
  run: Run<Tensor>,
): Tensor {
  const self = args[0] as Tensor;
  if (!modes.below) {
    // The mode is to change self's memory itself, and has when it answers.
    const ask = (...given: unknown[]): Tensor => {
      notIntoSelf();
      kernel(entry, (...own) => written(entry, forward, own), given);
      return self;
    };
    return run(entry, ask, args);
  }
  kernel(entry, (...own) => written(entry, forward, own), args);
  return self;
}

/** Changes the memory and nothing else: no version, no history. */
function written(entry: OperatorEntry, forward: Forward, args: unknown[]): Tensor {
  const self = args[0] as Tensor;
  const result = (entry.oneLoop ? intoSelf(self, () => forward(...args)) : forward(...args)) as Tensor;
  if (result.storage.data !== self.storage.data || !entry.oneLoop) tensorApi.writeInto(self, result);
  if (self.dtype.round !== undefined) self.storage.round();
  return self;
}
