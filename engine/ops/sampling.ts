// Samples whose distribution each element gives: gamma, Dirichlet, Poisson, binomial; and how the first two move with
// their parameters.
import { dirichletGradient, gammaGradient, type Round } from "../kernels/gammaGradients";
import {
  SMALLEST_DOUBLE,
  SMALLEST_SINGLE,
  sampleBinomial,
  sampleGamma,
  samplePoisson,
} from "../kernels/gammaSamples";
import { drawing } from "../kernels/mersenne";
import { elementsBroadcast, elementsOf } from "../kernels/strided";
import { type DType, float32, float64 } from "../tensor/dtype";
import { runtimeError, TorchError } from "../tensor/errors";
import { broadcastSizes } from "../tensor/shape";
import { fromData, type Tensor } from "../tensor/tensor";
import { mul } from "./arithmetic";
import { notImplementedFor } from "./checks";
import { zerosLike } from "./creation";
import { op, underivable, using } from "./define";
import { sumDims } from "./sums";

const INTERNAL = { methods: [] };

function requireWide(kernel: string, dtype: DType): void {
  if (dtype !== float32 && dtype !== float64) throw notImplementedFor(kernel, dtype);
}

/** One number for each element, in row-major order. */
function each(self: Tensor, sample: (parameter: number) => number): Tensor {
  const data = elementsOf(self);
  const out = self.dtype.allocate(data.length) as Float64Array;
  for (let i = 0; i < out.length; i++) out[i] = sample(Number(data[i]));
  return fromData(out, self.sizes, self.dtype);
}

const _standard_gamma_grad = op("_standard_gamma_grad(Tensor self, Tensor output) -> Tensor");
_standard_gamma_grad.define({
  forward: (self, output) => {
    requireWide("_standard_gamma_grad_cpu", self.dtype);
    const [alphas, samples] = [self, output].map((tensor) => elementsBroadcast(tensor, self.sizes));
    const out = self.dtype.allocate(alphas.length) as Float64Array;
    for (let i = 0; i < out.length; i++) out[i] = gammaGradient(Number(alphas[i]), Number(samples[i]));
    return fromData(out, self.sizes, self.dtype);
  },
  vjp: { self: underivable("_standard_gamma_grad"), output: underivable("_standard_gamma_grad") },
  node: "StandardGammaGradBackward0",
  python: INTERNAL,
  samples: (g) => [[g.uniform(0.5, 20, 2, 3), g.uniform(0.1, 20, 2, 3)]],
  gradcheck: { skip: "PyTorch has no derivative here" },
});

op("_standard_gamma(Tensor self) -> Tensor").define({
  forward: (self) => {
    requireWide("gamma_cpu", self.dtype);
    const single = self.dtype === float32;
    const least = single ? SMALLEST_SINGLE : SMALLEST_DOUBLE;
    return each(self, (alpha) => {
      const found = sampleGamma(alpha, single, drawing.generator);
      return found > least ? found : least;
    });
  },
  vjp: {
    self: using("self", "result", ({ grad, self, result }) => mul(grad, _standard_gamma_grad(self, result))),
  },
  node: "StandardGammaBackward0",
  python: INTERNAL,
  math: { self: "\\bar{s} = -\\bar{r}\\,\\frac{\\partial_\\alpha F(r;\\alpha)}{p(r;\\alpha)}" },
  samples: (g) => [[g.uniform(0.5, 20, 2, 3)]],
  gradcheck: { skip: "random" },
});

op("_sample_dirichlet(Tensor self) -> Tensor").define({
  forward: (self) => {
    requireWide("dirichlet", self.dtype);
    const alphas = elementsOf(self);
    const gammas = new Float64Array(alphas.length);
    for (let i = 0; i < gammas.length; i++) {
      gammas[i] = Math.max(SMALLEST_DOUBLE, sampleGamma(Number(alphas[i]), false, drawing.generator));
    }
    const last = self.rank - 1;
    const wide = fromData(gammas, self.sizes, float64);
    const totals = elementsBroadcast(sumDims(wide, last < 0 ? [] : [last], true), self.sizes);
    const single = self.dtype === float32;
    const [least, most] = single ? [SMALLEST_SINGLE, 1 - 2 ** -24] : [SMALLEST_DOUBLE, 1 - 2 ** -53];
    const out = self.dtype.allocate(gammas.length) as Float64Array;
    for (let i = 0; i < out.length; i++) {
      out[i] = gammas[i] / Number(totals[i]);
      out[i] = Math.min(most, Math.max(least, out[i]));
    }
    return fromData(out, self.sizes, self.dtype);
  },
  vjp: "refuse",
  python: INTERNAL,
  samples: (g) => [[g.uniform(0.5, 20, 2, 3)]],
  gradcheck: { skip: "random" },
});

op("_dirichlet_grad(Tensor x, Tensor alpha, Tensor total) -> Tensor").define({
  forward: (x, alpha, total) => {
    requireWide("_dirichlet_grad_cpu", x.dtype);
    const round: Round = x.dtype === float32 ? Math.fround : (value) => value;
    const [xs, alphas, totals] = [x, alpha, total].map((tensor) => elementsBroadcast(tensor, x.sizes));
    const out = x.dtype.allocate(xs.length) as Float64Array;
    for (let i = 0; i < out.length; i++) {
      out[i] = dirichletGradient(Number(xs[i]), Number(alphas[i]), Number(totals[i]), round);
    }
    return fromData(out, x.sizes, x.dtype);
  },
  vjp: "refuse",
  python: INTERNAL,
  samples: (g) => [[g.uniform(0.1, 0.9, 2, 3), g.uniform(0.5, 20, 2, 3), g.uniform(21, 30, 2, 3)]],
  gradcheck: { skip: "PyTorch has no derivative here" },
});

op("poisson(Tensor self) -> Tensor").define({
  forward: (self) => {
    if (self.dtype.kind !== "float") throw notImplementedFor("poisson_cpu", self.dtype);
    return each(self, (rate) => {
      if (!(rate >= 0)) throw runtimeError("invalid Poisson rate, expected rate to be non-negative");
      return samplePoisson(rate, drawing.generator);
    });
  },
  vjp: { self: using(({ grad }) => zerosLike(grad)) },
  python: INTERNAL,
  math: { self: "\\bar{s} = 0" },
  samples: (g) => [[g.uniform(0, 30, 2, 3)]],
  gradcheck: { skip: "random" },
});

op("binomial(Tensor count, Tensor prob) -> Tensor").define({
  forward: (count, prob) => {
    for (const [name, given] of [
      ["count", count],
      ["prob", prob],
    ] as const) {
      if (given.dtype.kind === "float") continue;
      throw new TorchError(
        "ValueError",
        `binomial only supports floating-point dtypes for ${name}, got: ${given.dtype.scalarName}`,
      );
    }
    if (count.dtype !== prob.dtype) {
      throw runtimeError(`Found dtype ${prob.dtype.scalarName} but expected ${count.dtype.scalarName}`);
    }
    requireWide("binomial_cpu", count.dtype);
    const sizes = broadcastSizes(count.sizes, prob.sizes);
    const [counts, probabilities] = [count, prob].map((tensor) => elementsBroadcast(tensor, sizes));
    const single = count.dtype === float32;
    const out = count.dtype.allocate(counts.length) as Float64Array;
    for (let i = 0; i < out.length; i++) {
      out[i] = sampleBinomial(Number(counts[i]), Number(probabilities[i]), single, drawing.generator);
    }
    return fromData(out, sizes, count.dtype);
  },
  vjp: "refuse",
  samples: (g) => [[g.integers(1, 60, 2, 3), g.uniform(0, 1, 2, 3)]],
  gradcheck: { skip: "random" },
});
