// The element types, with PyTorch's codes and names. Promotion between them is in promotion.ts.
//
// Note [Half precision]. The elements of float16 and bfloat16 stand in a Float32Array, each one a number that the
// dtype has. Kernels compute with them as with float32 and write what they get; `define.ts` rounds the results of
// every operator, once, as PyTorch's kernels do, which compute in float32 too. What makes a tensor beside the
// operators (a cast, numbers from Python) rounds as well.
import { roundToBfloat16, roundToFloat16 } from "./halves";
import { reserve } from "./memory";
import { float32Zeros } from "./slabs";

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
  /** Of a dtype whose elements stand in a Float32Array: makes them numbers that it has, in place. */
  readonly round?: (data: Float32Array) => void;
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
export const float16: DType = {
  name: "float16",
  scalarName: "Half",
  code: 5,
  bytes: 2,
  kind: "float",
  allocate: (length) => {
    reserve(4 * length);
    return float32Zeros(length);
  },
  round: roundToFloat16,
};
export const float32: DType = {
  name: "float32",
  scalarName: "Float",
  code: 6,
  bytes: 4,
  kind: "float",
  allocate: (length) => {
    reserve(4 * length);
    return float32Zeros(length);
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
export const bfloat16: DType = {
  name: "bfloat16",
  scalarName: "BFloat16",
  code: 15,
  bytes: 2,
  kind: "float",
  allocate: (length) => {
    reserve(4 * length);
    return float32Zeros(length);
  },
  round: roundToBfloat16,
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

export const DTYPES: readonly DType[] = [
  uint8,
  int8,
  int16,
  int32,
  int64,
  float16,
  float32,
  float64,
  bool,
  bfloat16,
];

const LARGEST: Record<string, number> = {
  float16: 65504,
  bfloat16: 3.3895313892515355e38,
  float32: 3.4028234663852886e38,
  float64: Number.MAX_VALUE,
};

/** The largest finite number of a floating-point dtype. */
export function largest(dtype: DType): number {
  return LARGEST[dtype.name];
}

/** Whether its kernels compute in float32. */
export function inFloat32(dtype: DType): boolean {
  return dtype === float32 || dtype.round !== undefined;
}

const byCode = new Map(DTYPES.map((dtype) => [dtype.code, dtype]));

export function dtypeOfCode(code: number): DType {
  const dtype = byCode.get(code);
  if (!dtype) throw new RangeError(`no dtype has the code ${code}`);
  return dtype;
}

/** PyTorch's default dtype: `torch.set_default_dtype` changes it, a run's end restores it. */
export const defaults: { dtype: DType } = { dtype: float32 };
