// Running totals along a dimension: cumsum, cumprod, cummax, cummin, logcumsumexp.
import { copyAs } from "../kernels/pointwise";
import { accumulate, accumulateExtreme } from "../kernels/reduce";
import { aroundDim } from "../kernels/rows";
import { elementsAs, elementsOf } from "../kernels/strided";
import { type DType, float64, int64, largest } from "../tensor/dtype";
import { wrapDim } from "../tensor/shape";
import { fromData, type Tensor } from "../tensor/tensor";
import { add, div, mul, sub } from "./arithmetic";
import { requireFloat } from "./checks";
import { where } from "./choice";
import { gt, lt } from "./comparison";
import { copy_, to } from "./convert";
import { fullOf, zerosOf } from "./creation";
import { op, using } from "./define";
import { scatter_add } from "./gather";
import { cat } from "./join";
import { flip } from "./rearrange";
import { prodDim, sumDims } from "./reductions";
import { abs, exp, log } from "./unary";
import { expand, select, slice } from "./view";

function scanned(self: Tensor, dim: number, product: boolean, dtype: DType | null): Tensor {
  const d = wrapDim(dim, self.rank);
  const total = dtype ?? (self.isFloat ? self.dtype : int64);
  const data = elementsAs(self, total);
  if (self.rank === 0) return fromData(data.slice(), [], total);
  return fromData(accumulate(data, aroundDim(self.sizes, d), product, total), self.sizes, total);
}

/** Sums from each place to the end. */
function reversedCumsum(tensor: Tensor, dim: number): Tensor {
  return flip(cumsum(flip(tensor, [dim]), dim, null), [dim]);
}

export const cumsum = op("cumsum(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor");
cumsum.define({
  forward: (self, dim, dtype) => scanned(self, dim, false, dtype),
  vjp: {
    self: using(({ grad, self, dim }) => {
      const incoming = to(grad, self.dtype);
      if (incoming.numel <= 1 || incoming.sizes[wrapDim(dim, incoming.rank)] === 1) return incoming;
      return reversedCumsum(incoming, dim);
    }),
  },
  inPlace: true,
  math: { self: "\\bar{s}_i = \\sum_{j \\ge i} \\bar{r}_j" },
  samples: (g) => [
    [g.randn(2, 3), 1, null],
    [g.randn(3), -1, null],
  ],
});

/** The product of all factors up to each place but one: the gradient where some of them are 0. */
function cumprodWithZeros(grad: Tensor, self: Tensor, dim: number): Tensor {
  const size = self.sizes[dim];
  const one = fullOf(
    self.sizes.map((each, d) => (d === dim ? 1 : each)),
    1n,
    grad.dtype,
  );
  const out = zerosOf(self.sizes, grad.dtype);
  for (let k = 0; k < size; k++) {
    const before = k === 0 ? null : prodDim(slice(self, dim, 0, k, 1), dim, true, null);
    const after = k === size - 1 ? null : cumprod(slice(self, dim, k + 1, null, 1), dim, null);
    let omitted: Tensor;
    if (before === null) omitted = after === null ? one : cat([one, after], dim);
    else if (after === null) omitted = before;
    else omitted = cat([before, mul(expand(before, after.sizes, false), after)], dim);
    copy_(
      select(out, dim, k),
      sumDims(mul(slice(grad, dim, k, null, 1), omitted), [dim], false, null),
      false,
    );
  }
  return out;
}

export const cumprod = op("cumprod(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor");
cumprod.define({
  forward: (self, dim, dtype) => scanned(self, dim, true, dtype),
  vjp: {
    self: using("self", "result", ({ grad, self, dim, result }) => {
      const incoming = to(grad, self.dtype);
      const d = wrapDim(dim, self.rank);
      if (self.numel <= 1 || self.sizes[d] === 1) return incoming;
      const zeros = elementsAs(self, float64).includes(0 as never);
      if (zeros) return cumprodWithZeros(incoming, self, d);
      return div(reversedCumsum(mul(result, incoming), d), self);
    }),
  },
  inPlace: true,
  math: { self: "\\bar{s}_i = \\frac{1}{s_i} \\sum_{j \\ge i} \\bar{r}_j\\,r_j" },
  samples: (g) => [
    [g.randn(2, 3), 1, null],
    [g.tensor([1.5, 0, -2, 0.5, 1, 2], [2, 3]), 1, null],
  ],
});

type ExtremeSchema = "f(Tensor self, int dim) -> (Tensor values, Tensor indices)";
function runningExtreme(name: "cummax" | "cummin") {
  const declared = op(`${name}(Tensor self, int dim) -> (Tensor values, Tensor indices)` as ExtremeSchema);
  declared.define({
    forward: (self, dim) => {
      const d = wrapDim(dim, self.rank);
      const shape = self.rank === 0 ? { outer: 1, size: 1, inner: 1 } : aroundDim(self.sizes, d);
      const found = accumulateExtreme(elementsOf(self), shape, name === "cummax", self.dtype);
      return [fromData(found.values, self.sizes, self.dtype), fromData(found.indices, self.sizes, int64)];
    },
    vjp: {
      self: using("self", "indices", ({ grad, self, dim, indices }) => {
        if (self.numel === 0) return self;
        return scatter_add(zerosOf(self.sizes, grad.dtype), dim, indices, grad);
      }),
    },
    samples: (g) => [[g.randn(2, 4), 1]],
  });
  return declared;
}
export const cummax = runningExtreme("cummax");
export const cummin = runningExtreme("cummin");

export const logcumsumexp = op("logcumsumexp(Tensor self, int dim) -> Tensor");
logcumsumexp.define({
  forward: (self, dim) => {
    requireFloat("logcumsumexp_out_cpu", self.dtype);
    const d = wrapDim(dim, self.rank);
    const { outer, size, inner } =
      self.rank === 0 ? { outer: 1, size: 1, inner: 1 } : aroundDim(self.sizes, d);
    const data = elementsAs(self, float64) as Float64Array;
    const out = new Float64Array(data.length);
    for (let o = 0; o < outer; o++) {
      for (let k = 0; k < inner; k++) {
        let at = o * size * inner + k;
        let total = Number.NEGATIVE_INFINITY;
        for (let i = 0; i < size; i++, at += inner) {
          const [low, high] = data[at] < total ? [data[at], total] : [total, data[at]];
          if (low !== high || Number.isFinite(low)) total = Math.log1p(Math.exp(low - high)) + high;
          else total = data[at];
          out[at] = total;
        }
      }
    }
    const doubles = fromData(out, self.sizes, float64);
    return self.dtype === float64 ? doubles : copyAs(doubles, self.dtype);
  },
  vjp: {
    self: using("self", "result", ({ grad, self, dim, result }) => {
      if (grad.rank === 0 || self.numel === 0) return grad;
      // The gradient may be negative: its positive and negative parts go through the logarithm apart.
      const lowest = fullOf([], -largest(grad.dtype), grad.dtype);
      const logAbs = log(abs(grad));
      const positive = where(gt(grad, 0n), logAbs, lowest);
      const negative = where(lt(grad, 0n), logAbs, lowest);
      const part = (logs: Tensor) => {
        const running = flip(logcumsumexp(flip(sub(logs, result, 1n), [dim]), dim), [dim]);
        return exp(add(running, self, 1n));
      };
      return sub(part(positive), part(negative), 1n);
    }),
  },
  samples: (g) => [[g.randn(2, 4), 1]],
});
