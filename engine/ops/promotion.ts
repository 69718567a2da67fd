// Type promotion by PyTorch's rules: the highest category wins, and within it dimensioned tensors
// before 0-dim ones before Python numbers.
import {
  bool,
  type DType,
  defaults,
  float32,
  float64,
  int8,
  int16,
  int32,
  int64,
  uint8,
} from "../tensor/dtype";
import type { Tensor } from "../tensor/tensor";

const KIND_ORDER = { bool: 0, int: 1, float: 2 } as const;
const SIGNED = [int8, int16, int32, int64];

/** c10::promoteTypes. */
export function promoteTypes(a: DType, b: DType): DType {
  if (a === b) return a;
  if (a.kind !== b.kind) return KIND_ORDER[a.kind] > KIND_ORDER[b.kind] ? a : b;
  // Of float16 and bfloat16 neither holds the other.
  if (a.kind === "float") return a === float64 || b === float64 ? float64 : float32;
  if (a === uint8 || b === uint8) {
    const other = a === uint8 ? b : a;
    return other === int8 ? int16 : other;
  }
  return SIGNED.indexOf(a) > SIGNED.indexOf(b) ? a : b;
}

/** at::result_type. */
export function resultType(tensors: readonly Tensor[]): DType {
  let dimensioned: DType | null = null;
  let zeroDim: DType | null = null;
  let wrapped: DType | null = null;
  for (const tensor of tensors) {
    const { dtype } = tensor;
    if (tensor.wrappedNumber) {
      const own = dtype.kind === "float" ? defaults.dtype : dtype;
      wrapped = wrapped ? promoteTypes(wrapped, own) : own;
    } else if (tensor.rank === 0) {
      zeroDim = zeroDim ? promoteTypes(zeroDim, dtype) : dtype;
    } else {
      dimensioned = dimensioned ? promoteTypes(dimensioned, dtype) : dtype;
    }
  }
  return combine(combine(dimensioned, zeroDim), wrapped) ?? bool;
}

/** The lower category yields whole; within one category the first stays. */
function combine(higher: DType | null, lower: DType | null): DType | null {
  if (higher === null) return lower;
  if (lower === null) return higher;
  return KIND_ORDER[lower.kind] > KIND_ORDER[higher.kind] ? promoteTypes(higher, lower) : higher;
}

/** c10::canCast: a float does not go into an integer, nor anything but a bool into a bool. */
export function canCast(from: DType, to: DType): boolean {
  return KIND_ORDER[from.kind] <= KIND_ORDER[to.kind];
}
