// Operators between a tensor and the result whose derivative jumps, and which stand exactly at the jump: the
// slopes to both sides differ there, and PyTorch takes one of them or a value between. Pure.
import type { GraphNode, SnippetReport, TensorId } from "../../engine/protocol/report";
import { lineOf } from "../format";
import { tensorOf } from "../lookup";
import { flatten, toNumber } from "../values";

type Test = (inputs: number[][]) => boolean;

const atZero: Test = ([self]) => self?.some((x) => x === 0) === true;
const tie: Test = ([a, b]) =>
  a !== undefined && b !== undefined && a.some((x, i) => x === b[b.length === 1 ? 0 : i]);
const repeated =
  (best: (...numbers: number[]) => number): Test =>
  ([self]) =>
    self !== undefined && self.filter((x) => x === best(...self)).length > 1;

const kinks: Record<string, { where: string; test: Test }> = {
  relu: { where: "at 0", test: atZero },
  leaky_relu: { where: "at 0", test: atZero },
  abs: { where: "at 0", test: atZero },
  hardtanh: { where: "at −1 or 1", test: ([self]) => self?.some((x) => x === -1 || x === 1) === true },
  relu6: { where: "at 0 or 6", test: ([self]) => self?.some((x) => x === 0 || x === 6) === true },
  maximum: { where: "where both are equal", test: tie },
  minimum: { where: "where both are equal", test: tie },
  max: { where: "where several are the largest", test: repeated(Math.max) },
  amax: { where: "where several are the largest", test: repeated(Math.max) },
  min: { where: "where several are the smallest", test: repeated(Math.min) },
  amin: { where: "where several are the smallest", test: repeated(Math.min) },
};

export interface Kink {
  node: GraphNode;
  /** "relu at 0, line 4" */
  words: string;
}

/** Those that the tensor's data go through. */
export function kinksBehind(snippet: SnippetReport, tensor: TensorId): Kink[] {
  const reached = new Set<TensorId>([tensor]);
  const found: Kink[] = [];
  const order = [...snippet.graph.nodes].sort((a, b) => a.sequence - b.sequence);
  for (const node of order) {
    if (!node.inputs.some((input) => input.tensor !== null && reached.has(input.tensor))) continue;
    for (const id of node.outputs) reached.add(id);
    const kink = kinks[(node.op ?? "").replace(/_$/, "")];
    if (kink === undefined) continue;
    const inputs = node.inputs.map(({ tensor: id }) =>
      flatten(tensorOf(snippet, id)?.value ?? null).map(toNumber),
    );
    if (!kink.test(inputs)) continue;
    const line = node.site === null ? "" : `, line ${lineOf(node.site.range)}`;
    found.push({ node, words: `${node.op} ${kink.where}${line}` });
  }
  return found;
}
