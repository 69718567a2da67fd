// Scaled dot-product attention, by the steps that PyTorch takes where it has no fused kernel.
import { requiresGrad } from "../autograd/views";
import { blocksOf } from "../kernels/alongDim";
import { softmaxLines } from "../kernels/softmaxRows";
import { elementsOf } from "../kernels/strided";
import { bool, float32 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { sameSizes, wrapDim } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { add, mul, sub } from "./arithmetic";
import { requireFloat, typeMetaName } from "./checks";
import { emptyLike, to } from "./convert";
import { callInPlace, composite, type Formula, op, operator, using } from "./define";
import { logsumexp } from "./extremes";
import { repeat_interleave } from "./join";
import { matmul } from "./matmulComposites";
import { _softmax_backward_data } from "./softmax";
import { mulNumber, sumDims } from "./sums";
import { once, vjpThrough, withoutHistory } from "./through";
import { exp } from "./unary";
import { transpose, unsqueeze } from "./view";

type Floats = Float32Array | Float64Array;

/** softmax, but zeros where all of a line is −∞: nothing may be attended to. */
export const _safe_softmax = op("_safe_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor");
_safe_softmax.define({
  forward: (self, dim) => {
    requireFloat("softmax_lastdim_kernel_impl", self.dtype);
    const out = empty(self.sizes, self.dtype);
    const data = out.storage.data as Floats;
    softmaxLines(elementsOf(self) as Floats, blocksOf(self.sizes, wrapDim(dim, self.rank)), data);
    const given = elementsOf(self);
    for (let i = 0; i < data.length; i++) {
      if (Number.isNaN(data[i]) && given[i] === Number.NEGATIVE_INFINITY) data[i] = 0;
    }
    return out;
  },
  vjp: {
    self: using("result", ({ grad, self, dim, result }) =>
      _softmax_backward_data(grad, result, dim, self.dtype),
    ),
  },
  python: { functions: [], methods: [] },
  samples: (g) => [[g.randn(2, 3), 1, null]],
});

/** 0 where attention is allowed, −∞ elsewhere. */
function additive(mask: Tensor, dtype: Tensor["dtype"]): Tensor {
  if (mask.dtype !== bool) return mask;
  const allowed = elementsOf(mask);
  const data = Float64Array.from(allowed as Uint8Array, (yes) => (yes ? 0 : Number.NEGATIVE_INFINITY));
  const out = dtype.allocate(data.length) as Floats;
  out.set(data);
  return fromData(out, mask.sizes, dtype);
}

function lowerTriangle(rows: number, columns: number): Tensor {
  const data = Uint8Array.from({ length: rows * columns }, (_, i) =>
    i % columns <= Math.floor(i / columns) ? 1 : 0,
  );
  return fromData(data, [rows, columns], bool);
}

/** The root on both sides keeps the product from overflowing. */
function scoresOf(query: Tensor, key: Tensor, mask: Tensor | null, scale: number | null): Tensor {
  const factor = Math.sqrt(scale ?? 1 / Math.sqrt(query.sizes[query.rank - 1]));
  const scores = matmul(mulNumber(query, factor), mulNumber(transpose(key, -2, -1), factor));
  return mask ? callInPlace("add_.Tensor", scores, mask, 1n) : scores;
}

// ---- in one node, as PyTorch's CPU build has it where there is no dropout and inputs have four dimensions ----

const flash = op(
  "_scaled_dot_product_flash_attention_for_cpu(Tensor query, Tensor key, Tensor value, float dropout_p=0.0, bool is_causal=False, *, Tensor? attn_mask=None, float? scale=None) -> (Tensor output, Tensor logsumexp)",
);
const flash_backward = op(
  "_scaled_dot_product_flash_attention_for_cpu_backward(Tensor grad_out, Tensor query, Tensor key, Tensor value, Tensor out, Tensor logsumexp, float dropout_p, bool is_causal, *, Tensor? attn_mask=None, float? scale=None) -> (Tensor grad_query, Tensor grad_key, Tensor grad_value)",
);

function maskOf(query: Tensor, key: Tensor, mask: Tensor | null, causal: boolean): Tensor | null {
  const given = mask && additive(mask, query.dtype);
  if (!causal) return given;
  const own = additive(lowerTriangle(query.sizes[query.rank - 2], key.sizes[key.rank - 2]), query.dtype);
  return given ? add(own, given, 1n) : own;
}

/** Each head of key or value as often as there are heads of the query for it. */
function repeated(x: Tensor, query: Tensor): Tensor {
  const [heads, own] = [query.sizes[query.rank - 3], x.sizes[x.rank - 3]];
  return x.rank < 3 || own === heads ? x : repeat_interleave(x, heads / own, -3, null);
}

/**
 * In half precision PyTorch computes in float32, but for the weights that meet the values: those are rounded before
 * they are divided by their sum.
 */
function halfAttention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor | null,
  scale: number | null,
): Tensor[] {
  const [q, k, v] = [query, repeated(key, query), repeated(value, query)].map((each) => to(each, float32));
  const factor = Math.fround(scale ?? 1 / Math.sqrt(query.sizes[query.rank - 1]));
  const plain = mulNumber(matmul(q, transpose(k, -2, -1)), factor);
  const scores = mask ? add(plain, to(mask, float32), 1n) : plain;
  const weights = empty(scores.sizes, query.dtype);
  const sums = empty(scores.sizes.slice(0, -1), float32);
  const logs = empty(scores.sizes.slice(0, -1), float32);
  const given = elementsOf(scores) as Float32Array;
  const data = weights.storage.data as Float32Array;
  const [total, log] = [sums.storage.data as Float32Array, logs.storage.data as Float32Array];
  const width = scores.sizes[scores.rank - 1];
  for (let row = 0; row < total.length; row++) {
    let most = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < width; i++) most = Math.max(most, given[row * width + i]);
    const shift = most === Number.NEGATIVE_INFINITY ? 0 : most;
    let sum = 0;
    for (let i = row * width; i < (row + 1) * width; i++) {
      data[i] = Math.exp(given[i] - shift);
      sum += data[i];
    }
    total[row] = sum === 0 ? 1 : sum;
    log[row] = most + Math.log(sum);
  }
  weights.storage.round();
  const found = operator("div.Tensor").call([
    matmul(to(weights, float32), v),
    operator("unsqueeze").call([sums, -1]),
  ]) as Tensor;
  const output = emptyLike(query, query.dtype);
  callInPlace("copy_", output, found, false);
  return [output, logs];
}

flash.define({
  forward: (query, key, value, _dropout, is_causal, attn_mask, scale) =>
    withoutHistory(() => {
      if (query.dtype.round !== undefined) {
        return halfAttention(query, key, value, maskOf(query, key, attn_mask, is_causal), scale);
      }
      const mask = maskOf(query, key, attn_mask, is_causal);
      const scores = scoresOf(query, repeated(key, query), mask, scale);
      const output = emptyLike(query, query.dtype);
      const found = matmul(_safe_softmax(scores, -1, null), repeated(value, query));
      callInPlace("copy_", output, found, false);
      return [output, logsumexp(scores, [-1], false)];
    }),
  vjp: {
    query: gradientOf(0),
    key: gradientOf(1),
    value: gradientOf(2),
  },
  undifferentiable: ["logsumexp"],
  node: "ScaledDotProductFlashAttentionForCpuBackward0",
  python: { functions: [], methods: [] },
  math: {
    query:
      "\\bar{Q} = \\alpha\\,\\bar{S}K,\\quad \\bar{S} = P \\odot (\\bar{r}V^{\\top} - \\operatorname{rowsum}(\\bar{r} \\odot r))",
    key: "\\bar{K} = \\alpha\\,\\bar{S}^{\\top}Q",
    value: "\\bar{V} = P^{\\top}\\bar{r}",
  },
  samples: (g) => [
    [g.randn(1, 2, 3, 4), g.randn(1, 1, 5, 4), g.randn(1, 1, 5, 4), 0, false, null, null],
    [g.randn(1, 2, 3, 4), g.randn(1, 2, 5, 4), g.randn(1, 2, 5, 4), 0, false, null, null],
    [g.randn(1, 2, 3, 4), g.randn(1, 2, 3, 4), g.randn(1, 2, 3, 4), 0, true, null, 0.3],
  ],
  gradcheck: { skip: "PyTorch has no second derivative of it" },
});

interface FlashContext {
  grad: Tensor;
  query: Tensor;
  key: Tensor;
  value: Tensor;
  output: Tensor;
  logsumexp: Tensor;
  dropout_p: number;
  is_causal: boolean;
  attn_mask: Tensor | null;
  scale: number | null;
}

function gradientOf<A>(place: number): Formula<A> {
  return {
    saves: ["query", "key", "value", "attn_mask", "output", "logsumexp"],
    compute: (c: FlashContext) =>
      once(c, () =>
        flash_backward(
          c.grad,
          c.query,
          c.key,
          c.value,
          c.output,
          c.logsumexp,
          c.dropout_p,
          c.is_causal,
          c.attn_mask,
          c.scale,
        ),
      )[place],
  };
}

/** The same for the gradients: weights and their gradients are rounded before they are multiplied with others. */
function halfGradients(
  [grad, query, key, value, out]: readonly Tensor[],
  logsumexp: Tensor,
  mask: Tensor | null,
  scale: number | null,
): Tensor[] {
  const { dtype } = query;
  const [g, q, k, v, o] = [grad, query, key, value, out].map((each) => to(each, float32));
  const rounded = (x: Tensor) => to(to(x, dtype), float32);
  const factor = Math.fround(scale ?? 1 / Math.sqrt(query.sizes[query.rank - 1]));
  const plain = mulNumber(matmul(q, transpose(k, -2, -1)), factor);
  const scores = mask ? add(plain, to(mask, float32), 1n) : plain;
  const weights = exp(sub(scores, unsqueeze(to(logsumexp, float32), -1), 1n));
  const forWeights = sub(matmul(g, transpose(v, -2, -1)), sumDims(mul(g, o), [-1], true), 1n);
  const forScores = rounded(mul(weights, forWeights));
  return [
    mulNumber(matmul(forScores, k), factor),
    mulNumber(matmul(transpose(forScores, -2, -1), q), factor),
    matmul(transpose(rounded(weights), -2, -1), g),
  ].map((each) => to(each, dtype));
}

flash_backward.define({
  forward: (grad_out, query, key, value, out, logsumexp, _dropout, is_causal, attn_mask, scale) => {
    const mask = maskOf(query, key, attn_mask, is_causal);
    const twin = (...inputs: (Tensor | null)[]) => {
      const [q, k, v] = inputs as Tensor[];
      const scores = scoresOf(q, repeated(k, q), mask, scale);
      return [matmul(_safe_softmax(scores, -1, null), repeated(v, q))];
    };
    const given = [query, key, value];
    return withoutHistory(() => {
      if (query.dtype.round === undefined) return vjpThrough(twin, given, [grad_out]);
      if (query.sizes[1] === key.sizes[1]) {
        return halfGradients([grad_out, ...given, out], logsumexp, mask, scale);
      }
      const wide = given.map((each) => to(each, float32));
      return vjpThrough(twin, wide, [to(grad_out, float32)]).map((each) => to(each as Tensor, query.dtype));
    }) as Tensor[];
  },
  vjp: "refuse",
  python: { functions: [], methods: [] },
  gradcheck: { skip: "PyTorch has no derivative of it" },
  samples: (g) => [
    [
      g.randn(1, 1, 2, 2),
      g.randn(1, 1, 2, 2),
      g.randn(1, 1, 2, 2),
      g.randn(1, 1, 2, 2),
      g.randn(1, 1, 2, 2),
      g.randn(1, 1, 2),
      0,
      false,
      null,
      null,
    ],
  ],
});

/** Whether PyTorch takes its fused kernel. */
function isFused(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  mask: Tensor | null,
  dropout: number,
  shared: boolean,
): boolean {
  const all = [query, key, value];
  const heads = shared ? 1 : 2;
  return (
    dropout === 0 &&
    all.every((x) => x.rank === 4 && x.numel > 0 && x.strides[3] === 1) &&
    sameSizes(key.sizes, value.sizes) &&
    sameSizes(query.sizes.slice(0, heads), key.sizes.slice(0, heads)) &&
    query.sizes[3] === value.sizes[3] &&
    (mask === null || fitsMask(query, key, mask))
  );
}

function fitsMask(query: Tensor, key: Tensor, mask: Tensor): boolean {
  if (requiresGrad(mask) || (mask.rank !== 2 && mask.rank !== 4)) return false;
  const wanted = [query.sizes[0], query.sizes[1], query.sizes[2], key.sizes[2]].slice(-mask.rank);
  return mask.sizes.every((size, d) => size === wanted[d] || size === 1);
}

function checkOperands(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | null): void {
  const all = [query, key, value];
  if (all.some((x) => x.dtype !== query.dtype)) {
    const [q, k, v] = all.map((x) => typeMetaName(x.dtype));
    throw runtimeError(
      `Expected query, key, and value to have the same dtype, but got query.dtype: ${q} key.dtype: ${k} and value.dtype: ${v} instead.`,
    );
  }
  if (all.some((x) => x.rank < 2)) {
    throw runtimeError(
      `Expected query, key, and value to all be  at least 2 dimensional, but got query.dim: ${query.rank} key.dim: ${key.rank} and value.dim: ${value.rank} instead.`,
    );
  }
  if (mask && mask.dtype !== bool && mask.dtype !== query.dtype && mask.dtype !== float32) {
    throw runtimeError(
      `Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: ${typeMetaName(mask.dtype)} and  query.dtype: ${typeMetaName(query.dtype)} instead.`,
    );
  }
}

export const scaled_dot_product_attention = composite(
  "scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor",
  (query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa) => {
    checkOperands(query, key, value, attn_mask);
    if (isFused(query, key, value, attn_mask, dropout_p, enable_gqa)) {
      return flash(query, key, value, 0, is_causal, attn_mask, scale)[0];
    }
    if (is_causal && attn_mask) {
      throw runtimeError(
        "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True",
      );
    }
    // In half precision all of it is computed in float32, and cast back at the end.
    const wide = (x: Tensor) => (x.dtype.round === undefined ? x : to(x, float32));
    const [q, ownKey, ownValue] = [query, key, value].map(wide);
    const [k, v] = enable_gqa ? [repeated(ownKey, q), repeated(ownValue, q)] : [ownKey, ownValue];
    const scores = scoresOf(q, k, maskOf(q, k, attn_mask, is_causal), scale);
    let weights = _safe_softmax(scores, -1, null);
    if (dropout_p > 0) weights = operator("dropout").call([weights, dropout_p, true]) as Tensor;
    return to(matmul(weights, v), query.dtype);
  },
  {
    python: { functions: ["nn.functional.scaled_dot_product_attention"] },
    samples: (g) => [[g.randn(1, 2, 3), g.randn(1, 4, 3), g.randn(1, 4, 2), null, 0, false, null, false]],
  },
);
