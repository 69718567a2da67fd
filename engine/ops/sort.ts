// Sorting and choosing by size: sort, argsort, topk, unique.
import { tensorApi } from "../autograd/tensorApi";
import { ascending, blocksOf, forEachLine, sortedLine } from "../kernels/alongDim";
import { largestFirst } from "../kernels/choose";
import { elementsOf } from "../kernels/strided";
import { int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { wrapDim } from "../tensor/shape";
import { empty, type Tensor } from "../tensor/tensor";
import { composite, op, using } from "./define";
import { scatter } from "./gather";

export const sort = op(
  "sort(Tensor self, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)",
);
export const sortStable = op(
  "sort.stable(Tensor self, *, bool? stable, int dim=-1, bool descending=False) -> (Tensor values, Tensor indices)",
);
export const topk = op(
  "topk(Tensor self, int k, int dim=-1, bool largest=True, bool sorted=True) -> (Tensor values, Tensor indices)",
);

/** For each line along `dim`, the places of the elements that go to the result, in order. */
function chosen(
  self: Tensor,
  dim: number,
  length: number,
  choose: (start: number, step: number) => number[],
): [Tensor, Tensor] {
  const d = wrapDim(dim, self.rank);
  const sizes = self.sizes.map((size, k) => (k === d ? length : size));
  const values = empty(sizes, self.dtype);
  const indices = empty(sizes, int64);
  const data = elementsOf(self) as Float64Array;
  const to = values.storage.data as Float64Array;
  const places = indices.storage.data as BigInt64Array;
  const { outer, inner, size } = blocksOf(self.sizes, d);
  if (length === 0) return [values, indices];
  forEachLine({ outer, inner, size }, (start, step, line) => {
    const order = choose(start, step);
    const block = Math.floor(line / inner);
    let at = block * length * inner + (line % inner);
    for (const place of order) {
      to[at] = data[start + place * step];
      places[at] = BigInt(place);
      at += inner;
    }
  });
  return [values, indices];
}

function sorted(self: Tensor, dim: number, descending: boolean): [Tensor, Tensor] {
  const d = wrapDim(dim, self.rank);
  const length = self.rank === 0 ? 1 : self.sizes[d];
  const data = elementsOf(self);
  return chosen(self, dim, length, (start, step) => sortedLine(data, start, step, length, descending));
}

/** The gradient goes to where each value came from. */
function sentBack(grad: Tensor, self: { sizes: readonly number[] }, dim: number, indices: Tensor): Tensor {
  return scatter(tensorApi.zeros([...self.sizes], grad.dtype), dim, indices, grad);
}

sort.define({
  forward: (self, dim, descending) => sorted(self, dim, descending),
  vjp: {
    self: using("indices", ({ grad, self, dim, indices }) => sentBack(grad, self, dim, indices)),
  },
  math: { self: "\\bar{s}_{i_k} = \\bar{r}_k" },
  samples: (g) => [
    [g.randn(3, 4), -1, false],
    [g.randn(3, 4), 0, true],
  ],
});

sortStable.define({
  forward: (self, _stable, dim, descending) => sorted(self, dim, descending),
  vjp: {
    self: using("indices", ({ grad, self, dim, indices }) => sentBack(grad, self, dim, indices)),
  },
  node: "SortBackward1",
  math: { self: "\\bar{s}_{i_k} = \\bar{r}_k" },
  samples: (g) => [[g.randn(3, 4), true, -1, false]],
});

export const argsort = composite(
  "argsort(Tensor self, int dim=-1, bool descending=False) -> Tensor",
  (self, dim, descending) => sort(self, dim, descending)[1],
);
composite(
  "argsort.stable(Tensor self, *, bool stable, int dim=-1, bool descending=False) -> Tensor",
  (self, stable, dim, descending) => sortStable(self, stable, dim, descending)[1],
);
export const msort = composite("msort(Tensor self) -> Tensor", (self) => sort(self, 0, false)[0]);

topk.define({
  forward: (self, k, dim, largest, isSorted) => {
    const d = wrapDim(dim, self.rank);
    const length = self.rank === 0 ? 1 : self.sizes[d];
    if (k < 0 || k > length) throw runtimeError("selected index k out of range");
    const data = elementsOf(self);
    return chosen(self, dim, self.rank === 0 ? 1 : k, (start, step) => {
      const comesFirst = (a: number, b: number) => {
        const order = ascending(data[start + a * step], data[start + b * step]);
        return largest ? order > 0 : order < 0;
      };
      return largestFirst(length, k, isSorted, comesFirst);
    });
  },
  vjp: {
    self: using("indices", ({ grad, self, dim, indices }) => sentBack(grad, self, dim, indices)),
  },
  math: { self: "\\bar{s}_{i_k} = \\bar{r}_k" },
  samples: (g) => [
    [g.randn(3, 4), 2, -1, true, true],
    [g.randn(5, 2), 3, 0, false, true],
  ],
});
