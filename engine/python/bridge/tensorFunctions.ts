// What Python asks and tells about one tensor: its geometry, its numbers, its part in autograd.
// Every function takes handles first and is named as Python calls it.
import { retainGrad, setRequiresGrad } from "../../autograd/api";
import { gradDtypeOf, setGradDtype } from "../../autograd/gradDtype";
import { modes } from "../../autograd/modes";
import { accumulatorOf, countChange, dataOf, gradFnOf, requiresGrad } from "../../autograd/views";
import { elementsOf } from "../../kernels/strided";
import { callInPlace } from "../../ops/define";
import { liesIn } from "../../ops/memoryFormat";
import { recording, unrecorded } from "../../record/hook";
import { type DType, defaults, dtypeOfCode, int64, bool as torchBool } from "../../tensor/dtype";
import { runtimeError, TorchError } from "../../tensor/errors";
import { DEFAULT_PRINT_OPTIONS, formatTensor } from "../../tensor/format";
import { sameSizes, sizesText } from "../../tensor/shape";
import type { Storage } from "../../tensor/storage";
import { scalarTensor, type Tensor, wrappedNumber } from "../../tensor/tensor";
import { guarded, guardedAt } from "./failure";
import { giveOrZero, nodes, tensors } from "./handles";
import type { SharedMemory } from "./memory";
import { storageFunctions } from "./storageFunctions";

/** C++'s names of the element types, which one text uses. */
const CPP_NAMES: Record<string, string> = {
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

/** Stands for a dtype's code where any will do. */
const ANY_DTYPE = -2;

/** `torch.set_printoptions`. */
export const printing = { ...DEFAULT_PRINT_OPTIONS };

/** What `grad` answers where reading it deserves PyTorch's warning about tensors that are no leaves. */
const NONE_WITH_WARNING = 1;

function grad(handle: number): number {
  const tensor = tensors.get(handle);
  recording.recorder?.gradRead(tensor, modes.site);
  if (tensor.grad !== null) return tensors.give(tensor.grad);
  return gradFnOf(tensor) !== null && !tensor.retainsGrad ? NONE_WITH_WARNING : 0;
}

function setGrad(handle: number, gradHandle: number): number {
  const tensor = tensors.get(handle);
  if (gradHandle === 0) {
    const had = tensor.grad !== null;
    tensor.grad = null;
    if (had) recording.recorder?.state("grad_cleared", tensor, modes.site);
    return 0;
  }
  const gradient = tensors.get(gradHandle);
  if (gradient === tensor) throw runtimeError("can't assign Variable as its own grad");
  const expected = gradDtypeOf(tensor);
  if (expected !== null && gradient.dtype !== expected) {
    throw runtimeError(
      `attempting to assign a gradient with dtype '${CPP_NAMES[gradient.dtype.name]}' to a tensor with grad_dtype ` +
        `'${expected.scalarName}'. The gradient must match the tensor's grad_dtype (defaults to the tensor's dtype). ` +
        "You can set the tensor's grad_dtype attribute with a specific dtype, or None to allow any dtype. Set grad_dtype " +
        "with caution. Diverging the dtypes of a tensor and its gradient may break downstream systems that assume they match.",
    );
  }
  if (!sameSizes(gradient.sizes, tensor.sizes)) {
    throw runtimeError(
      `attempting to assign a gradient of size '${sizesText(gradient.sizes)}' to a tensor of size ` +
        `'${sizesText(tensor.sizes)}'. Please ensure that the gradient and the tensor are the same size`,
    );
  }
  tensor.grad = gradient;
  recording.recorder?.state("grad_set", tensor, modes.site);
  return 0;
}

/** The code of the dtype that `.grad` is to have. */
function gradDtype(handle: number): number {
  const tensor = tensors.get(handle);
  if (gradFnOf(tensor) !== null) throw runtimeError("grad_dtype can only be accessed on leaf tensors.");
  return gradDtypeOf(tensor)?.code ?? ANY_DTYPE;
}

function changeGradDtype(handle: number, code: number): number {
  const tensor = tensors.get(handle);
  if (gradFnOf(tensor) !== null) throw runtimeError("grad_dtype can only be set on leaf tensors.");
  const dtype = code === ANY_DTYPE ? null : dtypeOfCode(code);
  if (dtype !== null && tensor.grad !== null && tensor.grad.dtype !== dtype) {
    throw runtimeError(
      `Cannot set grad_dtype to '${dtype.scalarName}' because there is already a gradient with dtype ` +
        `'${CPP_NAMES[tensor.grad.dtype.name]}'. Please clear the gradient (.grad = None) before changing grad_dtype, ` +
        "or ensure the new grad_dtype matches the existing gradient's dtype.",
    );
  }
  setGradDtype(tensor, dtype);
  return 0;
}

/** `x.data = other`: the memory of `other`, the autograd history and the version counter of `x`. */
function setData(handle: number, otherHandle: number): number {
  const tensor = tensors.get(handle);
  const other = tensors.get(otherHandle);
  if (other.dtype !== tensor.dtype || !sameSizes(other.sizes, tensor.sizes)) tensor.accumulator = null;
  tensor.storage = other.storage;
  tensor.dtype = other.dtype;
  tensor.sizes = other.sizes;
  tensor.strides = other.strides;
  tensor.offset = other.offset;
  return 0;
}

/** What printing says of a tensor's history; "Invalid" where the history may not be asked for. */
function gradFnName(tensor: Tensor): string | null {
  try {
    return gradFnOf(tensor)?.name ?? null;
  } catch (error) {
    if (error instanceof TorchError) return "Invalid";
    throw error;
  }
}

export function tensorFunctions(shared: SharedMemory) {
  const storageNumbers = new WeakMap<Storage, number>();
  let storages = 0;

  function storageNumber(storage: Storage): number {
    let number = storageNumbers.get(storage);
    if (number === undefined) {
      number = ++storages;
      storageNumbers.set(storage, number);
    }
    return number;
  }

  /**
   * The only element as a Python number: a boolean, an int (a bigint where a number is not exact), or
   * undefined for a float, which is left in the shared double.
   */
  function number(tensor: Tensor): boolean | number | bigint | undefined {
    const [value] = elementsOf(tensor);
    if (tensor.dtype === torchBool) return value !== 0;
    if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
    if (tensor.dtype.kind === "int") return value;
    shared.writeDouble(value as number);
    return undefined;
  }

  return {
    ...storageFunctions(shared),
    rank: (handle: number) => tensors.get(handle).rank,
    sizes: (handle: number) => shared.write(tensors.get(handle).sizes),
    strides: (handle: number) => shared.write(tensors.get(handle).strides),
    storage_offset: (handle: number) => tensors.get(handle).offset,
    storage_length: (handle: number) => tensors.get(handle).storage.data.length,
    numel: (handle: number) => tensors.get(handle).numel,
    dtype: (handle: number) => tensors.get(handle).dtype.code,
    is_contiguous: (handle: number) => tensors.get(handle).isContiguous(),
    /** `format`: a number of c10::MemoryFormat. */
    lies_in: (handle: number, format: number) => liesIn(tensors.get(handle), format),
    same_storage: (a: number, b: number) => tensors.get(a).storage === tensors.get(b).storage,
    storage_identity: (handle: number) => storageNumber(tensors.get(handle).storage),
    version: guarded((handle: number) => {
      const tensor = tensors.get(handle);
      if (tensor.inference) throw runtimeError("Inference tensors do not track version counter.");
      return tensor.version.value;
    }),
    bump_version: (handle: number) => {
      tensors.get(handle).version.bump("increment_version", modes.site);
    },
    /** A change in place that was made otherwise. */
    count_change: guardedAt((handle: number, by: string) => {
      countChange(tensors.get(handle), by);
      return 0;
    }),
    set_version: (handle: number, value: number) => {
      tensors.get(handle).version.value = value;
    },
    /** Copies numbers that are taken back before anyone misses them: no write of the user's, so it is not recorded. */
    copy_unrecorded: guarded((handle: number, from: number) => {
      unrecorded(() => callInPlace("copy_", tensors.get(handle), tensors.get(from), false));
    }),
    is_inference: (handle: number) => tensors.get(handle).inference,
    is_wrapped_number: (handle: number) => tensors.get(handle).wrappedNumber,

    requires_grad: guarded((handle: number) => (requiresGrad(tensors.get(handle)) ? 1 : 0)),
    set_requires_grad: guardedAt((handle: number, value: boolean) => {
      setRequiresGrad(tensors.get(handle), Boolean(value));
      return 0;
    }),
    is_leaf: guarded((handle: number) => (gradFnOf(tensors.get(handle)) === null ? 1 : 0)),
    retains_grad: (handle: number) => tensors.get(handle).retainsGrad,
    retain_grad: guardedAt((handle: number) => {
      retainGrad(tensors.get(handle));
      return 0;
    }),
    output_nr: (handle: number) => tensors.get(handle).outputNr,
    grad_fn: guarded((handle: number) => {
      const node = gradFnOf(tensors.get(handle));
      return node === null ? 0 : Math.abs(nodes.give(node));
    }),
    /** The node that the tensor's gradient goes to: grad_fn, or AccumulateGrad; 0 where it needs none. */
    gradient_node: guarded((handle: number) => {
      const tensor = tensors.get(handle);
      const node = gradFnOf(tensor) ?? (requiresGrad(tensor) ? accumulatorOf(tensor) : null);
      return node === null ? 0 : Math.abs(nodes.give(node));
    }),
    detach_in_place: guardedAt((handle: number) => {
      const tensor = tensors.get(handle);
      tensor.gradFn = null;
      tensor.leafRequiresGrad = false;
      tensor.outputNr = 0;
      tensor.retainsGrad = false;
      recording.recorder?.state("detach_", tensor, modes.site);
      return 0;
    }),
    grad: guardedAt(grad),
    /** As `grad`, without being the user's own look. */
    peek_grad: (handle: number) => giveOrZero(tensors.get(handle).grad),
    set_grad: guardedAt(setGrad),
    grad_dtype: guarded(gradDtype),
    set_grad_dtype: guarded(changeGradDtype),
    data: guardedAt((handle: number) => tensors.give(dataOf(tensors.get(handle)))),
    set_data: guardedAt(setData),
    /** Makes memory at least so many elements long, for all tensors on it. */
    grow_storage: guarded((handle: number, length: number) => {
      const { storage } = tensors.get(handle);
      if (length > storage.data.length) {
        const grown = storage.dtype.allocate(length);
        (grown as Float64Array).set(storage.data as Float64Array);
        storage.data = grown;
      }
      return 0;
    }),
    /** `set_`: a graph from before leads to a leaf that is no more. */
    window_replaced: (handle: number) => {
      const tensor = tensors.get(handle);
      tensor.accumulator = null;
      tensor.version.bump("set_", modes.site);
    },
    base: (handle: number) => giveOrZero(tensors.get(handle).view?.base),
    is_view: (handle: number) => tensors.get(handle).view !== null,

    item: guardedAt((handle: number, how: string) => {
      const tensor = tensors.get(handle);
      if (tensor.numel !== 1) {
        throw runtimeError(`a Tensor with ${tensor.numel} elements cannot be converted to Scalar`);
      }
      recording.recorder?.escape(how, tensor, modes.site);
      return number(tensor);
    }),
    /** Tells the recorder that a value leaves the graph. */
    escape: (site: number, handle: number, how: string) => {
      recording.recorder?.escape(how, tensors.get(handle), site);
    },
    copy_out: guarded((handle: number, address: number) => {
      shared.copyOut(tensors.get(handle), address);
      return 0;
    }),
    /** Sizes are in the shared ints. */
    from_memory: guardedAt((address: number, count: number, from: number, rank: number, code: number) => {
      const tensor = shared.copyIn(address, count, from, shared.read(rank), dtypeOfCode(code));
      tensor.inference = modes.inference;
      tensor.site = modes.site;
      return tensors.give(tensor);
    }),
    from_number: guardedAt((kind: number, value: number | bigint | boolean, code: number) => {
      const dtype = dtypeOfCode(code);
      const scalar = dtype === int64 && kind !== 2 ? BigInt(value) : Number(value);
      const tensor = scalarTensor(scalar, dtype);
      tensor.inference = modes.inference;
      tensor.site = modes.site;
      return tensors.give(tensor);
    }),
    /** A Python number where an operator wants a tensor: it yields in type promotion. */
    wrapped_number: guarded((kind: number, value: number | bigint | boolean) =>
      tensors.give(wrappedNumber(kind === 0 ? Boolean(value) : kind === 1 ? BigInt(value) : Number(value))),
    ),
    /** `name`: "tensor", or the name of a subclass. */
    format_tensor: guarded((handle: number, name: string) => {
      const tensor = tensors.get(handle);
      const history = { gradFn: gradFnName(tensor), requiresGrad: requiresGrad(tensor) };
      return formatTensor(tensor, history, printing, name);
    }),
    set_print_options: (
      precision: number,
      threshold: number,
      edgeItems: number,
      lineWidth: number,
      sciMode: boolean | undefined,
    ) => {
      Object.assign(printing, { precision, threshold, edgeItems, lineWidth, sciMode: sciMode ?? null });
    },
    default_dtype: () => defaults.dtype.code,
    set_default_dtype: guarded((code: number) => {
      const dtype: DType = dtypeOfCode(code);
      if (dtype.kind !== "float")
        throw new TorchError("TypeError", "only floating-point types are supported");
      defaults.dtype = dtype;
      return 0;
    }),
    /** Another tensor with the same memory, version counter and view, for `Parameter(data)`. */
    alias: guardedAt((handle: number) => {
      const tensor = dataOf(tensors.get(handle));
      return tensors.give(tensor);
    }),
  };
}
