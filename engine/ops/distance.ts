// How far apart or how alike vectors are.
import { withGrad } from "../autograd/modes";
import { tensorApi } from "../autograd/tensorApi";
import { elementsBroadcast, elementsOf } from "../kernels/strided";
import { type DType, inFloat32 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { broadcastSizes, sameSizes } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { div, mul, sub } from "./arithmetic";
import { requireWide } from "./checks";
import { clamp_min } from "./clamp";
import { eq } from "./comparison";
import { clone, contiguous } from "./convert";
import { callInPlace, composite, op, operator, underivable, using } from "./define";
import { warnOnce } from "./deprecated";
import { masked_fill } from "./fill";
import { cat } from "./join";
import { matmul } from "./matmulComposites";
import { normBackward } from "./spread";
import { addNumber, mulNumber, sumDims } from "./sums";
import { withoutHistory } from "./through";
import { sqrt } from "./unary";
import { expand, unsqueeze, view } from "./view";
import { mT } from "./viewComposites";

function vectorNorm(x: Tensor, p: number, dim: readonly number[], keepdim: boolean): Tensor {
  return operator("linalg_vector_norm").call([x, p, dim, keepdim, null]) as Tensor;
}

/** The same by the name that PyTorch's older norm leaves in the graph. */
const olderNorm = op("norm.ScalarOpt_dim(Tensor self, Scalar? p, int[1] dim, bool keepdim=False) -> Tensor");
olderNorm.define({
  forward: (self, p, dim, keepdim) => withoutHistory(() => vectorNorm(self, Number(p ?? 2n), dim, keepdim)),
  vjp: {
    self: using("result", "self", ({ grad, self, p, dim, keepdim, result }) =>
      normBackward(grad, self, Number(p ?? 2n), result, dim, keepdim),
    ),
  },
  node: "NormBackward1",
  python: { functions: [], methods: [] },
  samples: (g) => [[g.randn(2, 3), 3n, [1], true]],
});

composite(
  "frobenius_norm.dim(Tensor self, int[1] dim, bool keepdim=False) -> Tensor",
  (self, dim, keepdim) => {
    warnOnce(
      "at::frobenius_norm is deprecated and it is just left for JIT compatibility. It will be removed in a future PyTorch " +
        "release. Please use `linalg.vector_norm(A, 2., dim, keepdim)` instead",
    );
    return olderNorm(self, 2n, dim, keepdim);
  },
  { python: { methods: [] } },
);

/** The norm of each vector, but no less than eps; its gradient is that of the norm all the same. */
function lengths(x: Tensor, dim: number, eps: number): Tensor {
  const out = clone(vectorNorm(x, 2, [dim], true), null);
  withGrad(false, () => callInPlace("clamp_min_", out, eps));
  return out;
}

export const cosine_similarity = composite(
  "cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor",
  (x1, x2, dim, eps) => {
    const sizes = broadcastSizes(x1.sizes, x2.sizes);
    const same = sameSizes(x1.sizes, x2.sizes);
    const [a, b] = same ? [x1, x2] : [expand(x1, sizes, false), expand(x2, sizes, false)];
    return sumDims(mul(div(a, lengths(a, dim, eps)), div(b, lengths(b, dim, eps))), [dim]);
  },
  {
    python: { functions: ["cosine_similarity"], methods: [] },
    samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 1, 1e-8]],
  },
);

export const pairwise_distance = composite(
  "pairwise_distance(Tensor x1, Tensor x2, float p=2., float eps=1e-06, bool keepdim=False) -> Tensor",
  (x1, x2, p, eps, keepdim) => olderNorm(addNumber(sub(x1, x2, 1n), eps), p, [-1], keepdim),
  {
    python: { functions: ["pairwise_distance"], methods: [] },
    samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 2, 1e-6, false]],
  },
);

// ---- all pairs ----

/** |d| summed up to a p-norm over `width` numbers. */
function normOf(width: number, p: number, difference: (k: number) => number): number {
  let sum = 0;
  for (let k = 0; k < width; k++) {
    const size = Math.abs(difference(k));
    if (p === 0) sum += size === 0 ? 0 : 1;
    else if (p === Number.POSITIVE_INFINITY) sum = Number.isNaN(size) ? size : Math.max(sum, size);
    else sum += p === 1 ? size : p === 2 ? size * size : size ** p;
  }
  if (p === 2) return Math.sqrt(sum);
  return p === 0 || p === 1 || p === Number.POSITIVE_INFINITY ? sum : sum ** (1 / p);
}

/** How a difference of `d` moves a p-norm that is `norm`. */
function slopeOf(d: number, norm: number, p: number): number {
  if (p === 0) return 0;
  if (p === 1) return Math.sign(d);
  if (p === Number.POSITIVE_INFINITY) return Math.abs(d) === norm ? Math.sign(d) : 0;
  if (norm === 0 || (d === 0 && p < 1)) return 0;
  if (p === 2) return d / norm;
  return (Math.sign(d) * Math.abs(d) ** (p - 1)) / norm ** (p - 1);
}

/** A difference is rounded before it is compared with a norm. */
function roundingOf(dtype: DType): (value: number) => number {
  return inFloat32(dtype) ? Math.fround : (value) => value;
}

const internal = { functions: [], methods: [] };
type Numbers = Float64Array;

const _cdist_forward = op("_cdist_forward(Tensor x1, Tensor x2, float p, int? compute_mode) -> Tensor");
const _cdist_backward = op(
  "_cdist_backward(Tensor grad, Tensor x1, Tensor x2, float p, Tensor cdist) -> Tensor",
);
_cdist_forward.define({
  forward: (x1, x2, p) => {
    requireWide("cdist", x1.dtype);
    const outer = broadcastSizes(x1.sizes.slice(0, -2), x2.sizes.slice(0, -2));
    const [rows, width] = x1.sizes.slice(-2);
    const columns = x2.sizes[x2.rank - 2];
    const a = elementsBroadcast(x1, [...outer, rows, width]) as Numbers;
    const b = elementsBroadcast(x2, [...outer, columns, width]) as Numbers;
    const out = empty([...outer, rows, columns], x1.dtype);
    const round = roundingOf(x1.dtype);
    const data = out.storage.data as Numbers;
    for (let i = 0; i < data.length; i++) {
      const batch = Math.floor(i / (rows * columns));
      const from = (batch * rows + (Math.floor(i / columns) % rows)) * width;
      const to = (batch * columns + (i % columns)) * width;
      data[i] = normOf(width, p, (k) => round(a[from + k] - b[to + k]));
    }
    return out;
  },
  vjp: {
    x1: using("result", "x1", "x2", ({ grad, x1, x2, p, result }) =>
      tensorApi.sumTo(_cdist_backward(tensorApi.contiguousClone(grad), x1, x2, p, result), x1.sizes),
    ),
    x2: using("result", "x1", "x2", ({ grad, x1, x2, p, result }) => {
      const turned = tensorApi.contiguousClone(mT(grad));
      return tensorApi.sumTo(
        _cdist_backward(turned, x2, x1, p, tensorApi.contiguousClone(mT(result))),
        x2.sizes,
      );
    }),
  },
  node: "CdistBackward0",
  python: internal,
  math: {
    x1: "\\bar{a}_i = \\sum_j \\bar{r}_{ij}\\,\\operatorname{sgn}(d)\\,|d|^{p-1} / r_{ij}^{p-1},\\quad d = a_i - b_j",
  },
  gradcheck: { skip: "PyTorch has no second derivative here; the first is checked against recorded ones" },
  samples: (g) => [[g.randn(2, 3), g.randn(4, 3), 2, null]],
});
_cdist_backward.define({
  forward: (grad, x1, x2, p, cdist) => {
    const outer = cdist.sizes.slice(0, -2);
    const [rows, columns] = cdist.sizes.slice(-2);
    const width = x1.sizes[x1.rank - 1];
    const a = elementsBroadcast(x1, [...outer, rows, width]) as Numbers;
    const b = elementsBroadcast(x2, [...outer, columns, width]) as Numbers;
    const g = elementsOf(grad) as Numbers;
    const norms = elementsOf(cdist) as Numbers;
    const round = roundingOf(x1.dtype);
    const sums = new Float64Array(a.length);
    for (let i = 0; i < norms.length; i++) {
      const batch = Math.floor(i / (rows * columns));
      const from = (batch * rows + (Math.floor(i / columns) % rows)) * width;
      const to = (batch * columns + (i % columns)) * width;
      for (let k = 0; k < width; k++)
        sums[from + k] += g[i] * slopeOf(round(a[from + k] - b[to + k]), norms[i], p);
    }
    const data = x1.dtype.allocate(sums.length) as Numbers;
    data.set(sums);
    return fromData(data, [...outer, rows, width], x1.dtype);
  },
  vjp: {
    grad: underivable("_cdist_backward"),
    x1: underivable("_cdist_backward"),
    x2: underivable("_cdist_backward"),
    cdist: underivable("_cdist_backward"),
  },
  node: "CdistBackwardBackward0",
  python: internal,
  gradcheck: { skip: "PyTorch has no derivative here" },
  samples: (g) => [[g.randn(2, 2), g.randn(2, 3), g.randn(2, 3), 2, g.uniform(1, 2, 2, 2)]],
});

/** By one matrix product: |a|² + |b|² − 2·a·b. */
const _euclidean_dist = op("_euclidean_dist(Tensor x1, Tensor x2) -> Tensor");
_euclidean_dist.define({
  forward: (x1, x2) =>
    withoutHistory(() => {
      const squares = (x: Tensor) => sumDims(mul(x, x), [-1], true);
      const [a, b] = [squares(x1), squares(x2)];
      const left = cat([mulNumber(x1, -2), a, tensorApi.onesLike(a)], -1);
      const right = cat([x2, tensorApi.onesLike(b), b], -1);
      return sqrt(clamp_min(matmul(left, mT(right)), 0n));
    }),
  vjp: {
    x1: using("result", "x1", "x2", ({ grad, x1, x2, result }) => {
      const ratio = ratioOf(grad, result);
      return sub(mul(x1, sumDims(ratio, [-1], true)), matmul(ratio, x2), 1n);
    }),
    x2: using("result", "x1", "x2", ({ grad, x1, x2, result }) => {
      const ratio = ratioOf(grad, result);
      return sub(mul(x2, unsqueeze(sumDims(ratio, [-2], false), -1)), matmul(mT(ratio), x1), 1n);
    }),
  },
  python: internal,
  math: { x1: "\\bar{a}_i = \\sum_j \\bar{r}_{ij}\\,(a_i - b_j) / r_{ij}" },
  samples: (g) => [[g.randn(2, 3), g.randn(4, 3)]],
});
function ratioOf(grad: Tensor, distance: Tensor): Tensor {
  return masked_fill(div(grad, distance), eq(distance, 0n), 0n);
}

function checkCdist(x1: Tensor, x2: Tensor, p: number): void {
  for (const [name, x] of [
    ["X1", x1],
    ["X2", x2],
  ] as const) {
    if (x.dtype.kind !== "float") {
      throw runtimeError(`cdist only supports floating-point dtypes, ${name} got: ${x.dtype.scalarName}`);
    }
  }
  for (const [name, x] of [
    ["X1", x1],
    ["X2", x2],
  ] as const) {
    if (x.rank < 2) throw runtimeError(`cdist only supports at least 2D tensors, ${name} got: ${x.rank}D`);
  }
  const [a, b] = [x1.sizes[x1.rank - 1], x2.sizes[x2.rank - 1]];
  if (a !== b) throw runtimeError(`X1 and X2 must have the same number of columns. X1: ${a} X2: ${b}`);
  if (p < 0) throw runtimeError("cdist only supports non-negative p values");
}

composite(
  "cdist(Tensor x1, Tensor x2, float p=2., int? compute_mode=None) -> Tensor",
  (x1, x2, p, compute_mode) => {
    checkCdist(x1, x2, p);
    const many = x1.sizes[x1.rank - 2] > 25 || x2.sizes[x2.rank - 2] > 25;
    const byProduct = compute_mode === 1 || ((compute_mode ?? 0) === 0 && many);
    if (p !== 2 || !byProduct) return _cdist_forward(x1, x2, p, compute_mode);
    const outer = broadcastSizes(x1.sizes.slice(0, -2), x2.sizes.slice(0, -2));
    const wide = (x: Tensor) => {
      const sizes = [...outer, ...x.sizes.slice(-2)];
      return sameSizes(sizes, x.sizes) ? x : expand(x, sizes, false);
    };
    const found = _euclidean_dist(wide(x1), wide(x2));
    return view(found, [...outer, x1.sizes[x1.rank - 2], x2.sizes[x2.rank - 2]]);
  },
  { python: internal },
);

// ---- all pairs of one ----

const _pdist_forward = op("_pdist_forward(Tensor self, float p=2.) -> Tensor");
const _pdist_backward = op("_pdist_backward(Tensor grad, Tensor self, float p, Tensor pdist) -> Tensor");

function forEachPair(count: number, visit: (i: number, j: number, k: number) => void): void {
  for (let i = 0, k = 0; i < count; i++) for (let j = i + 1; j < count; j++) visit(i, j, k++);
}
_pdist_forward.define({
  forward: (self, p) => {
    requireWide("pdist", self.dtype);
    const [count, width] = self.sizes;
    const data = elementsOf(self) as Numbers;
    const out = empty([Math.max((count * (count - 1)) / 2, 0)], self.dtype);
    const round = roundingOf(self.dtype);
    const to = out.storage.data as Numbers;
    forEachPair(count, (i, j, k) => {
      to[k] = normOf(width, p, (c) => round(data[i * width + c] - data[j * width + c]));
    });
    return out;
  },
  vjp: {
    self: using("result", "self", ({ grad, self, p, result }) => _pdist_backward(grad, self, p, result)),
  },
  node: "PdistBackward0",
  python: internal,
  math: { self: "\\bar{s}_i = \\sum_j \\bar{r}_{ij}\\,\\operatorname{sgn}(d)\\,|d|^{p-1} / r_{ij}^{p-1}" },
  gradcheck: { skip: "PyTorch has no second derivative here; the first is checked against recorded ones" },
  samples: (g) => [[g.randn(4, 3), 2]],
});
_pdist_backward.define({
  forward: (grad, self, p, pdist) => {
    const [count, width] = self.sizes;
    const data = elementsOf(self) as Numbers;
    const g = elementsOf(grad) as Numbers;
    const norms = elementsOf(pdist) as Numbers;
    const round = roundingOf(self.dtype);
    const out = empty(self.sizes, self.dtype);
    const to = out.storage.data as Numbers;
    forEachPair(count, (i, j, k) => {
      for (let c = 0; c < width; c++) {
        const part = g[k] * slopeOf(round(data[i * width + c] - data[j * width + c]), norms[k], p);
        to[i * width + c] += part;
        to[j * width + c] -= part;
      }
    });
    return out;
  },
  vjp: {
    grad: underivable("_pdist_backward"),
    self: underivable("_pdist_backward"),
    pdist: underivable("_pdist_backward"),
  },
  node: "PdistBackwardBackward0",
  python: internal,
  gradcheck: { skip: "PyTorch has no derivative here" },
  samples: (g) => [[g.randn(3), g.randn(3, 2), 2, g.uniform(1, 2, 3)]],
});
composite(
  "pdist(Tensor self, float p=2.) -> Tensor",
  (self, p) => {
    if (self.rank !== 2) throw runtimeError(`pdist only supports 2D tensors, got: ${self.rank}D`);
    if (self.dtype.kind !== "float") throw runtimeError("pdist only supports floating-point dtypes");
    if (p < 0) throw runtimeError("pdist only supports non-negative p values");
    return _pdist_forward(self.isContiguous() ? self : contiguous(self, 0), p);
  },
  { python: { functions: ["pdist", "nn.functional.pdist"], methods: [] } },
);
