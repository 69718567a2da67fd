// The different elements of a tensor, or its different slices along a dimension.
import { blocksOf, sortedLine } from "../kernels/alongDim";
import { elementsOf } from "../kernels/strided";
import { type Data, int64 } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import { contiguousStrides, wrapDim } from "../tensor/shape";
import { Storage } from "../tensor/storage";
import { fromData, Tensor } from "../tensor/tensor";
import { op, underivable } from "./define";

const internal = { functions: [], methods: [] };
const skip = { skip: "PyTorch has no derivative here" };

export const _unique2 = op(
  "_unique2(Tensor self, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)",
);
export const unique_dim = op(
  "unique_dim(Tensor self, int dim, bool sorted=True, bool return_inverse=False, bool return_counts=False) -> (Tensor, Tensor, Tensor)",
);
export const unique_consecutive = op(
  "unique_consecutive(Tensor self, bool return_inverse=False, bool return_counts=False, int? dim=None) -> (Tensor, Tensor, Tensor)",
);

/** Runs of equal things in the order given: the first of each run, which run each thing is in, their lengths. */
function runsOf(order: readonly number[], same: (a: number, b: number) => boolean) {
  const firsts: number[] = [];
  const counts: bigint[] = [];
  const inverse = new BigInt64Array(order.length);
  order.forEach((place, i) => {
    if (i === 0 || !same(order[i - 1], place)) {
      firsts.push(place);
      counts.push(0n);
    }
    counts[counts.length - 1] += 1n;
    inverse[place] = BigInt(firsts.length - 1);
  });
  return { firsts, counts, inverse };
}

function longTensor(values: readonly bigint[] | BigInt64Array, sizes: readonly number[]): Tensor {
  return fromData(BigInt64Array.from(values), sizes, int64);
}

/** Of all elements. PyTorch gives empty tensors for what was not asked for. */
function flat(self: Tensor, order: readonly number[], inverse: boolean, counts: boolean): Tensor[] {
  const data = elementsOf(self);
  // NaN is equal to nothing, not even to itself.
  const found = runsOf(order, (a, b) => data[a] === data[b]);
  const values = self.dtype.allocate(found.firsts.length) as Float64Array;
  found.firsts.forEach((place, i) => {
    values[i] = data[place] as number;
  });
  return [
    fromData(values, [values.length], self.dtype),
    inverse ? longTensor(found.inverse, self.sizes) : longTensor([], [0]),
    counts ? longTensor(found.counts, [found.counts.length]) : longTensor([], [0]),
  ];
}

/** Of the slices along `dim`, which `sorted` puts in lexicographic order first. */
function slices(self: Tensor, dim: number, sorted: boolean): Tensor[] {
  if (self.rank === 0) {
    throw new TorchError("IndexError", `Dimension specified as ${dim} but tensor has no dimensions`);
  }
  const d = wrapDim(dim, self.rank);
  if (self.sizes.some((size, k) => size === 0 && k !== d)) {
    throw runtimeError("There are 0 sized dimensions, and they aren't selected, so unique cannot be applied");
  }
  const { outer, size, inner } = blocksOf(self.sizes, d);
  const data = elementsOf(self);
  const difference = (a: number, b: number): number => {
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        const [x, y] = [data[(o * size + a) * inner + i], data[(o * size + b) * inner + i]];
        if (x < y) return -1;
        if (x > y) return 1;
        if (x !== y) return 1;
      }
    }
    return 0;
  };
  const order = Array.from({ length: size }, (_, i) => i);
  if (sorted) order.sort(difference);
  const { firsts, inverse, counts } = runsOf(order, (a, b) => difference(a, b) === 0);
  // Slice after slice in memory, as PyTorch leaves them.
  const out = self.dtype.allocate(outer * firsts.length * inner);
  let write = 0;
  for (const first of firsts) {
    for (let o = 0; o < outer; o++) {
      const from = (o * size + first) * inner;
      for (let i = 0; i < inner; i++) out[write++] = data[from + i];
    }
  }
  const sizes = self.sizes.map((length, k) => (k === d ? firsts.length : length));
  const others = contiguousStrides(sizes.filter((_, k) => k !== d));
  const strides = [...others.slice(0, d), outer * inner, ...others.slice(d)];
  return [
    new Tensor(new Storage(out as Data, self.dtype), self.dtype, sizes, strides),
    longTensor(inverse, [size]),
    longTensor(counts, [counts.length]),
  ];
}

_unique2.define({
  forward: (self, _sorted, inverse, counts) => {
    const data = elementsOf(self);
    return flat(self, sortedLine(data, 0, 1, data.length, false), inverse, counts);
  },
  vjp: { self: underivable("_unique2") },
  node: "Unique2Backward0",
  python: internal,
  gradcheck: skip,
  samples: (g) => [[g.tensor([2, 1, 2, 3], [4]), true, true, true]],
});
unique_dim.define({
  forward: (self, dim, _sorted, _inverse, _counts) => slices(self, dim, true),
  vjp: { self: underivable("unique_dim") },
  python: internal,
  gradcheck: skip,
  samples: (g) => [[g.tensor([2, 1, 2, 1, 0, 3], [3, 2]), 0, true, true, true]],
});
unique_consecutive.define({
  forward: (self, inverse, counts, dim) =>
    dim === null ? flat(self, [...elementsOf(self).keys()], inverse, counts) : slices(self, dim, false),
  vjp: { self: underivable("unique_consecutive") },
  python: internal,
  gradcheck: skip,
  samples: (g) => [
    [g.tensor([2, 2, 1, 3], [4]), true, true, null],
    [g.tensor([2, 1, 2, 1, 0, 3], [3, 2]), true, true, 0],
  ],
});
