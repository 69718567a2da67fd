// Rows of a table by number, added, averaged or compared within bags; and rows scaled down to a norm.
import { tensorApi } from "../autograd/tensorApi";
import { indexValues, isIndexType } from "../kernels/alongDim";
import { elementsOf } from "../kernels/strided";
import { int64 } from "../tensor/dtype";
import { notImplemented, runtimeError } from "../tensor/errors";
import { fromData, type Tensor } from "../tensor/tensor";
import { div, mul } from "./arithmetic";
import { clamp_min } from "./clamp";
import { gt } from "./comparison";
import { to } from "./convert";
import { type FormulaContext, inPlaceOp, op, underivable, using } from "./define";
import { embedding_dense_backward } from "./embedding";
import { index_select, scatter_add } from "./gather";
import { longs } from "./samples";
import { unsqueeze } from "./view";

const internal = { functions: [], methods: [] };
const SUM = 0;
const MEAN = 1;
const MAX = 2;

export const _embedding_bag = op(
  "_embedding_bag(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq=False, int mode=0, bool sparse=False, Tensor? per_sample_weights=None, bool include_last_offset=False, int padding_idx=-1) -> (Tensor output, Tensor result1, Tensor result2, Tensor result3)",
);

function check(
  weight: Tensor,
  indices: Tensor,
  offsets: Tensor,
  includeLast: boolean,
  padding: number,
): void {
  if (!isIndexType(indices.dtype)) {
    throw runtimeError(
      "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got " +
        `torch.${indices.dtype.scalarName}Tensor instead (while checking arguments for embedding_bag)`,
    );
  }
  const starts = indexValues(offsets);
  if (includeLast && starts.length < 1)
    throw runtimeError("include_last_offset: number of offset should be at least 1");
  if (starts.length > 0 && starts[0] !== 0) {
    throw runtimeError(
      "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got " +
        `${starts[0]}\n[ torch.LongTensor{} ]`,
    );
  }
  const last = starts[starts.length - 1];
  if (starts.length > 0 && last > indices.numel) {
    throw runtimeError(
      `offsets[-1] can not be greater than input's length ${indices.numel} but got offsets[-1] of ${last}`,
    );
  }
  const count = weight.sizes[0];
  if (padding >= count || padding < -count - 1) {
    throw runtimeError(
      `padding_idx must be within the number of embeddings, -${count} through ${count - 1}, but got ${padding}`,
    );
  }
  indexValues(indices).forEach((row, i) => {
    if (row >= 0 && row < count) return;
    throw runtimeError(
      `Index ${i} of input takes value ${row} which is not in the valid range [0, ${count})`,
    );
  });
}

_embedding_bag.define({
  forward: (weight, indices, offsets, _scale, mode, _sparse, per_sample_weights, includeLast, padding) => {
    check(weight, indices, offsets, includeLast, padding);
    const rows = indexValues(indices);
    const starts = indexValues(offsets);
    const bags = includeLast ? starts.length - 1 : starts.length;
    const width = weight.sizes[1];
    const data = elementsOf(weight) as Float64Array;
    const factors = per_sample_weights ? (elementsOf(per_sample_weights) as Float64Array) : null;
    const bagOf = new BigInt64Array(rows.length);
    const sizes = new BigInt64Array(bags);
    const sums = new Float64Array(bags * width);
    const places = new BigInt64Array(mode === MAX ? bags * width : 0);
    for (let bag = 0; bag < bags; bag++) {
      const end = bag + 1 < starts.length ? starts[bag + 1] : rows.length;
      for (let i = starts[bag]; i < end; i++) {
        bagOf[i] = BigInt(bag);
        const row = rows[i];
        if (row === padding) continue;
        const first = sizes[bag]++ === 0n;
        const factor = factors ? factors[i] : 1;
        for (let c = 0; c < width; c++) {
          const value = data[row * width + c];
          const at = bag * width + c;
          if (mode !== MAX) sums[at] += factor * value;
          else if (first || value > sums[at]) {
            sums[at] = value;
            places[at] = BigInt(row);
          }
        }
      }
      if (mode === MEAN && sizes[bag] > 0n) {
        for (let c = 0; c < width; c++) sums[bag * width + c] /= Number(sizes[bag]);
      }
    }
    const values = weight.dtype.allocate(sums.length) as Float64Array;
    values.set(sums);
    const counted = fromData(mode === SUM ? new BigInt64Array(bags) : sizes, [bags], int64);
    return [
      fromData(values, [bags, width], weight.dtype),
      fromData(bagOf, [rows.length], int64),
      counted,
      mode === MAX ? fromData(places, [bags, width], int64) : fromData(sizes.slice().fill(0n), [bags], int64),
    ];
  },
  vjp: {
    weight: using("indices", "offsets", "per_sample_weights", "result1", "result2", "result3", (c) =>
      weightGradient(c),
    ),
    per_sample_weights: using("indices", "result1", "weight", ({ grad, indices, result1, weight }) =>
      _embedding_bag_per_sample_weights_backward(grad, weight, indices, result1),
    ),
  },
  node: "EmbeddingBagBackward0",
  python: internal,
  math: { weight: "\\bar{w}_{i_k} \\mathrel{+}= a_k\\,\\bar{r}_{\\text{bag of } k}" },
  samples: (g) => [
    [g.randn(4, 2), longs([0, 1, 1, 3]), longs([0, 3]), false, SUM, false, g.randn(4), false, -1],
    [g.randn(4, 2), longs([0, 1, 1, 3]), longs([0, 3]), false, MEAN, false, null, false, 1],
    [g.randn(4, 2), longs([0, 1, 2, 3]), longs([0, 3, 4]), false, MAX, false, null, true, -1],
  ],
  gradcheck: {
    skip: "PyTorch has no second derivative for the weights of samples; the first is checked against recorded ones",
  },
});

type BagContext = FormulaContext<
  {
    weight: Tensor;
    indices: Tensor;
    per_sample_weights: Tensor | null;
    mode: number;
    padding_idx: number;
    scale_grad_by_freq: boolean;
    sparse: boolean;
  },
  "indices" | "per_sample_weights" | "result1" | "result2" | "result3"
>;

function weightGradient(c: BagContext): Tensor {
  const { grad, mode } = c;
  const [count, width] = c.weight.sizes;
  if (c.sparse) throw notImplemented("a sparse gradient");
  if (mode === MAX) {
    // An empty bag took nothing.
    const live = mul(grad, unsqueeze(gt(c.result2, 0n), -1));
    return scatter_add(tensorApi.zeros([count, width], grad.dtype), 0, c.result3, live);
  }
  let rows = index_select(grad, 0, c.result1);
  if (mode === MEAN) {
    const sizes = clamp_min(to(index_select(c.result2, 0, c.result1), grad.dtype), 1n);
    rows = div(rows, unsqueeze(sizes, -1));
  }
  if (c.per_sample_weights) rows = mul(rows, unsqueeze(c.per_sample_weights, -1));
  return embedding_dense_backward(rows, c.indices, count, c.padding_idx, c.scale_grad_by_freq);
}

const _embedding_bag_per_sample_weights_backward = op(
  "_embedding_bag_per_sample_weights_backward(Tensor grad, Tensor weight, Tensor indices, Tensor offset2bag) -> Tensor",
);
_embedding_bag_per_sample_weights_backward.define({
  forward: (grad, weight, indices, offset2bag) => {
    const width = weight.sizes[1];
    const [g, w] = [elementsOf(grad), elementsOf(weight)] as Float64Array[];
    const bags = indexValues(offset2bag);
    const out = weight.dtype.allocate(bags.length) as Float64Array;
    indexValues(indices).forEach((row, i) => {
      let sum = 0;
      for (let c = 0; c < width; c++) sum += g[bags[i] * width + c] * w[row * width + c];
      out[i] = sum;
    });
    return fromData(out, [bags.length], weight.dtype);
  },
  vjp: "refuse",
  python: internal,
  samples: (g) => [[g.randn(2, 2), g.randn(3, 2), longs([0, 2, 1]), longs([0, 0, 1])]],
});

/** Rows whose norm is above `max_norm` are scaled down to it. */
const embedding_renorm_ = inPlaceOp(
  "embedding_renorm_(Tensor(a!) self, Tensor indices, float max_norm, float norm_type) -> Tensor(a!)",
);
embedding_renorm_.define({
  forward: (self, indices, max_norm, norm_type) => {
    const width = self.sizes[1];
    const data = elementsOf(self).slice() as Float64Array;
    for (const row of new Set(indexValues(indices))) {
      const line = data.subarray(row * width, (row + 1) * width);
      const norm = line.reduce((sum, value) => sum + Math.abs(value) ** norm_type, 0) ** (1 / norm_type);
      if (norm <= max_norm) continue;
      const factor = max_norm / (norm + 1e-7);
      for (let c = 0; c < width; c++) line[c] *= factor;
    }
    return fromData(data, self.sizes, self.dtype);
  },
  vjp: { self: underivable("embedding_renorm") },
  python: { functions: ["embedding_renorm_"], methods: [] },
  overlap: "none",
  gradcheck: { skip: "PyTorch has no derivative here" },
  samples: (g) => [[g.randn(3, 2), longs([0, 2]), 0.5, 2]],
});
