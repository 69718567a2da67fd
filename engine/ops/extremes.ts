// The greatest, the smallest, the middle: reductions that pick, and whether all or any; counting.
import { copyAs, floatOf } from "../kernels/pointwise";
import { countNonzero, extremes, sortedPositions, truthOf } from "../kernels/reduce";
import { type Rows, reducedSizes, rowsOf } from "../kernels/rows";
import { bool, type Data, int64, uint8 } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import { type Sizes, wrapDim } from "../tensor/shape";
import { fromData, type Tensor } from "../tensor/tensor";
import { add, div, mul, sub } from "./arithmetic";
import { notImplementedFor } from "./checks";
import { eq, isnan, logical_and, logical_or } from "./comparison";
import { zerosOf } from "./creation";
import { callInPlace, type Operator, op, using } from "./define";
import { masked_fill } from "./fill";
import { dimsOf, restoreDims, sum, sumDims } from "./reductions";
import { silently } from "./silently";
import { abs, exp, log } from "./unary";
import { unsqueeze } from "./view";
import { reshape } from "./viewComposites";

// ---- what gradients of picks do ----

/** Ties share the gradient evenly. */
function evenly(grad: Tensor, self: Tensor, result: Tensor): Tensor {
  const mask = logical_or(eq(self, result), logical_and(isnan(self), isnan(result)));
  return mul(mask, div(grad, sum(mask, null)));
}

/** The gradient goes to the elements that were picked, and nowhere else. */
export function pickedBackward(
  grad: Tensor,
  dim: number,
  indices: Tensor,
  sizes: Sizes,
  keepdim: boolean,
): Tensor {
  const out = zerosOf(sizes, grad.dtype);
  if (keepdim || sizes.length === 0) return callInPlace("scatter_.src", out, dim, indices, grad);
  return callInPlace("scatter_.src", out, dim, unsqueeze(indices, dim), unsqueeze(grad, dim));
}

function emptyError(name: string, self: Tensor, dims: readonly number[] | null, specify: string): void {
  if (self.numel > 0) return;
  if (dims === null || dims.length === 0) {
    throw new TorchError(
      specify === "" ? "IndexError" : "RuntimeError",
      `${name}(): Expected reduction dim to be specified for input.numel() == 0.${specify}`,
    );
  }
  for (const dim of dims) {
    const d = wrapDim(dim, self.rank);
    if (self.sizes[d] === 0) {
      throw new TorchError("IndexError", `${name}(): Expected reduction dim ${dim} to have non-zero size.`);
    }
  }
}
const SPECIFY = " Specify the reduction dim with the 'dim' argument.";

function rowsAlong(self: Tensor, dims: number[]): Rows {
  return rowsOf(self, dims);
}

// ---- max and min ----

type FullSchema = "f(Tensor self) -> Tensor";
type DimSchema = "f.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)";

function fullExtreme(name: "max" | "min"): Operator<FullSchema> {
  const declared = op(`${name}(Tensor self) -> Tensor` as FullSchema);
  declared.define({
    forward: (self) => {
      emptyError(name, self, null, SPECIFY);
      const { values } = extremes(rowsAlong(self, dimsOf(null, self.rank)), name === "max", self.dtype);
      return fromData(values, [], self.dtype);
    },
    vjp: { self: using("self", "result", ({ grad, self, result }) => evenly(grad, self, result)) },
    node: name === "max" ? "MaxBackward1" : "MinBackward1",
    math: { self: "\\bar{s}_i = \\bar{r} / \\#\\{j : s_j = r\\}\\ \\text{where}\\ s_i = r" },
    samples: (g) => [[g.randn(2, 3)]],
  });
  return declared;
}
export const max = fullExtreme("max");
export const min = fullExtreme("min");

function dimExtreme(name: "max" | "min"): Operator<DimSchema> {
  const declared = op(
    `${name}.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)` as DimSchema,
  );
  declared.define({
    forward: (self, dim, keepdim) => {
      const dims = dimsOf([dim], self.rank);
      if (self.numel === 0) emptyError(name, self, [dim], SPECIFY);
      const found = extremes(rowsAlong(self, dims), name === "max", self.dtype);
      const sizes = reducedSizes(self.sizes, dims, keepdim);
      return [fromData(found.values, sizes, self.dtype), fromData(found.indices, sizes, int64)];
    },
    vjp: {
      self: using("indices", ({ grad, self, dim, keepdim, indices }) =>
        pickedBackward(grad, dim, indices, self.sizes, keepdim),
      ),
    },
    math: { self: "\\bar{s}_{ij} = \\bar{r}_i\\ \\text{where}\\ j = \\text{indices}_i" },
    samples: (g) => [
      [g.randn(2, 3), 1, false],
      [g.randn(2, 3), 0, true],
    ],
  });
  return declared;
}
export const maxDim = dimExtreme("max");
export const minDim = dimExtreme("min");

type AmaxSchema = "f(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor";

/** `tensor` with the reduced dimensions back as ones, by reshape. */
function reshapeBack(tensor: Tensor, self: Tensor, dims: readonly number[], keepdim: boolean): Tensor {
  if (keepdim) return tensor;
  const reduced = dims.length === 0 ? [] : dimsOf(dims, self.rank);
  if (dims.length === 0) return reshape(tensor, []);
  return reshape(
    tensor,
    self.sizes.map((size, d) => (reduced.includes(d) ? 1 : size)),
  );
}

function amaxOf(name: "amax" | "amin"): Operator<AmaxSchema> {
  const declared = op(`${name}(Tensor self, int[1] dim=[], bool keepdim=False) -> Tensor` as AmaxSchema);
  declared.define({
    forward: (self, dim, keepdim) => {
      const dims = dimsOf(dim, self.rank);
      if (self.numel === 0) emptyError(name, self, dim, SPECIFY);
      const { values } = extremes(rowsAlong(self, dims), name === "amax", self.dtype);
      return fromData(values, reducedSizes(self.sizes, dims, keepdim), self.dtype);
    },
    vjp: {
      self: using("self", "result", ({ grad, self, dim, keepdim, result }) => {
        const mask = eq(reshapeBack(result, self, dim, keepdim), self);
        return div(mul(reshapeBack(grad, self, dim, keepdim), mask), sumDims(mask, dim, true, null));
      }),
    },
    math: { self: "\\bar{s}_{ij} = \\bar{r}_i / \\#\\{k : s_{ik} = r_i\\}\\ \\text{where}\\ s_{ij} = r_i" },
    samples: (g) => [
      [g.randn(2, 3), [1], false],
      [g.randn(2, 3), [], false],
      [g.randn(2, 3, 2), [0, 2], true],
    ],
  });
  return declared;
}
export const amax = amaxOf("amax");
export const amin = amaxOf("amin");

export const aminmax = op(
  "aminmax(Tensor self, *, int? dim=None, bool keepdim=False) -> (Tensor min, Tensor max)",
);
aminmax.define({
  forward: (self, dim, keepdim) => {
    const dims = dimsOf(dim === null ? null : [dim], self.rank);
    if (self.numel === 0) emptyError("aminmax", self, dim === null ? null : [dim], SPECIFY);
    const sizes = reducedSizes(self.sizes, dims, keepdim);
    const rows = rowsAlong(self, dims);
    return [
      fromData(extremes(rows, false, self.dtype).values, sizes, self.dtype),
      fromData(extremes(rows, true, self.dtype).values, sizes, self.dtype),
    ];
  },
  vjp: {
    self: using("self", "min", "max", ({ grads, self, dim, keepdim, min: least, max: most }) => {
      const dims = dim === null ? [] : [dim];
      const part = (grad: Tensor | null, result: Tensor): Tensor | null => {
        if (!grad) return null;
        const mask = eq(restoreDims(result, dims, self.rank, keepdim), self);
        return div(mul(restoreDims(grad, dims, self.rank, keepdim), mask), sumDims(mask, dims, true, null));
      };
      const [low, high] = [part(grads[0], least), part(grads[1], most)];
      return low && high ? add(low, high, 1n) : (low ?? high);
    }),
  },
  samples: (g) => [[g.randn(2, 3), 1, false]],
});

type ArgSchema = "f(Tensor self, int? dim=None, bool keepdim=False) -> Tensor";
function argExtreme(name: "argmax" | "argmin"): Operator<ArgSchema> {
  const declared = op(`${name}(Tensor self, int? dim=None, bool keepdim=False) -> Tensor` as ArgSchema);
  declared.define({
    forward: (self, dim, keepdim) => {
      if (self.dtype === bool) throw runtimeError(`${name}(): does not support bool input`);
      const dims = dimsOf(dim === null ? null : [dim], self.rank);
      if (self.numel === 0) emptyError(name, self, dim === null ? null : [dim], "");
      const { indices } = extremes(rowsAlong(self, dims), name === "argmax", self.dtype);
      return fromData(indices, reducedSizes(self.sizes, dims, keepdim), int64);
    },
  });
  return declared;
}
export const argmax = argExtreme("argmax");
export const argmin = argExtreme("argmin");

// ---- all, any, counting ----

function truth(self: Tensor, dims: number[], keepdim: boolean, isAll: boolean): Tensor {
  const sizes = reducedSizes(self.sizes, dims, keepdim);
  const answers = truthOf(rowsAlong(self, dims), isAll);
  return fromData(answers, sizes, self.dtype === uint8 ? uint8 : bool);
}

type TruthDim = "f.dim(Tensor self, int dim, bool keepdim=False) -> Tensor";
type TruthDims = "f.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor";
function quantifier(name: "all" | "any"): Operator<FullSchema> {
  const isAll = name === "all";
  const declared = op(`${name}(Tensor self) -> Tensor` as FullSchema);
  declared.define({ forward: (self) => truth(self, dimsOf(null, self.rank), false, isAll) });
  op(`${name}.dim(Tensor self, int dim, bool keepdim=False) -> Tensor` as TruthDim).define({
    forward: (self, dim, keepdim) => truth(self, dimsOf([dim], self.rank), keepdim, isAll),
  });
  op(`${name}.dims(Tensor self, int[]? dim=None, bool keepdim=False) -> Tensor` as TruthDims).define({
    forward: (self, dim, keepdim) =>
      dim !== null && dim.length === 0
        ? copyAs(self, self.dtype === uint8 ? uint8 : bool)
        : truth(self, dimsOf(dim, self.rank), keepdim, isAll),
  });
  return declared;
}
export const all = quantifier("all");
export const any = quantifier("any");

export const countNonzeroDims = op("count_nonzero.dim_IntList(Tensor self, int[] dim) -> Tensor");
countNonzeroDims.define({
  forward: (self, dim) => {
    const dims = dimsOf(dim, self.rank);
    return fromData(countNonzero(rowsAlong(self, dims)), reducedSizes(self.sizes, dims, false), int64);
  },
});
op("count_nonzero(Tensor self, int? dim=None) -> Tensor").define({
  forward: (self, dim) => {
    const dims = dimsOf(dim === null ? null : [dim], self.rank);
    return fromData(countNonzero(rowsAlong(self, dims)), reducedSizes(self.sizes, dims, false), int64);
  },
});

// ---- the middle ----

/** Where the element of rank `k` stands in each row; `ignoreNan`: among the numbers only. */
function rankOf(rows: Rows, self: Tensor, rank: (count: number) => number, ignoreNan: boolean) {
  const values: Data = self.dtype.allocate(rows.count);
  const indices = new BigInt64Array(rows.count);
  for (let row = 0; row < rows.count; row++) {
    const start = row * rows.width;
    const order = sortedPositions(rows.data, start, rows.width);
    const numbers = order.filter((i) => !Number.isNaN(rows.data[start + i])).length;
    let at: number;
    if (numbers < rows.width && !ignoreNan) at = order[numbers];
    else at = order[rank(ignoreNan && numbers > 0 ? numbers : rows.width)];
    values[row] = rows.data[start + at];
    indices[row] = BigInt(at);
  }
  return { values, indices };
}

/**
 * The element of rank `k` of each row, NaN above all numbers. Of equal ones the place is that which Hoare's selection
 * comes upon with the median of first, middle and last as pivot: PyTorch's, and so the gradient goes there.
 */
function quickSelected(rows: Rows, self: Tensor, k: number) {
  const values: Data = self.dtype.allocate(rows.count);
  const indices = new BigInt64Array(rows.count);
  for (let row = 0; row < rows.count; row++) {
    const start = row * rows.width;
    const places = Array.from({ length: rows.width }, (_, i) => i);
    const value = (at: number) => rows.data[start + places[at]] as number;
    const isNan = (one: number) => typeof one === "number" && Number.isNaN(one);
    const above = (one: number, other: number) => (isNan(one) && !isNan(other)) || one > other;
    const swap = (a: number, b: number) => {
      [places[a], places[b]] = [places[b], places[a]];
    };
    const sortPair = (low: number, high: number) => {
      if (above(value(low), value(high))) swap(low, high);
    };
    let low = 0;
    let high = rows.width - 1;
    while (high > low) {
      if (high === low + 1) {
        sortPair(low, high);
        break;
      }
      swap((low + high) >> 1, low + 1);
      sortPair(low + 1, high);
      sortPair(low, high);
      sortPair(low + 1, low);
      const pivot = value(low);
      let left = low + 1;
      let right = high;
      for (;;) {
        do left++;
        while (above(pivot, value(left)));
        do right--;
        while (above(value(right), pivot));
        if (right < left) break;
        swap(left, right);
      }
      swap(low, right);
      if (right <= k) low = left;
      if (right >= k) high = right - 1;
    }
    values[row] = rows.data[start + places[k]];
    indices[row] = BigInt(places[k]);
  }
  return { values, indices };
}

const lowerMiddle = (count: number) => (count - 1) >> 1;

function medianOf(name: "median" | "nanmedian"): Operator<FullSchema> {
  const ignoreNan = name === "nanmedian";
  const declared = op(`${name}(Tensor self) -> Tensor` as FullSchema);
  declared.define({
    forward: (self) => {
      if (self.dtype === bool) throw notImplementedFor("median_cpu", bool);
      if (self.numel === 0) {
        if (self.isFloat) return fromData(self.dtype.allocate(1).fill(Number.NaN as never), [], self.dtype);
        return fromData(self.dtype.allocate(1), [], self.dtype);
      }
      const rows = rowsAlong(self, dimsOf(null, self.rank));
      return fromData(rankOf(rows, self, lowerMiddle, ignoreNan).values, [], self.dtype);
    },
    vjp: { self: using("self", "result", ({ grad, self, result }) => evenly(grad, self, result)) },
    samples: (g) => [[g.randn(2, 3)]],
  });
  op(
    `${name}.dim(Tensor self, int dim, bool keepdim=False) -> (Tensor values, Tensor indices)` as DimSchema,
  ).define({
    forward: (self, dim, keepdim) => {
      if (self.dtype === bool) throw notImplementedFor("median_out", bool);
      const dims = dimsOf([dim], self.rank);
      if (self.numel === 0) emptyError(name, self, [dim], SPECIFY);
      const found = rankOf(rowsAlong(self, dims), self, lowerMiddle, ignoreNan);
      const sizes = reducedSizes(self.sizes, dims, keepdim);
      return [fromData(found.values, sizes, self.dtype), fromData(found.indices, sizes, int64)];
    },
    vjp: {
      self: using("indices", ({ grad, self, dim, keepdim, indices }) =>
        pickedBackward(grad, dim, indices, self.sizes, keepdim),
      ),
    },
    node: name === "median" ? "MedianBackward1" : "NanmedianBackward1",
    samples: (g) => [[g.randn(2, 3), 1, false]],
  });
  return declared;
}
export const median = medianOf("median");
export const nanmedian = medianOf("nanmedian");

export const kthvalue = op(
  "kthvalue(Tensor self, int k, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
);
kthvalue.define({
  forward: (self, k, dim, keepdim) => {
    const dims = dimsOf([dim], self.rank);
    const size = self.rank === 0 ? 1 : self.sizes[dims[0]];
    if (k < 1 || k > size)
      throw runtimeError(
        "kthvalue(): selected number k out of range for dimension 0".replace("0", String(dims[0] ?? 0)),
      );
    const found = quickSelected(rowsAlong(self, dims), self, k - 1);
    const sizes = reducedSizes(self.sizes, dims, keepdim);
    return [fromData(found.values, sizes, self.dtype), fromData(found.indices, sizes, int64)];
  },
  vjp: {
    self: using("indices", ({ grad, self, dim, keepdim, indices }) =>
      pickedBackward(grad, dim, indices, self.sizes, keepdim),
    ),
  },
  samples: (g) => [[g.randn(2, 4), 2, 1, false]],
});

/** The most frequent value of each row, the smallest of equally frequent ones; its last place. */
export const mode = op(
  "mode(Tensor self, int dim=-1, bool keepdim=False) -> (Tensor values, Tensor indices)",
);
mode.define({
  forward: (self, dim, keepdim) => {
    const dims = dimsOf([dim], self.rank);
    const rows = rowsAlong(self, dims);
    const values = self.dtype.allocate(rows.count);
    const indices = new BigInt64Array(rows.count);
    for (let row = 0; row < rows.count; row++) {
      const start = row * rows.width;
      const order = sortedPositions(rows.data, start, rows.width);
      let best = 0;
      let bestLength = 0;
      for (let i = 0; i < order.length; ) {
        let end = i + 1;
        while (end < order.length && rows.data[start + order[end]] === rows.data[start + order[i]]) end++;
        if (end - i > bestLength) {
          bestLength = end - i;
          best = order[end - 1];
        }
        i = end;
      }
      values[row] = rows.data[start + best];
      indices[row] = BigInt(best);
    }
    const sizes = reducedSizes(self.sizes, dims, keepdim);
    return [fromData(values, sizes, self.dtype), fromData(indices, sizes, int64)];
  },
  vjp: {
    self: using("indices", ({ grad, self, dim, keepdim, indices }) =>
      pickedBackward(grad, dim, indices, self.sizes, keepdim),
    ),
  },
  samples: (g) => [[g.tensor([1, 2, 2, 3, 3, 3], [2, 3]), 1, false]],
  gradcheck: { skip: "a small change of one of two equal numbers changes which is the most frequent" },
});

// ---- logsumexp ----

/** ln Σ exp: shifted by the greatest element, so that nothing overflows. */
export const logsumexp = op("logsumexp(Tensor self, int[1] dim, bool keepdim=False) -> Tensor");
logsumexp.define({
  forward: logsumexpForward,
  vjp: {
    self: using("self", "result", ({ grad, self, dim, keepdim, result }) => {
      const incoming = restoreDims(grad, dim, self.rank, keepdim);
      const total = restoreDims(result, dim, self.rank, keepdim);
      return mul(incoming, exp(sub(self, total, 1n)));
    }),
  },
  python: { functions: ["logsumexp", "special.logsumexp"], methods: ["logsumexp"] },
  math: { self: "\\bar{s}_{ij} = \\bar{r}_i\\,e^{s_{ij} - r_i}" },
  samples: (g) => [
    [g.randn(2, 3), [1], false],
    [g.randn(2, 3), [0, 1], true],
  ],
});

function logsumexpForward(input: Tensor, dim: readonly number[], keepdim: boolean): Tensor {
  return silently(() => {
    const self = input.isFloat ? input : copyAs(input, floatOf(input.dtype));
    if (self.numel === 0) return log(sumDims(exp(self), dim, keepdim, null));
    const greatest = amax(self, dim, true);
    const shift = masked_fill(greatest, eq(abs(greatest), Number.POSITIVE_INFINITY), 0n);
    const total = log(sumDims(exp(sub(self, shift, 1n)), dim, keepdim, null));
    return add(total, reshape(shift, total.sizes), 1n);
  });
}
