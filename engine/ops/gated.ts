// Activations with a second part: a gate (glu), a learned slope (prelu), a random one (rrelu).
import { floatBinary, floatMapTwo, floatUnary } from "../kernels/pointwise";
import { runtimeError } from "../tensor/errors";
import { wrapDim } from "../tensor/shape";
import type { Tensor } from "../tensor/tensor";
import { sigmoid } from "./activation";
import { add, mul, sub } from "./arithmetic";
import { where } from "./choice";
import { ge } from "./comparison";
import { fullOf, zerosLike, zerosOf } from "./creation";
import { composite, op, using } from "./define";
import { cat } from "./join";
import { silently } from "./silently";
import { once } from "./through";
import { fromNumber } from "./unary";
import { narrow, reshape } from "./viewComposites";

// ---- glu: a · σ(b) for the two halves of a tensor ----

function halves(self: Tensor, dim: number): [Tensor, Tensor, number] {
  const d = wrapDim(dim, self.rank);
  const half = self.sizes[d] / 2;
  return [narrow(self, d, 0, half), narrow(self, d, half, half), d];
}

const glu_backward = op("glu_backward(Tensor grad_output, Tensor self, int dim) -> Tensor");

/** The slopes of glu for both halves: σ(b) and a σ(b) (1 - σ(b)). */
function slopes(self: Tensor, dim: number) {
  const [a, b, d] = halves(self, dim);
  const gate = sigmoid(b);
  return { a, gate, bend: mul(gate, fromNumber(1, gate)), d };
}

glu_backward.define({
  forward: (grad, self, dim) =>
    silently(() => {
      const { a, gate, bend, d } = slopes(self, dim);
      return cat([mul(grad, gate), mul(mul(grad, a), bend)], d);
    }),
  vjp: {
    grad_output: using("self", ({ grad, self, dim }) => {
      const d = wrapDim(dim, self.rank);
      const half = self.sizes.map((size, i) => (i === d ? size / 2 : size));
      const both = mul(grad, glu_backward(fullOf(half, 1n, self.dtype), self, dim));
      return add(narrow(both, d, 0, half[d]), narrow(both, d, half[d], half[d]), 1n);
    }),
    self: using("grad_output", "self", ({ grad, grad_output, self, dim }) => {
      const { a, gate, bend, d } = slopes(self, dim);
      const [forA, forB] = halves(grad, dim);
      const onA = mul(mul(forB, grad_output), bend);
      const curve = sub(mul(bend, fromNumber(1, gate)), mul(gate, bend), 1n);
      const onB = add(mul(mul(mul(forB, a), grad_output), curve), mul(mul(forA, grad_output), bend), 1n);
      return cat([onA, onB], d);
    }),
  },
  python: { functions: [], methods: [] },
  samples: (g) => [[g.randn(2, 2), g.randn(2, 4), -1]],
});

export const glu = op("glu(Tensor self, int dim=-1) -> Tensor");
glu.define({
  forward: (self, dim) => {
    if (self.rank === 0) {
      throw runtimeError("glu does not support 0-dimensional tensors");
    }
    const d = wrapDim(dim, self.rank);
    const size = self.sizes[d];
    if (size % 2 !== 0) {
      throw runtimeError(`Halving dimension must be even, but dimension ${d} is size ${size}`);
    }
    const [a, b] = silently(() => halves(self, d));
    return floatBinary("mul", a, floatUnary("sigmoid", b), self.dtype);
  },
  vjp: { self: using("self", ({ grad, self, dim }) => glu_backward(grad, self, dim)) },
  python: { functions: ["nn.functional.glu"], methods: [] },
  math: {
    self: "\\bar{a} = \\bar{r}\\,\\sigma(b),\\quad \\bar{b} = \\bar{r}\\,a\\,\\sigma(b)(1-\\sigma(b))",
  },
  samples: (g) => [
    [g.randn(2, 4), -1],
    [g.randn(4, 3), 0],
  ],
});

// ---- prelu: a learned slope below 0 ----

const prelu_backward = op(
  "_prelu_kernel_backward(Tensor grad_output, Tensor self, Tensor weight) -> (Tensor result0, Tensor result1)",
);
prelu_backward.define({
  forward: (grad, self, weight) =>
    silently(() => {
      const above = ge(self, 0n);
      return [where(above, grad, mul(grad, weight)), where(above, zerosOf([], grad.dtype), mul(self, grad))];
    }),
  vjp: {
    grad_output: using("self", "weight", ({ grads: [forSelf, forWeight], self, weight, grad_output }) => {
      const above = ge(self, 0n);
      if (!forSelf) {
        return where(above, zerosOf([], grad_output.dtype), mul(forWeight as Tensor, self));
      }
      const below = mul(forSelf, weight);
      return where(above, forSelf, forWeight ? add(below, mul(forWeight, self), 1n) : below);
    }),
    self: using("grad_output", "self", ({ grads: [, forWeight], grad_output, self }) =>
      forWeight ? where(ge(self, 0n), zerosOf([], self.dtype), mul(grad_output, forWeight)) : zerosLike(self),
    ),
    weight: using("grad_output", "self", ({ grads: [forSelf], grad_output, self, weight }) =>
      forSelf ? where(ge(self, 0n), zerosOf([], weight.dtype), mul(grad_output, forSelf)) : zerosLike(self),
    ),
  },
  node: "PreluKernelBackwardBackward0",
  python: { functions: [], methods: [] },
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), g.uniform(0.1, 0.5, 1, 3)]],
});

const preluKernel = op("_prelu_kernel(Tensor self, Tensor weight) -> Tensor");
preluKernel.define({
  forward: (self, weight) =>
    floatMapTwo(
      (out, x, w, n, sx, sw) => {
        for (let i = 0, j = 0, k = 0; i < n; i++, j += sx, k += sw) out[i] = x[j] > 0 ? x[j] : w[k] * x[j];
      },
      self,
      weight,
      self.dtype,
    ),
  vjp: {
    self: using("self", "weight", (c) => once(c, () => prelu_backward(c.grad, c.self, c.weight))[0]),
    weight: using("self", "weight", (c) => once(c, () => prelu_backward(c.grad, c.self, c.weight))[1]),
  },
  node: "PreluKernelBackward0",
  python: { functions: [], methods: [] },
  math: {
    self: "\\bar{s} = \\bar{r}\\ \\text{where}\\ s \\ge 0,\\ w\\,\\bar{r}\\ \\text{elsewhere}",
    weight: "\\bar{w} = \\sum_{s < 0} s\\,\\bar{r}",
  },
  samples: (g) => [[g.randn(2, 3), g.uniform(0.1, 0.5, 1, 3)]],
});

composite(
  "prelu(Tensor self, Tensor weight) -> Tensor",
  (self, weight) => {
    if (self.dtype !== weight.dtype) {
      throw runtimeError(
        `prelu: Type promoting not supported. Got ${self.dtype.scalarName} and ${weight.dtype.scalarName}`,
      );
    }
    const parameters = weight.numel;
    if (parameters !== 1) {
      if (self.rank === 0) throw runtimeError("Not allow zero-dim input tensor.");
      const channels = self.rank > 1 ? self.sizes[1] : 1;
      if (channels !== parameters) {
        throw runtimeError(
          "Mismatch of parameter numbers and input channel size. Found parameter numbers = " +
            `${parameters} and channel size = ${channels}.`,
        );
      }
    }
    if (weight.rank > 1) {
      throw runtimeError(
        `prelu: Expected \`weight\` to be a scalar or 1D tensor, but got: ndim = ${weight.rank}`,
      );
    }
    if (self.rank === weight.rank) return preluKernel(self, weight);
    const sizes = self.sizes.map((_, d) => (d === 1 ? parameters : 1));
    return preluKernel(self, reshape(weight, sizes));
  },
  {
    python: { functions: ["prelu", "nn.functional.prelu"], methods: ["prelu"] },
    samples: (g) => [
      [g.randn(2, 3), g.uniform(0.1, 0.5, 3)],
      [g.randn(2, 3), g.uniform(0.1, 0.5, 1)],
    ],
  },
);
