// Sums, means, products and norms: reductions whose gradient goes to every element.
import { copyAs, floatBinary } from "../kernels/pointwise";
import { prodFloats, prodWhole, sumWhole } from "../kernels/reduce";
import { reducedSizes, rowsOf } from "../kernels/rows";
import { elementsAs } from "../kernels/strided";
import { sumFloats } from "../kernels/sum";
import { type Data, type DType, float64, int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { isExpandableTo, type Sizes, sameSizes, sizesText, wrapDim, wrapDims } from "../tensor/shape";
import { fromData, scalarTensor, type Tensor } from "../tensor/tensor";
import { add, div, divScalar, mul, mulScalar } from "./arithmetic";
import { where } from "./choice";
import { isnan, logical_not } from "./comparison";
import { to } from "./convert";
import { fullOf } from "./creation";
import { composite, op, using } from "./define";
import { cat } from "./join";
import { flip } from "./rearrange";
import { cumprod } from "./scans";
import { expand, unsqueeze, view } from "./view";
import { narrow } from "./viewComposites";

/** Dimensions to reduce; a 0-dim tensor has none, whatever is asked of it. */
export function dimsOf(dims: readonly number[] | null, rank: number): number[] {
  const wrapped = wrapDims(dims, rank);
  return rank === 0 ? [] : wrapped;
}

/** `grad` with the reduced dimensions back as ones; of a reduction of all of them it stays a scalar. */
export function restoreDims(
  grad: Tensor,
  dims: readonly number[] | null,
  rank: number,
  keepdim: boolean,
): Tensor {
  if (keepdim || rank === 0 || dims === null || dims.length === 0) return grad;
  return dimsOf(dims, rank)
    .sort((a, b) => a - b)
    .reduce((restored, dim) => unsqueeze(restored, dim), grad);
}

function expandTo(grad: Tensor, sizes: Sizes): Tensor {
  return expand(grad, sizes, false);
}

// ---- sum ----

function totalDtype(self: Tensor, dtype: DType | null): DType {
  return dtype ?? (self.isFloat ? self.dtype : int64);
}

export function sumOf(self: Tensor, dims: number[], keepdim: boolean, dtype: DType | null): Tensor {
  const total = totalDtype(self, dtype);
  const sizes = reducedSizes(self.sizes, dims, keepdim);
  if (total.kind === "float") return fromData(sumFloats(self, dims, total), sizes, total);
  const source = self.isFloat ? copyAs(self, int64) : self;
  const sums: Data = sumWhole(rowsOf(source, dims));
  return total === int64 ? fromData(sums, sizes, int64) : copyAs(fromData(sums, sizes, int64), total);
}

export const sum = op("sum(Tensor self, *, ScalarType? dtype=None) -> Tensor");
sum.define({
  forward: (self, dtype) => sumOf(self, dimsOf(null, self.rank), false, dtype),
  vjp: { self: using(({ grad, self }) => expandTo(grad, self.sizes)) },
  math: { self: "\\bar{s}_i = \\bar{r}" },
  samples: (g) => [[g.randn(2, 3), null]],
});

/** The gradient of a sum over `dims`. An empty list is every dimension. */
export function sumBackward(
  grad: Tensor,
  sizes: Sizes,
  dims: readonly number[] | null,
  keepdim: boolean,
): Tensor {
  return expandTo(restoreDims(grad, dims, sizes.length, keepdim), sizes);
}

export const sumDims = op(
  "sum.dim_IntList(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
);
sumDims.define({
  forward: (self, dim, keepdim, dtype) => sumOf(self, dimsOf(dim, self.rank), keepdim, dtype),
  vjp: { self: using(({ grad, self, dim, keepdim }) => sumBackward(grad, self.sizes, dim, keepdim)) },
  node: "SumBackward1",
  math: { self: "\\bar{s}_{ij} = \\bar{r}_i" },
  samples: (g) => [
    [g.randn(2, 3), [0], false, null],
    [g.randn(2, 3, 2), [0, -1], true, null],
  ],
});

export const nansum = op(
  "nansum(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
);
nansum.define({
  forward: (self, dim, keepdim, dtype) => {
    const numbers = self.isFloat ? where(isnan(self), scalarTensor(0n, self.dtype), self) : self;
    return sumOf(numbers, dimsOf(dim, self.rank), keepdim, dtype);
  },
  vjp: {
    self: using("self", ({ grad, self, dim, keepdim }) =>
      mul(sumBackward(to(grad, self.dtype), self.sizes, dim, keepdim), logical_not(isnan(self))),
    ),
  },
  samples: (g) => [[g.randn(2, 3), [0], false, null]],
});

/** Sums to a shape that `tensor`'s was broadcast from; differentiable. */
export function sumTo(tensor: Tensor, sizes: Sizes): Tensor {
  if (sizes.length === 0) return sum(tensor, null);
  const leading = tensor.rank - sizes.length;
  const dims: number[] = [];
  for (let d = 0; d < tensor.rank; d++) {
    if (d < leading || (sizes[d - leading] === 1 && tensor.sizes[d] !== 1)) dims.push(d);
  }
  const summed = dims.length > 0 ? sumDims(tensor, dims, true, null) : tensor;
  return leading > 0 ? view(summed, sizes) : summed;
}

composite(
  "sum_to_size(Tensor self, int[] size) -> Tensor",
  (self, size) => {
    if (!isExpandableTo(size, self.sizes)) {
      throw runtimeError(`size {${sizesText(size)}} is not expandable to size {${sizesText(self.sizes)}}.`);
    }
    return sameSizes(self.sizes, size) ? self : sumTo(self, size);
  },
  { python: { functions: [], methods: ["sum_to_size"] }, samples: (g) => [[g.randn(2, 3), [3]]] },
);

// ---- mean ----

function meanOf(self: Tensor, dims: number[], keepdim: boolean, dtype: DType | null): Tensor {
  const result = dtype ?? self.dtype;
  if (result.kind !== "float") {
    const what =
      dtype === null
        ? "could not infer output dtype. Input dtype"
        : "could not infer output dtype. Optional dtype";
    throw runtimeError(
      `mean(): ${what} must be either a floating point or complex dtype. Got: ${result.scalarName}`,
      { kind: "mean-dtype" },
    );
  }
  const count = dims.reduce((product, d) => product * self.sizes[d], 1);
  const total = sumOf(self, dims, keepdim, result);
  return floatBinary("div", total, scalarTensor(count, result), result);
}

export const mean = op("mean(Tensor self, *, ScalarType? dtype=None) -> Tensor");
mean.define({
  forward: (self, dtype) => meanOf(self, dimsOf(null, self.rank), false, dtype),
  vjp: {
    self: using(({ grad, self }) => divScalar(expandTo(grad, self.sizes), BigInt(self.numel))),
  },
  math: { self: "\\bar{s}_i = \\bar{r} / n" },
  samples: (g) => [[g.randn(2, 3), null]],
});

export const meanDims = op(
  "mean.dim(Tensor self, int[1]? dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
);
meanDims.define({
  forward: (self, dim, keepdim, dtype) => meanOf(self, dimsOf(dim, self.rank), keepdim, dtype),
  vjp: {
    self: using(({ grad, self, dim, keepdim }) =>
      divScalar(
        sumBackward(grad, self.sizes, dim, keepdim),
        BigInt(dimsOf(dim, self.rank).reduce((product, d) => product * self.sizes[d], 1)),
      ),
    ),
  },
  node: "MeanBackward1",
  math: { self: "\\bar{s}_{ij} = \\bar{r}_i / n" },
  samples: (g) => [
    [g.randn(2, 3), [0], false, null],
    [g.randn(2, 3, 2), [0, -1], true, null],
  ],
});

composite(
  "nanmean(Tensor self, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
  (self, dim, keepdim, dtype) => {
    const count = sumDims(logical_not(isnan(self)), dim ?? [], keepdim, null);
    return div(nansum(self, dim, keepdim, dtype), count);
  },
  { samples: (g) => [[g.randn(2, 3), [0], false, null]] },
);

// ---- product ----

function prodOf(self: Tensor, dims: number[], keepdim: boolean, dtype: DType | null): Tensor {
  const total = totalDtype(self, dtype);
  const sizes = reducedSizes(self.sizes, dims, keepdim);
  const source = self.dtype === total || (!self.isFloat && total === int64) ? self : copyAs(self, total);
  const rows = rowsOf(source, dims);
  if (total.kind === "float") return fromData(prodFloats(rows, total), sizes, total);
  const products = fromData(prodWhole(rows), sizes, int64);
  return total === int64 ? products : copyAs(products, total);
}

function hasZero(self: Tensor): boolean {
  return elementsAs(self, float64).includes(0 as never);
}

/** Each element's gradient is the product of all others: the ones before it times the ones after it. */
function productOfOthers(grad: Tensor, self: Tensor, dim: number): Tensor {
  const size = self.sizes[dim];
  if (self.numel === 0) return expandTo(grad, self.sizes);
  if (size === 1) return grad;
  const one = fullOf(
    self.sizes.map((each, d) => (d === dim ? 1 : each)),
    1n,
    grad.dtype,
  );
  const before = cumprod(cat([one, narrow(self, dim, 0, size - 1)], dim), dim, null);
  const reversed = flip(narrow(self, dim, 1, size - 1), [dim]);
  const after = flip(cumprod(cat([one, reversed], dim), dim, null), [dim]);
  return mul(grad, mul(before, after));
}

export const prod = op("prod(Tensor self, *, ScalarType? dtype=None) -> Tensor");
prod.define({
  forward: (self, dtype) => prodOf(self, dimsOf(null, self.rank), false, dtype),
  vjp: {
    self: using("self", "result", ({ grad, self, result }) => {
      const factors = to(self, grad.dtype);
      if (factors.rank === 0) return mulScalar(grad, 1);
      if (!hasZero(factors)) return mul(grad, div(result, factors));
      const flat = view(factors.isContiguous() ? factors : add(factors, 0, 1n), [factors.numel]);
      return view(productOfOthers(grad, flat, 0), factors.sizes);
    }),
  },
  math: { self: "\\bar{s}_i = \\bar{r}\\,\\prod_{j \\ne i} s_j" },
  samples: (g) => [
    [g.randn(2, 3), null],
    [g.tensor([1.5, 0, -2], [3]), null],
  ],
});

export const prodDim = op(
  "prod.dim_int(Tensor self, int dim, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
);
prodDim.define({
  forward: (self, dim, keepdim, dtype) => prodOf(self, dimsOf([dim], self.rank), keepdim, dtype),
  vjp: {
    self: using("self", "result", ({ grad, self, dim, keepdim, result }) => {
      const factors = to(self, grad.dtype);
      if (factors.rank === 0) return mulScalar(grad, 1);
      const d = wrapDim(dim, factors.rank);
      const [wideGrad, wideResult] = keepdim ? [grad, result] : [unsqueeze(grad, d), unsqueeze(result, d)];
      if (!hasZero(factors)) return mul(wideGrad, div(wideResult, factors));
      return productOfOthers(wideGrad, factors, d);
    }),
  },
  node: "ProdBackward1",
  math: { self: "\\bar{s}_{ij} = \\bar{r}_i\\,\\prod_{k \\ne j} s_{ik}" },
  samples: (g) => [
    [g.randn(2, 3), 1, false, null],
    [g.tensor([1.5, 0, -2, 0.5, 1, 2], [2, 3]), 1, true, null],
  ],
});
