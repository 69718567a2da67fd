// Binary search: where values would go in sorted boundaries.
import { elementsOf } from "../kernels/strided";
import { int32, int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { sameSizes, sizesText } from "../tensor/shape";
import { fromData, type Tensor, wrappedNumber } from "../tensor/tensor";
import { composite, op } from "./define";
import { longs } from "./samples";

type Side = "left" | "right";

/** The number of boundaries before `value` (those equal to it too on the right side); NaN goes behind all. */
function placeOf(value: number, size: number, side: Side, boundary: (i: number) => number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = boundary(middle);
    // Written so that a NaN among the values is not below any boundary.
    const before = side === "right" ? !(at > value) : !(at >= value);
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}

function search(
  boundaries: Tensor,
  values: Tensor,
  small: boolean,
  side: Side,
  sorter: Tensor | null,
): Tensor {
  const size = boundaries.sizes[boundaries.rank - 1];
  const lines = elementsOf(boundaries);
  const order = sorter ? elementsOf(sorter) : null;
  const wanted = elementsOf(values);
  const width = boundaries.rank === 1 ? wanted.length : (values.sizes[values.rank - 1] ?? 1);
  const dtype = small ? int32 : int64;
  const out = dtype.allocate(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    const line = boundaries.rank === 1 ? 0 : Math.floor(i / width) * size;
    const at = placeOf(Number(wanted[i]), size, side, (k) =>
      Number(lines[line + (order ? Number(order[line + k]) : k)]),
    );
    out[i] = small ? at : BigInt(at);
  }
  return fromData(out, values.sizes, dtype);
}

function check(
  boundaries: Tensor,
  values: Tensor,
  isNumber: boolean,
  right: boolean,
  side: string | null,
  sorter: Tensor | null,
): Side {
  const name = "torch.searchsorted():";
  if (side !== null && side !== "left" && side !== "right") {
    throw runtimeError(`${name} side can only be 'left' or 'right' but got ${side}`);
  }
  if (side === "left" && right) {
    throw runtimeError(
      `${name} side and right can't be set to opposites, got side of left while right was True`,
    );
  }
  if (boundaries.rank === 0) {
    throw runtimeError(`${name} boundaries tensor should have positive dimension, but got 0 dimension`);
  }
  if ((isNumber || (values.rank === 0 && values.numel === 1)) && boundaries.rank !== 1) {
    throw runtimeError(
      `${name} input value can be a scalar only when boundaries tensor dimension is 1, but we got boundaries tensor ` +
        `dim(${boundaries.rank}) and input value's dim(${values.rank}) numel(${values.numel})`,
    );
  }
  const outer = boundaries.sizes.slice(0, -1);
  if (
    boundaries.rank !== 1 &&
    (boundaries.rank !== values.rank || !sameSizes(outer, values.sizes.slice(0, -1)))
  ) {
    throw runtimeError(
      `${name} boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value ` +
        `tensor must match, but we got boundaries tensor ${sizesText(boundaries.sizes)} and input value tensor ` +
        sizesText(values.sizes),
    );
  }
  if (sorter) {
    if (!sameSizes(sorter.sizes, boundaries.sizes)) {
      throw runtimeError(
        `${name} boundary and sorter must have the same size, but got boundary tensor ${sizesText(boundaries.sizes)}` +
          `and got sorter tensor ${sizesText(sorter.sizes)}`,
      );
    }
    if (sorter.dtype !== int64) {
      throw runtimeError(
        `${name} sorter must be a tensor of long dtype but got dtype ${sorter.dtype.scalarName}`,
      );
    }
    const size = boundaries.sizes[boundaries.rank - 1];
    for (const place of elementsOf(sorter)) {
      if (place < 0 || place >= size) throw runtimeError(`${name} sorter index out of range`);
    }
  }
  return right || side === "right" ? "right" : "left";
}

const functions = { functions: ["searchsorted"], methods: [] };
export const searchsorted = op(
  "searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
);
searchsorted.define({
  forward: (boundaries, self, out_int32, right, side, sorter) =>
    search(boundaries, self, out_int32, check(boundaries, self, false, right, side, sorter), sorter),
  python: functions,
  samples: (g) => [
    [g.tensor([1, 3, 5], [3]), g.randn(2, 2), false, false, null, null],
    [g.tensor([3, 1, 5], [3]), g.randn(2), true, true, null, longs([1, 0, 2])],
  ],
});
composite(
  "searchsorted.Scalar(Tensor sorted_sequence, Scalar self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor",
  (boundaries, self, out_int32, right, side, sorter) => {
    const value = wrappedNumber(self);
    return search(boundaries, value, out_int32, check(boundaries, value, true, right, side, sorter), sorter);
  },
  { python: functions },
);

function checkBoundaries(boundaries: Tensor): void {
  if (boundaries.rank !== 1) {
    throw runtimeError(`boundaries tensor must be 1 dimension, but got dim(${boundaries.rank})`);
  }
}

export const bucketize = op(
  "bucketize.Tensor(Tensor self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor",
);
bucketize.define({
  forward: (self, boundaries, out_int32, right) => {
    checkBoundaries(boundaries);
    return search(boundaries, self, out_int32, right ? "right" : "left", null);
  },
  python: { functions: ["bucketize"], methods: [] },
  samples: (g) => [[g.randn(2, 2), g.tensor([-1, 0, 1], [3]), false, true]],
});
composite(
  "bucketize.Scalar(Scalar self, Tensor boundaries, *, bool out_int32=False, bool right=False) -> Tensor",
  (self, boundaries, out_int32, right) => {
    checkBoundaries(boundaries);
    return search(boundaries, wrappedNumber(self), out_int32, right ? "right" : "left", null);
  },
  { python: { functions: ["bucketize"], methods: [] } },
);
