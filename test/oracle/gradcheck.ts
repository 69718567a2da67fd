// Numeric derivatives beside the formulas': central differences in float64, of a function of tensors.
import { grad as gradients } from "../../engine/autograd/api";
import type { Gradients } from "../../engine/autograd/node";
import { requiresGrad } from "../../engine/autograd/views";
import { elementsOf } from "../../engine/kernels/strided";
import { float64 } from "../../engine/tensor/dtype";
import { numel } from "../../engine/tensor/shape";
import { Storage } from "../../engine/tensor/storage";
import { fromData, Tensor } from "../../engine/tensor/tensor";

/** A repeatable source of numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export type TensorFunction = (inputs: Tensor[]) => Tensor[];

const STEP = 1e-6;

/** A leaf with the numbers of `tensor`, of its layout. */
export function leafOf(tensor: Tensor, requires: boolean): Tensor {
  const data = tensor.storage.data.slice();
  const leaf = new Tensor(
    new Storage(data, tensor.dtype),
    tensor.dtype,
    tensor.sizes,
    tensor.strides,
    tensor.offset,
  );
  leaf.leafRequiresGrad = requires;
  return leaf;
}

function doubles(values: Float64Array, sizes: readonly number[]): Tensor {
  return fromData(values, sizes, float64);
}

function dot(a: ArrayLike<number | bigint>, b: ArrayLike<number | bigint>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += Number(a[i]) * Number(b[i]);
  return sum;
}

/** Σ vectors · outputs as a number. */
function weighed(outputs: Tensor[], vectors: Tensor[]): number {
  return outputs.reduce((sum, output, i) => sum + dot(elementsOf(output), elementsOf(vectors[i])), 0);
}

/** What differs between the formulas' gradient of Σ v · f(inputs) and the numeric one; null for nothing. */
export function gradientError(f: TensorFunction, inputs: Tensor[], random: () => number): string | null {
  const leaves = inputs.map((input) => leafOf(input, true));
  const outputs = f(leaves);
  const chosen = outputs.flatMap((output, i) => (requiresGrad(output) ? [i] : []));
  if (chosen.length === 0) return "no output requires grad";
  const vectors = chosen.map((i) => {
    const { sizes } = outputs[i];
    return doubles(
      Float64Array.from({ length: numel(sizes) }, () => random() * 2 - 1),
      sizes,
    );
  });
  const analytic = gradients(
    chosen.map((i) => outputs[i]),
    leaves,
    vectors,
    { retainGraph: true, createGraph: false },
    true,
  );
  return (
    inputs
      .map((input, index) => {
        const numeric = numericGradient((changed) => {
          const all = inputs.map((other, k) => leafOf(k === index ? changed : other, false));
          const results = f(all);
          return weighed(
            chosen.map((i) => results[i]),
            vectors,
          );
        }, input);
        return differs(`input ${index}`, analytic[index], numeric);
      })
      .find((text) => text !== null) ?? null
  );
}

function numericGradient(value: (input: Tensor) => number, input: Tensor): Float64Array {
  const flat = elementsOf(input) as Float64Array;
  return Float64Array.from(flat, (_, i) => {
    const at = (step: number) => {
      const moved = Float64Array.from(flat);
      moved[i] += step;
      return value(doubles(moved, input.sizes));
    };
    return (at(STEP) - at(-STEP)) / (2 * STEP);
  });
}

function differs(what: string, analytic: Tensor | null, numeric: Float64Array): string | null {
  const formula = analytic
    ? Array.from(elementsOf(analytic), Number)
    : new Array<number>(numeric.length).fill(0);
  const ok =
    formula.length === numeric.length &&
    formula.every((value, i) => Math.abs(value - numeric[i]) <= 1e-6 + 1e-5 * Math.abs(numeric[i]));
  return ok ? null : `${what}: formula ${formula.join(" ")}, numeric ${Array.from(numeric).join(" ")}`;
}

/** The function that answers the gradients of Σ v · f, so that the same check can be made of those. */
export function gradientFunction(f: TensorFunction, inputs: Tensor[], random: () => number): TensorFunction {
  const probe = f(inputs.map((input) => leafOf(input, true)));
  const vectors = probe.map(({ sizes }) =>
    doubles(
      Float64Array.from({ length: numel(sizes) }, () => random() * 2 - 1),
      sizes,
    ),
  );
  return (given) => {
    const leaves = given.map((input) => (requiresGrad(input) ? input : leafOf(input, true)));
    const outputs = f(leaves);
    const chosen = outputs.flatMap((output, i) => (requiresGrad(output) ? [i] : []));
    const found: Gradients = gradients(
      chosen.map((i) => outputs[i]),
      leaves,
      chosen.map((i) => vectors[i]),
      { retainGraph: true, createGraph: true },
      true,
    );
    return found.map(
      (gradient, i) => gradient ?? doubles(new Float64Array(leaves[i].numel), leaves[i].sizes),
    );
  };
}
