// Ways of asking for a view that are put together from the views themselves, as PyTorch does it: they
// have no node of their own.
import { tensorApi } from "../autograd/tensorApi";
import { runtimeError, TorchError } from "../tensor/errors";
import { broadcastSizes, sameSizes, sizesText, wrapDim } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { inferSizes, viewStrides } from "../tensor/viewShape";
import { composite } from "./define";
import {
  _reshape_alias,
  _unsafe_view,
  expand,
  permute,
  slice,
  split,
  split_with_sizes,
  transpose,
  unsqueeze,
  view,
} from "./view";

const methodOnly = { functions: [] };
const internal = { functions: [], methods: [] };

/** A view where self's memory allows it, a copy otherwise. */
export const reshape = composite(
  "reshape(Tensor(a) self, int[] shape) -> Tensor(a)",
  (self, shape) => {
    const sizes = inferSizes(shape, self.numel);
    if (self.isContiguous()) return view(self, sizes);
    const strides = viewStrides(self.sizes, self.strides, sizes);
    if (strides !== null) return _reshape_alias(self, sizes, strides);
    return _unsafe_view(tensorApi.contiguousClone(self), sizes);
  },
  { samples: (g) => [[g.randn(2, 3), [3, 2]]] },
);

export const view_as = composite(
  "view_as(Tensor(a) self, Tensor other) -> Tensor(a)",
  (self, other) => view(self, other.sizes),
  { python: methodOnly },
);
export const reshape_as = composite(
  "reshape_as(Tensor(a) self, Tensor other) -> Tensor(a)",
  (self, other) => reshape(self, other.sizes),
  { python: methodOnly },
);
export const expand_as = composite(
  "expand_as(Tensor(a) self, Tensor other) -> Tensor(a)",
  (self, other) => expand(self, other.sizes, false),
  { python: methodOnly },
);
export const broadcast_to = composite("broadcast_to(Tensor(a) self, int[] size) -> Tensor(a)", (self, size) =>
  expand(self, size, false),
);

export const flatten = composite(
  "flatten.using_ints(Tensor(a) self, int start_dim=0, int end_dim=-1) -> Tensor(a)",
  (self, start_dim, end_dim) => {
    const start = wrapDim(start_dim, self.rank);
    const end = wrapDim(end_dim, self.rank);
    if (start > end) throw runtimeError("flatten() has invalid args: start_dim cannot come after end_dim");
    if (self.rank === 0) return reshape(self, [1]);
    if (start === end) return self;
    const { sizes } = self;
    const middle = sizes.slice(start, end + 1).reduce((product, size) => product * size, 1);
    return reshape(self, [...sizes.slice(0, start), middle, ...sizes.slice(end + 1)]);
  },
  { samples: (g) => [[g.randn(2, 3, 2), 1, -1]] },
);

export const ravel = composite("ravel(Tensor(a) self) -> Tensor(a)", (self) =>
  view(self.isContiguous() ? self : tensorApi.contiguousClone(self), [-1]),
);

export const unflatten = composite(
  "unflatten.int(Tensor(a) self, int dim, int[] sizes) -> Tensor(a)",
  (self, dim, sizes) => {
    const d = wrapDim(dim, self.rank);
    if (sizes.length === 0) throw runtimeError("unflatten: sizes must be non-empty");
    let inner: number[];
    try {
      inner = inferSizes(sizes, self.sizes[d]);
    } catch (error) {
      if (!(error instanceof TorchError) || !error.message.startsWith("shape '")) {
        throw error instanceof TorchError
          ? runtimeError(`unflatten got an unexpected error:\n${error.message}`)
          : error;
      }
      throw runtimeError(
        `unflatten: Provided sizes ${sizesText(sizes)} don't multiply up to the size of dim ${d} (${self.sizes[d]}) ` +
          "in the input tensor",
      );
    }
    return view(self, [...self.sizes.slice(0, d), ...inner, ...self.sizes.slice(d + 1)]);
  },
  { samples: (g) => [[g.randn(6, 2), 0, [2, -1]]] },
);

function moved(self: Tensor, source: readonly number[], destination: readonly number[]): Tensor {
  if (source.length !== destination.length) {
    throw runtimeError(
      `movedim: Invalid source or destination dims: source (${sizesText(source)} dims) should contain the same number ` +
        `of dims as destination (${sizesText(destination)} dims)`,
    );
  }
  const from = source.map((dim) => wrapDim(dim, self.rank));
  const to = destination.map((dim) => wrapDim(dim, self.rank));
  if (new Set(from).size !== from.length) {
    throw runtimeError(`movedim: repeated dim in \`source\` (${sizesText(source)})`);
  }
  if (new Set(to).size !== to.length) {
    throw runtimeError(`movedim: repeated dim in \`destination\` (${sizesText(destination)})`);
  }
  if (self.rank === 0) return self;
  const order = new Array<number>(self.rank).fill(-1);
  from.forEach((dim, i) => {
    order[to[i]] = dim;
  });
  const rest = [...order.keys()].filter((dim) => !from.includes(dim));
  return permute(
    self,
    order.map((dim) => (dim >= 0 ? dim : (rest.shift() as number))),
  );
}

export const movedim = composite(
  "movedim.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)",
  moved,
  { samples: (g) => [[g.randn(2, 3, 4), [0, 1], [2, 0]]] },
);
composite(
  "movedim.int(Tensor(a) self, int source, int destination) -> Tensor(a)",
  (self, source, destination) => moved(self, [source], [destination]),
);
composite(
  "moveaxis.intlist(Tensor(a) self, int[] source, int[] destination) -> Tensor(a)",
  (self, source, destination) => moved(self, source, destination),
);
composite(
  "moveaxis.int(Tensor(a) self, int source, int destination) -> Tensor(a)",
  (self, source, destination) => moved(self, [source], [destination]),
);

export const swapaxes = composite(
  "swapaxes(Tensor(a) self, int axis0, int axis1) -> Tensor(a)",
  (self, axis0, axis1) => transpose(self, axis0, axis1),
);
export const swapdims = composite(
  "swapdims(Tensor(a) self, int dim0, int dim1) -> Tensor(a)",
  (self, dim0, dim1) => transpose(self, dim0, dim1),
);

/** `x.T`. */
export const numpy_T = composite(
  "numpy_T(Tensor(a) self) -> Tensor(a)",
  (self) => permute(self, [...self.sizes.keys()].reverse()),
  { python: internal },
);

function matrixTransposed(name: string, self: Tensor): Tensor {
  if (self.rank === 0) return self;
  if (self.rank < 2) {
    throw runtimeError(
      `tensor.${name} is only supported on matrices or batches of matrices. Got ${self.rank}-D tensor.`,
    );
  }
  return transpose(self, -2, -1);
}

export const mT = composite("mT(Tensor(a) self) -> Tensor(a)", (self) => matrixTransposed("mT", self), {
  python: internal,
});
export const mH = composite("mH(Tensor(a) self) -> Tensor(a)", (self) => matrixTransposed("mH", self), {
  python: internal,
});
/** `x.H`. */
export const matrix_H = composite(
  "matrix_H(Tensor(a) self) -> Tensor(a)",
  (self) => {
    if (self.rank === 0) return self;
    if (self.rank !== 2) {
      const advice = self.rank > 2 ? " For batches of matrices, consider using tensor.mH" : "";
      throw runtimeError(
        `tensor.H is only supported on matrices (2-D tensors). Got ${self.rank}-D tensor.${advice}`,
      );
    }
    return transpose(self, 0, 1);
  },
  { python: internal },
);
export const adjoint = composite("adjoint(Tensor(a) self) -> Tensor(a)", (self) =>
  matrixTransposed("adjoint()", self),
);

export const narrow = composite(
  "narrow(Tensor(a) self, int dim, int start, int length) -> Tensor(a)",
  (self, dim, start, length) => {
    if (self.rank === 0) throw runtimeError("narrow() cannot be applied to a 0-dim tensor.");
    if (length < 0) throw runtimeError("narrow(): length must be non-negative.");
    const size = self.sizes[wrapDim(dim, self.rank)];
    if (start < -size || start > size) {
      throw new TorchError(
        "IndexError",
        `start out of range (expected to be in range of [${-size}, ${size}], but got ${start})`,
      );
    }
    const first = start < 0 ? start + size : start;
    if (first + length > size) {
      throw runtimeError(`start (${first}) + length (${length}) exceeds dimension size (${size}).`);
    }
    return slice(self, dim, first, first + length, 1);
  },
  { samples: (g) => [[g.randn(4, 2), 0, 1, 2]] },
);

export const chunk = composite(
  "chunk(Tensor(a) self, int chunks, int dim=0) -> Tensor(a)[]",
  (self, chunks, dim) => {
    if (self.rank === 0) throw runtimeError("chunk expects at least a 1-dimensional tensor");
    if (chunks <= 0) throw runtimeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`);
    const size = self.sizes[wrapDim(dim, self.rank)];
    const part = Math.ceil(size / chunks);
    // With nothing to share out, there are still as many pieces as were asked for.
    if (part === 0 && size === 0) return split_with_sizes(self, new Array(chunks).fill(0), dim);
    return split(self, part, dim);
  },
  { samples: (g) => [[g.randn(5, 2), 3, 0]] },
);
export const splitSizes = composite(
  "split.sizes(Tensor(a) self, int[] split_size, int dim=0) -> Tensor(a)[]",
  (self, split_size, dim) => split_with_sizes(self, split_size, dim),
);

function splitAt(self: Tensor, ends: readonly number[], dim: number): Tensor[] {
  let begin = 0;
  const parts = ends.map((end) => {
    const part = slice(self, dim, begin, end, 1);
    begin = end;
    return part;
  });
  return [...parts, slice(self, dim, begin, self.sizes[wrapDim(dim, self.rank)], 1)];
}

composite(
  "tensor_split.sections(Tensor(a) self, int sections, int dim=0) -> Tensor(a)[]",
  (self, sections, dim) => {
    if (self.rank === 0) {
      throw runtimeError(
        "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims",
      );
    }
    if (sections <= 0) {
      throw runtimeError(`number of sections must be larger than 0, got ${sections}`);
    }
    const size = self.sizes[wrapDim(dim, self.rank)];
    const shortest = Math.floor(size / sections);
    const longer = size % sections;
    const ends = Array.from({ length: sections - 1 }, (_, i) => (i + 1) * shortest + Math.min(i + 1, longer));
    return splitAt(self, ends, dim);
  },
  { samples: (g) => [[g.randn(5, 2), 3, 0]] },
);
composite(
  "tensor_split.indices(Tensor(a) self, int[] indices, int dim=0) -> Tensor(a)[]",
  (self, indices, dim) => {
    if (self.rank === 0) {
      throw runtimeError(
        "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims",
      );
    }
    return splitAt(self, indices, dim);
  },
  { samples: (g) => [[g.randn(5, 2), [1, 3], 0]] },
);

export const atleast_1d = composite(
  "atleast_1d(Tensor self) -> Tensor",
  (self) => (self.rank === 0 ? reshape(self, [1]) : self),
  { python: { methods: [] } },
);
export const atleast_2d = composite(
  "atleast_2d(Tensor self) -> Tensor",
  (self) => (self.rank === 0 ? reshape(self, [1, 1]) : self.rank === 1 ? unsqueeze(self, 0) : self),
  { python: { methods: [] } },
);
export const atleast_3d = composite(
  "atleast_3d(Tensor self) -> Tensor",
  (self) => {
    if (self.rank === 0) return reshape(self, [1, 1, 1]);
    if (self.rank === 1) return unsqueeze(unsqueeze(self, 0), -1);
    return self.rank === 2 ? unsqueeze(self, -1) : self;
  },
  { python: { methods: [] } },
);

/** `torch.broadcast_tensors`: those of the common size stay themselves. */
export const broadcast_tensors = composite("broadcast_tensors(Tensor[] tensors) -> Tensor[]", (tensors) =>
  broadcastAll(tensors),
);

export function broadcastAll(tensors: readonly Tensor[]): Tensor[] {
  let sizes: readonly number[] = [];
  for (const tensor of tensors) sizes = broadcastSizes(sizes, tensor.sizes);
  return tensors.map((tensor) => (sameSizes(tensor.sizes, sizes) ? tensor : expand(tensor, sizes, false)));
}
