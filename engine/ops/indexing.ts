// Advanced indexing: x[indices], x[indices] = v, masks and where they are true.
//
// Python's `x[a, 1:2, None, ..., t]` is select, slice and unsqueeze for each entry in turn, and one
// `index` with the tensors at the dimensions that are left; `x[...] = v` is `copy_` into that view, or
// `index_put_` where tensors are among the entries.

import { callbacks } from "../autograd/callbacks";
import { tensorApi } from "../autograd/tensorApi";
import { checkValues, nonzeroColumns, planIndex, readPlanned, writePlanned } from "../kernels/indexing";
import { memoryOrder, orderedStrides } from "../kernels/iterate";
import { assertNoOverlap, hasInternalOverlap } from "../kernels/overlap";
import { elementsBroadcast, elementsOf, scatter } from "../kernels/strided";
import { bool, int64, uint8 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { broadcastSizes, numel } from "../tensor/shape";
import { alias, empty, fromData, type Tensor } from "../tensor/tensor";
import { composite, inPlaceOp, op, using } from "./define";
import { masked_fill } from "./fill";
import { cat } from "./join";
import { longs, mask as maskOf } from "./samples";
import { unbind, unsqueeze } from "./view";
import { reshape } from "./viewComposites";

export const index = op("index.Tensor(Tensor self, Tensor?[] indices) -> Tensor");
export const index_put = op(
  "index_put(Tensor self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor",
);
export const index_put_ = inPlaceOp(
  "index_put_(Tensor(a!) self, Tensor?[] indices, Tensor values, bool accumulate=False) -> Tensor(a!)",
);
export const masked_select = op("masked_select(Tensor self, Tensor mask) -> Tensor");
export const masked_scatter = op("masked_scatter(Tensor self, Tensor mask, Tensor source) -> Tensor");
export const nonzero = op("nonzero(Tensor self) -> Tensor");

const internal = { functions: [], methods: [] };

function warnOfBytes(indices: readonly (Tensor | null)[]): void {
  if (!indices.some((given) => given?.dtype === uint8)) return;
  callbacks.warn(
    "UserWarning",
    "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.",
  );
}

function indexForward(self: Tensor, indices: readonly (Tensor | null)[]): Tensor {
  warnOfBytes(indices);
  const plan = planIndex(self, indices);
  const out = empty(plan.sizes, self.dtype);
  readPlanned(self.storage.data, plan, out.storage.data);
  return laidOutAs(self, plan.sizes, indices, out);
}

/** PyTorch's result keeps the order in which the dimensions that are not indexed lie in memory. */
function laidOutAs(
  self: Tensor,
  sizes: readonly number[],
  indices: readonly (Tensor | null)[],
  out: Tensor,
): Tensor {
  if (self.isContiguous() || out.rank < 2) return out;
  const dims = [...indices.keys()].filter((d) => indices[d] !== null);
  const rest = [...self.sizes.keys()].filter((d) => !dims.includes(d));
  const indexRank = sizes.length - rest.length;
  const adjacent = dims[dims.length - 1] - dims[0] === dims.length - 1;
  const before = adjacent ? rest.filter((d) => d < dims[0]).length : 0;
  const strides = rest.map((d) => self.strides[d]);
  strides.splice(before, 0, ...new Array<number>(indexRank).fill(0));
  const places = new Array<number>(sizes.length).fill(0);
  for (let d = before + indexRank - 1, step = 8; d >= before; d--, step *= sizes[d + 1]) places[d] = step;
  const order = memoryOrder([alias(self, sizes, strides, 0), alias(self, sizes, places, 0)], sizes);
  if (order === null) return out;
  const laid = empty(sizes, out.dtype);
  laid.strides = orderedStrides(sizes, order);
  scatter(laid.storage.data, out.storage.data, sizes, laid.strides, 0);
  return laid;
}

index.define({
  forward: indexForward,
  vjp: {
    self: using("indices", ({ grad, self, indices }) =>
      index_put(tensorApi.zeros([...self.sizes], grad.dtype), indices, grad, true),
    ),
  },
  python: internal,
  math: { self: "\\bar{s}_{i_k} \\mathrel{+}= \\bar{r}_k" },
  samples: (g) => [
    [g.randn(3, 4), [g.integers(0, 3, 2, 2)]],
    [g.randn(3, 4), [null, g.integers(-4, 4, 3)]],
    [g.randn(3, 2, 4), [g.integers(0, 3, 2), null, g.integers(0, 4, 2)]],
    [g.randn(3, 2), [maskOf([1, 0, 0, 1, 1, 0], [3, 2])]],
  ],
});

/** What self becomes. */
function put(self: Tensor, indices: readonly (Tensor | null)[], values: Tensor, accumulate: boolean): Tensor {
  if (self.dtype !== values.dtype) {
    throw runtimeError(
      "Index put requires the source and destination dtypes match, got " +
        `${self.dtype.scalarName} for the destination and ${values.dtype.scalarName} for the source.`,
      { kind: "index-put-dtype", tensor: self.id, values: values.id },
    );
  }
  warnOfBytes(indices);
  const out = fromData(elementsOf(self).slice(), self.sizes, self.dtype);
  const plan = planIndex(out, indices);
  checkValues(values, plan);
  const data =
    values.numel === 1
      ? elementsOf(values)
      : elementsBroadcast(withoutLeadingOnes(values, plan.sizes.length), plan.sizes);
  if (numel(plan.sizes) > 0) writePlanned(out.storage.data, plan, data, accumulate);
  return out;
}

function withoutLeadingOnes(values: Tensor, rank: number): Tensor {
  const extra = values.rank - rank;
  if (extra <= 0) return values;
  return alias(values, values.sizes.slice(extra), values.strides.slice(extra), values.offset);
}

index_put.define({
  forward: put,
  vjp: {
    self: using("indices", ({ grad, indices, values, accumulate }) =>
      accumulate ? grad : index_put(grad, indices, tensorApi.zeros([], values.dtype), false),
    ),
    values: using("indices", ({ grad, indices }) => index(grad, indices)),
  },
  samples: (g) => [
    [g.randn(3, 4), [longs([2, 0])], g.randn(2, 4), false],
    [g.randn(3, 4), [longs([2, 2, 0]), longs([1, 1, 3])], g.randn(3), true],
  ],
});

index_put_.define({
  forward: (self, indices, values, accumulate) => {
    if (hasInternalOverlap(self)) {
      callbacks.warn(
        "UserWarning",
        "Use of index_put_ on expanded tensors is deprecated. Please clone() the tensor before performing this " +
          "operation. This also applies to advanced indexing e.g. tensor[indices] = tensor",
      );
    }
    if (!accumulate) assertNoOverlap(self, values);
    for (const given of indices) if (given) assertNoOverlap(self, given);
    return put(self, indices, values, accumulate);
  },
  vjp: {
    self: using("indices", ({ grad, indices, values, accumulate }) =>
      accumulate ? grad : index_put(grad, indices, tensorApi.zeros([], values.dtype), false),
    ),
    values: using("indices", ({ grad, indices }) => index(grad, indices)),
  },
  overlap: "none",
  math: { self: "\\bar{s}_{i} = 0 \\text{ where written}", values: "\\bar{v}_k = \\bar{r}_{i_k}" },
});

function checkMask(name: string, mask: Tensor): void {
  if (mask.dtype !== bool) throw runtimeError(`${name}: expected BoolTensor for mask`);
}

masked_select.define({
  forward: (self, mask) => {
    checkMask("masked_select", mask);
    const sizes = broadcastSizes(mask.sizes, self.sizes);
    const chosen = elementsBroadcast(mask, sizes);
    const data = elementsBroadcast(self, sizes);
    let count = 0;
    for (let i = 0; i < chosen.length; i++) if (chosen[i]) count++;
    const out = self.dtype.allocate(count);
    for (let i = 0, o = 0; i < chosen.length; i++) if (chosen[i]) out[o++] = data[i];
    return fromData(out, [count], self.dtype);
  },
  vjp: {
    self: using("self", "mask", ({ grad, self, mask }) =>
      masked_scatter(tensorApi.zeros([...broadcastSizes(mask.sizes, self.sizes)], grad.dtype), mask, grad),
    ),
  },
  math: { self: "\\bar{s}_{m} = \\bar{r},\\ \\text{elsewhere } 0" },
  samples: (g) => [
    [g.randn(3, 4), maskOf([1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1], [3, 4])],
    [g.randn(3, 1), maskOf([0, 1, 1, 0])],
  ],
});

masked_scatter.define({
  forward: (self, mask, source) => {
    if (self.dtype !== source.dtype) {
      throw runtimeError(
        "masked_scatter: expected self and source to have same dtypes but got" +
          `${self.dtype.scalarName} and ${source.dtype.scalarName}`,
      );
    }
    if (mask.dtype !== bool) {
      throw runtimeError(
        `masked_scatter_ only supports boolean masks, but got mask with dtype ${mask.dtype.scalarName}`,
      );
    }
    const sizes = broadcastSizes(mask.sizes, self.sizes);
    const chosen = elementsBroadcast(mask, sizes);
    const out = fromData(elementsBroadcast(self, sizes).slice(), [...sizes], self.dtype);
    const from = elementsOf(source);
    let next = 0;
    for (let i = 0; i < chosen.length; i++) {
      if (!chosen[i]) continue;
      if (next >= from.length) throw runtimeError("Number of elements of source < number of ones in mask");
      out.storage.data[i] = from[next++];
    }
    return out;
  },
  vjp: {
    self: using("mask", ({ grad, mask }) => masked_fill(grad, mask, 0)),
    source: using("mask", ({ grad, source, mask }) => {
      // In order, what was taken; what was not taken of the source gets zeros.
      const taken = masked_select(grad, mask);
      const missing = source.numel - taken.numel;
      const whole = missing > 0 ? cat([taken, tensorApi.zeros([missing], grad.dtype)], 0) : taken;
      return reshape(whole, source.sizes);
    }),
  },
  inPlace: true,
  python: { functions: ["masked_scatter"] },
  samples: (g) => [[g.randn(3, 4), maskOf([1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1], [3, 4]), g.randn(13)]],
});

/** One row per element that is not zero; the columns lie one after another in memory. */
nonzero.define({
  forward: (self) => {
    const columns = nonzeroColumns(self);
    const count = self.rank === 0 ? (Number(elementsOf(self)[0]) !== 0 ? 1 : 0) : columns[0].length;
    const out = empty([count, self.rank], int64);
    out.strides = [1, Math.max(count, 1)];
    (out.storage.data as BigInt64Array).set(columns.flat().map(BigInt));
    return out;
  },
});

export const argwhere = composite("argwhere(Tensor self) -> Tensor", (self) => nonzero(self));
/** `nonzero(as_tuple=True)`. */
export const nonzero_numpy = composite(
  "nonzero_numpy(Tensor self) -> Tensor[]",
  (self) => unbind(nonzero(self.rank === 0 ? unsqueeze(self, 0) : self), 1),
  { python: internal },
);
export const whereCondition = composite("where(Tensor condition) -> Tensor[]", (condition) =>
  nonzero_numpy(condition),
);
