// Operators whose derivative jumps, or has no bound, and which stand exactly there: the slopes to both sides differ,
// and PyTorch takes one of them or a value between. Pure.
import type { PlainArguments } from "../../engine/protocol/experiment";
import type { GraphNode, SnippetReport, TensorId } from "../../engine/protocol/report";
import { formatNumber, lineOf } from "../format";
import { tensorOf } from "../lookup";
import { flatten, toNumber } from "../values";

interface Scene {
  /** Numbers of the inputs by their names; absent where they are not known. */
  inputs: Record<string, number[] | undefined>;
  result: number[] | undefined;
  plain: PlainArguments;
}

/** In words where it stands at a kink; null where it does not, as far as can be seen. */
type Test = (scene: Scene) => string | null;

const has = (values: number[] | undefined, at: number): boolean =>
  values?.some((x) => x === at || (x === 0 && at === 0)) === true;

const at =
  (...places: number[]): Test =>
  ({ inputs }) => {
    const found = places.filter((place) => has(inputs.self ?? inputs.input, place));
    return found.length === 0 ? null : `at ${found.map((place) => formatNumber(place)).join(" and ")}`;
  };

/** At the value of plain arguments, or their negatives. */
const atArguments =
  (...names: string[]): Test =>
  (scene) => {
    const places = names.flatMap((name): number[] => {
      const value = scene.plain[name.replace("-", "")];
      return typeof value !== "number" ? [] : [name.startsWith("-") ? -value : value];
    });
    return at(...places)(scene);
  };

/** Two inputs that are equal somewhere; a single number stands for all. */
const equal =
  (first: string, second: string): Test =>
  ({ inputs }) => {
    const [a, b] = [inputs[first], inputs[second]];
    if (a === undefined || b === undefined) return null;
    const [long, short] = a.length >= b.length ? [a, b] : [b, a];
    return long.some((x, i) => x === short[i % Math.max(1, short.length)]) ? "where both are equal" : null;
  };

/** The same value more than once: which of them is chosen is not a matter of the values. */
const repeated =
  (what: string, best?: (a: number, b: number) => number): Test =>
  ({ inputs }) => {
    const self = inputs.self ?? inputs.input;
    if (self === undefined || self.length < 2) return null;
    if (best === undefined) return new Set(self).size < self.length ? what : null;
    const most = self.reduce((a, b) => best(a, b));
    return self.filter((x) => x === most).length > 1 ? what : null;
  };

/** The length of a vector of zeros. */
const zeroLength: Test = ({ result }) => (has(result, 0) ? "at a length of 0" : null);

const whole: Test = ({ inputs }) =>
  inputs.self?.some((x) => Number.isInteger(x)) === true ? "at a whole number" : null;

/** Roots and powers below one are infinitely steep at 0. */
const smallPower: Test = (scene) => {
  const { exponent } = scene.plain;
  const power = typeof exponent === "number" ? exponent : scene.inputs.exponent?.[0];
  return power !== undefined && power < 1 && power !== 0 ? at(0)(scene) : null;
};

const largest = repeated("where several are the largest", Math.max);
const smallest = repeated("where several are the smallest", Math.min);
const both: Test = (scene) => largest(scene) ?? smallest(scene);
const tied = repeated("where values are equal");

export const kinks: Readonly<Record<string, Test>> = {
  relu: at(0),
  leaky_relu: at(0),
  _prelu_kernel: at(0),
  rrelu_with_noise: at(0),
  threshold: atArguments("threshold"),
  elu: (scene) => (scene.plain.alpha === 1 ? null : at(0)(scene)),
  abs: at(0),
  sgn: at(0),
  sign: at(0),
  hardtanh: (scene) =>
    "min_val" in scene.plain ? atArguments("min_val", "max_val")(scene) : at(-1, 1)(scene),
  relu6: at(0, 6),
  hardsigmoid: at(-3, 3),
  hardswish: at(-3, 3),
  hardshrink: atArguments("lambd", "-lambd"),
  softshrink: atArguments("lambd", "-lambd"),
  clamp: (scene) =>
    atArguments("min", "max")(scene) ?? equal("self", "min")(scene) ?? equal("self", "max")(scene),
  clamp_min: (scene) => atArguments("min")(scene) ?? equal("self", "min")(scene),
  clamp_max: (scene) => atArguments("max")(scene) ?? equal("self", "max")(scene),
  maximum: equal("self", "other"),
  minimum: equal("self", "other"),
  fmax: equal("self", "other"),
  fmin: equal("self", "other"),
  max: largest,
  amax: largest,
  min: smallest,
  amin: smallest,
  aminmax: both,
  cummax: tied,
  cummin: tied,
  sort: tied,
  topk: tied,
  kthvalue: tied,
  median: tied,
  nanmedian: tied,
  mode: tied,
  max_pool2d_with_indices: tied,
  max_pool3d_with_indices: tied,
  sqrt: at(0),
  pow: smallPower,
  linalg_vector_norm: zeroLength,
  norm: zeroLength,
  dist: zeroLength,
  _cdist_forward: zeroLength,
  _euclidean_dist: zeroLength,
  _pdist_forward: zeroLength,
  l1_loss: equal("self", "target"),
  floor: whole,
  ceil: whole,
  trunc: whole,
  frac: whole,
  round: ({ inputs }) =>
    inputs.self?.some((x) => Number.isInteger(2 * x) && !Number.isInteger(x)) === true
      ? "halfway between whole numbers"
      : null,
  remainder: ({ result }) => (has(result, 0) ? "at a multiple" : null),
  fmod: ({ result }) => (has(result, 0) ? "at a multiple" : null),
};

/** "relu at 0"; for `where`, what its condition compares. */
export function kinkOf(node: GraphNode, snippet: SnippetReport, plain: PlainArguments = {}): string | null {
  const op = (node.op ?? "").replace(/_$/, "");
  if (op === "where") return conditionKink(node, snippet);
  const test = kinks[op];
  if (test === undefined) return null;
  const inputs: Scene["inputs"] = {};
  for (const { name, tensor } of node.inputs) inputs[name] = numbersOf(snippet, tensor);
  const where = test({ inputs, result: numbersOf(snippet, node.outputs[0] ?? null), plain });
  return where === null ? null : `${node.op} ${where}`;
}

/** Where the condition compares equal numbers, a small step changes which branch is taken. */
function conditionKink(node: GraphNode, snippet: SnippetReport): string | null {
  const condition = node.inputs.find(({ name }) => name === "condition")?.tensor ?? null;
  const compares = snippet.graph.nodes.find(
    ({ op, outputs }) =>
      condition !== null && outputs.includes(condition) && /^(gt|ge|lt|le|eq|ne)$/.test(op ?? ""),
  );
  if (compares === undefined) return null;
  const [first, second] = compares.inputs.map(({ tensor }) => numbersOf(snippet, tensor));
  // The number it is compared with is no tensor of the report: mostly 0.
  const meets =
    second === undefined
      ? has(first, 0)
      : equal("a", "b")({ inputs: { a: first, b: second }, result: undefined, plain: {} }) !== null;
  return meets ? "where, at the border of its condition" : null;
}

function numbersOf(snippet: SnippetReport, id: TensorId | null): number[] | undefined {
  const value = tensorOf(snippet, id)?.value ?? null;
  return value === null ? undefined : flatten(value).map(toNumber);
}

export interface Kink {
  node: GraphNode;
  /** "relu at 0, line 4" */
  words: string;
}

/** Those that the tensor's data go through. */
export function kinksBehind(
  snippet: SnippetReport,
  tensor: TensorId,
  plain: Readonly<Record<number, PlainArguments>> = {},
): Kink[] {
  const reached = new Set<TensorId>([tensor]);
  const found: Kink[] = [];
  const order = [...snippet.graph.nodes].sort((a, b) => a.sequence - b.sequence);
  for (const node of order) {
    if (!node.inputs.some((input) => input.tensor !== null && reached.has(input.tensor))) continue;
    for (const id of node.outputs) reached.add(id);
    const words = kinkOf(node, snippet, plain[node.id]);
    if (words === null) continue;
    const line = node.site === null ? "" : `, line ${lineOf(node.site.range)}`;
    found.push({ node, words: `${words}${line}` });
  }
  return found;
}
