// Pooling by the largest element of each window, with where it stood, and the way back (unpooling). Windows of
// two dimensions are windows of three of which the first is one place deep.
import { tensorApi } from "../autograd/tensorApi";
import { largestOfWindows, sendBack } from "../kernels/pool";
import { elementsOf } from "../kernels/strided";
import { bool, type Data, int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { numel, type Sizes, sameSizes, sizesText } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { checkOneDimensional, oneInt } from "./averagePooling";
import { notImplementedFor } from "./checks";
import { composite, op, using } from "./define";
import { gather } from "./gather";
import { longs } from "./samples";
import { squeezeDim, unsqueeze } from "./view";
import { reshape } from "./viewComposites";
import { adaptiveWindow, windowsOf } from "./windows";

const internal = { functions: [], methods: [] };

/** The places of the input that window i reads along one dimension. */
type Reads = (i: number) => readonly number[];

/** For each window the largest element (the first of equals; NaN before all) and its place in its image. */
function largest(self: Tensor, output: Sizes, reads: readonly Reads[]): Tensor[] {
  const rank = output.length;
  const [depth, height, width] = [1, 1, ...self.sizes.slice(-rank)].slice(-3);
  const [outDepth, outHeight, outWidth] = [1, 1, ...output].slice(-3);
  const single: Reads = () => [0];
  const all = [single, single, ...reads].slice(-3);
  const counts = [outDepth, outHeight, outWidth];
  const [zs, ys, xs] = all.map((read, d) =>
    Array.from({ length: counts[d] }, (_, i) => Int32Array.from(read(i))),
  );
  const sizes = [...self.sizes.slice(0, -rank), ...output];
  const values = self.dtype.allocate(numel(sizes));
  const indices = int64.allocate(numel(sizes)) as BigInt64Array;
  const steps = { width, plane: height * width, image: depth * height * width };
  largestOfWindows(elementsOf(self), steps, [zs, ys, xs], values, indices);
  return [fromData(values, sizes, self.dtype), fromData(indices, sizes, int64)];
}

/** Sends each number to its place in an image of `sizes`; `add`: numbers that meet are added. */
export function sentBack(from: Tensor, indices: Tensor, sizes: Sizes, rank: number, add: boolean): Tensor {
  const out = empty(sizes, from.dtype);
  const places = elementsOf(indices) as BigInt64Array;
  const pooled = numel(from.sizes.slice(-rank));
  sendBack(elementsOf(from), places, pooled, out.storage.data, numel(sizes.slice(-rank)), add);
  return out;
}

/** What went to a place comes back from it. */
export function collected(grad: Tensor, indices: Tensor, rank: number): Tensor {
  const images = indices.sizes.slice(0, -rank);
  const places = reshape(indices, [...images, -1]);
  return reshape(gather(reshape(grad, [...images, -1]), -1, places, false), indices.sizes);
}

// ---- windows of a given size ----

function declareFixed(rank: 2 | 3) {
  const name = `max_pool${rank}d`;
  const list = `int[${rank}]`;
  const forward = op(
    `${name}_with_indices(Tensor self, ${list} kernel_size, ${list} stride=[], ${list} padding=0, ${list} dilation=1, bool ceil_mode=False) -> (Tensor result0, Tensor result1)` as "m(Tensor self, int[3] kernel_size, int[3] stride, int[3] padding, int[3] dilation, bool ceil_mode) -> (Tensor result0, Tensor result1)",
  );
  const backward = op(
    `${name}_with_indices_backward(Tensor grad_output, Tensor self, ${list} kernel_size, ${list} stride, ${list} padding, ${list} dilation, bool ceil_mode, Tensor indices) -> Tensor` as "m(Tensor grad_output, Tensor self, int[3] kernel_size, int[3] stride, int[3] padding, int[3] dilation, bool ceil_mode, Tensor indices) -> Tensor",
  );
  const sizes = rank === 2 ? [5, 4] : [3, 5, 4];
  const all = (n: number) => new Array<number>(rank).fill(n);
  forward.define({
    forward: (self, kernel_size, stride, padding, dilation, ceil_mode) => {
      const w = windowsOf(name, rank, self, { kernel_size, stride, padding, dilation, ceil_mode });
      if (self.dtype === bool) throw notImplementedFor(name, self.dtype);
      const reads = w.input.map(
        (size, d): Reads =>
          (i) => {
            const places: number[] = [];
            for (let k = 0; k < w.kernel[d]; k++) {
              const place = i * w.stride[d] - w.padding[d] + k * w.dilation[d];
              if (place >= 0 && place < size) places.push(place);
            }
            return places;
          },
      );
      return largest(self, w.output, reads);
    },
    vjp: {
      self: using("self", "result1", (c) =>
        backward(c.grad, c.self, c.kernel_size, c.stride, c.padding, c.dilation, c.ceil_mode, c.result1),
      ),
    },
    node: `MaxPool${rank}DWithIndicesBackward0`,
    python: internal,
    math: { self: "\\bar{s}_{\\operatorname{argmax}} \\mathrel{+}= \\bar{r}" },
    samples: (g) => [
      [g.randn(1, 2, ...sizes), all(2), [], all(0), all(1), false],
      [
        g.randn(2, ...[5, 5, 5].slice(0, rank)),
        [3, 2, 2].slice(0, rank),
        [2, 1, 1].slice(0, rank),
        all(1),
        [1, 2, 1].slice(0, rank),
        true,
      ],
    ],
  });
  backward.define({
    forward: (grad, self, ...rest) => sentBack(grad, rest[5] as Tensor, self.sizes, rank, true),
    vjp: {
      grad_output: using("indices", ({ grad, indices }) => collected(grad, indices, rank)),
      self: using(({ self }) => tensorApi.zeros([...self.sizes], self.dtype)),
    },
    node: `MaxPool${rank}DWithIndicesBackwardBackward0`,
    python: internal,
    samples: (g) => {
      const grad = g.randn(1, ...[1, 1, 2].slice(3 - rank));
      const places = longs([1, 6], [1, ...[1, 1, 2].slice(3 - rank)]);
      return [[grad, g.randn(1, ...[1, 2, 4].slice(3 - rank)), all(2), [], all(0), all(1), false, places]];
    },
  });
  return forward;
}

export const max_pool2d_with_indices = declareFixed(2);
export const max_pool3d_with_indices = declareFixed(3);

export const max_pool2d = composite(
  "max_pool2d(Tensor self, int[2] kernel_size, int[2] stride=[], int[2] padding=0, int[2] dilation=1, bool ceil_mode=False) -> Tensor",
  (self, kernel_size, stride, padding, dilation, ceil_mode) =>
    max_pool2d_with_indices(self, kernel_size, stride, padding, dilation, ceil_mode)[0],
  { python: { functions: ["max_pool2d", "nn.functional.max_pool2d"], methods: [] } },
);
export const max_pool3d = composite(
  "max_pool3d(Tensor self, int[3] kernel_size, int[3] stride=[], int[3] padding=0, int[3] dilation=1, bool ceil_mode=False) -> Tensor",
  (self, kernel_size, stride, padding, dilation, ceil_mode) =>
    max_pool3d_with_indices(self, kernel_size, stride, padding, dilation, ceil_mode)[0],
  { python: { functions: ["max_pool3d", "nn.functional.max_pool3d"], methods: [] } },
);

/** What PyTorch's check_max_pool1d refuses. */
function checkOne(self: Tensor, kernel_size: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes): void {
  if ((self.rank !== 2 && self.rank !== 3) || self.sizes.slice(self.rank - 2).includes(0)) {
    throw runtimeError(
      `max_pool1d: Expected 2D or 3D (batch mode) tensor with optional 0 dim batch size for input, but got:${sizesText(self.sizes)}`,
    );
  }
  const named = { kernel_size, stride, padding, dilation };
  for (const [name, list] of Object.entries(named)) {
    if (list.length === 1 || (name === "stride" && list.length === 0)) continue;
    const may = name === "stride" ? "None, an int, list of ints, or tuple" : "an int, list of ints or tuple";
    throw runtimeError(`max_pool1d() ${name} must be ${may} of ints of size 1 but got size ${list.length}`);
  }
  const positive = { kernel_size, stride: stride.length === 0 ? kernel_size : stride, dilation };
  for (const name of ["kernel_size", "stride"] as const) {
    const [n] = positive[name];
    if (n <= 0) throw runtimeError(`max_pool1d() ${name} must be greater than zero, but got ${n}`);
  }
  if (padding[0] < 0) {
    throw runtimeError(`max_pool1d() padding must be non-negative, but got ${padding[0]}`);
  }
  if (padding[0] > kernel_size[0] / 2) {
    throw runtimeError(
      `max_pool1d() padding should be at most half of kernel size, but got padding=${padding[0]} and ` +
        `kernel_size=${kernel_size[0]}`,
    );
  }
  if (dilation[0] <= 0) {
    throw runtimeError(`max_pool1d() dilation must be greater than zero, but got ${dilation[0]}`);
  }
  const room = self.sizes[self.rank - 1] + 2 * padding[0] - dilation[0] * (kernel_size[0] - 1) - 1;
  const size = Math.floor(room / positive.stride[0]) + 1;
  if (size <= 0) throw runtimeError(`max_pool1d() Invalid computed output size: ${size}`);
  if (self.dtype.kind !== "float") throw notImplementedFor("max_pool1d_impl", self.dtype);
}

const max_pool1d_with_indices = composite(
  "max_pool1d_with_indices(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, int[1] dilation=1, bool ceil_mode=False) -> (Tensor, Tensor)",
  (self, kernel_size, stride, padding, dilation, ceil_mode) => {
    checkOne(self, kernel_size, stride, padding, dilation);
    const both = max_pool2d_with_indices(
      unsqueeze(self, -2),
      [1, kernel_size[0]],
      [1, stride[0] ?? kernel_size[0]],
      [0, padding[0]],
      [1, dilation[0]],
      ceil_mode,
    );
    return both.map((each) => squeezeDim(each, -2));
  },
  { python: { functions: ["max_pool1d_with_indices"], methods: [] } },
);
export const max_pool1d = composite(
  "max_pool1d(Tensor self, int[1] kernel_size, int[1] stride=[], int[1] padding=0, int[1] dilation=1, bool ceil_mode=False) -> Tensor",
  (self, kernel_size, stride, padding, dilation, ceil_mode) =>
    max_pool1d_with_indices(self, kernel_size, stride, padding, dilation, ceil_mode)[0],
  { python: { functions: ["max_pool1d", "nn.functional.max_pool1d"], methods: [] } },
);

// ---- as many windows as are asked for ----

function checkAdaptive(name: string, rank: 2 | 3, self: Tensor, output: Sizes): void {
  if (self.rank !== rank + 1 && self.rank !== rank + 2) {
    throw runtimeError(
      `${name}(): Expected ${rank + 1}D or ${rank + 2}D tensor, but got: ${sizesText(self.sizes)}`,
    );
  }
  for (let d = self.rank === rank + 2 ? 1 : 0; d < self.rank; d++) {
    if (self.sizes[d] > 0) continue;
    throw runtimeError(
      `${name}(): Expected input to have non-zero size for non-batch dimensions, but input has sizes ` +
        `${sizesText(self.sizes)} with dimension ${d} being empty`,
    );
  }
  if (output.length !== rank) {
    throw runtimeError(`${name}(): internal error: output_size.size() must be ${rank}`);
  }
  const sizes = [...self.sizes.slice(0, -rank), ...output];
  const negative = output.find((size) => size < 0);
  if (negative !== undefined) {
    throw runtimeError(`Trying to create tensor with negative dimension ${negative}: ${sizesText(sizes)}`);
  }
  if (self.dtype.kind !== "float") {
    throw notImplementedFor(rank === 2 ? name : `${name}_cpu`, self.dtype);
  }
}

function declareAdaptive(rank: 2 | 3) {
  const name = `adaptive_max_pool${rank}d`;
  const forward = op(
    `${name}(Tensor self, int[${rank}] output_size) -> (Tensor result0, Tensor result1)` as "a(Tensor self, int[3] output_size) -> (Tensor result0, Tensor result1)",
  );
  const backward = op(
    `${name}_backward(Tensor grad_output, Tensor self, Tensor indices) -> Tensor` as "a(Tensor grad_output, Tensor self, Tensor indices) -> Tensor",
  );
  const node = `AdaptiveMaxPool${rank}DBackward`;
  forward.define({
    forward: (self, given) => {
      const output = given.length === 1 ? new Array<number>(rank).fill(given[0]) : given;
      checkAdaptive(name, rank, self, output);
      const reads = self.sizes.slice(-rank).map(
        (size, d): Reads =>
          (i) => {
            const [begin, end] = adaptiveWindow(i, output[d], size);
            return Array.from({ length: end - begin }, (_, k) => begin + k);
          },
      );
      return largest(self, output, reads);
    },
    vjp: { self: using("self", "result1", ({ grad, self, result1 }) => backward(grad, self, result1)) },
    node: `${node}0`,
    python: internal,
    math: { self: "\\bar{s}_{\\operatorname{argmax}} \\mathrel{+}= \\bar{r}" },
    samples: (g) => [[g.randn(1, 2, ...[4, 5, 3].slice(0, rank)), [2, 3, 2].slice(0, rank)]],
  });
  backward.define({
    forward: (grad, self, indices) => sentBack(grad, indices, self.sizes, rank, true),
    vjp: {
      grad_output: using("indices", ({ grad, indices }) => collected(grad, indices, rank)),
      self: using(({ self }) => tensorApi.zeros([...self.sizes], self.dtype)),
    },
    node: `${node}Backward0`,
    python: internal,
    samples: (g) => {
      const small = [1, ...[1, 1, 2].slice(3 - rank)];
      return [[g.randn(...small), g.randn(1, ...[1, 2, 4].slice(3 - rank)), longs([1, 6], small)]];
    },
  });
  return forward;
}
const adaptive_max_pool2d = declareAdaptive(2);
declareAdaptive(3);

composite(
  "adaptive_max_pool1d(Tensor self, int[1] output_size) -> (Tensor, Tensor)",
  (self, output_size) => {
    checkOneDimensional("adaptive_max_pool1d", self);
    oneInt("adaptive_max_pool1d", "output_size", output_size);
    for (let d = self.rank === 3 ? 1 : 0; d < self.rank; d++) {
      if (self.sizes[d] > 0) continue;
      throw runtimeError(
        "adaptive_max_pool1d(): Expected input to have non-zero size for non-batch dimensions, but input has sizes " +
          `${sizesText(self.sizes)} with dimension ${d} being empty`,
      );
    }
    return adaptive_max_pool2d(unsqueeze(self, -2), [1, output_size[0]]).map((each) => squeezeDim(each, -2));
  },
  { python: { functions: ["adaptive_max_pool1d"], methods: [] } },
);

// ---- unpooling ----

function checkUnpool(rank: 2 | 3, self: Tensor, indices: Tensor): void {
  const name = `max_unpooling${rank}d`;
  if (indices.dtype !== int64) {
    throw runtimeError(`elements in indices should be type int64 but got: ${indices.dtype.scalarName}`);
  }
  if (self.rank !== rank + 1 && self.rank !== rank + 2) {
    throw runtimeError(
      `Input to ${name} should be a ${rank + 1}d or ${rank + 2}d Tensor, but got a tensor with ${self.rank} dimensions.`,
    );
  }
  if (!sameSizes(self.sizes, indices.sizes)) {
    throw runtimeError(
      `Expected shape of indices to be same as that of the input tensor (${sizesText(self.sizes)}) but got indices ` +
        `tensor with shape: ${sizesText(indices.sizes)}`,
    );
  }
  for (let d = 1; d < self.rank; d++) {
    if (self.sizes[d] > 0) continue;
    throw runtimeError(
      `${name}_forward_out_cpu(): Expected input to have non-zero size for non-batch dimensions, but got ` +
        `${sizesText(self.sizes)} with dimension ${d} being empty.`,
    );
  }
  if (self.dtype.kind !== "float") throw notImplementedFor(`max_unpool${rank}d`, self.dtype);
}

function unpooled(self: Tensor, indices: Tensor, output: Sizes, rank: 2 | 3): Tensor {
  const room = numel(output);
  const places: Data = elementsOf(indices);
  for (const place of places) {
    if (place >= 0 && place < room) continue;
    throw runtimeError(
      `Found an invalid max index: ${place} (output volumes are of size ${output.join("x")})`,
    );
  }
  return sentBack(self, indices, [...self.sizes.slice(0, -rank), ...output], rank, false);
}

const max_unpool2d = op("max_unpool2d(Tensor self, Tensor indices, int[2] output_size) -> Tensor");
max_unpool2d.define({
  forward: (self, indices, output_size) => {
    if (output_size.length !== 2) {
      throw runtimeError(
        `There should be exactly two elements (height, width) in output_size, but got ${output_size.length} elements.`,
      );
    }
    checkUnpool(2, self, indices);
    return unpooled(self, indices, output_size, 2);
  },
  vjp: { self: using("indices", ({ grad, indices }) => collected(grad, indices, 2)) },
  python: internal,
  math: { self: "\\bar{s}_k = \\bar{r}_{i_k}" },
  samples: (g) => [[g.randn(1, 2, 2), longs([1, 3, 8, 10], [1, 2, 2]), [4, 4]]],
});

const max_unpool3d = op(
  "max_unpool3d(Tensor self, Tensor indices, int[3] output_size, int[3] stride, int[3] padding) -> Tensor",
);
max_unpool3d.define({
  forward: (self, indices, output_size, stride, padding) => {
    for (const [name, list] of Object.entries({ output_size, stride, padding })) {
      if (list.length === 3) continue;
      throw runtimeError(
        `There should be exactly three elements (depth, height, width) in ${name}, but got: ${list.length} elements.`,
      );
    }
    checkUnpool(3, self, indices);
    if (stride.some((n) => n <= 0)) {
      throw runtimeError(`strides should be greater than zero, but got stride: ${sizesText(stride)}`);
    }
    return unpooled(self, indices, output_size, 3);
  },
  vjp: { self: using("indices", ({ grad, indices }) => collected(grad, indices, 3)) },
  python: internal,
  math: { self: "\\bar{s}_k = \\bar{r}_{i_k}" },
  samples: (g) => [
    [g.randn(1, 1, 2, 2), longs([1, 3, 8, 10], [1, 1, 2, 2]), [1, 4, 4], [1, 2, 2], [0, 0, 0]],
  ],
});
