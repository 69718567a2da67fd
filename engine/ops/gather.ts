// Indexing along one dimension: gather, scatter, index_select, index_add and their relatives.
import { tensorApi } from "../autograd/tensorApi";
import { blocksOf, indexValues, isIndexType, outOfBounds, placesAlong } from "../kernels/alongDim";
import { elementsAs, elementsOf, gather as gatherStrided } from "../kernels/strided";
import { type Data, int64 } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import { broadcastSizes, sizesText, wrapDim } from "../tensor/shape";
import { empty, fromData, scalarTensor, type Tensor } from "../tensor/tensor";
import { maybeMultiply } from "./arithmetic";
import { isFloatScalar } from "./checks";
import { composite, op, using } from "./define";
import { index_put } from "./indexing";
import { constant_pad_nd } from "./rearrange";
import { longs } from "./samples";
import { sumAll } from "./sums";
import { broadcast_to, reshape } from "./viewComposites";

export const gather = op("gather(Tensor self, int dim, Tensor index, *, bool sparse_grad=False) -> Tensor");
export const scatter = op("scatter.src(Tensor self, int dim, Tensor index, Tensor src) -> Tensor");
export const scatterValue = op("scatter.value(Tensor self, int dim, Tensor index, Scalar value) -> Tensor");
export const scatter_add = op("scatter_add(Tensor self, int dim, Tensor index, Tensor src) -> Tensor");
export const index_select = op("index_select(Tensor self, int dim, Tensor index) -> Tensor");
export const index_add = op(
  "index_add(Tensor self, int dim, Tensor index, Tensor source, *, Scalar alpha=1) -> Tensor",
);
export const index_copy = op("index_copy(Tensor self, int dim, Tensor index, Tensor source) -> Tensor");
export const index_fill = op(
  "index_fill.int_Scalar(Tensor self, int dim, Tensor index, Scalar value) -> Tensor",
);
export const indexFillTensor = op(
  "index_fill.int_Tensor(Tensor self, int dim, Tensor index, Tensor value) -> Tensor",
);
export const take = op("take(Tensor self, Tensor index) -> Tensor");
export const put = op("put(Tensor self, Tensor index, Tensor source, bool accumulate=False) -> Tensor");

function copyOf(self: Tensor): Tensor {
  return fromData(elementsOf(self).slice(), self.sizes, self.dtype);
}

function zerosOf(like: { sizes: readonly number[]; dtype: Tensor["dtype"] }): Tensor {
  return tensorApi.zeros([...like.sizes], like.dtype);
}

gather.define({
  forward: (self, dim, index) => {
    const d = wrapDim(dim, self.rank);
    if (!isIndexType(index.dtype)) throw runtimeError("gather(): Expected dtype int32/int64 for index");
    if (index.numel === 0) return empty(index.sizes, self.dtype);
    if (Math.max(index.rank, 1) !== Math.max(self.rank, 1)) {
      throw runtimeError("Index tensor must have the same number of dimensions as input tensor");
    }
    index.sizes.forEach((size, k) => {
      if (k === d || size <= (self.sizes[k] ?? 1)) return;
      throw runtimeError(
        `Size does not match at dimension ${k} expected index ${sizesText(index.sizes)} to be no larger than self ` +
          `${sizesText(self.sizes)} apart from dimension ${d}`,
      );
    });
    const places = placesAlong(index, self.sizes, d);
    const data = elementsOf(self);
    const out = self.dtype.allocate(places.length);
    for (let i = 0; i < places.length; i++) out[i] = data[places[i]];
    return fromData(out, index.sizes, self.dtype);
  },
  vjp: {
    self: using("self", "index", ({ grad, self, dim, index }) =>
      scatter_add(zerosOf(self), dim, index, grad),
    ),
  },
  math: { self: "\\bar{s}_{i_k} \\mathrel{+}= \\bar{r}_k" },
  samples: (g) => [
    [g.randn(3, 4), 1, g.integers(0, 4, 3, 2), false],
    [g.randn(3, 4), 0, g.integers(0, 3, 2, 4), false],
  ],
});

/** The dimension, after PyTorch's checks of a scatter's arguments. */
export function checkScatter(
  name: string,
  self: Tensor,
  dim: number,
  index: Tensor,
  src: Tensor | null,
): number {
  const d = wrapDim(dim, self.rank);
  if (!isIndexType(index.dtype)) throw runtimeError(`${name}(): Expected dtype int32/int64 for index`);
  if (src && src.dtype !== self.dtype) {
    throw runtimeError(`${name}(): Expected self.dtype to be equal to src.dtype`);
  }
  if (index.numel === 0) return d;
  if (Math.max(index.rank, 1) !== Math.max(self.rank, 1)) {
    throw runtimeError("Index tensor must have the same number of dimensions as self tensor");
  }
  if (src && Math.max(index.rank, 1) !== Math.max(src.rank, 1)) {
    throw runtimeError("Index tensor must have the same number of dimensions as src tensor");
  }
  const tooLarge = index.sizes.some(
    (size, k) => (k !== d && size > (self.sizes[k] ?? 1)) || (src !== null && size > (src.sizes[k] ?? 1)),
  );
  if (tooLarge) {
    throw runtimeError(
      `Expected index ${sizesText(index.sizes)} to be no larger than self ${sizesText(self.sizes)} apart from ` +
        `dimension ${d}${src ? ` and to be no larger size than src ${sizesText(src.sizes)}` : ""}`,
    );
  }
  return d;
}

/** The elements of `src` that `index` (no larger) reaches, in index's order. */
function scattered(src: Tensor, index: Tensor): Data {
  const sizes = src.rank === 0 ? [] : index.sizes;
  return gatherStrided(src.storage.data, src.dtype, sizes, src.strides, src.offset);
}

function scatterInto(self: Tensor, dim: number, index: Tensor, values: Data, add: boolean): Tensor {
  const out = copyOf(self);
  if (index.numel === 0) return out;
  const places = placesAlong(index, self.sizes, dim);
  const data = out.storage.data as Float64Array;
  const from = values as Float64Array;
  const step = values.length === 1 ? 0 : 1;
  for (let i = 0, v = 0; i < places.length; i++, v += step) {
    if (add) data[places[i]] += from[v];
    else data[places[i]] = from[v];
  }
  return out;
}

scatter.define({
  forward: (self, dim, index, src) => {
    const d = checkScatter("scatter", self, dim, index, src);
    return scatterInto(self, d, index, scattered(src, index), false);
  },
  vjp: {
    self: using("index", ({ grad, dim, index }) => scatterValue(grad, dim, index, 0n)),
    src: using("index", ({ grad, dim, index, src }) => paddedTo(gather(grad, dim, index, false), src.sizes)),
  },
  inPlace: true,
  overlap: "indexed",
  math: { src: "\\bar{v}_k = \\bar{r}_{i_k}" },
  samples: (g) => [[g.randn(3, 4), 0, longs([0, 1, 2, 0], [1, 4]), g.randn(1, 4)]],
});

/** PyTorch's formula needs index and src of one size; zeros go where the index did not reach. */
function paddedTo(grad: Tensor, sizes: readonly number[]): Tensor {
  return grad.sizes.every((size, d) => size === sizes[d])
    ? grad
    : constant_pad_nd(
        grad,
        [...sizes.keys()].reverse().flatMap((d) => [0, sizes[d] - grad.sizes[d]]),
        0,
      );
}

scatterValue.define({
  forward: (self, dim, index, value) => {
    const d = checkScatter("scatter", self, dim, index, null);
    return scatterInto(self, d, index, scalarTensor(value, self.dtype).storage.data, false);
  },
  vjp: { self: using("index", ({ grad, dim, index }) => scatterValue(grad, dim, index, 0n)) },
  node: "ScatterBackward1",
  inPlace: true,
  overlap: "indexed",
  samples: (g) => [[g.randn(3, 4), 1, g.integers(0, 4, 3, 2), 2.5]],
});

scatter_add.define({
  forward: (self, dim, index, src) => {
    const d = checkScatter("scatter", self, dim, index, src);
    return scatterInto(self, d, index, scattered(src, index), true);
  },
  vjp: {
    self: using(({ grad }) => grad),
    src: using("index", ({ grad, dim, index, src }) => paddedTo(gather(grad, dim, index, false), src.sizes)),
  },
  inPlace: true,
  overlap: "indexed",
  math: { self: "\\bar{s} = \\bar{r}", src: "\\bar{v}_k = \\bar{r}_{i_k}" },
  samples: (g) => [[g.randn(3, 4), 1, g.integers(0, 4, 3, 2), g.randn(3, 2)]],
});

index_select.define({
  forward: (self, dim, index) => {
    const d = wrapDim(dim, self.rank);
    if (index.rank > 1) {
      throw new TorchError("IndexError", "index_select(): Index is supposed to be a vector");
    }
    if (!isIndexType(index.dtype)) {
      throw runtimeError("index_select(): Expected dtype int32 or int64 for index");
    }
    const values = indexValues(index);
    const { outer, size, inner } = blocksOf(self.sizes, d);
    const data = elementsOf(self);
    const sizes = self.sizes.map((length, k) => (k === d ? values.length : length));
    const out = self.dtype.allocate(outer * values.length * inner);
    for (const value of values) {
      if (value >= 0 && value < size) continue;
      if (d > 0) {
        throw runtimeError(`INDICES element is out of DATA bounds, id=${value} axis_dim=${size}`);
      }
      throw new TorchError("IndexError", "index out of range in self", { kind: "index-bounds" });
    }
    let to = 0;
    for (let o = 0; o < outer; o++) {
      for (const value of values) {
        const from = (o * size + value) * inner;
        (out as Float64Array).set(data.subarray(from, from + inner) as Float64Array, to);
        to += inner;
      }
    }
    return fromData(out, sizes, self.dtype);
  },
  vjp: {
    self: using("index", ({ grad, self, dim, index }) => index_add(zerosOf(self), dim, index, grad, 1n)),
  },
  math: { self: "\\bar{s}_{i_k} \\mathrel{+}= \\bar{r}_k" },
  samples: (g) => [
    [g.randn(3, 4), 1, longs([3, 0, 3])],
    [g.randn(3), 0, longs([1, 1])],
  ],
});

/** The source's lines beside the index that tells where each goes. */
function checkLines(name: string, self: Tensor, d: number, index: Tensor, source: Tensor): Int32Array {
  const values = indexValues(index);
  const lines = source.rank === 0 ? 1 : source.sizes[d];
  if (values.length !== lines) {
    throw runtimeError(
      `${name}(): Number of indices (${values.length}) should be equal to source.size(dim): (${lines}), for dim: ${d}`,
    );
  }
  for (const value of values) {
    if (value < 0 || value >= (self.sizes[d] ?? 1)) throw outOfBounds(value, d, self.sizes[d] ?? 1);
  }
  return values;
}

function writeLines(
  self: Tensor,
  d: number,
  values: Int32Array,
  source: Data,
  combine: (before: never, value: never) => unknown,
): Tensor {
  const out = copyOf(self);
  const { outer, size, inner } = blocksOf(self.sizes, d);
  const data = out.storage.data as unknown as unknown[];
  const from = source as unknown as never[];
  let s = 0;
  for (let o = 0; o < outer; o++) {
    for (const value of values) {
      const start = (o * size + value) * inner;
      for (let i = 0; i < inner; i++, s++) data[start + i] = combine(data[start + i] as never, from[s]);
    }
  }
  return out;
}

index_add.define({
  forward: (self, dim, index, source, alpha) => {
    const d = wrapDim(dim, self.rank);
    if (!isIndexType(index.dtype)) {
      throw runtimeError(
        `index_add_(): Expected dtype int32/int64 for index but got: ${index.dtype.scalarName}`,
      );
    }
    if (self.dtype !== source.dtype) {
      throw runtimeError(
        `index_add_(): self (${self.dtype.scalarName}) and source (${source.dtype.scalarName}) must have the same scalar type`,
      );
    }
    const sameOtherwise =
      self.rank === source.rank && self.sizes.every((size, k) => k === d || size === source.sizes[k]);
    if (self.rank > 0 && source.rank > 0 && !sameOtherwise) {
      throw runtimeError(
        "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = " +
          `${sizesText(self.sizes)} source.shape = ${sizesText(source.sizes)}`,
      );
    }
    const values = checkLines("index_add_", self, d, index, source);
    if (self.dtype.kind !== "float" && isFloatScalar(alpha)) {
      throw runtimeError("For integral input tensors, argument alpha must not be a floating point number.");
    }
    const data = elementsOf(source);
    if (self.dtype === int64) {
      const factor = BigInt(alpha);
      return writeLines(self, d, values, data, (a: bigint, b: bigint) => a + factor * b);
    }
    const factor = Number(alpha);
    if (factor === 1) return writeLines(self, d, values, data, (a: number, b: number) => a + b);
    return writeLines(self, d, values, data, (a: number, b: number) => a + factor * b);
  },
  vjp: {
    self: using(({ grad }) => grad),
    source: using("index", "source", ({ grad, dim, index, source, alpha }) => {
      const lines = index_select(grad, dim, index);
      return maybeMultiply(source.rank === 0 ? reshape(lines, []) : lines, alpha);
    }),
  },
  inPlace: true,
  overlap: "indexed",
  math: { self: "\\bar{s} = \\bar{r}", source: "\\bar{v}_k = \\alpha\\,\\bar{r}_{i_k}" },
  samples: (g) => [[g.randn(3, 4), 0, longs([2, 0, 2]), g.randn(3, 4), 2n]],
});

index_copy.define({
  forward: (self, dim, index, source) => {
    const d = wrapDim(dim, self.rank);
    if (index.dtype !== int64) {
      throw runtimeError(
        `index_copy_(): Expected a long tensor for index, but got ${index.dtype.scalarName}`,
      );
    }
    if (self.dtype !== source.dtype) {
      throw runtimeError(
        "index_copy_(): self and source expected to have the same dtype, but got (self) " +
          `${self.dtype.scalarName} and (source) ${source.dtype.scalarName}`,
      );
    }
    const values = checkLines("index_copy_", self, d, index, source);
    return writeLines(self, d, values, elementsOf(source), (_before, value) => value);
  },
  vjp: {
    self: using("index", ({ grad, dim, index }) => index_fill(grad, dim, index, 0n)),
    source: using("index", "source", ({ grad, dim, index, source }) => {
      const lines = index_select(grad, dim, index);
      return source.rank === 0 ? reshape(lines, []) : lines;
    }),
  },
  inPlace: true,
  overlap: "indexed",
  samples: (g) => [[g.randn(3, 4), 1, longs([3, 0]), g.randn(3, 2)]],
});

function fillLines(self: Tensor, dim: number, index: Tensor, value: Tensor): Tensor {
  const d = wrapDim(dim, self.rank);
  if (index.dtype !== int64) {
    throw new TorchError("IndexError", "index_fill_(): Expected dtype int64 for index.");
  }
  const size = self.sizes[d] ?? 1;
  const values = indexValues(index).map((at) => {
    if (at < -size || at >= size) {
      throw new TorchError("IndexError", `index ${at} is out of bounds for dimension ${d} with size ${size}`);
    }
    return at < 0 ? at + size : at;
  });
  const { outer, inner } = blocksOf(self.sizes, d);
  const filling = elementsAs(value, self.dtype);
  const source = self.dtype.allocate(outer * values.length * inner);
  (source as Float64Array).fill(filling[0] as number);
  return writeLines(self, d, values, source, (_before, item) => item);
}

index_fill.define({
  forward: (self, dim, index, value) => fillLines(self, dim, index, scalarTensor(value, self.dtype)),
  vjp: { self: using("index", ({ grad, dim, index }) => index_fill(grad, dim, index, 0n)) },
  inPlace: true,
  overlap: "indexed",
  samples: (g) => [[g.randn(3, 4), 0, longs([2, 0]), 1.5]],
});

indexFillTensor.define({
  forward: (self, dim, index, value) => {
    if (value.rank !== 0) {
      throw runtimeError(
        `index_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.rank} dimension(s).`,
      );
    }
    return fillLines(self, dim, index, value);
  },
  vjp: {
    self: using("index", ({ grad, dim, index }) => index_fill(grad, dim, index, 0n)),
    value: using("index", ({ grad, dim, index }) => sumAll(index_select(grad, dim, index))),
  },
  node: "IndexFillBackward1",
  inPlace: true,
  overlap: "indexed",
  samples: (g) => [[g.randn(3, 4), 0, longs([2, 0]), g.randn()]],
});

/** Row-major places of `self`, counted from its end where they are negative. */
function flatPlaces(self: Tensor, index: Tensor): Int32Array {
  const count = self.numel;
  return indexValues(index).map((place) => {
    if (place < -count || place >= count) {
      throw new TorchError(
        "IndexError",
        `out of range: tried to access index ${place} on a tensor of ${count} elements.`,
      );
    }
    return place < 0 ? place + count : place;
  });
}

take.define({
  forward: (self, index) => {
    if (index.dtype !== int64) {
      throw runtimeError(`take(): Expected a long tensor for index, but got ${index.dtype.scalarName}`);
    }
    const data = elementsOf(self);
    const places = flatPlaces(self, index);
    const out = self.dtype.allocate(places.length);
    for (let i = 0; i < places.length; i++) out[i] = data[places[i]];
    return fromData(out, index.sizes, self.dtype);
  },
  vjp: {
    self: using("self", "index", ({ grad, self, index }) =>
      reshape(
        index_put(
          tensorApi.zeros([self.numel], grad.dtype),
          [reshape(index, [-1])],
          reshape(grad, [-1]),
          true,
        ),
        self.sizes,
      ),
    ),
  },
  math: { self: "\\bar{s}_{i_k} \\mathrel{+}= \\bar{r}_k" },
  samples: (g) => [[g.randn(3, 4), longs([0, -1, 5, 5], [2, 2])]],
});

put.define({
  forward: (self, index, source, accumulate) => {
    if (index.dtype !== int64) {
      throw runtimeError(`put_(): Expected a long tensor for index, but got ${index.dtype.scalarName}`);
    }
    if (self.dtype !== source.dtype) {
      throw runtimeError(
        `put_(): self and source expected to have the same dtype, but got self.dtype = ${self.dtype.scalarName} and ` +
          `source.dtype = ${source.dtype.scalarName}`,
      );
    }
    if (source.numel !== index.numel) {
      throw new TorchError(
        "IndexError",
        "put_(): Expected source and index to have the same number of elements, but got source.numel() = " +
          `${source.numel}, index.numel() = ${index.numel}`,
      );
    }
    const out = copyOf(self);
    const data = out.storage.data as Float64Array;
    const values = elementsOf(source) as Float64Array;
    flatPlaces(self, index).forEach((place, i) => {
      data[place] = accumulate ? data[place] + values[i] : values[i];
    });
    return out;
  },
  vjp: {
    self: using("index", ({ grad, index, source, accumulate }) =>
      accumulate ? grad : put(grad, index, tensorApi.zeros([...source.sizes], source.dtype), false),
    ),
    source: using("index", "source", ({ grad, index, source }) => reshape(take(grad, index), source.sizes)),
  },
  inPlace: true,
  overlap: "indexed",
  math: { source: "\\bar{v}_k = \\bar{r}_{i_k}" },
  samples: (g) => [
    [g.randn(3, 4), longs([0, -1, 5]), g.randn(3), false],
    [g.randn(3, 4), longs([0, -1, 0]), g.randn(3), true],
  ],
});

export const take_along_dim = composite(
  "take_along_dim(Tensor self, Tensor indices, int? dim=None) -> Tensor",
  (self, indices, dim) => {
    if (indices.dtype !== int64) {
      throw runtimeError(
        `torch.take_along_dim(): dtype of indices should be Long but got ${indices.dtype.scalarName}`,
      );
    }
    if (dim === null) return gather(reshape(self, [-1]), 0, reshape(indices, [-1]), false);
    if (self.rank !== indices.rank) {
      throw runtimeError(
        "torch.take_along_dim(): input and indices should have the same number of dimensions, but got " +
          `${self.rank} dimensions for input, and ${indices.rank} dimensions for indices`,
      );
    }
    const d = wrapDim(dim, self.rank);
    const without = (sizes: readonly number[], other: number) =>
      sizes.map((size, k) => (k === d ? other : size));
    const selfSizes = broadcastSizes(self.sizes, without(indices.sizes, self.sizes[d]));
    const indexSizes = broadcastSizes(without(self.sizes, indices.sizes[d]), indices.sizes);
    return gather(broadcast_to(self, selfSizes), d, broadcast_to(indices, indexSizes), false);
  },
  { samples: (g) => [[g.randn(3, 4), g.integers(0, 4, 3, 1), 1]] },
);
