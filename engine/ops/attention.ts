// Scaled dot-product attention, by the steps that PyTorch takes where it has no fused kernel.
import { requiresGrad } from "../autograd/views";
import { blocksOf } from "../kernels/alongDim";
import { softmaxLines } from "../kernels/softmaxRows";
import { elementsOf } from "../kernels/strided";
import { bool, float32 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { sameSizes, wrapDim } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { add } from "./arithmetic";
import { requireFloat, typeMetaName } from "./checks";
import { emptyLike } from "./convert";
import { callInPlace, composite, type Formula, op, operator, using } from "./define";
import { logsumexp } from "./extremes";
import { repeat_interleave } from "./join";
import { matmul } from "./matmulComposites";
import { _softmax_backward_data } from "./softmax";
import { mulNumber } from "./sums";
import { once, vjpThrough, withoutHistory } from "./through";
import { transpose } from "./view";

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

flash.define({
  forward: (query, key, value, _dropout, is_causal, attn_mask, scale) =>
    withoutHistory(() => {
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

flash_backward.define({
  forward: (grad_out, query, key, value, _out, _logsumexp, _dropout, is_causal, attn_mask, scale) => {
    const mask = maskOf(query, key, attn_mask, is_causal);
    const twin = (...inputs: (Tensor | null)[]) => {
      const [q, k, v] = inputs as Tensor[];
      const scores = scoresOf(q, repeated(k, q), mask, scale);
      return [matmul(_safe_softmax(scores, -1, null), repeated(v, q))];
    };
    return withoutHistory(() => vjpThrough(twin, [query, key, value], [grad_out])) as Tensor[];
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
    const [k, v] = enable_gqa ? [repeated(key, query), repeated(value, query)] : [key, value];
    const scores = scoresOf(query, k, maskOf(query, k, attn_mask, is_causal), scale);
    let weights = _safe_softmax(scores, -1, null);
    if (dropout_p > 0) weights = operator("dropout").call([weights, dropout_p, true]) as Tensor;
    return matmul(weights, v);
  },
  {
    python: { functions: ["nn.functional.scaled_dot_product_attention"] },
    samples: (g) => [[g.randn(1, 2, 3), g.randn(1, 4, 3), g.randn(1, 4, 2), null, 0, false, null, false]],
  },
);
