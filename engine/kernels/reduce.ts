// Loops that reduce rows (see rows.ts) to one number each, and that accumulate along a dimension.
// Sums of floats are in sum.ts.
import { type Data, type DType, inFloat32, int64 } from "../tensor/dtype";
import type { Floats, Numbers } from "./iterate";
import type { Rows } from "./rows";
import { lanesOf } from "./sum";

const { fround } = Math;
const identity = (x: number) => x;
const rounding = (dtype: DType) => (inFloat32(dtype) ? fround : identity);

/** Sums of whole numbers, wrapping around at 64 bits. */
export function sumWhole({ data, count, width }: Rows): BigInt64Array {
  const out = new BigInt64Array(count);
  if (data instanceof BigInt64Array) {
    for (let row = 0, i = 0; row < count; row++) {
      let sum = 0n;
      for (let k = 0; k < width; k++) sum += data[i++];
      out[row] = sum;
    }
    return out;
  }
  for (let row = 0, i = 0; row < count; row++) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += data[i++] as number;
    out[row] = BigInt(sum);
  }
  return out;
}

export function prodWhole({ data, count, width }: Rows): BigInt64Array {
  const out = new BigInt64Array(count);
  for (let row = 0, i = 0; row < count; row++) {
    let product = 1n;
    for (let k = 0; k < width; k++) product = BigInt.asIntN(64, product * BigInt(data[i++]));
    out[row] = product;
  }
  return out;
}

/** Products, in PyTorch's order: four registers at a time where a row lies together, else one by one. */
export function prodFloats({ data, count, width, inner }: Rows, dtype: DType): Floats {
  const out = dtype.allocate(count) as Floats;
  const round = rounding(dtype);
  const lanes = lanesOf(dtype);
  const block = 4 * lanes;
  const acc = dtype.allocate(block) as Floats;
  const source = data as Floats;
  for (let row = 0; row < count; row++) {
    let i = row * width;
    const end = i + width;
    let product = 1;
    if (inner && width >= block) {
      for (let k = 0; k < block; k++) acc[k] = source[i++];
      while (i + block <= end) for (let k = 0; k < block; k++) acc[k] *= source[i++];
      for (let k = 0; k < lanes; k++) {
        acc[k] = round(acc[k] * acc[k + lanes]) * round(acc[k + 2 * lanes] * acc[k + 3 * lanes]);
        product = round(product * acc[k]);
      }
    }
    for (; i < end; i++) product = round(product * source[i]);
    out[row] = product;
  }
  return out;
}

/** The greatest (or smallest) element of each row and where it first stands; NaN beats every number. */
export function extremes(
  { data, count, width }: Rows,
  greatest: boolean,
  dtype: DType,
): { values: Data; indices: BigInt64Array } {
  const values = dtype.allocate(count);
  const indices = new BigInt64Array(count);
  for (let row = 0; row < count; row++) {
    const start = row * width;
    let at = start;
    let best = data[start];
    if (!Number.isNaN(best)) {
      for (let i = start + 1; i < start + width; i++) {
        const value = data[i];
        if (greatest ? value > best : value < best) {
          best = value;
          at = i;
        } else if (Number.isNaN(value)) {
          best = value;
          at = i;
          break;
        }
      }
    }
    values[row] = best;
    indices[row] = BigInt(at - start);
  }
  return { values, indices };
}

/** Whether all (or any) elements of each row are not zero. */
export function truthOf({ data, count, width }: Rows, all: boolean): Uint8Array {
  const out = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    let answer = all;
    const end = (row + 1) * width;
    for (let i = row * width; i < end; i++) {
      // biome-ignore lint/suspicious/noDoubleEquals: 0 and 0n are both nothing.
      if ((data[i] != 0) !== all) {
        answer = !all;
        break;
      }
    }
    out[row] = answer ? 1 : 0;
  }
  return out;
}

export function countNonzero({ data, count, width }: Rows): BigInt64Array {
  const out = new BigInt64Array(count);
  for (let row = 0; row < count; row++) {
    let found = 0;
    const end = (row + 1) * width;
    // biome-ignore lint/suspicious/noDoubleEquals: 0 and 0n are both nothing.
    for (let i = row * width; i < end; i++) if (data[i] != 0) found++;
    out[row] = BigInt(found);
  }
  return out;
}

/** Sums of squared deviations from the row's mean, by `degrees`; in double, as PyTorch computes it. */
export function varianceOf(
  { data, count, width }: Rows,
  correction: number,
): { variance: Float64Array; mean: Float64Array } {
  const variance = new Float64Array(count);
  const means = new Float64Array(count);
  const source = data as Floats;
  const degrees = Math.max(width - correction, 0);
  for (let row = 0; row < count; row++) {
    const start = row * width;
    let sum = 0;
    for (let i = start; i < start + width; i++) sum += source[i];
    const mean = sum / width;
    let squares = 0;
    for (let i = start; i < start + width; i++) squares += (source[i] - mean) ** 2;
    variance[row] = squares / degrees;
    means[row] = mean;
  }
  return { variance, mean: means };
}

/** (Σ |x|^p)^(1/p), with its limits for p of 0 and of plus or minus infinity. */
export function normOf(rows: Rows, p: number, dtype: DType): Floats {
  const out = dtype.allocate(rows.count) as Floats;
  const source = rows.data as Floats;
  const { count, width } = rows;
  const round = rounding(dtype);
  for (let row = 0; row < count; row++) {
    const start = row * width;
    const end = start + width;
    if (p === 2)
      out[row] = rows.inner ? norm2Inner(source, start, end, dtype) : norm2Outer(source, start, end, round);
    else if (p === Number.POSITIVE_INFINITY) out[row] = extremeSize(source, start, end, true);
    else if (p === Number.NEGATIVE_INFINITY) out[row] = extremeSize(source, start, end, false);
    else out[row] = normGeneral(source, start, end, p, round);
  }
  return out;
}

function norm2Outer(source: Floats, start: number, end: number, round: (x: number) => number): number {
  let sum = 0;
  for (let i = start; i < end; i++) sum = round(sum + round(source[i] * source[i]));
  return Math.sqrt(sum);
}

/**
 * Squares in eight (four) lanes from twice as many numbers on, the lanes summed one after the other.
 * What remains: four at a time with the product rounded, the last ones fused.
 */
function norm2Inner(source: Floats, start: number, end: number, dtype: DType): number {
  const round = rounding(dtype);
  const lanes = lanesOf(dtype);
  let i = start;
  let sum = 0;
  if (end - start >= 2 * lanes) {
    const acc = dtype.allocate(lanes) as Floats;
    for (; i + lanes <= end; i += lanes) {
      for (let k = 0; k < lanes; k++) acc[k] += round(source[i + k] * source[i + k]);
    }
    for (let k = 0; k < lanes; k++) sum = round(sum + acc[k]);
  }
  const unfused = i + (end - i - ((end - i) % 4));
  for (; i < unfused; i++) sum = round(sum + round(source[i] * source[i]));
  for (; i < end; i++) sum = round(sum + source[i] * source[i]);
  return Math.sqrt(sum);
}

function extremeSize(source: Floats, start: number, end: number, greatest: boolean): number {
  let best = greatest ? 0 : Number.POSITIVE_INFINITY;
  for (let i = start; i < end; i++)
    best = greatest ? Math.max(best, Math.abs(source[i])) : Math.min(best, Math.abs(source[i]));
  return best;
}

function normGeneral(
  source: Floats,
  start: number,
  end: number,
  p: number,
  round: (x: number) => number,
): number {
  let sum = 0;
  if (p === 0) {
    for (let i = start; i < end; i++) if (source[i] !== 0) sum++;
    return sum;
  }
  if (p === 1) {
    for (let i = start; i < end; i++) sum = round(sum + Math.abs(source[i]));
    return sum;
  }
  for (let i = start; i < end; i++) sum = round(sum + round(Math.abs(source[i]) ** p));
  return sum ** round(1 / p);
}

/** Running sums (products) along the middle of (outer, size, inner); floats in double. */
export function accumulate(
  data: Data,
  shape: { outer: number; size: number; inner: number },
  product: boolean,
  dtype: DType,
): Data {
  const out = dtype.allocate(data.length);
  const { outer, size, inner } = shape;
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < inner; k++) {
      let at = o * size * inner + k;
      if (dtype === int64) {
        let total = product ? 1n : 0n;
        for (let i = 0; i < size; i++, at += inner) {
          const value = (data as BigInt64Array)[at];
          total = BigInt.asIntN(64, product ? total * value : total + value);
          out[at] = total;
        }
      } else {
        let total = product ? 1 : 0;
        for (let i = 0; i < size; i++, at += inner) {
          const value = (data as Numbers)[at];
          total = product ? total * value : total + value;
          out[at] = total;
        }
      }
    }
  }
  return out;
}

/** Running greatest (smallest) elements and where they stand: the last of equals, NaN stays. */
export function accumulateExtreme(
  data: Data,
  shape: { outer: number; size: number; inner: number },
  greatest: boolean,
  dtype: DType,
): { values: Data; indices: BigInt64Array } {
  const values = dtype.allocate(data.length);
  const indices = new BigInt64Array(data.length);
  const { outer, size, inner } = shape;
  for (let o = 0; o < outer; o++) {
    for (let k = 0; k < inner; k++) {
      let at = o * size * inner + k;
      let best = data[at];
      let index = 0;
      for (let i = 0; i < size; i++, at += inner) {
        const value = data[at];
        if (Number.isNaN(value) || (!Number.isNaN(best) && (greatest ? value >= best : value <= best))) {
          best = value;
          index = i;
        }
        values[at] = best;
        indices[at] = BigInt(index);
      }
    }
  }
  return { values, indices };
}

/** Positions of a row's elements in ascending order, NaN last, equals as they stand. */
export function sortedPositions(data: Data, start: number, width: number): number[] {
  const positions = Array.from({ length: width }, (_, i) => i);
  positions.sort((a, b) => {
    const x = data[start + a];
    const y = data[start + b];
    if (Number.isNaN(x)) return Number.isNaN(y) ? a - b : 1;
    if (Number.isNaN(y)) return -1;
    return x < y ? -1 : x > y ? 1 : a - b;
  });
  return positions;
}
