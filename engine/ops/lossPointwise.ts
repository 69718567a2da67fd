// Losses that compare two tensors element by element: mse, smooth_l1, huber, binary cross entropy; and
// those that are put together from arithmetic (l1, kl_div).
import { lossGradOf, lossOf, MEAN, NONE } from "../kernels/lossLoops";
import { runtimeError } from "../tensor/errors";
import { broadcastSizes, numel } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { add, div, mul, rsub, sub } from "./arithmetic";
import { requireFloat } from "./checks";
import { clamp_min } from "./clamp";
import { lt } from "./comparison";
import { fullOf } from "./creation";
import { composite, op, using } from "./define";
import { resultType } from "./promotion";
import { log_sigmoid, meanAll, sigmoid, sumAll, xlogy } from "./sums";
import { abs, exp, log, neg } from "./unary";

const internal = { functions: [], methods: [] };

/** The mean, the sum, or all of it. */
export function reduced(loss: Tensor, reduction: number): Tensor {
  if (reduction === NONE) return loss;
  return reduction === MEAN ? meanAll(loss) : sumAll(loss);
}

/** What a mean divides by: 1 where nothing is averaged. */
function averaged(loss: Tensor, reduction: number, count: number): Tensor {
  return reduction === MEAN ? div(loss, count) : loss;
}

/** The incoming gradient of a loss whose slope itself is wanted. */
function one(like: Tensor): Tensor {
  return fullOf([], 1n, like.dtype);
}

interface Pair {
  self: { sizes: readonly number[] };
  target: { sizes: readonly number[] };
}

function countOf({ self, target }: Pair): number {
  return numel(broadcastSizes(self.sizes, target.sizes));
}

// ---- mean squared error ----

export const mse_loss = op("mse_loss(Tensor self, Tensor target, int reduction=1) -> Tensor");
export const mse_loss_backward = op(
  "mse_loss_backward(Tensor grad_output, Tensor self, Tensor target, int reduction) -> Tensor",
);

mse_loss.define({
  forward: (self, target, reduction) => {
    const dtype = resultType([self, target]);
    requireFloat("mse_cpu", dtype);
    return lossOf(self, target, dtype, reduction, (x, t, round) => {
      const difference = round(x - t);
      return round(difference * difference);
    });
  },
  vjp: {
    self: using("self", "target", ({ grad, self, target, reduction }) =>
      mse_loss_backward(grad, self, target, reduction),
    ),
    target: using("self", "target", ({ grad, self, target, reduction }) =>
      mse_loss_backward(grad, target, self, reduction),
    ),
  },
  python: internal,
  math: {
    self: "\\bar{s} = \\tfrac{2}{n}\\,(s - t)\\,\\bar{r}",
    target: "\\bar{t} = -\\tfrac{2}{n}\\,(s - t)\\,\\bar{r}",
  },
  samples: (g) => [
    [g.randn(2, 3), g.randn(2, 3), 1],
    [g.randn(2, 3), g.randn(2, 3), 0],
    [g.randn(2, 3), g.randn(3), 2],
  ],
});

mse_loss_backward.define({
  forward: (grad_output, self, target, reduction) =>
    lossGradOf(
      grad_output,
      self,
      target,
      resultType([self, target]),
      reduction,
      (x, t, g) => 2 * (x - t) * g,
    ),
  vjp: {
    grad_output: using("self", "target", ({ grad, self, target, reduction }) =>
      mul(grad, mse_loss_backward(one(grad), self, target, reduction)),
    ),
    self: using("grad_output", (c) => averaged(mul(mul(c.grad, c.grad_output), 2n), c.reduction, countOf(c))),
    target: using("grad_output", (c) =>
      neg(averaged(mul(mul(c.grad, c.grad_output), 2n), c.reduction, countOf(c))),
    ),
  },
  python: internal,
  samples: (g) => [
    [g.randn(2, 3), g.randn(2, 3), g.randn(2, 3), 0],
    [g.randn(), g.randn(2, 3), g.randn(2, 3), 1],
  ],
});

// ---- smooth L1 and Huber ----

export const smooth_l1_loss = op(
  "smooth_l1_loss(Tensor self, Tensor target, int reduction=1, float beta=1.) -> Tensor",
);
export const smooth_l1_loss_backward = op(
  "smooth_l1_loss_backward(Tensor grad_output, Tensor self, Tensor target, int reduction, float beta) -> Tensor",
);
export const huber_loss = op(
  "huber_loss(Tensor self, Tensor target, int reduction=1, float delta=1.) -> Tensor",
);
export const huber_loss_backward = op(
  "huber_loss_backward(Tensor grad_output, Tensor self, Tensor target, int reduction, float delta) -> Tensor",
);

smooth_l1_loss.define({
  forward: (self, target, reduction, beta) => {
    if (beta < 0) throw runtimeError("smooth_l1_loss does not support negative values for beta.");
    const dtype = resultType([self, target]);
    requireFloat("smooth_l1_cpu", dtype);
    return lossOf(self, target, dtype, reduction, (x, t, round) => {
      const z = Math.abs(round(x - t));
      return z < beta ? (0.5 * z * z) / beta : z - 0.5 * beta;
    });
  },
  vjp: {
    self: using("self", "target", (c) =>
      smooth_l1_loss_backward(c.grad, c.self, c.target, c.reduction, c.beta),
    ),
    target: using("self", "target", (c) =>
      smooth_l1_loss_backward(c.grad, c.target, c.self, c.reduction, c.beta),
    ),
  },
  python: internal,
  math: { self: "\\bar{s} = \\tfrac{1}{n}\\operatorname{clip}((s-t)/\\beta, -1, 1)\\,\\bar{r}" },
  samples: (g) => [
    [g.randn(2, 3), g.randn(2, 3), 1, 0.7],
    [g.randn(2, 3), g.randn(3), 0, 1],
  ],
});

smooth_l1_loss_backward.define({
  forward: (grad_output, self, target, reduction, beta) =>
    lossGradOf(grad_output, self, target, resultType([self, target]), reduction, (x, t, g) => {
      const z = x - t;
      return z <= -beta ? -g : z >= beta ? g : (z * g) / beta;
    }),
  vjp: {
    grad_output: using("self", "target", (c) =>
      mul(c.grad, smooth_l1_loss_backward(one(c.grad), c.self, c.target, c.reduction, c.beta)),
    ),
    self: using("grad_output", "self", "target", (c) =>
      averaged(curved(mul(c.grad, c.grad_output), c.self, c.target, c.beta, c.beta), c.reduction, countOf(c)),
    ),
    target: using("grad_output", "self", "target", (c) =>
      neg(
        averaged(
          curved(mul(c.grad, c.grad_output), c.self, c.target, c.beta, c.beta),
          c.reduction,
          countOf(c),
        ),
      ),
    ),
  },
  python: internal,
  samples: (g) => [[g.randn(), g.randn(2, 3), g.randn(2, 3), 1, 0.7]],
});

/** The second derivative of a loss that is x²/(2·divisor) within `limit` and straight outside. */
function curved(grad: Tensor, self: Tensor, target: Tensor, limit: number, divisor: number): Tensor {
  if (divisor === 0) return mul(grad, 0n);
  const inside = mul(grad, lt(abs(sub(self, target, 1n)), limit));
  return divisor === 1 ? inside : div(inside, divisor);
}

huber_loss.define({
  forward: (self, target, reduction, delta) => {
    if (delta <= 0) throw runtimeError("huber_loss does not support non-positive values for delta.");
    const dtype = resultType([self, target]);
    requireFloat("huber_cpu", dtype);
    return lossOf(self, target, dtype, reduction, (x, t, round) => {
      const z = Math.abs(round(x - t));
      return z < delta ? 0.5 * z * z : delta * (z - 0.5 * delta);
    });
  },
  vjp: {
    self: using("self", "target", (c) => huber_loss_backward(c.grad, c.self, c.target, c.reduction, c.delta)),
    target: using("self", "target", (c) =>
      huber_loss_backward(c.grad, c.target, c.self, c.reduction, c.delta),
    ),
  },
  python: internal,
  math: { self: "\\bar{s} = \\tfrac{1}{n}\\operatorname{clip}(s-t, -\\delta, \\delta)\\,\\bar{r}" },
  samples: (g) => [
    [g.randn(2, 3), g.randn(2, 3), 1, 0.7],
    [g.randn(2, 3), g.randn(3), 0, 1],
  ],
});

huber_loss_backward.define({
  forward: (grad_output, self, target, reduction, delta) =>
    lossGradOf(grad_output, self, target, resultType([self, target]), reduction, (x, t, g) => {
      const z = x - t;
      return z <= -delta ? -g * delta : z >= delta ? g * delta : z * g;
    }),
  vjp: {
    grad_output: using("self", "target", (c) =>
      mul(c.grad, huber_loss_backward(one(c.grad), c.self, c.target, c.reduction, c.delta)),
    ),
    self: using("grad_output", "self", "target", (c) =>
      averaged(curved(mul(c.grad, c.grad_output), c.self, c.target, c.delta, 1), c.reduction, countOf(c)),
    ),
    target: using("grad_output", "self", "target", (c) =>
      neg(
        averaged(curved(mul(c.grad, c.grad_output), c.self, c.target, c.delta, 1), c.reduction, countOf(c)),
      ),
    ),
  },
  python: internal,
  samples: (g) => [[g.randn(), g.randn(2, 3), g.randn(2, 3), 1, 0.7]],
});

// ---- binary cross entropy ----

export const binary_cross_entropy = op(
  "binary_cross_entropy(Tensor self, Tensor target, Tensor? weight=None, int reduction=1) -> Tensor",
);
export const binary_cross_entropy_backward = op(
  "binary_cross_entropy_backward(Tensor grad_output, Tensor self, Tensor target, Tensor? weight=None, int reduction=1) -> Tensor",
);
export const binary_cross_entropy_with_logits = op(
  "binary_cross_entropy_with_logits(Tensor self, Tensor target, Tensor? weight=None, Tensor? pos_weight=None, int reduction=0) -> Tensor",
);

function weighted(loss: Tensor, weight: Tensor | null): Tensor {
  return weight ? mul(loss, weight) : loss;
}

binary_cross_entropy.define({
  forward: (self, target, weight, reduction) => {
    for (const other of [target, weight]) {
      if (other && other.dtype !== self.dtype) {
        throw runtimeError(`Found dtype ${other.dtype.scalarName} but expected ${self.dtype.scalarName}`);
      }
    }
    requireFloat("binary_cross_entropy", self.dtype);
    const loss = lossOf(self, target, self.dtype, NONE, (x, t) => {
      if (!(x >= 0 && x <= 1)) throw runtimeError("all elements of input should be between 0 and 1");
      if (!(t >= 0 && t <= 1)) throw runtimeError("all elements of target should be between 0 and 1");
      return (t - 1) * Math.max(Math.log1p(-x), -100) - t * Math.max(Math.log(x), -100);
    });
    return reducedValue(weight ? product(loss, weight) : loss, reduction);
  },
  vjp: {
    self: using("self", "target", "weight", (c) =>
      binary_cross_entropy_backward(c.grad, c.self, c.target, c.weight, c.reduction),
    ),
    // d/dt of −t·log x − (1−t)·log(1−x) = log(1−x) − log x
    target: using("self", "target", "weight", (c) => {
      const slope = sub(clamp_min(log(rsub(c.self, 1n, 1n)), -100n), clamp_min(log(c.self), -100n), 1n);
      return averaged(weighted(mul(slope, c.grad), c.weight), c.reduction, c.target.numel);
    }),
  },
  python: internal,
  math: { self: "\\bar{s} = \\tfrac{1}{n}\\frac{s - t}{s(1-s)}\\,\\bar{r}" },
  samples: (g) => [
    [g.uniform(0.1, 0.9, 2, 3), g.uniform(0.1, 0.9, 2, 3), null, 1],
    [g.uniform(0.1, 0.9, 2, 3), g.uniform(0.1, 0.9, 2, 3), g.uniform(1, 2, 2, 3), 0],
  ],
});

/** loss · weight without history. */
function product(loss: Tensor, weight: Tensor): Tensor {
  return lossOf(loss, weight, loss.dtype, NONE, (x, w) => x * w);
}

function reducedValue(loss: Tensor, reduction: number): Tensor {
  return lossOf(loss, loss, loss.dtype, reduction, (x) => x);
}

const EPSILON = 1e-12;

binary_cross_entropy_backward.define({
  forward: (grad_output, self, target, weight, reduction) => {
    const out = lossGradOf(grad_output, self, target, self.dtype, reduction, (x, t, g) => {
      return (g * (x - t)) / Math.max((1 - x) * x, EPSILON);
    });
    return weight ? product(out, weight) : out;
  },
  vjp: {
    grad_output: using("self", "target", "weight", (c) => {
      const slope = div(
        sub(c.self, c.target, 1n),
        mul(add(c.self, EPSILON, 1n), rsub(c.self, 1 + EPSILON, 1n)),
      );
      return averaged(weighted(mul(slope, c.grad), c.weight), c.reduction, c.self.numel);
    }),
    // d/dx of (x−t)/(x(1−x)) = (x² − 2xt + t)/(x(1−x))²
    self: using("grad_output", "self", "target", "weight", (c) => {
      const { self: x, target } = c;
      const above = add(sub(mul(x, x), mul(mul(x, 2n), target), 1n), target, 1n);
      const below = mul(add(x, EPSILON, 1n), rsub(x, 1 + EPSILON, 1n));
      const slope = mul(div(above, mul(below, below)), mul(c.grad, c.grad_output));
      return averaged(weighted(slope, c.weight), c.reduction, c.self.numel);
    }),
    target: using("grad_output", "self", "target", "weight", (c) => {
      const slope = div(mul(neg(c.grad), c.grad_output), mul(c.self, rsub(c.self, 1n, 1n)));
      return averaged(weighted(slope, c.weight), c.reduction, c.target.numel);
    }),
  },
  python: internal,
  samples: (g) => [
    [g.randn(2, 3), g.uniform(0.2, 0.8, 2, 3), g.uniform(0.1, 0.9, 2, 3), g.uniform(1, 2, 2, 3), 0],
    [g.randn(), g.uniform(0.2, 0.8, 2, 3), g.uniform(0.1, 0.9, 2, 3), null, 1],
  ],
});

binary_cross_entropy_with_logits.define({
  forward: (self, target, weight, pos_weight, reduction) => {
    const dtype = resultType([self, target]);
    if (target.dtype.kind !== "float") {
      throw runtimeError(
        `result type ${self.dtype.scalarName} can't be cast to the desired output type ${target.dtype.scalarName}`,
      );
    }
    // log σ(x) = min(0, x) − log(1 + e^−|x|)
    const logSigmoid = (x: number) => Math.min(0, x) - Math.log1p(Math.exp(-Math.abs(x)));
    let loss: Tensor;
    if (pos_weight) {
      const factor = lossOf(target, pos_weight, dtype, NONE, (t, p) => (p - 1) * t + 1);
      const scaled = lossOf(self, factor, dtype, NONE, (x, f) => logSigmoid(x) * f);
      const rest = lossOf(self, target, dtype, NONE, (x, t) => (1 - t) * x);
      loss = lossOf(rest, scaled, dtype, NONE, (a, b) => a - b);
    } else {
      loss = lossOf(self, target, dtype, NONE, (x, t) => (1 - t) * x - logSigmoid(x));
    }
    return reducedValue(weight ? product(loss, weight) : loss, reduction);
  },
  vjp: {
    self: using("self", "target", "weight", "pos_weight", (c) => {
      const { target, pos_weight } = c;
      let slope: Tensor;
      if (pos_weight) {
        const t = mul(pos_weight, target);
        slope = sub(mul(sub(add(t, 1n, 1n), target, 1n), sigmoid(c.self)), t, 1n);
      } else {
        slope = sub(sigmoid(c.self), target, 1n);
      }
      return averaged(weighted(mul(slope, c.grad), c.weight), c.reduction, c.self.numel);
    }),
    target: using("self", "target", "weight", "pos_weight", (c) => {
      const slope = c.pos_weight
        ? sub(log_sigmoid(neg(c.self)), mul(c.pos_weight, log_sigmoid(c.self)), 1n)
        : neg(c.self);
      return averaged(weighted(mul(slope, c.grad), c.weight), c.reduction, c.target.numel);
    }),
  },
  python: { functions: ["binary_cross_entropy_with_logits"], methods: [] },
  math: {
    self: "\\bar{s} = \\tfrac{1}{n}(\\sigma(s) - t)\\,\\bar{r}",
    target: "\\bar{t} = -\\tfrac{1}{n}\\,s\\,\\bar{r}",
  },
  samples: (g) => [
    [g.randn(2, 3), g.uniform(0, 1, 2, 3), null, null, 1],
    [g.randn(2, 3), g.uniform(0, 1, 2, 3), g.uniform(1, 2, 3), g.uniform(1, 2, 3), 0],
  ],
});

// ---- put together from arithmetic ----

export const l1_loss = composite(
  "l1_loss(Tensor self, Tensor target, int reduction=1) -> Tensor",
  (self, target, reduction) => reduced(abs(sub(self, target, 1n)), reduction),
  { python: internal, samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 1]] },
);

export const kl_div = composite(
  "kl_div(Tensor self, Tensor target, int reduction=0, *, bool log_target=False) -> Tensor",
  (self, target, reduction, log_target) => {
    const loss = log_target
      ? mul(exp(target), sub(target, self, 1n))
      : sub(xlogy(target, target), mul(target, self), 1n);
    return reduced(loss, reduction);
  },
  {
    python: { functions: ["kl_div"], methods: [] },
    samples: (g) => [[g.randn(2, 3), g.uniform(0.1, 1, 2, 3), 1, false]],
  },
);
