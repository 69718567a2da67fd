// Scaled dot-product attention, by the steps that PyTorch takes where it has no fused kernel.
import { requiresGrad } from "../autograd/views";
import { blocksOf } from "../kernels/alongDim";
import { softmaxLines } from "../kernels/softmaxRows";
import { elementsOf } from "../kernels/strided";
import { bool } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { sameSizes, wrapDim } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { requireFloat } from "./checks";
import { emptyLike } from "./convert";
import { callInPlace, composite, type Formula, op, operator, using } from "./define";
import { logsumexp } from "./extremes";
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
  const given = causal ? lowerTriangle(query.sizes[query.rank - 2], key.sizes[key.rank - 2]) : mask;
  return given && additive(given, query.dtype);
}

flash.define({
  forward: (query, key, value, _dropout, is_causal, attn_mask, scale) =>
    withoutHistory(() => {
      const scores = scoresOf(query, key, maskOf(query, key, attn_mask, is_causal), scale);
      const output = emptyLike(query, query.dtype);
      callInPlace("copy_", output, matmul(_safe_softmax(scores, -1, null), value), false);
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
  samples: (g) => [
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
      return [matmul(_safe_softmax(scoresOf(q, k, mask, scale), -1, null), v)];
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
function isFused(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | null, dropout: number): boolean {
  const all = [query, key, value];
  return (
    dropout === 0 &&
    !(mask && requiresGrad(mask)) &&
    all.every((x) => x.rank === 4 && x.numel > 0 && x.strides[3] === 1) &&
    sameSizes(key.sizes, value.sizes) &&
    sameSizes(query.sizes.slice(0, 2), key.sizes.slice(0, 2)) &&
    query.sizes[3] === value.sizes[3] &&
    (mask === null || mask.rank === 2 || mask.rank === 4)
  );
}

export const scaled_dot_product_attention = composite(
  "scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor",
  (query, key, value, attn_mask, dropout_p, is_causal, scale) => {
    if (is_causal && attn_mask) {
      throw runtimeError(
        "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True",
      );
    }
    if (isFused(query, key, value, attn_mask, dropout_p)) {
      return flash(query, key, value, 0, is_causal, attn_mask, scale)[0];
    }
    const scores = scoresOf(query, key, maskOf(query, key, attn_mask, is_causal), scale);
    let weights = _safe_softmax(scores, -1, null);
    if (dropout_p > 0) weights = operator("dropout").call([weights, dropout_p, true]) as Tensor;
    return matmul(weights, value);
  },
  {
    python: { functions: ["nn.functional.scaled_dot_product_attention"] },
    samples: (g) => [[g.randn(1, 2, 3), g.randn(1, 4, 3), g.randn(1, 4, 2), null, 0, false, null, false]],
  },
);
