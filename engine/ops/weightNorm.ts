// A weight as direction and length: v · g / ‖v‖, with the norm over all dimensions but one.
import type { Tensor } from "../tensor/tensor";
import { div, mul, pow } from "./arithmetic";
import { op, using } from "./define";
import { sumDims } from "./sums";
import { once, vjpThrough, withoutHistory } from "./through";
import { sqrt } from "./unary";

const weight_norm_interface = op(
  "_weight_norm_interface(Tensor v, Tensor g, int dim=0) -> (Tensor result0, Tensor result1)",
);

function norms(v: Tensor, dim: number): Tensor {
  const others = v.sizes.map((_size, d) => d).filter((d) => d !== dim);
  return sqrt(sumDims(pow(v, 2n), others, true));
}

function twin(dim: number) {
  return (...inputs: (Tensor | null)[]): Tensor[] => {
    const [v, g] = inputs as Tensor[];
    return [mul(v, div(g, norms(v, dim)))];
  };
}

interface Context {
  grads: (Tensor | null)[];
  v: Tensor;
  g: Tensor;
  dim: number;
}

function gradients(c: Context): (Tensor | null)[] {
  return once(c, () => vjpThrough(twin(c.dim), [c.v, c.g], [c.grads[0]]));
}

weight_norm_interface.define({
  forward: (v, g, dim) =>
    withoutHistory(() => {
      const length = norms(v, dim);
      return [mul(v, div(g, length)), length];
    }),
  vjp: {
    v: using("g", "result1", "v", (c) => gradients(c)[0]),
    g: using("g", "result1", "v", (c) => gradients(c)[1]),
  },
  undifferentiable: ["result1"],
  python: { functions: [], methods: [] },
  math: { g: "\\bar{g} = \\sum \\bar{r}\\,v / \\|v\\|" },
  samples: (g) => [
    [g.randn(3, 2), g.randn(3, 1), 0],
    [g.randn(2, 3), g.randn(1, 3), 1],
  ],
});
