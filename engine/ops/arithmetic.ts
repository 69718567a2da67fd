// Arithmetic of two tensors: + - * / and their relatives, remainders, powers. Whole-number rules too.
import { addScaled } from "../kernels/binary";
import { binary, copyAs, floatBinary, floatMap, floatMapTwo, floatOf, intBinary } from "../kernels/pointwise";
import { powerLoop } from "../kernels/unary";
import { bool, type DType, float64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { type Scalar, scalarTensor, type Tensor, wrappedNumber } from "../tensor/tensor";
import { checkFits, isFloatScalar, isOne, notImplementedFor } from "./checks";
import { where } from "./choice";
import { eq, ge, logical_and } from "./comparison";
import { to } from "./convert";
import { fullOf, zerosLike, zerosOf } from "./creation";
import { callInPlace, composite, op, using } from "./define";
import { resultType } from "./promotion";
import { log, neg } from "./unary";

// Saved names and the order of operators in each formula are PyTorch's: with create_graph the user sees them.

/** t · s, or t itself where s is 1. */
export function maybeMultiply(tensor: Tensor, factor: Scalar): Tensor {
  return isOne(factor) ? tensor : mulScalar(tensor, factor);
}

function checkAlpha(dtype: DType, alpha: Scalar): void {
  if (typeof alpha === "boolean" && dtype !== bool) {
    throw runtimeError("Boolean alpha only supported for Boolean results.");
  }
  if (dtype.kind !== "float" && isFloatScalar(alpha)) {
    throw runtimeError("For integral input tensors, argument alpha must not be a floating point number.");
  }
}

function addForward(self: Tensor, other: Tensor, alpha: Scalar): Tensor {
  const dtype = resultType([self, other]);
  checkAlpha(dtype, alpha);
  if (dtype === bool) {
    return alpha ? intBinary("bitwiseOr", self, other, bool) : copyBroadcast(self, other, bool);
  }
  if (isOne(alpha)) return binary("add", self, other, dtype);
  if (dtype.kind === "float") return floatMapTwo(addScaled, self, other, dtype, Number(alpha));
  return intBinary("add", self, intBinary("mul", other, scalarTensor(alpha, dtype), dtype), dtype);
}

function copyBroadcast(self: Tensor, other: Tensor, dtype: DType): Tensor {
  return intBinary("bitwiseOr", self, intBinary("bitwiseXor", other, other, dtype), dtype);
}

export const add = op("add.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor");
add.define({
  forward: addForward,
  vjp: {
    self: using(({ grad }) => grad),
    other: using(({ grad, alpha }) => maybeMultiply(grad, alpha)),
  },
  inPlace: true,
  oneLoop: true,
  scalar: "other",
  math: { self: "\\bar{s} = \\bar{r}", other: "\\bar{o} = \\alpha\\,\\bar{r}" },
  samples: (g) => [
    [g.randn(2, 3), g.randn(3), 1],
    [g.randn(2, 1), g.randn(2, 3), 2.5],
  ],
});

function checkSub(self: Tensor, other: Tensor): void {
  if (self.dtype === bool && other.dtype === bool) {
    throw runtimeError(
      "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead.",
    );
  }
  if (self.dtype === bool || other.dtype === bool) {
    throw runtimeError(
      "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, " +
        "use the `~` or `logical_not()` operator instead.",
    );
  }
}

export function subForward(self: Tensor, other: Tensor, alpha: Scalar): Tensor {
  checkSub(self, other);
  const dtype = resultType([self, other]);
  checkAlpha(dtype, alpha);
  if (isOne(alpha)) return binary("sub", self, other, dtype);
  if (dtype.kind === "float") return floatMapTwo(addScaled, self, other, dtype, -Number(alpha));
  return intBinary("sub", self, intBinary("mul", other, scalarTensor(alpha, dtype), dtype), dtype);
}

export const sub = op("sub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor");
sub.define({
  forward: subForward,
  vjp: {
    self: using(({ grad }) => grad),
    other: using(({ grad, alpha }) => maybeMultiply(neg(grad), alpha)),
  },
  inPlace: true,
  oneLoop: true,
  scalar: "other",
  python: { functions: ["sub", "subtract"], methods: ["sub", "subtract"] },
  math: { self: "\\bar{s} = \\bar{r}", other: "\\bar{o} = -\\alpha\\,\\bar{r}" },
  samples: (g) => [
    [g.randn(2, 3), g.randn(3), 1],
    [g.randn(2, 3), g.randn(2, 1), 0.5],
  ],
});

export const rsub = op("rsub.Tensor(Tensor self, Tensor other, *, Scalar alpha=1) -> Tensor");
rsub.define({
  forward: (self, other, alpha) => subForward(other, self, alpha),
  vjp: {
    self: using(({ grad, alpha }) => maybeMultiply(neg(grad), alpha)),
    other: using(({ grad }) => grad),
  },
  math: { self: "\\bar{s} = -\\alpha\\,\\bar{r}", other: "\\bar{o} = \\bar{r}" },
  python: { functions: ["rsub"], methods: [] },
  samples: (g) => [[g.randn(2, 3), g.randn(3), 2]],
});

export const rsubScalar = op("rsub.Scalar(Tensor self, Scalar other, Scalar alpha=1) -> Tensor");
rsubScalar.define({
  forward: (self, other, alpha) => subForward(wrappedNumber(other), self, alpha),
  vjp: { self: using(({ grad, alpha }) => maybeMultiply(neg(grad), alpha)) },
  node: "RsubBackward1",
  math: { self: "\\bar{s} = -\\alpha\\,\\bar{r}" },
  python: { functions: ["rsub"], methods: [] },
  samples: (g) => [[g.randn(2, 3), 1.5, 2]],
});

function mulForward(self: Tensor, other: Tensor): Tensor {
  const dtype = resultType([self, other]);
  return dtype === bool ? intBinary("bitwiseAnd", self, other, bool) : binary("mul", self, other, dtype);
}

function divForward(self: Tensor, other: Tensor): Tensor {
  return floatBinary("div", self, other, floatOf(resultType([self, other])));
}

export const mul = op("mul.Tensor(Tensor self, Tensor other) -> Tensor");
mul.define({
  forward: mulForward,
  vjp: {
    self: using("other", ({ grad, other }) => mul(grad, other)),
    other: using("self", ({ grad, self }) => mul(grad, self)),
  },
  inPlace: true,
  oneLoop: true,
  scalar: "other",
  python: { functions: ["mul", "multiply"], methods: ["mul", "multiply"] },
  math: { self: "\\bar{s} = \\bar{r}\\,o", other: "\\bar{o} = \\bar{r}\\,s" },
  samples: (g) => [
    [g.randn(2, 3), g.randn(3)],
    [g.randn(2, 1), g.randn(1, 3)],
  ],
});

export const div = op("div.Tensor(Tensor self, Tensor other) -> Tensor");
div.define({
  forward: divForward,
  vjp: {
    self: using("other", ({ grad, other }) => div(grad, other)),
    other: using("self", "other", ({ grad, self, other }) => mul(neg(grad), div(div(self, other), other))),
  },
  inPlace: true,
  oneLoop: true,
  scalar: "other",
  python: { functions: ["div", "divide", "true_divide"], methods: ["div", "divide", "true_divide"] },
  math: { self: "\\bar{s} = \\bar{r} / o", other: "\\bar{o} = -\\bar{r}\\,s / o^2" },
  samples: (g) => [[g.randn(2, 3), g.uniform(0.5, 2, 3)]],
});

// With a number that is no tensor at all, not even a wrapped one: what formulas call. Python's numbers
// come as wrapped tensors, which PyTorch saves; these save nothing. (`mul.Scalar` in PyTorch.)
function scalarForm(
  name: string,
  node: string,
  forward: (self: Tensor, other: Tensor) => Tensor,
  gradient: (grad: Tensor, other: Scalar) => Tensor,
) {
  const declared = op(
    `${name}.scalar(Tensor self, Scalar other) -> Tensor` as "f(Tensor self, Scalar other) -> Tensor",
  );
  declared.define({
    forward: (self, other) => forward(self, wrappedNumber(other)),
    vjp: { self: using(({ grad, other }) => gradient(grad, other)) },
    node,
    python: { functions: [], methods: [] },
    samples: (g) => [[g.randn(2, 3), 1.7]],
  });
  return declared;
}

export const addScalar = scalarForm(
  "add",
  "AddBackward1",
  (self, other) => addForward(self, other, 1n),
  passed,
);
export const subScalar = scalarForm(
  "sub",
  "SubBackward1",
  (self, other) => subForward(self, other, 1n),
  passed,
);
export const mulScalar = scalarForm("mul", "MulBackward1", mulForward, (grad, other) =>
  mulScalar(grad, other),
);
export const divScalar = scalarForm("div", "DivBackward1", divForward, (grad, other) =>
  divScalar(grad, other),
);

function passed(grad: Tensor): Tensor {
  return grad;
}

/** The integer quotient: towards zero or down; of floats as well. */
function divRounded(self: Tensor, other: Tensor, mode: "trunc" | "floor", kernel: string): Tensor {
  const dtype = resultType([self, other]);
  if (dtype === bool) throw notImplementedFor(kernel, dtype);
  return binary(mode === "trunc" ? "divTrunc" : "floorDivide", self, other, dtype);
}

export const divMode = op("div.Tensor_mode(Tensor self, Tensor other, *, str? rounding_mode) -> Tensor");
divMode.define({
  forward: (self, other, mode) => {
    switch (mode) {
      case null:
        return floatBinary("div", self, other, floatOf(resultType([self, other])));
      case "trunc":
      case "floor":
        return divRounded(self, other, mode, `div_${mode}_cpu`);
      default:
        throw runtimeError(
          `div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${mode}'`,
        );
    }
  },
  vjp: {
    self: using("other", ({ grad, other, rounding_mode }) =>
      rounding_mode === null ? div(grad, other) : zerosLike(grad),
    ),
    other: using("self", "other", ({ grad, self, other, rounding_mode }) =>
      rounding_mode === null ? mul(neg(grad), div(div(self, other), other)) : zerosLike(grad),
    ),
  },
  node: "DivBackward2",
  inPlace: true,
  scalar: "other",
  python: { functions: ["div", "divide"], methods: ["div", "divide"] },
  samples: (g) => [
    [g.randn(2, 3), g.uniform(0.5, 2, 3), null],
    [g.randn(2, 3), g.uniform(0.5, 2, 3), "floor"],
    [g.randn(2, 3), g.uniform(0.5, 2, 3), "trunc"],
  ],
});

export const floor_divide = op("floor_divide(Tensor self, Tensor other) -> Tensor");
floor_divide.define({
  forward: (self, other) => divRounded(self, other, "floor", "div_floor_cpu"),
  vjp: "refuse",
  inPlace: true,
  scalar: "other",
});

function remainderForward(name: "remainder" | "fmod") {
  return (self: Tensor, other: Tensor): Tensor => {
    const dtype = resultType([self, other]);
    if (dtype === bool) throw notImplementedFor(`${name}_cpu`, dtype);
    return binary(name, self, other, dtype);
  };
}

export const remainder = op("remainder.Tensor(Tensor self, Tensor other) -> Tensor");
remainder.define({
  forward: remainderForward("remainder"),
  vjp: {
    self: using(({ grad }) => grad),
    other: using("self", "other", ({ grad, self, other }) => mul(neg(grad), divMode(self, other, "floor"))),
  },
  node: "RemainderBackward1",
  inPlace: true,
  math: { self: "\\bar{s} = \\bar{r}", other: "\\bar{o} = -\\bar{r}\\,\\lfloor s/o \\rfloor" },
  samples: (g) => [[g.tensor([5.3, -4.1, 0.7], [3]), g.tensor([2.1, 1.7, -0.4], [3])]],
  gradcheck: { skip: "PyTorch's second derivative goes through a rounded division" },
});

export const remainderScalar = op("remainder.Scalar(Tensor self, Scalar other) -> Tensor");
remainderScalar.define({
  forward: (self, other) => remainderForward("remainder")(self, wrappedNumber(other)),
  vjp: { self: using(({ grad }) => grad) },
  inPlace: true,
  math: { self: "\\bar{s} = \\bar{r}" },
  samples: (g) => [[g.tensor([5.3, -4.1, 0.7], [3]), 1.9]],
});

export const remainderScalarTensor = op("remainder.Scalar_Tensor(Scalar self, Tensor other) -> Tensor");
remainderScalarTensor.define({
  forward: (self, other) => remainderForward("remainder")(wrappedNumber(self), other),
  vjp: "refuse",
  python: { functions: ["remainder"], methods: [] },
});

export const fmod = op("fmod.Tensor(Tensor self, Tensor other) -> Tensor");
fmod.define({
  forward: remainderForward("fmod"),
  vjp: {
    self: using(({ grad }) => grad),
    other: using("self", "other", ({ grad, self, other }) => mul(neg(grad), divMode(self, other, "trunc"))),
  },
  node: "FmodBackward1",
  inPlace: true,
  samples: (g) => [[g.tensor([5.3, -4.1, 0.7], [3]), g.tensor([2.1, 1.7, -0.4], [3])]],
});

export const fmodScalar = op("fmod.Scalar(Tensor self, Scalar other) -> Tensor");
fmodScalar.define({
  forward: (self, other) => remainderForward("fmod")(self, wrappedNumber(other)),
  vjp: { self: using(({ grad }) => grad) },
  inPlace: true,
  samples: (g) => [[g.tensor([5.3, -4.1, 0.7], [3]), 1.9]],
});

// ---- powers ----

function powForward(self: Tensor, exponent: Tensor): Tensor {
  const dtype = resultType([self, exponent]);
  if (dtype === bool) throw notImplementedFor("pow", dtype);
  return binary("pow", self, exponent, dtype);
}

function powScalarForward(self: Tensor, exponent: Scalar): Tensor {
  const value = Number(exponent);
  if (!isFloatScalar(exponent) && !self.isFloat && value < 0) {
    throw runtimeError("Integers to negative integer powers are not allowed.");
  }
  const wrapped = wrappedNumber(exponent);
  const dtype = resultType([self, wrapped]);
  if (value === 0) return fullOf(self.sizes, 1n, dtype);
  if (value === 1) return copyAs(self, dtype);
  if (dtype.kind !== "float") checkFits(exponent, dtype);
  const short = dtype.kind === "float" ? powerLoop(value) : null;
  return short ? floatMap(short, asFloat(self, dtype)) : powForward(self, wrapped);
}

function asFloat(self: Tensor, dtype: DType): Tensor {
  return self.dtype === dtype ? self : copyAs(self, dtype);
}

/** d(x^n) = n x^(n-1) dx, 0 for n = 0 */
export const pow = op("pow.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor");
pow.define({
  forward: powScalarForward,
  vjp: {
    self: using("self", ({ grad, self, exponent }) => {
      const power = Number(exponent);
      if (power === 0) return zerosLike(self);
      return mul(grad, mulScalar(pow(self, power - 1), power));
    }),
  },
  inPlace: true,
  math: { self: "\\bar{s} = \\bar{r}\\,n\\,s^{n-1}" },
  samples: (g) => [
    [g.randn(2, 3), 2n],
    [g.randn(2, 3), 3n],
    [g.uniform(0.5, 2, 2, 3), -0.5],
    [g.uniform(0.5, 2, 2, 3), 1.7],
    [g.randn(2), 0n],
    [g.randn(2), 1n],
  ],
});

export const powTensor = op("pow.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor");
powTensor.define({
  forward: powForward,
  vjp: {
    self: using("self", "exponent", ({ grad, self, exponent }) =>
      where(
        eq(exponent, 0),
        zerosOf([], grad.dtype),
        mul(grad, mul(exponent, powTensor(self, subScalar(exponent, 1)))),
      ),
    ),
    exponent: using("self", "exponent", "result", ({ grad, self, exponent, result }) => {
      const base = to(self, resultType([self, exponent]));
      const still = logical_and(eq(base, 0n), ge(exponent, 0n));
      return mul(grad, where(still, zerosOf([], grad.dtype), mul(result, log(base))));
    }),
  },
  node: "PowBackward1",
  inPlace: true,
  math: { self: "\\bar{s} = \\bar{r}\\,e\\,s^{e-1}", exponent: "\\bar{e} = \\bar{r}\\,s^e \\ln s" },
  samples: (g) => [[g.uniform(0.5, 2, 2, 3), g.randn(3)]],
});

export const powBase = op("pow.Scalar(Scalar self, Tensor exponent) -> Tensor");
powBase.define({
  forward: (self, exponent) => {
    const base = wrappedNumber(self);
    return isOne(self) && resultType([base, exponent]) !== bool
      ? fullOf(exponent.sizes, 1n, resultType([base, exponent]))
      : powForward(base, exponent);
  },
  vjp: {
    exponent: using("exponent", "result", ({ grad, self, exponent, result }) => {
      const base = Number(self);
      const out = mulScalar(result, Math.log(base));
      if (base !== 0) return mul(grad, out);
      return mul(grad, where(ge(exponent, 0n), zerosOf([], grad.dtype), out));
    }),
  },
  node: "PowBackward2",
  python: { functions: ["pow"], methods: [] },
  math: { exponent: "\\bar{e} = \\bar{r}\\,r \\ln s" },
  samples: (g) => [[2n, g.randn(2, 3)]],
});

export const square = composite("square(Tensor self) -> Tensor", (self) => pow(self, 2n), {
  samples: (g) => [[g.randn(2, 3)]],
});
composite("square_(Tensor(a!) self) -> Tensor(a!)", (self) => callInPlace("pow_.Tensor_Scalar", self, 2n));

composite("float_power.Tensor_Scalar(Tensor self, Scalar exponent) -> Tensor", (self, exponent) =>
  pow(to(self, float64), Number(exponent)),
);
composite("float_power.Tensor_Tensor(Tensor self, Tensor exponent) -> Tensor", (self, exponent) =>
  powTensor(to(self, float64), to(exponent, float64)),
);
composite(
  "float_power.Scalar(Scalar self, Tensor exponent) -> Tensor",
  (self, exponent) => powBase(Number(self), to(exponent, float64)),
  { python: { functions: ["float_power"] } },
);
