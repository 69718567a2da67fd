// Operators that lie beneath the layers and that people call by name now and then: dropout with its mask,
// convolution with time first, products with the orthogonal matrix that reflections make.
import { drawBernoulli } from "../kernels/distributions";
import { drawing } from "../kernels/mersenne";
import { bool, float64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { contiguousStrides } from "../tensor/shape";
import { empty, type Tensor } from "../tensor/tensor";
import { mul, sub } from "./arithmetic";
import { clone, to } from "./convert";
import { fillWith } from "./creation";
import { op, operator, using } from "./define";
import { matmul } from "./matmulComposites";
import { once, vjpThrough, withoutHistory } from "./through";
import { permute, select } from "./view";

const INTERNAL = { methods: [] };

// ---- dropout that answers its mask ----

const native_dropout = op(
  "native_dropout(Tensor input, float p, bool? train=None) -> (Tensor result0, Tensor result1)",
);
const native_dropout_backward = op(
  "native_dropout_backward(Tensor grad_output, Tensor mask, float scale) -> Tensor",
);

function scaled(tensor: Tensor, mask: Tensor, scale: number): Tensor {
  return mul(mul(tensor, to(mask, tensor.dtype)), scale);
}

native_dropout.define({
  forward: (input, p, train) => {
    const mask = empty([...input.sizes], bool);
    if (input.numel === 0 || train === false) return [clone(input, null), fillWith(mask, true)];
    const { data } = mask.storage;
    for (let i = 0; i < data.length; i++) data[i] = drawBernoulli(1 - p, drawing.generator);
    return [scaled(input, mask, p === 1 ? 0 : 1 / (1 - p)), mask];
  },
  vjp: {
    input: using("result1", ({ grad, result1, p, train }) =>
      native_dropout_backward(grad, result1, train === false || p === 1 ? 1 : 1 / (1 - p)),
    ),
  },
  undifferentiable: ["result1"],
  python: INTERNAL,
  math: { input: "\\bar{x} = \\frac{m\\,\\bar{r}}{1 - p}" },
  samples: (g) => [[g.randn(2, 3), 0.5, true]],
  gradcheck: { skip: "random" },
});
native_dropout_backward.define({
  forward: scaled,
  vjp: {
    grad_output: using("mask", ({ grad, mask, scale }) => native_dropout_backward(grad, mask, scale)),
  },
  node: "NativeDropoutBackwardBackward0",
  python: { functions: [], methods: [] },
  math: { grad_output: "\\bar{g} = c\\,m\\,\\bar{r}" },
  samples: (g) => [[g.randn(2, 3), g.booleans(2, 3), 2]],
});

// ---- convolution of (time, batch, channels) ----

const throughConv1d =
  (pad: number) =>
  (...inputs: (Tensor | null)[]): Tensor[] => {
    const [self, weight, bias] = inputs as Tensor[];
    const found = operator("conv1d").call([
      permute(self, [1, 2, 0]),
      permute(weight, [2, 1, 0]),
      bias,
      [1],
      [pad],
      [1],
      1,
    ]) as Tensor;
    return [permute(found, [2, 0, 1])];
  };

interface TbcContext {
  grad: Tensor;
  self: Tensor;
  weight: Tensor;
  bias: Tensor;
  pad: number;
}

function tbcGradients(c: TbcContext): (Tensor | null)[] {
  return once(c, () => vjpThrough(throughConv1d(c.pad), [c.self, c.weight, c.bias], [c.grad]));
}

op("conv_tbc(Tensor self, Tensor weight, Tensor bias, int pad=0) -> Tensor").define({
  forward: (self, weight, bias, pad) => {
    if (self.rank !== 3) throw runtimeError("Input must have 3 dims: time, batch, in_channel");
    if (weight.rank !== 3)
      throw runtimeError("Weight tensor must have 3 dims: kernel_width, in_channels, out_channels.");
    if (bias.rank !== 1) throw runtimeError("Bias must be 1-D");
    if (self.sizes[2] !== weight.sizes[1]) {
      throw runtimeError("Input dim 2 (input channels) is not == dim 1 in the weight tensor");
    }
    if (weight.sizes[2] !== bias.sizes[0]) {
      throw runtimeError("Bias size must equal dim 2 in the weight tensor (output channels).");
    }
    return withoutHistory(() => clone(throughConv1d(pad)(self, weight, bias)[0], 0));
  },
  vjp: {
    self: using("self", "weight", "bias", (c) => tbcGradients(c)[0]),
    weight: using("self", "weight", "bias", (c) => tbcGradients(c)[1]),
    bias: using("self", "weight", "bias", (c) => tbcGradients(c)[2]),
  },
  python: { functions: ["conv_tbc", "nn.functional.conv_tbc"], methods: [] },
  math: {
    self: "\\bar{s} = \\bar{r} \\star w",
    weight: "\\bar{w} = \\bar{r} \\star s",
    bias: "\\bar{b} = \\sum_{t, n} \\bar{r}",
  },
  samples: (g) => [[g.randn(5, 2, 3), g.randn(2, 3, 4), g.randn(4), 1]],
});

// ---- products with the orthogonal matrix of geqrf ----

/** Applies the reflections I - τ v vᵀ to the columns of `other` (or, turned round, to its rows), one by one. */
const reflect =
  (left: boolean, transpose: boolean) =>
  (...inputs: (Tensor | null)[]): Tensor[] => {
    const [self, tau, other] = inputs as Tensor[];
    const count = tau.sizes[tau.rank - 1];
    const rows = self.sizes[self.rank - 2];
    const order = Array.from({ length: count }, (_, i) => i);
    // Q = H₁ H₂ … on the left means the last reflection first.
    if (left !== transpose) order.reverse();
    let found = left ? other : mT(other);
    for (const i of order) {
      const column = select(self, -1, i);
      const v = vector(column, i, rows);
      const scale = operator("unsqueeze").call([
        operator("unsqueeze").call([select(tau, -1, i), -1]),
        -1,
      ]) as Tensor;
      found = sub(found, mul(scale, matmul(v, matmul(mT(v), found))), 1n);
    }
    return [left ? found : mT(found)];
  };

function mT(tensor: Tensor): Tensor {
  return operator("transpose.int").call([tensor, -2, -1]) as Tensor;
}

/** Zeros, a one at place i, and what a column holds below it; as a matrix of one column. */
function vector(column: Tensor, i: number, rows: number): Tensor {
  const below = empty([rows], column.dtype);
  const at = empty([rows], column.dtype);
  const [mask, one] = [below.storage.data as Float64Array, at.storage.data as Float64Array];
  for (let k = i + 1; k < rows; k++) mask[k] = 1;
  one[i] = 1;
  const full = operator("add.Tensor").call([mul(column, below), at, 1n]);
  return operator("unsqueeze").call([full, -1]) as Tensor;
}

interface OrmqrContext {
  grad: Tensor;
  self: Tensor;
  tau: Tensor;
  other: Tensor;
  left: boolean;
  transpose: boolean;
}

function ormqrGradients(c: OrmqrContext): (Tensor | null)[] {
  return once(c, () => vjpThrough(reflect(c.left, c.transpose), [c.self, c.tau, c.other], [c.grad]));
}

op("ormqr(Tensor self, Tensor input2, Tensor input3, bool left=True, bool transpose=False) -> Tensor").define(
  {
    forward: (self, tau, other, left, transpose) => {
      if (self.rank < 2) throw runtimeError("torch.ormqr: input must have at least 2 dimensions.");
      if (other.rank < 2) throw runtimeError("torch.ormqr: other must have at least 2 dimensions.");
      const dim = left ? -2 : -1;
      const side = other.sizes[other.rank + dim];
      if (side !== self.sizes[self.rank - 2]) {
        throw runtimeError(`torch.ormqr: other.shape[${dim}] must be equal to input.shape[-2]`);
      }
      if (tau.sizes[tau.rank - 1] !== Math.min(side, self.sizes[self.rank - 1])) {
        throw runtimeError(
          `torch.ormqr: tau.shape[-1] must be equal to min(other.shape[${dim}], input.shape[-1])`,
        );
      }
      return withoutHistory(() => {
        const wide = [self, tau, other].map((each) => to(each, float64));
        const found = clone(reflect(left, transpose)(...wide)[0], 0);
        const out = to(found, other.dtype);
        // Linear algebra answers matrices with their columns together.
        return columnMajor(out);
      });
    },
    vjp: {
      self: using("self", "input2", "input3", (c) => ormqrGradients(named(c))[0]),
      input2: using("self", "input2", "input3", (c) => ormqrGradients(named(c))[1]),
      input3: using("self", "input2", "input3", (c) => ormqrGradients(named(c))[2]),
    },
    math: {
      self: "\\bar{s} = J_s^{\\top}\\,\\bar{r}",
      input2: "\\bar{\\tau} = J_\\tau^{\\top}\\,\\bar{r}",
      input3: "\\bar{o} = Q^{\\top}\\,\\bar{r}",
    },
    samples: (g) => [
      [g.randn(4, 3), g.randn(3), g.randn(4, 2), true, false],
      [g.randn(4, 3), g.randn(3), g.randn(2, 4), false, true],
    ],
  },
);

function columnMajor(tensor: Tensor): Tensor {
  const turned = clone(mT(tensor), 0);
  const strides = [...contiguousStrides(turned.sizes)];
  const rank = tensor.rank;
  [strides[rank - 2], strides[rank - 1]] = [strides[rank - 1], strides[rank - 2]];
  turned.sizes = tensor.sizes;
  turned.strides = strides;
  return turned;
}

const contexts = new WeakMap<object, OrmqrContext>();

/** The node's context under the names that the mathematics has; one object for all formulas of a node that runs. */
function named(c: Omit<OrmqrContext, "tau" | "other"> & { input2: Tensor; input3: Tensor }): OrmqrContext {
  let found = contexts.get(c);
  if (found === undefined) {
    found = {
      grad: c.grad,
      self: c.self,
      tau: c.input2,
      other: c.input3,
      left: c.left,
      transpose: c.transpose,
    };
    contexts.set(c, found);
  }
  return found;
}
