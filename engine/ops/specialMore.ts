// Special functions that are rarer: incomplete gammas, the normal quantile, Hurwitz's zeta, Bessel's functions,
// orthogonal polynomials. Of the last two PyTorch has no derivatives, and its results require none.
import { floatMap, floatMapTwo } from "../kernels/pointwise";
import { besselScaled, hurwitz } from "../kernels/special";
import {
  besselJ,
  besselKScaled,
  gammaLower,
  gammaUpper,
  normalQuantile,
  POLYNOMIALS,
} from "../kernels/specialMore";
import { type Tensor, wrappedNumber } from "../tensor/tensor";
import { mul, mulScalar, pow, sub } from "./arithmetic";
import { notImplementedFor } from "./checks";
import { composite, op, operator, underivable, using } from "./define";
import { resultType } from "./promotion";
import { lgamma } from "./special";
import { exp, log, unary } from "./unary";

const skip = { skip: "PyTorch has no derivative for its first argument" };

function eachOf(f: (x: number) => number) {
  return (self: Tensor) =>
    floatMap((out, a, n) => {
      for (let i = 0; i < n; i++) out[i] = f(a[i]);
    }, self);
}

function pairsOf(f: (a: number, b: number) => number) {
  return (a: Tensor, b: Tensor): Tensor => {
    const found = resultType([a, b]);
    const dtype = found.kind === "float" ? found : eachOf((x) => x)(a).dtype;
    return floatMapTwo(
      (out, x, y, n, sx, sy) => {
        for (let i = 0, j = 0, k = 0; i < n; i++, j += sx, k += sy) out[i] = f(x[j], y[k]);
      },
      a,
      b,
      dtype,
    );
  };
}

/** Φ⁻¹ has the slope √(2π)·e^(r²/2). */
unary("special_ndtri", {
  forward: eachOf(normalQuantile),
  vjp: {
    self: using("result", ({ grad, result }) =>
      mul(mulScalar(grad, Math.sqrt(2 * Math.PI)), exp(mulScalar(pow(result, 2n), 0.5))),
    ),
  },
  inPlace: false,
  python: { functions: ["special.ndtri"], methods: [] },
  math: { self: "\\bar{s} = \\bar{r}\\,\\sqrt{2\\pi}\\,e^{r^2/2}" },
  samples: (g) => [[g.uniform(0.05, 0.95, 2, 3)]],
});

const zeta = op("special_zeta(Tensor self, Tensor other) -> Tensor");
zeta.define({
  forward: pairsOf(hurwitz),
  vjp: {
    self: underivable("zeta"),
    // ∂ζ(s, q)/∂q = −s·ζ(s + 1, q)
    other: using("other", "self", ({ grad, self, other }) =>
      mul(grad, mul(mulScalar(self, -1n), zeta(sub(self, -1n, 1n), other))),
    ),
  },
  node: "SpecialZetaBackward0",
  python: { functions: ["special.zeta"], methods: [] },
  math: { other: "\\bar{q} = -s\\,\\zeta(s + 1, q)\\,\\bar{r}" },
  gradcheck: skip,
  samples: (g) => [[g.uniform(1.5, 3, 2, 3), g.uniform(0.5, 2, 2, 3)]],
});
const zetaOfNumber = op("special_zeta.self_scalar(Scalar self, Tensor other) -> Tensor");
zetaOfNumber.define({
  forward: (self, other) => pairsOf(hurwitz)(wrappedNumber(self), other),
  vjp: {
    other: using("other", ({ grad, self, other }) =>
      mul(grad, mulScalar(zetaOfNumber(Number(self) + 1, other), -Number(self))),
    ),
  },
  node: "SpecialZetaBackward1",
  python: { functions: ["special.zeta"], methods: [] },
  math: { other: "\\bar{q} = -s\\,\\zeta(s + 1, q)\\,\\bar{r}" },
  samples: (g) => [[2.5, g.uniform(0.5, 2, 2, 3)]],
});
const zetaByNumber = op("special_zeta.other_scalar(Tensor self, Scalar other) -> Tensor");
zetaByNumber.define({
  forward: (self, other) => pairsOf(hurwitz)(self, wrappedNumber(other)),
  vjp: { self: underivable("zeta") },
  node: "SpecialZetaBackward2",
  python: { functions: ["special.zeta"], methods: [] },
  gradcheck: skip,
  samples: (g) => [[g.uniform(1.5, 3, 2, 3), 2]],
});

/** e^(−x)·x^(a−1)/Γ(a): the density of the gamma distribution. */
function density(a: Tensor, x: Tensor): Tensor {
  return exp(sub(sub(mul(sub(a, 1n, 1n), log(x)), x, 1n), lgamma(a), 1n));
}

function incomplete(name: "igamma" | "igammac", f: (a: number, x: number) => number, sign: bigint): void {
  const declared = op(
    `${name}(Tensor self, Tensor other) -> Tensor` as "i(Tensor self, Tensor other) -> Tensor",
  );
  const special = name === "igamma" ? "gammainc" : "gammaincc";
  declared.define({
    forward: (a, x) => {
      if (resultType([a, x]).kind !== "float") throw notImplementedFor(`${name}_cpu`, resultType([a, x]));
      return pairsOf(f)(a, x);
    },
    vjp: {
      self: underivable(`${name}: input`),
      other: using("other", "self", ({ grad, self, other }) =>
        mul(grad, mulScalar(density(self, other), sign)),
      ),
    },
    inPlace: true,
    python: { functions: [name, `special.${special}`], methods: [name] },
    math: { other: `\\bar{x} = ${sign < 0n ? "-" : ""}\\frac{e^{-x}x^{a-1}}{\\Gamma(a)}\\,\\bar{r}` },
    gradcheck: skip,
    samples: (g) => [[g.uniform(0.5, 3, 2, 3), g.uniform(0.5, 3, 2, 3)]],
  });
}
incomplete("igamma", gammaLower, 1n);
incomplete("igammac", gammaUpper, -1n);

// ---- without derivatives ----

const BESSEL: Record<string, (x: number) => number> = {
  bessel_j0: (x) => besselJ(0, x),
  bessel_j1: (x) => besselJ(1, x),
  modified_bessel_i0: (x) => besselScaled(0, x) * Math.exp(Math.abs(x)),
  modified_bessel_i1: (x) => besselScaled(1, x) * Math.exp(Math.abs(x)),
  modified_bessel_k0: (x) => besselKScaled(0, x) * Math.exp(-x),
  modified_bessel_k1: (x) => besselKScaled(1, x) * Math.exp(-x),
  scaled_modified_bessel_k0: (x) => besselKScaled(0, x),
  scaled_modified_bessel_k1: (x) => besselKScaled(1, x),
  spherical_bessel_j0: (x) => (x === 0 ? 1 : Number.isFinite(x) ? Math.sin(x) / x : Number.isNaN(x) ? x : 0),
};
for (const [name, f] of Object.entries(BESSEL)) {
  const declared = op(`special_${name}(Tensor self) -> Tensor` as "b(Tensor self) -> Tensor");
  declared.define({
    forward: eachOf(f),
    python: { functions: [`special.${name}`], methods: [] },
    samples: (g) => [[g.uniform(0.2, 5, 2, 3)]],
  });
}

for (const [name, f] of Object.entries(POLYNOMIALS)) {
  const declared = op(`special_${name}(Tensor x, Tensor n) -> Tensor` as "p(Tensor x, Tensor n) -> Tensor");
  const python = { functions: [`special.${name}`], methods: [] };
  declared.define({
    forward: pairsOf(f),
    scalar: "n",
    python,
    samples: (g) => [[g.randn(2, 3), g.tensor([0, 1, 3], [3])]],
  });
  composite(
    `special_${name}.x_scalar(Scalar x, Tensor n) -> Tensor` as "p(Scalar x, Tensor n) -> Tensor",
    (x, n) => declared(x as unknown as Tensor, n),
    { python },
  );
}

// ---- the same under another name ----

composite(
  "special_softmax(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
  (self, dim, dtype) => operator("softmax.int").call([self, dim, dtype]) as Tensor,
  { python: { functions: ["special.softmax"], methods: [] } },
);
composite(
  "special_log_softmax(Tensor self, int dim, *, ScalarType? dtype=None) -> Tensor",
  (self, dim, dtype) => operator("log_softmax.int").call([self, dim, dtype]) as Tensor,
  { python: { functions: ["special.log_softmax"], methods: [] } },
);
