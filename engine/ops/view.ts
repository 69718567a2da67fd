// Views: other windows on the same memory. Their gradients, where they are more than a view of the
// gradient, are in viewBackward.ts; what is put together from these is in viewComposites.ts.

import { modes } from "../autograd/modes";
import { tensorApi } from "../autograd/tensorApi";
import { detach as detached } from "../autograd/views";
import { runtimeError, TorchError } from "../tensor/errors";
import { extent, type Sizes, sizesText, wrapDim, wrapDims } from "../tensor/shape";
import { VersionCounter } from "../tensor/storage";
import { alias, type Tensor } from "../tensor/tensor";
import { expandGeometry, inferSizes, viewStrides } from "../tensor/viewShape";
import { op, using } from "./define";
import { intercepting } from "./intercepted";
import {
  as_strided_backward,
  diagonal_backward,
  joinParts,
  select_backward,
  slice_backward,
  stackParts,
  unfold_backward,
} from "./viewBackward";
import { reshape } from "./viewComposites";

export const view = op("view(Tensor(a) self, int[] size) -> Tensor(a)");
export const _unsafe_view = op("_unsafe_view(Tensor self, int[] size) -> Tensor");
export const _reshape_alias = op("_reshape_alias(Tensor(a) self, int[] size, int[] stride) -> Tensor(a)");
export const transpose = op("transpose.int(Tensor(a) self, int dim0, int dim1) -> Tensor(a)");
export const t = op("t(Tensor(a) self) -> Tensor(a)");
export const permute = op("permute(Tensor(a) self, int[] dims) -> Tensor(a)");
export const expand = op("expand(Tensor(a) self, int[] size, *, bool implicit=False) -> Tensor(a)");
export const squeeze = op("squeeze(Tensor(a) self) -> Tensor(a)");
export const squeezeDim = op("squeeze.dim(Tensor(a) self, int dim) -> Tensor(a)");
export const squeezeDims = op("squeeze.dims(Tensor(a) self, int[] dim) -> Tensor(a)");
export const unsqueeze = op("unsqueeze(Tensor(a) self, int dim) -> Tensor(a)");
export const select = op("select.int(Tensor(a) self, int dim, int index) -> Tensor(a)");
export const slice = op(
  "slice.Tensor(Tensor(a) self, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor(a)",
);
export const diagonal = op("diagonal(Tensor(a) self, int offset=0, int dim1=0, int dim2=1) -> Tensor(a)");
export const as_strided = op(
  "as_strided(Tensor(a) self, int[] size, int[] stride, int? storage_offset=None) -> Tensor(a)",
);
export const unfold = op("unfold(Tensor(a) self, int dimension, int size, int step) -> Tensor(a)");
export const unbind = op("unbind.int(Tensor(a) self, int dim=0) -> Tensor(a)[]");
export const split = op("split.Tensor(Tensor(a) self, int split_size, int dim=0) -> Tensor(a)[]");
export const split_with_sizes = op(
  "split_with_sizes(Tensor(a) self, int[] split_sizes, int dim=0) -> Tensor(a)[]",
);
export const unsafe_split = op("unsafe_split.Tensor(Tensor self, int split_size, int dim=0) -> Tensor[]");
const unsafe_split_with_sizes = op(
  "unsafe_split_with_sizes(Tensor self, int[] split_sizes, int dim=0) -> Tensor[]",
);
export const detach = op("detach(Tensor(a) self) -> Tensor(a)");

/** Another window on self's memory. */
function window(self: Tensor, sizes: Sizes, strides: Sizes, offset = self.offset): Tensor {
  return alias(self, sizes, strides, offset);
}

export function viewWindow(self: Tensor, size: Sizes): Tensor {
  const sizes = inferSizes(size, self.numel);
  const strides = viewStrides(self.sizes, self.strides, sizes);
  if (strides === null) {
    throw runtimeError(
      "view size is not compatible with input tensor's size and stride (at least one dimension spans across two " +
        "contiguous subspaces). Use .reshape(...) instead.",
      { kind: "view-strides", tensor: self.id },
    );
  }
  return window(self, sizes, strides);
}

view.define({
  forward: viewWindow,
  vjp: { self: using(({ grad, self }) => reshape(grad, self.sizes)) },
  view: true,
  python: { functions: [] },
  math: { self: "\\bar{s} = \\operatorname{view}(\\bar{r})" },
  samples: (g) => [
    [g.randn(2, 3), [3, -1]],
    [g.randn(4), [2, 1, 2]],
    [g.randn(), [1, 1]],
  ],
});

_unsafe_view.define({
  // Not a view for autograd: its own version counter, as for fresh memory.
  forward: (self, size) => {
    const out = viewWindow(self, size);
    out.version = new VersionCounter();
    return out;
  },
  vjp: { self: using(({ grad, self }) => reshape(grad, self.sizes)) },
  python: { functions: [], methods: [] },
  samples: (g) => [[g.randn(2, 3), [3, 2]]],
});

_reshape_alias.define({
  forward: (self, size, stride) => window(self, [...size], [...stride]),
  vjp: { self: using(({ grad, self }) => reshape(grad, self.sizes)) },
  view: true,
  python: { functions: [], methods: [] },
  samples: (g) => [[g.randn(2, 3), [3, 2], [2, 1]]],
});

export function transposeWindow(self: Tensor, dim0: number, dim1: number): Tensor {
  const a = wrapDim(dim0, self.rank);
  const b = wrapDim(dim1, self.rank);
  const sizes = [...self.sizes];
  const strides = [...self.strides];
  if (self.rank > 0) {
    [sizes[a], sizes[b]] = [sizes[b], sizes[a]];
    [strides[a], strides[b]] = [strides[b], strides[a]];
  }
  return window(self, sizes, strides);
}

transpose.define({
  forward: transposeWindow,
  vjp: { self: using(({ grad, dim0, dim1 }) => transpose(grad, dim0, dim1)) },
  view: true,
  math: { self: "\\bar{s} = \\bar{r}^{\\top}" },
  samples: (g) => [
    [g.randn(2, 3, 4), 0, -1],
    [g.randn(3), 0, 0],
  ],
});

export function tWindow(self: Tensor, name = "t"): Tensor {
  if (self.rank > 2) {
    throw runtimeError(`${name}() expects a tensor with <= 2 dimensions, but self is ${self.rank}D`);
  }
  const { sizes, strides } = self;
  if (sizes.length < 2) return window(self, sizes, strides);
  return window(self, [sizes[1], sizes[0]], [strides[1], strides[0]]);
}

/** As `t`, in a formula: nobody sees the transposes of a plain backward pass, so that they need no operator. */
export function flipped(matrix: Tensor): Tensor {
  if (modes.grad || modes.backwardDepth === 0 || intercepting()) return t(matrix);
  const out = tWindow(matrix);
  out.site = modes.site;
  return out;
}

t.define({
  forward: (self) => tWindow(self),
  vjp: { self: using(({ grad }) => flipped(grad)) },
  view: true,
  math: { self: "\\bar{s} = \\bar{r}^{\\top}" },
  samples: (g) => [[g.randn(2, 3)], [g.randn(3)], [g.randn()]],
});

/** Raises RuntimeError where `dims` does not name each dimension once. */
function permutation(dims: readonly number[], rank: number): number[] {
  if (dims.length !== rank) {
    throw runtimeError(
      "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired " +
        `ordering of dimensions i.e. input.dim() = ${rank} is not equal to len(dims) = ${dims.length}`,
    );
  }
  const wrapped = dims.map((dim) => wrapDim(dim, rank));
  if (new Set(wrapped).size !== rank) throw runtimeError("permute(): duplicate dims are not allowed.");
  return wrapped;
}

permute.define({
  forward: (self, dims) => {
    const order = permutation(dims, self.rank);
    return window(
      self,
      order.map((d) => self.sizes[d]),
      order.map((d) => self.strides[d]),
    );
  },
  vjp: {
    self: using(({ grad, dims }) => {
      const inverse = new Array<number>(dims.length);
      dims.forEach((dim, i) => {
        inverse[wrapDim(dim, dims.length)] = i;
      });
      return permute(grad, inverse);
    }),
  },
  view: true,
  math: { self: "\\bar{s} = \\operatorname{permute}^{-1}(\\bar{r})" },
  samples: (g) => [
    [g.randn(2, 3, 4), [2, 0, 1]],
    [g.randn(2, 3), [-1, 0]],
  ],
});

expand.define({
  forward: (self, size) => {
    const { sizes, strides } = expandGeometry(self.sizes, self.strides, size, self.dtype);
    return window(self, sizes, strides);
  },
  vjp: { self: using(({ grad, self }) => tensorApi.sumTo(grad, self.sizes)) },
  view: true,
  python: { functions: [] },
  math: { self: "\\bar{s} = \\sum_{\\text{copies}} \\bar{r}" },
  samples: (g) => [
    [g.randn(3, 1), [2, 3, 4], false],
    [g.randn(2), [-1], false],
    [g.randn(), [2], false],
  ],
});

/** Without the dimensions of size 1 among `dims`. */
export function squeezeWindow(self: Tensor, dims: readonly number[] | null): Tensor {
  const among = new Set(dims === null ? self.sizes.keys() : wrapDims(dims, self.rank));
  if (dims !== null && dims.length === 0) among.clear();
  const kept = [...self.sizes.keys()].filter((d) => !(among.has(d) && self.sizes[d] === 1));
  return window(
    self,
    kept.map((d) => self.sizes[d]),
    kept.map((d) => self.strides[d]),
  );
}

/** Puts back what squeeze took away from a tensor of `sizes`. */
export function unsqueezeTo(grad: Tensor, sizes: Sizes, dims: readonly number[] | null): Tensor {
  const among = dims === null ? null : new Set(dims.map((dim) => wrapDim(dim, sizes.length)));
  let out = grad;
  sizes.forEach((size, d) => {
    if (size === 1 && (among === null || among.has(d))) out = unsqueeze(out, d);
  });
  return out;
}

squeeze.define({
  forward: (self) => squeezeWindow(self, null),
  vjp: { self: using(({ grad, self }) => unsqueezeTo(grad, self.sizes, null)) },
  view: true,
  math: { self: "\\bar{s} = \\operatorname{unsqueeze}(\\bar{r})" },
  samples: (g) => [[g.randn(1, 3, 1)], [g.randn(2)]],
});

squeezeDim.define({
  forward: (self, dim) => squeezeWindow(self, [dim]),
  vjp: { self: using(({ grad, self, dim }) => unsqueezeTo(grad, self.sizes, [dim])) },
  view: true,
  node: "SqueezeBackward1",
  math: { self: "\\bar{s} = \\operatorname{unsqueeze}(\\bar{r})" },
  samples: (g) => [
    [g.randn(1, 3), 0],
    [g.randn(1, 3), 1],
    [g.randn(), 0],
  ],
});

squeezeDims.define({
  forward: (self, dim) => squeezeWindow(self, dim),
  vjp: { self: using(({ grad, self, dim }) => unsqueezeTo(grad, self.sizes, dim)) },
  view: true,
  node: "SqueezeBackward2",
  math: { self: "\\bar{s} = \\operatorname{unsqueeze}(\\bar{r})" },
  samples: (g) => [[g.randn(1, 3, 1), [0, -1]]],
});

export function unsqueezeWindow(self: Tensor, dim: number): Tensor {
  const at = wrapDim(dim, self.rank + 1);
  const sizes = [...self.sizes];
  const strides = [...self.strides];
  strides.splice(at, 0, at === self.rank ? 1 : sizes[at] * strides[at]);
  sizes.splice(at, 0, 1);
  return window(self, sizes, strides);
}

unsqueeze.define({
  forward: unsqueezeWindow,
  vjp: { self: using(({ grad, dim }) => squeezeDim(grad, dim)) },
  view: true,
  math: { self: "\\bar{s} = \\operatorname{squeeze}(\\bar{r})" },
  samples: (g) => [
    [g.randn(2, 3), 1],
    [g.randn(), 0],
    [g.randn(2), -1],
  ],
});

select.define({
  forward: (self, dim, index) => {
    if (self.rank === 0) throw new TorchError("IndexError", "select() cannot be applied to a 0-dim tensor.");
    const d = wrapDim(dim, self.rank);
    const size = self.sizes[d];
    if (index < -size || index >= size) {
      throw new TorchError(
        "IndexError",
        `select(): index ${index} out of range for tensor of size ${sizesText(self.sizes)} at dimension ${d}`,
      );
    }
    const offset = self.offset + (index < 0 ? index + size : index) * self.strides[d];
    return window(
      self,
      self.sizes.filter((_, i) => i !== d),
      self.strides.filter((_, i) => i !== d),
      offset,
    );
  },
  vjp: { self: using(({ grad, self, dim, index }) => select_backward(grad, self.sizes, dim, index)) },
  view: true,
  math: { self: "\\bar{s}_{i} = \\bar{r},\\ \\text{elsewhere } 0" },
  samples: (g) => [
    [g.randn(2, 3), 1, -1],
    [g.randn(3), 0, 2],
  ],
});

/** Where a slice begins and how long it is: counted from the end where negative, clamped. */
export function sliceRange(
  size: number,
  start: number | null,
  end: number | null,
  step: number,
): { start: number; length: number } {
  if (step <= 0) throw runtimeError("slice step must be positive");
  const clamp = (value: number, low: number) =>
    Math.min(Math.max(value < 0 ? value + size : value, low), size);
  const first = clamp(start ?? 0, 0);
  const last = clamp(end ?? size, first);
  return { start: first, length: Math.ceil((last - first) / step) };
}

slice.define({
  forward: (self, dim, start, end, step) => {
    if (self.rank === 0) {
      throw new TorchError("IndexError", "slice() cannot be applied to a 0-dim tensor.");
    }
    const d = wrapDim(dim, self.rank);
    const range = sliceRange(self.sizes[d], start, end, step);
    const sizes = [...self.sizes];
    const strides = [...self.strides];
    sizes[d] = range.length;
    strides[d] *= step;
    return window(self, sizes, strides, self.offset + range.start * self.strides[d]);
  },
  vjp: {
    self: using(({ grad, self, dim, start, end, step }) =>
      slice_backward(grad, self.sizes, dim, start ?? 0, end ?? self.sizes[wrapDim(dim, self.rank)], step),
    ),
  },
  view: true,
  python: { functions: [], methods: [] },
  math: { self: "\\bar{s}_{a:b} = \\bar{r},\\ \\text{elsewhere } 0" },
  samples: (g) => [
    [g.randn(4, 3), 0, 1, 3, 1],
    [g.randn(5), 0, null, null, 2],
    [g.randn(2, 3), 1, -2, null, 1],
    [g.randn(3), 0, 2, 1, 1],
  ],
});

diagonal.define({
  forward: (self, offset, dim1, dim2) => {
    const a = wrapDim(dim1, self.rank);
    const b = wrapDim(dim2, self.rank);
    if (a === b) throw runtimeError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
    const size =
      offset >= 0
        ? Math.max(Math.min(self.sizes[a], self.sizes[b] - offset), 0)
        : Math.max(Math.min(self.sizes[a] + offset, self.sizes[b]), 0);
    let begin = self.offset;
    if (size > 0) begin += offset >= 0 ? offset * self.strides[b] : -offset * self.strides[a];
    const rest = [...self.sizes.keys()].filter((d) => d !== a && d !== b);
    return window(
      self,
      [...rest.map((d) => self.sizes[d]), size],
      [...rest.map((d) => self.strides[d]), self.strides[a] + self.strides[b]],
      begin,
    );
  },
  vjp: {
    self: using(({ grad, self, offset, dim1, dim2 }) =>
      diagonal_backward(grad, self.sizes, offset, dim1, dim2),
    ),
  },
  view: true,
  math: { self: "\\bar{s}_{ii} = \\bar{r}_i,\\ \\text{elsewhere } 0" },
  samples: (g) => [
    [g.randn(3, 3), 0, 0, 1],
    [g.randn(2, 3, 4), -1, 2, 0],
    [g.randn(2, 3), 1, 0, 1],
  ],
});

/** Raises RuntimeError where the window reaches outside self's memory. */
export function stridedWindow(self: Tensor, size: Sizes, stride: Sizes, offset: number): Tensor {
  if (size.length !== stride.length) throw runtimeError("mismatch in length of strides and shape");
  if (stride.some((step) => step < 0)) {
    throw runtimeError(
      `as_strided: Negative strides are not supported at the moment, got strides: ${sizesText(stride)}`,
    );
  }
  if (size.some((length) => length < 0)) {
    throw runtimeError(
      `Storage size calculation overflowed with sizes=${sizesText(size)} and strides=${sizesText(stride)}`,
    );
  }
  if (offset < 0) throw runtimeError(`Tensor: invalid storage offset ${offset}`);
  const reach = extent(size, stride);
  const { bytes } = self.dtype;
  if (reach > 0 && offset + reach > self.storage.data.length) {
    throw runtimeError(
      `setStorage: sizes ${sizesText(size)}, strides ${sizesText(stride)}, storage offset ${offset}, and itemsize ` +
        `${bytes} requiring a storage size of ${(offset + reach) * bytes} are out of bounds for storage of size ` +
        `${self.storage.bytes}`,
    );
  }
  return window(self, [...size], [...stride], offset);
}

as_strided.define({
  forward: (self, size, stride, storage_offset) =>
    stridedWindow(self, size, stride, storage_offset ?? self.offset),
  vjp: {
    self: using(({ grad, self, size, stride, storage_offset }) =>
      as_strided_backward(
        grad,
        self.sizes,
        self.strides,
        self.offset,
        size,
        stride,
        storage_offset ?? self.offset,
        false,
      ),
    ),
  },
  view: true,
  samples: (g) => [
    [g.randn(3, 3), [2, 2], [1, 2], 1],
    [g.randn(5), [3, 3], [1, 1], null],
    [g.randn(2, 2), [2], [3], null],
  ],
});

unfold.define({
  forward: (self, dimension, size, step) => {
    const d = wrapDim(dimension, self.rank);
    const length = self.rank === 0 ? 1 : self.sizes[d];
    if (size < 0) throw runtimeError(`size is ${size} but must be >= 0`);
    if (size > length) {
      throw runtimeError(`maximum size for tensor at dimension ${d} is ${length} but size is ${size}`);
    }
    if (step <= 0) throw runtimeError(`step is ${step} but must be > 0`);
    const sizes = [...self.sizes, size];
    const strides = [...self.strides, self.rank === 0 ? 1 : self.strides[d]];
    if (self.rank > 0) {
      sizes[d] = Math.floor((length - size) / step) + 1;
      strides[d] *= step;
    }
    return window(self, sizes, strides);
  },
  vjp: {
    self: using(({ grad, self, dimension, size, step }) =>
      unfold_backward(grad, self.sizes, dimension, size, step),
    ),
  },
  view: true,
  python: { functions: [] },
  samples: (g) => [
    [g.randn(5), 0, 3, 1],
    [g.randn(4, 2), 0, 2, 2],
  ],
});

unbind.define({
  forward: (self, dim) => {
    if (self.rank === 0) {
      throw new TorchError("IndexError", `Dimension specified as ${dim} but tensor has no dimensions`);
    }
    const d = wrapDim(dim, self.rank);
    const sizes = self.sizes.filter((_, i) => i !== d);
    const strides = self.strides.filter((_, i) => i !== d);
    return Array.from({ length: self.sizes[d] }, (_, i) =>
      window(self, sizes, strides, self.offset + i * self.strides[d]),
    );
  },
  vjp: {
    self: using(({ grads, self, dim }) => {
      const d = wrapDim(dim, self.rank);
      const part = self.sizes.filter((_, i) => i !== d);
      return stackParts(grads, part, d, self.dtype);
    }),
  },
  view: true,
  math: { self: "\\bar{s} = \\operatorname{stack}(\\bar{r}_0, \\bar{r}_1, \\dots)" },
  samples: (g) => [[g.randn(2, 3), 1]],
});

/** Windows of the given lengths, one after another along `dim`. */
function pieces(self: Tensor, lengths: readonly number[], dim: number): Tensor[] {
  let begin = 0;
  return lengths.map((length) => {
    const sizes = [...self.sizes];
    sizes[dim] = length;
    const piece = window(self, sizes, self.strides, self.offset + begin * self.strides[dim]);
    begin += length;
    return piece;
  });
}

function splitLengths(self: { sizes: Sizes; rank: number }, splitSize: number, dim: number): number[] {
  const total = self.sizes[wrapDim(dim, self.rank)];
  if (splitSize === 0) return [0];
  const count = Math.max(Math.ceil(total / splitSize), 1);
  return Array.from({ length: count }, (_, i) => Math.min(splitSize, total - i * splitSize));
}

function splitEvenly(self: Tensor, splitSize: number, dim: number): Tensor[] {
  if (self.rank === 0) throw runtimeError("split expects at least a 1-dimensional tensor");
  if (splitSize < 0) {
    throw runtimeError(`split expects split_size be non-negative, but got split_size=${splitSize}`);
  }
  const d = wrapDim(dim, self.rank);
  if (splitSize === 0 && self.sizes[d] !== 0) {
    throw runtimeError(
      `split_size can only be 0 if dimension size is 0, but got dimension size of ${self.sizes[d]}`,
    );
  }
  return pieces(self, splitLengths(self, splitSize, d), d);
}

split.define({
  forward: splitEvenly,
  vjp: {
    self: using(({ grads, self, split_size, dim }) =>
      joinParts(grads, self.sizes, splitLengths(self, split_size, dim), wrapDim(dim, self.rank), self.dtype),
    ),
  },
  view: true,
  math: { self: "\\bar{s} = \\operatorname{cat}(\\bar{r}_0, \\bar{r}_1, \\dots)" },
  samples: (g) => [[g.randn(5, 2), 2, 0]],
});

/** To autograd tensors of their own, although they share memory. */
function apart(parts: Tensor[]): Tensor[] {
  for (const part of parts) part.version = new VersionCounter();
  return parts;
}

unsafe_split.define({
  forward: (self, split_size, dim) => apart(splitEvenly(self, split_size, dim)),
  vjp: {
    self: using(({ grads, self, split_size, dim }) =>
      joinParts(grads, self.sizes, splitLengths(self, split_size, dim), wrapDim(dim, self.rank), self.dtype),
    ),
  },
  samples: (g) => [[g.randn(5, 2), 2, 0]],
});

function splitBySizes(self: Tensor, splitSizes: readonly number[], dim: number): Tensor[] {
  if (self.rank === 0) throw runtimeError("split expects at least a 1-dimensional tensor");
  const d = wrapDim(dim, self.rank);
  const text = `split_sizes=${sizesText(splitSizes)}`;
  if (splitSizes.some((size) => size < 0)) {
    throw runtimeError(
      `split_with_sizes expects split_sizes have only non-negative entries, but got ${text}`,
    );
  }
  const total = splitSizes.reduce((sum, size) => sum + size, 0);
  if (total !== self.sizes[d]) {
    throw runtimeError(
      `split_with_sizes expects split_sizes to sum exactly to ${self.sizes[d]} (input tensor's size at dimension ` +
        `${dim}), but got ${text}`,
    );
  }
  return pieces(self, splitSizes, d);
}

split_with_sizes.define({
  forward: splitBySizes,
  vjp: {
    self: using(({ grads, self, split_sizes, dim }) =>
      joinParts(grads, self.sizes, split_sizes, wrapDim(dim, self.rank), self.dtype),
    ),
  },
  view: true,
  math: { self: "\\bar{s} = \\operatorname{cat}(\\bar{r}_0, \\bar{r}_1, \\dots)" },
  samples: (g) => [[g.randn(5, 2), [1, 4], 0]],
});

unsafe_split_with_sizes.define({
  forward: (self, split_sizes, dim) => apart(splitBySizes(self, split_sizes, dim)),
  vjp: {
    self: using(({ grads, self, split_sizes, dim }) =>
      joinParts(grads, self.sizes, split_sizes, wrapDim(dim, self.rank), self.dtype),
    ),
  },
  samples: (g) => [[g.randn(5, 2), [2, 3], 0]],
});

// Shares memory and version counter, but has no history, so it is not a view in autograd's sense.
detach.define({ forward: detached });
