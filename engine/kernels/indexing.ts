// Advanced indexing: which places in memory a list of index tensors names, and in which shape the
// result stands. Rules and texts are those of ATen's TensorAdvancedIndexing and IndexingUtils.
import { bool, type Data, int32, int64, uint8 } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import { broadcastSizes, numel, type Sizes, sizesText } from "../tensor/shape";
import { fromData, type Tensor } from "../tensor/tensor";
import { elementsBroadcast, elementsOf } from "./strided";

/** Places that an index names, as sums of one entry of each list, `before` being the outermost. */
export interface IndexPlan {
  /** The result's sizes. */
  sizes: number[];
  before: Int32Array;
  indexed: Int32Array;
  after: Int32Array;
  /** Reads `after` as one run: its offsets are 0, 1, 2, … */
  afterIsRun: boolean;
  offset: number;
}

function indexError(message: string, facts?: { kind: string } & Record<string, unknown>): TorchError {
  return new TorchError("IndexError", message, facts);
}

/** Row-major offsets of every element of (sizes, strides). */
export function offsetsOf(sizes: Sizes, strides: Sizes): Int32Array {
  const out = new Int32Array(numel(sizes));
  let filled = 1;
  for (let d = sizes.length - 1; d >= 0; d--) {
    // What is filled are the offsets of the inner dimensions: repeat them, one step further each time.
    const inner = filled;
    for (let i = 1; i < sizes[d]; i++) {
      const shift = i * strides[d];
      for (let k = 0; k < inner; k++) out[filled++] = out[k] + shift;
    }
    if (sizes[d] === 0) return new Int32Array(0);
  }
  return out;
}

/** Row-major multi-indices of the elements that are not zero, one list per dimension. */
export function nonzeroColumns(tensor: Tensor): number[][] {
  const data = elementsOf(tensor);
  const { sizes } = tensor;
  const columns: number[][] = sizes.map(() => []);
  for (let i = 0; i < data.length; i++) {
    if (Number(data[i]) === 0) continue;
    let rest = i;
    for (let d = sizes.length - 1; d >= 0; d--) {
      columns[d].push(rest % sizes[d]);
      rest = Math.floor(rest / sizes[d]);
    }
  }
  return columns;
}

/** Masks become one index tensor per dimension they cover. */
function withoutMasks(self: Tensor, indices: readonly (Tensor | null)[]): (Tensor | null)[] {
  const out: (Tensor | null)[] = [];
  for (const index of indices) {
    if (index === null) {
      out.push(null);
      continue;
    }
    if (index.dtype !== bool && index.dtype !== uint8) {
      out.push(index);
      continue;
    }
    index.sizes.forEach((size, d) => {
      const at = out.length + d;
      if (size === self.sizes[at]) return;
      throw indexError(
        `The shape of the mask ${sizesText(index.sizes)} at index ${d} does not match the shape of the indexed tensor ` +
          `${sizesText(self.sizes)} at index ${at}`,
        { kind: "mask-shape", mask: index.id, tensor: self.id },
      );
    });
    for (const column of nonzeroColumns(index)) {
      out.push(fromData(BigInt64Array.from(column, BigInt), [column.length], int64));
    }
  }
  return out;
}

function commonSizes(indices: readonly Tensor[]): Sizes {
  try {
    let sizes: Sizes = indices[0].sizes;
    for (const index of indices) sizes = broadcastSizes(sizes, index.sizes);
    return sizes;
  } catch {
    const shapes = indices.map((index) => sizesText(index.sizes)).join(", ");
    throw indexError(
      `shape mismatch: indexing tensors could not be broadcast together with shapes ${shapes}`,
    );
  }
}

/**
 * `index` (broadcast to `sizes`) along dimension `dim` of self, as offsets, added to `offsets`.
 * @param position which of the index tensors it is: PyTorch's text names that as the dimension
 */
function addOffsets(
  offsets: Int32Array,
  index: Tensor,
  sizes: Sizes,
  self: Tensor,
  dim: number,
  position: number,
): void {
  const values = elementsBroadcast(index, sizes);
  const size = self.sizes[dim];
  const stride = self.strides[dim];
  for (let i = 0; i < offsets.length; i++) {
    const value = Number(values[i]);
    if (value < -size || value >= size) {
      throw indexError(`index ${value} is out of bounds for dimension ${position} with size ${size}`, {
        kind: "index-bounds",
        tensor: self.id,
        index: index.id,
      });
    }
    offsets[i] += (value < 0 ? value + size : value) * stride;
  }
}

export function planIndex(self: Tensor, given: readonly (Tensor | null)[]): IndexPlan {
  for (const index of given) {
    if (index === null || [int64, int32, uint8, bool].includes(index.dtype)) continue;
    throw indexError("tensors used as indices must be long, int, byte or bool tensors");
  }
  if (given.length > self.rank) {
    throw indexError(`too many indices for tensor of dimension ${self.rank} (got ${given.length})`);
  }
  const indices = withoutMasks(self, given);
  if (indices.length > self.rank) {
    throw indexError(`too many indices for tensor of dimension ${self.rank} (got ${indices.length})`);
  }
  const dims = [...indices.keys()].filter((d) => indices[d] !== null);
  const shape = dims.length > 0 ? commonSizes(dims.map((d) => indices[d] as Tensor)) : [];
  if (dims.some((d) => self.sizes[d] === 0) && !shape.includes(0)) {
    throw indexError("index is out of bounds for dimension with size 0");
  }
  const indexed = new Int32Array(numel(shape));
  dims.forEach((d, position) => {
    addOffsets(indexed, indices[d] as Tensor, shape, self, d, position);
  });

  // Index tensors side by side: their result stands where they stood. Otherwise it comes first.
  const adjacent = dims.length > 0 && dims[dims.length - 1] - dims[0] === dims.length - 1;
  const rest = [...self.sizes.keys()].filter((d) => !dims.includes(d));
  const beforeDims = adjacent ? rest.filter((d) => d < dims[0]) : [];
  const afterDims = adjacent ? rest.filter((d) => d > dims[0]) : rest;
  const offsets = (list: number[]) =>
    offsetsOf(
      list.map((d) => self.sizes[d]),
      list.map((d) => self.strides[d]),
    );
  const after = offsets(afterDims);
  return {
    sizes: [...beforeDims.map((d) => self.sizes[d]), ...shape, ...afterDims.map((d) => self.sizes[d])],
    before: offsets(beforeDims),
    indexed,
    after,
    afterIsRun: after.every((place, i) => place === i),
    offset: self.offset,
  };
}

/** Reads the planned places of `data` into `out`, row-major. */
export function readPlanned(data: Data, plan: IndexPlan, out: Data): void {
  const { before, indexed, after, afterIsRun, offset } = plan;
  const from = data as Float64Array;
  const to = out as Float64Array;
  let o = 0;
  for (let b = 0; b < before.length; b++) {
    for (let i = 0; i < indexed.length; i++) {
      const base = offset + before[b] + indexed[i];
      if (afterIsRun && after.length > 8) {
        to.set(from.subarray(base, base + after.length), o);
        o += after.length;
      } else {
        for (let a = 0; a < after.length; a++) to[o++] = from[base + after[a]];
      }
    }
  }
}

/** Writes row-major `values` to the planned places of `data`, or adds them; a single value is repeated. */
export function writePlanned(data: Data, plan: IndexPlan, values: Data, accumulate: boolean): void {
  const { before, indexed, after, offset } = plan;
  const to = data as Float64Array;
  const from = values as Float64Array;
  const step = values.length === 1 ? 0 : 1;
  let v = 0;
  for (let b = 0; b < before.length; b++) {
    for (let i = 0; i < indexed.length; i++) {
      const base = offset + before[b] + indexed[i];
      for (let a = 0; a < after.length; a++, v += step) {
        if (accumulate) to[base + after[a]] += from[v];
        else to[base + after[a]] = from[v];
      }
    }
  }
}

/** Raises where `values` cannot stand for the result of the index. */
export function checkValues(values: Tensor, plan: IndexPlan): void {
  const fits =
    values.rank <= plan.sizes.length + leadingOnes(values.sizes) &&
    values.sizes.every((size, d) => {
      const at = d - values.rank + plan.sizes.length;
      return size === 1 || (at >= 0 && size === plan.sizes[at]);
    });
  if (fits) return;
  throw runtimeError(
    `shape mismatch: value tensor of shape ${sizesText(values.sizes)} cannot be broadcast to indexing result of ` +
      `shape ${sizesText(plan.sizes)}`,
    { kind: "index-put-shape", values: values.id },
  );
}

function leadingOnes(sizes: Sizes): number {
  const first = sizes.findIndex((size) => size !== 1);
  return first < 0 ? sizes.length : first;
}
