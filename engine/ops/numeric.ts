// Numerical tools: differences, integrals, quantiles, histograms, norms kept below a bound.

import { callbacks } from "../autograd/callbacks";
import { elementsAs, elementsOf } from "../kernels/strided";
import { bool, float32, float64, int64 } from "../tensor/dtype";
import { notImplemented, runtimeError } from "../tensor/errors";
import { wrapDim } from "../tensor/shape";
import { fromData, type Tensor } from "../tensor/tensor";
import { add, addScalar, div, divScalar, mul, mulScalar, sub } from "./arithmetic";
import { notImplementedFor, requireFloat } from "./checks";
import { where } from "./choice";
import { clamp } from "./clamp";
import { gt, isnan, logical_not, logical_xor, lt } from "./comparison";
import { copy_, to } from "./convert";
import { fullOf, zerosLike } from "./creation";
import { composite, op, using } from "./define";
import { masked_fill } from "./fill";
import { gather } from "./gather";
import { cat } from "./join";
import { mm } from "./matmul";
import { lerpTensor } from "./mix";
import { diag } from "./rearrange";
import { sumDims } from "./reductions";
import { cumsum } from "./scans";
import { silently } from "./silently";
import { sort } from "./sort";
import { linalg_vector_norm, normBackward } from "./spread";
import { ceil, floor, reciprocal, round, sqrt } from "./unary";
import { select, slice, squeeze, t, transpose, unsqueeze, view } from "./view";
import { broadcast_tensors, flatten, narrow } from "./viewComposites";
import { squeezeDim_, transpose_, unsqueeze_ } from "./viewInPlace";

// ---- differences ----

composite(
  "diff(Tensor self, int n=1, int dim=-1, Tensor? prepend=None, Tensor? append=None) -> Tensor",
  (self, n, dim, prepend, append) => {
    if (self.rank === 0) throw runtimeError("diff expects input to be at least one-dimensional");
    if (n < 0) throw runtimeError(`order must be non-negative but got ${n}`);
    const parts = [prepend, self, append].filter((part) => part !== null);
    let result = parts.length > 1 ? cat(parts, dim) : self;
    if (n === 0) return copy_(zerosLike(result), result, false);
    const d = wrapDim(dim, self.rank);
    for (let i = Math.min(n, result.sizes[d]); i > 0; i--) {
      const length = Math.max(result.sizes[d] - 1, 0);
      const later = narrow(result, d, Math.min(1, result.sizes[d]), length);
      const earlier = narrow(result, d, 0, length);
      result = self.dtype === bool ? logical_xor(later, earlier) : sub(later, earlier, 1n);
    }
    return result;
  },
  {
    samples: (g) => [
      [g.randn(4), 1, -1, null, null],
      [g.randn(2, 4), 2, 1, g.randn(2, 1), null],
    ],
  },
);

// ---- integrals ----

/** x_(i+1) - x_i */
function steps(x: Tensor, dim: number): Tensor {
  const earlier = slice(x, dim, 0, -1, 1);
  return sub(slice(x, dim, 1, null, 1), earlier, 1n);
}

/** The widths of the intervals, of a shape that multiplies along `dim`. */
function widths(y: Tensor, x: Tensor, dim: number): Tensor {
  if (x.rank === 1) {
    if (x.sizes[0] !== y.sizes[dim]) {
      throw runtimeError(
        `trapezoid: There must be one \`x\` value for each sample point along the integration dimension, but got ${x.sizes[0]} and ${y.sizes[dim]}`,
      );
    }
    const along = view(
      x,
      y.sizes.map((_, d) => (d === dim ? x.sizes[0] : 1)),
    );
    return steps(along, dim);
  }
  const d = dim - y.rank + x.rank;
  return steps(x, d);
}

/** y_i + y_(i+1) */
function neighbours(y: Tensor, dim: number): Tensor {
  return add(slice(y, dim, 0, -1, 1), slice(y, dim, 1, null, 1), 1n);
}

function zeroSized(y: Tensor, dim: number): Tensor {
  return fullOf(
    y.sizes.filter((_, d) => d !== dim),
    0n,
    y.dtype,
  );
}

const integralNames = { functions: ["trapezoid", "trapz"], methods: [] };
composite(
  "trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor",
  (y, dx, dim) => {
    const d = wrapDim(dim, y.rank);
    if (y.sizes[d] === 0) return zeroSized(y, d);
    const ends = mulScalar(add(select(y, d, 0), select(y, d, -1), 1n), 0.5);
    return mulScalar(sub(sumDims(y, [d], false, null), ends, 1n), Number(dx));
  },
  { python: integralNames, samples: (g) => [[g.randn(2, 4), 0.5, -1]] },
);
composite(
  "trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor",
  (y, x, dim) => {
    const d = wrapDim(dim, y.rank);
    if (y.sizes[d] === 0) return zeroSized(y, d);
    return divScalar(sumDims(mul(neighbours(y, d), widths(y, x, d)), [d], false, null), 2);
  },
  { python: integralNames, samples: (g) => [[g.randn(2, 4), g.randn(4), -1]] },
);
const runningNames = { functions: ["cumulative_trapezoid"], methods: [] };
composite(
  "cumulative_trapezoid.dx(Tensor y, *, Scalar dx=1, int dim=-1) -> Tensor",
  (y, dx, dim) => {
    const d = wrapDim(dim, y.rank);
    return cumsum(mulScalar(neighbours(y, d), Number(dx) / 2), d, null);
  },
  { python: runningNames, samples: (g) => [[g.randn(2, 4), 0.5, -1]] },
);
composite(
  "cumulative_trapezoid.x(Tensor y, Tensor x, *, int dim=-1) -> Tensor",
  (y, x, dim) => {
    const d = wrapDim(dim, y.rank);
    return divScalar(cumsum(mul(neighbours(y, d), widths(y, x, d)), d, null), 2);
  },
  { python: runningNames, samples: (g) => [[g.randn(2, 4), g.randn(4), -1]] },
);

// ---- quantiles ----

const INTERPOLATIONS = ["linear", "lower", "higher", "midpoint", "nearest"];

function quantileOf(
  name: string,
  self: Tensor,
  q: Tensor,
  dim: number | null,
  keepdim: boolean,
  interpolation: string,
  ignoreNan: boolean,
): Tensor {
  if (self.numel === 0) throw runtimeError(`${name}() input tensor must be non-empty`);
  if (q.rank > 1) throw runtimeError(`${name}() q must be a scalar or 1D tensor`);
  if (self.dtype !== float32 && self.dtype !== float64) {
    throw runtimeError(`${name}() input tensor must be either float or double dtype`);
  }
  if (q.dtype !== self.dtype) throw runtimeError(`${name}() q tensor must be same dtype as the input tensor`);
  if (!INTERPOLATIONS.includes(interpolation)) {
    throw runtimeError(
      `${name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got ${interpolation}`,
    );
  }
  if (!Array.from(elementsOf(q), Number).every((each) => each >= 0 && each <= 1)) {
    throw runtimeError(`${name}() q values must be in the range [0, 1]`);
  }
  const d = dim === null ? null : wrapDim(dim, self.rank);
  const reduced =
    d === null || self.rank === 0
      ? self.sizes.map(() => 1).filter(() => keepdim)
      : self.sizes.map((size, i) => (i === d ? 1 : size)).filter((_, i) => keepdim || i !== d);
  const along =
    d === null
      ? sort(flatten(self, 0, -1), -1, false)[0]
      : d === self.rank - 1 || self.rank === 0
        ? sort(self, -1, false)[0]
        : sort(transpose(unsqueeze(self, -1), d, -1), -1, false)[0];
  const length = along.rank === 0 ? 1 : along.sizes[along.rank - 1];
  const sorted = view(along, [...reduced, length]);
  const ranks = silently(() => ranksOf(sorted, q, length, ignoreNan, interpolation));
  const below = to(ranks, int64);
  let values = gather(sorted, -1, below, false);
  if (interpolation === "linear" || interpolation === "midpoint") {
    const weights =
      interpolation === "midpoint" ? fullOf(ranks.sizes, 0.5, ranks.dtype) : sub(ranks, below, 1n);
    values = lerpTensor(values, gather(sorted, -1, to(ceil(ranks), int64), false), weights);
  }
  if (q.rank === 0) return squeezeDim_(values, -1);
  unsqueeze_(values, 0);
  transpose_(values, 0, -1);
  return squeezeDim_(values, -1);
}

/** Places in the sorted numbers, fractional: NaN counts as the greatest, and what meets one becomes NaN. */
function ranksOf(
  sorted: Tensor,
  q: Tensor,
  length: number,
  ignoreNan: boolean,
  interpolation: string,
): Tensor {
  let ranks: Tensor;
  if (ignoreNan) {
    const count = sumDims(logical_not(isnan(sorted)), [-1], true, null);
    ranks = mul(q, sub(count, 1n, 1n));
    ranks = masked_fill(ranks, lt(ranks, 0n), 0n);
  } else {
    const hasNan = gt(sumDims(isnan(sorted), [-1], true, null), 0n);
    const [places, mask] = broadcast_tensors([mul(q, BigInt(length - 1)), hasNan]);
    ranks = masked_fill(places, mask, BigInt(length - 1));
  }
  if (interpolation === "lower") return floor(ranks);
  if (interpolation === "higher") return ceil(ranks);
  return interpolation === "nearest" ? round(ranks) : ranks;
}

type QuantileSchema =
  "f(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor";
type QuantileScalarSchema =
  "f.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor";
for (const name of ["quantile", "nanquantile"]) {
  const ignoreNan = name === "nanquantile";
  composite(
    `${name}(Tensor self, Tensor q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor` as QuantileSchema,
    (self, q, dim, keepdim, interpolation) =>
      quantileOf(name, self, q, dim, keepdim, interpolation, ignoreNan),
  );
  composite(
    `${name}.scalar(Tensor self, float q, int? dim=None, bool keepdim=False, *, str interpolation='linear') -> Tensor` as QuantileScalarSchema,
    (self, q, dim, keepdim, interpolation) => {
      if (!(q >= 0 && q <= 1)) throw runtimeError(`${name}() q must be in the range [0, 1] but got ${q}`);
      const given = fullOf([], q, self.dtype);
      return quantileOf(name, self, given, dim, keepdim, interpolation, ignoreNan);
    },
    {
      samples: (g) => [
        [g.randn(5), 0.3, null, false, "linear"],
        [g.randn(3, 4), 0.6, 0, true, "midpoint"],
        [g.randn(3, 4), 0.6, 1, false, "nearest"],
      ],
    },
  );
}

// ---- norms below a bound ----

function otherDims(self: Tensor, dim: number): number[] {
  const d = wrapDim(dim, self.rank);
  return self.sizes.map((_, i) => i).filter((i) => i !== d);
}

/** Each part along `dim` whose p-norm is above `maxnorm` is scaled down to it. */
export const renorm = op("renorm(Tensor self, Scalar p, int dim, Scalar maxnorm) -> Tensor");
renorm.define({
  forward: (self, p, dim, maxnorm) =>
    silently(() => {
      if (Number(p) <= 0) throw runtimeError("renorm: non-positive-norm not supported");
      if (Number(maxnorm) < 0) {
        throw runtimeError(`renorm: expected maxnorm to be >= 0 but got ${Number(maxnorm)}`);
      }
      if (self.rank < 2) {
        throw runtimeError(`renorm: input needs at least 2 dimensions, got ${self.rank} dimensions`);
      }
      requireFloat("renorm_cpu", self.dtype);
      const norm = linalg_vector_norm(self, p, otherDims(self, dim), true, float64);
      const factor = where(
        gt(norm, maxnorm),
        mulScalar(reciprocal(addScalar(norm, 1e-7)), maxnorm),
        fullOf([], 1, float64),
      );
      return mul(self, to(factor, self.dtype));
    }),
  vjp: {
    self: using("self", ({ grad, self, p, dim, maxnorm }) => {
      const dims = otherDims(self, dim);
      const norm = linalg_vector_norm(self, p, dims, true, float64);
      const incoming = sumDims(mul(self, grad), dims, true, float64);
      const slope = normBackward(incoming, self, Number(p), norm, dims, true) ?? fullOf([], 0, float64);
      const inverse = reciprocal(addScalar(norm, 1e-7));
      const scaled = mul(mulScalar(inverse, maxnorm), sub(grad, mul(inverse, slope), 1n));
      return where(gt(norm, maxnorm), to(scaled, grad.dtype), grad);
    }),
  },
  inPlace: true,
  samples: (g) => [[g.randn(3, 4), 2n, 0, 1.5]],
  gradcheck: { skip: "PyTorch's gradient leaves out the 1e-7 that its result has in the denominator" },
});

// ---- covariance ----

export const cov = composite(
  "cov(Tensor self, *, int correction=1, Tensor? fweights=None, Tensor? aweights=None) -> Tensor",
  (self, correction, fweights, aweights) => {
    if (fweights || aweights) throw notImplemented("torch.cov with weights");
    if (self.rank > 2)
      throw runtimeError(
        `cov(): expected input to have two or fewer dimensions but got an input with ${self.rank} dimensions`,
      );
    if (self.dtype === bool) throw runtimeError("cov(): bool dtype is not supported for input");
    const input = self.rank < 2 ? view(self, [1, self.numel]) : self;
    const count = input.sizes[1];
    const total = fullOf([], BigInt(count), int64);
    const centred = sub(input, unsqueeze(div(sumDims(input, [1], false, null), total), 1), 1n);
    if (count - correction <= 0) {
      callbacks.warn(
        "UserWarning",
        "cov(): degrees of freedom is <= 0. Correction should be strictly less than the number of observations.",
      );
    }
    const degrees = fullOf([], BigInt(Math.max(count - correction, 0)), int64);
    return squeeze(div(mm(centred, t(centred)), degrees));
  },
  { samples: (g) => [[g.randn(2, 4), 1, null, null]] },
);

composite(
  "corrcoef(Tensor self) -> Tensor",
  (self) => {
    if (self.rank > 2)
      throw runtimeError(
        `corrcoef(): expected input to have two or fewer dimensions but got an input with ${self.rank} dimensions`,
      );
    const c = cov(self, 1, null, null);
    if (c.rank === 0) return div(c, c);
    const deviation = sqrt(diag(c, 0));
    const n = c.sizes[0];
    const scaled = div(div(c, view(deviation, [n, 1])), view(deviation, [1, n]));
    return clamp(scaled, -1n, 1n);
  },
  { samples: (g) => [[g.randn(2, 4)]] },
);

// ---- histograms ----

op("histc(Tensor self, int bins=100, Scalar min=0, Scalar max=0) -> Tensor").define({
  forward: (self, bins, min, max) => {
    if (!self.isFloat) throw notImplementedFor("histogram_cpu", self.dtype);
    if (bins <= 0) throw runtimeError(`torch.histogram(): bins must be > 0, but got ${bins} for dimension 0`);
    const data = elementsAs(self, float64) as Float64Array;
    const [low, high] = rangeOf(data, Number(min), Number(max));
    const counts = self.dtype.allocate(bins);
    for (const value of data) {
      if (!(value >= low && value <= high)) continue;
      const bin = Math.floor(((value - low) * bins) / (high - low));
      const at = Math.min(bin, bins - 1);
      counts[at] = (counts[at] as number) + 1;
    }
    return fromData(counts, [bins], self.dtype);
  },
});

function rangeOf(data: Float64Array, min: number, max: number): [number, number] {
  let [low, high] = [min, max];
  if (low === high && data.length > 0) {
    low = data.reduce((least, value) => Math.min(least, value));
    high = data.reduce((most, value) => Math.max(most, value));
  }
  if (low === high) {
    low -= 1;
    high += 1;
  }
  if (!Number.isFinite(low) || !Number.isFinite(high)) {
    throw runtimeError(`torch.histc(): range of [${low}, ${high}] is not finite`);
  }
  if (low > high) throw runtimeError("torch.histc: max must be larger than min");
  return [low, high];
}

op("bincount(Tensor self, Tensor? weights=None, int minlength=0) -> Tensor").define({
  forward: (self, weights, minlength) => {
    if (minlength < 0) throw runtimeError("minlength should be >= 0");
    if (self.rank !== 1 || self.isFloat) {
      if (self.isFloat) throw notImplementedFor("bincount_cpu", self.dtype);
      throw runtimeError("bincount only supports 1-d non-negative integral inputs.");
    }
    const places = Array.from(elementsOf(self), Number);
    if (places.some((place) => place < 0)) {
      throw runtimeError("bincount only supports 1-d non-negative integral inputs.");
    }
    if (weights && (weights.rank !== 1 || weights.numel !== self.numel)) {
      throw runtimeError("weights should be 1-d and have the same length as input");
    }
    const length = places.reduce((most, place) => Math.max(most, place + 1), minlength);
    const dtype = weights === null ? int64 : weights.dtype === float32 ? float32 : float64;
    const counts = new Float64Array(length);
    const factors = weights && elementsOf(weights);
    places.forEach((place, i) => {
      counts[place] += factors ? Number(factors[i]) : 1;
    });
    const data = dtype.allocate(length);
    for (let i = 0; i < length; i++) data[i] = dtype === int64 ? BigInt(counts[i]) : counts[i];
    return fromData(data, [length], dtype);
  },
});
