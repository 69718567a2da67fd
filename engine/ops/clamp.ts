import { ternary } from "../kernels/pointwise";
import * as loops from "../kernels/ternary";
import { bool, type DType, int64, uint8 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { type Scalar, scalarTensor, type Tensor, wrappedNumber } from "../tensor/tensor";
import { checkFits, notImplementedFor, typeMetaName } from "./checks";
import { where } from "./choice";
import { ge, gt, le, logical_and, logical_or, lt } from "./comparison";
import { zerosOf } from "./creation";
import { inPlaceOp, op, using } from "./define";
import { canCast, resultType } from "./promotion";

const LOWEST = Number.NEGATIVE_INFINITY;
const HIGHEST = Number.POSITIVE_INFINITY;

function clampOf(self: Tensor, min: Tensor | null, max: Tensor | null, dtype: DType): Tensor {
  const low = min ?? bound(dtype, LOWEST);
  const high = max ?? bound(dtype, HIGHEST);
  return dtype === int64
    ? ternary(loops.clamp64, self, low, high, dtype)
    : ternary(loops.clamp, self, low, high, dtype);
}

function bound(dtype: DType, value: number): Tensor {
  if (dtype === int64) return scalarTensor(value < 0 ? -(2n ** 63n) : 2n ** 63n - 1n, int64);
  if (dtype.kind === "float") return scalarTensor(value, dtype);
  const bits = dtype.bytes * 8;
  if (dtype === uint8 || dtype === bool) return scalarTensor(value < 0 ? 0n : BigInt(2 ** bits - 1), dtype);
  return scalarTensor(BigInt(value < 0 ? -(2 ** (bits - 1)) : 2 ** (bits - 1) - 1), dtype);
}

const NO_BOUND = "torch.clamp: At least one of 'min' or 'max' must not be None";

export function clampScalars(self: Tensor, min: Scalar | null, max: Scalar | null): Tensor {
  if (min === null && max === null) throw runtimeError(NO_BOUND);
  const bounds = [min, max].filter((each) => each !== null).map((each) => wrappedNumber(each));
  const dtype = resultType([self, ...bounds]);
  if (dtype === bool) {
    const kernel =
      min === null ? "clamp_max_scalar_cpu" : max === null ? "clamp_min_scalar_cpu" : "clamp_scalar_cpu";
    throw notImplementedFor(kernel, bool);
  }
  if (min !== null) checkFits(min, dtype);
  if (max !== null) checkFits(max, dtype);
  return clampOf(
    self,
    min === null ? null : wrappedNumber(min),
    max === null ? null : wrappedNumber(max),
    dtype,
  );
}

function checkClampInPlace(self: Tensor, result: Tensor): Tensor {
  if (!canCast(result.dtype, self.dtype)) {
    throw runtimeError(
      `result type ${result.dtype.scalarName} can't be cast to the desired output type ${typeMetaName(self.dtype)}`,
      { kind: "inplace-dtype", tensor: self.id },
    );
  }
  return result;
}

/** The gradient passes where self is within its bounds, the bounds themselves included. */
function clampGradient(grad: Tensor, self: Tensor, min: Tensor | Scalar | null, max: Tensor | Scalar | null) {
  if (min === null && max === null) return grad;
  const zero = zerosOf([], grad.dtype);
  if (max === null) return where(ge(self, min as Tensor), grad, zero);
  if (min === null) return where(le(self, max), grad, zero);
  const inside = logical_and(ge(self, min), le(self, max));
  return where(inside, grad, zero);
}

export const clamp = op("clamp(Tensor self, Scalar? min=None, Scalar? max=None) -> Tensor");
clamp.define({
  forward: clampScalars,
  vjp: { self: using("self", ({ grad, self, min, max }) => clampGradient(grad, self, min, max)) },
  node: "ClampBackward1",
  python: { functions: ["clamp", "clip"], methods: ["clamp", "clip"] },
  math: { self: "\\bar{s} = \\bar{r}\\ \\text{where}\\ a \\le s \\le b,\\ 0\\ \\text{elsewhere}" },
  samples: (g) => [
    [g.tensor([-1.5, -0.3, 0.4, 2], [2, 2]), -0.5, 0.5],
    [g.tensor([-1.5, -0.3, 0.4, 2], [2, 2]), null, 0.5],
  ],
});
inPlaceOp("clamp_(Tensor(a!) self, Scalar? min=None, Scalar? max=None) -> Tensor(a!)").define({
  forward: (self, min, max) => checkClampInPlace(self, clampScalars(self, min, max)),
  vjp: { self: using("self", ({ grad, self, min, max }) => clampGradient(grad, self, min, max)) },
  node: "ClampBackward1",
  python: { functions: ["clamp_", "clip_"], methods: ["clamp_", "clip_"] },
});

export const clampTensor = op("clamp.Tensor(Tensor self, Tensor? min=None, Tensor? max=None) -> Tensor");
clampTensor.define({
  forward: (self, min, max) => {
    if (min === null && max === null) throw runtimeError(NO_BOUND);
    const given = [self, min, max].filter((each) => each !== null);
    return clampOf(self, min, max, resultType(given));
  },
  vjp: {
    self: using("self", "min", "max", ({ grad, self, min, max }) => clampGradient(grad, self, min, max)),
    min: using("self", "min", "max", ({ grad, self, min, max }) => {
      if (min === null) return null;
      const zero = zerosOf([], grad.dtype);
      const below = lt(self, min);
      return where(max === null ? below : logical_and(below, lt(min, max)), grad, zero);
    }),
    max: using("self", "min", "max", ({ grad, self, min, max }) => {
      if (max === null) return null;
      const zero = zerosOf([], grad.dtype);
      const above = gt(self, max);
      return where(min === null ? above : logical_or(above, lt(max, min)), grad, zero);
    }),
  },
  inPlace: true,
  python: { functions: ["clamp", "clip"], methods: ["clamp", "clip"] },
  samples: (g) => [
    [g.randn(2, 3), g.uniform(-1, -0.2, 3), g.uniform(0.2, 1, 3)],
    [g.randn(2, 3), null, g.randn(2, 3)],
  ],
});

export const clamp_min = op("clamp_min(Tensor self, Scalar min) -> Tensor");
clamp_min.define({
  forward: (self, min) => clampScalars(self, min, null),
  vjp: {
    self: using("self", ({ grad, self, min }) => where(ge(self, min), grad, zerosOf([], grad.dtype))),
  },
  inPlace: true,
  samples: (g) => [[g.randn(2, 3), 0.1]],
});
export const clamp_max = op("clamp_max(Tensor self, Scalar max) -> Tensor");
clamp_max.define({
  forward: (self, max) => clampScalars(self, null, max),
  vjp: {
    self: using("self", ({ grad, self, max }) => where(le(self, max), grad, zerosOf([], grad.dtype))),
  },
  inPlace: true,
  samples: (g) => [[g.randn(2, 3), 0.1]],
});
op("clamp_min.Tensor(Tensor self, Tensor min) -> Tensor").define({
  forward: (self, min) => clampOf(self, min, null, resultType([self, min])),
  vjp: {
    self: using("self", "min", ({ grad, self, min }) => where(ge(self, min), grad, zerosOf([], grad.dtype))),
    min: using("self", "min", ({ grad, self, min }) => where(lt(self, min), grad, zerosOf([], grad.dtype))),
  },
  node: "ClampMinBackward1",
  inPlace: true,
  samples: (g) => [[g.randn(2, 3), g.randn(3)]],
});
op("clamp_max.Tensor(Tensor self, Tensor max) -> Tensor").define({
  forward: (self, max) => clampOf(self, null, max, resultType([self, max])),
  vjp: {
    self: using("self", "max", ({ grad, self, max }) => where(le(self, max), grad, zerosOf([], grad.dtype))),
    max: using("self", "max", ({ grad, self, max }) => where(gt(self, max), grad, zerosOf([], grad.dtype))),
  },
  node: "ClampMaxBackward1",
  inPlace: true,
  samples: (g) => [[g.randn(2, 3), g.randn(3)]],
});
