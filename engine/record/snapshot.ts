// What a tensor held at one moment, as plain data: every element up to 1,000, statistics above that.
//
// Note [Large values]. Statistics of a large tensor cost about as much as an operator, and in a loop all but the
// first and the last would be thrown away. So they are taken late: when somebody asks, when the memory is about to
// be written, or when too much memory would be kept alive; never, when the loop has gone on by then.
import { gather } from "../kernels/strided";
import type { Elements, NestedValue, NumberValue, Summary } from "../protocol/report";
import { type Data, type DType, float64 } from "../tensor/dtype";
import { numel, type Sizes } from "../tensor/shape";
import type { Storage } from "../tensor/storage";
import type { Tensor } from "../tensor/tensor";
import { FIRST } from "./series";

/** Up to this many elements are kept one by one. */
export const FULL_ELEMENTS = 1000;
const CORNER = 6;
const BINS = 16;
/** Memory that waiting snapshots may keep alive. */
const HELD_BYTES = 256 * 2 ** 20;

export class Snapshot {
  private data: Data | null = null;
  /** Of a large tensor: the memory to read, while nobody has asked. */
  private waiting: { storage: Storage; strides: Sizes; offset: number } | null = null;
  private summary: Summary | null = null;
  private told: Elements | null = null;
  /** Its place in the series of what happened there: the middle of a loop may be lost. */
  standing: "first" | "middle" | "last" = "last";
  readonly sizes: Sizes;
  readonly dtype: DType;

  constructor(
    tensor: Tensor,
    private readonly held: HeldMemory,
    /** The place of what it belongs to. */
    readonly site = 0,
  ) {
    this.sizes = tensor.sizes;
    this.dtype = tensor.dtype;
    const { storage, strides, offset } = tensor;
    const length = numel(this.sizes);
    if (length <= FULL_ELEMENTS) {
      this.data = tensor.isContiguous()
        ? storage.data.slice(offset, offset + length)
        : gather(storage.data, tensor.dtype, this.sizes, strides, offset);
      return;
    }
    this.waiting = { storage, strides, offset };
    held.add(storage, this);
  }

  /** Reads what has not been read yet, and lets go of the memory. */
  settle(): void {
    if (this.waiting === null) return;
    const { storage, strides, offset } = this.waiting;
    this.summary = summarize(
      gather(storage.data, this.dtype, this.sizes, strides, offset),
      this.sizes,
      this.dtype,
    );
    this.discard();
  }

  /** Nobody will ask: what has not been read is not read any more. */
  discard(): void {
    if (this.waiting === null) return;
    this.held.remove(this.waiting.storage, this);
    this.waiting = null;
  }

  /** What it belongs to, the `index`-th of its series, is not the last one any more. */
  supersede(index: number): void {
    if (index === 1) this.standing = "first";
    else if (index <= FIRST) this.standing = "middle";
    else this.discard();
  }

  /** The only element of a tensor of one. */
  get single(): NumberValue | null {
    return this.data?.length === 1 ? numberValue(this.data[0], this.dtype) : null;
  }

  /** Row-major elements; null for a large tensor. */
  get numbers(): Data | null {
    return this.data;
  }

  /** The same object each time: one gradient is told of at every node that it passes. */
  elements(): Elements {
    this.settle();
    this.told ??=
      this.data !== null
        ? { value: nested(this.data, this.sizes, this.dtype) }
        : this.summary === null
          ? { value: null }
          : { value: null, summary: this.summary };
    return this.told;
  }
}

/** The snapshots that still read from memory that the user's code may have let go of. */
export class HeldMemory {
  private readonly byStorage = new Map<Storage, Set<Snapshot>>();
  private bytes = 0;

  add(storage: Storage, snapshot: Snapshot): void {
    const known = this.byStorage.get(storage);
    if (known) {
      known.add(snapshot);
      return;
    }
    this.byStorage.set(storage, new Set([snapshot]));
    this.bytes += storage.bytes;
    for (const [oldest, snapshots] of this.byStorage) {
      if (this.bytes <= HELD_BYTES || oldest === storage) break;
      for (const each of [...snapshots]) {
        if (each.standing === "middle") each.discard();
        else each.settle();
      }
    }
  }

  remove(storage: Storage, snapshot: Snapshot): void {
    const known = this.byStorage.get(storage);
    if (!known?.delete(snapshot) || known.size > 0) return;
    this.byStorage.delete(storage);
    this.bytes -= storage.bytes;
  }

  /** Before `storage` is written by what runs at `site`. */
  beforeWrite(storage: Storage, site: number): void {
    if (this.byStorage.size === 0) return;
    for (const snapshot of [...(this.byStorage.get(storage) ?? [])]) {
      // A loop that comes round: what is about to happen will take its place.
      if (snapshot.site === site && site > 0 && snapshot.standing === "last") snapshot.discard();
      else snapshot.settle();
    }
  }
}

export function numberValue(value: number | bigint, dtype: DType): NumberValue {
  if (dtype.kind === "bool") return Number(value) !== 0;
  if (typeof value === "bigint") return Number(value);
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";
}

/** Row-major `data` as `tolist()` gives it. */
export function nested(data: Data, sizes: Sizes, dtype: DType): NestedValue {
  if (sizes.length === 0) return numberValue(data[0], dtype);
  let next = 0;
  const level = (dimension: number): NestedValue[] => {
    const size = sizes[dimension];
    const out = new Array<NestedValue>(size);
    if (dimension === sizes.length - 1)
      for (let i = 0; i < size; i++) out[i] = numberValue(data[next++], dtype);
    else for (let i = 0; i < size; i++) out[i] = level(dimension + 1);
    return out;
  };
  return level(0);
}

/** Elements [offset, offset + count) of a tensor in row-major order, flat. */
export function page(tensor: Tensor, offset: number, count: number): Elements {
  const { storage, sizes, strides, dtype } = tensor;
  const data = gather(storage.data, dtype, sizes, strides, tensor.offset).slice(offset, offset + count);
  return { value: Array.from(data as ArrayLike<number>, (value) => numberValue(value, dtype)) };
}

/** min, max, mean, std (unbiased) and the histogram are those of the finite elements. */
export function summarize(data: Data, sizes: Sizes, dtype: DType): Summary {
  const numbers = data instanceof BigInt64Array ? Float64Array.from(data, Number) : data;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let finite = 0;
  let zeros = 0;
  let nan = 0;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i];
    if (value - value !== 0) {
      if (Number.isNaN(value)) nan++;
      continue;
    }
    finite++;
    sum += value;
    if (value === 0) zeros++;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = sum / finite;
  const { histogram, squares } = spread(numbers, min, max, mean);
  const number = (value: number, enough: boolean): NumberValue =>
    enough ? numberValue(value, float64) : "NaN";
  return {
    count: data.length,
    min: number(min, finite > 0),
    max: number(max, finite > 0),
    mean: number(mean, finite > 0),
    std: number(Math.sqrt(squares / (finite - 1)), finite > 1),
    zeros,
    nan,
    inf: data.length - finite - nan,
    histogram: finite > 0 ? histogram : [],
    corner: corner(data, sizes, dtype),
  };
}

/** The second pass: bins from min to max, and the squares of the distances to the mean. */
function spread(
  numbers: Exclude<Data, BigInt64Array>,
  min: number,
  max: number,
  mean: number,
): { histogram: number[]; squares: number } {
  const histogram = new Array<number>(max > min ? BINS : 1).fill(0);
  const last = histogram.length - 1;
  // Halved, since the distance between two finite numbers may be infinite.
  const low = min / 2;
  const scale = max > min ? BINS / (max / 2 - low) : 0;
  let squares = 0;
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i];
    if (value - value !== 0) continue;
    const distance = value - mean;
    squares += distance * distance;
    const bin = ((value / 2 - low) * scale) | 0;
    histogram[bin < last ? bin : last]++;
  }
  return { histogram, squares };
}

function corner(data: Data, sizes: Sizes, dtype: DType): NestedValue {
  // Six along each of many dimensions would be thousands of numbers.
  const limit = (dimension: number) => (sizes.length > 3 && dimension < sizes.length - 2 ? 2 : CORNER);
  const level = (dimension: number, start: number, span: number): NestedValue => {
    if (dimension === sizes.length) return numberValue(data[start], dtype);
    const step = span / sizes[dimension];
    const out: NestedValue[] = [];
    for (let i = 0; i < Math.min(sizes[dimension], limit(dimension)); i++)
      out.push(level(dimension + 1, start + i * step, step));
    return out;
  };
  return data.length === 0 ? [] : level(0, 0, data.length);
}
