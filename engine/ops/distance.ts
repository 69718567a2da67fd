// How far apart or how alike vectors are.
import { withGrad } from "../autograd/modes";
import { broadcastSizes, sameSizes } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { div, mul, sub } from "./arithmetic";
import { clone } from "./convert";
import { callInPlace, composite, operator } from "./define";
import { addNumber, sumDims } from "./sums";
import { expand } from "./view";

function vectorNorm(x: Tensor, p: number, dim: number, keepdim: boolean): Tensor {
  return operator("linalg_vector_norm").call([x, p, [dim], keepdim, null]) as Tensor;
}

/** The norm of each vector, but no less than eps; its gradient is that of the norm all the same. */
function lengths(x: Tensor, dim: number, eps: number): Tensor {
  const out = clone(vectorNorm(x, 2, dim, true), null);
  withGrad(false, () => callInPlace("clamp_min_", out, eps));
  return out;
}

export const cosine_similarity = composite(
  "cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor",
  (x1, x2, dim, eps) => {
    const sizes = broadcastSizes(x1.sizes, x2.sizes);
    const same = sameSizes(x1.sizes, x2.sizes);
    const [a, b] = same ? [x1, x2] : [expand(x1, sizes, false), expand(x2, sizes, false)];
    return sumDims(mul(div(a, lengths(a, dim, eps)), div(b, lengths(b, dim, eps))), [dim]);
  },
  {
    python: { functions: ["cosine_similarity"], methods: [] },
    samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 1, 1e-8]],
  },
);

export const pairwise_distance = composite(
  "pairwise_distance(Tensor x1, Tensor x2, float p=2., float eps=1e-06, bool keepdim=False) -> Tensor",
  (x1, x2, p, eps, keepdim) => vectorNorm(addNumber(sub(x1, x2, 1n), eps), p, -1, keepdim),
  {
    python: { functions: ["pairwise_distance"], methods: [] },
    samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 2, 1e-6, false]],
  },
);
