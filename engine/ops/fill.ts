import { assertNoInternalOverlap, assertNoPartialOverlap } from "../kernels/overlap";
import { choose } from "../kernels/pointwise";
import { bool, type DType } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { broadcastSizes } from "../tensor/shape";
import { type Scalar, scalarTensor, type Tensor } from "../tensor/tensor";
import { typeMetaName } from "./checks";
import { fullOf, zerosLike } from "./creation";
import { inPlaceOp, op, using } from "./define";
import { masked_select } from "./indexing";
import { sum } from "./reductions";

function checkMask(self: Tensor, mask: Tensor): void {
  broadcastSizes(mask.sizes, self.sizes);
  if (mask.dtype !== bool) {
    throw runtimeError(
      `masked_fill_ only supports boolean masks, but got mask with dtype ${typeMetaName(mask.dtype)}`,
    );
  }
}

function maskedFill(self: Tensor, mask: Tensor, value: Tensor): Tensor {
  checkMask(self, mask);
  if (value.rank > 0) {
    throw runtimeError(
      `masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.rank} dimension(s).`,
    );
  }
  return choose(mask, value, self, self.dtype);
}

function maskedFillInPlace(self: Tensor, mask: Tensor, value: Tensor): Tensor {
  const sizes = broadcastSizes(self.sizes, mask.sizes);
  if (sizes.length > self.rank || sizes.some((size, d) => size !== self.sizes[d])) {
    throw runtimeError(
      `output with shape [${self.sizes.join(", ")}] doesn't match the broadcast shape [${sizes.join(", ")}]`,
      { kind: "inplace-shape", tensor: self.id },
    );
  }
  return maskedFill(self, mask, value);
}

export const masked_fill = op("masked_fill.Scalar(Tensor self, Tensor mask, Scalar value) -> Tensor");
masked_fill.define({
  forward: (self, mask, value) => maskedFill(self, mask, fullOf([], value, self.dtype)),
  vjp: { self: using("mask", ({ grad, mask }) => masked_fill(grad, mask, 0n)) },
  math: { self: "\\bar{s} = 0\\ \\text{where}\\ m,\\ \\bar{r}\\ \\text{elsewhere}" },
  samples: (g) => [[g.randn(2, 3), g.booleans(2, 3), 1.5]],
});
inPlaceOp("masked_fill_.Scalar(Tensor(a!) self, Tensor mask, Scalar value) -> Tensor(a!)").define({
  forward: (self, mask, value) => maskedFillInPlace(self, mask, fullOf([], value, self.dtype)),
  vjp: { self: using("mask", ({ grad, mask }) => masked_fill(grad, mask, 0n)) },
});

const maskedValue = using<{ self: Tensor; mask: Tensor; value: Tensor }, "mask">("mask", ({ grad, mask }) =>
  sum(masked_select(grad, mask), null),
);

export const maskedFillTensor = op("masked_fill.Tensor(Tensor self, Tensor mask, Tensor value) -> Tensor");
maskedFillTensor.define({
  forward: maskedFill,
  vjp: {
    self: using("mask", ({ grad, mask }) => masked_fill(grad, mask, 0n)),
    value: maskedValue,
  },
  node: "MaskedFillBackward1",
  samples: (g) => [[g.randn(2, 3), g.booleans(2, 3), g.randn()]],
});
inPlaceOp("masked_fill_.Tensor(Tensor(a!) self, Tensor mask, Tensor value) -> Tensor(a!)").define({
  forward: (self, mask, value) => {
    // The value is read before anything is written: it may be an element of self.
    assertNoInternalOverlap(self);
    assertNoPartialOverlap(self, mask);
    return maskedFillInPlace(self, mask, value);
  },
  overlap: "none",
  vjp: {
    self: using("mask", ({ grad, mask }) => masked_fill(grad, mask, 0n)),
    value: maskedValue,
  },
  node: "MaskedFillBackward1",
});

function checkFill(value: Tensor): Tensor {
  if (value.rank > 0) {
    throw runtimeError(
      `fill_ only supports 0-dimension value tensor but got tensor with ${value.rank} dimensions.`,
    );
  }
  return value;
}

/** The number as self's dtype holds it. */
function asElement(value: Scalar, dtype: DType): Tensor {
  return fullOf([], value, dtype);
}

op("fill.Scalar(Tensor self, Scalar value) -> Tensor").define({
  forward: (self, value) => fullOf(self.sizes, value, self.dtype),
  vjp: { self: using(({ grad }) => zerosLike(grad)) },
  python: { functions: ["fill"], methods: [] },
  samples: (g) => [[g.randn(2), 1.5]],
});
op("fill.Tensor(Tensor self, Tensor value) -> Tensor").define({
  forward: (self, value) => choose(scalarTensor(true, bool), checkFill(value), zerosLike(self), self.dtype),
  vjp: {
    self: using(({ grad }) => zerosLike(grad)),
    value: using(({ grad }) => sum(grad, null)),
  },
  node: "FillBackward1",
  python: { functions: ["fill"], methods: [] },
  samples: (g) => [[g.randn(2), g.randn()]],
});
export const fill_ = inPlaceOp("fill_.Scalar(Tensor(a!) self, Scalar value) -> Tensor(a!)");
fill_.define({
  forward: (self, value) => asElement(value, self.dtype),
  vjp: { self: using(({ grad }) => zerosLike(grad)) },
  node: "FillBackward2",
  overlap: "none",
  python: { functions: ["fill_"], methods: ["fill_"] },
});
inPlaceOp("fill_.Tensor(Tensor(a!) self, Tensor value) -> Tensor(a!)").define({
  forward: (self, value) => copyTo(checkFill(value), self.dtype),
  vjp: {
    self: using(({ grad }) => zerosLike(grad)),
    value: using(({ grad }) => sum(grad, null)),
  },
  node: "FillBackward3",
  overlap: "none",
  python: { functions: ["fill_"], methods: ["fill_"] },
});
const copyTo = (value: Tensor, dtype: DType) => choose(scalarTensor(true, bool), value, value, dtype);

export const zero_ = inPlaceOp("zero_(Tensor(a!) self) -> Tensor(a!)");
zero_.define({
  forward: (self) => asElement(0n, self.dtype),
  vjp: { self: using(({ grad }) => zerosLike(grad)) },
  overlap: "none",
  python: { functions: ["zero_"], methods: ["zero_"] },
});
