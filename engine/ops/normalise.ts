// Normalising by mean and variance: layer_norm, batch_norm, group_norm, instance_norm, rms_norm. Over which
// dimensions, and along which weight and bias lie, is all that they differ in.
import { elementsOf } from "../kernels/strided";
import { float64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { numel, type Sizes, sameSizes, sizesText, wrapDim } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { add, mul, pow, sub } from "./arithmetic";
import { requireFloat } from "./checks";
import { callInPlace, composite, op, using } from "./define";
import { repeat } from "./join";
import { addNumber, meanDims, sumDims } from "./sums";
import { once, vjpThrough, withoutHistory } from "./through";
import { rsqrt } from "./unary";
import { view } from "./view";
import { reshape } from "./viewComposites";

const internal = { functions: [], methods: [] };
type Floats = Float32Array | Float64Array;

/** Lines of numbers that are normalised together: `count` of them, each `length` long. */
interface Statistics {
  mean: Float64Array;
  rstd: Float64Array;
  variance: Float64Array;
}

/**
 * Mean and variance of each group of row-major data, where element i belongs to the group that `groupOf` names.
 * Two passes in double precision: the variance of what the mean leaves over.
 */
function statistics(data: Floats, groups: number, groupOf: (i: number) => number, eps: number): Statistics {
  const mean = new Float64Array(groups);
  const variance = new Float64Array(groups);
  const length = groups === 0 ? 0 : data.length / groups;
  for (let i = 0; i < data.length; i++) mean[groupOf(i)] += data[i];
  for (let g = 0; g < groups; g++) mean[g] /= length;
  for (let i = 0; i < data.length; i++) {
    const g = groupOf(i);
    variance[g] += (data[i] - mean[g]) ** 2;
  }
  const rstd = new Float64Array(groups);
  for (let g = 0; g < groups; g++) {
    variance[g] /= length;
    rstd[g] = 1 / Math.sqrt(variance[g] + eps);
  }
  return { mean, rstd, variance };
}

function asTensor(values: Float64Array, sizes: Sizes, like: Tensor): Tensor {
  return like.dtype === float64
    ? fromData(values, sizes, float64)
    : fromData(Float32Array.from(values), sizes, like.dtype);
}

/** (x − mean)·rstd·weight + bias, each element with the group and the channel it belongs to. */
function normalised(
  input: Tensor,
  mean: ArrayLike<number>,
  rstd: ArrayLike<number>,
  groupOf: (i: number) => number,
  channelOf: (i: number) => number,
  weight: Tensor | null,
  bias: Tensor | null,
): Tensor {
  const out = empty(input.sizes, input.dtype);
  const to = out.storage.data as Floats;
  const data = elementsOf(input) as Floats;
  const w = weight ? (elementsOf(weight) as Floats) : null;
  const b = bias ? (elementsOf(bias) as Floats) : null;
  for (let i = 0; i < data.length; i++) {
    const g = groupOf(i);
    const c = channelOf(i);
    to[i] = (data[i] - mean[g]) * rstd[g] * (w ? w[c] : 1) + (b ? b[c] : 0);
  }
  return out;
}

// ---- gradients, shared ----
//
// x̂ = (x − μ)/σ over the dimensions `dims`; with g' = g·w:
// ∂x = (g' − mean(g') − x̂·mean(g'·x̂))/σ, ∂w = Σ g·x̂, ∂b = Σ g.

function standardised(input: Tensor, dims: readonly number[], eps: number): { xhat: Tensor; rstd: Tensor } {
  const centred = sub(input, meanDims(input, dims, true), 1n);
  const rstd = rsqrt(add(meanDims(mul(centred, centred), dims, true), eps, 1n));
  return { xhat: mul(centred, rstd), rstd };
}

/** The three gradients; those for weight and bias are still to be summed to their shapes. */
function gradientsTwin(dims: readonly number[], eps: number) {
  return (grad: Tensor | null, input: Tensor | null, weight: Tensor | null): Tensor[] => {
    const incoming = grad as Tensor;
    const { xhat, rstd } = standardised(input as Tensor, dims, eps);
    const g = weight ? mul(incoming, weight) : incoming;
    const centred = sub(g, meanDims(g, dims, true), 1n);
    const forInput = mul(sub(centred, mul(xhat, meanDims(mul(g, xhat), dims, true)), 1n), rstd);
    return [forInput, mul(incoming, xhat), addNumber(incoming, 0)];
  };
}

/** `weight` is such that it broadcasts to `input`. */
const normalise_backward = op(
  "_normalise_backward(Tensor grad_output, Tensor input, Tensor? weight, int[] dims, float eps) -> (Tensor result0, Tensor result1, Tensor result2)",
);
normalise_backward.define({
  forward: (grad_output, input, weight, dims, eps) =>
    withoutHistory(() => gradientsTwin(dims, eps)(grad_output, input, weight)),
  vjp: {
    grad_output: using("grad_output", "input", "weight", (c) => throughTwin(c)[0]),
    input: using("grad_output", "input", "weight", (c) => throughTwin(c)[1]),
    weight: using("grad_output", "input", "weight", (c) => throughTwin(c)[2]),
  },
  python: internal,
  samples: (g) => [[g.randn(3, 4), g.randn(3, 4), g.randn(4), [1], 1e-5]],
});

interface BackwardContext {
  grads: (Tensor | null)[];
  grad_output: Tensor;
  input: Tensor;
  weight: Tensor | null;
  dims: readonly number[];
  eps: number;
}

function throughTwin(c: BackwardContext): (Tensor | null)[] {
  return once(c, () => vjpThrough(gradientsTwin(c.dims, c.eps), [c.grad_output, c.input, c.weight], c.grads));
}

// ---- layer_norm ----

const native_layer_norm = op(
  "native_layer_norm(Tensor input, int[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor result0, Tensor result1, Tensor result2)",
);

function checkNormalizedShape(
  input: Tensor,
  shape: Sizes,
  weight: Tensor | null,
  bias: Tensor | null,
  comma: string,
): void {
  if (shape.length === 0) {
    throw runtimeError(
      "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got " +
        `normalized_shape = ${sizesText(shape)}`,
    );
  }
  for (const [name, given] of [
    ["weight", weight],
    ["bias", bias],
  ] as const) {
    if (given && !sameSizes(given.sizes, shape)) {
      throw runtimeError(
        `Expected ${name} to be of same shape as normalized_shape, but got ${name} of shape ${sizesText(given.sizes)} ` +
          `and normalized_shape = ${sizesText(shape)}`,
      );
    }
  }
  if (input.rank < shape.length || !sameSizes(input.sizes.slice(-shape.length), shape)) {
    throw runtimeError(
      `Given normalized_shape=${sizesText(shape)}, expected input with shape [*${comma}${shape.join(", ")}], but got ` +
        `input of size${sizesText(input.sizes)}`,
      { kind: "normalized-shape", input: input.id },
    );
  }
}

function lastDims(rank: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => rank - count + i);
}

interface LayerContext {
  grad: Tensor;
  input: Tensor;
  weight: Tensor | null;
  normalized_shape: readonly number[];
  eps: number;
}

function layerGradients(c: LayerContext): Tensor[] {
  const dims = lastDims(c.input.rank, c.normalized_shape.length);
  return once(c, () => normalise_backward(c.grad, c.input, c.weight, dims, c.eps));
}

native_layer_norm.define({
  forward: (input, normalized_shape, weight, bias, eps) => {
    checkNormalizedShape(input, normalized_shape, weight, bias, ", ");
    requireFloat("LayerNormKernelImpl", input.dtype);
    for (const given of [weight, bias]) {
      if (given && given.dtype !== input.dtype) {
        throw runtimeError("mixed dtype (CPU): expect parameter to have scalar type of Float");
      }
    }
    const length = numel(normalized_shape);
    const outer = input.sizes.slice(0, input.rank - normalized_shape.length);
    const groupOf = (i: number) => Math.floor(i / length);
    const { mean, rstd } = statistics(elementsOf(input) as Floats, numel(outer), groupOf, eps);
    const kept = [...outer, ...normalized_shape.map(() => 1)];
    return [
      normalised(input, mean, rstd, groupOf, (i) => i % length, weight, bias),
      asTensor(mean, kept, input),
      asTensor(rstd, kept, input),
    ];
  },
  vjp: {
    input: using("input", "weight", "bias", "result1", "result2", (c) => layerGradients(c)[0]),
    weight: using("input", "weight", "bias", "result1", "result2", (c) => layerGradients(c)[1]),
    bias: using("input", "weight", "bias", "result1", "result2", (c) => layerGradients(c)[2]),
  },
  undifferentiable: ["result1", "result2"],
  python: internal,
  math: {
    input:
      "\\bar{x} = \\tfrac{1}{\\sigma}\\left(\\bar{r}w - \\overline{\\bar{r}w} - \\hat{x}\\,\\overline{\\bar{r}w\\hat{x}}\\right)",
    weight: "\\bar{w} = \\sum \\bar{r}\\,\\hat{x}",
    bias: "\\bar{b} = \\sum \\bar{r}",
  },
  samples: (g) => [
    [g.randn(3, 4), [4], g.randn(4), g.randn(4), 1e-5],
    [g.randn(2, 3, 2), [3, 2], null, null, 1e-5],
  ],
});

export const layer_norm = composite(
  "layer_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enable=True) -> Tensor",
  (input, normalized_shape, weight, bias, eps) =>
    native_layer_norm(input, normalized_shape, weight, bias, eps)[0],
  { python: { functions: ["layer_norm"] } },
);

export const rms_norm = composite(
  "rms_norm(Tensor input, int[] normalized_shape, Tensor? weight=None, float? eps=None) -> Tensor",
  (input, normalized_shape, weight, eps) => {
    checkNormalizedShape(input, normalized_shape, weight, null, "");
    const dims = lastDims(input.rank, normalized_shape.length);
    const machine = input.dtype === float64 ? 2.220446049250313e-16 : 1.1920928955078125e-7;
    const mean = meanDims(pow(input, 2n), dims, true);
    const out = mul(input, rsqrt(addNumber(mean, eps ?? machine)));
    return weight ? mul(out, weight) : out;
  },
  { python: { functions: ["rms_norm"] }, samples: (g) => [[g.randn(2, 3), [3], g.randn(3), null]] },
);

// ---- batch_norm ----

const native_batch_norm = op(
  "native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (Tensor result0, Tensor result1, Tensor result2)",
);

function channelSizes(rank: number, channels: number): number[] {
  const sizes = new Array<number>(rank).fill(1);
  sizes[1] = channels;
  return sizes;
}

function otherDims(rank: number): number[] {
  return Array.from({ length: rank }, (_, d) => d).filter((d) => d !== 1);
}

/** `old·(1 − momentum) + value·momentum`, into the buffer itself: as in PyTorch its version does not change. */
function updateRunning(running: Tensor | null, values: ArrayLike<number>, momentum: number): void {
  if (!running) return;
  const data = running.storage.data as Floats;
  for (let c = 0; c < values.length; c++) {
    const at = running.offset + c * running.strides[0];
    data[at] = momentum * values[c] + (1 - momentum) * data[at];
  }
}

interface BatchContext {
  grad: Tensor;
  input: Tensor;
  weight: Tensor | null;
  running_mean: Tensor | null;
  running_var: Tensor | null;
  training: boolean;
  eps: number;
}

/** In evaluation mode the statistics are constants: x̂ is linear in x. */
function batchGradients(c: BatchContext): Tensor[] {
  return once(c, () => {
    const { input, weight, eps } = c;
    const sizes = channelSizes(input.rank, input.sizes[1]);
    const along = weight ? view(weight, sizes) : null;
    if (c.training) return normalise_backward(c.grad, input, along, otherDims(input.rank), eps);
    const rstd = view(rsqrt(add(c.running_var as Tensor, eps, 1n)), sizes);
    const mean = view(c.running_mean as Tensor, sizes);
    return scale_backward(c.grad, input, along, mean, rstd);
  });
}

const scale_backward = op(
  "_scale_backward(Tensor grad_output, Tensor input, Tensor? weight, Tensor mean, Tensor rstd) -> (Tensor result0, Tensor result1, Tensor result2)",
);
function scaleTwin(mean: Tensor, rstd: Tensor) {
  return (grad: Tensor | null, input: Tensor | null, weight: Tensor | null): Tensor[] => {
    const incoming = grad as Tensor;
    const xhat = mul(sub(input as Tensor, mean, 1n), rstd);
    return [
      mul(weight ? mul(incoming, weight) : incoming, rstd),
      mul(incoming, xhat),
      addNumber(incoming, 0),
    ];
  };
}
interface ScaleContext {
  grads: (Tensor | null)[];
  grad_output: Tensor;
  input: Tensor;
  weight: Tensor | null;
  mean: Tensor;
  rstd: Tensor;
}
function throughScale(c: ScaleContext): (Tensor | null)[] {
  return once(c, () => vjpThrough(scaleTwin(c.mean, c.rstd), [c.grad_output, c.input, c.weight], c.grads));
}
scale_backward.define({
  forward: (grad_output, input, weight, mean, rstd) =>
    withoutHistory(() => scaleTwin(mean, rstd)(grad_output, input, weight)),
  vjp: {
    grad_output: using("grad_output", "input", "weight", "mean", "rstd", (c) => throughScale(c)[0]),
    input: using("grad_output", "input", "weight", "mean", "rstd", (c) => throughScale(c)[1]),
    weight: using("grad_output", "input", "weight", "mean", "rstd", (c) => throughScale(c)[2]),
  },
  python: internal,
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), g.randn(3), g.randn(3), g.uniform(1, 2, 3)]],
});

native_batch_norm.define({
  forward: (input, weight, bias, running_mean, running_var, training, momentum, eps) => {
    const channels = input.sizes[wrapDim(1, input.rank)];
    for (const [name, given] of Object.entries({ running_mean, running_var, weight, bias })) {
      if (given && given.numel !== channels) {
        throw runtimeError(`${name} should contain ${channels} elements not ${given.numel}`);
      }
    }
    requireFloat("batch_norm", input.dtype);
    const inner = numel(input.sizes.slice(2));
    const channelOf = (i: number) => Math.floor(i / inner) % channels;
    if (!training) {
      if (!running_mean || !running_var) {
        throw runtimeError(`running_${running_mean ? "var" : "mean"} must be defined in evaluation mode`);
      }
      const rstd = Float64Array.from(elementsOf(running_var) as Floats, (v) => 1 / Math.sqrt(v + eps));
      const mean = elementsOf(running_mean) as Floats;
      const out = normalised(input, mean, rstd, channelOf, channelOf, weight, bias);
      return [out, empty([0], input.dtype), empty([0], input.dtype)];
    }
    const { mean, rstd, variance } = statistics(elementsOf(input) as Floats, channels, channelOf, eps);
    const count = input.numel / channels;
    updateRunning(running_mean, mean, momentum);
    updateRunning(
      running_var,
      variance.map((v) => (v * count) / (count - 1)),
      momentum,
    );
    return [
      normalised(input, mean, rstd, channelOf, channelOf, weight, bias),
      asTensor(mean, [channels], input),
      asTensor(rstd, [channels], input),
    ];
  },
  vjp: {
    input: using("input", "weight", "running_mean", "running_var", "result1", "result2", (c) => {
      return batchGradients(c)[0];
    }),
    weight: using("input", "weight", "running_mean", "running_var", "result1", "result2", (c) =>
      sumDims(batchGradients(c)[1], otherDims(c.input.rank)),
    ),
    bias: using("input", "weight", "running_mean", "running_var", "result1", "result2", (c) =>
      sumDims(batchGradients(c)[2], otherDims(c.input.rank)),
    ),
  },
  undifferentiable: ["result1", "result2"],
  python: internal,
  math: {
    input:
      "\\bar{x} = \\tfrac{1}{\\sigma}\\left(\\bar{r}w - \\overline{\\bar{r}w} - \\hat{x}\\,\\overline{\\bar{r}w\\hat{x}}\\right)",
    weight: "\\bar{w} = \\sum \\bar{r}\\,\\hat{x}",
    bias: "\\bar{b} = \\sum \\bar{r}",
  },
  samples: (g) => [[g.randn(3, 2, 2), g.randn(2), g.randn(2), null, null, true, 0.1, 1e-5]],
});

export const batch_norm = composite(
  "batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor",
  (input, weight, bias, running_mean, running_var, training, momentum, eps) =>
    native_batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)[0],
  { python: { functions: ["batch_norm"] } },
);

export const instance_norm = composite(
  "instance_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool use_input_stats, float momentum, float eps, bool cudnn_enabled) -> Tensor",
  (input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps) => {
    if (!use_input_stats && (!running_mean || !running_var)) {
      throw runtimeError("Expected running_mean and running_var to be defined when use_input_stats is false");
    }
    const [batch, channels, ...rest] = input.sizes;
    const over = (given: Tensor | null) => (given ? repeat(given, [batch]) : null);
    const wide = view(input, [1, batch * channels, ...rest]);
    const means = over(running_mean);
    const variances = over(running_var);
    const out = native_batch_norm(
      wide,
      over(weight),
      over(bias),
      means,
      variances,
      use_input_stats,
      momentum,
      eps,
    )[0];
    // What each sample's statistics made of the running ones, on average.
    withoutHistory(() => {
      for (const [own, each] of [
        [running_mean, means],
        [running_var, variances],
      ]) {
        if (own && each)
          callInPlace("copy_", own, meanDims(view(each, [batch, channels]), [0], false), false);
      }
    });
    return view(out, input.sizes);
  },
  { python: { functions: ["instance_norm"] } },
);

// ---- group_norm ----

const native_group_norm = op(
  "native_group_norm(Tensor input, Tensor? weight, Tensor? bias, int N, int C, int HxW, int group, float eps) -> (Tensor result0, Tensor result1, Tensor result2)",
);

/** [N, groups, C/groups, HxW]: what is normalised together are the last two. */
function grouped(tensor: Tensor, c: { N: number; C: number; HxW: number; group: number }): Tensor {
  return reshape(tensor, [c.N, c.group, c.C / c.group, c.HxW]);
}

interface GroupContext {
  grad: Tensor;
  input: Tensor;
  weight: Tensor | null;
  N: number;
  C: number;
  HxW: number;
  group: number;
  eps: number;
}

function groupGradients(c: GroupContext): Tensor[] {
  return once(c, () => {
    const along = c.weight ? reshape(c.weight, [1, c.group, c.C / c.group, 1]) : null;
    return normalise_backward(grouped(c.grad, c), grouped(c.input, c), along, [2, 3], c.eps);
  });
}

native_group_norm.define({
  forward: (input, weight, bias, N, C, HxW, group, eps) => {
    requireFloat("GroupNormKernelImpl", input.dtype);
    const length = (C / group) * HxW;
    const groupOf = (i: number) => Math.floor(i / length);
    const { mean, rstd } = statistics(elementsOf(input) as Floats, N * group, groupOf, eps);
    return [
      normalised(input, mean, rstd, groupOf, (i) => Math.floor(i / HxW) % C, weight, bias),
      asTensor(mean, [N, group], input),
      asTensor(rstd, [N, group], input),
    ];
  },
  vjp: {
    input: using("input", "weight", "result1", "result2", (c) =>
      reshape(groupGradients(c)[0], c.input.sizes),
    ),
    weight: using("input", "weight", "result1", "result2", (c) =>
      reshape(sumDims(groupGradients(c)[1], [0, 3]), [c.C]),
    ),
    bias: using("input", "weight", "result1", "result2", (c) =>
      reshape(sumDims(groupGradients(c)[2], [0, 3]), [c.C]),
    ),
  },
  undifferentiable: ["result1", "result2"],
  python: internal,
  samples: (g) => [[g.randn(2, 4, 3), g.randn(4), g.randn(4), 2, 4, 3, 2, 1e-5]],
});

export const group_norm = composite(
  "group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enabled=True) -> Tensor",
  (input, num_groups, weight, bias, eps) => {
    const [N, C, ...rest] = input.sizes;
    if (num_groups <= 0) throw runtimeError(`Expected num groups to be greater than 0, got ${num_groups}`);
    if (C % num_groups !== 0) {
      throw runtimeError(
        "Expected number of channels in input to be divisible by num_groups, but got input of shape " +
          `${sizesText(input.sizes)} and num_groups=${num_groups}`,
      );
    }
    for (const [name, given] of Object.entries({ weight, bias })) {
      if (!given || (given.rank === 1 && given.numel === C)) continue;
      throw runtimeError(
        `Expected ${name} to be a vector of size equal to the number of channels in input, but got ${name} of shape ` +
          `${sizesText(given.sizes)} and input of shape ${sizesText(input.sizes)}`,
      );
    }
    return native_group_norm(input, weight, bias, N, C, numel(rest), num_groups, eps)[0];
  },
  { python: { functions: ["group_norm"] } },
);
