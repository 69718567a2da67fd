// Copies of a tensor in which what a view would show is replaced: select_scatter, slice_scatter, diagonal_scatter.

import { tensorApi } from "../autograd/tensorApi";
import { detach } from "../autograd/views";
import { elementsAs, elementsOf, scatter } from "../kernels/strided";
import { runtimeError } from "../tensor/errors";
import { sameSizes, sizesText } from "../tensor/shape";
import { fromData, type Tensor } from "../tensor/tensor";
import { op, using } from "./define";
import { withoutHistory } from "./through";
import { as_strided, diagonal, select, slice } from "./view";

export const select_scatter = op("select_scatter(Tensor self, Tensor src, int dim, int index) -> Tensor");
export const slice_scatter = op(
  "slice_scatter(Tensor self, Tensor src, int dim=0, int? start=None, int? end=None, int step=1) -> Tensor",
);
export const diagonal_scatter = op(
  "diagonal_scatter(Tensor self, Tensor src, int offset=0, int dim1=0, int dim2=1) -> Tensor",
);

export const as_strided_scatter = op(
  "as_strided_scatter(Tensor self, Tensor src, int[] size, int[] stride, int? storage_offset=None) -> Tensor",
);

/** A copy of self with `src` where `look` looks. */
function replaced(self: Tensor, src: Tensor, look: (whole: Tensor) => Tensor): Tensor {
  const whole = fromData(elementsOf(self).slice(), self.sizes, self.dtype);
  const place = withoutHistory(() => look(detach(whole)));
  if (!sameSizes(place.sizes, src.sizes)) {
    throw runtimeError(
      `expected src to have a size equal to the slice of self. src size = ${sizesText(src.sizes)}, slice size = ` +
        sizesText(place.sizes),
    );
  }
  scatter(whole.storage.data, elementsAs(src, self.dtype), place.sizes, place.strides, place.offset);
  return whole;
}

function zerosFor(src: { sizes: readonly number[] }, grad: Tensor): Tensor {
  return tensorApi.zeros([...src.sizes], grad.dtype);
}

select_scatter.define({
  forward: (self, src, dim, index) => replaced(self, src, (whole) => select(whole, dim, index)),
  vjp: {
    self: using(({ grad, src, dim, index }) => select_scatter(grad, zerosFor(src, grad), dim, index)),
    src: using(({ grad, dim, index }) => select(grad, dim, index)),
  },
  samples: (g) => [[g.randn(2, 3), g.randn(2), 1, -1]],
});

slice_scatter.define({
  forward: (self, src, dim, start, end, step) =>
    replaced(self, src, (whole) => slice(whole, dim, start, end, step)),
  vjp: {
    self: using(({ grad, src, dim, start, end, step }) =>
      slice_scatter(grad, zerosFor(src, grad), dim, start, end, step),
    ),
    src: using(({ grad, dim, start, end, step }) => slice(grad, dim, start, end, step)),
  },
  samples: (g) => [[g.randn(4, 3), g.randn(2, 3), 0, 0, 4, 2]],
});

diagonal_scatter.define({
  forward: (self, src, offset, dim1, dim2) =>
    replaced(self, src, (whole) => diagonal(whole, offset, dim1, dim2)),
  vjp: {
    self: using(({ grad, src, offset, dim1, dim2 }) =>
      diagonal_scatter(grad, zerosFor(src, grad), offset, dim1, dim2),
    ),
    src: using(({ grad, offset, dim1, dim2 }) => diagonal(grad, offset, dim1, dim2)),
  },
  samples: (g) => [[g.randn(3, 3), g.randn(2), 1, 0, 1]],
});

as_strided_scatter.define({
  forward: (self, src, size, stride, storage_offset) =>
    replaced(self, src, (whole) => as_strided(whole, size, stride, storage_offset)),
  vjp: {
    self: using(({ grad, src, size, stride, storage_offset }) =>
      as_strided_scatter(contiguous(grad), zerosFor(src, grad), size, stride, storage_offset),
    ),
    src: using(({ grad, size, stride, storage_offset }) =>
      as_strided(contiguous(grad), size, stride, storage_offset),
    ),
  },
  samples: (g) => [[g.randn(2, 3), g.randn(2), [2], [3], 1]],
});

/** The window is one on self's elements in their order. */
function contiguous(grad: Tensor): Tensor {
  return grad.isContiguous() ? grad : tensorApi.contiguousClone(grad);
}
