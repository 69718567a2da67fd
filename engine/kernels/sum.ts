// Sums of floats, rounded as PyTorch rounds them in AVX registers: partial sums in lanes, four
// at a time, in a cascade of levels that keeps the error small. In float32 the order is visible in
// the last digit, so it is kept exactly.
import { type DType, inFloat32 } from "../tensor/dtype";
import type { Sizes } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import type { Floats } from "./iterate";
import { elementsAs } from "./strided";
import { addSumsOfRows } from "./wasm/rows";

const { fround } = Math;
const LEVELS = 4;
const ILP = 4;

/** Numbers in one SIMD register. */
export function lanesOf(dtype: DType): number {
  return inFloat32(dtype) ? 8 : 32 / dtype.bytes;
}

function ceilLog2(n: number): number {
  return n <= 1 ? 0 : 32 - Math.clz32(n - 1);
}

/**
 * Sums `size` rows of `width` columns into acc[0 .. width), in a cascade: after 2^power rows the
 * lowest level is added to the next one, and so on.
 */
function multiRowSum(
  data: Floats,
  start: number,
  rowStride: number,
  columnStride: number,
  width: number,
  size: number,
  acc: Floats,
): void {
  if (size < 256 && columnStride === 1 && data instanceof Float32Array && acc instanceof Float32Array) {
    fewRowsSum(data, start, rowStride, width, size, acc);
    return;
  }
  acc.fill(0, 0, LEVELS * width);
  const power = Math.max(4, Math.floor(ceilLog2(size) / LEVELS));
  const step = 2 ** power;
  const mask = step - 1;
  let i = 0;
  let row = start;
  while (i + step <= size) {
    for (let j = 0; j < step; j++, i++, row += rowStride) {
      for (let k = 0, at = row; k < width; k++, at += columnStride) acc[k] += data[at];
    }
    for (let level = 1; level < LEVELS; level++) {
      const above = level * width;
      const below = above - width;
      for (let k = 0; k < width; k++) {
        acc[above + k] += acc[below + k];
        acc[below + k] = 0;
      }
      if ((i & (mask << (level * power))) !== 0) break;
    }
  }
  for (; i < size; i++, row += rowStride) {
    for (let k = 0, at = row; k < width; k++, at += columnStride) acc[k] += data[at];
  }
  for (let level = 1; level < LEVELS; level++) {
    for (let k = 0; k < width; k++) acc[k] += acc[level * width + k];
  }
}

/** As multiRowSum where two levels are reached at most: column by column, four at a time, kept in registers. */
function fewRowsSum(
  data: Float32Array,
  start: number,
  rowStride: number,
  width: number,
  size: number,
  acc: Float32Array,
): void {
  const whole = size & ~15;
  for (let k = 0; k < width; k += 4) {
    let [t0, t1, t2, t3] = [0, 0, 0, 0];
    let at = start + k;
    for (let from = 0; from < size; from += 16) {
      const to = from < whole ? from + 16 : size;
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let i = from; i < to; i++, at += rowStride) {
        s0 = fround(s0 + data[at]);
        s1 = fround(s1 + data[at + 1]);
        s2 = fround(s2 + data[at + 2]);
        s3 = fround(s3 + data[at + 3]);
      }
      t0 = fround(t0 + s0);
      t1 = fround(t1 + s1);
      t2 = fround(t2 + s2);
      t3 = fround(t3 + s3);
    }
    acc[k] = t0;
    acc[k + 1] = t1;
    acc[k + 2] = t2;
    acc[k + 3] = t3;
  }
}

/** Four interleaved partial sums of `size` groups of `lanes` numbers, into acc[0 .. lanes). */
function rowSum(
  data: Floats,
  start: number,
  stride: number,
  laneStride: number,
  lanes: number,
  size: number,
  acc: Floats,
): void {
  const whole = Math.floor(size / ILP);
  if (lanes === 1) {
    multiRowSum(data, start, stride * ILP, stride, ILP, whole, acc);
    for (let i = whole * ILP; i < size; i++) acc[0] += data[start + i * stride];
    for (let k = 1; k < ILP; k++) acc[0] += acc[k];
    return;
  }
  if (laneStride !== 1) throw new RangeError("lanes lie side by side");
  if (stride === lanes) {
    multiRowSum(data, start, stride * ILP, 1, ILP * lanes, whole, acc);
  } else {
    sumLaneRows(data, start, stride, lanes, whole, acc);
  }
  for (let i = whole * ILP; i < size; i++) {
    for (let lane = 0; lane < lanes; lane++) acc[lane] += data[start + i * stride + lane];
  }
  for (let k = 1; k < ILP; k++) {
    for (let lane = 0; lane < lanes; lane++) acc[lane] += acc[k * lanes + lane];
  }
}

/** As multiRowSum of rows that are four groups of lanes, `stride` apart. */
function sumLaneRows(
  data: Floats,
  start: number,
  stride: number,
  lanes: number,
  size: number,
  acc: Floats,
): void {
  const width = ILP * lanes;
  const row = acc instanceof Float32Array ? new Float32Array(size * width) : new Float64Array(size * width);
  for (let i = 0; i < size * ILP; i++) {
    for (let lane = 0; lane < lanes; lane++) row[i * lanes + lane] = data[start + i * stride + lane];
  }
  multiRowSum(row, 0, width, 1, width, size, acc);
}

interface Dimension {
  size: number;
  input: number;
  output: number;
}

/** Neighbouring dimensions made one where memory allows. */
function coalesce(dims: Dimension[]): Dimension[] {
  const out: Dimension[] = [];
  for (const dim of dims) {
    if (dim.size === 1) continue;
    const last = out[out.length - 1];
    if (last && dim.input === last.input * last.size && dim.output === last.output * last.size)
      last.size *= dim.size;
    else out.push({ ...dim });
  }
  return out;
}

/** The dimensions in the order in which TensorIterator walks them: reduced ones first, small strides first. */
function reductionDims(sizes: Sizes, strides: Sizes, reduced: readonly number[]): Dimension[] {
  const isReduced = new Set(reduced);
  let step = 1;
  const dims: (Dimension & { reduced: boolean })[] = [];
  for (let d = sizes.length - 1; d >= 0; d--) {
    const reducedHere = isReduced.has(d);
    dims.push({ size: sizes[d], input: strides[d], output: reducedHere ? 0 : step, reduced: reducedHere });
    if (!reducedHere) step *= sizes[d];
  }
  dims.sort((a, b) => Number(b.reduced) - Number(a.reduced) || a.input - b.input);
  const inner = coalesce(dims.filter((dim) => dim.reduced));
  const outer = coalesce(dims.filter((dim) => !dim.reduced));
  return [...inner, ...outer];
}

/** Sums over `reduced` dimensions, row-major, in `dtype`. */
export function sumFloats(self: Tensor, reduced: readonly number[], dtype: DType): Floats {
  const isReduced = new Set(reduced);
  let count = 1;
  self.sizes.forEach((size, d) => {
    if (!isReduced.has(d)) count *= size;
  });
  const out = dtype.allocate(count) as Floats;
  if (self.numel === 0) return out;
  const cast = self.dtype !== dtype;
  const data = (cast ? elementsAs(self, dtype) : self.storage.data) as Floats;
  const start = cast ? 0 : self.offset;
  const strides = cast ? rowMajor(self.sizes) : self.strides;
  const dims = reductionDims(self.sizes, strides, reduced);
  while (dims.length < 2) dims.push({ size: 1, input: 0, output: 0 });
  const [first, second, ...outer] = dims;
  forEachOuter(outer, start, (from, to) => sumPlane(data, from, first, second, out, to, dtype));
  return out;
}

function rowMajor(sizes: Sizes): number[] {
  const strides = new Array<number>(sizes.length);
  let step = 1;
  for (let d = sizes.length - 1; d >= 0; d--) {
    strides[d] = step;
    step *= sizes[d];
  }
  return strides;
}

function forEachOuter(dims: Dimension[], start: number, visit: (from: number, to: number) => void): void {
  const index = new Array<number>(dims.length).fill(0);
  let from = start;
  let to = 0;
  for (;;) {
    visit(from, to);
    let d = 0;
    for (; d < dims.length; d++) {
      from += dims[d].input;
      to += dims[d].output;
      if (++index[d] < dims[d].size) break;
      from -= dims[d].input * dims[d].size;
      to -= dims[d].output * dims[d].size;
      index[d] = 0;
    }
    if (d === dims.length) return;
  }
}

const accumulators32 = new Float32Array(LEVELS * ILP * 8);
const accumulators64 = new Float64Array(LEVELS * ILP * 4);

/** The two innermost dimensions; results are added to what `out` holds. */
function sumPlane(
  data: Floats,
  from: number,
  first: Dimension,
  second: Dimension,
  out: Floats,
  to: number,
  dtype: DType,
): void {
  const acc = inFloat32(dtype) ? accumulators32 : accumulators64;
  const lanes = lanesOf(dtype);
  if (first.output !== 0) {
    // Nothing is reduced within this plane.
    for (let j = 0; j < second.size; j++) {
      for (let i = 0; i < first.size; i++) {
        out[to + i * first.output + j * second.output] += data[from + i * first.input + j * second.input];
      }
    }
    return;
  }
  const size = first.size;
  const columns = second.size;
  if (first.input === 1 && size >= lanes) {
    for (let j = 0; j < columns; j++) {
      const row = from + j * second.input;
      const whole = Math.floor(size / lanes);
      rowSum(data, row, lanes, 1, lanes, whole, acc);
      const single = inFloat32(dtype) ? finalSum32 : finalSum64;
      out[to + j * second.output] += single(acc, lanes, data, row + whole * lanes, row + size);
    }
    return;
  }
  const wide = second.input === 1 && columns >= lanes;
  let j = 0;
  if (wide) {
    const whole = columns - (columns % (ILP * lanes));
    const single = data instanceof Float32Array && out instanceof Float32Array && second.output === 1;
    if (single && whole > 0 && addSumsOfRows(out, to, data, from, first.input, whole, size)) j = whole;
    for (; j + ILP * lanes <= columns; j += ILP * lanes) {
      multiRowSum(data, from + j, first.input, 1, ILP * lanes, size, acc);
      for (let k = 0; k < ILP * lanes; k++) out[to + (j + k) * second.output] += acc[k];
    }
    for (; j + lanes <= columns; j += lanes) {
      rowSum(data, from + j, first.input, 1, lanes, size, acc);
      for (let k = 0; k < lanes; k++) out[to + (j + k) * second.output] += acc[k];
    }
  } else if (first.input >= second.input) {
    for (; j + ILP <= columns; j += ILP) {
      multiRowSum(data, from + j * second.input, first.input, second.input, ILP, size, acc);
      for (let k = 0; k < ILP; k++) out[to + (j + k) * second.output] += acc[k];
    }
  }
  for (; j < columns; j++) {
    rowSum(data, from + j * second.input, first.input, 0, 1, size, acc);
    out[to + j * second.output] += acc[0];
  }
}

/** What is left over of a row first, then its lanes one after the other. */
function finalSum32(acc: Floats, lanes: number, data: Floats, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum = Math.fround(sum + data[i]);
  for (let k = 0; k < lanes; k++) sum = Math.fround(sum + acc[k]);
  return sum;
}
function finalSum64(acc: Floats, lanes: number, data: Floats, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += data[i];
  for (let k = 0; k < lanes; k++) sum += acc[k];
  return sum;
}
