// Scaled dot-product attention, by the steps that PyTorch takes where it has no fused kernel.
import { blocksOf } from "../kernels/alongDim";
import { softmaxLines } from "../kernels/softmaxRows";
import { elementsOf } from "../kernels/strided";
import { bool } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { wrapDim } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { requireFloat } from "./checks";
import { callInPlace, composite, op, operator, using } from "./define";
import { matmul } from "./matmulComposites";
import { _softmax_backward_data } from "./softmax";
import { mulNumber } from "./sums";
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

export const scaled_dot_product_attention = composite(
  "scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0., bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor",
  (query, key, value, attn_mask, dropout_p, is_causal, scale) => {
    if (is_causal && attn_mask) {
      throw runtimeError(
        "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True",
      );
    }
    // The root on both sides keeps the product from overflowing.
    const factor = Math.sqrt(scale ?? 1 / Math.sqrt(query.sizes[query.rank - 1]));
    const q = mulNumber(query, factor);
    const scores = matmul(q, mulNumber(transpose(key, -2, -1), factor));
    const mask = is_causal ? lowerTriangle(query.sizes[query.rank - 2], key.sizes[key.rank - 2]) : attn_mask;
    if (mask) callInPlace("add_.Tensor", scores, additive(mask, query.dtype), 1n);
    let weights = _safe_softmax(scores, -1, null);
    if (dropout_p > 0) weights = operator("dropout").call([weights, dropout_p, true]) as Tensor;
    return matmul(weights, value);
  },
  {
    python: { functions: ["nn.functional.scaled_dot_product_attention"] },
    samples: (g) => [[g.randn(1, 2, 3), g.randn(1, 4, 3), g.randn(1, 4, 2), null, 0, false, null, false]],
  },
);
