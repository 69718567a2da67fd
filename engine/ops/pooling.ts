// Pooling: the largest or the mean of each window, over one and two dimensions.
import { tensorApi } from "../autograd/tensorApi";
import { elementsAs, elementsOf } from "../kernels/strided";
import { int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { type Sizes, sizesText } from "../tensor/shape";
import { empty, type Tensor } from "../tensor/tensor";
import { notImplementedFor } from "./checks";
import { composite, op, using } from "./define";
import { gather } from "./gather";
import { longs } from "./samples";
import { meanDims } from "./sums";
import { squeezeDim, unsqueeze } from "./view";
import { reshape } from "./viewComposites";

const internal = { functions: [], methods: [] };
type Floats = Float32Array | Float64Array;

/** How windows lie over an image. */
interface Windows {
  kernel: readonly [number, number];
  stride: readonly [number, number];
  padding: readonly [number, number];
  dilation: readonly [number, number];
  height: number;
  width: number;
  outHeight: number;
  outWidth: number;
}

const pair = (list: Sizes): [number, number] => (list.length === 1 ? [list[0], list[0]] : [list[0], list[1]]);

/** at::native::pooling_output_shape: with ceil_mode the last window must begin inside the image or its left padding. */
function pooledSize(
  size: number,
  kernel: number,
  padding: number,
  stride: number,
  dilation: number,
  ceil: boolean,
): number {
  const room = size + 2 * padding - dilation * (kernel - 1) - 1 + (ceil ? stride - 1 : 0);
  const count = Math.floor(room / stride) + 1;
  return ceil && (count - 1) * stride >= size + padding ? count - 1 : count;
}

function windowsOf(
  name: string,
  input: Tensor,
  kernel_size: Sizes,
  given: Sizes,
  padding: Sizes,
  dilation: Sizes,
  ceil: boolean,
): Windows {
  const kernel = pair(kernel_size);
  const stride = given.length === 0 ? kernel : pair(given);
  const pad = pair(padding);
  const step = pair(dilation);
  if (kernel.some((n) => n <= 0)) {
    throw runtimeError(`kernel size should be greater than zero, but got kH: ${kernel[0]} kW: ${kernel[1]}`);
  }
  if (stride.some((n) => n <= 0)) {
    throw runtimeError(`stride should be greater than zero, but got dH: ${stride[0]} dW: ${stride[1]}`);
  }
  const isBatch = input.rank === 4;
  if ((input.rank !== 3 && !isBatch) || input.sizes.slice(isBatch ? 1 : 0).includes(0)) {
    throw runtimeError("non-empty 3D or 4D (batch mode) tensor expected for input");
  }
  pad.forEach((n, d) => {
    if (n < 0) throw runtimeError(`pad must be non-negative, but got pad: ${n}`);
    if (n > Math.floor(((kernel[d] - 1) * step[d] + 1) / 2)) {
      throw runtimeError(
        `pad should be at most half of effective kernel size, but got pad=${n}, kernel_size=${kernel[d]} and ` +
          `dilation=${step[d]}`,
      );
    }
  });
  const [channels, height, width] = input.sizes.slice(-3);
  const outHeight = pooledSize(height, kernel[0], pad[0], stride[0], step[0], ceil);
  const outWidth = pooledSize(width, kernel[1], pad[1], stride[1], step[1], ceil);
  if (outHeight < 1 || outWidth < 1) {
    throw runtimeError(
      `Given input size: (${channels}x${height}x${width}). Calculated output size: (${channels}x${outHeight}x${outWidth}). ` +
        "Output size is too small",
      { kind: "pool-size", operator: name, input: input.id },
    );
  }
  return { kernel, stride, padding: pad, dilation: step, height, width, outHeight, outWidth };
}

// ---- the largest ----

const max_pool2d_with_indices = op(
  "max_pool2d_with_indices(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> (Tensor result0, Tensor result1)",
);
export const max_pool2d_with_indices_backward = op(
  "max_pool2d_with_indices_backward(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] stride, int[2] padding, int[2] dilation, bool ceil_mode, Tensor indices) -> Tensor",
);

max_pool2d_with_indices.define({
  forward: (self, kernel_size, stride, padding, dilation, ceil_mode) => {
    const w = windowsOf("max_pool2d", self, kernel_size, stride, padding, dilation, ceil_mode);
    const sizes = [...self.sizes.slice(0, -2), w.outHeight, w.outWidth];
    const values = empty(sizes, self.dtype);
    const indices = empty(sizes, int64);
    const data = elementsOf(self) as Floats;
    const out = values.storage.data as Floats;
    const places = indices.storage.data as BigInt64Array;
    const images = data.length / (w.height * w.width);
    let o = 0;
    for (let n = 0; n < images; n++) {
      const base = n * w.height * w.width;
      for (let oy = 0; oy < w.outHeight; oy++) {
        for (let ox = 0; ox < w.outWidth; ox++, o++) {
          let best = -1;
          for (let ky = 0; ky < w.kernel[0]; ky++) {
            const y = oy * w.stride[0] - w.padding[0] + ky * w.dilation[0];
            if (y < 0 || y >= w.height) continue;
            for (let kx = 0; kx < w.kernel[1]; kx++) {
              const x = ox * w.stride[1] - w.padding[1] + kx * w.dilation[1];
              if (x < 0 || x >= w.width) continue;
              const at = base + y * w.width + x;
              if (best < 0 || data[at] > data[best] || Number.isNaN(data[at])) best = at;
            }
          }
          out[o] = data[best];
          places[o] = BigInt(best - base);
        }
      }
    }
    return [values, indices];
  },
  vjp: {
    self: using("self", "result1", (c) =>
      max_pool2d_with_indices_backward(
        c.grad,
        c.self,
        c.kernel_size,
        c.stride,
        c.padding,
        c.dilation,
        c.ceil_mode,
        c.result1,
      ),
    ),
  },
  node: "MaxPool2DWithIndicesBackward0",
  python: internal,
  math: { self: "\\bar{s}_{\\operatorname{argmax}} \\mathrel{+}= \\bar{r}" },
  samples: (g) => [
    [g.randn(1, 2, 5, 4), [2, 2], [], [0, 0], [1, 1], false],
    [g.randn(2, 5, 5), [3, 2], [2, 1], [1, 1], [1, 2], true],
  ],
});

max_pool2d_with_indices_backward.define({
  forward: (grad_output, self, _kernel, _stride, _padding, _dilation, _ceil, indices) => {
    const out = empty(self.sizes, grad_output.dtype);
    const to = out.storage.data as Floats;
    const from = elementsOf(grad_output) as Floats;
    const places = elementsOf(indices);
    const [height, width] = self.sizes.slice(-2);
    const [outHeight, outWidth] = grad_output.sizes.slice(-2);
    for (let i = 0; i < from.length; i++) {
      const image = Math.floor(i / (outHeight * outWidth));
      to[image * height * width + Number(places[i])] += from[i];
    }
    return out;
  },
  vjp: {
    // What went to a place comes back from it.
    grad_output: using("indices", ({ grad, indices }) => {
      const images = indices.sizes.slice(0, -2);
      const places = reshape(indices, [...images, -1]);
      const flat = reshape(grad, [...images, -1]);
      return reshape(gather(flat, -1, places, false), indices.sizes);
    }),
    self: using(({ self }) => tensorApi.zeros([...self.sizes], self.dtype)),
  },
  python: internal,
  samples: (g) => [
    [g.randn(1, 1, 2), g.randn(1, 2, 4), [2, 2], [], [0, 0], [1, 1], false, longs([1, 6], [1, 1, 2])],
  ],
});

export const max_pool2d = composite(
  "max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> Tensor",
  (self, kernel_size, stride, padding, dilation, ceil_mode) =>
    max_pool2d_with_indices(self, kernel_size, stride, padding, dilation, ceil_mode)[0],
  { python: { functions: ["max_pool2d", "nn.functional.max_pool2d"], methods: [] } },
);

/** A dimension of size 1 put in front of the last, so that one dimension is pooled as two. */
function asTwo(name: string, self: Tensor, run: (wide: Tensor) => Tensor): Tensor {
  if (self.rank !== 2 && self.rank !== 3) {
    throw runtimeError(`${name}() Expected 2D or 3D input tensor, but got ${sizesText(self.sizes)}`);
  }
  return squeezeDim(run(unsqueeze(self, -2)), -2);
}

export const max_pool1d = composite(
  "max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, int[1] dilation=1, bool ceil_mode=False) -> Tensor",
  (self, kernel_size, stride, padding, dilation, ceil_mode) =>
    asTwo("max_pool1d", self, (wide) =>
      max_pool2d(
        wide,
        [1, kernel_size[0]],
        [1, stride[0] ?? kernel_size[0]],
        [0, padding[0]],
        [1, dilation[0]],
        ceil_mode,
      ),
    ),
  { python: { functions: ["max_pool1d", "nn.functional.max_pool1d"], methods: [] } },
);

// ---- the mean ----

export const avg_pool2d = op(
  "avg_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, bool ceil_mode=False, bool count_include_pad=True, int? divisor_override=None) -> Tensor",
);
export const avg_pool2d_backward = op(
  "avg_pool2d_backward(Tensor grad_output, Tensor self, int[2] kernel_size, int[2] stride, int[2] padding, bool ceil_mode, bool count_include_pad, int? divisor_override) -> Tensor",
);

/** Calls `visit` for each window: its place in the result, its borders in the image, what to divide by. */
function forEachWindow(
  w: Windows,
  images: number,
  includePad: boolean,
  divisor: number | null,
  visit: (out: number, base: number, y0: number, y1: number, x0: number, x1: number, count: number) => void,
): void {
  let o = 0;
  for (let n = 0; n < images; n++) {
    for (let oy = 0; oy < w.outHeight; oy++) {
      for (let ox = 0; ox < w.outWidth; ox++, o++) {
        const top = oy * w.stride[0] - w.padding[0];
        const left = ox * w.stride[1] - w.padding[1];
        const bottom = Math.min(top + w.kernel[0], w.height + w.padding[0]);
        const right = Math.min(left + w.kernel[1], w.width + w.padding[1]);
        const whole = (bottom - top) * (right - left);
        const [y0, y1] = [Math.max(top, 0), Math.min(bottom, w.height)];
        const [x0, x1] = [Math.max(left, 0), Math.min(right, w.width)];
        if (y0 >= y1 || x0 >= x1) continue;
        const count = divisor ?? (includePad ? whole : (y1 - y0) * (x1 - x0));
        visit(o, n * w.height * w.width, y0, y1, x0, x1, count);
      }
    }
  }
}

avg_pool2d.define({
  forward: (self, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override) => {
    if (divisor_override === 0) throw runtimeError("divisor must be not zero");
    if (self.dtype.kind !== "float") throw notImplementedFor("avg_pool2d_out_frame", self.dtype);
    const w = windowsOf("avg_pool2d", self, kernel_size, stride, padding, [1], ceil_mode);
    const out = empty([...self.sizes.slice(0, -2), w.outHeight, w.outWidth], self.dtype);
    const to = out.storage.data as Floats;
    const data = elementsOf(self) as Floats;
    const images = data.length / (w.height * w.width);
    forEachWindow(w, images, count_include_pad, divisor_override, (o, base, y0, y1, x0, x1, count) => {
      let sum = 0;
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) sum += data[base + y * w.width + x];
      to[o] = sum / count;
    });
    return out;
  },
  vjp: {
    self: using("self", (c) =>
      avg_pool2d_backward(
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
  node: "AvgPool2DBackward0",
  python: { functions: ["avg_pool2d", "nn.functional.avg_pool2d"], methods: [] },
  math: { self: "\\bar{s} = \\tfrac{1}{n} \\sum_{\\text{windows}} \\bar{r}" },
  samples: (g) => [
    [g.randn(1, 2, 5, 4), [2, 2], [], [0, 0], false, true, null],
    [g.randn(2, 5, 5), [3, 2], [2, 1], [1, 1], true, false, null],
  ],
});

avg_pool2d_backward.define({
  forward: (grad_output, self, kernel_size, stride, padding, ceil_mode, includePad, divisor) => {
    const w = windowsOf("avg_pool2d", self, kernel_size, stride, padding, [1], ceil_mode);
    const out = empty(self.sizes, grad_output.dtype);
    const to = out.storage.data as Floats;
    const from = elementsOf(grad_output) as Floats;
    const images = to.length / (w.height * w.width);
    forEachWindow(w, images, includePad, divisor, (o, base, y0, y1, x0, x1, count) => {
      const share = from[o] / count;
      for (let y = y0; y < y1; y++) for (let x = x0; x < x1; x++) to[base + y * w.width + x] += share;
    });
    return out;
  },
  vjp: {
    grad_output: using((c) =>
      avg_pool2d(
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
  python: internal,
  samples: (g) => [[g.randn(1, 2, 2), g.randn(1, 4, 5), [2, 2], [], [0, 0], false, true, null]],
});

export const avg_pool1d = composite(
  "avg_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, bool ceil_mode=False, bool count_include_pad=True) -> Tensor",
  (self, kernel_size, stride, padding, ceil_mode, count_include_pad) =>
    asTwo("avg_pool1d", self, (wide) =>
      avg_pool2d(
        wide,
        [1, kernel_size[0]],
        [1, stride[0] ?? kernel_size[0]],
        [0, padding[0]],
        ceil_mode,
        count_include_pad,
        null,
      ),
    ),
  { python: { functions: ["avg_pool1d", "nn.functional.avg_pool1d"], methods: [] } },
);

// ---- the mean of as many windows as are asked for ----

const _adaptive_avg_pool2d = op("_adaptive_avg_pool2d(Tensor self, int[2] output_size) -> Tensor");
const _adaptive_avg_pool2d_backward = op(
  "_adaptive_avg_pool2d_backward(Tensor grad_output, Tensor self) -> Tensor",
);

const begin = (i: number, out: number, size: number) => Math.floor((i * size) / out);
const end = (i: number, out: number, size: number) => Math.ceil(((i + 1) * size) / out);

function forEachAdaptive(
  sizes: Sizes,
  [outHeight, outWidth]: Sizes,
  visit: (out: number, place: number, count: number) => void,
): void {
  const [height, width] = sizes.slice(-2);
  const images = sizes.slice(0, -2).reduce((n, size) => n * size, 1);
  for (let n = 0, o = 0; n < images; n++) {
    for (let oy = 0; oy < outHeight; oy++) {
      const [y0, y1] = [begin(oy, outHeight, height), end(oy, outHeight, height)];
      for (let ox = 0; ox < outWidth; ox++, o++) {
        const [x0, x1] = [begin(ox, outWidth, width), end(ox, outWidth, width)];
        const count = (y1 - y0) * (x1 - x0);
        for (let y = y0; y < y1; y++) {
          for (let x = x0; x < x1; x++) visit(o, (n * height + y) * width + x, count);
        }
      }
    }
  }
}

_adaptive_avg_pool2d.define({
  forward: (self, output_size) => {
    const out = empty([...self.sizes.slice(0, -2), ...output_size], self.dtype);
    const sums = new Float64Array(out.numel);
    const data = elementsOf(self) as Floats;
    forEachAdaptive(self.sizes, output_size, (o, place, count) => {
      sums[o] += data[place] / count;
    });
    (out.storage.data as Floats).set(sums);
    return out;
  },
  vjp: { self: using("self", ({ grad, self }) => _adaptive_avg_pool2d_backward(grad, self)) },
  node: "AdaptiveAvgPool2DBackward0",
  python: internal,
  samples: (g) => [[g.randn(1, 2, 5, 4), [2, 3]]],
});
_adaptive_avg_pool2d_backward.define({
  forward: (grad_output, self) => {
    const out = empty(self.sizes, self.dtype);
    const to = out.storage.data as Floats;
    const from = elementsAs(grad_output, self.dtype) as Floats;
    forEachAdaptive(self.sizes, grad_output.sizes.slice(-2), (o, place, count) => {
      to[place] += from[o] / count;
    });
    return out;
  },
  vjp: {
    grad_output: using(({ grad, grad_output }) => _adaptive_avg_pool2d(grad, grad_output.sizes.slice(-2))),
    self: using(({ self }) => tensorApi.zeros([...self.sizes], self.dtype)),
  },
  python: internal,
  samples: (g) => [[g.randn(1, 2, 3), g.randn(1, 5, 4)]],
});

export const adaptive_avg_pool2d = composite(
  "adaptive_avg_pool2d(Tensor self, int[2] output_size) -> Tensor",
  (self, output_size) => {
    if (self.rank !== 3 && self.rank !== 4) {
      throw runtimeError(`adaptive_avg_pool2d(): Expected 3D or 4D tensor, but got ${sizesText(self.sizes)}`);
    }
    const [height, width] = pair(output_size);
    if (height < 0 || width < 0) {
      throw runtimeError(
        `adaptive_avg_pool2d: elements of output_size must be greater than or equal to 0 but received {${height}, ${width}}`,
      );
    }
    if (height === 1 && width === 1) return meanDims(self, [-1, -2], true);
    return _adaptive_avg_pool2d(self, [height, width]);
  },
  { python: { functions: ["nn.functional.adaptive_avg_pool2d"], methods: [] } },
);
export const adaptive_avg_pool1d = composite(
  "adaptive_avg_pool1d(Tensor self, int[1] output_size) -> Tensor",
  (self, output_size) =>
    asTwo("adaptive_avg_pool1d", self, (wide) => adaptive_avg_pool2d(wide, [1, output_size[0]])),
  { python: { functions: ["adaptive_avg_pool1d", "nn.functional.adaptive_avg_pool1d"], methods: [] } },
);
