import { intBinary, ternary } from "../kernels/pointwise";
import * as loops from "../kernels/ternary";
import { bool, type DType, inFloat32 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { type Scalar, type Tensor, wrappedNumber } from "../tensor/tensor";
import { div, mul, mulScalar, sub } from "./arithmetic";
import { notImplementedFor, requireFloat, typeMetaName } from "./checks";
import { fullOf } from "./creation";
import { op, using } from "./define";
import { resultType } from "./promotion";
import { fromNumber, neg } from "./unary";

function sameDtype(self: Tensor, other: Tensor, name: string): void {
  if (self.dtype !== other.dtype) {
    throw runtimeError(
      `expected dtype ${typeMetaName(self.dtype)} for \`${name}\` but got dtype ${typeMetaName(other.dtype)}`,
    );
  }
}

const lerpLoop = (dtype: DType) => (inFloat32(dtype) ? loops.lerp32 : loops.lerp);

/** For half precision with a number as weight, which PyTorch takes in float32 and does not round. */
function lerpBy(weight: number): typeof loops.lerp32 {
  const weights = Float32Array.of(weight);
  return (out, a, b, _, n, sa, sb) => loops.lerp32(out, a, b, weights, n, sa, sb, 0);
}

export const lerp = op("lerp.Scalar(Tensor self, Tensor end, Scalar weight) -> Tensor");
lerp.define({
  forward: (self, end, weight) => {
    sameDtype(self, end, "end");
    requireFloat("lerp_kernel_scalar", self.dtype);
    const loop = self.dtype.round ? lerpBy(Number(weight)) : lerpLoop(self.dtype);
    return ternary(loop, self, end, wrappedNumber(weight), self.dtype);
  },
  vjp: {
    self: using(({ grad, weight }) => mulScalar(grad, 1 - Number(weight))),
    end: using(({ grad, weight }) => mulScalar(grad, weight)),
  },
  inPlace: true,
  oneLoop: true,
  math: { self: "\\bar{s} = (1 - w)\\,\\bar{r}", end: "\\bar{e} = w\\,\\bar{r}" },
  samples: (g) => [
    [g.randn(2, 3), g.randn(3), 0.3],
    [g.randn(2, 3), g.randn(2, 3), 0.8],
  ],
});

export const lerpTensor = op("lerp.Tensor(Tensor self, Tensor end, Tensor weight) -> Tensor");
lerpTensor.define({
  forward: (self, end, weight) => {
    sameDtype(self, end, "end");
    sameDtype(self, weight, "weight");
    requireFloat("lerp_kernel_tensor", self.dtype);
    return ternary(lerpLoop(self.dtype), self, end, weight, self.dtype);
  },
  vjp: {
    self: using("weight", ({ grad, weight }) => mul(grad, fromNumber(1, weight))),
    end: using("weight", ({ grad, weight }) => mul(grad, weight)),
    weight: using("self", "end", ({ grad, self, end }) => mul(grad, sub(end, self, 1n))),
  },
  node: "LerpBackward1",
  inPlace: true,
  oneLoop: true,
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3), g.uniform(0.1, 0.9, 2, 3)]],
});

function mixed(self: Tensor, a: Tensor, b: Tensor, value: Scalar): Tensor {
  const dtype = resultType([self, a, b]);
  if (dtype === bool) throw notImplementedFor("addcmul_cpu_out", bool);
  if (dtype.kind === "float") {
    const loop = inFloat32(dtype) ? loops.addcmul32 : loops.addcmul;
    return ternary(loop, self, a, b, dtype, Number(value));
  }
  const factor = fullOf([], value, dtype);
  const product = intBinary("mul", intBinary("mul", factor, a, dtype), b, dtype);
  return intBinary("add", self, product, dtype);
}

export const addcmul = op(
  "addcmul(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
);
addcmul.define({
  forward: mixed,
  vjp: {
    self: using(({ grad }) => grad),
    tensor1: using("tensor2", ({ grad, tensor2, value }) => mul(grad, mulScalar(tensor2, value))),
    tensor2: using("tensor1", ({ grad, tensor1, value }) => mul(grad, mulScalar(tensor1, value))),
  },
  inPlace: true,
  oneLoop: true,
  math: {
    self: "\\bar{s} = \\bar{r}",
    tensor1: "\\bar{a} = v\\,b\\,\\bar{r}",
    tensor2: "\\bar{b} = v\\,a\\,\\bar{r}",
  },
  samples: (g) => [[g.randn(2, 3), g.randn(2, 1), g.randn(3), 0.5]],
});

export const addcdiv = op(
  "addcdiv(Tensor self, Tensor tensor1, Tensor tensor2, *, Scalar value=1) -> Tensor",
);
addcdiv.define({
  forward: (self, tensor1, tensor2, value) => {
    if (!tensor1.isFloat && !tensor2.isFloat) {
      throw runtimeError(INTEGER_ADDCDIV);
    }
    const dtype = resultType([self, tensor1, tensor2]);
    const loop = inFloat32(dtype) ? loops.addcdiv32 : loops.addcdiv;
    return ternary(loop, self, tensor1, tensor2, dtype, Number(value));
  },
  vjp: {
    self: using(({ grad }) => grad),
    tensor1: using("tensor2", ({ grad, tensor2, value }) =>
      mul(grad, div(fullOf(tensor2.sizes, value, tensor2.dtype), tensor2)),
    ),
    tensor2: using("tensor1", "tensor2", ({ grad, tensor1, tensor2, value }) =>
      mul(neg(grad), div(mulScalar(tensor1, value), mul(tensor2, tensor2))),
    ),
  },
  inPlace: true,
  oneLoop: true,
  math: {
    self: "\\bar{s} = \\bar{r}",
    tensor1: "\\bar{a} = \\bar{r}\\,v / b",
    tensor2: "\\bar{b} = -\\bar{r}\\,v\\,a / b^2",
  },
  samples: (g) => [[g.randn(2, 3), g.randn(2, 1), g.uniform(0.5, 2, 3), 0.5]],
});

const INTEGER_ADDCDIV =
  "Integer division with addcdiv is no longer supported, and in a future  release addcdiv will perform a true " +
  "division of tensor1 and tensor2. The historic addcdiv behavior can be implemented as (input + value * " +
  "torch.trunc(tensor1 / tensor2)).to(input.dtype) for integer inputs and as (input + value * tensor1 / tensor2) for " +
  "float inputs. The future addcdiv behavior is just the latter implementation: (input + value * tensor1 / tensor2), " +
  "for all dtypes.";
