// softmax and log_softmax, computed in one go, and their gradients as operators of their own.
import { type Blocks, blocksOf } from "../kernels/alongDim";
import { logSoftmaxGradLines, logSoftmaxLines, softmaxGradLines, softmaxLines } from "../kernels/softmaxRows";
import { elementsAs, elementsOf } from "../kernels/strided";
import { wrapDim } from "../tensor/shape";
import { empty, type Tensor } from "../tensor/tensor";
import { mul, sub } from "./arithmetic";
import { requireFloat } from "./checks";
import { to } from "./convert";
import { composite, op, using } from "./define";
import { sumDims } from "./sums";
import { exp, neg } from "./unary";

type Floats = Float32Array | Float64Array;

export const _softmax = op("_softmax(Tensor self, int dim, bool half_to_float) -> Tensor");
export const _log_softmax = op("_log_softmax(Tensor self, int dim, bool half_to_float) -> Tensor");
export const _softmax_backward_data = op(
  "_softmax_backward_data(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype) -> Tensor",
);
export const _log_softmax_backward_data = op(
  "_log_softmax_backward_data(Tensor grad_output, Tensor output, int dim, ScalarType input_dtype) -> Tensor",
);

const internal = { functions: [], methods: [] };

function alongLines(
  name: string,
  self: Tensor,
  dim: number,
  run: (x: Floats, blocks: Blocks, out: Floats) => void,
): Tensor {
  const d = wrapDim(dim, self.rank);
  const isLast = d === Math.max(self.rank - 1, 0);
  if (self.numel > 0) requireFloat(`${name}${isLast ? "_lastdim" : ""}_kernel_impl`, self.dtype);
  const out = empty(self.sizes, self.dtype);
  run(elementsOf(self) as Floats, blocksOf(self.sizes, d), out.storage.data as Floats);
  return out;
}

function gradAlongLines(
  grad: Tensor,
  output: Tensor,
  dim: number,
  run: (g: Floats, y: Floats, blocks: Blocks, out: Floats) => void,
): Tensor {
  const out = empty(output.sizes, output.dtype);
  const blocks = blocksOf(output.sizes, wrapDim(dim, output.rank));
  run(
    elementsAs(grad, output.dtype) as Floats,
    elementsOf(output) as Floats,
    blocks,
    out.storage.data as Floats,
  );
  return out;
}

_softmax.define({
  forward: (self, dim) => alongLines("softmax", self, dim, softmaxLines),
  vjp: {
    self: using("result", ({ grad, self, dim, result }) =>
      _softmax_backward_data(grad, result, dim, self.dtype),
    ),
  },
  python: internal,
  math: { self: "\\bar{s} = r \\left(\\bar{r} - \\sum_j \\bar{r}_j r_j\\right)" },
  samples: (g) => [
    [g.randn(2, 3), 1, false],
    [g.randn(2, 3, 2), 0, false],
    [g.randn(), 0, false],
  ],
});

_softmax_backward_data.define({
  forward: (grad_output, output, dim) => gradAlongLines(grad_output, output, dim, softmaxGradLines),
  vjp: {
    grad_output: using("output", ({ grad, output, dim, input_dtype }) =>
      _softmax_backward_data(grad, output, dim, input_dtype),
    ),
    // d/dy of y·(g − Σ g·y), against u: u·g − (Σ y·g)·u − g·(Σ y·u)
    output: using("grad_output", "output", ({ grad, grad_output, output, dim }) => {
      const first = sub(
        mul(grad_output, grad),
        mul(sumDims(mul(output, grad_output), [dim], true), grad),
        1n,
      );
      return sub(first, mul(grad_output, sumDims(mul(output, grad), [dim], true)), 1n);
    }),
  },
  python: internal,
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 1, g.randn().dtype]],
});

_log_softmax.define({
  forward: (self, dim) => alongLines("log_softmax", self, dim, logSoftmaxLines),
  vjp: {
    self: using("result", ({ grad, self, dim, result }) =>
      _log_softmax_backward_data(grad, result, dim, self.dtype),
    ),
  },
  python: internal,
  math: { self: "\\bar{s} = \\bar{r} - e^{r} \\sum_j \\bar{r}_j" },
  samples: (g) => [
    [g.randn(2, 3), 1, false],
    [g.randn(2, 3, 2), 0, false],
    [g.randn(), 0, false],
  ],
});

_log_softmax_backward_data.define({
  forward: (grad_output, output, dim) => gradAlongLines(grad_output, output, dim, logSoftmaxGradLines),
  vjp: {
    grad_output: using("output", ({ grad, output, dim }) =>
      sub(grad, sumDims(mul(grad, exp(output)), [dim], true), 1n),
    ),
    output: using("grad_output", "output", ({ grad, grad_output, output, dim }) =>
      mul(mul(neg(sumDims(grad_output, [dim], true)), exp(output)), grad),
    ),
  },
  python: internal,
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), 1, g.randn().dtype]],
});

export const softmax = composite(
  "softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
  (self, dim, dtype) => _softmax(dtype ? to(self, dtype) : self, dim, false),
  { samples: (g) => [[g.randn(2, 3), -1, null]] },
);
export const log_softmax = composite(
  "log_softmax.int(Tensor self, int dim, ScalarType? dtype=None) -> Tensor",
  (self, dim, dtype) => _log_softmax(dtype ? to(self, dtype) : self, dim, false),
  { samples: (g) => [[g.randn(2, 3), -1, null]] },
);
