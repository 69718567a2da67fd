// torch.autocast on the CPU: which operators cast their arguments first, and the casts of parameters that are kept.
//
// Note [Autocast]. An operator of the list below casts its floating arguments (float64 apart) before anything else
// happens, by an operator that is recorded and has a node of its own (ToCopyBackward0); while it runs, what it calls
// casts nothing. An operator that is not listed runs as ever, and if it is only a composition, the operators that it
// calls are asked. The lists are those that PyTorch 2.13 registers for CPU (aten/src/ATen/autocast_mode.cpp).
import { bfloat16, type DType, float32, float64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { Tensor } from "../tensor/tensor";
import { modes, withGrad } from "./modes";
import { tensorApi } from "./tensorApi";

/** To the lower precision, to float32, or to the widest dtype among the arguments. */
type Policy = "lower" | "float32" | "widest";

const LOWER =
  "conv1d conv1d.padding conv2d conv2d.padding conv3d conv3d.padding bmm mm linalg_vecdot baddbmm addmm addbmm " +
  "linear matmul conv_tbc mkldnn_rnn_layer conv_transpose1d conv_transpose2d.input conv_transpose3d.input prelu " +
  "scaled_dot_product_attention";

const FLOAT32 =
  "avg_pool3d binary_cross_entropy grid_sampler prod prod.dim_int quantile quantile.scalar nanquantile " +
  "nanquantile.scalar cdist grid_sampler_2d grid_sampler_3d trace cholesky cholesky_inverse cholesky_solve inverse " +
  "lu_solve orgqr ormqr pinverse max_pool3d max_unpool2d max_unpool3d adaptive_avg_pool3d reflection_pad1d " +
  "reflection_pad2d replication_pad1d replication_pad2d replication_pad3d mse_loss cosine_embedding_loss nll_loss " +
  "nll_loss2d hinge_embedding_loss poisson_nll_loss smooth_l1_loss cross_entropy_loss l1_loss huber_loss " +
  "margin_ranking_loss soft_margin_loss triplet_margin_loss multi_margin_loss ctc_loss.IntList ctc_loss.Tensor " +
  "kl_div multilabel_margin_loss binary_cross_entropy_with_logits linalg_cond linalg_cond.p_str linalg_matrix_rank " +
  "linalg_matrix_rank.atol_rtol_tensor linalg_matrix_rank.atol_rtol_float " +
  "linalg_solve linalg_cholesky linalg_svdvals linalg_eigvalsh linalg_inv linalg_householder_product " +
  "linalg_tensorinv linalg_tensorsolve geqrf qr svd triangular_solve fractional_max_pool2d fractional_max_pool3d " +
  "adaptive_max_pool3d multilabel_margin_loss_forward linalg_qr linalg_cholesky_ex linalg_svd linalg_eigh " +
  "linalg_lstsq linalg_inv_ex";

const WIDEST = "stack cat index_copy";

const POLICIES = new Map<string, Policy>([
  ...LOWER.split(" ").map((key) => [key, "lower"] as const),
  ...FLOAT32.split(" ").map((key) => [key, "float32"] as const),
  ...WIDEST.split(" ").map((key) => [key, "widest"] as const),
]);

/** Keys of the operators that cast: the tests compare them with the registry. */
export const castingOperators: ReadonlySet<string> = new Set(POLICIES.keys());

/** Whether autocast is on is `modes.autocast`. */
export const autocast: { dtype: DType; keepsCasts: boolean } = { dtype: bfloat16, keepsCasts: true };

/** What was cast already: parameters, until the outermost region ends. */
const kept = new Map<Tensor, Tensor>();

export function forgetCasts(): void {
  kept.clear();
}

export function resetAutocast(): void {
  autocast.dtype = bfloat16;
  autocast.keepsCasts = true;
  kept.clear();
}

type Call = (args: unknown[]) => Tensor | Tensor[];

/** The call of an operator, which casts first where the operator is listed and autocast is on. */
export function underAutocast(key: string, call: Call): Call {
  const policy = POLICIES.get(key);
  if (policy === undefined) return call;
  return (args) => {
    if (!modes.autocast) return call(args);
    const dtype =
      policy === "lower" ? autocast.dtype : policy === "float32" ? float32 : widest(args.flat() as unknown[]);
    const casted = args.map((arg) =>
      Array.isArray(arg) ? arg.map((item) => castOf(item, dtype)) : castOf(arg, dtype),
    );
    return without(() => call(casted));
  };
}

/** Runs `body` as if autocast were off. */
export function without<T>(body: () => T): T {
  const before = modes.autocast;
  modes.autocast = false;
  try {
    return body();
  } finally {
    modes.autocast = before;
  }
}

function isEligible(value: unknown): value is Tensor {
  return value instanceof Tensor && value.isFloat && value.dtype !== float64 && !value.wrappedNumber;
}

function widest(values: readonly unknown[]): DType {
  let found = autocast.dtype;
  for (const value of values) {
    if (!isEligible(value) || value.dtype === found) continue;
    if (value.dtype === float32) found = float32;
    else if (value.dtype !== autocast.dtype) {
      throw runtimeError("Unexpected floating ScalarType in at::autocast::prioritize");
    }
  }
  return found;
}

function castOf(value: unknown, dtype: DType): unknown {
  if (!isEligible(value) || value.dtype === dtype) return value;
  const keep =
    autocast.keepsCasts &&
    dtype === autocast.dtype &&
    value.dtype === float32 &&
    value.leafRequiresGrad &&
    value.view === null;
  if (!keep) return without(() => tensorApi.cast(value, dtype));
  let made = kept.get(value);
  if (made === undefined) {
    // Also where nothing is recorded now: what is kept serves the operators that are recorded.
    made = modes.inference
      ? without(() => tensorApi.cast(value, dtype))
      : withGrad(true, () => without(() => tensorApi.cast(value, dtype)));
    if (!modes.inference) kept.set(value, made);
  }
  return made;
}
