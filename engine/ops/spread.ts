// Variance, standard deviation and norms: how far numbers spread.
import { callbacks } from "../autograd/callbacks";
import { copyAs } from "../kernels/pointwise";
import { normOf, varianceOf } from "../kernels/reduce";
import { reducedSizes, rowsOf } from "../kernels/rows";
import { type DType, float64 } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import { type Sizes, wrapDim } from "../tensor/shape";
import { fromData, type Scalar, type Tensor } from "../tensor/tensor";
import { add, div, mul, mulScalar, pow, sub, subForward } from "./arithmetic";
import { where } from "./choice";
import { eq, isnan, logical_or } from "./comparison";
import { fullOf } from "./creation";
import { callInPlace, composite, type Operator, op, using } from "./define";
import { masked_fill } from "./fill";
import { dimsOf, mean, meanDims, restoreDims, sumBackward, sumDims } from "./reductions";
import { abs, neg, sgn } from "./unary";

// ---- variance and standard deviation ----

interface Spread {
  variance: Float64Array;
  mean: Float64Array;
  sizes: number[];
}

function spreadOf(
  self: Tensor,
  dim: readonly number[] | null,
  correction: Scalar | null,
  keepdim: boolean,
  name: string,
): Spread {
  if (!self.isFloat) {
    const what = name.endsWith("_mean") ? name : "std and var";
    throw runtimeError(`${what} only support floating point and complex dtypes`);
  }
  const dims = dimsOf(dim, self.rank);
  const rows = rowsOf(self, dims);
  const by = Number(correction ?? 1);
  if (rows.count > 0 && rows.width - by <= 0) {
    callbacks.warn(
      "UserWarning",
      `${name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction factor (input ` +
        "numel divided by output numel).",
    );
  }
  return { ...varianceOf(rows, by), sizes: reducedSizes(self.sizes, dims, keepdim) };
}

function doubles(values: Float64Array, sizes: Sizes, dtype: DType): Tensor {
  const tensor = fromData(values, sizes, float64);
  return dtype === float64 ? tensor : copyAs(tensor, dtype);
}

/** 2 / (n - correction) · ḡ · (s - mean) */
function varBackward(
  grad: Tensor,
  self: Tensor,
  dim: readonly number[] | null,
  correction: Scalar | null,
  keepdim: boolean,
): Tensor {
  const whole = self.rank === 0 || dim === null;
  // An empty list reduces everything, but PyTorch's formula multiplies over the list, which gives 1.
  const dims = whole ? dimsOf(null, self.rank) : (dim ?? []).map((d) => wrapDim(d, self.rank));
  const count = dims.reduce((product, d) => product * self.sizes[d], 1);
  const degrees = count - Number(correction ?? 1);
  const incoming = whole || keepdim || self.rank <= 1 ? grad : restoreDims(grad, dim, self.rank, false);
  const centre = () => (whole ? mean(self, null) : meanDims(self, dim, true, null));
  if (whole && degrees <= 0) {
    const undefinedSlope = where(
      eq(self, centre()),
      fullOf([], Number.NaN, grad.dtype),
      fullOf([], Number.POSITIVE_INFINITY, grad.dtype),
    );
    return mul(incoming, undefinedSlope);
  }
  return mul(mulScalar(incoming, 2 / degrees), sub(self, centre(), 1n));
}

function stdBackward(
  grad: Tensor,
  self: Tensor,
  result: Tensor,
  dim: readonly number[] | null,
  correction: Scalar | null,
  keepdim: boolean,
): Tensor {
  const ofVariance = masked_fill(div(grad, mulScalar(result, 2n)), eq(result, 0n), 0n);
  return varBackward(ofVariance, self, dim, correction, keepdim);
}

export const variance = op(
  "var.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
);
variance.define({
  forward: (self, dim, correction, keepdim) => {
    const { variance: values, sizes } = spreadOf(self, dim, correction, keepdim, "var");
    return doubles(values, sizes, self.dtype);
  },
  vjp: {
    self: using("self", ({ grad, self, dim, correction, keepdim }) =>
      varBackward(grad, self, dim, correction, keepdim),
    ),
  },
  math: { self: "\\bar{s}_i = \\bar{r}\\,\\frac{2}{n - c}\\,(s_i - \\mu)" },
  samples: (g) => [
    [g.randn(2, 3), null, null, false],
    [g.randn(2, 3), [0], 0n, true],
    [g.randn(4, 3, 2), [0, 2], 1n, false],
  ],
});

export const std = op(
  "std.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> Tensor",
);
std.define({
  forward: (self, dim, correction, keepdim) => {
    const { variance: values, sizes } = spreadOf(self, dim, correction, keepdim, "std");
    return doubles(values.map(Math.sqrt), sizes, self.dtype);
  },
  vjp: {
    self: using("self", "result", ({ grad, self, dim, correction, keepdim, result }) =>
      stdBackward(grad, self, result, dim, correction, keepdim),
    ),
  },
  math: { self: "\\bar{s}_i = \\bar{r}\\,\\frac{s_i - \\mu}{(n - c)\\,r}" },
  samples: (g) => [
    [g.randn(2, 3), null, null, false],
    [g.randn(3, 3), [0], 1n, true],
  ],
});

type UnbiasedSchema = "f(Tensor self, bool unbiased=True) -> Tensor";
type UnbiasedDimSchema = "f.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor";
for (const [name, full] of [
  ["var", variance],
  ["std", std],
] as const) {
  composite(`${name}(Tensor self, bool unbiased=True) -> Tensor` as UnbiasedSchema, (self, unbiased) =>
    full(self, null, unbiased ? 1n : 0n, false),
  );
  composite(
    `${name}.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> Tensor` as UnbiasedDimSchema,
    (self, dim, unbiased, keepdim) => full(self, dim, unbiased ? 1n : 0n, keepdim),
  );
}

/** mean's part of the gradient of a pair. */
function meanPart(grad: Tensor, self: Tensor, dim: readonly number[] | null, keepdim: boolean): Tensor {
  const count = dimsOf(dim, self.rank).reduce((product, d) => product * self.sizes[d], 1);
  const spread =
    dim === null ? sumBackward(grad, self.sizes, null, keepdim) : sumBackward(grad, self.sizes, dim, keepdim);
  return mulScalar(spread, 1 / count);
}

type PairSchema =
  "f.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor result0, Tensor result1)";
function withMean(name: "var_mean" | "std_mean"): Operator<PairSchema> {
  const declared = op(
    `${name}.correction(Tensor self, int[1]? dim=None, *, Scalar? correction=None, bool keepdim=False) -> (Tensor result0, Tensor result1)` as PairSchema,
  );
  const isStd = name === "std_mean";
  const compute = (
    [first, second]: (Tensor | null)[],
    self: Tensor,
    result0: Tensor | null,
    dim: readonly number[] | null,
    correction: Scalar | null,
    keepdim: boolean,
  ) => {
    const parts: Tensor[] = [];
    if (first && result0) parts.push(stdBackward(first, self, result0, dim, correction, keepdim));
    else if (first) parts.push(varBackward(first, self, dim, correction, keepdim));
    if (second) parts.push(meanPart(second, self, dim, keepdim));
    return parts.length === 2 ? add(parts[0], parts[1], 1n) : (parts[0] ?? null);
  };
  declared.define({
    forward: (self, dim, correction, keepdim) => {
      const { variance: values, mean: means, sizes } = spreadOf(self, dim, correction, keepdim, name);
      return [
        doubles(isStd ? values.map(Math.sqrt) : values, sizes, self.dtype),
        doubles(means, sizes, self.dtype),
      ];
    },
    vjp: {
      self: isStd
        ? using("self", "result0", ({ grads, self, result0, dim, correction, keepdim }) =>
            compute(grads, self, result0, dim, correction, keepdim),
          )
        : using("self", ({ grads, self, dim, correction, keepdim }) =>
            compute(grads, self, null, dim, correction, keepdim),
          ),
    },
    samples: (g) => [
      [g.randn(2, 3), null, null, false],
      [g.randn(3, 3), [0], 1n, true],
    ],
  });
  type Unbiased = "f(Tensor self, bool unbiased=True) -> (Tensor, Tensor)";
  type UnbiasedDim =
    "f.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)";
  composite(`${name}(Tensor self, bool unbiased=True) -> (Tensor, Tensor)` as Unbiased, (self, unbiased) =>
    declared(self, null, unbiased ? 1n : 0n, false),
  );
  composite(
    `${name}.dim(Tensor self, int[1]? dim, bool unbiased=True, bool keepdim=False) -> (Tensor, Tensor)` as UnbiasedDim,
    (self, dim, unbiased, keepdim) => declared(self, dim, unbiased ? 1n : 0n, keepdim),
  );
  return declared;
}
export const var_mean = withMean("var_mean");
export const std_mean = withMean("std_mean");

// ---- norms ----

function vectorNorm(
  self: Tensor,
  ord: Scalar,
  dim: readonly number[] | null,
  keepdim: boolean,
  dtype: DType | null,
): Tensor {
  if (!self.isFloat) {
    throw runtimeError(
      `linalg.vector_norm: Expected a floating point or complex tensor as input. Got ${self.dtype.scalarName}`,
    );
  }
  const p = Number(ord);
  const dims = dimsOf(dim, self.rank);
  const source = dtype === null || dtype === self.dtype ? self : copyAs(self, dtype);
  const rows = rowsOf(source, dims);
  if (rows.width === 0 && (p < 0 || p === Number.POSITIVE_INFINITY)) refuseEmpty(self, dim, p);
  return fromData(normOf(rows, p, source.dtype), reducedSizes(self.sizes, dims, keepdim), source.dtype);
}

function refuseEmpty(self: Tensor, dim: readonly number[] | null, p: number): void {
  const order = p === Number.POSITIVE_INFINITY ? "inf" : p === Number.NEGATIVE_INFINITY ? "-inf" : String(p);
  if (dim === null || dim.length === 0) {
    throw runtimeError(
      `linalg.vector_norm cannot compute the ${order} norm on an empty tensor because the operation does not have an identity`,
    );
  }
  const empty = dimsOf(dim, self.rank).find((d) => self.sizes[d] === 0);
  throw runtimeError(
    `linalg.vector_norm cannot compute the ${order} norm on the dimension ${empty}because this dimension is empty ` +
      "and the operation does not have an identity",
  );
}

/** The gradient of a p-norm, with PyTorch's choices where it has none: 0 at the zero vector. */
export function normBackward(
  grad: Tensor,
  self: Tensor,
  p: number,
  norm: Tensor,
  dim: readonly number[] | null,
  keepdim: boolean,
): Tensor | null {
  const incoming = restoreDims(grad, dim, self.rank, keepdim);
  const result = restoreDims(norm, dim, self.rank, keepdim);
  if (p === 0) return null;
  if (p === 1) return mul(sgn(self), incoming);
  if (p === 2)
    return mul(incoming, callInPlace("masked_fill_.Scalar", div(self, result), eq(result, 0n), 0n));
  if (!Number.isFinite(p)) {
    const size = abs(self);
    const reached = logical_or(eq(size, result), isnan(size));
    return mul(sgn(self), mul(div(incoming, sumDims(reached, dim ?? [], true, null)), reached));
  }
  if (p < 1) {
    const powered = callInPlace(
      "masked_fill_.Scalar",
      callInPlace("pow_.Tensor_Scalar", abs(self), p - 1),
      eq(self, 0n),
      0n,
    );
    return mul(mul(mul(sgn(self), powered), incoming), pow(result, 1 - p));
  }
  const scaled =
    p < 2
      ? mul(sgn(self), callInPlace("pow_.Tensor_Scalar", abs(self), p - 1))
      : mul(self, callInPlace("pow_.Tensor_Scalar", abs(self), p - 2));
  const by = callInPlace("masked_fill_.Scalar", div(incoming, pow(result, p - 1)), eq(result, 0n), 0n);
  return mul(scaled, by);
}

export const linalg_vector_norm = op(
  "linalg_vector_norm(Tensor self, Scalar ord=2, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
);
linalg_vector_norm.define({
  forward: vectorNorm,
  vjp: {
    self: using("self", "result", ({ grad, self, ord, dim, keepdim, result }) =>
      normBackward(grad, self, Number(ord), result, dim, keepdim),
    ),
  },
  python: { functions: ["linalg.vector_norm"], methods: [] },
  math: { self: "\\bar{s}_i = \\bar{r}\\,\\operatorname{sgn}(s_i)\\,|s_i|^{p-1} / r^{p-1}" },
  samples: (g) => [
    [g.randn(2, 3), 2n, null, false, null],
    [g.randn(2, 3), 1n, [0], false, null],
    [g.randn(2, 3), 3n, [1], true, null],
    [g.uniform(0.5, 2, 2, 3), 0.5, [1], false, null],
    [g.randn(2, 3), 1.5, null, false, null],
    [g.randn(2, 3), Number.POSITIVE_INFINITY, null, false, null],
  ],
});

/** The p-norm of the difference. */
export const dist = op("dist(Tensor self, Tensor other, Scalar p=2) -> Tensor");
dist.define({
  forward: (self, other, p) => {
    const difference = subForward(self, other, 1n);
    if (!difference.isFloat) {
      throw new TorchError(
        "RuntimeError",
        `norm(): input dtype should be either floating point or complex. Got ${difference.dtype.scalarName} instead.`,
      );
    }
    return vectorNorm(difference, p, null, false, null);
  },
  vjp: {
    self: using("self", "other", "result", ({ grad, self, other, p, result }) =>
      normBackward(grad, sub(self, other, 1n), Number(p), result, null, true),
    ),
    other: using("self", "other", "result", ({ grad, self, other, p, result }) => {
      const part = normBackward(grad, sub(self, other, 1n), Number(p), result, null, true);
      return part && neg(part);
    }),
  },
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 2n]],
});
