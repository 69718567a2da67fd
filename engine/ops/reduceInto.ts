// Reductions into chosen places: scatter_reduce and index_reduce, and scatter with reduce=. The two differ only in
// how they name places, so their gradients are the same formulas over two ways to read and write them.
import { modes } from "../autograd/modes";
import { DelayedErrorNode } from "../autograd/pythonNode";
import { tensorApi } from "../autograd/tensorApi";
import { blocksOf, indexValues, isIndexType, placesAlong } from "../kernels/alongDim";
import { elementsOf, gather as gatherStrided } from "../kernels/strided";
import { bool, type Data, int64 } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import { type Sizes, sizesText, wrapDim } from "../tensor/shape";
import { fromData, scalarTensor, type Tensor } from "../tensor/tensor";
import { div, mul } from "./arithmetic";
import { notImplementedFor } from "./checks";
import { where } from "./choice";
import { eq, gt, logical_and } from "./comparison";
import { to } from "./convert";
import { type FormulaContext, op, operator, using } from "./define";
import { warnOnce } from "./deprecated";
import { masked_fill } from "./fill";
import {
  checkScatter,
  gather,
  index_add,
  index_fill,
  index_select,
  scatter_add,
  scatterValue,
} from "./gather";
import { longs } from "./samples";

// ---- the kernel ----

type Step<T> = (before: T, value: T) => T;

const NUMBER_STEPS: Record<string, Step<number>> = {
  sum: (a, b) => a + b,
  prod: (a, b) => a * b,
  mean: (a, b) => a + b,
  amax: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.max(a, b)),
  amin: (a, b) => (Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : Math.min(a, b)),
};
const BIGINT_STEPS: Record<string, Step<bigint>> = {
  sum: (a, b) => a + b,
  prod: (a, b) => BigInt.asIntN(64, a * b),
  mean: (a, b) => a + b,
  amax: (a, b) => (a > b ? a : b),
  amin: (a, b) => (a < b ? a : b),
};
const TRUTH_STEPS: Record<string, Step<number>> = {
  sum: (a, b) => a | b,
  prod: (a, b) => a & b,
  amax: (a, b) => a | b,
  amin: (a, b) => a & b,
};

/** The integer that is not above a quotient. */
function floorOf(total: bigint, count: bigint): bigint {
  const quotient = total / count;
  return total % count !== 0n && total < 0n ? quotient - 1n : quotient;
}

/** Reduces values[i] into place places[i] of a copy of `self`. */
function reducedInto(
  self: Tensor,
  places: Int32Array,
  values: Data,
  reduce: string,
  includeSelf: boolean,
): Tensor {
  const out = elementsOf(self).slice() as unknown as unknown[];
  const counts = new Int32Array(out.length).fill(includeSelf ? 1 : 0);
  const table = self.dtype === int64 ? BIGINT_STEPS : self.dtype === bool ? TRUTH_STEPS : NUMBER_STEPS;
  const step = table[reduce] as Step<unknown>;
  places.forEach((place, i) => {
    const value = values[values.length === 1 ? 0 : i];
    // The first to come where self does not count.
    out[place] = counts[place] === 0 ? value : step(out[place], value);
    counts[place]++;
  });
  if (reduce === "mean") {
    for (const place of new Set(places)) {
      const total = out[place];
      const count = counts[place];
      if (typeof total === "bigint") out[place] = floorOf(total, BigInt(count));
      else if (self.dtype.kind === "int") out[place] = Math.floor((total as number) / count);
      else out[place] = (total as number) / count;
    }
  }
  return fromData(out as unknown as Data, self.sizes, self.dtype);
}

// ---- the formulas ----

/** How places are named: by an index of the source's shape (scatter), or by lines (index). */
interface Access {
  take(tensor: Tensor, dim: number, index: Tensor): Tensor;
  addTo(tensor: Tensor, dim: number, index: Tensor, source: Tensor): Tensor;
  clear(tensor: Tensor, dim: number, index: Tensor): Tensor;
  /** The operator's key. */
  key: string;
  /** PyTorch's name for it in its texts. */
  name: string;
}

const scattering: Access = {
  take: (tensor, dim, index) => gather(tensor, dim, index, false),
  addTo: (tensor, dim, index, source) => scatter_add(tensor, dim, index, source),
  clear: (tensor, dim, index) => scatterValue(tensor, dim, index, 0n),
  key: "scatter_reduce.two",
  name: "scatter_reduce",
};
const indexing: Access = {
  take: (tensor, dim, index) => index_select(tensor, dim, index),
  addTo: (tensor, dim, index, source) => index_add(tensor, dim, index, source, 1n),
  clear: (tensor, dim, index) => index_fill(tensor, dim, to(index, int64), 0n),
  key: "index_reduce",
  name: "index_reduce",
};

interface Context {
  grad: Tensor;
  dim: number;
  index: Tensor;
  self: Tensor;
  source: Tensor;
  result: Tensor;
  reduce: string;
  include_self: boolean;
}

function reduceAgain(access: Access, c: Context, self: Tensor, source: Tensor, reduce: string): Tensor {
  return operator(access.key).call([self, c.dim, c.index, source, reduce, c.include_self]) as Tensor;
}

function asNumbers(truth: Tensor, like: Tensor): Tensor {
  return to(truth, like.dtype);
}

/** How many elements meet at each place, self among them where it counts; 1 where there are none. */
function counted(access: Access, c: Context): Tensor {
  const start = c.include_self
    ? tensorApi.onesLike(c.grad)
    : tensorApi.zeros([...c.grad.sizes], c.grad.dtype);
  const count = access.addTo(start, c.dim, c.index, tensorApi.onesLike(c.source));
  return masked_fill(count, eq(count, 0n), 1n);
}

/** Of equal extremes each gets the same share. */
function shares(access: Access, c: Context): { selfIs: Tensor; sourceIs: Tensor; share: Tensor } {
  const value = access.take(c.result, c.dim, c.index);
  const selfIs = asNumbers(eq(c.self, c.result), c.grad);
  const sourceIs = asNumbers(eq(c.source, value), c.grad);
  const count = access.addTo(selfIs, c.dim, c.index, sourceIs);
  return { selfIs, sourceIs, share: div(c.grad, count) };
}

const SELF: Record<string, (access: Access, c: Context) => Tensor> = {
  sum: (_access, c) => c.grad,
  mean: (access, c) => div(c.grad, counted(access, c)),
  prod: (access, c) => {
    const without = masked_fill(c.self, eq(c.self, 0n), 1n);
    return div(mul(c.grad, reduceAgain(access, c, without, c.source, "prod")), without);
  },
  amax: (access, c) => {
    const { selfIs, share } = shares(access, c);
    return mul(selfIs, share);
  },
};
SELF.amin = SELF.amax;

// Text: scatter_reduce_backward and index_reduce_backward of torch/csrc/autograd/FunctionsManual.cpp.
function unsupported({ name }: Access): string {
  const source = name.startsWith("scatter") ? "src" : "source";
  return (
    `${name}(): Double backward is unsupported for ${source} when >1 zeros in ${source} are scattered to the same position ` +
    "in self"
  );
}

const someTrue = (condition: Tensor): boolean => elementsOf(condition).some((value) => value !== 0);

const SOURCE: Record<string, (access: Access, c: Context) => Tensor> = {
  sum: (access, c) => access.take(c.grad, c.dim, c.index),
  mean: (access, c) =>
    div(access.take(c.grad, c.dim, c.index), access.take(counted(access, c), c.dim, c.index)),
  prod: (access, c) => {
    const zero = eq(c.source, 0n);
    const zeros = tensorApi.zeros([...c.self.sizes], c.self.dtype);
    const together = access.take(
      access.addTo(zeros, c.dim, c.index, asNumbers(zero, c.self)),
      c.dim,
      c.index,
    );
    // A zero that is alone at its place: the product of the others is its slope.
    const single = logical_and(zero, eq(together, 1n));
    const others = reduceAgain(access, c, c.self, masked_fill(c.source, single, 1n), "prod");
    const alone = access.take(mul(c.grad, others), c.dim, c.index);
    const usual = div(access.take(mul(c.grad, c.result), c.dim, c.index), masked_fill(c.source, zero, 1n));
    const found = where(single, alone, usual);
    return modes.grad && someTrue(logical_and(zero, gt(together, 1n)))
      ? DelayedErrorNode.behind(found, unsupported(access))
      : found;
  },
  amax: (access, c) => {
    const { sourceIs, share } = shares(access, c);
    return mul(sourceIs, access.take(share, c.dim, c.index));
  },
};
SOURCE.amin = SOURCE.amax;

function selfGradient(access: Access, c: Context): Tensor {
  const gradient = SELF[c.reduce](access, c);
  return c.include_self ? gradient : access.clear(gradient, c.dim, c.index);
}

// ---- scatter_reduce ----

const NAMES: Record<string, string> = { max: "amax", min: "amin" };

function reductionOf(given: string): string {
  const name = NAMES[given] ?? given;
  if (name in NUMBER_STEPS) return name;
  throw runtimeError(`reduce argument must be either sum, prod, mean, amax or amin, got ${given}`);
}

function scattered(src: Tensor, index: Tensor): Data {
  const sizes = src.rank === 0 ? [] : index.sizes;
  return gatherStrided(src.storage.data, src.dtype, sizes, src.strides, src.offset);
}

export const scatter_reduce = op(
  "scatter_reduce.two(Tensor self, int dim, Tensor index, Tensor src, str reduce, *, bool include_self=True) -> Tensor",
);
type ScatterContext = FormulaContext<
  { dim: number; reduce: string; include_self: boolean; self: Tensor; src: Tensor; index: Tensor },
  "self" | "src" | "index" | "result"
>;
const scatterContext = (c: ScatterContext): Context => ({
  grad: c.grad,
  dim: c.dim,
  index: c.index,
  self: c.self,
  source: c.src,
  result: c.result,
  reduce: reductionOf(c.reduce),
  include_self: c.include_self,
});
scatter_reduce.define({
  forward: (self, dim, index, src, reduce, include_self) => {
    const d = checkScatter("scatter", self, dim, index, src);
    const name = reductionOf(reduce);
    if (name === "mean" && self.dtype === bool) {
      throw notImplementedFor("scatter_gather_tensor_cpu_reduce_mean", self.dtype);
    }
    const places = index.numel === 0 ? new Int32Array(0) : placesAlong(index, self.sizes, d);
    return reducedInto(self, places, scattered(src, index), name, include_self);
  },
  vjp: {
    self: using("self", "src", "index", "result", (c) => selfGradient(scattering, scatterContext(c))),
    src: using("self", "src", "index", "result", (c) => {
      const context = scatterContext(c);
      return SOURCE[context.reduce](scattering, context);
    }),
  },
  inPlace: true,
  overlap: "indexed",
  math: {
    self: "\\bar{s} = \\bar{r}\\,\\partial r/\\partial s",
    src: "\\bar{v}_k = \\bar{r}_{i_k}\\,\\partial r_{i_k}/\\partial v_k",
  },
  samples: (g) => [
    ...["sum", "prod", "mean", "amax", "amin"].map((reduce) => [
      g.randn(3, 2),
      0,
      longs([0, 1, 0, 0, 2, 1], [3, 2]),
      g.randn(3, 2),
      reduce,
      true,
    ]),
    [g.randn(3, 2), 0, longs([0, 1, 0, 0], [2, 2]), g.randn(2, 2), "mean", false],
    [g.randn(3, 2), 0, longs([0, 1, 0, 0], [2, 2]), g.randn(2, 2), "prod", false],
  ],
});

// ---- scatter(…, reduce="add") ----

const OLD: Record<string, string> = { add: "sum", multiply: "prod" };

function oldReduction(reduce: string): string {
  if (reduce in OLD) return OLD[reduce];
  throw runtimeError("reduce argument must be either add or multiply.");
}

const scatterReduceOld = op(
  "scatter.reduce(Tensor self, int dim, Tensor index, Tensor src, *, str reduce) -> Tensor",
);
scatterReduceOld.define({
  forward: (self, dim, index, src, reduce) => {
    warnOnce(
      "The reduce argument of torch.scatter with Tensor src is deprecated and will be removed in a future PyTorch " +
        "release. Use torch.scatter_reduce instead for more reduction options.",
    );
    const d = checkScatter("scatter", self, dim, index, src);
    const name = oldReduction(reduce);
    const places = index.numel === 0 ? new Int32Array(0) : placesAlong(index, self.sizes, d);
    return reducedInto(self, places, scattered(src, index), name, true);
  },
  vjp: "refuse",
  inPlace: true,
  overlap: "indexed",
  samples: (g) => [[g.randn(3, 2), 0, longs([0, 1], [1, 2]), g.randn(1, 2), "add"]],
});
const scatterValueReduceOld = op(
  "scatter.value_reduce(Tensor self, int dim, Tensor index, Scalar value, *, str reduce) -> Tensor",
);
scatterValueReduceOld.define({
  forward: (self, dim, index, value, reduce) => {
    const d = checkScatter("scatter", self, dim, index, null);
    const name = oldReduction(reduce);
    const places = index.numel === 0 ? new Int32Array(0) : placesAlong(index, self.sizes, d);
    return reducedInto(self, places, scalarTensor(value, self.dtype).storage.data, name, true);
  },
  vjp: "refuse",
  inPlace: true,
  overlap: "indexed",
  samples: (g) => [[g.randn(3, 2), 0, longs([0, 1], [1, 2]), 2.5, "multiply"]],
});

// ---- index_reduce ----

export const index_reduce = op(
  "index_reduce(Tensor self, int dim, Tensor index, Tensor source, str reduce, *, bool include_self=True) -> Tensor",
);

/** The place of every element of `source`, whose lines go to the lines that `index` names. */
function linePlaces(sizes: Sizes, d: number, values: Int32Array): Int32Array {
  const { outer, size, inner } = blocksOf(sizes, d);
  const places = new Int32Array(outer * values.length * inner);
  let k = 0;
  for (let o = 0; o < outer; o++) {
    for (const value of values) for (let i = 0; i < inner; i++) places[k++] = (o * size + value) * inner + i;
  }
  return places;
}

function checkIndexReduce(self: Tensor, d: number, index: Tensor, source: Tensor): Int32Array {
  if (index.rank > 1) {
    throw new TorchError(
      "IndexError",
      `index_reduce_(): Index is supposed to be a vector, but got dim: ${index.rank} with type: ` +
        `${index.dtype.scalarName} and size: ${sizesText(index.sizes)}`,
    );
  }
  if (!isIndexType(index.dtype)) {
    throw runtimeError(
      `index_reduce_(): Expected dtype int32/int64 for index but got: ${index.dtype.scalarName}`,
    );
  }
  if (self.dtype !== source.dtype) {
    throw runtimeError(
      `index_reduce_(): self (${self.dtype.scalarName}) and source (${source.dtype.scalarName}) must have the same scalar type`,
    );
  }
  const values = indexValues(index);
  const lines = source.rank === 0 ? 1 : source.sizes[d];
  if (values.length !== lines) {
    throw runtimeError(
      `index_reduce_(): Number of indices (${values.length}) should be equal to source.size(dim): (${lines}), for dim: ${d}`,
    );
  }
  const same =
    self.rank === source.rank && self.sizes.every((size, k) => k === d || size === source.sizes[k]);
  if (self.rank > 0 && source.rank > 0 && !same) {
    throw runtimeError(
      "source tensor shape must match self tensor shape, excluding the specified dimension. Got self.shape = " +
        `${sizesText(self.sizes)} source.shape = ${sizesText(source.sizes)}`,
    );
  }
  const size = self.sizes[d] ?? 1;
  if (values.some((value) => value < 0 || value >= size)) {
    throw new TorchError("IndexError", "index out of range in self", { kind: "index-bounds" });
  }
  return values;
}

type IndexContext = FormulaContext<
  { dim: number; reduce: string; include_self: boolean; self: Tensor; source: Tensor; index: Tensor },
  "self" | "source" | "index" | "result"
>;
const indexContext = (c: IndexContext): Context => ({
  grad: c.grad,
  dim: c.dim,
  index: c.index,
  self: c.self,
  source: c.source,
  result: c.result,
  reduce: c.reduce,
  include_self: c.include_self,
});
index_reduce.define({
  forward: (self, dim, index, source, reduce, include_self) => {
    if (!["prod", "mean", "amax", "amin"].includes(reduce)) {
      throw runtimeError(
        `index_reduce(): Expected reduce to be one of prod, mean, amax or amin but got ${reduce}.`,
      );
    }
    warnOnce("index_reduce() is in beta and the API may change at any time.");
    const d = wrapDim(dim, self.rank);
    const values = checkIndexReduce(self, d, index, source);
    return reducedInto(self, linePlaces(self.sizes, d, values), elementsOf(source), reduce, include_self);
  },
  vjp: {
    self: using("self", "source", "index", "result", (c) => selfGradient(indexing, indexContext(c))),
    source: using("self", "source", "index", "result", (c) => SOURCE[c.reduce](indexing, indexContext(c))),
  },
  inPlace: true,
  overlap: "indexed",
  math: {
    self: "\\bar{s} = \\bar{r}\\,\\partial r/\\partial s",
    source: "\\bar{v}_k = \\bar{r}_{i_k}\\,\\partial r_{i_k}/\\partial v_k",
  },
  samples: (g) => [
    ...["prod", "mean", "amax", "amin"].map((reduce) => [
      g.randn(3, 2),
      0,
      longs([0, 2, 0]),
      g.randn(3, 2),
      reduce,
      true,
    ]),
    [g.randn(2, 3), 1, longs([0, 0]), g.randn(2, 2), "prod", false],
  ],
});
