// Losses for ranking, counts and margins, put together from arithmetic as PyTorch does it.
import { lossGradOf, lossOf, MEAN } from "../kernels/lossLoops";
import { runtimeError } from "../tensor/errors";
import { numel } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { add, div, mul, sub, subScalar } from "./arithmetic";
import { minimum, where } from "./choice";
import { clamp_min } from "./clamp";
import { eq, le, ne } from "./comparison";
import { fullOf } from "./creation";
import { composite, op, using } from "./define";
import { pairwise_distance } from "./distance";
import { masked_fill } from "./fill";
import { reduced } from "./lossPointwise";
import { addNumber, sumDims } from "./sums";
import { exp, log, neg, sqrt } from "./unary";

const internal = { functions: [], methods: [] };

export const poisson_nll_loss = composite(
  "poisson_nll_loss(Tensor input, Tensor target, bool log_input, bool full, float eps, int reduction) -> Tensor",
  (input, target, log_input, full, eps, reduction) => {
    let loss = log_input
      ? sub(exp(input), mul(target, input), 1n)
      : sub(input, mul(target, log(addNumber(input, eps))), 1n);
    if (full) {
      // Stirling's approximation of log(target!).
      const stirling = add(
        sub(mul(target, log(target)), target, 1n),
        mul(log(mul(target, 2 * Math.PI)), 0.5),
        1n,
      );
      loss = add(loss, masked_fill(stirling, le(target, 1n), 0n), 1n);
    }
    return reduced(loss, reduction);
  },
  {
    python: { functions: ["poisson_nll_loss"], methods: [] },
    samples: (g) => [[g.randn(2, 3), g.uniform(0.5, 3, 2, 3), true, false, 1e-8, 1]],
  },
);

export const hinge_embedding_loss = composite(
  "hinge_embedding_loss(Tensor self, Tensor target, float margin=1., int reduction=0) -> Tensor",
  (self, target, margin, reduction) => {
    const zeros = fullOf(self.sizes, 0n, self.dtype);
    const distance = clamp_min(sub(fullOf([], margin, self.dtype), self, 1n), 0n);
    const far = where(ne(target, 1n), distance, zeros);
    const near = where(ne(target, -1n), self, zeros);
    return reduced(add(far, near, 1n), reduction);
  },
  { python: { functions: ["hinge_embedding_loss"], methods: [] } },
);

export const margin_ranking_loss = composite(
  "margin_ranking_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=0) -> Tensor",
  (input1, input2, target, margin, reduction) =>
    reduced(clamp_min(addNumber(mul(neg(target), sub(input1, input2, 1n)), margin), 0n), reduction),
  { python: { functions: ["margin_ranking_loss"], methods: [] } },
);

export const triplet_margin_loss = composite(
  "triplet_margin_loss(Tensor anchor, Tensor positive, Tensor negative, float margin=1., float p=2., float eps=1e-06, bool swap=False, int reduction=0) -> Tensor",
  (anchor, positive, negative, margin, p, eps, swap, reduction) => {
    if (margin <= 0) throw runtimeError(`triplet_margin_loss: margin must be greater than 0, got: ${margin}`);
    if (anchor.rank !== positive.rank || anchor.rank !== negative.rank) {
      throw runtimeError(
        "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: " +
          `anchor ${anchor.rank}D, positive ${positive.rank}D, and negative ${negative.rank}D inputs`,
      );
    }
    const near = pairwise_distance(anchor, positive, p, eps, false);
    let far = pairwise_distance(anchor, negative, p, eps, false);
    if (swap) far = minimum(far, pairwise_distance(positive, negative, p, eps, false));
    return reduced(clamp_min(sub(addNumber(near, margin), far, 1n), 0n), reduction);
  },
  { python: { functions: ["triplet_margin_loss"], methods: [] } },
);

export const cosine_embedding_loss = composite(
  "cosine_embedding_loss(Tensor input1, Tensor input2, Tensor target, float margin=0., int reduction=0) -> Tensor",
  (input1, input2, target, margin, reduction) => {
    const dim = target.rank;
    const epsilon = 1e-12;
    const dots = sumDims(mul(input1, input2), [dim]);
    const squares = (x: Tensor) => addNumber(sumDims(mul(x, x), [dim]), epsilon);
    const cos = div(dots, sqrt(mul(squares(input1), squares(input2))));
    const zeros = fullOf(cos.sizes, 0n, cos.dtype);
    const alike = where(eq(target, 1n), sub(fullOf(cos.sizes, 1n, cos.dtype), cos, 1n), zeros);
    const apart = where(eq(target, -1n), clamp_min(subScalar(cos, margin), 0n), zeros);
    return reduced(add(alike, apart, 1n), reduction);
  },
  { python: { functions: ["cosine_embedding_loss"], methods: [] } },
);

// ---- log(1 + e^(−t·x)) ----

export const soft_margin_loss = op("soft_margin_loss(Tensor self, Tensor target, int reduction=1) -> Tensor");
export const soft_margin_loss_backward = op(
  "soft_margin_loss_backward(Tensor grad_output, Tensor self, Tensor target, int reduction) -> Tensor",
);
soft_margin_loss.define({
  forward: (self, target, reduction) =>
    lossOf(self, target, self.dtype, reduction, (x, t) => {
      const z = -t * x;
      return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
    }),
  vjp: {
    self: using("self", "target", (c) => soft_margin_loss_backward(c.grad, c.self, c.target, c.reduction)),
  },
  python: internal,
  math: { self: "\\bar{s} = -\\tfrac{1}{n}\\frac{t}{1 + e^{ts}}\\,\\bar{r}" },
  gradcheck: { skip: "PyTorch takes the target for a constant" },
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 1]],
});
soft_margin_loss_backward.define({
  forward: (grad_output, self, target, reduction) =>
    lossGradOf(
      grad_output,
      self,
      target,
      self.dtype,
      reduction,
      (x, t, g) => (-t * g) / (1 + Math.exp(t * x)),
    ),
  vjp: {
    grad_output: using("self", "target", (c) =>
      mul(c.grad, soft_margin_loss_backward(fullOf([], 1n, c.grad.dtype), c.self, c.target, c.reduction)),
    ),
    // d/dx of −t/(1 + e^(tx)) = t²·e^(tx)/(1 + e^(tx))²
    self: using("grad_output", "self", "target", (c) => {
      const e = exp(mul(c.target, c.self));
      const one = addNumber(e, 1);
      const slope = div(mul(mul(c.target, c.target), e), mul(one, one));
      const out = mul(mul(slope, c.grad), c.grad_output);
      return c.reduction === MEAN ? div(out, numel(c.self.sizes)) : out;
    }),
  },
  python: internal,
  gradcheck: { skip: "PyTorch takes the target for a constant" },
  samples: (g) => [[g.randn(), g.randn(2, 3), g.randn(2, 3), 1]],
});
