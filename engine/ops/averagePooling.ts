// Pooling by the mean of each window. A window is as wide along one dimension whatever it is along another, so
// sums are made one dimension after the other.
import { tensorApi } from "../autograd/tensorApi";
import { makeTaps, mapSeparably, type Taps } from "../kernels/separable";
import { elementsAs, elementsOf } from "../kernels/strided";
import { bool, float64, int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { type Sizes, sizesText } from "../tensor/shape";
import { fromData, type Tensor } from "../tensor/tensor";
import { notImplementedFor } from "./checks";
import { composite, op, using } from "./define";
import { meanDims } from "./sums";
import { squeezeDim, unsqueeze } from "./view";
import { adaptiveWindow, type Windows, windowsOf } from "./windows";

const internal = { functions: [], methods: [] };

/** Along one dimension: what each window adds up, and the factor that it brings into the number of elements. */
interface Line {
  taps: Taps;
  counts: readonly number[];
}

/** Windows of fixed width; what they count of the padding is PyTorch's choice. */
function lines(w: Windows, includePad: boolean): Line[] {
  return w.input.map((size, d) => {
    const counts: number[] = [];
    const taps = makeTaps(size, w.output[d], (i, tap) => {
      const begin = i * w.stride[d] - w.padding[d];
      const end = Math.min(begin + w.kernel[d], size + w.padding[d]);
      const [first, last] = [Math.max(begin, 0), Math.min(end, size)];
      counts.push(includePad ? end - begin : Math.max(last - first, 0));
      for (let k = first; k < last; k++) tap(k, 1);
    });
    return { taps, counts };
  });
}

function adaptiveLines(input: Sizes, output: Sizes): Line[] {
  return input.map((size, d) => {
    const counts: number[] = [];
    const taps = makeTaps(size, output[d], (i, tap) => {
      const [begin, end] = adaptiveWindow(i, output[d], size);
      counts.push(end - begin);
      for (let k = begin; k < end; k++) tap(k, 1);
    });
    return { taps, counts };
  });
}

/** How many elements each window has, row-major; all `divisor` where it is given. */
function countsOf(made: readonly Line[], divisor: number | null): number[] {
  let all = [1];
  for (const { counts } of made) {
    all = all.flatMap((outer) => counts.map((count) => (divisor === null ? outer * count : divisor)));
  }
  return all;
}

function means(self: Tensor, made: readonly Line[], divisor: number | null): Tensor {
  const taps = made.map((line) => line.taps);
  const sums = mapSeparably(elementsOf(self), self.sizes, taps, float64, false) as Float64Array;
  const counts = countsOf(made, divisor);
  for (let i = 0; i < sums.length; i++) {
    const count = counts[i % counts.length];
    sums[i] = count === 0 ? 0 : sums[i] / count;
  }
  const sizes = [...self.sizes.slice(0, -made.length), ...taps.map(({ to }) => to)];
  return fromData(rounded(sums, self), sizes, self.dtype);
}

function rounded(sums: Float64Array, like: Tensor) {
  const out = like.dtype.allocate(sums.length);
  if (like.dtype === int64) for (let i = 0; i < sums.length; i++) out[i] = BigInt(Math.trunc(sums[i]));
  else (out as Float64Array).set(sums);
  return out;
}

function shares(grad: Tensor, made: readonly Line[], input: Sizes, divisor: number | null): Tensor {
  const parts = Float64Array.from(elementsAs(grad, float64) as Float64Array);
  const counts = countsOf(made, divisor);
  for (let i = 0; i < parts.length; i++) {
    const count = counts[i % counts.length];
    parts[i] = count === 0 ? 0 : parts[i] / count;
  }
  const taps = made.map((line) => line.taps);
  return fromData(mapSeparably(parts, grad.sizes, taps, grad.dtype, true), input, grad.dtype);
}

// ---- windows of a given size ----

function declareFixed(
  rank: 2 | 3,
): (...args: [Tensor, Sizes, Sizes, Sizes, boolean, boolean, number | null]) => Tensor {
  const name = `avg_pool${rank}d` as const;
  const rest = `int[${rank}] stride=[], int[${rank}] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None`;
  const forward = op(
    `${name}(Tensor self, int[${rank}] kernel_size, ${rest}) -> Tensor` as "avg_pool(Tensor self, int[3] kernel_size, int[3] stride, int[3] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor",
  );
  const backward = op(
    `${name}_backward(Tensor grad_output, Tensor self, int[${rank}] kernel_size, int[${rank}] stride, int[${rank}] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor` as "avg_pool_backward(Tensor grad_output, Tensor self, int[3] kernel_size, int[3] stride, int[3] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor",
  );
  const linesFor = (
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil_mode: boolean,
    includePad: boolean,
    divisor: number | null,
  ) => {
    if (divisor === 0) throw runtimeError("divisor must be not zero");
    const windows = windowsOf(name, rank, input, { kernel_size, stride, padding, dilation: [1], ceil_mode });
    return lines(windows, includePad);
  };
  const sizes = rank === 2 ? [5, 4] : [3, 5, 4];
  const ones = (n: number) => new Array<number>(rank).fill(n);
  forward.define({
    forward: (self, kernel_size, stride, padding, ceil_mode, includePad, divisor) => {
      const made = linesFor(self, kernel_size, stride, padding, ceil_mode, includePad, divisor);
      if (self.dtype === bool) {
        throw notImplementedFor(rank === 2 ? "avg_pool2d" : "avg_pool3d_out_frame", self.dtype);
      }
      return means(self, made, divisor);
    },
    vjp: {
      self: using("self", (c) =>
        backward(
          c.grad,
          c.self,
          c.kernel_size,
          c.stride,
          c.padding,
          c.ceil_mode,
          c.count_include_pad,
          c.divisor_override,
        ),
      ),
    },
    node: `AvgPool${rank}DBackward0`,
    python: { functions: [name, `nn.functional.${name}`], methods: [] },
    math: { self: "\\bar{s} = \\tfrac{1}{n} \\sum_{\\text{windows}} \\bar{r}" },
    samples: (g) => [
      [g.randn(1, 2, ...sizes), ones(2), [], ones(0), false, true, null],
      [g.randn(2, ...sizes), [3, 2, 2].slice(0, rank), [2, 1, 1].slice(0, rank), ones(1), true, false, null],
    ],
  });
  backward.define({
    forward: (grad, self, kernel_size, stride, padding, ceil_mode, includePad, divisor) => {
      const made = linesFor(self, kernel_size, stride, padding, ceil_mode, includePad, divisor);
      return shares(grad, made, self.sizes, divisor);
    },
    vjp: {
      grad_output: using((c) =>
        forward(
          c.grad,
          c.kernel_size,
          c.stride,
          c.padding,
          c.ceil_mode,
          c.count_include_pad,
          c.divisor_override,
        ),
      ),
      self: using(({ self }) => tensorApi.zeros([...self.sizes], self.dtype)),
    },
    node: `AvgPool${rank}DBackwardBackward0`,
    python: internal,
    samples: (g) => [
      [
        g.randn(1, ...sizes.map((size) => Math.floor(size / 2))),
        g.randn(1, ...sizes),
        ones(2),
        [],
        ones(0),
        false,
        true,
        null,
      ],
    ],
  });
  return forward;
}

export const avg_pool2d = declareFixed(2);
export const avg_pool3d = declareFixed(3);

/** As ATen's checkDimRange names it: a text that several one-dimensional poolings share. */
export function checkOneDimensional(name: string, self: Tensor): void {
  if (self.rank === 2 || self.rank === 3) return;
  throw runtimeError(
    `Expected 2 to 3 dimensions, but got ${self.rank}-dimensional tensor for argument #1 'self' (while checking ` +
      `arguments for ${name})`,
  );
}

export function oneInt(name: string, what: string, list: Sizes): void {
  if (list.length === 1 || (what === "stride" && list.length === 0)) return;
  throw runtimeError(`${name}() argument '${what}' should contain one int (got ${list.length})`);
}

export const avg_pool1d = composite(
  "avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, bool ceil_mode=False, bool count_include_pad=True) -> Tensor",
  (self, kernel_size, stride, padding, ceil_mode, count_include_pad) => {
    checkOneDimensional("avg_pool1d", self);
    oneInt("avg_pool1d", "kernel_size", kernel_size);
    oneInt("avg_pool1d", "stride", stride);
    oneInt("avg_pool1d", "padding", padding);
    const wide = avg_pool2d(
      unsqueeze(self, -2),
      [1, kernel_size[0]],
      [1, stride[0] ?? kernel_size[0]],
      [0, padding[0]],
      ceil_mode,
      count_include_pad,
      null,
    );
    return squeezeDim(wide, -2);
  },
  { python: { functions: ["avg_pool1d", "nn.functional.avg_pool1d"], methods: [] } },
);

// ---- as many windows as are asked for ----

function checkAdaptive(rank: 2 | 3, self: Tensor, output: Sizes): void {
  const name = `adaptive_avg_pool${rank}d`;
  if (self.rank !== rank + 1 && self.rank !== rank + 2) {
    throw runtimeError(
      `${name}(): Expected ${rank + 1}D or ${rank + 2}D tensor, but got ${sizesText(self.sizes)}`,
    );
  }
  for (let d = self.rank - rank; d < self.rank; d++) {
    if (self.sizes[d] > 0) continue;
    throw runtimeError(
      `${name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes ` +
        `${sizesText(self.sizes)} with dimension ${d} being empty`,
    );
  }
  if (self.dtype.kind !== "float") {
    throw notImplementedFor(rank === 2 ? name : `${name}_cpu`, self.dtype);
  }
  if (output.length !== rank) throw runtimeError(`${name}: output_size must be ${rank}`);
}

function declareAdaptive(rank: 2 | 3): (self: Tensor, output_size: Sizes) => Tensor {
  const name = `_adaptive_avg_pool${rank}d`;
  const node = `AdaptiveAvgPool${rank}DBackward`;
  const forward = op(
    `${name}(Tensor self, int[${rank}] output_size) -> Tensor` as "a(Tensor self, int[3] output_size) -> Tensor",
  );
  const backward = op(
    `${name}_backward(Tensor grad_output, Tensor self) -> Tensor` as "a(Tensor grad_output, Tensor self) -> Tensor",
  );
  const sizes = [4, 5, 3].slice(0, rank);
  forward.define({
    forward: (self, output_size) => {
      checkAdaptive(rank, self, output_size);
      return means(self, adaptiveLines(self.sizes.slice(-rank), output_size), null);
    },
    vjp: { self: using("self", ({ grad, self }) => backward(grad, self)) },
    node: `${node}0`,
    python: internal,
    math: { self: "\\bar{s} = \\sum_{\\text{windows}} \\tfrac{1}{n}\\,\\bar{r}" },
    samples: (g) => [[g.randn(1, 2, ...sizes), [2, 3, 2].slice(0, rank)]],
  });
  backward.define({
    forward: (grad, self) => {
      const made = adaptiveLines(self.sizes.slice(-rank), grad.sizes.slice(-rank));
      return shares(grad, made, self.sizes, null);
    },
    vjp: {
      grad_output: using(({ grad, grad_output }) => forward(grad, grad_output.sizes.slice(-rank))),
      self: using(({ self }) => tensorApi.zeros([...self.sizes], self.dtype)),
    },
    node: `${node}Backward0`,
    python: internal,
    samples: (g) => [[g.randn(1, ...[2, 3, 2].slice(0, rank)), g.randn(1, ...sizes)]],
  });
  return forward;
}
const adaptive2d = declareAdaptive(2);
const adaptive3d = declareAdaptive(3);

/** `[3]` stands for all dimensions. */
function everywhere(list: Sizes, rank: number): Sizes {
  return list.length === 1 ? new Array<number>(rank).fill(list[0]) : list;
}

export const adaptive_avg_pool2d = composite(
  "adaptive_avg_pool2d(Tensor self, int[2] output_size) -> Tensor",
  (self, output_size) => {
    const [height, width] = everywhere(output_size, 2);
    if (height < 0 || width < 0) {
      throw runtimeError(
        `adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 but received {${height}, ${width}}`,
      );
    }
    if (height === 1 && width === 1 && self.rank > 1) return meanDims(self, [-1, -2], true);
    return adaptive2d(self, [height, width]);
  },
  { python: { functions: ["nn.functional.adaptive_avg_pool2d"], methods: [] } },
);

export const adaptive_avg_pool3d = composite(
  "adaptive_avg_pool3d(Tensor self, int[3] output_size) -> Tensor",
  (self, output_size) => {
    const sizes = everywhere(output_size, 3);
    if (sizes.length !== 3) throw runtimeError("adaptive_avg_pool3d: output_size must be 3");
    if (sizes.some((size) => size < 0)) {
      const [depth, height, width] = sizes;
      throw runtimeError(
        `adaptive_avg_pool3d: elements of output_size must be greater than or equal to 0 but received {${depth}, ${height},${width}}`,
      );
    }
    if (sizes.every((size) => size === 1) && self.rank > 2) return meanDims(self, [-1, -2, -3], true);
    return adaptive3d(self, sizes);
  },
  { python: { functions: ["nn.functional.adaptive_avg_pool3d"], methods: [] } },
);

export const adaptive_avg_pool1d = composite(
  "adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor",
  (self, output_size) => {
    checkOneDimensional("adaptive_avg_pool1d", self);
    oneInt("adaptive_avg_pool1d", "output_size", output_size);
    return squeezeDim(adaptive_avg_pool2d(unsqueeze(self, -2), [1, output_size[0]]), -2);
  },
  { python: { functions: ["adaptive_avg_pool1d", "nn.functional.adaptive_avg_pool1d"], methods: [] } },
);
