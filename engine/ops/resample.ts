// Interpolation of images: nearest, linear and cubic, with and without anti-aliasing, over one to three
// dimensions. Each is a table of taps per dimension; its backward is the same table turned round.
import { makeTaps, mapSeparably, type Taps } from "../kernels/separable";
import { elementsOf } from "../kernels/strided";
import { type DType, float64, uint8 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { type Sizes, sizesText } from "../tensor/shape";
import { fromData, type Tensor } from "../tensor/tensor";
import { notImplementedFor } from "./checks";
import { op, type SampleGenerator, using } from "./define";

/** What one dimension's table is made from. `scale`: given by the caller, null where the sizes tell it. */
interface Axis {
  from: number;
  to: number;
  corners: boolean;
  scale: number | null;
  /** PyTorch computes places in the precision of the image. */
  round: (value: number) => number;
}

/** How far apart two neighbouring places are in the input. */
function step({ from, to, corners, scale, round }: Axis): number {
  if (corners) return to > 1 ? round((from - 1) / (to - 1)) : 0;
  return scale !== null && scale > 0 ? round(1 / scale) : round(from / to);
}

function nearest(axis: Axis): Taps {
  const apart = step(axis);
  const { from, to, round } = axis;
  return makeTaps(from, to, (i, tap) => {
    tap(Math.min(Math.floor(round(apart * i)), from - 1), 1);
  });
}

/** In two dimensions PyTorch looks at the sizes before the scale. */
function nearestOfImages(axis: Axis): Taps {
  const { from, to } = axis;
  if (to === from) return makeTaps(from, to, (i, tap) => tap(i, 1));
  if (to === 2 * from) return makeTaps(from, to, (i, tap) => tap(i >> 1, 1));
  return nearest({ ...axis, round: Math.fround });
}

function nearestExact(axis: Axis): Taps {
  const apart = step(axis);
  return makeTaps(axis.from, axis.to, (i, tap) => {
    tap(Math.min(Math.floor(axis.round(apart * (i + 0.5))), axis.from - 1), 1);
  });
}

/** Where place i lies in the input, not limited to it. */
function source(axis: Axis, apart: number, i: number): number {
  return axis.corners ? axis.round(apart * i) : axis.round(axis.round(apart * (i + 0.5)) - 0.5);
}

function linear(axis: Axis): Taps {
  if (axis.to === axis.from) return makeTaps(axis.from, axis.to, (i, tap) => tap(i, 1));
  const apart = step(axis);
  const { from, round } = axis;
  return makeTaps(from, axis.to, (i, tap) => {
    const at = Math.max(source(axis, apart, i), 0);
    const low = Math.min(Math.floor(at), from - 1);
    const part = Math.min(Math.max(round(at - low), 0), 1);
    tap(low, round(1 - part));
    tap(low + (low < from - 1 ? 1 : 0), part);
  });
}

/** Keys' cubic kernel with a = −0.75, |x| ≤ 2. */
function cubicWeight(x: number): number {
  const a = -0.75;
  const d = Math.abs(x);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
}

function cubic(axis: Axis): Taps {
  const apart = step(axis);
  const { from, round } = axis;
  return makeTaps(from, axis.to, (i, tap) => {
    const at = source(axis, apart, i);
    const low = Math.min(Math.floor(at), from - 1);
    const part = Math.min(Math.max(round(at - low), 0), 1);
    for (let k = -1; k <= 2; k++) {
      tap(Math.min(Math.max(low + k, 0), from - 1), round(cubicWeight(part - k)));
    }
  });
}

/** Anti-aliasing: the filter is as wide as the step, and its weights are made to sum to 1. */
function filtered(width: number, filter: (x: number) => number): (axis: Axis) => Taps {
  return (axis) => {
    const apart = step(axis);
    const { from, round } = axis;
    const wide = Math.max(apart, 1);
    const support = round((width / 2) * wide);
    return makeTaps(from, axis.to, (i, tap) => {
      const centre = round(apart * (i + 0.5));
      const first = Math.max(Math.trunc(centre - support + 0.5), 0);
      const last = Math.min(Math.trunc(centre + support + 0.5), from);
      const weights: number[] = [];
      for (let k = first; k < last; k++) weights.push(round(filter((k - centre + 0.5) / wide)));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      weights.forEach((weight, k) => {
        tap(first + k, total === 0 ? weight : round(weight / total));
      });
    });
  };
}

const triangle = (x: number) => Math.max(1 - Math.abs(x), 0);

/** Keys' kernel with a = −0.5. */
function keys(x: number): number {
  const d = Math.abs(x);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0;
}

function lanczos(x: number): number {
  const sinc = (v: number) => (v === 0 ? 1 : Math.sin(v * Math.PI) / (v * Math.PI));
  return Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0;
}

// ---- the operators ----

interface Family {
  name: string;
  /** How many dimensions. */
  rank: 1 | 2 | 3;
  taps: (axis: Axis) => Taps;
  /** What backward reads, where PyTorch finds the places there in another way. */
  back?: (axis: Axis) => Taps;
  node: string;
  /** Nearest neighbours have no corners to align. */
  corners: boolean;
  /** The kernel that PyTorch names for a dtype it has none for. */
  kernel: string;
}

const AXES = ["D", "H", "W"];
const dimensionText = (sizes: Sizes) =>
  AXES.slice(3 - sizes.length)
    .map((axis, d) => `${axis}: ${sizes[d]}`)
    .join(", ");

function check(family: Family, input: Sizes, output: Sizes): void {
  const { rank } = family;
  if (output.length !== rank) {
    throw runtimeError(`It is expected output_size equals to ${rank}, but got size ${output.length}`);
  }
  if (input.length !== rank + 2) {
    throw runtimeError(`It is expected input_size equals to ${rank + 2}, but got size ${input.length}`);
  }
  const spatial = input.slice(2);
  if ([...spatial, ...output].some((size) => size <= 0)) {
    const and = rank === 1 ? "and output" : "output";
    throw runtimeError(
      `Input and output sizes should be greater than 0, but got input (${dimensionText(spatial)}) ${and} ` +
        `(${dimensionText(output)})`,
    );
  }
  if (rank > 1 && input[1] === 0) {
    throw runtimeError(
      `Non-empty ${rank + 2}D data tensor expected but got a tensor with sizes ${sizesText(input)}`,
    );
  }
}

function checkDtype({ kernel, name, rank }: Family, self: Tensor): void {
  if (self.dtype.kind === "float" || (self.dtype === uint8 && rank === 2)) return;
  const lasts = rank === 2 && /nearest|linear/.test(kernel);
  throw notImplementedFor(lasts ? `${name.replace(/^_/, "")}_channels_last` : kernel, self.dtype);
}

function tables(
  family: Family,
  input: Sizes,
  output: Sizes,
  settings: readonly unknown[],
  dtype: DType,
  turned = false,
) {
  const corners = family.corners && settings[0] === true;
  const scales = settings.slice(family.corners ? 1 : 0) as (number | null)[];
  const round = dtype === float64 ? (value: number) => value : Math.fround;
  return output.map((to, d) =>
    (turned && family.back ? family.back : family.taps)({
      from: input[d + 2],
      to,
      corners,
      scale: scales[d] ?? null,
      round,
    }),
  );
}

/** Whole numbers are rounded to the nearest, and kept in the range of a pixel. */
function pixels(data: Float64Array): Uint8Array {
  return Uint8Array.from(data, (value) => Math.min(Math.max(Math.round(value), 0), 255));
}

// The families differ in their number of scales, so their schemas are put together; these two name what all
// of them begin with.
type ForwardText = "upsample(Tensor self, int[] output_size) -> Tensor";
type BackwardText = "upsample_backward(Tensor grad_output, int[] output_size, int[] input_size) -> Tensor";

function declare(family: Family): void {
  const { name, rank, corners } = family;
  const scaleNames =
    rank === 1 ? ["scales"] : AXES.slice(3 - rank).map((axis) => `scales_${axis.toLowerCase()}`);
  const names = [...(corners ? ["align_corners"] : []), ...scaleNames];
  const rest = [
    ...(corners ? ["bool align_corners"] : []),
    ...scaleNames.map((scale) => `float? ${scale}=None`),
  ].join(", ");
  const forward = op(`${name}(Tensor self, int[${rank}] output_size, ${rest}) -> Tensor` as ForwardText);
  const backward = op(
    `${name}_backward(Tensor grad_output, int[${rank}] output_size, int[${rank + 2}] input_size, ${rest}) -> Tensor` as BackwardText,
  );
  type Settings = readonly unknown[];
  const settingsOf = (context: object) => names.map((each) => (context as Record<string, unknown>)[each]);
  const run = forward as unknown as (self: Tensor, output: Sizes, ...settings: Settings) => Tensor;
  const runBack = backward as unknown as (
    grad: Tensor,
    output: Sizes,
    input: Sizes,
    ...settings: Settings
  ) => Tensor;
  const node = family.node;
  const samples = (g: SampleGenerator) => {
    const settings = (flag: boolean) => [...(corners ? [flag] : []), ...scaleNames.map(() => null)];
    const sizes = [3, 4, 2].slice(0, rank);
    const larger = [5, 3, 4].slice(0, rank);
    return { sizes, larger, settings, image: g.randn(1, 2, ...sizes), grad: g.randn(1, 2, ...larger) };
  };
  forward.define({
    forward: (self: Tensor, output: Sizes, ...settings: Settings) => {
      check(family, self.sizes, output);
      checkDtype(family, self);
      const made = tables(family, self.sizes, output, settings, self.dtype);
      const dtype = self.dtype === uint8 ? float64 : self.dtype;
      const data = mapSeparably(elementsOf(self), self.sizes, made, dtype, false);
      const sizes = [...self.sizes.slice(0, 2), ...output];
      return fromData(self.dtype === uint8 ? pixels(data as Float64Array) : data, sizes, self.dtype);
    },
    vjp: {
      self: using((c) => runBack(c.grad, c.output_size, c.self.sizes, ...settingsOf(c))),
    },
    node: `${node}Backward0`,
    python: { functions: [], methods: [] },
    math: { self: "\\bar{s} = W^{\\top}\\bar{r},\\quad r = W s" },
    samples: (g) => {
      const { larger, settings, image } = samples(g);
      return [
        [image, larger, ...settings(false)],
        [image, larger, ...settings(true)],
      ];
    },
  });
  backward.define({
    forward: (grad: Tensor, output: Sizes, input: Sizes, ...settings: Settings) => {
      const made = tables(family, input, output, settings, grad.dtype, true);
      return fromData(mapSeparably(elementsOf(grad), grad.sizes, made, grad.dtype, true), input, grad.dtype);
    },
    vjp: {
      grad_output: using((c) => run(c.grad, c.output_size, ...settingsOf(c))),
    },
    node: `${node}BackwardBackward0`,
    python: { functions: [], methods: [] },
    samples: (g) => {
      const { larger, sizes, settings, grad } = samples(g);
      return [[grad, larger, [1, 2, ...sizes], ...settings(false)]];
    },
  });
}

const RANKS = [1, 2, 3] as const;
for (const rank of RANKS) {
  const kernel = "compute_indices_weights_nearest";
  declare({
    name: `upsample_nearest${rank}d`,
    rank,
    taps: rank === 2 ? nearestOfImages : nearest,
    back: nearestOfImages,
    node: `UpsampleNearest${rank}D`,
    corners: false,
    kernel,
  });
  declare({
    name: `_upsample_nearest_exact${rank}d`,
    rank,
    taps: nearestExact,
    node: `UpsampleNearestExact${rank}D`,
    corners: false,
    kernel,
  });
  const prefix = ["", "bi", "tri"][rank - 1];
  declare({
    name: `upsample_${prefix}linear${rank}d`,
    rank,
    taps: linear,
    node: `Upsample${prefix === "" ? "Linear" : `${prefix[0].toUpperCase()}${prefix.slice(1)}linear`}${rank}D`,
    corners: true,
    kernel: "compute_indices_weights_linear",
  });
}
declare({
  name: "upsample_bicubic2d",
  rank: 2,
  taps: cubic,
  node: "UpsampleBicubic2D",
  corners: true,
  kernel: "compute_indices_weights_cubic",
});
for (const [name, width, filter] of [
  ["bilinear", 2, triangle],
  ["bicubic", 4, keys],
  ["lanczos", 6, lanczos],
] as const) {
  declare({
    name: `_upsample_${name}2d_aa`,
    rank: 2,
    taps: filtered(width, filter),
    node: `Upsample${name[0].toUpperCase()}${name.slice(1)}2DAa`,
    corners: true,
    kernel: "compute_index_ranges_weights",
  });
}
