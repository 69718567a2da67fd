// Runs the cases of test/oracle/operators.json on our engine and tells where it answers otherwise than PyTorch.
import { grad, setRequiresGrad } from "../../../engine/autograd/api";
import type { Node } from "../../../engine/autograd/node";
import { gradFnOf, requiresGrad } from "../../../engine/autograd/views";
import { elementsOf, scatter } from "../../../engine/kernels/strided";
import { operator } from "../../../engine/ops/define";
import type { Param } from "../../../engine/ops/schema";
import { DTYPES, int64 } from "../../../engine/tensor/dtype";
import { TorchError } from "../../../engine/tensor/errors";
import { empty, emptyStrided, fromData, type Tensor } from "../../../engine/tensor/tensor";

type NumberText = number | string;

interface TensorArgument {
  dtype: string;
  sizes: number[];
  values: NumberText[];
  requires: boolean;
  strides?: number[];
}

interface Told {
  dtype: string;
  sizes: number[];
  strides: number[];
  values: NumberText[];
}

export interface Case {
  key: string;
  args: unknown[];
  kwargs: Record<string, unknown>;
  raised?: [string, string];
  outputs?: Told[];
  nodes?: (string | null)[][];
  saved?: string[];
  derivatives?: number;
  first?: (NumberText[] | null)[];
  firstRaised?: string;
  second?: (NumberText[] | null)[];
}

function dtypeNamed(name: string) {
  const dtype = DTYPES.find((given) => given.name === name);
  if (!dtype) throw new Error(`no dtype ${name}`);
  return dtype;
}

function numberOf(text: NumberText): number {
  if (typeof text === "number") return text;
  return text === "nan" ? Number.NaN : text === "inf" ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
}

function makeTensor(argument: TensorArgument, leaves: Tensor[]): Tensor {
  const dtype = dtypeNamed(argument.dtype);
  const data = dtype.allocate(argument.values.length);
  argument.values.forEach((value, i) => {
    data[i] = dtype === int64 ? BigInt(value) : numberOf(value);
  });
  let tensor = fromData(data, argument.sizes, dtype);
  if (argument.strides) {
    const turned = emptyStrided(argument.sizes, argument.strides, dtype);
    scatter(turned.storage.data, data, turned.sizes, turned.strides, 0);
    tensor = turned;
  }
  if (argument.requires) {
    setRequiresGrad(tensor, true);
    leaves.push(tensor);
  }
  return tensor;
}

const isTensorArgument = (value: unknown): value is TensorArgument =>
  typeof value === "object" && value !== null && !Array.isArray(value) && "values" in value;

function argumentOf(value: unknown, param: Param, leaves: Tensor[]): unknown {
  if (isTensorArgument(value)) return makeTensor(value, leaves);
  if (Array.isArray(value) && param.kind.startsWith("Tensor")) {
    return value.map((item) => (item === null ? null : makeTensor(item as TensorArgument, leaves)));
  }
  if (param.kind.startsWith("Scalar") && typeof value === "number" && Number.isInteger(value)) {
    return BigInt(value);
  }
  return value;
}

function defaultOf(param: Param): unknown {
  const text = param.default;
  if (text === null || text === "None") return null;
  if (text === "True" || text === "False") return text === "True";
  if (text.startsWith("[")) return JSON.parse(text);
  if (param.kind.startsWith("Scalar")) return /^-?\d+$/.test(text) ? BigInt(text) : Number(text);
  return param.kind.startsWith("int[]") ? new Array(param.listSize ?? 1).fill(Number(text)) : Number(text);
}

function numberText(value: number): NumberText {
  if (Number.isNaN(value)) return "nan";
  return Number.isFinite(value) ? value : value > 0 ? "inf" : "-inf";
}

function valuesOf(tensor: Tensor): NumberText[] {
  return Array.from(elementsOf(tensor), Number).map(numberText);
}

function nodesOf(tensor: Tensor): (string | null)[][] {
  const out: (string | null)[][] = [];
  let node: Node | null = gradFnOf(tensor);
  while (node && out.length < 9) {
    out.push([node.name, ...node.edges.map((edge) => edge?.node.name ?? null)]);
    node = node.edges.find((edge) => edge !== null)?.node ?? null;
  }
  return out;
}

/** The numbers of the generator's `wave`. */
function weights(like: Tensor, shift: number): Tensor {
  const out = empty(like.sizes, like.dtype);
  for (let i = 0; i < out.numel; i++) {
    const value = (((i * 37 + shift * 11 + 5) % 23) - 11) / 7 + 0.05 * i;
    out.storage.data[i] = Math.round(value * 1e4) / 1e4;
  }
  return out;
}

function weighted(tensors: readonly Tensor[], shift: number): Tensor {
  const sums = tensors.map((tensor, i) => {
    const product = operator("mul.Tensor").call([tensor, weights(tensor, shift + i)]);
    return operator("sum").call([product, null]) as Tensor;
  });
  return sums.reduce((total, next) => operator("add.Tensor").call([total, next, 1n]) as Tensor);
}

function close(ours: NumberText, theirs: NumberText, tolerance: number): boolean {
  if (typeof ours === "string" || typeof theirs === "string") return ours === theirs;
  return Math.abs(ours - theirs) <= tolerance * Math.max(1, Math.abs(theirs));
}

function compareNumbers(
  what: string,
  ours: (NumberText[] | null)[],
  theirs: (NumberText[] | null)[],
  tolerance: number,
): string | null {
  for (const [i, expected] of theirs.entries()) {
    const given = ours[i] ?? null;
    if (expected === null || given === null) {
      if (expected !== given) return `${what} ${i}: ${JSON.stringify(given)} for ${JSON.stringify(expected)}`;
      continue;
    }
    const same =
      given.length === expected.length && given.every((value, k) => close(value, expected[k], tolerance));
    if (!same) return `${what} ${i}: ${JSON.stringify(given)} for ${JSON.stringify(expected)}`;
  }
  return null;
}

function describe(value: unknown): string {
  return JSON.stringify(value);
}

/** What our engine answers otherwise; null where nothing. */
export function difference(given: Case): string | null {
  const leaves: Tensor[] = [];
  const entry = operator(given.key);
  const { params } = entry.schema;
  const args = params.map((param, i) => {
    if (i < given.args.length) return argumentOf(given.args[i], param, leaves);
    if (param.name in given.kwargs) return argumentOf(given.kwargs[param.name], param, leaves);
    return defaultOf(param);
  });
  let result: Tensor | Tensor[];
  try {
    result = entry.call(args);
  } catch (error) {
    if (!(error instanceof TorchError)) throw error;
    // Python's name of that class begins with an underscore.
    const type = error.type === "LinAlgError" ? "_LinAlgError" : error.type;
    const raised = [type, error.message];
    return describe(raised) === describe(given.raised)
      ? null
      : `raised ${describe(raised)} for ${describe(given.raised ?? "no error")}`;
  }
  if (given.raised) return `no error for ${describe(given.raised)}`;
  const outputs = Array.isArray(result) ? result : [result];
  const expected = given.outputs as Told[];
  if (outputs.length !== expected.length) return `${outputs.length} outputs for ${expected.length}`;
  for (const [i, output] of outputs.entries()) {
    const theirs = expected[i];
    const tolerance = output.dtype.bytes === 4 ? 2e-6 : 1e-10;
    const layout = (sizes: readonly number[], strides: readonly number[]) =>
      describe([sizes, sizes.includes(0) ? [] : strides.filter((_, d) => sizes[d] !== 1)]);
    if (output.dtype.name !== theirs.dtype) return `dtype ${output.dtype.name} for ${theirs.dtype}`;
    const ours = layout(output.sizes, output.strides);
    if (ours !== layout(theirs.sizes, theirs.strides)) {
      return `layout ${ours} for ${layout(theirs.sizes, theirs.strides)}`;
    }
    const wrong = compareNumbers(`output`, [valuesOf(output)], [theirs.values], tolerance);
    if (wrong) return wrong;
  }
  return compareDerivatives(given, outputs, leaves);
}

function compareDerivatives(given: Case, outputs: Tensor[], leaves: Tensor[]): string | null {
  const live = outputs.filter((output) => output.isFloat && requiresGrad(output));
  if (!given.nodes) return live.length > 0 ? "requires grad, and should not" : null;
  if (live.length === 0) return "does not require grad, and should";
  const nodes = nodesOf(live[0]);
  if (describe(nodes) !== describe(given.nodes)) {
    return `nodes ${describe(nodes)} for ${describe(given.nodes)}`;
  }
  const saved = [
    ...new Set(
      gradFnOf(live[0])
        ?.savedTensors()
        .map(({ name }) => name),
    ),
  ].sort();
  if (describe(saved) !== describe(given.saved)) {
    return `saved ${describe(saved)} for ${describe(given.saved)}`;
  }
  if (!given.first) return null;
  const call = { retainGraph: true, createGraph: given.derivatives === 2 };
  const first = grad([weighted(live, 3)], leaves, [null], call, true);
  const values = (list: readonly (Tensor | null)[]) => list.map((item) => (item ? valuesOf(item) : null));
  const wrong = compareNumbers("first", values(first), given.first, 1e-9);
  if (wrong || !given.second) return wrong;
  const again = first.filter((item): item is Tensor => item !== null && requiresGrad(item));
  if (again.length === 0) {
    return compareNumbers(
      "second",
      leaves.map(() => null),
      given.second,
      1e-9,
    );
  }
  const second = grad([weighted(again, 5)], leaves, [null], { retainGraph: true, createGraph: false }, true);
  return compareNumbers("second", values(second), given.second, 1e-8);
}
