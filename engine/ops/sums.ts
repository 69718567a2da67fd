// Operators that formulas call by their key.
import { detach } from "../autograd/views";
import { unrecorded } from "../record/hook";
import { type Tensor, wrappedNumber } from "../tensor/tensor";
import { op, operator, using } from "./define";

export function sumDims(self: Tensor, dims: readonly number[], keepdim = false): Tensor {
  return operator("sum.dim_IntList").call([self, dims, keepdim, null]) as Tensor;
}
export function sumAll(self: Tensor): Tensor {
  return operator("sum").call([self, null]) as Tensor;
}
export function meanAll(self: Tensor): Tensor {
  return operator("mean").call([self, null]) as Tensor;
}
export function meanDims(self: Tensor, dims: readonly number[], keepdim = false): Tensor {
  return operator("mean.dim").call([self, dims, keepdim, null]) as Tensor;
}
export function sigmoid(self: Tensor): Tensor {
  return operator("sigmoid").call([self]) as Tensor;
}
export function log_sigmoid(self: Tensor): Tensor {
  return operator("log_sigmoid").call([self]) as Tensor;
}
export function xlogy(self: Tensor, other: Tensor): Tensor {
  return operator("xlogy.Tensor").call([self, other]) as Tensor;
}

/** `tensor * number` of C++ code: the same as mul, with the node of ATen's mul.Scalar. */
export const mulNumber = op("mul.Number(Tensor self, Scalar other) -> Tensor");
mulNumber.define({
  forward: (self, other) =>
    unrecorded(() => operator("mul.Tensor").call([detach(self), wrappedNumber(other)]) as Tensor),
  vjp: { self: using(({ grad, other }) => mulNumber(grad, other)) },
  node: "MulBackward1",
  python: { functions: [], methods: [] },
  samples: (g) => [[g.randn(2), 2.5]],
});

/** The same for division. */
export const divNumber = op("div.Number(Tensor self, Scalar other) -> Tensor");
divNumber.define({
  forward: (self, other) =>
    unrecorded(() => operator("div.Tensor").call([detach(self), wrappedNumber(other)]) as Tensor),
  vjp: { self: using(({ grad, other }) => divNumber(grad, other)) },
  node: "DivBackward1",
  python: { functions: [], methods: [] },
  samples: (g) => [[g.randn(2), 2.5]],
});

/** The same for a sum. */
export const addNumber = op("add.Number(Tensor self, Scalar other) -> Tensor");
addNumber.define({
  forward: (self, other) =>
    unrecorded(() => operator("add.Tensor").call([detach(self), wrappedNumber(other), 1n]) as Tensor),
  vjp: { self: using(({ grad }) => grad) },
  node: "AddBackward1",
  python: { functions: [], methods: [] },
  samples: (g) => [[g.randn(2), 2.5]],
});
