// Runs one recorded call of an operator (see generate_calls.py) on the engine and says what differs.
import { grad as gradients } from "../../engine/autograd/api";
import { resetModes } from "../../engine/autograd/modes";
import type { Gradients, Node } from "../../engine/autograd/node";
import { gradFnOf, requiresGrad } from "../../engine/autograd/views";
import { elementsOf } from "../../engine/kernels/strided";
import { operator } from "../../engine/ops";
import type { OperatorEntry } from "../../engine/ops/define";
import type { Param } from "../../engine/ops/schema";
import { DTYPES, type DType, int64 } from "../../engine/tensor/dtype";
import { TorchError } from "../../engine/tensor/errors";
import { contiguousStrides, isContiguous } from "../../engine/tensor/shape";
import { Storage } from "../../engine/tensor/storage";
import { fromData, Tensor } from "../../engine/tensor/tensor";

type NumberText = number | string | boolean;

interface TensorArgument {
  t: NumberText[];
  d: string;
  s: number[];
  st?: number[];
  g?: 1;
}
interface Result {
  v: NumberText[];
  d: string;
  s: number[];
  st?: number[];
}

export interface OperatorCase {
  op: string;
  args: unknown[];
  error?: [type: string, message: string];
  out?: Result[];
  exact?: 1;
  node?: string | null;
  requires?: number[];
  saved?: string[];
  go?: NumberText[][];
  grads?: (NumberText[] | null)[];
  grad_error?: [string, string];
  gnodes?: (string | null)[];
  go2?: NumberText[][];
  grads2?: (NumberText[] | null)[];
  grad2_error?: [string, string];
}

export function dtypeNamed(name: string): DType {
  const found = DTYPES.find((dtype) => dtype.name === name);
  if (!found) throw new Error(`no dtype ${name}`);
  return found;
}

function toNumber(text: NumberText): number {
  if (text === "nan") return Number.NaN;
  if (text === "inf") return Number.POSITIVE_INFINITY;
  if (text === "-inf") return Number.NEGATIVE_INFINITY;
  return Number(text);
}

export function dataOf(values: readonly NumberText[], dtype: DType) {
  const data = dtype.allocate(values.length);
  values.forEach((value, i) => {
    data[i] = dtype === int64 ? BigInt(value) : toNumber(value);
  });
  return data;
}

function tensorOf(given: TensorArgument): Tensor {
  const dtype = dtypeNamed(given.d);
  const storage = new Storage(dataOf(given.t, dtype), dtype);
  const tensor = new Tensor(storage, dtype, given.s, given.st ?? contiguousStrides(given.s));
  tensor.leafRequiresGrad = given.g === 1;
  return tensor;
}

/** A recorded argument as the operator's parameter wants it. */
function argument(param: Param, given: unknown): unknown {
  if (given === null || typeof given === "string") return given;
  if (Array.isArray(given))
    return given.map((item) => argument({ ...param, kind: elementKind(param) }, item));
  const value = given as Record<string, unknown>;
  if ("t" in value) return tensorOf(value as unknown as TensorArgument);
  if ("dtype" in value) return dtypeNamed(value.dtype as string);
  if ("bool" in value) return value.bool;
  if ("float" in value) return toNumber(value.float as NumberText);
  return param.kind.startsWith("Scalar") ? BigInt(value.int as number) : value.int;
}

function elementKind(param: Param): Param["kind"] {
  return param.kind.startsWith("Tensor") ? "Tensor" : "int";
}

function defaultOf(param: Param): unknown {
  const text = param.default;
  if (text === null) throw new Error(`${param.name} is not given`);
  if (text === "None") return null;
  if (text === "True" || text === "False") return text === "True";
  if (text === "[]") return [];
  if (text.startsWith("'")) return text.slice(1, -1);
  const isFloat = /[.e]/.test(text);
  return param.kind.startsWith("Scalar") && !isFloat ? BigInt(text) : Number(text);
}

export function argumentsOf(entry: OperatorEntry, given: readonly unknown[]): unknown[] {
  return entry.schema.params.map((param, i) =>
    i < given.length ? argument(param, given[i]) : defaultOf(param),
  );
}

type Precision = "exact" | "close" | "single" | "rough";

/** [relative, absolute] by the bytes of the dtype. "rough": where PyTorch's own series stop early. */
const TOLERANCE = {
  close: { 4: [4e-6, 4e-7], 8: [1e-12, 1e-11] },
  single: { 4: [4e-6, 4e-7], 8: [4e-6, 4e-7] },
  rough: { 4: [4e-5, 4e-6], 8: [2e-9, 2e-9] },
} as const;

function close(got: number, wanted: number, dtype: DType, precision: Precision): boolean {
  if (Object.is(got, wanted)) return true;
  if (precision === "exact" || !Number.isFinite(wanted) || !Number.isFinite(got)) return false;
  if (dtype.kind !== "float") return got === wanted;
  const [relative, absolute] = TOLERANCE[precision][dtype.bytes as 4 | 8];
  return Math.abs(got - wanted) <= absolute + relative * Math.abs(wanted);
}

/** lgamma's derivatives: PyTorch computes trigamma to 9 digits. */
const ROUGH = /^(lgamma|mvlgamma|digamma|polygamma|special_i1)_?$/;

function precisionOf(recorded: OperatorCase, exact: boolean): Precision {
  if (exact) return "exact";
  if (ROUGH.test(recorded.op)) return "rough";
  const single = recorded.args.some((arg) => (arg as TensorArgument | null)?.d === "float32");
  return single ? "single" : "close";
}

function valuesDiffer(
  what: string,
  got: Tensor,
  wanted: readonly NumberText[],
  precision: Precision,
): string[] {
  const data = elementsOf(got);
  const numbers = Array.from(data, Number);
  const ok =
    data.length === wanted.length &&
    wanted.every((value, i) =>
      got.dtype === int64
        ? data[i] === BigInt(value)
        : close(numbers[i], toNumber(value), got.dtype, precision),
    );
  return ok ? [] : [`${what}: ${numbers.join(" ")} instead of ${wanted.join(" ")}`];
}

function resultDiffers(what: string, got: Tensor, wanted: Result, precision: Precision): string[] {
  if (got.dtype.name !== wanted.d) return [`${what}: dtype ${got.dtype.name} instead of ${wanted.d}`];
  if (got.sizes.join() !== wanted.s.join()) return [`${what}: shape [${got.sizes}] instead of [${wanted.s}]`];
  const contiguous = isContiguous(got.sizes, got.strides);
  if (wanted.st ? got.strides.join() !== wanted.st.join() : !contiguous) {
    return [`${what}: strides [${got.strides}] instead of [${wanted.st ?? "contiguous"}]`];
  }
  return valuesDiffer(what, got, wanted.v, precision);
}

function nodeName(node: Node | null): string | null {
  return node === null ? null : node.name;
}

/** A node and what it leads to, four deep. */
function chain(node: Node | null, depth = 0): string {
  if (node === null) return "";
  if (depth === 4) return "…";
  const inner = node.edges.map((edge) => chain(edge?.node ?? null, depth + 1)).join(",");
  return node.name + (inner ? `(${inner})` : "");
}

function errorOf(error: unknown): string {
  if (!(error instanceof TorchError)) throw error;
  // Python's name of the class begins with an underscore.
  const type = error.type === "LinAlgError" ? "_LinAlgError" : error.type;
  return `${type}: ${error.message}`;
}

export function differences(recorded: OperatorCase): string[] {
  resetModes();
  const entry = operator(recorded.op);
  const args = argumentsOf(entry, recorded.args);
  const leaves = args.flat().filter((arg): arg is Tensor => arg instanceof Tensor && arg.leafRequiresGrad);
  let outputs: Tensor[];
  try {
    if (entry.schema.name.endsWith("_")) {
      const self = args[0] as Tensor;
      if (self.leafRequiresGrad) args[0] = operator("clone").call([self, null]);
    }
    const out = entry.call(args);
    outputs = Array.isArray(out) ? out : [out];
  } catch (error) {
    const got = errorOf(error);
    const wanted = recorded.error ? recorded.error.join(": ") : "no error";
    return got === wanted ? [] : [`raised ${got}\n    instead of ${wanted}`];
  }
  if (recorded.error) return [`did not raise ${recorded.error.join(": ")}`];
  const found: string[] = [];
  const wanted = recorded.out ?? [];
  if (wanted.length !== outputs.length) return [`${outputs.length} outputs instead of ${wanted.length}`];
  outputs.forEach((output, i) => {
    found.push(
      ...resultDiffers(`output ${i}`, output, wanted[i], precisionOf(recorded, recorded.exact === 1)),
    );
  });
  return [...found, ...gradientsDiffer(recorded, outputs, leaves)];
}

function gradientsDiffer(recorded: OperatorCase, outputs: Tensor[], leaves: Tensor[]): string[] {
  const found: string[] = [];
  if (recorded.requires) {
    const requires = outputs.map((output) => Number(requiresGrad(output)));
    if (requires.join() !== recorded.requires.join()) found.push(`requires_grad ${requires}`);
    const node = outputs.map(gradFnOf).find((each) => each !== null) ?? null;
    if (nodeName(node) !== recorded.node) found.push(`node ${nodeName(node)} instead of ${recorded.node}`);
    if (recorded.saved && node) {
      const names = [...new Set(node.savedTensors().map(({ name }) => name))].sort();
      if (names.join() !== recorded.saved.join()) found.push(`saves ${names} instead of ${recorded.saved}`);
    }
  }
  if (!recorded.go) return found;
  const roots = outputs.filter(requiresGrad);
  if (roots.length !== recorded.go.length) return [...found, "other outputs require grad"];
  const incoming = roots.map((root, i) =>
    fromData(dataOf(recorded.go?.[i] ?? [], root.dtype), root.sizes, root.dtype),
  );
  const create =
    recorded.gnodes !== undefined || recorded.go2 !== undefined || recorded.grad_error !== undefined;
  let grads: Gradients;
  try {
    grads = gradients(roots, leaves, incoming, { retainGraph: true, createGraph: create }, true);
  } catch (error) {
    const got = errorOf(error);
    if (got !== recorded.grad_error?.join(": ")) found.push(`backward raised ${got}`);
    return found;
  }
  if (recorded.grad_error) return [...found, `backward did not raise ${recorded.grad_error.join(": ")}`];
  found.push(...listDiffers("gradient", grads, recorded.grads ?? [], precisionOf(recorded, false)));
  if (recorded.gnodes) {
    grads.forEach((grad, i) => {
      const got = grad === null ? null : chain(gradFnOf(grad));
      const wanted = recorded.gnodes?.[i] ?? null;
      if (got !== wanted) found.push(`gradient ${i} is made by ${got}\n    instead of ${wanted}`);
    });
  }
  if (recorded.go2) {
    const again = grads.filter((grad): grad is Tensor => grad !== null && requiresGrad(grad));
    if (again.length !== recorded.go2.length) return [...found, "other gradients require grad"];
    const vectors = again.map((grad, i) =>
      fromData(dataOf(recorded.go2?.[i] ?? [], grad.dtype), grad.sizes, grad.dtype),
    );
    try {
      const second = gradients(again, leaves, vectors, { retainGraph: false, createGraph: false }, true);
      if (recorded.grad2_error)
        found.push(`second backward did not raise ${recorded.grad2_error.join(": ")}`);
      else
        found.push(
          ...listDiffers("second gradient", second, recorded.grads2 ?? [], precisionOf(recorded, false)),
        );
    } catch (error) {
      const got = errorOf(error);
      if (got !== recorded.grad2_error?.join(": ")) found.push(`second backward raised ${got}`);
    }
  }
  return found;
}

function listDiffers(
  what: string,
  got: Gradients,
  wanted: (NumberText[] | null)[],
  precision: Precision,
): string[] {
  return wanted.flatMap((values, i) => {
    const tensor = got[i] ?? null;
    if (values === null || tensor === null) {
      return values === tensor
        ? []
        : [`${what} ${i}: ${tensor === null ? "none" : "one"} instead of ${values}`];
    }
    return valuesDiffer(`${what} ${i}`, tensor, values, precision);
  });
}
