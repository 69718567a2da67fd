// Smooth activations (elu and its relatives, silu, mish, gelu, softplus, logsigmoid) and their gradients.
import * as loops from "../kernels/activation";
import { contiguousOf, floatMap, floatMapTwo, floatUnary } from "../kernels/pointwise";
import { runtimeError } from "../tensor/errors";
import type { Scalar, Tensor } from "../tensor/tensor";
import { add, addScalar, mul, mulScalar, sub } from "./arithmetic";
import { requireFloat } from "./checks";
import { lt } from "./comparison";
import { callInPlace, composite, inPlaceOp, op, type PythonNames, using } from "./define";
import { resultType } from "./promotion";
import { exp, fromNumber, log1p, tanh } from "./unary";

const internal: PythonNames = { functions: [], methods: [] };
/** Only under torch.nn.functional. */
function functional(name: string): PythonNames {
  return { functions: [`nn.functional.${name}`], methods: [] };
}

/** A gradient's loop, in the dtype that gradient and input share. */
function pair<P extends unknown[]>(
  loop: Parameters<typeof floatMapTwo<P>>[0],
  grad: Tensor,
  self: Tensor,
  ...parameters: P
): Tensor {
  return floatMapTwo(loop, grad, self, resultType([grad, self]), ...parameters);
}

import { sigmoid, sigmoid_backward } from "./activation";
// ---- exponential linear units ----

export const elu_backward = op(
  "elu_backward(Tensor grad_output, Scalar alpha, Scalar scale, Scalar input_scale, bool is_result, Tensor self_or_result) -> Tensor",
);
elu_backward.define({
  forward: (grad, alpha, scale, inputScale, isResult, self) =>
    pair(loops.eluBackward, grad, self, Number(alpha), Number(scale), Number(inputScale), isResult),
  vjp: {
    grad_output: using("self_or_result", ({ grad, alpha, scale, input_scale, is_result, self_or_result }) =>
      elu_backward(grad, alpha, scale, input_scale, is_result, self_or_result),
    ),
    self_or_result: using(
      "grad_output",
      "self_or_result",
      ({ grad, grad_output, alpha, scale, input_scale, is_result, self_or_result }) =>
        eluDoubleBackward(grad, grad_output, alpha, scale, input_scale, is_result, self_or_result),
    ),
  },
  python: internal,
  samples: (g) => [[g.randn(2, 3), 1, 1, 1, false, g.randn(2, 3)]],
});

function eluDoubleBackward(
  grad: Tensor,
  gradOutput: Tensor,
  alpha: Scalar,
  scale: Scalar,
  inputScale: Scalar,
  isResult: boolean,
  value: Tensor,
): Tensor {
  const incoming = mulScalar(mul(grad, gradOutput), inputScale);
  const below = lt(value, 0n);
  return mul(isResult ? incoming : elu_backward(incoming, alpha, scale, inputScale, isResult, value), below);
}

function eluForward(self: Tensor, alpha: Scalar, scale: Scalar, inputScale: Scalar): Tensor {
  requireFloat("elu_cpu", self.dtype);
  return floatMap(loops.elu, self, Number(alpha), Number(scale), Number(inputScale));
}
export const elu = op("elu(Tensor self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor");
elu.define({
  forward: eluForward,
  vjp: {
    self: using("self", ({ grad, self, alpha, scale, input_scale }) =>
      elu_backward(grad, alpha, scale, input_scale, false, self),
    ),
  },
  python: functional("elu"),
  math: {
    self: "\\bar{s} = \\bar{r}\\ \\text{where}\\ s > 0,\\ \\alpha e^{s}\\,\\bar{r}\\ \\text{elsewhere}",
  },
  samples: (g) => [[g.randn(2, 3), 1.3, 1n, 1n]],
});
const eluInPlace = inPlaceOp(
  "elu_(Tensor(a!) self, Scalar alpha=1, Scalar scale=1, Scalar input_scale=1) -> Tensor(a!)",
);
eluInPlace.define({
  forward: eluForward,
  vjp: {
    self: using<{ self: Tensor; alpha: Scalar; scale: Scalar; input_scale: Scalar }, "result">(
      "result",
      ({ grad, result, alpha, scale, input_scale }) =>
        elu_backward(grad, alpha, scale, input_scale, true, result),
    ),
  },
  node: "EluBackward1",
  python: functional("elu_"),
});

const SELU_ALPHA = 1.6732632423543772848170429916717;
const SELU_SCALE = 1.0507009873554804934193349852946;
export const selu = composite(
  "selu(Tensor self) -> Tensor",
  (self) => elu(self, SELU_ALPHA, SELU_SCALE, 1n),
  {
    python: { functions: ["selu", "nn.functional.selu"], methods: [] },
    samples: (g) => [[g.randn(2, 3)]],
  },
);
composite(
  "selu_(Tensor(a!) self) -> Tensor(a!)",
  (self) => callInPlace("elu_", self, SELU_ALPHA, SELU_SCALE, 1n),
  { python: { functions: ["selu_", "nn.functional.selu_"], methods: [] } },
);

function celuForward(self: Tensor, alpha: Scalar): Tensor {
  if (Number(alpha) === 0) throw runtimeError("ZeroDivisionError: alpha cannot be 0 for CELU");
  return eluForward(self, alpha, 1, 1 / Number(alpha));
}
export const celu = op("celu(Tensor self, Scalar alpha=1.0) -> Tensor");
celu.define({
  forward: celuForward,
  vjp: {
    self: using("self", ({ grad, self, alpha }) =>
      elu_backward(grad, alpha, 1n, 1 / Math.fround(Number(alpha)), false, self),
    ),
  },
  python: { functions: ["celu", "nn.functional.celu"], methods: [] },
  samples: (g) => [[g.randn(2, 3), 1.5]],
});
inPlaceOp("celu_(Tensor(a!) self, Scalar alpha=1.0) -> Tensor(a!)").define({
  forward: celuForward,
  vjp: {
    self: using<{ self: Tensor; alpha: Scalar }, "result">("result", ({ grad, result, alpha }) =>
      elu_backward(grad, alpha, 1n, 1 / Math.fround(Number(alpha)), true, result),
    ),
  },
  node: "CeluBackward1",
  python: { functions: ["celu_", "nn.functional.celu_"], methods: [] },
});

// ---- smooth relatives of relu ----

/** The gradients' formulas below are those that PyTorch uses when it has to differentiate them again. */
export const silu = op("silu(Tensor self) -> Tensor");
silu.define({
  forward: (self) => {
    requireFloat("silu_cpu", self.dtype);
    return floatUnary("silu", self);
  },
  vjp: {
    self: using("self", ({ grad, self }) => {
      const s = sigmoid(self);
      return mul(mul(grad, s), addScalar(mul(self, fromNumber(1, s)), 1));
    }),
  },
  inPlace: true,
  python: functional("silu"),
  math: { self: "\\bar{s} = \\bar{r}\\,\\sigma(s)\\,(1 + s\\,(1 - \\sigma(s)))" },
  samples: (g) => [[g.randn(2, 3)]],
});

export const mish = op("mish(Tensor self) -> Tensor");
mish.define({
  forward: (self) => {
    requireFloat("mish_cpu", self.dtype);
    return floatUnary("mish", self);
  },
  vjp: {
    self: using("self", ({ grad, self }) => {
      const inner = tanh(log1p(exp(self)));
      const s = sigmoid(self);
      return mul(grad, add(inner, mul(mul(self, s), fromNumber(1, mul(inner, inner))), 1n));
    }),
  },
  inPlace: true,
  python: functional("mish"),
  samples: (g) => [[g.randn(2, 3)]],
});

const gelu_backward = op(
  "gelu_backward(Tensor grad_output, Tensor self, *, str approximate='none') -> Tensor",
);
gelu_backward.define({
  forward: (grad, self, approximate) =>
    pair(approximate === "tanh" ? loops.geluTanhBackward : loops.geluBackward, grad, self),
  vjp: {
    grad_output: using("self", ({ grad, self, approximate }) => gelu_backward(grad, self, approximate)),
    self: using("grad_output", "self", ({ grad, grad_output, self, approximate }) =>
      mul(mul(grad, grad_output), geluSecond(self, approximate)),
    ),
  },
  python: internal,
  samples: (g) => [
    [g.randn(2, 3), g.randn(2, 3), "none"],
    [g.randn(2, 3), g.randn(2, 3), "tanh"],
  ],
});

/** gelu's second derivative: (2 - x²) φ(x), or that of its approximation. */
function geluSecond(self: Tensor, approximate: string): Tensor {
  const square = mul(self, self);
  if (approximate !== "tanh") {
    const density = mulScalar(exp(mulScalar(square, -0.5)), 1 / Math.sqrt(2 * Math.PI));
    return sub(mulScalar(density, 2), mul(mul(self, self), density), 1n);
  }
  const beta = Math.SQRT2 * Math.sqrt(1 / Math.PI);
  const kappa = 0.044715;
  const inner = tanh(mulScalar(add(self, mulScalar(mul(square, self), kappa), 1n), beta));
  // ½ x (1 + t(u)): 2 · ½ g h + ½ x g' h + ½ x g h', with g = t'(u) and h = u'.
  const g = fromNumber(1, mul(inner, inner));
  const h = mulScalar(addScalar(mulScalar(square, 3 * kappa), 1), beta);
  const bend = mulScalar(mul(mul(inner, g), h), -2);
  const half = mulScalar(self, 0.5);
  const rise = mulScalar(mul(mulScalar(g, 0.5), h), 2);
  const turn = mul(mul(half, g), mulScalar(self, 6 * beta * kappa));
  return add(add(rise, mul(mul(half, bend), h), 1n), turn, 1n);
}

export const gelu = op("gelu(Tensor self, *, str approximate='none') -> Tensor");
gelu.define({
  forward: (self, approximate) => {
    if (approximate !== "none" && approximate !== "tanh") {
      throw runtimeError("approximate argument must be either none or tanh.");
    }
    requireFloat("GeluKernelImpl", self.dtype);
    return floatUnary(approximate === "tanh" ? "geluTanh" : "gelu", self);
  },
  vjp: {
    self: using("self", ({ grad, self, approximate }) => gelu_backward(grad, self, approximate)),
  },
  python: functional("gelu"),
  math: { self: "\\bar{s} = \\bar{r}\\,(\\Phi(s) + s\\,\\varphi(s))" },
  samples: (g) => [
    [g.randn(2, 3), "none"],
    [g.randn(2, 3), "tanh"],
  ],
});

const softplus_backward = op(
  "softplus_backward(Tensor grad_output, Tensor self, Scalar beta, Scalar threshold) -> Tensor",
);
softplus_backward.define({
  forward: (grad, self, beta, limit) => pair(loops.softplusBackward, grad, self, Number(beta), Number(limit)),
  vjp: {
    grad_output: using("self", ({ grad, self, beta, threshold: limit }) =>
      softplus_backward(grad, self, beta, limit),
    ),
    self: using("grad_output", "self", ({ grad, grad_output, self, beta, threshold: limit }) => {
      const x = mulScalar(self, beta);
      const slope = sigmoid_backward(mul(grad, grad_output), sigmoid(x));
      return mulScalar(mul(slope, lt(x, limit)), beta);
    }),
  },
  python: internal,
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 1.3, 20n]],
});

export const softplus = op("softplus(Tensor self, Scalar beta=1, Scalar threshold=20) -> Tensor");
softplus.define({
  forward: (self, beta, limit) => {
    requireFloat("softplus_cpu", self.dtype);
    return floatMap(loops.softplus, self, Number(beta), Number(limit));
  },
  vjp: {
    self: using("self", ({ grad, self, beta, threshold: limit }) =>
      softplus_backward(grad, self, beta, limit),
    ),
  },
  python: functional("softplus"),
  math: { self: "\\bar{s} = \\bar{r}\\,\\sigma(\\beta s)" },
  samples: (g) => [[g.randn(2, 3), 1.3, 20n]],
});

const log_sigmoid_backward = op(
  "log_sigmoid_backward(Tensor grad_output, Tensor self, Tensor buffer) -> Tensor",
);
log_sigmoid_backward.define({
  forward: (grad, self) => pair(loops.logSigmoidBackward, grad, self),
  vjp: {
    grad_output: using("self", "buffer", ({ grad, self, buffer }) =>
      log_sigmoid_backward(grad, self, buffer),
    ),
    self: using("grad_output", "self", ({ grad, grad_output, self }) => {
      const s = sigmoid(self);
      return mul(mul(mul(grad, grad_output), mulScalar(fromNumber(1, s), -1)), s);
    }),
  },
  python: internal,
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), g.uniform(0.1, 1, 2, 3)]],
  gradcheck: { skip: "its third argument is a buffer of the forward pass, not an independent input" },
});

const log_sigmoid_forward = op("log_sigmoid_forward(Tensor self) -> (Tensor output, Tensor buffer)");
log_sigmoid_forward.define({
  forward: (self) => {
    requireFloat("log_sigmoid_cpu", self.dtype);
    const input = contiguousOf(self);
    const buffer = floatUnary("exp", floatUnary("neg", floatUnary("abs", input)));
    return [floatUnary("logSigmoid", input), buffer];
  },
  vjp: {
    self: using("self", "buffer", ({ grad, self, buffer }) => log_sigmoid_backward(grad, self, buffer)),
  },
  node: "LogSigmoidBackward0",
  undifferentiable: ["buffer"],
  python: internal,
  math: { self: "\\bar{s} = \\bar{r}\\,\\sigma(-s)" },
  samples: (g) => [[g.randn(2, 3)]],
});
composite("log_sigmoid(Tensor self) -> Tensor", (self) => log_sigmoid_forward(self)[0], {
  python: functional("logsigmoid"),
});
