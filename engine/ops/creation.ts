// Tensors from nothing: constants, ranges, the identity; like another tensor, or of its dtype.
import { fma } from "../kernels/fma";
import { lanesOf } from "../kernels/sum";
import { bool, type Data, type DType, defaults, float64, inFloat32, int64 } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import { extent, numel, type Sizes, sizesText } from "../tensor/shape";
import { allocate } from "../tensor/storage";
import { empty as emptyTensor, fromData, type Scalar, Tensor } from "../tensor/tensor";
import { checkFits, isFloatScalar } from "./checks";
import { emptyLike } from "./convert";
import { op } from "./define";
import { emptyChannelsLast, isChannelsLast } from "./memoryFormat";

// ---- for formulas: constants are no operators of the graph ----

export function zerosOf(sizes: Sizes, dtype: DType): Tensor {
  return emptyTensor([...sizes], dtype);
}

/** Zeros laid out as `tensor` is. */
export function zerosLike(tensor: Tensor): Tensor {
  return emptyLike(tensor, tensor.dtype);
}

export function fillWith(tensor: Tensor, value: Scalar): Tensor {
  checkFits(value, tensor.dtype);
  const { data } = tensor.storage;
  if (tensor.dtype === int64) (data as BigInt64Array).fill(asInt64(value));
  else (data as Float64Array).fill(tensor.dtype === bool ? (value ? 1 : 0) : Number(value));
  tensor.storage.round();
  return tensor;
}

function asInt64(value: Scalar): bigint {
  return typeof value === "bigint" ? value : BigInt(Math.trunc(Number(value)));
}

export function fullOf(sizes: Sizes, value: Scalar, dtype: DType): Tensor {
  return fillWith(emptyTensor([...sizes], dtype), value);
}

/** What a Python number makes: bool, int64 or the default float. */
export function dtypeOfScalar(value: Scalar): DType {
  if (typeof value === "boolean") return bool;
  return isFloatScalar(value) ? defaults.dtype : int64;
}

/** PyTorch's text for a size below 0; `zeros` has one of its own. */
export function checkSizes(size: Sizes): void {
  const negative = size.find((each) => each < 0);
  if (negative !== undefined) {
    throw runtimeError(`Trying to create tensor with negative dimension ${negative}: ${sizesText(size)}`);
  }
}

// ---- constants ----

export const zeros = op("zeros(int[] size, *, ScalarType? dtype=None) -> Tensor");
zeros.define({
  forward: (size, dtype) => {
    if (size.some((each) => each < 0)) throw runtimeError("zeros: Dimension size must be non-negative.");
    return zerosOf(size, dtype ?? defaults.dtype);
  },
});

export const ones = op("ones(int[] size, *, ScalarType? dtype=None) -> Tensor");
ones.define({
  forward: (size, dtype) => {
    checkSizes(size);
    return fullOf(size, 1n, dtype ?? defaults.dtype);
  },
});

/** Holds zeros, where PyTorch's holds whatever the memory held. */
export const empty = op("empty(int[] size, *, ScalarType? dtype=None, int? memory_format=None) -> Tensor");
empty.define({
  forward: (size, dtype, format) => {
    checkSizes(size);
    if (isChannelsLast(format)) return emptyChannelsLast(size, dtype ?? defaults.dtype, format);
    return zerosOf(size, dtype ?? defaults.dtype);
  },
});

export const full = op("full(int[] size, Scalar fill_value, *, ScalarType? dtype=None) -> Tensor");
full.define({
  forward: (size, value, dtype) => {
    checkSizes(size);
    return fullOf(size, value, dtype ?? dtypeOfScalar(value));
  },
});

op("empty_strided(int[] size, int[] stride, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (size, stride, dtype) => {
    const last = size.reduce((sum, each, d) => sum + (each - 1) * stride[d], 0);
    const length = size.includes(0) ? 0 : last + 1;
    return new Tensor(allocate(dtype ?? defaults.dtype, length), dtype ?? defaults.dtype, size, stride);
  },
});

op("scalar_tensor(Scalar s, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (value, dtype) => fullOf([], value, dtype ?? defaults.dtype),
});

export const zeros_like = op(
  "zeros_like(Tensor self, *, ScalarType? dtype=None, int? memory_format=None) -> Tensor",
);
zeros_like.define({
  forward: (self, dtype, format) => emptyLike(self, dtype ?? self.dtype, format),
  python: functionOnly("zeros_like"),
});

export const ones_like = op(
  "ones_like(Tensor self, *, ScalarType? dtype=None, int? memory_format=None) -> Tensor",
);
ones_like.define({
  forward: (self, dtype, format) => fillWith(emptyLike(self, dtype ?? self.dtype, format), 1n),
  python: functionOnly("ones_like"),
});

op("empty_like(Tensor self, *, ScalarType? dtype=None, int? memory_format=None) -> Tensor").define({
  forward: (self, dtype, format) => emptyLike(self, dtype ?? self.dtype, format),
  python: functionOnly("empty_like"),
});

op(
  "full_like(Tensor self, Scalar fill_value, *, ScalarType? dtype=None, int? memory_format=None) -> Tensor",
).define({
  forward: (self, value, dtype, format) => fillWith(emptyLike(self, dtype ?? self.dtype, format), value),
  python: functionOnly("full_like"),
});

op("new_zeros(Tensor self, int[] size, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (self, size, dtype) => {
    checkSizes(size);
    return zerosOf(size, dtype ?? self.dtype);
  },
  python: methodOnly("new_zeros"),
});

op("new_ones(Tensor self, int[] size, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (self, size, dtype) => {
    checkSizes(size);
    return fullOf(size, 1n, dtype ?? self.dtype);
  },
  python: methodOnly("new_ones"),
});

op("new_empty(Tensor self, int[] size, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (self, size, dtype) => {
    checkSizes(size);
    return zerosOf(size, dtype ?? self.dtype);
  },
  python: methodOnly("new_empty"),
});

op("new_empty_strided(Tensor self, int[] size, int[] stride, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (self, size, stride, dtype) => {
    checkSizes(size);
    return new Tensor(allocate(dtype ?? self.dtype, extent(size, stride)), dtype ?? self.dtype, size, stride);
  },
  python: methodOnly("new_empty_strided"),
});

op("new_full(Tensor self, int[] size, Scalar fill_value, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (self, size, value, dtype) => {
    checkSizes(size);
    return fullOf(size, value, dtype ?? self.dtype);
  },
  python: methodOnly("new_full"),
});

function functionOnly(name: string) {
  return { functions: [name], methods: [] };
}
function methodOnly(name: string) {
  return { functions: [], methods: [name] };
}

// ---- ranges ----

/** What makes a number one of the dtype, for floating point. */
function roundingOf(dtype: DType): (value: number) => number {
  if (!inFloat32(dtype)) return (value) => value;
  if (!dtype.round) return Math.fround;
  const one = new Float32Array(1);
  return (value) => {
    one[0] = value;
    dtype.round?.(one);
    return one[0];
  };
}

// PyTorch computes a range two SIMD registers at a time, each from a rounded start, and what is left
// over one by one; the last digits show it.
function rangeData(start: Scalar, step: Scalar, length: number, dtype: DType): Data {
  const out = dtype.allocate(length);
  if (dtype === int64) {
    const [first, by] = [asInt64(start), asInt64(step)];
    for (let i = 0; i < length; i++) out[i] = first + BigInt(i) * by;
    return out;
  }
  const [first, by] = [Number(start), Number(step)];
  if (dtype.kind !== "float") {
    for (let i = 0; i < length; i++) out[i] = Math.trunc(first) + i * Math.trunc(by);
    return out;
  }
  // Half precision has twice the lanes of float32.
  const lanes = dtype.round ? 16 : lanesOf(dtype);
  const whole = length - (length % (2 * lanes));
  const round = roundingOf(dtype);
  for (let i = 0; i < whole; i += lanes) {
    const base = round(fma(by, i, first));
    for (let k = 0; k < lanes; k++) out[i + k] = fma(by, k, base);
  }
  for (let i = whole; i < length; i++) out[i] = fma(by, i, first);
  return out;
}

function arangeOf(start: Scalar, end: Scalar, step: Scalar, dtype: DType | null): Tensor {
  const given = [start, end, step];
  const chosen = dtype ?? (given.some(isFloatScalar) ? defaults.dtype : int64);
  const [from, to, by] = given.map((value) =>
    chosen.kind === "float" ? Number(value) : Math.trunc(Number(value)),
  );
  if (by === 0 && Number(step) !== 0) throw new TorchError("ValueError", "step must be nonzero");
  if (by === 0) throw runtimeError("step must be nonzero");
  if (!Number.isFinite(from) || !Number.isFinite(to)) {
    throw runtimeError(`unsupported range: ${from} -> ${to}`);
  }
  if ((by > 0 && to < from) || (by < 0 && to > from)) {
    throw runtimeError("upper bound and lower bound inconsistent with step sign");
  }
  const whole = chosen === int64 && !given.some(isFloatScalar);
  const length = whole
    ? wholeLength(asInt64(start), asInt64(end), asInt64(step))
    : Math.ceil((to - from) / by);
  return fromData(rangeData(start, step, length, chosen), [length], chosen);
}

function wholeLength(start: bigint, end: bigint, step: bigint): number {
  const direction = step > 0n ? 1n : -1n;
  return Number((end - start + step - direction) / step);
}

export const arange = op(
  "arange.start_step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None) -> Tensor",
);
arange.define({ forward: arangeOf });
op("arange.start(Scalar start, Scalar end, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (start, end, dtype) => arangeOf(start, end, 1n, dtype),
});
op("arange(Scalar end, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (end, dtype) => arangeOf(0n, end, 1n, dtype),
});

op("range.step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None) -> Tensor").define({
  forward: (start, end, step, dtype) => {
    const [from, to, by] = [Number(start), Number(end), Number(step)];
    if (by === 0) throw runtimeError("step must be nonzero");
    if ((by > 0 && to < from) || (by < 0 && to > from)) {
      throw runtimeError("upper bound and lower bound inconsistent with step sign");
    }
    const chosen = dtype ?? defaults.dtype;
    const length = Math.floor((to - from) / by + 1);
    return fromData(rangeData(start, step, length, chosen), [length], chosen);
  },
});

/** From both ends towards the middle, so that the last element is exactly `end`. */
function linspaceData(start: number, end: number, steps: number, dtype: DType): Data {
  const out = dtype.allocate(steps);
  if (steps === 0) return out;
  const set = (i: number, value: number) => {
    if (dtype === int64) out[i] = BigInt(Math.trunc(value));
    else out[i] = value;
  };
  if (steps === 1) {
    set(0, start);
    return out;
  }
  const round = roundingOf(dtype);
  const [first, last] =
    dtype.kind === "float" ? [round(start), round(end)] : [Math.trunc(start), Math.trunc(end)];
  const step = round(round(last - first) / (steps - 1));
  const half = Math.floor(steps / 2);
  for (let i = 0; i < steps; i++) {
    const [from, by] = i < half ? [first, step * i] : [last, -step * (steps - i - 1)];
    // Half precision rounds the product before it adds.
    if (dtype.round) set(i, from + round(by));
    else set(i, i < half ? fma(step, i, first) : fma(-step, steps - i - 1, last));
  }
  return out;
}

function checkSteps(steps: number): void {
  if (steps < 0) throw runtimeError("number of steps must be non-negative");
}

export const linspace = op(
  "linspace(Scalar start, Scalar end, int steps, *, ScalarType? dtype=None) -> Tensor",
);
linspace.define({
  forward: (start, end, steps, dtype) => {
    checkSteps(steps);
    const chosen = dtype ?? defaults.dtype;
    return fromData(linspaceData(Number(start), Number(end), steps, chosen), [steps], chosen);
  },
});

op(
  "logspace(Scalar start, Scalar end, int steps, float base=10.0, *, ScalarType? dtype=None) -> Tensor",
).define({
  forward: (start, end, steps, base, dtype) => {
    checkSteps(steps);
    const chosen = dtype ?? defaults.dtype;
    const exponents = linspaceData(
      Number(start),
      Number(end),
      steps,
      chosen.kind === "float" ? chosen : float64,
    );
    const out = chosen.allocate(steps);
    for (let i = 0; i < steps; i++) {
      const value = base ** Number(exponents[i]);
      if (chosen === int64) out[i] = BigInt(Math.trunc(value));
      else out[i] = value;
    }
    return fromData(out, [steps], chosen);
  },
});

function eyeOf(n: number, m: number, dtype: DType | null): Tensor {
  if (n < 0) throw runtimeError(`n must be greater or equal to 0, got ${n}`);
  if (m < 0) throw runtimeError(`m must be greater or equal to 0, got ${m}`);
  const out = zerosOf([n, m], dtype ?? defaults.dtype);
  const { data } = out.storage;
  for (let i = 0; i < Math.min(n, m); i++) data[i * (m + 1)] = out.dtype === int64 ? 1n : 1;
  return out;
}

op("eye(int n, *, ScalarType? dtype=None) -> Tensor").define({ forward: (n, dtype) => eyeOf(n, n, dtype) });
export const eye = op("eye.m(int n, int m, *, ScalarType? dtype=None) -> Tensor");
eye.define({ forward: eyeOf });

/** Elements of `data` under `sizes`: for what Python builds from lists. */
export function tensorOf(data: Data, sizes: Sizes, dtype: DType): Tensor {
  if (data.length !== numel(sizes))
    throw new RangeError(`expected ${numel(sizes)} elements, got ${data.length}`);
  return fromData(data, sizes, dtype);
}
