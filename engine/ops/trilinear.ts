// The form that bilinear layers are: out[b, o] = Σᵢⱼ x[b, i] · W[o, i, j] · y[b, j].
import { gemm } from "../kernels/gemm";
import { elementsOf } from "../kernels/strided";
import { runtimeError } from "../tensor/errors";
import { empty, type Tensor } from "../tensor/tensor";
import { op, using } from "./define";
import { einsum } from "./einsum";

export const _trilinear = op("_trilinear(Tensor i1, Tensor i2, Tensor i3) -> Tensor");

function compute(x: Tensor, weight: Tensor, y: Tensor): Tensor {
  const [batch, n] = x.sizes;
  const [outputs, , m] = weight.sizes;
  if (y.sizes[0] !== batch) {
    throw runtimeError(`bilinear(): input batch dimensions do not match: got ${batch} and ${y.sizes[0]}`);
  }
  const out = empty([batch, outputs], x.dtype);
  // x·W for each output, then the inner product with y.
  const left = { data: elementsOf(x), offset: 0, rowStride: n, columnStride: 1 };
  const data = elementsOf(weight);
  const other = elementsOf(y) as Float64Array;
  const rows = new Float64Array(batch * m);
  for (let o = 0; o < outputs; o++) {
    const matrix = { data, offset: o * n * m, rowStride: m, columnStride: 1 };
    gemm(batch, m, n, left, matrix, rows, 0);
    for (let b = 0; b < batch; b++) {
      let sum = 0;
      for (let j = 0; j < m; j++) sum += rows[b * m + j] * other[b * m + j];
      out.storage.data[b * outputs + o] = sum;
    }
  }
  return out;
}

_trilinear.define({
  forward: compute,
  vjp: {
    i1: using("i2", "i3", ({ grad, i2, i3 }) => einsum("bo,oij,bj->bi", [grad, i2, i3], null)),
    i2: using("i1", "i3", ({ grad, i1, i3 }) => einsum("bo,bi,bj->oij", [grad, i1, i3], null)),
    i3: using("i1", "i2", ({ grad, i1, i2 }) => einsum("bo,oij,bi->bj", [grad, i2, i1], null)),
  },
  python: { functions: [], methods: [] },
  samples: (g) => [[g.randn(2, 3), g.randn(2, 3, 4), g.randn(2, 4)]],
});
