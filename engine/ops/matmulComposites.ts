// `@`, linear and their relatives: which of the products of matmul.ts they call, in PyTorch's order, so
// that the graph is the one a user of PyTorch sees.
import { tensorApi } from "../autograd/tensorApi";
import { requiresGrad } from "../autograd/views";
import { runtimeError } from "../tensor/errors";
import { broadcastSizes, numel, sizesText, wrapDim } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { add, mul } from "./arithmetic";
import { composite } from "./define";
import { addmm, bmm, dot, mm, mv } from "./matmul";
import { sumDims } from "./sums";
import { _trilinear } from "./trilinear";
import { _unsafe_view, expand, permute, squeezeDim, t, unsqueeze, view } from "./view";
import { flatten, mT, reshape } from "./viewComposites";
import { squeezeDim_ } from "./viewInPlace";

/** Whether a batch times one matrix is done as one long matrix times that matrix. */
function shouldFold(a: Tensor, b: Tensor): boolean {
  const aIsLarger = a.rank >= b.rank;
  const [large, small] = aIsLarger ? [a, b] : [b, a];
  if (large.rank < 3 || small.rank > 2) return false;
  // Otherwise backward would make a gradient of `small` for each of the batch and add them up.
  if (requiresGrad(small)) return true;
  if (a.rank === 2) return false;
  if (large.numel === 0) return true;
  const { sizes } = large;
  const strides = [...large.strides];
  if (!aIsLarger) strides.push(...strides.splice(-2).reverse());
  const shape = aIsLarger ? sizes : [...sizes.slice(0, -2), sizes[sizes.length - 1], sizes[sizes.length - 2]];
  for (let d = 0; d < large.rank - 2; d++) {
    if (strides[d] !== strides[d + 1] * shape[d + 1]) return false;
  }
  return true;
}

function folded(a: Tensor, b: Tensor): Tensor {
  const turned = b.rank > a.rank;
  const large = turned ? mT(b) : a;
  const small = !turned ? b : a.rank === 2 ? t(a) : a;
  const outer = large.sizes.slice(0, -1);
  const long = reshape(large, [numel(outer), large.sizes[large.rank - 1]]);
  if (small.rank !== 2) return _unsafe_view(mv(long, small), outer);
  const out = _unsafe_view(mm(long, small), [...outer, small.sizes[1]]);
  if (!turned) return out;
  const result = mT(out);
  return result.isContiguous() ? result : tensorApi.contiguousClone(result);
}

function batched(a: Tensor, b: Tensor): Tensor {
  const n = a.rank > 1 ? a.sizes[a.rank - 2] : 1;
  const m1 = a.sizes[a.rank - 1];
  const m2 = b.rank > 1 ? b.sizes[b.rank - 2] : b.sizes[0];
  const p = b.rank > 1 ? b.sizes[b.rank - 1] : 1;
  const batchA = a.sizes.slice(0, Math.max(a.rank - 2, 0));
  const batchB = b.sizes.slice(0, Math.max(b.rank - 2, 0));
  if (a.rank === 3 && b.rank === 3 && batchA[0] !== batchB[0]) {
    if (batchA[0] === 1 && requiresGrad(a)) return matmul(squeezeDim(a, 0), b);
    if (batchB[0] === 1 && requiresGrad(b)) return matmul(a, squeezeDim(b, 0));
  }
  const batch = broadcastSizes(batchA, batchB);
  const count = numel(batch);
  const left = reshape(expand(a, [...batch, n, m1], false), [count, n, m1]);
  const sizes = [...batch];
  if (a.rank > 1) sizes.push(n);
  if (b.rank > 1) sizes.push(p);
  if (b.rank === 1) {
    const right = unsqueeze(reshape(expand(b, [...batch, m2], false), [count, m2]), 2);
    return _unsafe_view(squeezeDim(bmm(left, right), -1), sizes);
  }
  const right = reshape(expand(b, [...batch, m2, p], false), [count, m2, p]);
  return _unsafe_view(bmm(left, right), sizes);
}

export const matmul = composite(
  "matmul(Tensor self, Tensor other) -> Tensor",
  (self, other): Tensor => {
    if (self.rank === 0 || other.rank === 0) {
      throw runtimeError(
        `both arguments to matmul need to be at least 1D, but they are ${self.rank}D and ${other.rank}D`,
      );
    }
    if (self.rank === 1 && other.rank === 1) return dot(self, other);
    if (self.rank === 2 && other.rank === 1) return mv(self, other);
    if (self.rank === 1 && other.rank === 2) return squeezeDim_(mm(unsqueeze(self, 0), other), 0);
    if (self.rank === 2 && other.rank === 2) return mm(self, other);
    return shouldFold(self, other) ? folded(self, other) : batched(self, other);
  },
  {
    python: { functions: ["matmul"] },
    samples: (g) => [
      [g.randn(3), g.randn(3, 2)],
      [g.randn(2, 2, 3), g.randn(3, 2)],
      [g.randn(3), g.randn(2, 3, 2)],
      [g.randn(2, 3), g.randn(2, 3, 2)],
      [g.randn(2, 2, 3), g.randn(1, 3, 2)],
    ],
  },
);

/** `torch.nn.functional.linear`: input · weightᵀ + bias. */
export const linear = composite(
  "linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor",
  (input, weight, bias) => {
    if (input.rank === 0 || weight.rank === 0) {
      throw runtimeError(
        `both arguments to linear need to be at least 1D, but they are ${input.rank}D and ${weight.rank}D`,
      );
    }
    if (bias === null) return matmul(input, t(weight));
    if (input.rank === 2) return addmm(bias, input, t(weight), 1n, 1n);
    if (input.isContiguous()) {
      const outer = input.sizes.slice(0, -1);
      const flat = reshape(input, [numel(outer), input.sizes[input.rank - 1]]);
      const result = addmm(bias, flat, t(weight), 1n, 1n);
      return view(result, [...outer, result.sizes[1]]);
    }
    return addInPlace(matmul(input, t(weight)), bias);
  },
  {
    python: { functions: ["nn.functional.linear"], methods: [] },
    samples: (g) => [
      [g.randn(2, 3), g.randn(4, 3), g.randn(4)],
      [g.randn(2, 2, 3), g.randn(4, 3), null],
      [g.randn(3), g.randn(4, 3), g.randn(4)],
    ],
  },
);

function addInPlace(self: Tensor, other: Tensor): Tensor {
  tensorApi.addInPlace(self, other);
  return self;
}

function contracted(a: Tensor, b: Tensor, dimsA: readonly number[], dimsB: readonly number[]): Tensor {
  if (dimsA.length !== dimsB.length) throw runtimeError("both dimension lists should have same length");
  if (a.dtype !== b.dtype) throw runtimeError("both inputs should have same dtype");
  let left = a;
  let right = b;
  dimsA.forEach((given, i) => {
    const d = wrapDim(given, a.rank);
    const e = wrapDim(dimsB[i], b.rank);
    // What is broadcast can be summed right away.
    if (b.sizes[e] === 1) left = sumDims(left, [d], true);
    else if (a.sizes[d] === 1) right = sumDims(right, [e], true);
    else if (a.sizes[d] !== b.sizes[e]) {
      throw runtimeError(
        `contracted dimensions need to match, but first has size ${a.sizes[d]} in dim ${given} and second has size ` +
          `${b.sizes[e]} in dim ${dimsB[i]}`,
      );
    }
  });
  const summedA = dimsA.map((dim) => wrapDim(dim, a.rank));
  const summedB = dimsB.map((dim) => wrapDim(dim, b.rank));
  const freeA = [...left.sizes.keys()].filter((d) => !summedA.includes(d));
  const freeB = [...right.sizes.keys()].filter((d) => !summedB.includes(d));
  const common = summedA.reduce((product, d) => product * left.sizes[d], 1);
  const sizes = [...freeA.map((d) => left.sizes[d]), ...freeB.map((d) => right.sizes[d])];
  const turnedA = permute(left, [...freeA, ...summedA]);
  const turnedB = permute(right, [...summedB, ...freeB]);
  if (sizes.length === 0) return reshape(dot(flatten(turnedA, 0, -1), flatten(turnedB, 0, -1)), sizes);
  const rows = freeA.reduce((product, d) => product * left.sizes[d], 1);
  const columns = freeB.reduce((product, d) => product * right.sizes[d], 1);
  return reshape(mm(reshape(turnedA, [rows, common]), reshape(turnedB, [common, columns])), sizes);
}

export const tensordot = composite(
  "tensordot(Tensor self, Tensor other, int[] dims_self, int[] dims_other) -> Tensor",
  (self, other, dims_self, dims_other) => contracted(self, other, dims_self, dims_other),
  { python: { methods: [] }, samples: (g) => [[g.randn(2, 3, 4), g.randn(4, 3, 2), [1, 2], [1, 0]]] },
);

export const inner = composite(
  "inner(Tensor self, Tensor other) -> Tensor",
  (self, other) => {
    if (self.rank === 0 || other.rank === 0) return mul(self, other);
    if (self.sizes[self.rank - 1] !== other.sizes[other.rank - 1]) {
      throw runtimeError(
        "inner() the last dimension must match on both input tensors but got shapes " +
          `${sizesText(self.sizes)} and ${sizesText(other.sizes)}`,
      );
    }
    return contracted(self, other, [-1], [-1]);
  },
  { samples: (g) => [[g.randn(2, 3), g.randn(4, 3)]] },
);

export const kron = composite(
  "kron(Tensor self, Tensor other) -> Tensor",
  (self, other) => {
    const rank = Math.max(self.rank, other.rank);
    const pad = (sizes: readonly number[]) => [...new Array(rank - sizes.length).fill(1), ...sizes];
    const a = pad(self.sizes);
    const b = pad(other.sizes);
    const left = _unsafe_view(
      self,
      a.flatMap((size) => [size, 1]),
    );
    const right = _unsafe_view(
      other,
      b.flatMap((size) => [1, size]),
    );
    return _unsafe_view(
      mul(left, right),
      a.map((size, d) => size * b[d]),
    );
  },
  { samples: (g) => [[g.randn(2), g.randn(2, 3)]] },
);

/** x₁ᵀ·W·x₂ + b for each output, one weight matrix each. */
export const bilinear = composite(
  "bilinear(Tensor input1, Tensor input2, Tensor weight, Tensor? bias=None) -> Tensor",
  (input1, input2, weight, bias) => {
    if (input1.rank !== input2.rank) {
      throw runtimeError(`bilinear(): input dimensions do not match: got ${input1.rank} and ${input2.rank}`);
    }
    const [outputs, in1, in2] = weight.sizes;
    if (input1.sizes[input1.rank - 1] !== in1) {
      throw runtimeError(
        `bilinear(): input1 size does not match weight size: got ${input1.sizes[input1.rank - 1]} but expected ${in1}`,
      );
    }
    if (input2.sizes[input2.rank - 1] !== in2) {
      throw runtimeError(
        `bilinear(): input2 size does not match weight size: got ${input2.sizes[input2.rank - 1]} but expected ${in2}`,
      );
    }
    const outer = input1.sizes.slice(0, -1);
    const flat1 = view(input1, [-1, in1]);
    const flat2 = view(input2, [-1, in2]);
    const result = reshape(_trilinear(flat1, weight, flat2), [...outer, outputs]);
    return bias ? add(result, bias, 1n) : result;
  },
  {
    python: { functions: ["bilinear", "nn.functional.bilinear"], methods: [] },
    samples: (g) => [[g.randn(2, 3), g.randn(2, 4), g.randn(5, 3, 4), g.randn(5)]],
  },
);
