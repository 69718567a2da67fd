// Rows of a table by number, and the gradient that gathers in the rows that were taken.
import { tensorApi } from "../autograd/tensorApi";
import { indexValues, isIndexType } from "../kernels/alongDim";
import { elementsOf } from "../kernels/strided";
import { runtimeError, TorchError } from "../tensor/errors";
import { empty } from "../tensor/tensor";
import { mul } from "./arithmetic";
import { ne } from "./comparison";
import { op, using } from "./define";
import { index_select } from "./gather";
import { longs } from "./samples";
import { unsqueeze } from "./view";
import { reshape } from "./viewComposites";

const internal = { functions: [], methods: [] };
type Floats = Float32Array | Float64Array;

export const embedding = op(
  "embedding(Tensor weight, Tensor indices, int padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor",
);
export const embedding_dense_backward = op(
  "embedding_dense_backward(Tensor grad_output, Tensor indices, int num_weights, int padding_idx, bool scale_grad_by_freq) -> Tensor",
);

embedding.define({
  forward: (weight, indices) => {
    if (weight.rank !== 2) throw runtimeError("'weight' must be 2-D");
    if (!isIndexType(indices.dtype)) {
      throw runtimeError(
        "Expected tensor for argument #1 'indices' to have one of the following scalar types: Long, Int; but got " +
          `torch.${indices.dtype.scalarName}Tensor instead (while checking arguments for embedding)`,
      );
    }
    const [count, width] = weight.sizes;
    const data = elementsOf(weight) as Floats;
    const out = empty([...indices.sizes, width], weight.dtype);
    const to = out.storage.data as Floats;
    indexValues(indices).forEach((row, i) => {
      if (row < 0 || row >= count) {
        throw new TorchError("IndexError", "index out of range in self", {
          kind: "index-bounds",
          tensor: weight.id,
          index: indices.id,
        });
      }
      to.set(data.subarray(row * width, (row + 1) * width), i * width);
    });
    return out;
  },
  vjp: {
    weight: using("indices", (c) => {
      if (c.sparse) throw runtimeError("sparse gradients are not available in Gradient Inspector's engine");
      const [count] = c.weight.sizes;
      return embedding_dense_backward(c.grad, c.indices, count, c.padding_idx, c.scale_grad_by_freq);
    }),
  },
  python: { functions: ["embedding"] },
  math: { weight: "\\bar{w}_{i_k} \\mathrel{+}= \\bar{r}_k" },
  samples: (g) => [
    [g.randn(4, 3), longs([1, 3, 1, 0], [2, 2]), -1, false, false],
    [g.randn(4, 3), longs([1, 3, 1]), 2, false, false],
  ],
});

embedding_dense_backward.define({
  forward: (grad_output, indices, num_weights, padding_idx, scale_grad_by_freq) => {
    const width = grad_output.sizes[grad_output.rank - 1];
    const out = tensorApi.zeros([num_weights, width], grad_output.dtype);
    const to = out.storage.data as Floats;
    const from = elementsOf(grad_output) as Floats;
    const rows = indexValues(indices);
    const counts = new Map<number, number>();
    if (scale_grad_by_freq) for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
    rows.forEach((row, i) => {
      if (row === padding_idx) return;
      const scale = 1 / (counts.get(row) ?? 1);
      for (let k = 0; k < width; k++) to[row * width + k] += from[i * width + k] * scale;
    });
    return out;
  },
  vjp: {
    grad_output: using("indices", (c) => {
      if (c.scale_grad_by_freq) {
        throw runtimeError("double backward for embedding with scale_grad_by_freq=True is not implemented");
      }
      const width = c.grad.sizes[1];
      const rows = reshape(index_select(c.grad, 0, reshape(c.indices, [-1])), [...c.indices.sizes, width]);
      if (c.padding_idx < 0) return rows;
      return mul(rows, unsqueeze(ne(c.indices, BigInt(c.padding_idx)), -1));
    }),
  },
  python: internal,
  samples: (g) => [[g.randn(2, 2, 3), longs([1, 3, 1, 0], [2, 2]), 4, 3, false]],
});
