// The element types, with PyTorch's codes and names. Promotion between them is in promotion.ts.
import { reserve } from "./memory";

export type Data =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array;

export interface DType {
  /** "float32": what stands behind `torch.`. */
  readonly name: string;
  /** "Float": PyTorch's C++ name, which its error texts use. */
  readonly scalarName: string;
  /** The number of c10::ScalarType. */
  readonly code: number;
  readonly bytes: number;
  readonly kind: "bool" | "int" | "float";
  /** Allocates `length` zeros. Raises RuntimeError where a run's limit would be passed. */
  readonly allocate: (length: number) => Data;
}

export const uint8: DType = {
  name: "uint8",
  scalarName: "Byte",
  code: 0,
  bytes: 1,
  kind: "int",
  allocate: (length) => {
    reserve(length);
    return new Uint8Array(length);
  },
};
export const int8: DType = {
  name: "int8",
  scalarName: "Char",
  code: 1,
  bytes: 1,
  kind: "int",
  allocate: (length) => {
    reserve(length);
    return new Int8Array(length);
  },
};
export const int16: DType = {
  name: "int16",
  scalarName: "Short",
  code: 2,
  bytes: 2,
  kind: "int",
  allocate: (length) => {
    reserve(2 * length);
    return new Int16Array(length);
  },
};
export const int32: DType = {
  name: "int32",
  scalarName: "Int",
  code: 3,
  bytes: 4,
  kind: "int",
  allocate: (length) => {
    reserve(4 * length);
    return new Int32Array(length);
  },
};
export const int64: DType = {
  name: "int64",
  scalarName: "Long",
  code: 4,
  bytes: 8,
  kind: "int",
  allocate: (length) => {
    reserve(8 * length);
    return new BigInt64Array(length);
  },
};
export const float32: DType = {
  name: "float32",
  scalarName: "Float",
  code: 6,
  bytes: 4,
  kind: "float",
  allocate: (length) => {
    reserve(4 * length);
    return new Float32Array(length);
  },
};
export const float64: DType = {
  name: "float64",
  scalarName: "Double",
  code: 7,
  bytes: 8,
  kind: "float",
  allocate: (length) => {
    reserve(8 * length);
    return new Float64Array(length);
  },
};
/** Stored as 0 and 1. */
export const bool: DType = {
  name: "bool",
  scalarName: "Bool",
  code: 11,
  bytes: 1,
  kind: "bool",
  allocate: (length) => {
    reserve(length);
    return new Uint8Array(length);
  },
};

export const DTYPES: readonly DType[] = [uint8, int8, int16, int32, int64, float32, float64, bool];

const byCode = new Map(DTYPES.map((dtype) => [dtype.code, dtype]));

export function dtypeOfCode(code: number): DType {
  const dtype = byCode.get(code);
  if (!dtype) throw new RangeError(`no dtype has the code ${code}`);
  return dtype;
}

/** PyTorch's default dtype: `torch.set_default_dtype` changes it, a run's end restores it. */
export const defaults: { dtype: DType } = { dtype: float32 };
