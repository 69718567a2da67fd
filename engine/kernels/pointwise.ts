// Elementwise kernels of tensors: picks dtype and loop, walks, allocates. Knows no autograd; which
// dtypes an operator refuses is said in ops/.
import { bool, type Data, type DType, defaults, inFloat32, int64 } from "../tensor/dtype";
import { numel, type Sizes, sameSizes } from "../tensor/shape";
import { isPartOf } from "../tensor/slabs";
import { Storage } from "../tensor/storage";
import { Tensor } from "../tensor/tensor";
import {
  COMPARE,
  COMPARE64,
  type Comparison,
  FLOAT_BINARY,
  FLOAT32_BINARY,
  type FloatBinary,
  INT_BINARY,
  INT64_BINARY,
  type IntBinary,
} from "./binary";
import {
  type Floats,
  memoryOrder,
  type Numbers,
  operand,
  resultOf,
  stepOf,
  type Walk,
  walk,
} from "./iterate";
import { cast, elementsOf } from "./strided";
import { select } from "./ternary";
import {
  FLOAT_TESTS,
  FLOAT_UNARY,
  FLOAT32_UNARY,
  type FloatTest,
  type FloatUnary,
  INT_UNARY,
  INT64_UNARY,
  type IntUnary,
} from "./unary";

// Note [Targets]. In place, a loop that reads each element before it writes the one at the same place may write self's
// own memory at once. Whoever changes self says so (intoSelf) for operators that are one such loop; the first result of
// self's shape and dtype then takes self's memory, and nothing has to be copied.
let target: Tensor | null = null;

/** Runs `body`, an elementwise operator that changes `self`: its result may be self's memory already. */
export function intoSelf<T>(self: Tensor, body: () => T): T {
  const { storage, sizes, dtype } = self;
  const whole = self.offset === 0 && self.isContiguous() && storage.data.length === numel(sizes);
  target = whole && dtype.round === undefined ? self : null;
  try {
    return body();
  } finally {
    target = null;
  }
}

/** Inside of `intoSelf`: the result comes from elsewhere, and loops on the way to it are not self's. */
export function notIntoSelf(): void {
  target = null;
}

/** Memory for a result. */
function room({ sizes, order, length }: Walk, dtype: DType): Data {
  if (target !== null && order === null && dtype === target.dtype && sameSizes(sizes, target.sizes)) {
    const { data } = target.storage;
    target = null;
    return data;
  }
  return dtype.allocate(length);
}

const SCALAR: Walk = { sizes: [], order: null, length: 1 };

function walkOne(tensor: Tensor): Walk {
  if (tensor.sizes.length === 0) return SCALAR;
  return { sizes: tensor.sizes, order: memoryOrder([tensor], tensor.sizes), length: tensor.numel };
}

function walkTwo(a: Tensor, b: Tensor): Walk {
  if (a.sizes.length === 0 && b.sizes.length === 0) return SCALAR;
  return walk([a, b]);
}

/** What a function of real numbers gives for this dtype: integers become the default float. */
export function floatOf(dtype: DType): DType {
  return dtype.kind === "float" ? dtype : defaults.dtype;
}

/** f of every element, as a float. */
export function floatUnary(name: FloatUnary, self: Tensor): Tensor {
  const dtype = floatOf(self.dtype);
  const loop = (inFloat32(dtype) ? FLOAT32_UNARY[name] : undefined) ?? FLOAT_UNARY[name];
  const path = walkOne(self);
  const out = dtype.allocate(path.length) as Floats;
  loop(out, operand(self, path, dtype, 0) as Floats, path.length);
  return resultOf(out, path, dtype);
}

/** f of every element in self's own dtype. */
export function sameUnary(name: FloatUnary & IntUnary, self: Tensor): Tensor {
  return self.dtype.kind === "float" ? floatUnary(name, self) : intUnary(name, self);
}

export function intUnary(name: IntUnary, self: Tensor): Tensor {
  const path = walkOne(self);
  const out = self.dtype.allocate(path.length);
  const data = operand(self, path, self.dtype, 0);
  if (self.dtype === int64) INT64_UNARY[name](out as BigInt64Array, data as BigInt64Array, path.length);
  else INT_UNARY[name](out as Numbers, data as Numbers, path.length);
  return resultOf(out, path, self.dtype);
}

/** A question about every element, answered as bool; `other` is the answer for whole numbers. */
export function test(name: FloatTest, self: Tensor, other: (value: number) => number): Tensor {
  const path = walkOne(self);
  const out = new Uint8Array(path.length);
  const data = operand(self, path, self.dtype, 0);
  if (self.dtype.kind === "float") FLOAT_TESTS[name](out, data as Floats, path.length);
  else for (let i = 0; i < path.length; i++) out[i] = other(Number(data[i]));
  return resultOf(out, path, bool);
}

/** self in another dtype, laid out as self is; always a copy. */
export function copyAs(self: Tensor, dtype: DType): Tensor {
  const path = walkOne(self);
  const data = operand(self, path, dtype, 0);
  const own = isPartOf(data, self.storage.data) || (path.length === 1 && dtype.kind === "float");
  return resultOf(own ? data.slice() : data, path, dtype);
}

/** self with row-major memory. */
export function contiguousOf(self: Tensor): Tensor {
  return self.isContiguous() ? self : filled(self.sizes, self.dtype, elementsOf(self));
}

/** A loop over one float operand that takes numbers as well. */
export function floatMap<P extends unknown[]>(
  loop: (out: Floats, a: Floats, n: number, ...parameters: P) => void,
  self: Tensor,
  ...parameters: P
): Tensor {
  const dtype = floatOf(self.dtype);
  const path = walkOne(self);
  const out = dtype.allocate(path.length) as Floats;
  loop(out, operand(self, path, dtype, 0) as Floats, path.length, ...parameters);
  return resultOf(out, path, dtype);
}

/** The one number that all of the tensor's elements are, as the gradient of a sum is one; null for any other tensor. */
function expandedNumber({ sizes, strides, storage, offset, dtype: from }: Tensor, dtype: DType): Data | null {
  if (sizes.length === 0) return null;
  for (let d = 0; d < sizes.length; d++) if (strides[d] !== 0 || sizes[d] === 0) return null;
  return cast(storage.data.subarray(offset, offset + 1), from, dtype);
}

/** As floatMap of two operands of the dtype `dtype`. */
export function floatMapTwo<P extends unknown[]>(
  loop: (out: Floats, a: Floats, b: Floats, n: number, sa: number, sb: number, ...parameters: P) => void,
  a: Tensor,
  b: Tensor,
  dtype: DType,
  ...parameters: P
): Tensor {
  const path = walkTwo(a, b);
  const out = room(path, dtype) as Floats;
  const left = (expandedNumber(a, dtype) ?? operand(a, path, dtype, 0)) as Floats;
  const right = (expandedNumber(b, dtype) ?? operand(b, path, dtype, 1)) as Floats;
  loop(out, left, right, path.length, stepOf(left), stepOf(right), ...parameters);
  return resultOf(out, path, dtype);
}

/** a (op) b, both as floats of `dtype`. */
export function floatBinary(name: FloatBinary, a: Tensor, b: Tensor, dtype: DType): Tensor {
  const loop = (inFloat32(dtype) ? FLOAT32_BINARY[name] : undefined) ?? FLOAT_BINARY[name];
  if (isPlainFloat(a, dtype) && isPlainFloat(b, dtype) && sameSizes(a.sizes, b.sizes)) {
    const { length } = a.storage.data;
    const out = room({ sizes: a.sizes, order: null, length }, dtype) as Floats;
    loop(out, a.storage.data as Floats, b.storage.data as Floats, length, 1, 1);
    return new Tensor(new Storage(out, dtype), dtype, a.sizes, a.strides);
  }
  if (dtype.round !== undefined && LOGARITHMS.has(name)) {
    return floatMapTwo(roundedLogarithm(dtype, name), a, b, dtype);
  }
  if (dtype.round !== undefined && b.rank === 0 && KEPT_WHOLE.has(name)) {
    const path = walkTwo(a, b);
    const out = dtype.allocate(path.length) as Floats;
    const left = operand(a, path, dtype, 0) as Floats;
    loop(out, left, Float32Array.of(Number(b.storage.data[b.offset])), path.length, stepOf(left), 0);
    return resultOf(out, path, dtype);
  }
  return floatMapTwo(loop, a, b, dtype);
}

/** A single number that these take as their second operand stays a float32 where the first is half precision. */
const KEPT_WHOLE: ReadonlySet<FloatBinary> = new Set(["mul", "div", "divTrunc", "floorDivide"]);

/** PyTorch rounds the logarithm to half precision before it multiplies. */
const LOGARITHMS: ReadonlySet<FloatBinary> = new Set(["xlogy", "xlog1py"]);

function roundedLogarithm(dtype: DType, name: FloatBinary) {
  const log = name === "xlogy" ? Math.log : Math.log1p;
  return (out: Floats, a: Floats, b: Floats, n: number, sa: number, sb: number): void => {
    const logs = Float32Array.from({ length: sb === 0 ? 1 : n }, (_, i) => log(b[i]));
    dtype.round?.(logs);
    for (let i = 0, j = 0, k = 0; i < n; i++, j += sa, k += sb) {
      out[i] = Number.isNaN(b[k]) ? b[k] : a[j] === 0 ? 0 : a[j] * logs[k];
    }
  };
}

/** The storage is exactly the tensor, row-major. */
function isPlainFloat(tensor: Tensor, dtype: DType): boolean {
  return (
    tensor.dtype === dtype &&
    tensor.offset === 0 &&
    tensor.storage.data.length === tensor.numel &&
    tensor.isContiguous()
  );
}

/** a (op) b in `dtype`, of whatever kind it is. */
export function binary(name: FloatBinary & IntBinary, a: Tensor, b: Tensor, dtype: DType): Tensor {
  return dtype.kind === "float" ? floatBinary(name, a, b, dtype) : intBinary(name, a, b, dtype);
}

/** a (op) b as integers (or bools: 0 and 1, the result likewise). */
export function intBinary(name: IntBinary, a: Tensor, b: Tensor, dtype: DType): Tensor {
  const path = walkTwo(a, b);
  const out = dtype.allocate(path.length);
  const left = operand(a, path, dtype, 0);
  const right = operand(b, path, dtype, 1);
  const [sa, sb] = [stepOf(left), stepOf(right)];
  if (dtype === int64) {
    const loop = INT64_BINARY[name];
    loop(out as BigInt64Array, left as BigInt64Array, right as BigInt64Array, path.length, sa, sb);
  } else {
    INT_BINARY[name](out as Numbers, left as Numbers, right as Numbers, path.length, sa, sb);
  }
  return resultOf(out, path, dtype);
}

/** a (op) b as bool, compared in `dtype`. */
export function compare(name: Comparison, a: Tensor, b: Tensor, dtype: DType): Tensor {
  const path = walkTwo(a, b);
  const out = new Uint8Array(path.length);
  const left = operand(a, path, dtype, 0);
  const right = operand(b, path, dtype, 1);
  const [sa, sb] = [stepOf(left), stepOf(right)];
  if (dtype === int64) {
    COMPARE64[name](out, left as BigInt64Array, right as BigInt64Array, path.length, sa, sb);
  } else {
    COMPARE[name](out, left as Numbers, right as Numbers, path.length, sa, sb);
  }
  return resultOf(out, path, bool);
}

/** `mask` ? a : b, in `dtype`. */
export function choose(mask: Tensor, a: Tensor, b: Tensor, dtype: DType): Tensor {
  const path = walk([mask, a, b]);
  const out = dtype.allocate(path.length) as Numbers;
  const m = operand(mask, path, bool, 0) as Uint8Array;
  const left = operand(a, path, dtype, 1) as Numbers;
  const right = operand(b, path, dtype, 2) as Numbers;
  select(out, m, left, right, path.length, stepOf(m), stepOf(left), stepOf(right));
  return resultOf(out, path, dtype);
}

/** A loop of three operands of `dtype`. */
export function ternary<A extends Data, P extends unknown[]>(
  loop: (out: A, a: A, b: A, c: A, n: number, sa: number, sb: number, sc: number, ...parameters: P) => void,
  a: Tensor,
  b: Tensor,
  c: Tensor,
  dtype: DType,
  ...parameters: P
): Tensor {
  const path = walk([a, b, c]);
  const out = room(path, dtype) as A;
  const first = operand(a, path, dtype, 0) as A;
  const second = operand(b, path, dtype, 1) as A;
  const third = operand(c, path, dtype, 2) as A;
  loop(out, first, second, third, path.length, stepOf(first), stepOf(second), stepOf(third), ...parameters);
  return resultOf(out, path, dtype);
}

/** Row-major copy of `data` under `sizes`. */
export function filled(sizes: Sizes, dtype: DType, data: Data): Tensor {
  return resultOf(data, { sizes, order: null, length: data.length }, dtype);
}
