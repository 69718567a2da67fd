// Activations with corners (and sigmoid), and the operators that their gradients are: with create_graph the
// user sees those. The smooth ones are in smoothActivation.ts.
import * as loops from "../kernels/activation";
import {
  choose,
  compare,
  floatBinary,
  floatMap,
  floatMapTwo,
  floatUnary,
  sameUnary,
} from "../kernels/pointwise";
import { bool, largest, uint8 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import type { Scalar, Tensor } from "../tensor/tensor";
import { add, addScalar, div, divScalar, mul, mulScalar, sub } from "./arithmetic";
import { notImplementedFor, requireFloat } from "./checks";
import { where } from "./choice";
import { clampScalars } from "./clamp";
import { gt, logical_and, lt } from "./comparison";
import { fullOf, zerosLike, zerosOf } from "./creation";
import { callInPlace, composite, inPlaceOp, op, type PythonNames, using } from "./define";
import { resultType } from "./promotion";
import { abs, tanh, unary } from "./unary";

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

// ---- sigmoid ----

export const sigmoid_backward = op("sigmoid_backward(Tensor grad_output, Tensor output) -> Tensor");
sigmoid_backward.define({
  forward: (grad, output) => floatBinary("sigmoidBackward", grad, output, resultType([grad, output])),
  vjp: {
    grad_output: using("output", ({ grad, output }) => sigmoid_backward(grad, output)),
    output: using("grad_output", "output", ({ grad, grad_output, output }) =>
      mul(mul(grad, grad_output), addScalar(mulScalar(output, -2), 1)),
    ),
  },
  python: internal,
  samples: (g) => [[g.randn(2, 3), g.uniform(0.1, 0.9, 2, 3)]],
});

export const sigmoid = unary("sigmoid", {
  forward: (self) => floatUnary("sigmoid", self),
  vjp: { self: using("result", ({ grad, result }) => sigmoid_backward(grad, result)) },
  python: { functions: ["sigmoid", "special.expit"], methods: ["sigmoid"] },
  math: { self: "\\bar{s} = \\bar{r}\\,r\\,(1 - r)" },
  samples: (g) => [[g.randn(2, 3)]],
});

// ---- relu and its relatives ----

export const threshold_backward = op(
  "threshold_backward(Tensor grad_output, Tensor self, Scalar threshold) -> Tensor",
);
threshold_backward.define({
  forward: (grad, self, threshold) => pair(loops.thresholdBackward, grad, self, Number(threshold)),
  vjp: {
    grad_output: using("self", ({ grad, self, threshold }) => threshold_backward(grad, self, threshold)),
    self: using(({ grad }) => zerosLike(grad)),
  },
  python: internal,
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 0n]],
});

export const relu = unary("relu", {
  forward: (self) => {
    if (self.dtype === bool) throw runtimeError("Boolean inputs not supported for relu");
    return sameUnary("relu", self);
  },
  vjp: { self: using("result", ({ grad, result }) => threshold_backward(grad, result, 0n)) },
  math: { self: "\\bar{s} = \\bar{r}\\ \\text{where}\\ r > 0,\\ 0\\ \\text{elsewhere}" },
  samples: (g) => [[g.randn(2, 3)]],
});

function thresholdForward(self: Tensor, threshold: Scalar, value: Scalar): Tensor {
  if (self.dtype === bool) throw notImplementedFor("threshold_cpu", bool);
  if (self.isFloat) return floatMap(loops.threshold, self, Number(threshold), Number(value));
  const whole = (number: Scalar) => fullOf([], BigInt(Math.trunc(Number(number))), self.dtype);
  return choose(compare("le", self, whole(threshold), self.dtype), whole(value), self, self.dtype);
}
export const threshold = op("threshold(Tensor self, Scalar threshold, Scalar value) -> Tensor");
threshold.define({
  forward: thresholdForward,
  vjp: { self: using("self", ({ grad, self, threshold: t }) => threshold_backward(grad, self, t)) },
  python: { functions: ["threshold"], methods: [] },
  samples: (g) => [[g.randn(2, 3), 0.1, 20]],
});
inPlaceOp("threshold_(Tensor(a!) self, Scalar threshold, Scalar value) -> Tensor(a!)").define({
  forward: thresholdForward,
  vjp: { self: using("self", ({ grad, self, threshold: t }) => threshold_backward(grad, self, t)) },
  node: "ThresholdBackward1",
  python: { functions: ["threshold_"], methods: [] },
});

export const leaky_relu_backward = op(
  "leaky_relu_backward(Tensor grad_output, Tensor self, Scalar negative_slope, bool self_is_result) -> Tensor",
);
leaky_relu_backward.define({
  forward: (grad, self, slope) => pair(loops.leakyReluBackward, grad, self, Number(slope)),
  vjp: {
    grad_output: using("self", ({ grad, self, negative_slope }) =>
      leaky_relu_backward(grad, self, negative_slope, false),
    ),
    self: using(({ grad }) => zerosLike(grad)),
  },
  python: internal,
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 0.01, false]],
});

function leakyForward(self: Tensor, slope: Scalar): Tensor {
  requireFloat("leaky_relu_cpu", self.dtype);
  return floatMap(loops.leakyRelu, self, Number(slope));
}
export const leaky_relu = op("leaky_relu(Tensor self, Scalar negative_slope=0.01) -> Tensor");
leaky_relu.define({
  forward: leakyForward,
  vjp: {
    self: using("self", ({ grad, self, negative_slope }) =>
      leaky_relu_backward(grad, self, negative_slope, false),
    ),
  },
  python: functional("leaky_relu"),
  math: { self: "\\bar{s} = \\bar{r}\\ \\text{where}\\ s > 0,\\ a\\,\\bar{r}\\ \\text{elsewhere}" },
  samples: (g) => [[g.randn(2, 3), 0.01]],
});
inPlaceOp("leaky_relu_(Tensor(a!) self, Scalar negative_slope=0.01) -> Tensor(a!)").define({
  forward: leakyForward,
  vjp: {
    self: using<{ self: Tensor; negative_slope: Scalar }, "result">(
      "result",
      ({ grad, result, negative_slope }) => leaky_relu_backward(grad, result, negative_slope, true),
    ),
  },
  node: "LeakyReluBackward1",
  python: functional("leaky_relu_"),
});

// ---- with corners ----

const hardtanh_backward = op(
  "hardtanh_backward(Tensor grad_output, Tensor self, Scalar min_val, Scalar max_val) -> Tensor",
);
hardtanh_backward.define({
  forward: (grad, self, min, max) => pair(loops.hardtanhBackward, grad, self, Number(min), Number(max)),
  vjp: {
    grad_output: using("self", ({ grad, self, min_val, max_val }) =>
      hardtanh_backward(grad, self, min_val, max_val),
    ),
    self: using(({ grad }) => zerosLike(grad)),
  },
  python: internal,
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), -0.5, 0.5]],
});

export const hardtanh = op("hardtanh(Tensor self, Scalar min_val=-1, Scalar max_val=1) -> Tensor");
hardtanh.define({
  forward: (self, min, max) => {
    if (self.dtype === bool) throw runtimeError("Bool inputs not supported for hardtanh");
    if (self.dtype === uint8 && (Number(min) < 0 || Number(max) < 0)) {
      throw runtimeError("cannot do hardtanh on an unsigned type with negative limits");
    }
    if (self.isFloat) return floatMap(loops.hardtanh, self, Number(min), Number(max));
    const whole = (value: Scalar) => BigInt(Math.trunc(Number(value)));
    return clampScalars(self, whole(min), whole(max));
  },
  vjp: {
    self: using("self", ({ grad, self, min_val, max_val }) =>
      hardtanh_backward(grad, self, min_val, max_val),
    ),
  },
  inPlace: true,
  python: functional("hardtanh"),
  samples: (g) => [[g.randn(2, 3), -0.5, 0.5]],
});
composite("relu6(Tensor self) -> Tensor", (self) => hardtanh(self, 0n, 6n), {
  python: functional("relu6"),
  samples: (g) => [[g.randn(2, 3)]],
});
composite("relu6_(Tensor(a!) self) -> Tensor(a!)", (self) => callInPlace("hardtanh_", self, 0n, 6n), {
  python: functional("relu6_"),
});

const hardsigmoid_backward = op("hardsigmoid_backward(Tensor grad_output, Tensor self) -> Tensor");
hardsigmoid_backward.define({
  forward: (grad, self) => pair(loops.hardsigmoidBackward, grad, self),
  vjp: "refuse",
  python: internal,
});

export const hardsigmoid = op("hardsigmoid(Tensor self) -> Tensor");
hardsigmoid.define({
  forward: (self) => {
    requireFloat("hardsigmoid_cpu", self.dtype);
    return floatUnary("hardsigmoid", self);
  },
  vjp: { self: using("self", ({ grad, self }) => hardsigmoid_backward(grad, self)) },
  inPlace: true,
  python: functional("hardsigmoid"),
  samples: (g) => [[g.randn(2, 3)]],
  gradcheck: { skip: "PyTorch has no second derivative here" },
});

const hardswish_backward = op("hardswish_backward(Tensor grad_output, Tensor self) -> Tensor");
hardswish_backward.define({
  forward: (grad, self) => pair(loops.hardswishBackward, grad, self),
  vjp: {
    grad_output: using("self", ({ grad, self }) => hardswish_backward(grad, self)),
    self: using("grad_output", "self", ({ grad, grad_output, self }) =>
      where(
        logical_and(gt(self, -3), lt(self, 3)),
        divScalar(mul(grad, grad_output), 3),
        zerosOf([], grad.dtype),
      ),
    ),
  },
  python: internal,
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3)]],
});

export const hardswish = op("hardswish(Tensor self) -> Tensor");
hardswish.define({
  forward: (self) => {
    requireFloat("hardswish_cpu", self.dtype);
    return floatUnary("hardswish", self);
  },
  vjp: { self: using("self", ({ grad, self }) => hardswish_backward(grad, self)) },
  inPlace: true,
  python: functional("hardswish"),
  samples: (g) => [[g.randn(2, 3)]],
});

type ShrinkSchema = "f(Tensor self, Scalar lambd=0.5) -> Tensor";
type ShrinkBackward = "f(Tensor grad_output, Tensor self, Scalar lambd) -> Tensor";
function shrink(name: "hardshrink" | "softshrink", python: PythonNames) {
  const backward = op(
    `${name}_backward(Tensor grad_output, Tensor self, Scalar lambd) -> Tensor` as ShrinkBackward,
  );
  backward.define({
    forward: (grad, self, lambd) => pair(loops.shrinkBackward, grad, self, Number(lambd)),
    vjp: {
      grad_output: using("self", ({ grad, self, lambd }) => backward(grad, self, lambd)),
      self: using(({ grad }) => zerosLike(grad)),
    },
    python: internal,
    samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 0.5]],
  });
  const declared = op(`${name}(Tensor self, Scalar lambd=0.5) -> Tensor` as ShrinkSchema);
  declared.define({
    forward: (self, lambd) => {
      requireFloat(name === "hardshrink" ? "hardshrink_cpu" : "softshrink_check", self.dtype);
      if (name === "softshrink" && !(Number(lambd) >= 0)) {
        const most = largest(self.dtype)
          .toPrecision(6)
          .replace(/\.?0+$/, "");
        throw runtimeError(
          `lambda must be in range [0, ${most}] for input dtype ${self.dtype.scalarName}, but found ${Number(lambd)}`,
        );
      }
      return floatMap(name === "hardshrink" ? loops.hardshrink : loops.softshrink, self, Number(lambd));
    },
    vjp: { self: using("self", ({ grad, self, lambd }) => backward(grad, self, lambd)) },
    python,
    samples: (g) => [[g.randn(2, 3), 0.5]],
  });
  return declared;
}
export const hardshrink = shrink("hardshrink", {
  functions: ["hardshrink", "nn.functional.hardshrink"],
  methods: ["hardshrink"],
});
export const softshrink = shrink("softshrink", functional("softshrink"));

// ---- put together ----

composite("_softsign(Tensor self) -> Tensor", (self) => div(self, add(abs(self), 1n, 1n)), {
  python: functional("softsign"),
  samples: (g) => [[g.randn(2, 3)]],
});
composite("_tanhshrink(Tensor self) -> Tensor", (self) => sub(self, tanh(self), 1n), {
  python: functional("tanhshrink"),
  samples: (g) => [[g.randn(2, 3)]],
});
