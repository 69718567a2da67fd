// Functions of one number: signs, roots, exponentials, logarithms, the circle's, rounding.
// Special functions are in special.ts, activations in activation.ts.
import { floatBinary, floatMap, floatUnary, intUnary, sameUnary } from "../kernels/pointwise";
import { type FloatUnary, roundHalfEven } from "../kernels/unary";
import { bool, largest } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import type { Tensor } from "../tensor/tensor";
import { addScalar, div, mul, mulScalar, pow, sub, subScalar } from "./arithmetic";
import { notImplementedFor, requireFloat } from "./checks";
import { isfinite } from "./comparison";
import { clone } from "./convert";
import { fullOf, zerosLike } from "./creation";
import {
  composite,
  type Formula,
  inPlaceOp,
  type Operator,
  type OperatorSpec,
  op,
  type SampleGenerator,
  using,
} from "./define";
import { resultType } from "./promotion";
import { silently } from "./silently";

type UnarySchema = "f(Tensor self) -> Tensor";
export type UnaryOperator = Operator<UnarySchema>;

/** Declares `name(Tensor self) -> Tensor` with its in-place form. */
export function unary(name: string, spec: OperatorSpec<UnarySchema>): UnaryOperator {
  const declared = op(`${name}(Tensor self) -> Tensor` as UnarySchema);
  declared.define({ inPlace: true, ...spec });
  return declared;
}

/** A function of real numbers, of integers through the default float. */
function real(kernel: FloatUnary): (self: Tensor) => Tensor {
  return (self) => floatUnary(kernel, self);
}

type Samples = (g: SampleGenerator) => Tensor[][];
const anywhere: Samples = (g) => [[g.randn(2, 3)]];
const positive: Samples = (g) => [[g.uniform(0.3, 3, 2, 3)]];
const withinOne: Samples = (g) => [[g.uniform(-0.9, 0.9, 2, 3)]];
/** Apart from whole numbers, where steps are. */
const betweenSteps: Samples = (g) => [[g.tensor([-2.3, -0.6, 0.2, 1.4], [2, 2])]];

function names(name: string, ...aliases: string[]) {
  return { functions: [name, ...aliases], methods: [name, ...aliases.filter((a) => !a.includes("."))] };
}

/** x - t, as PyTorch's C++ writes it: a tensor full of x, from which t is taken. */
export function fromNumber(x: number, tensor: Tensor): Tensor {
  return sub(fullOf(tensor.sizes, x, tensor.dtype), tensor, 1n);
}

// ---- signs ----

export const neg = unary("neg", {
  forward: (self) => {
    if (self.dtype === bool) {
      throw runtimeError(
        "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use " +
          "the `~` or `logical_not()` operator instead.",
      );
    }
    return sameUnary("neg", self);
  },
  vjp: { self: using(({ grad }) => neg(grad)) },
  python: names("neg", "negative"),
  math: { self: "\\bar{s} = -\\bar{r}" },
  samples: anywhere,
});

export const abs = unary("abs", {
  forward: (self) => {
    if (self.dtype === bool) throw notImplementedFor("abs_cpu", bool);
    return sameUnary("abs", self);
  },
  vjp: { self: using("self", ({ grad, self }) => mul(grad, sgn(self))) },
  python: names("abs", "absolute"),
  math: { self: "\\bar{s} = \\bar{r}\\,\\operatorname{sgn} s" },
  samples: anywhere,
});

const signOf = (self: Tensor) => (self.dtype === bool ? clone(self, null) : sameUnary("sgn", self));
const flat = <A>(): Formula<A> => using<A>(({ grad }) => zerosLike(grad as Tensor));
const flatMath = { self: "\\bar{s} = 0" };

export const sgn = unary("sgn", {
  forward: signOf,
  vjp: { self: using("self", "result", ({ grad }) => zerosLike(grad)) },
  math: flatMath,
  samples: betweenSteps,
});
export const sign = unary("sign", {
  forward: signOf,
  vjp: { self: flat() },
  math: flatMath,
  samples: betweenSteps,
});

composite("positive(Tensor(a) self) -> Tensor(a)", (self) => {
  if (self.dtype === bool) throw runtimeError("The `+` operator, on a bool tensor is not supported.");
  return self;
});

// ---- powers and roots ----

export const reciprocal = unary("reciprocal", {
  forward: real("reciprocal"),
  vjp: { self: using("result", ({ grad, result }) => mul(neg(grad), mul(result, result))) },
  math: { self: "\\bar{s} = -\\bar{r}\\,r^2" },
  samples: positive,
});

export const sqrt = unary("sqrt", {
  forward: real("sqrt"),
  vjp: { self: using("result", ({ grad, result }) => div(grad, mulScalar(result, 2))) },
  math: { self: "\\bar{s} = \\bar{r} / 2r" },
  samples: positive,
});

export const rsqrt = unary("rsqrt", {
  forward: real("rsqrt"),
  vjp: { self: using("result", ({ grad, result }) => mul(mulScalar(grad, -0.5), pow(result, 3))) },
  math: { self: "\\bar{s} = -\\tfrac{1}{2}\\,\\bar{r}\\,r^3" },
  samples: positive,
});

// ---- exponentials and logarithms ----

export const exp = unary("exp", {
  forward: real("exp"),
  vjp: { self: using("result", ({ grad, result }) => mul(grad, result)) },
  math: { self: "\\bar{s} = \\bar{r}\\,r" },
  samples: anywhere,
});

export const exp2 = unary("exp2", {
  forward: real("exp2"),
  vjp: { self: using("result", ({ grad, result }) => mulScalar(mul(grad, result), Math.LN2)) },
  python: names("exp2", "special.exp2"),
  math: { self: "\\bar{s} = \\bar{r}\\,r \\ln 2" },
  samples: anywhere,
});

export const expm1 = unary("expm1", {
  forward: real("expm1"),
  vjp: { self: using("result", ({ grad, result }) => mul(grad, addScalar(result, 1))) },
  python: names("expm1", "special.expm1"),
  math: { self: "\\bar{s} = \\bar{r}\\,(r + 1)" },
  samples: anywhere,
});

export const log = unary("log", {
  forward: real("log"),
  vjp: { self: using("self", ({ grad, self }) => div(grad, self)) },
  math: { self: "\\bar{s} = \\bar{r} / s" },
  samples: positive,
});

export const log1p = unary("log1p", {
  forward: real("log1p"),
  vjp: { self: using("self", ({ grad, self }) => div(grad, addScalar(self, 1))) },
  python: names("log1p", "special.log1p"),
  math: { self: "\\bar{s} = \\bar{r} / (s + 1)" },
  samples: positive,
});

export const log2 = unary("log2", {
  forward: real("log2"),
  vjp: { self: using("self", ({ grad, self }) => div(grad, mulScalar(self, 0.6931471805599453))) },
  math: { self: "\\bar{s} = \\bar{r} / (s \\ln 2)" },
  samples: positive,
});

export const log10 = unary("log10", {
  forward: real("log10"),
  vjp: { self: using("self", ({ grad, self }) => div(grad, mulScalar(self, 2.3025850929940456))) },
  math: { self: "\\bar{s} = \\bar{r} / (s \\ln 10)" },
  samples: positive,
});

// ---- the circle and the hyperbola ----

export const sin = unary("sin", {
  forward: real("sin"),
  vjp: { self: using("self", ({ grad, self }) => mul(grad, cos(self))) },
  math: { self: "\\bar{s} = \\bar{r} \\cos s" },
  samples: anywhere,
});

export const cos = unary("cos", {
  forward: real("cos"),
  vjp: { self: using("self", ({ grad, self }) => mul(grad, neg(sin(self)))) },
  math: { self: "\\bar{s} = -\\bar{r} \\sin s" },
  samples: anywhere,
});

export const tan = unary("tan", {
  forward: real("tan"),
  vjp: { self: using("result", ({ grad, result }) => mul(grad, addScalar(pow(result, 2), 1))) },
  math: { self: "\\bar{s} = \\bar{r}\\,(1 + r^2)" },
  samples: withinOne,
});

/** (1 - x²)^-1/2 */
const inverseCosine = (self: Tensor) => rsqrt(addScalar(mul(neg(self), self), 1));

export const asin = unary("asin", {
  forward: real("asin"),
  vjp: { self: using("self", ({ grad, self }) => mul(grad, inverseCosine(self))) },
  python: names("asin", "arcsin"),
  math: { self: "\\bar{s} = \\bar{r} / \\sqrt{1 - s^2}" },
  samples: withinOne,
});

export const acos = unary("acos", {
  forward: real("acos"),
  vjp: { self: using("self", ({ grad, self }) => mul(grad, neg(inverseCosine(self)))) },
  python: names("acos", "arccos"),
  math: { self: "\\bar{s} = -\\bar{r} / \\sqrt{1 - s^2}" },
  samples: withinOne,
});

export const atan = unary("atan", {
  forward: real("atan"),
  vjp: { self: using("self", ({ grad, self }) => div(grad, addScalar(mul(self, self), 1))) },
  python: names("atan", "arctan"),
  math: { self: "\\bar{s} = \\bar{r} / (s^2 + 1)" },
  samples: anywhere,
});

export const sinh = unary("sinh", {
  forward: real("sinh"),
  vjp: { self: using("self", ({ grad, self }) => mul(grad, cosh(self))) },
  math: { self: "\\bar{s} = \\bar{r} \\cosh s" },
  samples: anywhere,
});

export const cosh = unary("cosh", {
  forward: real("cosh"),
  vjp: { self: using("self", ({ grad, self }) => mul(grad, sinh(self))) },
  math: { self: "\\bar{s} = \\bar{r} \\sinh s" },
  samples: anywhere,
});

export const tanh_backward = op("tanh_backward(Tensor grad_output, Tensor output) -> Tensor");

export const tanh = unary("tanh", {
  forward: real("tanh"),
  vjp: { self: using("result", ({ grad, result }) => tanh_backward(grad, result)) },
  math: { self: "\\bar{s} = \\bar{r}\\,(1 - r^2)" },
  samples: anywhere,
});

export const asinh = unary("asinh", {
  forward: real("asinh"),
  vjp: { self: using("self", ({ grad, self }) => mul(grad, rsqrt(addScalar(pow(self, 2), 1)))) },
  python: names("asinh", "arcsinh"),
  inPlace: false,
  math: { self: "\\bar{s} = \\bar{r} / \\sqrt{s^2 + 1}" },
  samples: anywhere,
});

/** PyTorch has no derivative of the in-place form. */
function refuseInPlace(of: UnaryOperator, name: string): void {
  inPlaceOp(`${name}_(Tensor(a!) self) -> Tensor(a!)` as "f_(Tensor(a!) self) -> Tensor(a!)").define({
    forward: (self) => silently(() => of(self)),
    vjp: {
      self: using(() => {
        throw new TorchError(
          "NotImplementedError",
          `the derivative for 'inplace version of ${name}' is not implemented.`,
        );
      }),
    },
    node: `${name[0].toUpperCase()}${name.slice(1)}Backward1`,
    python: {
      functions: [`${name}_`, `arc${name.slice(1)}_`],
      methods: [`${name}_`, `arc${name.slice(1)}_`],
    },
  });
}
refuseInPlace(asinh, "asinh");

export const acosh = unary("acosh", {
  forward: real("acosh"),
  vjp: { self: using("self", ({ grad, self }) => mul(grad, rsqrt(subScalar(mul(self, self), 1)))) },
  python: names("acosh", "arccosh"),
  inPlace: false,
  math: { self: "\\bar{s} = \\bar{r} / \\sqrt{s^2 - 1}" },
  samples: (g) => [[g.uniform(1.2, 3, 2, 3)]],
});

export const atanh = unary("atanh", {
  forward: real("atanh"),
  vjp: { self: using("self", ({ grad, self }) => div(mulScalar(grad, 1), fromNumber(1, pow(self, 2)))) },
  python: names("atanh", "arctanh"),
  inPlace: false,
  math: { self: "\\bar{s} = \\bar{r} / (1 - s^2)" },
  samples: withinOne,
});

refuseInPlace(acosh, "acosh");
refuseInPlace(atanh, "atanh");

// ---- rounding ----

function rounding(name: FloatUnary): UnaryOperator {
  return unary(name, {
    forward: (self) => {
      if (self.dtype === bool) throw notImplementedFor(`${name}_vml_cpu`, bool);
      return self.isFloat ? floatUnary(name, self) : clone(self, null);
    },
    vjp: { self: flat() },
    python:
      name === "trunc"
        ? names("trunc", "fix")
        : name === "round"
          ? names("round", "special.round")
          : names(name),
    math: flatMath,
    samples: betweenSteps,
  });
}

export const floor = rounding("floor");
export const ceil = rounding("ceil");
export const trunc = rounding("trunc");
export const round = rounding("round");

export const roundDecimals = op("round.decimals(Tensor self, *, int decimals) -> Tensor");
roundDecimals.define({
  forward: (self, decimals) => {
    requireFloat("round_vml_cpu", self.dtype);
    const factor = 10 ** Math.abs(decimals);
    return floatMap((out, a, n) => {
      if (decimals < 0) for (let i = 0; i < n; i++) out[i] = roundHalfEven(a[i] / factor) * factor;
      else for (let i = 0; i < n; i++) out[i] = roundHalfEven(a[i] * factor) / factor;
    }, self);
  },
  vjp: { self: flat() },
  node: "RoundBackward1",
  inPlace: true,
  math: flatMath,
  samples: (g) => [[g.tensor([1.234, -0.567, 2.718], [3]), 1]],
});

export const frac = unary("frac", {
  forward: (self) => {
    requireFloat("frac_cpu", self.dtype);
    return floatUnary("frac", self);
  },
  vjp: { self: using(({ grad }) => grad) },
  math: { self: "\\bar{s} = \\bar{r}" },
  samples: betweenSteps,
});

export const bitwise_not = unary("bitwise_not", {
  forward: (self) => {
    if (self.isFloat) throw notImplementedFor("bitwise_not_cpu", self.dtype);
    return self.dtype === bool ? flipped(self) : intUnary("bitwiseNot", self);
  },
});

function flipped(self: Tensor): Tensor {
  const out = clone(self, null);
  const data = out.storage.data as Uint8Array;
  for (let i = 0; i < data.length; i++) data[i] ^= 1;
  return out;
}

// ---- angles ----

const degrees = Math.PI / 180;
/** A factor that is a constant. */
function scaled(name: string, factor: number): UnaryOperator {
  return unary(name, {
    forward: (self) =>
      floatMap((out, a, n) => {
        const by = out instanceof Float32Array ? Math.fround(factor) : factor;
        for (let i = 0; i < n; i++) out[i] = a[i] * by;
      }, self),
    vjp: { self: using(({ grad }) => mul(grad, factor)) },
    samples: anywhere,
  });
}
export const deg2rad = scaled("deg2rad", degrees);
export const rad2deg = scaled("rad2deg", 1 / degrees);

// ---- nan_to_num ----

/** Replaces NaN by `nan` (0) and the infinities by the greatest numbers of the dtype. */
export const nan_to_num = op(
  "nan_to_num(Tensor self, float? nan=None, float? posinf=None, float? neginf=None) -> Tensor",
);
nan_to_num.define({
  forward: (self, nan, posinf, neginf) => {
    if (!self.isFloat) return clone(self, null);
    const most = largest(self.dtype);
    const [forNan, forHigh, forLow] = [nan ?? 0, posinf ?? most, neginf ?? -most];
    return floatMap((out, a, n) => {
      for (let i = 0; i < n; i++) {
        const x = a[i];
        out[i] = Number.isNaN(x) ? forNan : x === Infinity ? forHigh : x === -Infinity ? forLow : x;
      }
    }, self);
  },
  vjp: { self: using("self", ({ grad, self }) => mul(grad, isfinite(self))) },
  inPlace: true,
  samples: (g) => [[g.randn(2, 3), null, null, null]],
});

tanh_backward.define({
  forward: (grad, output) => floatBinary("tanhBackward", grad, output, resultType([grad, output])),
  vjp: {
    grad_output: using("output", ({ grad, output }) => tanh_backward(grad, output)),
    output: using("grad_output", "output", ({ grad, grad_output, output }) =>
      mul(grad, mul(mulScalar(output, -2), grad_output)),
    ),
  },
  python: { functions: [], methods: [] },
  samples: (g) => [[g.randn(2, 3), g.uniform(-0.9, 0.9, 2, 3)]],
});
