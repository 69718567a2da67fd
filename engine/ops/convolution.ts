// Convolutions over one to three dimensions, and their transposes. The gradients are convolutions again, so
// that they can be differentiated any number of times.
import { callbacks } from "../autograd/callbacks";
import {
  addBias,
  type ConvolutionShape,
  convolve,
  convolveTransposed,
  convolveWeight,
  type Triple,
} from "../kernels/convolve";
import type { Floats } from "../kernels/iterate";
import { elementsOf } from "../kernels/strided";
import { notImplemented, runtimeError } from "../tensor/errors";
import { numel, type Sizes, sizesText } from "../tensor/shape";
import { empty, type Tensor } from "../tensor/tensor";
import { add } from "./arithmetic";
import { composite, op, using } from "./define";
import { cat } from "./join";
import { constant_pad_nd } from "./rearrange";
import { sumDims } from "./sums";
import { once, withoutHistory } from "./through";
import { expand, squeezeDim, transpose, unsqueeze } from "./view";
import { narrow, reshape } from "./viewComposites";

const internal = { functions: [], methods: [] };

export const convolution = op(
  "convolution(Tensor input, Tensor weight, Tensor? bias, int[] stride, int[] padding, int[] dilation, bool transposed, int[] output_padding, int groups) -> Tensor",
);

interface Setting {
  stride: Sizes;
  padding: Sizes;
  dilation: Sizes;
  transposed: boolean;
  output_padding: Sizes;
  groups: number;
}

function outputSizes(input: Sizes, weight: Sizes, s: Setting): number[] {
  const spatial = input.slice(2).map((size, d) => {
    const kernel = s.dilation[d] * (weight[d + 2] - 1) + 1;
    return s.transposed
      ? (size - 1) * s.stride[d] - 2 * s.padding[d] + kernel + s.output_padding[d]
      : Math.floor((size + 2 * s.padding[d] - kernel) / s.stride[d]) + 1;
  });
  return [input[0], s.transposed ? weight[1] * s.groups : weight[0], ...spatial];
}

/** Texts: check_shape_forward of ATen's Convolution.cpp. */
function check(input: Tensor, weight: Tensor, bias: Tensor | null, s: Setting): void {
  if (s.padding.some((n) => n < 0)) throw runtimeError("negative padding is not supported");
  if (s.stride.some((n) => n <= 0)) throw runtimeError("non-positive stride is not supported");
  if (s.dilation.some((n) => n <= 0)) throw runtimeError("dilation should be greater than zero");
  const { groups } = s;
  if (groups <= 0) throw runtimeError("non-positive groups is not supported");
  if (weight.rank !== input.rank) {
    throw runtimeError(
      `Expected ${weight.rank}-dimensional input for ${weight.rank}-dimensional weight ${sizesText(weight.sizes)}, but ` +
        `got ${input.rank}-dimensional input of size ${sizesText(input.sizes)} instead`,
    );
  }
  const [outFirst, second] = weight.sizes;
  if (outFirst < groups) {
    throw runtimeError(
      `Given groups=${groups}, expected weight to be at least ${groups} at dimension 0, but got weight of size ` +
        `${sizesText(weight.sizes)} instead`,
    );
  }
  if (outFirst % groups !== 0) {
    throw runtimeError(
      `Given groups=${groups}, expected weight to be divisible by ${groups} at dimension 0, but got weight of size ` +
        `[${sizesText(weight.sizes)}] instead`,
    );
  }
  const channels = s.transposed ? outFirst : second * groups;
  if (input.sizes[1] !== channels) {
    throw runtimeError(
      `Given ${s.transposed ? "transposed=1" : `groups=${groups}`}, weight of size ${sizesText(weight.sizes)}, expected ` +
        `input${sizesText(input.sizes)} to have ${channels} channels, but got ${input.sizes[1]} channels instead`,
      { kind: "convolution-channels", input: input.id, weight: weight.id },
    );
  }
  const outputs = s.transposed ? second * groups : outFirst;
  if (bias && (bias.rank !== 1 || bias.sizes[0] !== outputs)) {
    throw runtimeError(
      `Given ${s.transposed ? "transposed=1, " : ""}weight of size ${sizesText(weight.sizes)}, expected bias to be ` +
        `1-dimensional with ${outputs} elements, but got bias of size ${sizesText(bias.sizes)} instead`,
    );
  }
  if (!s.transposed) {
    const padded = input.sizes.slice(2).map((size, d) => size + 2 * s.padding[d]);
    const kernel = weight.sizes.slice(2).map((size, d) => s.dilation[d] * (size - 1) + 1);
    if (kernel.some((size, d) => size > padded[d])) {
      throw runtimeError(
        `Calculated padded input size per channel: (${padded.join(" x ")}). Kernel size: (${kernel.join(" x ")}). ` +
          "Kernel size can't be greater than actual input size",
      );
    }
  }
  for (const other of [weight, bias]) {
    if (other && other.dtype !== input.dtype) {
      throw runtimeError(
        `expected scalar type ${input.dtype.scalarName} but found ${other.dtype.scalarName}`,
      );
    }
  }
  if (input.rank > 5) throw notImplemented(`convolution over ${input.rank - 2} dimensions`);
}

/** Depth, height, width: `missing` stands in front where there are fewer dimensions. */
function three(list: Sizes, missing: number): Triple {
  const [depth, height, width] = [missing, missing, ...list].slice(-3);
  return [depth, height, width];
}

function forward(input: Tensor, weight: Tensor, bias: Tensor | null, s: Setting): Tensor {
  check(input, weight, bias, s);
  const sizes = outputSizes(input.sizes, weight.sizes, s);
  const negative = sizes.slice(2).some((size) => size < 0);
  if (negative) throw runtimeError(`Output size ${sizesText(sizes)} is too small`);
  const out = empty(sizes, input.dtype);
  const [read, given, to] = [elementsOf(input), elementsOf(weight), out.storage.data];
  const added = bias && elementsOf(bias);
  if (!s.transposed) {
    convolve(shapeOf(input.sizes, sizes, weight.sizes, s), read, given, added, to, pause);
    return out;
  }
  convolveTransposed(shapeOf(sizes, input.sizes, weight.sizes, s), read, given, to, pause);
  if (added) addBias(to as Float64Array, added as Float64Array, numel(sizes.slice(2)));
  return out;
}

const pause = () => callbacks.checkInterrupt();

/** `image` is the side that patches are cut from, `small` the other one. */
function shapeOf(image: Sizes, small: Sizes, weight: Sizes, s: Setting): ConvolutionShape {
  return {
    batch: image[0],
    groups: s.groups,
    inChannels: image[1] / s.groups,
    outChannels: small[1] / s.groups,
    image: three(image.slice(2), 1),
    kernel: three(weight.slice(2), 1),
    out: three(small.slice(2), 1),
    stride: three(s.stride, 1),
    padding: three(s.padding, 0),
    dilation: three(s.dilation, 1),
  };
}

/** The gradient for the input: the convolution turned round, with the size that the input had. */
function inputGradient(grad: Tensor, weight: Tensor, input: Sizes, s: Setting): Tensor {
  // Field by field: `s` may be a formula's context, whose properties are looked up and cannot be spread.
  const { stride, padding, dilation, groups } = s;
  const turned: Setting = {
    stride,
    padding,
    dilation,
    groups,
    transposed: !s.transposed,
    output_padding: stride.map(() => 0),
  };
  if (!s.transposed) {
    const smallest = outputSizes(grad.sizes, weight.sizes, turned).slice(2);
    turned.output_padding = input.slice(2).map((size, d) => size - smallest[d]);
  }
  return convolution(
    grad,
    weight,
    null,
    turned.stride,
    turned.padding,
    turned.dilation,
    turned.transposed,
    turned.output_padding,
    turned.groups,
  );
}

/**
 * The gradient for the weight: a convolution of the input with the incoming gradient as weight, where batch
 * and channels change places, and stride and dilation too.
 */
function weightGradient(grad: Tensor, input: Tensor, weight: Sizes, s: Setting): Tensor {
  const [image, small] = s.transposed ? [grad, input] : [input, grad];
  const parts: Tensor[] = [];
  for (let g = 0; g < s.groups; g++) {
    const part = (tensor: Tensor) => {
      const width = tensor.sizes[1] / s.groups;
      const own = s.groups === 1 ? tensor : narrow(tensor, 1, g * width, width);
      return transpose(own, 0, 1);
    };
    // [in, out, kernel…], perhaps with places at the end that no patch reached.
    const found = convolution(
      part(image),
      part(small),
      null,
      s.dilation,
      s.padding,
      s.stride,
      false,
      s.stride.map(() => 0),
      1,
    );
    parts.push(transpose(cut(found, weight.slice(2)), 0, 1));
  }
  return parts.length === 1 ? parts[0] : cat(parts, 0);
}

/** The same, computed in one go; without history. */
function weightSums(grad: Tensor, input: Tensor, weight: Tensor, s: Setting): Tensor {
  const [image, small] = s.transposed ? [grad, input] : [input, grad];
  const out = empty(weight.sizes, weight.dtype);
  const shape = shapeOf(image.sizes, small.sizes, weight.sizes, s);
  const read = (tensor: Tensor) => elementsOf(tensor) as Floats;
  convolveWeight(shape, read(image), read(small), out.storage.data as Floats, pause);
  return out;
}

function cut(tensor: Tensor, spatial: Sizes): Tensor {
  let out = tensor;
  spatial.forEach((size, d) => {
    if (out.sizes[d + 2] > size) out = narrow(out, d + 2, 0, size);
  });
  return out;
}

const convolution_backward = op(
  "convolution_backward(Tensor grad_output, Tensor input, Tensor weight, bool with_bias, int[] stride, int[] padding, int[] dilation, bool transposed, int[] output_padding, int groups, bool want_input, bool want_weight) -> (Tensor result0, Tensor result1, Tensor result2)",
);

interface BackwardContext extends Setting {
  grads: (Tensor | null)[];
  grad_output: Tensor;
  input: Tensor;
  weight: Tensor;
}

function outerDims(rank: number): number[] {
  return Array.from({ length: rank }, (_, d) => d).filter((d) => d !== 1);
}

/** `convolution` with the settings of another call. */
function convolved(input: Tensor, weight: Tensor, s: Setting): Tensor {
  return convolution(
    input,
    weight,
    null,
    s.stride,
    s.padding,
    s.dilation,
    s.transposed,
    s.output_padding,
    s.groups,
  );
}

convolution_backward.define({
  // What is not wanted is an empty tensor that nobody reads.
  forward: (
    grad,
    input,
    weight,
    with_bias,
    stride,
    padding,
    dilation,
    transposed,
    output_padding,
    groups,
    want_input,
    want_weight,
  ) =>
    withoutHistory(() => {
      const s = { stride, padding, dilation, transposed, output_padding, groups };
      return [
        want_input ? inputGradient(grad, weight, input.sizes, s) : empty([0], grad.dtype),
        want_weight ? weightSums(grad, input, weight, s) : empty([0], grad.dtype),
        with_bias ? sumDims(grad, outerDims(grad.rank)) : empty([0], grad.dtype),
      ];
    }),
  // Convolution is linear in its input and in its weight, so each part's adjoint is a convolution again.
  vjp: {
    grad_output: using("grad_output", "input", "weight", (c) => outputAdjoint(c)),
    input: using("grad_output", "input", "weight", (c) => {
      const [, forWeight] = c.grads;
      return forWeight && c.want_weight ? inputGradient(c.grad_output, forWeight, c.input.sizes, c) : null;
    }),
    weight: using("grad_output", "input", "weight", (c) => {
      const [forInput] = c.grads;
      return forInput && c.want_input ? weightGradient(c.grad_output, forInput, c.weight.sizes, c) : null;
    }),
  },
  python: internal,
  samples: (g) => [
    [g.randn(2, 3, 3), g.randn(2, 2, 5), g.randn(3, 2, 3), true, [2], [1], [1], false, [0], 1, true, true],
  ],
});

function outputAdjoint(
  c: BackwardContext & { want_input: boolean; want_weight: boolean; with_bias: boolean },
): Tensor | null {
  const [forInput, forWeight, forBias] = c.grads;
  const parts: Tensor[] = [];
  if (forInput && c.want_input) parts.push(convolved(forInput, c.weight, c));
  if (forWeight && c.want_weight) parts.push(convolved(c.input, forWeight, c));
  if (forBias && c.with_bias) {
    const sizes = c.grad_output.sizes.map((size, d) => (d === 1 ? size : 1));
    parts.push(expand(reshape(forBias, sizes), c.grad_output.sizes, false));
  }
  return parts.length === 0 ? null : parts.reduce((sum, part) => add(sum, part, 1n));
}

convolution.define({
  forward: (input, weight, bias, stride, padding, dilation, transposed, output_padding, groups) =>
    forward(input, weight, bias, { stride, padding, dilation, transposed, output_padding, groups }),
  vjp: {
    input: using("input", "weight", (c) => gradients(c)[0]),
    weight: using("input", "weight", (c) => gradients(c)[1]),
    bias: using("input", "weight", (c) => gradients(c)[2]),
  },
  python: internal,
  math: {
    input: "\\bar{x} = w \\star^{\\top} \\bar{r}",
    weight: "\\bar{w} = x \\star \\bar{r}",
    bias: "\\bar{b} = \\sum \\bar{r}",
  },
  samples: (g) => [
    [g.randn(2, 2, 5), g.randn(3, 2, 3), g.randn(3), [2], [1], [1], false, [0], 1],
    [g.randn(1, 2, 4, 5), g.randn(2, 1, 2, 3), null, [1, 2], [1, 0], [2, 1], false, [0, 0], 2],
    [g.randn(1, 2, 3, 3), g.randn(2, 2, 2, 2), g.randn(2), [2, 1], [0, 1], [1, 1], true, [1, 0], 1],
    [
      g.randn(1, 1, 3, 3, 2),
      g.randn(2, 1, 2, 1, 2),
      g.randn(2),
      [1, 2, 1],
      [0, 0, 1],
      [1, 1, 1],
      false,
      [0, 0, 0],
      1,
    ],
  ],
});

function gradients(
  c: Setting & { grad: Tensor; input: Tensor; weight: Tensor; wants(argument: string): boolean },
): Tensor[] {
  return once(c, () =>
    convolution_backward(
      c.grad,
      c.input,
      c.weight,
      c.wants("bias"),
      c.stride,
      c.padding,
      c.dilation,
      c.transposed,
      c.output_padding,
      c.groups,
      c.wants("input"),
      c.wants("weight"),
    ),
  );
}

/** `stride=2` stands for all dimensions. */
function full(list: Sizes, rank: number): Sizes {
  return list.length === rank ? list : new Array<number>(rank).fill(list[0]);
}

function batchify(name: string, input: Tensor, rank: number, run: (input: Tensor) => Tensor): Tensor {
  if (input.rank === rank + 2) return run(input);
  if (input.rank !== rank + 1) {
    throw runtimeError(
      `Expected ${rank + 1}D (unbatched) or ${rank + 2}D (batched) input to ${name}, but got input of size: ` +
        sizesText(input.sizes),
    );
  }
  return squeezeDim(run(unsqueeze(input, 0)), 0);
}

function plain(
  name: string,
  rank: number,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  stride: Sizes,
  padding: Sizes,
  dilation: Sizes,
  groups: number,
): Tensor {
  const zeros = new Array<number>(rank).fill(0);
  return batchify(name, input, rank, (batch) =>
    convolution(
      batch,
      weight,
      bias,
      full(stride, rank),
      full(padding, rank),
      full(dilation, rank),
      false,
      zeros,
      groups,
    ),
  );
}

/** padding="same" or "valid": as much as keeps the size, more of it behind where it is odd. */
function padded(
  name: string,
  rank: number,
  input: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  stride: Sizes,
  padding: string,
  dilation: Sizes,
  groups: number,
): Tensor {
  const zeros = new Array<number>(rank).fill(0);
  if (padding === "valid") {
    return plain(name, rank, input, weight, bias, stride, zeros, dilation, groups);
  }
  if (padding !== "same") throw runtimeError(`Invalid padding string: '${padding}'`);
  if (full(stride, rank).some((n) => n !== 1)) {
    throw runtimeError("padding='same' is not supported for strided convolutions");
  }
  const steps = full(dilation, rank);
  const total = weight.sizes.slice(2).map((size, d) => steps[d] * (size - 1));
  const before = total.map((n) => Math.floor(n / 2));
  const extra = total.map((n, d) => n - 2 * before[d]);
  return batchify(name, input, rank, (batch) => {
    let image = batch;
    if (extra.some((n) => n > 0)) {
      callbacks.warn(
        "UserWarning",
        "Using padding='same' with even kernel lengths and odd dilation may require a zero-padded copy of the input be created",
      );
      const pad = [...extra].reverse().flatMap((n) => [0, n]);
      image = constant_pad_nd(batch, pad, 0n);
    }
    return convolution(image, weight, bias, full(stride, rank), before, steps, false, zeros, groups);
  });
}

type PlainArguments = [Tensor, Tensor, Tensor | null, Sizes, Sizes, Sizes, number];

/** `conv<rank>d`, with padding by numbers and by name, and `conv_transpose<rank>d`. */
function declare(rank: 1 | 2 | 3): (...args: PlainArguments) => Tensor {
  const list = `int[${rank}]`;
  const names = (name: string) => ({ python: { functions: [name, `nn.functional.${name}`] } });
  const name = `conv${rank}d`;
  const run = composite(
    `${name}(Tensor input, Tensor weight, Tensor? bias=None, ${list} stride=1, ${list} padding=0, ${list} dilation=1, int groups=1) -> Tensor` as "c(Tensor input, Tensor weight, Tensor? bias, int[3] stride, int[3] padding, int[3] dilation, int groups) -> Tensor",
    (...args) => plain(name, rank, ...args),
    names(name),
  );
  composite(
    `${name}.padding(Tensor input, Tensor weight, Tensor? bias=None, ${list} stride=1, str padding="valid", ${list} dilation=1, int groups=1) -> Tensor` as "c(Tensor input, Tensor weight, Tensor? bias, int[3] stride, str padding, int[3] dilation, int groups) -> Tensor",
    (...args) => padded(name, rank, ...args),
    names(name),
  );
  const turned = `conv_transpose${rank}d`;
  composite(
    `${turned}${rank === 1 ? "" : ".input"}(Tensor input, Tensor weight, Tensor? bias=None, ${list} stride=1, ${list} padding=0, ${list} output_padding=0, int groups=1, ${list} dilation=1) -> Tensor` as "c(Tensor input, Tensor weight, Tensor? bias, int[3] stride, int[3] padding, int[3] output_padding, int groups, int[3] dilation) -> Tensor",
    (input, weight, bias, stride, padding, output_padding, groups, dilation) =>
      batchify(turned, input, rank, (batch) =>
        convolution(
          batch,
          weight,
          bias,
          full(stride, rank),
          full(padding, rank),
          full(dilation, rank),
          true,
          full(output_padding, rank),
          groups,
        ),
      ),
    names(turned),
  );
  return run as (...args: PlainArguments) => Tensor;
}

export const conv1d = declare(1);
export const conv2d = declare(2);
export const conv3d = declare(3);
