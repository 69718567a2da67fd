// One step of Adam or AdamW for one parameter. Where nobody watches the operators that it is made of, it is computed
// in one loop, which leaves the same numbers and the same counts of changes.
import { modes } from "../autograd/modes";
import { countChange } from "../autograd/views";
import { elementsOf } from "../kernels/strided";
import { adam } from "../kernels/wasm/loops";
import { recording } from "../record/hook";
import { float32 } from "../tensor/dtype";
import { sameSizes } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { callInPlace, operator } from "./define";

export interface AdamSettings {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly decay: number;
  /** Whether decay shrinks the parameter (AdamW), or is part of the gradient. */
  readonly decoupled: boolean;
}

/** What belongs to one parameter; all but `grad` are changed. */
export interface AdamTensors {
  readonly param: Tensor;
  readonly grad: Tensor;
  readonly step: Tensor;
  readonly mean: Tensor;
  readonly square: Tensor;
}

export function adamStep(tensors: AdamTensors, settings: AdamSettings): void {
  callInPlace("add_.Scalar", tensors.step, 1n, 1n);
  const count = Number(elementsOf(tensors.step)[0]);
  if (!inOneLoop(tensors, settings, count)) byOperators(tensors, settings, count);
}

/** √(1 - β₂ᵗ), and the step size. */
function corrections({ rate, beta1, beta2 }: AdamSettings, count: number): [root: number, size: number] {
  return [(1 - beta2 ** count) ** 0.5, -(rate / (1 - beta1 ** count))];
}

function byOperators(tensors: AdamTensors, settings: AdamSettings, count: number): void {
  const { param, mean, square } = tensors;
  const { rate, beta1, beta2, eps, decay, decoupled } = settings;
  let { grad } = tensors;
  if (decay !== 0 && decoupled) callInPlace("mul_.Scalar", param, 1 - rate * decay);
  else if (decay !== 0) grad = operator("add.Tensor").call([grad, param, decay]) as Tensor;
  callInPlace("lerp_.Scalar", mean, grad, 1 - beta1);
  callInPlace("mul_.Scalar", square, beta2);
  callInPlace("addcmul_", square, grad, grad, 1 - beta2);
  const [correction, size] = corrections(settings, count);
  const root = operator("sqrt").call([square]) as Tensor;
  const denominator = operator("div.Scalar").call([root, correction]) as Tensor;
  callInPlace("add_.Scalar", denominator, eps, 1n);
  callInPlace("addcdiv_", param, mean, denominator, size);
}

/** Its numbers, where they are all of its storage, in order. */
export function wholeFloats(tensor: Tensor): Float32Array | null {
  const { storage } = tensor;
  const whole = tensor.offset === 0 && storage.data.length === tensor.numel && tensor.isContiguous();
  return whole && tensor.dtype === float32 && !tensor.inference ? (storage.data as Float32Array) : null;
}

function inOneLoop(tensors: AdamTensors, settings: AdamSettings, count: number): boolean {
  if (recording.recorder !== null || modes.grad || modes.watchWrites || modes.dispatchModes > 0) return false;
  const { param, grad, mean, square } = tensors;
  const arrays: Float32Array[] = [];
  for (const tensor of [param, grad, mean, square]) {
    const data = wholeFloats(tensor);
    if (data === null || !sameSizes(tensor.sizes, param.sizes)) return false;
    if (arrays.includes(data)) return false;
    arrays.push(data);
  }
  const { rate, beta1, beta2, eps, decay, decoupled } = settings;
  const [correction, size] = corrections(settings, count);
  const done = adam(arrays[0], arrays[1], arrays[2], arrays[3], {
    shrink: decoupled && decay !== 0 ? 1 - rate * decay : 1,
    decay: decoupled ? 0 : Math.fround(decay),
    weight: 1 - beta1,
    keep: beta2,
    fresh: 1 - beta2,
    correction,
    eps,
    rate: size,
  });
  if (!done) return false;
  if (decoupled && decay !== 0) countChange(param, "mul_");
  countChange(mean, "lerp_");
  countChange(square, "mul_");
  countChange(square, "addcmul_");
  countChange(param, "addcdiv_");
  return true;
}
