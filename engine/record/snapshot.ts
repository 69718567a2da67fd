// What a tensor held at one moment, as plain data: every element up to 1,000, statistics above that.
//
// Note [Large values]. Statistics of a large tensor cost about as much as an operator, and in a loop all but the
// first and the last would be thrown away. So they are taken late: when somebody asks, when the memory is about to
// be written, or when too much memory would be kept alive; never, when the snapshot has been discarded by then.
import { gather } from "../kernels/strided";
import type { Elements, NestedValue, NumberValue, Summary } from "../protocol/report";
import type { Data, DType } from "../tensor/dtype";
import { numel, type Sizes } from "../tensor/shape";
import type { Storage } from "../tensor/storage";
import type { Tensor } from "../tensor/tensor";

/** Up to this many elements are kept one by one. */
export const FULL_ELEMENTS = 1000;
const CORNER = 6;
const BINS = 16;
/** Memory that waiting snapshots may keep alive. */
const HELD_BYTES = 128 * 2 ** 20;

export class Snapshot {
  private data: Data | null = null;
  /** Of a large tensor: the memory to read, while nobody has asked. */
  private waiting: { storage: Storage; strides: Sizes; offset: number } | null = null;
  private summary: Summary | null = null;
  private told: Elements | null = null;
  readonly sizes: Sizes;
  readonly dtype: DType;

  constructor(
    tensor: Tensor,
    private readonly held: HeldMemory,
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

  /** The storage that a large snapshot still reads from. */
  get storage(): Storage | null {
    return this.waiting?.storage ?? null;
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
    while (this.bytes > HELD_BYTES) {
      const [oldest] = this.byStorage.keys();
      this.settle(oldest);
    }
  }

  remove(storage: Storage, snapshot: Snapshot): void {
    const known = this.byStorage.get(storage);
    if (!known?.delete(snapshot) || known.size > 0) return;
    this.byStorage.delete(storage);
    this.bytes -= storage.bytes;
  }

  /** Before `storage` is written. */
  settle(storage: Storage): void {
    if (this.byStorage.size === 0) return;
    for (const snapshot of [...(this.byStorage.get(storage) ?? [])]) snapshot.settle();
  }

  settleAll(): void {
    for (const storage of [...this.byStorage.keys()]) this.settle(storage);
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
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let mean = 0;
  let squares = 0;
  let finite = 0;
  let zeros = 0;
  let nan = 0;
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (value - value !== 0) {
      if (Number.isNaN(value)) nan++;
      continue;
    }
    finite++;
    if (value === 0) zeros++;
    if (value < min) min = value;
    if (value > max) max = value;
    // Welford: stable where the mean is large beside the spread.
    const delta = value - mean;
    mean += delta / finite;
    squares += delta * (value - mean);
  }
  const none: NumberValue = "NaN";
  return {
    count: data.length,
    min: finite > 0 ? numberValue(min, dtype) : none,
    max: finite > 0 ? numberValue(max, dtype) : none,
    mean: finite > 0 ? mean : none,
    std: finite > 1 ? Math.sqrt(squares / (finite - 1)) : none,
    zeros,
    nan,
    inf: data.length - finite - nan,
    histogram: finite > 0 ? histogram(data, min, max) : [],
    corner: corner(data, sizes, dtype),
  };
}

function histogram(data: Data, min: number, max: number): number[] {
  const bins = new Array<number>(max > min ? BINS : 1).fill(0);
  // Halved, since the distance between two finite numbers may be infinite.
  const half = max / 2 - min / 2;
  for (let i = 0; i < data.length; i++) {
    const value = Number(data[i]);
    if (value - value !== 0) continue;
    const bin = half > 0 ? Math.floor(((value / 2 - min / 2) / half) * BINS) : 0;
    bins[Math.min(bin, bins.length - 1)]++;
  }
  return bins;
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
