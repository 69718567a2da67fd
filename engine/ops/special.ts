// Special functions of one number: errors, gammas, Bessel's, what torch.special names.
import { floatMap, floatOf, floatUnary } from "../kernels/pointwise";
import { polygamma as polygammaOf } from "../kernels/special";
import type { FloatUnary } from "../kernels/unary";
import { type DType, float32 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import type { Tensor } from "../tensor/tensor";
import { add, addScalar, div, divScalar, mul, mulScalar, pow, sub, subScalar } from "./arithmetic";
import { notImplementedFor, requireWide } from "./checks";
import { where } from "./choice";
import { eq, ge, gt, le, logical_and } from "./comparison";
import { to } from "./convert";
import { arange, fullOf, zerosOf } from "./creation";
import { composite, type OperatorSpec, op, type PythonNames, type SampleGenerator, using } from "./define";
import { sumDims } from "./reductions";
import { silently } from "./silently";
import { abs, cos, exp, fromNumber, log, neg, reciprocal, sgn, sin, unary } from "./unary";
import { unsqueeze } from "./view";

type UnarySchema = "f(Tensor self) -> Tensor";
const anywhere = (g: SampleGenerator) => [[g.randn(2, 3)]];
const positive = (g: SampleGenerator) => [[g.uniform(0.3, 3, 2, 3)]];

function alsoSpecial(name: string, special = name): PythonNames {
  return { functions: [name, `special.${special}`], methods: [name] };
}

/** PyTorch has no kernel in half precision. */
const WIDE = new Set(["erfcx", "log_ndtr"]);

function onlySpecial(
  name: string,
  kernel: FloatUnary,
  rest: Pick<OperatorSpec<UnarySchema>, "vjp" | "math" | "samples">,
) {
  return unary(`special_${name}`, {
    forward: (self) => {
      if (self.dtype.round !== undefined && WIDE.has(name))
        throw notImplementedFor(`${name}_cpu`, self.dtype);
      return floatUnary(kernel, self);
    },
    inPlace: false,
    python: { functions: [`special.${name}`], methods: [] },
    ...rest,
  });
}

// ---- errors ----

/** exp(-x²) · c · ḡ */
const bell = (grad: Tensor, self: Tensor, factor: number) =>
  mul(mulScalar(exp(neg(pow(self, 2))), factor), grad);

export const erf = unary("erf", {
  forward: (self) => floatUnary("erf", self),
  vjp: { self: using("self", ({ grad, self }) => bell(grad, self, 2 / Math.sqrt(Math.PI))) },
  python: alsoSpecial("erf"),
  math: { self: "\\bar{s} = \\bar{r}\\,\\tfrac{2}{\\sqrt\\pi}\\,e^{-s^2}" },
  samples: anywhere,
});

unary("erfc", {
  forward: (self) => floatUnary("erfc", self),
  vjp: { self: using("self", ({ grad, self }) => bell(grad, self, -2 / Math.sqrt(Math.PI))) },
  python: alsoSpecial("erfc"),
  math: { self: "\\bar{s} = -\\bar{r}\\,\\tfrac{2}{\\sqrt\\pi}\\,e^{-s^2}" },
  samples: anywhere,
});

export const erfinv = unary("erfinv", {
  forward: (self) => floatUnary("erfinv", self),
  vjp: {
    self: using("self", ({ grad, self }) =>
      mul(mulScalar(exp(pow(erfinv(self), 2)), 0.5 * Math.sqrt(Math.PI)), grad),
    ),
  },
  python: alsoSpecial("erfinv"),
  math: { self: "\\bar{s} = \\bar{r}\\,\\tfrac{\\sqrt\\pi}{2}\\,e^{r^2}" },
  samples: (g) => [[g.uniform(-0.9, 0.9, 2, 3)]],
});

onlySpecial("erfcx", "erfcx", {
  vjp: {
    self: using("self", "result", ({ grad, self, result }) =>
      mul(subScalar(mul(mulScalar(self, 2), result), 2 / Math.sqrt(Math.PI)), grad),
    ),
  },
  samples: anywhere,
});

composite(
  "special_ndtr(Tensor self) -> Tensor",
  (self) => mulScalar(addScalar(erf(mulScalar(self, Math.SQRT1_2)), 1), 0.5),
  { python: { functions: ["special.ndtr"], methods: [] }, samples: anywhere },
);

const ROOT_TAU = Math.sqrt(2 * Math.PI);
onlySpecial("log_ndtr", "logNdtr", {
  vjp: {
    self: using("self", "result", ({ grad, self, result }) =>
      mul(divScalar(grad, ROOT_TAU), exp(neg(add(result, divScalar(pow(self, 2), 2), 1n)))),
    ),
  },
  samples: anywhere,
});

onlySpecial("entr", "entr", {
  vjp: { self: using("self", ({ grad, self }) => mul(grad, neg(addScalar(log(self), 1)))) },
  math: { self: "\\bar{s} = -\\bar{r}\\,(1 + \\ln s)" },
  samples: positive,
});

// ---- gammas ----

export const digamma = unary("digamma", {
  forward: (self) => floatUnary("digamma", self),
  vjp: { self: using("self", ({ grad, self }) => mul(grad, polygamma(1, self))) },
  python: { functions: ["digamma", "special.digamma", "special.psi"], methods: ["digamma"] },
  samples: positive,
});

export const lgamma = unary("lgamma", {
  forward: (self) => floatUnary("lgamma", self),
  vjp: { self: using("self", ({ grad, self }) => mul(grad, digamma(self))) },
  python: alsoSpecial("lgamma", "gammaln"),
  math: { self: "\\bar{s} = \\bar{r}\\,\\psi(s)" },
  samples: positive,
});

export const polygamma = op("polygamma(int n, Tensor self) -> Tensor");
polygamma.define({
  forward: (n, self) => {
    if (n < 0) throw runtimeError("polygamma(n, x) does not support negative n.");
    return floatMap((out, a, count) => {
      for (let i = 0; i < count; i++) out[i] = polygammaOf(n, a[i]);
    }, self);
  },
  vjp: { self: using("self", ({ grad, n, self }) => mul(grad, polygamma(n + 1, self))) },
  python: { functions: ["polygamma", "special.polygamma"], methods: [] },
  samples: (g) => [
    [1, g.uniform(0.5, 3, 2, 3)],
    [2, g.uniform(0.5, 3, 2, 3)],
  ],
});
composite("polygamma.method(Tensor self, int n) -> Tensor", (self, n) => polygamma(n, self), {
  python: { functions: [], methods: ["polygamma"] },
});

const halves = (p: number, dtype: DType) => arange(-p / 2 + 0.5, 0.5, 0.5, dtype);

/** ln Γ_p(x) = p(p-1)/4 ln π + Σ ln Γ(x + (1-j)/2) */
export const mvlgamma = op("mvlgamma(Tensor self, int p) -> Tensor");
mvlgamma.define({
  forward: (self, p) =>
    silently(() => {
      if (p < 1) throw runtimeError("p has to be greater than or equal to 1");
      const input = self.isFloat ? self : to(self, floatOf(self.dtype));
      const parts = lgamma(add(unsqueeze(input, -1), halves(p, input.dtype), 1n));
      return addScalar(sumDims(parts, [-1], false, null), (p * (p - 1) * Math.log(Math.PI)) / 4);
    }),
  vjp: {
    self: using("self", ({ grad, self, p }) => {
      const shifted = add(halves(p, self.dtype), unsqueeze(self, -1), 1n);
      return mul(grad, sumDims(digamma(shifted), [-1], false, null));
    }),
  },
  inPlace: true,
  python: { functions: ["mvlgamma", "special.multigammaln"], methods: ["mvlgamma"] },
  samples: (g) => [[g.uniform(1.5, 3, 2, 3), 2]],
});

// ---- Bessel's ----

const epsilonOf = (self: Tensor) => (self.dtype === float32 ? 2 ** -23 : 2 ** -52);

/** Where self is not almost 0: `slope` of it, else the slope at 0. */
function awayFromZero(name: string, grad: Tensor, self: Tensor, slope: (safe: Tensor) => Tensor): Tensor {
  requireWide(`${name}_backward`, self.dtype);
  const epsilon = epsilonOf(self);
  const away = gt(abs(self), epsilon);
  const safe = where(away, self, fullOf([], epsilon, self.dtype));
  return mul(grad, where(away, slope(safe), fullOf([], 0.5, self.dtype)));
}

export const i0 = unary("i0", {
  forward: (self) => floatUnary("i0", self),
  vjp: { self: using("self", ({ grad, self }) => mul(grad, i1(self))) },
  python: alsoSpecial("i0"),
  samples: anywhere,
});

const i0e = onlySpecial("i0e", "i0e", {
  vjp: {
    self: using("self", "result", ({ grad, self, result }) =>
      mul(grad, sub(i1e(self), mul(sgn(self), result), 1n)),
    ),
  },
  samples: anywhere,
});

const i1 = onlySpecial("i1", "i1", {
  vjp: {
    self: using("self", "result", ({ grad, self, result }) =>
      awayFromZero("i1", grad, self, (safe) => sub(i0(safe), mul(result, reciprocal(safe)), 1n)),
    ),
  },
  samples: anywhere,
});

const i1e = onlySpecial("i1e", "i1e", {
  vjp: {
    self: using("self", "result", ({ grad, self, result }) =>
      awayFromZero("i1e", grad, self, (safe) =>
        sub(i0e(safe), mul(result, add(sgn(safe), reciprocal(safe), 1n)), 1n),
      ),
    ),
  },
  samples: anywhere,
});

// ---- others ----

export const sinc = unary("sinc", {
  forward: (self) => floatUnary("sinc", self),
  vjp: {
    self: using("self", ({ grad, self }) => {
      const product = mulScalar(self, Math.PI);
      const square = mulScalar(mul(self, self), Math.PI);
      const slope = mul(grad, div(sub(mul(product, cos(product)), sin(product), 1n), square));
      return where(eq(square, 0), zerosOf([], grad.dtype), slope);
    }),
  },
  python: alsoSpecial("sinc"),
  samples: anywhere,
});

/** ln(x / (1 - x)); `eps` keeps x within [eps, 1 - eps]. */
export const logit = op("logit(Tensor self, float? eps=None) -> Tensor");
logit.define({
  forward: (self, eps) =>
    floatMap((out, a, n) => {
      const round = out instanceof Float32Array ? Math.fround : (x: number) => x;
      const low = eps === null ? Number.NEGATIVE_INFINITY : round(eps);
      const high = eps === null ? Number.POSITIVE_INFINITY : round(1 - low);
      for (let i = 0; i < n; i++) {
        const x = a[i] < low ? low : a[i] > high ? high : a[i];
        out[i] = Math.log(round(x / round(1 - x)));
      }
    }, self),
  vjp: {
    self: using("self", ({ grad, self, eps }) => {
      const low = eps ?? 0;
      const inside = logical_and(ge(self, low), le(self, eps === null ? 1 : 1 - eps));
      const slope = div(grad, mul(self, fromNumber(1, self)));
      return where(inside, slope, fullOf([], eps === null ? Number.NaN : 0, grad.dtype));
    }),
  },
  inPlace: true,
  python: alsoSpecial("logit"),
  samples: (g) => [
    [g.uniform(0.1, 0.9, 2, 3), null],
    [g.uniform(0.1, 0.9, 2, 3), 0.2],
  ],
});
