// Operators that choose: where, clamp, maximum and its relatives, masked_fill, fill; and those of
// three operands that mix (lerp, addcmul, addcdiv).
import { callbacks } from "../autograd/callbacks";
import { binary, choose, floatBinary, intBinary, ternary } from "../kernels/pointwise";
import * as loops from "../kernels/ternary";
import { bool, type DType, float32, int64, uint8 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { broadcastSizes } from "../tensor/shape";
import { type Scalar, scalarTensor, type Tensor, wrappedNumber } from "../tensor/tensor";
import { div, divScalar, mul, mulScalar, sub } from "./arithmetic";
import { notImplementedFor, requireFloat, typeMetaName } from "./checks";
import { eq, ge, gt, isnan, le, logical_and, logical_not, logical_or, lt } from "./comparison";
import { fullOf, zerosLike, zerosOf } from "./creation";
import { callInPlace, composite, inPlaceOp, op, using } from "./define";
import { masked_select } from "./indexing";
import { canCast, resultType } from "./promotion";
import { sum } from "./reductions";
import { fromNumber, neg } from "./unary";

// ---- where ----

function conditionOf(condition: Tensor): Tensor {
  if (condition.dtype === uint8) {
    callbacks.warn(
      "UserWarning",
      "where received a uint8 condition tensor. This behavior is deprecated and will be removed in a future version " +
        "of PyTorch. Use a boolean condition instead.",
    );
  } else if (condition.dtype !== bool) {
    throw runtimeError(
      `where expected condition to be a boolean tensor, but got a tensor with dtype ${condition.dtype.scalarName}`,
    );
  }
  return condition;
}

export const where = op("where.self(Tensor condition, Tensor self, Tensor other) -> Tensor");
where.define({
  forward: (condition, self, other) => choose(conditionOf(condition), self, other, resultType([self, other])),
  vjp: {
    self: using("condition", ({ grad, condition }) => where(condition, grad, 0n)),
    other: using("condition", ({ grad, condition }) => where(condition, 0n, grad)),
  },
  python: { functions: ["where"], methods: [] },
  math: {
    self: "\\bar{s} = \\bar{r}\\ \\text{where}\\ c,\\ 0\\ \\text{elsewhere}",
    other: "\\bar{o} = 0\\ \\text{where}\\ c,\\ \\bar{r}\\ \\text{elsewhere}",
  },
  samples: (g) => [[g.booleans(2, 3), g.randn(2, 3), g.randn(3)]],
});
composite(
  "where.ScalarSelf(Tensor condition, Scalar self, Tensor other) -> Tensor",
  (condition, self, other) => where(condition, self, other),
  { python: { functions: ["where"], methods: [] } },
);
composite(
  "where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor",
  (condition, self, other) => where(condition, self, other),
  { python: { functions: ["where"], methods: [] } },
);
composite(
  "where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor",
  (condition, self, other) => where(condition, self, other),
  { python: { functions: ["where"], methods: [] } },
);

// ---- clamp ----

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

// ---- the greater, the smaller ----

/** Half the gradient each where both are equal. */
function shared(grad: Tensor, self: Tensor, other: Tensor, gone: Tensor): Tensor {
  return callInPlace("masked_fill_.Scalar", where(eq(self, other), divScalar(grad, 2n), grad), gone, 0n);
}

export const maximum = op("maximum(Tensor self, Tensor other) -> Tensor");
maximum.define({
  forward: (self, other) => binary("maximum", self, other, resultType([self, other])),
  vjp: {
    self: using("self", "other", ({ grad, self, other }) => shared(grad, self, other, lt(self, other))),
    other: using("self", "other", ({ grad, self, other }) => shared(grad, self, other, gt(self, other))),
  },
  math: { self: "\\bar{s} = \\bar{r}\\ \\text{where}\\ s > o,\\ \\tfrac12\\bar{r}\\ \\text{where equal}" },
  samples: (g) => [[g.randn(2, 3), g.randn(3)]],
});

export const minimum = op("minimum(Tensor self, Tensor other) -> Tensor");
minimum.define({
  forward: (self, other) => binary("minimum", self, other, resultType([self, other])),
  vjp: {
    self: using("self", "other", ({ grad, self, other }) => shared(grad, self, other, gt(self, other))),
    other: using("self", "other", ({ grad, self, other }) => shared(grad, self, other, lt(self, other))),
  },
  math: { self: "\\bar{s} = \\bar{r}\\ \\text{where}\\ s < o,\\ \\tfrac12\\bar{r}\\ \\text{where equal}" },
  samples: (g) => [[g.randn(2, 3), g.randn(3)]],
});

composite("max.other(Tensor self, Tensor other) -> Tensor", (self, other) => maximum(self, other));
composite("min.other(Tensor self, Tensor other) -> Tensor", (self, other) => minimum(self, other));

const integerPair = (name: "maximum" | "minimum", self: Tensor, other: Tensor, dtype: DType) =>
  intBinary(name, self, other, dtype);

/** As maximum, but a number wins over NaN; self takes the whole gradient of a tie. */
function ignoringNan(name: "fmax" | "fmin", whole: "maximum" | "minimum", wins: typeof ge) {
  const declared = op(
    `${name}(Tensor self, Tensor other) -> Tensor` as "f(Tensor self, Tensor other) -> Tensor",
  );
  declared.define({
    forward: (self, other) => {
      const dtype = resultType([self, other]);
      return dtype.kind === "float"
        ? floatPair(name, self, other, dtype)
        : integerPair(whole, self, other, dtype);
    },
    vjp: {
      self: using("self", "other", ({ grad, self, other }) =>
        masked_fill(grad, logical_not(logical_or(wins(self, other), isnan(other))), 0n),
      ),
      other: using("self", "other", ({ grad, self, other }) =>
        masked_fill(grad, logical_or(wins(self, other), isnan(other)), 0n),
      ),
    },
    samples: (g) => [[g.randn(2, 3), g.randn(3)]],
  });
  return declared;
}
const floatPair = (name: "fmax" | "fmin", self: Tensor, other: Tensor, dtype: DType) =>
  floatBinary(name, self, other, dtype);
export const fmax = ignoringNan("fmax", "maximum", ge);
export const fmin = ignoringNan("fmin", "minimum", le);

// ---- filling ----

function checkMask(mask: Tensor): void {
  if (mask.dtype !== bool) {
    throw runtimeError(
      `masked_fill_ only supports boolean masks, but got mask with dtype ${typeMetaName(mask.dtype)}`,
    );
  }
}

function maskedFill(self: Tensor, mask: Tensor, value: Tensor): Tensor {
  checkMask(mask);
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
  forward: (self, mask, value) => maskedFill(self, mask, wrappedNumber(value)),
  vjp: { self: using("mask", ({ grad, mask }) => masked_fill(grad, mask, 0n)) },
  math: { self: "\\bar{s} = 0\\ \\text{where}\\ m,\\ \\bar{r}\\ \\text{elsewhere}" },
  samples: (g) => [[g.randn(2, 3), g.booleans(2, 3), 1.5]],
});
inPlaceOp("masked_fill_.Scalar(Tensor(a!) self, Tensor mask, Scalar value) -> Tensor(a!)").define({
  forward: (self, mask, value) => maskedFillInPlace(self, mask, wrappedNumber(value)),
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
  forward: maskedFillInPlace,
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

// ---- mixing ----

function sameDtype(self: Tensor, other: Tensor, name: string): void {
  if (self.dtype !== other.dtype) {
    throw runtimeError(
      `expected dtype ${typeMetaName(self.dtype)} for \`${name}\` but got dtype ${typeMetaName(other.dtype)}`,
    );
  }
}

const lerpLoop = (dtype: DType) => (dtype === float32 ? loops.lerp32 : loops.lerp);

export const lerp = op("lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor");
lerp.define({
  forward: (self, end, weight) => {
    sameDtype(self, end, "end");
    requireFloat("lerp_kernel_scalar", self.dtype);
    return ternary(lerpLoop(self.dtype), self, end, wrappedNumber(weight), self.dtype);
  },
  vjp: {
    self: using(({ grad, weight }) => mulScalar(grad, 1 - Number(weight))),
    end: using(({ grad, weight }) => mulScalar(grad, weight)),
  },
  inPlace: true,
  math: { self: "\\bar{s} = (1 - w)\\,\\bar{r}", end: "\\bar{e} = w\\,\\bar{r}" },
  samples: (g) => [
    [g.randn(2, 3), g.randn(3), 0.3],
    [g.randn(2, 3), g.randn(2, 3), 0.8],
  ],
});

export const lerpTensor = op("lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor");
lerpTensor.define({
  forward: (self, end, weight) => {
    sameDtype(self, end, "end");
    sameDtype(self, weight, "weight");
    requireFloat("lerp_kernel_tensor", self.dtype);
    return ternary(lerpLoop(self.dtype), self, end, weight, self.dtype);
  },
  vjp: {
    self: using("weight", ({ grad, weight }) => mul(grad, fromNumber(1, weight))),
    end: using("weight", ({ grad, weight }) => mul(grad, weight)),
    weight: using("self", "end", ({ grad, self, end }) => mul(grad, sub(end, self, 1n))),
  },
  node: "LerpBackward1",
  inPlace: true,
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), g.uniform(0.1, 0.9, 2, 3)]],
});

function mixed(self: Tensor, a: Tensor, b: Tensor, value: Scalar): Tensor {
  const dtype = resultType([self, a, b]);
  if (dtype === bool) throw notImplementedFor("addcmul_cpu_out", bool);
  if (dtype.kind === "float") {
    const loop = dtype === float32 ? loops.addcmul32 : loops.addcmul;
    return ternary(loop, self, a, b, dtype, Number(value));
  }
  const factor = fullOf([], value, dtype);
  const product = intBinary("mul", intBinary("mul", factor, a, dtype), b, dtype);
  return intBinary("add", self, product, dtype);
}

export const addcmul = op(
  "addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
);
addcmul.define({
  forward: mixed,
  vjp: {
    self: using(({ grad }) => grad),
    tensor1: using("tensor2", ({ grad, tensor2, value }) => mul(grad, mulScalar(tensor2, value))),
    tensor2: using("tensor1", ({ grad, tensor1, value }) => mul(grad, mulScalar(tensor1, value))),
  },
  inPlace: true,
  math: {
    self: "\\bar{s} = \\bar{r}",
    tensor1: "\\bar{a} = v\\,b\\,\\bar{r}",
    tensor2: "\\bar{b} = v\\,a\\,\\bar{r}",
  },
  samples: (g) => [[g.randn(2, 3), g.randn(2, 1), g.randn(3), 0.5]],
});

export const addcdiv = op(
  "addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
);
addcdiv.define({
  forward: (self, tensor1, tensor2, value) => {
    if (!tensor1.isFloat && !tensor2.isFloat) {
      throw runtimeError(INTEGER_ADDCDIV);
    }
    const dtype = resultType([self, tensor1, tensor2]);
    const loop = dtype === float32 ? loops.addcdiv32 : loops.addcdiv;
    return ternary(loop, self, tensor1, tensor2, dtype, Number(value));
  },
  vjp: {
    self: using(({ grad }) => grad),
    tensor1: using("tensor2", ({ grad, tensor2, value }) =>
      mul(grad, div(fullOf(tensor2.sizes, value, tensor2.dtype), tensor2)),
    ),
    tensor2: using("tensor1", "tensor2", ({ grad, tensor1, tensor2, value }) =>
      mul(neg(grad), div(mulScalar(tensor1, value), mul(tensor2, tensor2))),
    ),
  },
  inPlace: true,
  math: {
    self: "\\bar{s} = \\bar{r}",
    tensor1: "\\bar{a} = \\bar{r}\\,v / b",
    tensor2: "\\bar{b} = -\\bar{r}\\,v\\,a / b^2",
  },
  samples: (g) => [[g.randn(2, 3), g.randn(2, 1), g.uniform(0.5, 2, 3), 0.5]],
});

const INTEGER_ADDCDIV =
  "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true " +
  "division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * " +
  "torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for " +
  "float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), " +
  "for all dtypes.";
