// Putting tensors together, and tensors repeated: cat, stack and their relatives.

import { callbacks } from "../autograd/callbacks";
import { tensorApi } from "../autograd/tensorApi";
import { elementsAs, elementsOf, gather, scatter } from "../kernels/strided";
import { defaults, int32, int64 } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import { sameSizes, sizesText, wrapDim } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { notImplementedFor } from "./checks";
import { composite, op, using } from "./define";
import { index_select } from "./gather";
import { resultType } from "./promotion";
import { sumDims } from "./sums";
import { expand, unbind, unsqueeze, view } from "./view";
import { atleast_1d, atleast_2d, atleast_3d, flatten, narrow, reshape } from "./viewComposites";

export const cat = op("cat(Tensor[] tensors, int dim=0) -> Tensor");
export const stack = op("stack(Tensor[] tensors, int dim=0) -> Tensor");
export const repeat = op("repeat(Tensor self, int[] repeats) -> Tensor");

/** A one-dimensional tensor without elements may stand among tensors of any shape. */
function isSkipped(tensor: { sizes: readonly number[] }): boolean {
  return tensor.sizes.length === 1 && tensor.sizes[0] === 0;
}

function checkSizes(tensors: readonly Tensor[], dim: number): { sizes: number[]; dim: number } {
  tensors.forEach((tensor, i) => {
    if (tensor.rank === 0) {
      throw runtimeError(`zero-dimensional tensor (at position ${i}) cannot be concatenated`);
    }
  });
  const first = tensors.find((tensor) => !isSkipped(tensor)) ?? tensors[0];
  const d = wrapDim(dim, first.rank);
  const sizes = [...first.sizes];
  sizes[d] = 0;
  tensors.forEach((tensor, i) => {
    if (isSkipped(tensor)) return;
    if (tensor.rank !== first.rank) {
      throw runtimeError(
        `Tensors must have same number of dimensions: got ${first.rank} and ${tensor.rank}`,
        { kind: "cat", index: i },
      );
    }
    tensor.sizes.forEach((size, k) => {
      if (k === d || size === first.sizes[k]) return;
      throw runtimeError(
        `Sizes of tensors must match except in dimension ${d}. Expected size ${first.sizes[k]} but got size ${size} ` +
          `for tensor number ${i} in the list.`,
        { kind: "cat", index: i },
      );
    });
    sizes[d] += tensor.sizes[d];
  });
  return { sizes, dim: d };
}

function catForward(tensors: readonly Tensor[], dim: number): Tensor {
  if (tensors.length === 0) {
    throw new TorchError("ValueError", "torch.cat(): expected a non-empty list of Tensors");
  }
  const { sizes, dim: d } = checkSizes(tensors, dim);
  const out = empty(sizes, resultType(tensors));
  let offset = 0;
  for (const tensor of tensors) {
    if (isSkipped(tensor)) continue;
    scatter(out.storage.data, elementsAs(tensor, out.dtype), tensor.sizes, out.strides, offset);
    offset += tensor.sizes[d] * out.strides[d];
  }
  return out;
}

cat.define({
  forward: catForward,
  vjp: {
    tensors: using(({ grad, tensors, dim }) => {
      const rank = grad.rank;
      let begin = 0;
      return tensors.map((tensor) => {
        if (isSkipped(tensor)) return tensorApi.zeros([0], tensor.dtype);
        const length = tensor.sizes[wrapDim(dim, rank)];
        const part = narrow(grad, dim, begin, length);
        begin += length;
        return part;
      });
    }),
  },
  python: { methods: [] },
  math: { tensors: "\\bar{t}_i = \\bar{r}_{\\text{part } i}" },
  samples: (g) => [
    [[g.randn(2, 3), g.randn(1, 3)], 0],
    [[g.randn(2, 1), g.randn(2, 2), g.randn(2, 1)], -1],
  ],
});

/** A number is a matrix of one element, a row a matrix of one row. */
function asMatrix({ sizes }: { sizes: readonly number[] }): [number, number] {
  return sizes.length === 0 ? [1, 1] : sizes.length === 1 ? [1, sizes[0]] : [sizes[0], sizes[1]];
}

export const block_diag = op("block_diag(Tensor[] tensors) -> Tensor");
block_diag.define({
  forward: (tensors) => {
    tensors.forEach(({ rank }, i) => {
      if (rank <= 2) return;
      throw runtimeError(
        `torch.block_diag: Input tensors must have 2 or fewer dimensions. Input ${i} has ${rank} dimensions`,
      );
    });
    if (tensors.length === 0) return empty([1, 0], defaults.dtype);
    const shapes = tensors.map(asMatrix);
    const rows = shapes.reduce((total, [height]) => total + height, 0);
    const columns = shapes.reduce((total, [, width]) => total + width, 0);
    const out = empty([rows, columns], resultType(tensors));
    let [row, column] = [0, 0];
    tensors.forEach((tensor, i) => {
      scatter(
        out.storage.data,
        elementsAs(tensor, out.dtype),
        shapes[i],
        out.strides,
        row * columns + column,
      );
      row += shapes[i][0];
      column += shapes[i][1];
    });
    return out;
  },
  vjp: {
    tensors: using(({ grad, tensors }) => {
      let [row, column] = [0, 0];
      return tensors.map((tensor) => {
        const [height, width] = asMatrix(tensor);
        const part = reshape(narrow(narrow(grad, 0, row, height), 1, column, width), [...tensor.sizes]);
        row += height;
        column += width;
        return part;
      });
    }),
  },
  python: { functions: [], methods: [] },
  math: { tensors: "\\bar{t}_i = \\bar{r}_{\\text{block } i}" },
  samples: (g) => [[[g.randn(2, 3), g.randn(2)]]],
});

for (const name of ["concat", "concatenate"] as const) {
  composite(`${name}(Tensor[] tensors, int dim=0) -> Tensor`, (tensors, dim) => cat(tensors, dim));
}

stack.define({
  forward: (tensors, dim) => {
    if (tensors.length === 0) throw runtimeError("stack expects a non-empty TensorList");
    const [first] = tensors;
    const d = wrapDim(dim, first.rank + 1);
    tensors.forEach((tensor, i) => {
      if (sameSizes(tensor.sizes, first.sizes)) return;
      throw runtimeError(
        `stack expects each tensor to be equal size, but got ${sizesText(first.sizes)} at entry 0 and ` +
          `${sizesText(tensor.sizes)} at entry ${i}`,
        { kind: "stack", index: i },
      );
    });
    const sizes = [...first.sizes];
    sizes.splice(d, 0, tensors.length);
    const out = empty(sizes, resultType(tensors));
    const strides = out.strides.filter((_, k) => k !== d);
    tensors.forEach((tensor, i) => {
      const data = elementsAs(tensor, out.dtype);
      scatter(out.storage.data, data, tensor.sizes, strides, i * out.strides[d]);
    });
    return out;
  },
  vjp: { tensors: using(({ grad, dim }) => unbind(grad, dim)) },
  math: { tensors: "\\bar{t}_i = \\bar{r}_i" },
  samples: (g) => [
    [[g.randn(2, 3), g.randn(2, 3)], 1],
    [[g.randn(), g.randn()], 0],
  ],
});

function nonEmpty(name: string, tensors: readonly Tensor[]): void {
  if (tensors.length === 0) throw runtimeError(`${name} expects a non-empty TensorList`);
}

export const hstack = composite("hstack(Tensor[] tensors) -> Tensor", (tensors) => {
  nonEmpty("hstack", tensors);
  const parts = tensors.map((tensor) => atleast_1d(tensor));
  return cat(parts, parts[0].rank === 1 ? 0 : 1);
});
export const vstack = composite("vstack(Tensor[] tensors) -> Tensor", (tensors) => {
  nonEmpty("vstack", tensors);
  return cat(
    tensors.map((tensor) => atleast_2d(tensor)),
    0,
  );
});
composite("row_stack(Tensor[] tensors) -> Tensor", (tensors) => vstack(tensors));
export const dstack = composite("dstack(Tensor[] tensors) -> Tensor", (tensors) => {
  nonEmpty("dstack", tensors);
  return cat(
    tensors.map((tensor) => atleast_3d(tensor)),
    2,
  );
});
export const column_stack = composite("column_stack(Tensor[] tensors) -> Tensor", (tensors) => {
  nonEmpty("column_stack", tensors);
  return hstack(tensors.map((tensor) => (tensor.rank <= 1 ? reshape(tensor, [tensor.numel, 1]) : tensor)));
});

/** self's sizes with leading ones, one per entry of `repeats`. */
function padded(sizes: readonly number[], repeats: readonly number[]): number[] {
  return [...new Array(repeats.length - sizes.length).fill(1), ...sizes];
}

repeat.define({
  forward: (self, repeats) => {
    if (repeats.length < self.rank) {
      throw runtimeError(
        "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
      );
    }
    const sizes = padded(self.sizes, repeats);
    const out = sizes.map((size, d) => size * repeats[d]);
    const negative = out.find((size) => size < 0);
    if (negative !== undefined) {
      throw runtimeError(`Trying to create tensor with negative dimension ${negative}: ${sizesText(out)}`);
    }
    // Read once for each repetition: every dimension is two, of which the outer one does not move.
    const strides = [...new Array(repeats.length - self.rank).fill(0), ...self.strides];
    const doubled = sizes.flatMap((size, d) => [repeats[d], size]);
    const steps = strides.flatMap((stride) => [0, stride]);
    return fromData(gather(self.storage.data, self.dtype, doubled, steps, self.offset), out, self.dtype);
  },
  vjp: {
    self: using(({ grad, self, repeats }) => {
      if (repeats.includes(0)) return tensorApi.zeros([...self.sizes], self.dtype);
      const sizes = padded(self.sizes, repeats);
      const doubled = sizes.flatMap((size, d) => [repeats[d], size]);
      const summed = sumDims(
        reshape(grad, doubled),
        sizes.map((_, d) => 2 * d),
      );
      return repeats.length > self.rank ? reshape(summed, self.sizes) : summed;
    }),
  },
  python: { functions: [] },
  math: { self: "\\bar{s} = \\sum_{\\text{copies}} \\bar{r}" },
  samples: (g) => [
    [g.randn(2, 3), [2, 1, 2]],
    [g.randn(2), [3]],
    [g.randn(), [2]],
  ],
});

export const tile = composite(
  "tile(Tensor self, int[] dims) -> Tensor",
  (self, dims) => repeat(self, padded(dims, new Array(Math.max(dims.length, self.rank)).fill(1))),
  { samples: (g) => [[g.randn(2, 3), [2]]] },
);

/** How often each index comes: `[1, 2]` → `[0, 1, 1]`. */
export const repeat_interleave_counts = composite(
  "repeat_interleave.Tensor(Tensor repeats, *, int? output_size=None) -> Tensor",
  (repeats) => {
    if (repeats.dtype !== int64 && repeats.dtype !== int32) {
      throw notImplementedFor("repeat_interleave_cpu", repeats.dtype);
    }
    const counts = Array.from(elementsOf(repeats), Number);
    if (counts.some((count) => count < 0)) throw runtimeError("repeats can not be negative");
    const indices = counts.flatMap((count, i) => new Array<number>(count).fill(i));
    return fromData(BigInt64Array.from(indices, BigInt), [indices.length], int64);
  },
  { python: { methods: [] } },
);

export const repeat_interleave = composite(
  "repeat_interleave.self_int(Tensor self, int repeats, int? dim=None, *, int? output_size=None) -> Tensor",
  (self, repeats, dim) => {
    const input = dim === null ? flatten(self, 0, -1) : self;
    const d = wrapDim(dim ?? 0, input.rank);
    if (repeats < 0) throw runtimeError("Repeats must be non-negative");
    const wide = unsqueeze(input, d + 1);
    const sizes = wide.sizes.map((size, k) => (k === d + 1 ? repeats : size));
    return flatten(tensorApi.contiguousClone(expand(wide, sizes, false)), d, d + 1);
  },
  { samples: (g) => [[g.randn(2, 3), 2, 1, null]] },
);
composite(
  "repeat_interleave.self_Tensor(Tensor self, Tensor repeats, int? dim=None, *, int? output_size=None) -> Tensor",
  (self, repeats, dim) => {
    const input = dim === null ? flatten(self, 0, -1) : self;
    const d = wrapDim(dim ?? 0, input.rank);
    let counts = repeats;
    if (repeats.rank === 0 || (repeats.rank === 1 && repeats.sizes[0] === 1)) {
      counts = expand(reshape(repeats, [1]), [input.sizes[d]], false);
    } else if (repeats.rank === 1 && repeats.sizes[0] !== input.sizes[d]) {
      throw runtimeError(
        "repeats must have the same size as input along dim, but got " +
          `repeats.size(0) = ${repeats.sizes[0]} and input.size(${d}) = ${input.sizes[d]}`,
      );
    } else if (repeats.rank !== 1) {
      throw runtimeError("repeats must be 0-dim or 1-dim tensor");
    }
    return index_select(input, d, repeat_interleave_counts(counts, null));
  },
);

function meshgridOf(tensors: readonly Tensor[], indexing: string | null): Tensor[] {
  if (tensors.length === 0) throw runtimeError("meshgrid expects a non-empty TensorList");
  if (indexing === null) {
    callbacks.warn(
      "UserWarning",
      "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.",
    );
  } else if (indexing !== "xy" && indexing !== "ij") {
    throw runtimeError(`torch.meshgrid: indexing must be one of "xy" or "ij", but received: ${indexing}`);
  }
  const swapped = indexing === "xy" && tensors.length >= 2;
  const inputs = [...tensors];
  if (swapped) [inputs[0], inputs[1]] = [inputs[1], inputs[0]];
  const sizes = inputs.map((tensor) => tensor.numel);
  const grids = inputs.map((tensor, i) => {
    const own = sizes.map((size, d) => (d === i ? size : 1));
    return expand(view(tensor, own), sizes, false);
  });
  if (swapped) [grids[0], grids[1]] = [grids[1], grids[0]];
  return grids;
}

export const meshgrid = composite("meshgrid(Tensor[] tensors) -> Tensor[]", (tensors) =>
  meshgridOf(tensors, null),
);
export const meshgridIndexing = composite(
  "meshgrid.indexing(Tensor[] tensors, *, str indexing) -> Tensor[]",
  (tensors, indexing) => meshgridOf(tensors, indexing),
);
