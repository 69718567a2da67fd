// Segments of the first dimension reduced to one each: sums, means, products, the largest and the smallest.
import { tensorApi } from "../autograd/tensorApi";
import { indexValues } from "../kernels/alongDim";
import { int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { wrapDim } from "../tensor/shape";
import { fromData, type Scalar, type Tensor } from "../tensor/tensor";
import { op, operator, using } from "./define";
import { stack } from "./join";
import { longs } from "./samples";
import { sumDims } from "./sums";
import { once, vjpThrough } from "./through";
import { narrow } from "./viewComposites";

const REDUCES = ["sum", "mean", "prod", "max", "min"];

/** Where each segment begins and how long it is. */
function segmentsOf(lengths: Tensor | null, offsets: Tensor | null): [number, number][] {
  if (lengths !== null) {
    let begin = 0;
    return Array.from(indexValues(lengths), (length) => {
      const segment: [number, number] = [begin, length];
      begin += length;
      return segment;
    });
  }
  const bounds = Array.from(indexValues(offsets as Tensor));
  return bounds.slice(0, -1).map((begin, i) => [begin, bounds[i + 1] - begin]);
}

/** What a segment without elements gives, unless `initial` says otherwise. */
const EMPTY: Record<string, number> = {
  sum: 0,
  mean: Number.NaN,
  prod: 1,
  max: Number.NEGATIVE_INFINITY,
  min: Number.POSITIVE_INFINITY,
};

function filled(like: Tensor, value: number): Tensor {
  const out = tensorApi.zeros(like.sizes.slice(1), like.dtype);
  return operator("add.Scalar").call([out, value, 1n]) as Tensor;
}

function reduceOne(
  data: Tensor,
  begin: number,
  length: number,
  reduce: string,
  initial: number | null,
): Tensor {
  if (length === 0) return filled(data, initial ?? EMPTY[reduce]);
  const part = narrow(data, 0, begin, length);
  const first = filled(data, initial ?? (reduce === "mean" ? 0 : EMPTY[reduce]));
  switch (reduce) {
    case "sum":
      return tensorApi.add(sumDims(part, [0]), first);
    case "mean":
      return operator("div.Scalar").call([tensorApi.add(sumDims(part, [0]), first), length]) as Tensor;
    case "prod":
      return operator("mul.Tensor").call([
        operator("prod.dim_int").call([part, 0, false, null]),
        first,
      ]) as Tensor;
    case "max":
      return operator("maximum").call([operator("amax").call([part, [0], false]), first]) as Tensor;
    default:
      return operator("minimum").call([operator("amin").call([part, [0], false]), first]) as Tensor;
  }
}

interface Arguments {
  reduce: string;
  initial: Scalar | null;
  segments: [number, number][];
}

const twin = ({ reduce, initial, segments }: Arguments) =>
  ((data: Tensor) => [
    stack(
      segments.map(([begin, length]) =>
        reduceOne(data, begin, length, reduce, initial === null ? null : Number(initial)),
      ),
      0,
    ),
  ]) as (...inputs: (Tensor | null)[]) => Tensor[];

op(
  "segment_reduce(Tensor data, str reduce, *, Tensor? lengths=None, Tensor? indices=None, Tensor? offsets=None, int axis=0, bool unsafe=False, Scalar? initial=None) -> Tensor",
).define({
  forward: (data, reduce, lengths, _indices, offsets, axis, unsafe, initial) => {
    const dim = wrapDim(axis, data.rank);
    if (dim !== 0) throw runtimeError("segment_reduce(): Currently only dim=0 is supported!");
    if (lengths === null && offsets === null) {
      throw runtimeError("segment_reduce(): Either lengths or offsets must be defined.");
    }
    if (!REDUCES.includes(reduce)) {
      throw runtimeError(`reduce argument must be either sum, prod, mean, amax or amin, got ${reduce}`);
    }
    const segments = segmentsOf(lengths, offsets);
    const total = segments.reduce((sum, [, length]) => sum + length, 0);
    if (!unsafe && lengths !== null) {
      if (segments.some(([, length]) => length < 0)) throw runtimeError("lengths contains negative value!");
      if (total !== data.sizes[0]) {
        throw runtimeError(
          "segment_reduce(): Expected all rows of lengths along axis to sum to data.size(lengths.dim()-1) when !unsafe.",
        );
      }
    }
    return twin({ reduce, initial, segments })(data)[0];
  },
  vjp: {
    data: using("data", "lengths", "offsets", (c) => {
      const segments = segmentsOf(c.lengths, c.offsets);
      return once(c, () =>
        vjpThrough(twin({ reduce: c.reduce, initial: c.initial, segments }), [c.data], [c.grad]),
      )[0];
    }),
  },
  python: { functions: ["segment_reduce"], methods: [] },
  math: { data: "\\bar{d}_i = \\bar{r}_{\\text{segment}(i)}\\,\\frac{\\partial r}{\\partial d_i}" },
  samples: (g) => [
    [g.randn(5, 2), "sum", longs([2, 3], [2]), null, null, 0, false, null],
    [g.randn(5), "mean", longs([2, 3], [2]), null, null, 0, false, null],
    [g.randn(5), "prod", null, null, fromData(BigInt64Array.of(0n, 4n, 5n), [3], int64), 0, false, null],
    [g.randn(5), "max", longs([4, 1], [2]), null, null, 0, false, null],
  ],
});
