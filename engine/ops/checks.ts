// What operators refuse, in PyTorch's words, and small questions about their arguments.
import type { DType } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import type { Scalar } from "../tensor/tensor";

/** PyTorch's kernels exist for some dtypes only; `kernel` is the name its text gives. */
export function notImplementedFor(kernel: string, dtype: DType): TorchError {
  return new TorchError("NotImplementedError", `"${kernel}" not implemented for '${dtype.scalarName}'`, {
    kind: "dtype",
    dtype: dtype.name,
  });
}

export function requireFloat(kernel: string, dtype: DType): void {
  if (dtype.kind !== "float") throw notImplementedFor(kernel, dtype);
}

/** Refuses float16 and bfloat16 too. */
export function requireWide(kernel: string, dtype: DType): void {
  if (dtype.kind !== "float" || dtype.round !== undefined) throw notImplementedFor(kernel, dtype);
}

export function requireInteger(kernel: string, dtype: DType): void {
  if (dtype.kind !== "int") throw notImplementedFor(kernel, dtype);
}

/** Whether a Python number is a float (not an int, not a bool). */
export function isFloatScalar(value: Scalar): value is number {
  return typeof value === "number";
}

/** Whether a Python number is 1, of whatever type. */
export function isOne(value: Scalar): boolean {
  return Number(value) === 1;
}

const C_TYPE: Record<string, string> = {
  uint8: "uint8_t",
  int8: "int8_t",
  int16: "int16_t",
  int64: "int64_t",
};
const MOST: Record<string, number> = {
  uint8: 255,
  int8: 127,
  int16: 32767,
  int32: 2147483647,
  int64: 2 ** 63,
  float16: 65504,
  bfloat16: 3.3895313892515355e38,
  float32: 3.4028234663852886e38,
};

/** Refuses a Python number that `dtype` cannot hold, where PyTorch does (c10::checked_convert). */
export function checkFits(value: Scalar, dtype: DType): void {
  const most = MOST[dtype.name];
  if (most === undefined || typeof value === "boolean") return;
  const number = Number(value);
  const fits =
    dtype.kind === "float"
      ? !Number.isFinite(number) || Math.abs(number) <= most
      : dtype.name === "int64" && typeof value === "bigint"
        ? BigInt.asIntN(64, value) === value
        : // A negative number may wrap around in an unsigned type.
          number >= (dtype.name === "uint8" ? -most : -most - 1) && number <= most;
  if (fits) return;
  const type = C_TYPE[dtype.name] ?? typeMetaName(dtype);
  throw runtimeError(`value cannot be converted to type ${type} without overflow`, { kind: "overflow" });
}

const TYPE_META: Record<string, string> = {
  uint8: "unsigned char",
  int8: "signed char",
  int16: "short int",
  int32: "int",
  int64: "long int",
  float16: "c10::Half",
  bfloat16: "c10::BFloat16",
  float32: "float",
  float64: "double",
  bool: "bool",
};

/** The name of the C++ type, which a few texts give instead of "Long". */
export function typeMetaName(dtype: DType): string {
  return TYPE_META[dtype.name];
}
