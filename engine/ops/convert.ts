// Copies: the same numbers in other memory, another dtype, or cut off from the graph.
import { isNonOverlappingAndDense } from "../kernels/overlap";
import { copyAs, filled } from "../kernels/pointwise";
import { elementsOf, writeInto } from "../kernels/strided";
import {
  bfloat16,
  bool,
  type DType,
  float16,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  uint8,
} from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { broadcastSizes, type Sizes, sameSizes, sizesText } from "../tensor/shape";
import { isPartOf } from "../tensor/slabs";
import { allocate } from "../tensor/storage";
import { empty, Tensor } from "../tensor/tensor";
import { zerosLike } from "./creation";
import { composite, inPlaceOp, op, using } from "./define";
import {
  CONTIGUOUS,
  copyChannelsLast,
  emptyChannelsLast,
  isChannelsLast,
  liesIn,
  PRESERVE,
} from "./memoryFormat";

/** Zeros with the strides that PyTorch's `empty_like` gives: self's own where those are dense. */
export function emptyLike(self: Tensor, dtype: DType, format: number | null = null): Tensor {
  if (isChannelsLast(format)) return emptyChannelsLast(self.sizes, dtype, format);
  if (format === CONTIGUOUS) return empty(self.sizes, dtype);
  if (self.isContiguous()) return empty(self.sizes, dtype);
  const strides = isNonOverlappingAndDense(self.sizes, self.strides)
    ? self.strides
    : denseStrides(self.sizes, self.strides);
  return new Tensor(allocate(dtype, self.numel), dtype, self.sizes, strides);
}

/** Dense strides in the order of `strides`, the smallest innermost; ties keep the order of dimensions. */
function denseStrides(sizes: Sizes, strides: Sizes): number[] {
  const rank = sizes.length;
  const order = Array.from({ length: rank }, (_, i) => rank - 1 - i);
  for (let i = 1; i < rank; i++) {
    let inner = i;
    for (let j = i - 1; j >= 0; j--) {
      const compared = compareForDense(sizes, strides, order[j], order[inner]);
      if (compared > 0) {
        [order[j], order[inner]] = [order[inner], order[j]];
        inner = j;
      } else if (compared < 0) break;
    }
  }
  const out = new Array<number>(rank);
  let step = 1;
  for (const dim of order) {
    out[dim] = step;
    step *= Math.max(sizes[dim], 1);
  }
  return out;
}

function compareForDense(sizes: Sizes, strides: Sizes, a: number, b: number): number {
  if (strides[a] === 0 || strides[b] === 0) return 0;
  if (strides[a] !== strides[b]) return strides[a] < strides[b] ? -1 : 1;
  return sizes[a] > sizes[b] ? 1 : 0;
}

function copyOf(self: Tensor, dtype: DType): Tensor {
  if (self.isContiguous()) return copyAs(self, dtype);
  const out = emptyLike(self, dtype);
  writeInto(out, self);
  return out;
}

function contiguousCopy(self: Tensor): Tensor {
  const data = elementsOf(self);
  const own = isPartOf(data, self.storage.data);
  return filled(self.sizes, self.dtype, own ? data.slice() : data);
}

/** `memory_format`: null keeps self's layout where it is dense, 0 is torch.contiguous_format. */
export const clone = op("clone(Tensor self, *, int? memory_format=None) -> Tensor");
clone.define({
  forward: (self, memoryFormat) => {
    if (isChannelsLast(memoryFormat)) return copyChannelsLast(self, self.dtype, memoryFormat);
    return memoryFormat === CONTIGUOUS ? contiguousCopy(self) : copyOf(self, self.dtype);
  },
  vjp: { self: using(({ grad }) => grad) },
  math: { self: "\\bar{s} = \\bar{r}" },
  samples: (g) => [[g.randn(2, 3), null]],
});

export { CONTIGUOUS, PRESERVE };

export const contiguous = composite(
  "contiguous(Tensor(a) self, *, int memory_format=0) -> Tensor(a)",
  (self, format) => {
    if (isChannelsLast(format)) return liesIn(self, format) ? self : clone(self, format);
    return self.isContiguous() ? self : clone(self, CONTIGUOUS);
  },
  { python: { functions: [] } },
);

export const _to_copy = op(
  "_to_copy(Tensor self, *, ScalarType? dtype=None, int? memory_format=None) -> Tensor",
);
_to_copy.define({
  forward: (self, dtype, memoryFormat) => {
    if (isChannelsLast(memoryFormat)) return copyChannelsLast(self, dtype ?? self.dtype, memoryFormat);
    const copy = copyOf(self, dtype ?? self.dtype);
    return memoryFormat === CONTIGUOUS && !copy.isContiguous() ? contiguousCopy(copy) : copy;
  },
  vjp: { self: using(({ grad, self }) => to(grad, self.dtype)) },
  node: "ToCopyBackward0",
  undifferentiable: "integers",
  python: { functions: [], methods: [] },
  math: { self: "\\bar{s} = \\bar{r}" },
  samples: (g) => [[g.randn(2, 3), null, null]],
});

/** self itself where it already has that dtype. */
export function to(self: Tensor, dtype: DType): Tensor {
  return self.dtype === dtype ? self : _to_copy(self, dtype, null);
}

composite(
  "to.dtype(Tensor(a) self, ScalarType dtype, bool non_blocking=False, bool copy=False, int? memory_format=None) -> Tensor(a)",
  (self, dtype, _nonBlocking, copy, memoryFormat) => {
    const wanted = memoryFormat !== null && !liesIn(self, memoryFormat);
    return self.dtype === dtype && !copy && !wanted ? self : _to_copy(self, dtype, memoryFormat);
  },
  { python: { functions: [] } },
);

composite(
  "to.other(Tensor(a) self, Tensor other, bool non_blocking=False, bool copy=False, int? memory_format=None) -> Tensor(a)",
  (self, other, _nonBlocking, copy, memoryFormat) =>
    self.dtype === other.dtype && !copy ? self : _to_copy(self, other.dtype, memoryFormat),
  { python: { functions: [] } },
);

composite("type_as(Tensor(a) self, Tensor other) -> Tensor(a)", (self, other) => to(self, other.dtype), {
  python: { functions: [] },
});

for (const [name, dtype] of [
  ["half", float16],
  ["bfloat16", bfloat16],
  ["float", float32],
  ["double", float64],
  ["int", int32],
  ["long", int64],
  ["short", int16],
  ["char", int8],
  ["byte", uint8],
  ["bool", bool],
] as const) {
  composite(
    `${name}(Tensor(a) self) -> Tensor(a)` as "f(Tensor(a) self) -> Tensor(a)",
    (self) => to(self, dtype),
    {
      python: { functions: [] },
    },
  );
}

export const copy_ = inPlaceOp("copy_(Tensor(a!) self, Tensor src, bool non_blocking=False) -> Tensor(a!)");
copy_.define({
  forward: (self, src) => {
    const sizes = broadcastSizes(self.sizes, src.sizes);
    if (!sameSizes(sizes, self.sizes)) {
      throw runtimeError(
        `output with shape ${sizesText(self.sizes)} doesn't match the broadcast shape ${sizesText(sizes)}`,
        { kind: "inplace-shape", tensor: self.id },
      );
    }
    return src;
  },
  vjp: {
    self: using(({ grad }) => zerosLike(grad)),
    src: using(({ grad, src }) => to(grad, src.dtype)),
  },
  node: "CopyBackwards",
  math: { self: "\\bar{s} = 0", src: "\\bar{x} = \\bar{r}" },
});
