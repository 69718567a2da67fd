// One step of SGD for one parameter: the operators that torch/optim writes, in their order. What is added in place
// goes straight to the loop where nobody watches operators, and leaves the same numbers and counts of changes.
import { modes } from "../autograd/modes";
import { countChange } from "../autograd/views";
import { addScaled } from "../kernels/binary";
import { recording } from "../record/hook";
import { sameSizes } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { wholeFloats } from "./adam";
import { callInPlace, operator } from "./define";

export interface SgdSettings {
  readonly rate: number;
  readonly momentum: number;
  readonly dampening: number;
  readonly nesterov: boolean;
  readonly decay: number;
}

/** `buffer`: the velocity so far; null without momentum. */
export function sgdStep(param: Tensor, given: Tensor, buffer: Tensor | null, settings: SgdSettings): void {
  const { rate, momentum, dampening, nesterov, decay } = settings;
  let grad = decay === 0 ? given : (operator("add.Tensor").call([given, param, decay]) as Tensor);
  if (buffer !== null) {
    callInPlace("mul_.Scalar", buffer, momentum);
    addTo(buffer, grad, 1 - dampening);
    grad = nesterov ? (operator("add.Tensor").call([grad, buffer, momentum]) as Tensor) : buffer;
  }
  addTo(param, grad, -rate);
}

/** `self.add_(other, alpha=factor)`. */
function addTo(self: Tensor, other: Tensor, factor: number): void {
  if (!addedInOneLoop(self, other, factor)) callInPlace("add_.Tensor", self, other, factor);
}

function addedInOneLoop(self: Tensor, other: Tensor, factor: number): boolean {
  if (recording.recorder !== null || modes.grad || modes.watchWrites || modes.dispatchModes > 0) return false;
  const to = wholeFloats(self);
  const from = wholeFloats(other);
  if (to === null || from === null || to === from || !sameSizes(self.sizes, other.sizes)) return false;
  addScaled(to, to, from, to.length, 1, 1, factor);
  countChange(self, "add_");
  return true;
}
