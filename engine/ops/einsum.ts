// einsum: the equation read, each operand's dimensions put into one common order, operands multiplied two
// by two and summed. The steps, and so the nodes in the graph, are those of ATen's Linear.cpp.
import { runtimeError } from "../tensor/errors";
import type { Tensor } from "../tensor/tensor";
import { mul } from "./arithmetic";
import { composite } from "./define";
import { bmm } from "./matmul";
import { sumDims } from "./sums";
import { diagonal, permute, unsqueeze, view } from "./view";
import { movedim, reshape } from "./viewComposites";

const ELLIPSIS = "…";
const isLetter = (char: string) => /^[a-zA-Z]$/.test(char);

interface Equation {
  inputs: string[][];
  /** null: to be worked out. */
  output: string[] | null;
}

/** Labels of one operand or of the output, with "…" for an ellipsis. */
function readLabels(equation: string, from: number, to: number, where: string, ellipsis: string): string[] {
  const labels: string[] = [];
  for (let i = from; i < to; i++) {
    const char = equation[i];
    if (char === " ") continue;
    if (char === ".") {
      if (equation.slice(i, i + 3) !== "..." || labels.includes(ELLIPSIS)) {
        throw runtimeError(`einsum(): found '.' for ${where} that is not part of any ellipsis${ellipsis}`);
      }
      labels.push(ELLIPSIS);
      i += 2;
      continue;
    }
    if (!isLetter(char)) {
      throw runtimeError(
        `einsum(): invalid subscript given at index ${i} in the equation string, subscripts must be in [a-zA-Z]`,
      );
    }
    labels.push(char);
  }
  return labels;
}

function readEquation(equation: string, count: number): Equation {
  const arrow = equation.indexOf("->");
  const end = arrow < 0 ? equation.length : arrow;
  const inputs: string[][] = [];
  let start = 0;
  for (;;) {
    const comma = equation.indexOf(",", start);
    const stop = comma < 0 || comma > end ? end : comma;
    inputs.push(readLabels(equation, start, stop, `operand ${inputs.length}`, ""));
    if (stop === end) break;
    if (inputs.length >= count) {
      throw runtimeError("einsum(): fewer operands were provided than specified in the equation");
    }
    start = stop + 1;
  }
  if (inputs.length < count) {
    throw runtimeError("einsum(): more operands were provided than specified in the equation");
  }
  const output = arrow < 0 ? null : readLabels(equation, arrow + 2, equation.length, "output", " (...)");
  return { inputs, output };
}

/** Upper case before lower case: ATen's order. */
function sorted(labels: Iterable<string>): string[] {
  return [...labels].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** The common order: what the output has, then what is summed. An ellipsis stands for `rank` dimensions. */
interface Order {
  /** First place of each label. */
  place: Map<string, number>;
  ellipsisRank: number;
  outputRank: number;
  rank: number;
}

function commonOrder({ inputs, output }: Equation, operands: readonly Tensor[]): Order {
  const counts = new Map<string, number>();
  let ellipsisRank = 0;
  let hasEllipsis = false;
  inputs.forEach((labels, i) => {
    const named = labels.filter((label) => label !== ELLIPSIS);
    const rank = operands[i].rank;
    if (labels.includes(ELLIPSIS)) {
      hasEllipsis = true;
      if (named.length > rank) {
        throw runtimeError(
          `einsum(): the number of subscripts in the equation (${named.length}) is more than the number of dimensions ` +
            `(${rank}) for operand ${i}`,
        );
      }
      ellipsisRank = Math.max(ellipsisRank, rank - named.length);
    } else if (named.length !== rank) {
      throw runtimeError(
        `einsum(): the number of subscripts in the equation (${named.length}) does not match the number of dimensions ` +
          `(${rank}) for operand ${i} and no ellipsis was given`,
      );
    }
    for (const label of named) counts.set(label, (counts.get(label) ?? 0) + 1);
  });

  const outputLabels = output ?? [
    ...(hasEllipsis ? [ELLIPSIS] : []),
    ...sorted([...counts.keys()].filter((l) => counts.get(l) === 1)),
  ];
  const place = new Map<string, number>();
  let next = 0;
  const add = (label: string) => {
    place.set(label, next);
    next += label === ELLIPSIS ? ellipsisRank : 1;
  };
  for (const label of outputLabels) {
    if (place.has(label)) {
      throw runtimeError(`einsum(): output subscript ${label} appears more than once in the output`);
    }
    if (label !== ELLIPSIS && !counts.has(label)) {
      throw runtimeError(
        `einsum(): output subscript ${label} does not appear in the equation for any input operand`,
      );
    }
    add(label);
  }
  const outputRank = next;
  if (hasEllipsis && !place.has(ELLIPSIS)) add(ELLIPSIS);
  for (const label of sorted(counts.keys())) if (!place.has(label)) add(label);
  return { place, ellipsisRank, outputRank, rank: next };
}

/** `operand` with its dimensions in the common order, those that it lacks being of size 1. */
function aligned(given: Tensor, labels: readonly string[], order: Order, index: number): Tensor {
  let operand = given;
  const from = new Array<number>(order.rank).fill(-1);
  const missing = order.ellipsisRank - (given.rank - labels.length + 1);
  let dim = 0;
  for (const label of labels) {
    const at = order.place.get(label) as number;
    if (label === ELLIPSIS) {
      for (let i = 0; i < missing; i++) operand = unsqueeze(operand, dim);
      for (let i = 0; i < order.ellipsisRank; i++) from[at + i] = dim++;
    } else if (from[at] !== -1) {
      const first = from[at];
      if (operand.sizes[dim] !== operand.sizes[first]) {
        throw runtimeError(
          `einsum(): subscript ${label} is repeated for operand ${index} but the sizes don't match, ` +
            `${operand.sizes[dim]} != ${operand.sizes[first]}`,
        );
      }
      operand = movedim(diagonal(operand, 0, first, dim), [-1], [first]);
    } else {
      from[at] = dim++;
    }
  }
  const dims = from.map((d) => {
    if (d !== -1) return d;
    operand = unsqueeze(operand, -1);
    return dim++;
  });
  return permute(operand, dims);
}

/** The product of two aligned operands, summed over `sumOver`, whose sizes become 1: one bmm. */
function multiplied(a: Tensor, b: Tensor, sumOver: readonly number[]): Tensor {
  if (sumOver.length === 0) return mul(a, b);
  let left = a;
  let right = b;
  const both: number[] = [];
  const onlyLeft: number[] = [];
  const onlyRight: number[] = [];
  let summed = 1;
  for (let d = 0; d < a.rank; d++) {
    const inLeft = left.sizes[d] !== 1;
    const inRight = right.sizes[d] !== 1;
    if (sumOver.includes(d)) {
      if (inLeft && inRight) summed *= left.sizes[d];
      else if (inLeft) left = sumDims(left, [d], true);
      else if (inRight) right = sumDims(right, [d], true);
    } else if (inLeft && inRight) both.push(d);
    else if (inLeft) onlyLeft.push(d);
    else onlyRight.push(d);
  }
  const size = (tensor: Tensor, dims: number[]) => dims.reduce((n, d) => n * tensor.sizes[d], 1);
  const sizes = [
    ...[...both, ...onlyLeft].map((d) => left.sizes[d]),
    ...sumOver.map(() => 1),
    ...onlyRight.map((d) => right.sizes[d]),
  ];
  const leftOrder = [...both, ...onlyLeft, ...sumOver, ...onlyRight];
  const rightOrder = [...both, ...sumOver, ...onlyRight, ...onlyLeft];
  const back = new Array<number>(leftOrder.length);
  leftOrder.forEach((d, i) => {
    back[d] = i;
  });
  const batch = size(left, both);
  const rows = reshape(permute(left, leftOrder), [batch, size(left, onlyLeft), summed]);
  const columns = reshape(permute(right, rightOrder), [batch, summed, size(right, onlyRight)]);
  return permute(view(bmm(rows, columns), sizes), back);
}

function checkBroadcast(operands: readonly Tensor[], order: Order): void {
  const names = new Map([...order.place].map(([label, at]) => [at, label]));
  for (let d = 0; d < order.rank; d++) {
    let seen = 1;
    operands.forEach((operand, i) => {
      const size = operand.sizes[d];
      if (size === 1) return;
      if (seen !== 1 && seen !== size) {
        throw runtimeError(
          `einsum(): subscript ${names.get(d) ?? "..."} has size ${size} for operand ${i} which does not broadcast with ` +
            `previously seen size ${seen}`,
        );
      }
      seen = size;
    });
  }
}

export const einsum = composite(
  "einsum(str equation, Tensor[] tensors, *, int[]? path=None) -> Tensor",
  (equation, tensors) => {
    if (tensors.length === 0) throw runtimeError("einsum(): must provide at least one operand");
    const parsed = readEquation(equation, tensors.length);
    const order = commonOrder(parsed, tensors);
    const operands = tensors.map((tensor, i) => aligned(tensor, parsed.inputs[i], order, i));
    checkBroadcast(operands, order);
    const summedDims = Array.from({ length: order.rank - order.outputRank }, (_, i) => order.outputRank + i);
    // In how many operands that are still to come a dimension really is.
    const counts = Array.from(
      { length: order.rank },
      (_, d) => operands.filter((operand) => operand.sizes[d] !== 1).length,
    );
    let [result] = operands;
    for (const next of operands.slice(1)) {
      let a = result;
      let b = next;
      const together: number[] = [];
      const inA: number[] = [];
      const inB: number[] = [];
      for (const d of summedDims) {
        if (a.sizes[d] !== 1 && b.sizes[d] !== 1) {
          if (--counts[d] === 1) {
            together.push(d);
            counts[d] = 0;
          }
        } else if (counts[d] === 1) {
          if (a.sizes[d] !== 1) inA.push(d);
          else if (b.sizes[d] !== 1) inB.push(d);
          else continue;
          counts[d] = 0;
        }
      }
      if (inA.length > 0) a = sumDims(a, inA, true);
      if (inB.length > 0) b = sumDims(b, inB, true);
      result = multiplied(a, b, together);
    }
    if (summedDims.length === 0) return result;
    return operands.length > 1
      ? view(result, result.sizes.slice(0, order.outputRank))
      : sumDims(result, summedDims, false);
  },
  {
    samples: (g) => [
      ["ij,jk->ik", [g.randn(2, 3), g.randn(3, 2)], null],
      ["bi,bj,oij->bo", [g.randn(2, 2), g.randn(2, 3), g.randn(2, 2, 3)], null],
      ["ii->i", [g.randn(3, 3)], null],
      ["...ij,jk", [g.randn(2, 2, 3), g.randn(3, 2)], null],
    ],
  },
);
