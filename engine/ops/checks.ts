// What operators refuse, in PyTorch's words, and small questions about their arguments.
import type { DType } from "../tensor/dtype";
import { TorchError } from "../tensor/errors";
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

const TYPE_META: Record<string, string> = {
  uint8: "unsigned char",
  int8: "signed char",
  int16: "short int",
  int32: "int",
  int64: "long int",
  float32: "float",
  float64: "double",
  bool: "bool",
};

/** The name of the C++ type, which a few texts give instead of "Long". */
export function typeMetaName(dtype: DType): string {
  return TYPE_META[dtype.name];
}
