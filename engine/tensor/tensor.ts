// A tensor: a window on a storage, and its part in autograd. What it means is in ops/ and autograd/.
import type { Node } from "../autograd/node";
import type { ViewInfo } from "../autograd/views";
import { type Data, type DType, float64, int64, bool as torchBool } from "./dtype";
import { contiguousStrides, extent, isContiguous, numel, type Sizes } from "./shape";
import { allocate, Storage, VersionCounter } from "./storage";

/** A Python number: a float is a number, an int a bigint, a bool a boolean. */
export type Scalar = number | bigint | boolean;

let nextId = 1;

export class Tensor {
  /** Unique in the worker's life. */
  readonly id = nextId++;
  storage: Storage;
  dtype: DType;
  sizes: Sizes;
  strides: Sizes;
  offset: number;
  version: VersionCounter;
  /** A Python number that took part in an operator: it yields in type promotion. */
  wrappedNumber = false;
  inference = false;

  // Autograd's part. `gradFn` of a view may be stale: read it through gradFnOf and requiresGrad of autograd/views.
  leafRequiresGrad = false;
  gradFn: Node | null = null;
  outputNr = 0;
  grad: Tensor | null = null;
  accumulator: Node | null = null;
  view: ViewInfo | null = null;
  retainsGrad = false;
  /** Numbers of the Python hooks, in order of registration. */
  hooks: number[] | null = null;
  postAccumulateHooks: number[] | null = null;

  /** Attributes that the user's code gave its Python object, by the number that Python keeps them under. */
  attributes = 0;
  /** The last walk of autograd/reach.ts that came here. */
  mark = 0;
  /** The bridge's handle; 0 where Python holds none. */
  handle = 0;
  /** The interned place of the expression that made it. */
  site = 0;
  /** What the recorder knows of it. */
  note: object | null = null;

  constructor(
    storage: Storage,
    dtype: DType,
    sizes: Sizes,
    strides: Sizes,
    offset = 0,
    version?: VersionCounter,
  ) {
    this.storage = storage;
    this.dtype = dtype;
    this.sizes = sizes;
    this.strides = strides;
    this.offset = offset;
    this.version = version ?? new VersionCounter();
  }

  get rank(): number {
    return this.sizes.length;
  }

  get numel(): number {
    return numel(this.sizes);
  }

  get isFloat(): boolean {
    return this.dtype.kind === "float";
  }

  isContiguous(): boolean {
    return isContiguous(this.sizes, this.strides);
  }
}

/** Zeros. */
export function empty(sizes: Sizes, dtype: DType): Tensor {
  return new Tensor(allocate(dtype, numel(sizes)), dtype, sizes, contiguousStrides(sizes));
}

/** Zeros that are read through `strides`. */
export function emptyStrided(sizes: Sizes, strides: Sizes, dtype: DType): Tensor {
  return new Tensor(allocate(dtype, extent(sizes, strides)), dtype, sizes, strides);
}

/** Row-major `data`, not copied. */
export function fromData(data: Data, sizes: Sizes, dtype: DType): Tensor {
  return new Tensor(new Storage(data, dtype), dtype, sizes, contiguousStrides(sizes));
}

/** A 0-dim tensor of `dtype`. */
export function scalarTensor(value: Scalar, dtype: DType): Tensor {
  const tensor = empty([], dtype);
  if (dtype === int64) (tensor.storage.data as BigInt64Array)[0] = toBigInt(value);
  else if (dtype === torchBool) (tensor.storage.data as Uint8Array)[0] = value ? 1 : 0;
  else (tensor.storage.data as Float64Array)[0] = Number(value);
  tensor.storage.round();
  return tensor;
}

/** A Python number as an operand: 0-dim float64, int64 or bool that yields in promotion. */
export function wrappedNumber(value: Scalar): Tensor {
  const dtype = typeof value === "number" ? float64 : typeof value === "bigint" ? int64 : torchBool;
  const tensor = scalarTensor(value, dtype);
  tensor.wrappedNumber = true;
  return tensor;
}

const numbers = new Map<number, Tensor>();
const MOST_NUMBERS = 256;

/**
 * As wrappedNumber, for an operand that is only read: the same number may be the same tensor again. One that somebody
 * got hold of, or whose element was changed, is made anew.
 */
export function operandNumber(value: Scalar): Tensor {
  // 0 and -0 are the same key.
  if (typeof value !== "number" || value === 0) return wrappedNumber(value);
  const known = numbers.get(value);
  if (
    known !== undefined &&
    known.handle === 0 &&
    known.version.value === 0 &&
    Object.is(known.storage.data[0], value)
  ) {
    return known;
  }
  if (numbers.size === MOST_NUMBERS) numbers.clear();
  const made = wrappedNumber(value);
  numbers.set(value, made);
  return made;
}

function toBigInt(value: Scalar): bigint {
  if (typeof value === "bigint") return value;
  if (typeof value === "boolean") return value ? 1n : 0n;
  return BigInt(Math.trunc(value));
}

/** Another window on the same memory and the same version counter; no autograd history. */
export function alias(tensor: Tensor, sizes: Sizes, strides: Sizes, offset: number): Tensor {
  const out = new Tensor(tensor.storage, tensor.dtype, sizes, strides, offset, tensor.version);
  out.inference = tensor.inference;
  return out;
}
