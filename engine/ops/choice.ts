// Operators that choose between two numbers: where, maximum and its relatives.
import { callbacks } from "../autograd/callbacks";
import { binary, choose, floatBinary, intBinary } from "../kernels/pointwise";
import { bool, type DType, uint8 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { type Tensor, wrappedNumber } from "../tensor/tensor";
import { divScalar } from "./arithmetic";
import { checkFits } from "./checks";
import { eq, ge, gt, isnan, le, logical_not, logical_or, lt } from "./comparison";
import { callInPlace, composite, op, using } from "./define";
import { masked_fill } from "./fill";
import { resultType } from "./promotion";

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
  (condition, self, other) => {
    checkFits(self, resultType([wrappedNumber(self), other]));
    return where(condition, self, other);
  },
  { python: { functions: ["where"], methods: [] } },
);
composite(
  "where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor",
  (condition, self, other) => {
    checkFits(other, resultType([self, wrappedNumber(other)]));
    return where(condition, self, other);
  },
  { python: { functions: ["where"], methods: [] } },
);
composite(
  "where.Scalar(Tensor condition, Scalar self, Scalar other) -> Tensor",
  (condition, self, other) => where(condition, self, other),
  { python: { functions: ["where"], methods: [] } },
);

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
