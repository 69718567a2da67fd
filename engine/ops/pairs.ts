// Other functions of two numbers: angles, logarithms of sums, steps, common divisors.
import type { FloatBinary, IntBinary } from "../kernels/binary";
import { binary, floatBinary, floatOf, intBinary } from "../kernels/pointwise";
import { runtimeError } from "../tensor/errors";
import { broadcastSizes } from "../tensor/shape";
import { type Tensor, wrappedNumber } from "../tensor/tensor";
import { add, addScalar, div, mul, mulScalar, powBase, sub } from "./arithmetic";
import { requireFloat, requireInteger } from "./checks";
import { where } from "./choice";
import { bitwise_and, eq, le, ne } from "./comparison";
import { zerosOf } from "./creation";
import { callInPlace, type Operator, op, type PythonNames, using } from "./define";
import { masked_fill } from "./fill";
import { resultType } from "./promotion";
import { exp, neg, reciprocal } from "./unary";

type PairSchema = "f(Tensor self, Tensor other) -> Tensor";

/** Both as floats, integers through the default float. */
function real(kernel: FloatBinary): (self: Tensor, other: Tensor) => Tensor {
  return (self, other) => floatBinary(kernel, self, other, floatOf(resultType([self, other])));
}

/** Floats only. */
function floats(kernel: FloatBinary, error: string): (self: Tensor, other: Tensor) => Tensor {
  return (self, other) => {
    const dtype = resultType([self, other]);
    requireFloat(error, dtype);
    return floatBinary(kernel, self, other, dtype);
  };
}

/** 1 / (s² + o²), 0 where that is infinite. */
function inverseSquare(self: Tensor, other: Tensor): Tensor {
  const square = add(mul(self, self), mul(other, other), 1n);
  return masked_fill(reciprocal(square), eq(square, 0n), 0n);
}

export const atan2 = op("atan2(Tensor self, Tensor other) -> Tensor");
atan2.define({
  forward: real("atan2"),
  vjp: {
    self: using("self", "other", ({ grad, self, other }) =>
      mul(mul(grad, other), inverseSquare(self, other)),
    ),
    other: using("self", "other", ({ grad, self, other }) =>
      mul(mul(grad, neg(self)), inverseSquare(self, other)),
    ),
  },
  inPlace: true,
  python: { functions: ["atan2", "arctan2"], methods: ["atan2", "arctan2"] },
  math: { self: "\\bar{s} = \\bar{r}\\,o / (s^2 + o^2)", other: "\\bar{o} = -\\bar{r}\\,s / (s^2 + o^2)" },
  samples: (g) => [[g.randn(2, 3), g.randn(3)]],
});

export const hypot = op("hypot(Tensor self, Tensor other) -> Tensor");
hypot.define({
  forward: floats("hypot", "hypot_cpu"),
  vjp: {
    self: using("self", "result", ({ grad, self, result }) => div(mul(grad, self), result)),
    other: using("other", "result", ({ grad, other, result }) => div(mul(grad, other), result)),
  },
  inPlace: true,
  math: { self: "\\bar{s} = \\bar{r}\\,s / r", other: "\\bar{o} = \\bar{r}\\,o / r" },
  samples: (g) => [[g.randn(2, 3), g.randn(3)]],
});

/** ḡ · r / s, 0 where s is 0. */
const copysignGradient = (grad: Tensor, self: Tensor, result: Tensor) =>
  mul(grad, callInPlace("masked_fill_.Scalar", div(result, self), eq(self, 0n), 0n));

export const copysign = op("copysign.Tensor(Tensor self, Tensor other) -> Tensor");
copysign.define({
  forward: real("copysign"),
  vjp: {
    self: using("self", "result", ({ grad, self, result }) => copysignGradient(grad, self, result)),
    other: using(({ other }) => zerosOf(other.sizes, other.dtype)),
  },
  inPlace: true,
  samples: (g) => [[g.randn(2, 3), g.randn(3)]],
});
op("copysign.Scalar(Tensor self, Scalar other) -> Tensor").define({
  forward: (self, other) => real("copysign")(self, wrappedNumber(other)),
  vjp: { self: using("self", "result", ({ grad, self, result }) => copysignGradient(grad, self, result)) },
  node: "CopysignBackward1",
  inPlace: true,
  samples: (g) => [[g.randn(2, 3), -1.5]],
});

export const nextafter = op("nextafter(Tensor self, Tensor other) -> Tensor");
nextafter.define({
  forward: floats("nextafter", "nextafter_cpu"),
  vjp: {
    self: using("self", "other", ({ grad, self, other }) => where(ne(self, other), grad, 0n)),
    other: using(({ other }) => zerosOf(other.sizes, other.dtype)),
  },
  inPlace: true,
  gradcheck: { skip: "its steps are smaller than those of the numeric derivative" },
  samples: (g) => [[g.randn(2, 3), g.randn(3)]],
});

// ---- logarithms ----

/** The gradient of x ln y for x: ln y, 0 where x is 0 and ln y has no value. */
function logGradient(
  grad: Tensor,
  self: Tensor,
  other: Tensor,
  log: Operator<PairSchema>,
  lowest: number,
): Tensor {
  return masked_fill(log(grad, other), bitwise_and(eq(self, 0), le(other, lowest)), 0);
}

export const xlogy = op("xlogy.Tensor(Tensor self, Tensor other) -> Tensor");
xlogy.define({
  forward: real("xlogy"),
  vjp: {
    self: using("self", "other", ({ grad, self, other }) => logGradient(grad, self, other, xlogy, 0)),
    other: using("self", "other", ({ grad, self, other }) => div(mul(grad, self), other)),
  },
  inPlace: true,
  python: { functions: ["xlogy", "special.xlogy"], methods: ["xlogy"] },
  math: { self: "\\bar{s} = \\bar{r} \\ln o", other: "\\bar{o} = \\bar{r}\\,s / o" },
  samples: (g) => [[g.randn(2, 3), g.uniform(0.3, 2, 3)]],
});
op("xlogy.Scalar_Self(Scalar self, Tensor other) -> Tensor").define({
  forward: (self, other) => real("xlogy")(wrappedNumber(self), other),
  vjp: { other: using("other", ({ grad, self, other }) => div(mulScalar(grad, self), other)) },
  node: "XlogyBackward1",
  python: { functions: ["xlogy", "special.xlogy"], methods: [] },
  samples: (g) => [[1.5, g.uniform(0.3, 2, 3)]],
});
op("xlogy.Scalar_Other(Tensor self, Scalar other) -> Tensor").define({
  forward: (self, other) => real("xlogy")(self, wrappedNumber(other)),
  vjp: {
    self: using("self", ({ grad, self, other }) => {
      const product = xlogy(grad, other);
      return Number(other) > 0 ? product : masked_fill(product, eq(self, 0), 0);
    }),
  },
  node: "XlogyBackward2",
  inPlace: true,
  python: { functions: ["xlogy", "special.xlogy"], methods: ["xlogy"] },
  samples: (g) => [[g.randn(2, 3), 1.5]],
});

const special = (name: string): PythonNames => ({ functions: [`special.${name}`], methods: [] });
export const special_xlog1py = op("special_xlog1py(Tensor self, Tensor other) -> Tensor");
special_xlog1py.define({
  forward: real("xlog1py"),
  vjp: {
    self: using("self", "other", ({ grad, self, other }) =>
      logGradient(grad, self, other, special_xlog1py, -1),
    ),
    other: using("self", "other", ({ grad, self, other }) => div(mul(grad, self), addScalar(other, 1))),
  },
  python: special("xlog1py"),
  samples: (g) => [[g.randn(2, 3), g.uniform(0.3, 2, 3)]],
});

export const logaddexp = op("logaddexp(Tensor self, Tensor other) -> Tensor");
logaddexp.define({
  forward: floats("logaddexp", "logaddexp_cpu"),
  vjp: {
    self: using("self", "other", ({ grad, self, other }) =>
      div(grad, addScalar(exp(sub(other, self, 1n)), 1)),
    ),
    other: using("self", "other", ({ grad, self, other }) =>
      div(grad, addScalar(exp(sub(self, other, 1n)), 1)),
    ),
  },
  math: { self: "\\bar{s} = \\bar{r} / (1 + e^{o - s})", other: "\\bar{o} = \\bar{r} / (1 + e^{s - o})" },
  samples: (g) => [[g.randn(2, 3), g.randn(3)]],
});

export const logaddexp2 = op("logaddexp2(Tensor self, Tensor other) -> Tensor");
logaddexp2.define({
  forward: floats("logaddexp2", "logaddexp2_cpu"),
  vjp: {
    self: using("self", "other", ({ grad, self, other }) =>
      div(grad, addScalar(powBase(2, sub(other, self, 1n)), 1)),
    ),
    other: using("self", "other", ({ grad, self, other }) =>
      div(grad, addScalar(powBase(2, sub(self, other, 1n)), 1)),
    ),
  },
  samples: (g) => [[g.randn(2, 3), g.randn(3)]],
});

/** self · 2^other */
export const ldexp = op("ldexp.Tensor(Tensor self, Tensor other) -> Tensor");
ldexp.define({
  forward: (self, other) => {
    const powers = floatBinary("pow", wrappedNumber(2), other, floatOf(other.dtype));
    return binary("mul", self, powers, resultType([self, powers]));
  },
  vjp: {
    self: using("other", ({ grad, other }) => mul(grad, powBase(2, other))),
    other: using("result", ({ grad, result }) => mulScalar(mul(grad, result), Math.LN2)),
  },
  inPlace: true,
  samples: (g) => [[g.randn(2, 3), g.randn(3)]],
});

// ---- steps ----

/** 0 below 0, `values` at 0, 1 above. */
export const heaviside = op("heaviside(Tensor self, Tensor values) -> Tensor");
heaviside.define({
  forward: (self, values) => {
    if (self.dtype !== values.dtype) {
      throw runtimeError("heaviside is not yet implemented for tensors with different dtypes.");
    }
    return binary("heaviside", self, values, resultType([self, values]));
  },
  vjp: "refuse",
  inPlace: true,
});

// ---- common divisors ----

function divisors(name: "gcd" | "lcm"): Operator<PairSchema> {
  const declared = op(`${name}(Tensor self, Tensor other) -> Tensor` as PairSchema);
  const kernel: IntBinary = name;
  declared.define({
    forward: (self, other) => {
      broadcastSizes(self.sizes, other.sizes);
      const dtype = resultType([self, other]);
      requireInteger(`${name}_cpu`, dtype);
      return intBinary(kernel, self, other, dtype);
    },
    inPlace: true,
  });
  return declared;
}
export const gcd = divisors("gcd");
export const lcm = divisors("lcm");
