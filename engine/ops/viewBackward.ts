// Gradients of views that are not views themselves: a gradient of the small window put back into zeros
// of the whole. Each is linear, an operator of its own, so that it can be differentiated again.
import { tensorApi } from "../autograd/tensorApi";
import { elementsOf, gather, scatter } from "../kernels/strided";
import { addInto } from "../kernels/strideTransfer";
import type { DType } from "../tensor/dtype";
import { numel, type Sizes, wrapDim } from "../tensor/shape";
import { alias, empty, fromData, type Tensor } from "../tensor/tensor";
import { op, using } from "./define";
import { cat, stack } from "./join";
import { diagonal, select, slice, unfold } from "./view";

const internal = { functions: [], methods: [] };

export const select_backward = op(
  "select_backward(Tensor grad_output, int[] input_sizes, int dim, int index) -> Tensor",
);
export const slice_backward = op(
  "slice_backward(Tensor grad_output, int[] input_sizes, int dim, int start, int end, int step) -> Tensor",
);
export const diagonal_backward = op(
  "diagonal_backward(Tensor grad_output, int[] input_sizes, int offset, int dim1, int dim2) -> Tensor",
);
export const unfold_backward = op(
  "unfold_backward(Tensor grad_in, int[] input_sizes, int dim, int size, int step) -> Tensor",
);
/**
 * The gradient of as_strided, between the geometry of its input and of its result, both windows on one
 * memory. `adjoint` turns the direction round: a gradient of the input's geometry becomes the result's.
 */
export const as_strided_backward = op(
  "as_strided_backward(Tensor grad, int[] input_sizes, int[] input_strides, int input_offset, int[] size, int[] stride, int storage_offset, bool adjoint) -> Tensor",
);

/** Zeros of `sizes` with `part` written where `choose` looks. */
function placed(part: Tensor, sizes: Sizes, choose: (whole: Tensor) => Tensor): Tensor {
  const whole = empty(sizes, part.dtype);
  const place = choose(whole);
  scatter(whole.storage.data, elementsOf(part), place.sizes, place.strides, place.offset);
  return whole;
}

select_backward.define({
  forward: (grad_output, input_sizes, dim, index) =>
    placed(grad_output, input_sizes, (whole) => {
      const d = wrapDim(dim, input_sizes.length);
      const at = index < 0 ? index + input_sizes[d] : index;
      return alias(
        whole,
        whole.sizes.filter((_, i) => i !== d),
        whole.strides.filter((_, i) => i !== d),
        at * whole.strides[d],
      );
    }),
  vjp: { grad_output: using(({ grad, dim, index }) => select(grad, dim, index)) },
  python: internal,
  samples: (g) => [[g.randn(2), [2, 3], 1, -1]],
});

slice_backward.define({
  forward: (grad_output, input_sizes, dim, start, _end, step) =>
    placed(grad_output, input_sizes, (whole) => {
      const d = wrapDim(dim, input_sizes.length);
      const size = input_sizes[d];
      const first = Math.min(Math.max(start < 0 ? start + size : start, 0), size);
      const strides = whole.strides.map((stride, i) => (i === d ? stride * step : stride));
      return alias(whole, grad_output.sizes, strides, first * whole.strides[d]);
    }),
  vjp: { grad_output: using(({ grad, dim, start, end, step }) => slice(grad, dim, start, end, step)) },
  python: internal,
  samples: (g) => [[g.randn(2, 3), [5, 3], 0, 1, 4, 2]],
});

diagonal_backward.define({
  forward: (grad_output, input_sizes, offset, dim1, dim2) =>
    placed(grad_output, input_sizes, (whole) => {
      const a = wrapDim(dim1, input_sizes.length);
      const b = wrapDim(dim2, input_sizes.length);
      const rest = whole.strides.filter((_, d) => d !== a && d !== b);
      const begin = offset >= 0 ? offset * whole.strides[b] : -offset * whole.strides[a];
      const strides = [...rest, whole.strides[a] + whole.strides[b]];
      return alias(whole, grad_output.sizes, strides, grad_output.numel > 0 ? begin : 0);
    }),
  vjp: { grad_output: using(({ grad, offset, dim1, dim2 }) => diagonal(grad, offset, dim1, dim2)) },
  python: internal,
  samples: (g) => [[g.randn(3), [3, 4], 1, 0, 1]],
});

unfold_backward.define({
  // Windows may overlap, so what belongs to one element is added up.
  forward: (grad_in, input_sizes, dim, _size, step) => {
    const whole = empty(input_sizes, grad_in.dtype);
    const d = wrapDim(dim, input_sizes.length);
    const { strides } = whole;
    const steps =
      input_sizes.length === 0 ? [1] : [...strides.map((s, i) => (i === d ? s * step : s)), strides[d]];
    addInto(whole.storage.data, elementsOf(grad_in), grad_in.sizes, steps, 0);
    return whole;
  },
  vjp: { grad_in: using(({ grad, dim, size, step }) => unfold(grad, dim, size, step)) },
  python: internal,
  samples: (g) => [[g.randn(3, 3), [5], 0, 3, 1]],
});

as_strided_backward.define({
  // Through a copy of the memory: add there what the gradient's elements belong to, share it among the
  // input's elements that lie on one place, and read it as the other geometry.
  forward: (grad, input_sizes, input_strides, input_offset, size, stride, storage_offset, adjoint) => {
    const input = { sizes: input_sizes, strides: input_strides, offset: input_offset };
    const result = { sizes: size, strides: stride, offset: storage_offset };
    const [from, to] = adjoint ? [input, result] : [result, input];
    const base = Math.min(from.offset, to.offset);
    const memory = grad.dtype.allocate(Math.max(reach(from), reach(to)) - base);
    addInto(memory, elementsOf(grad), from.sizes, from.strides, from.offset - base);
    shareAmong(memory, input, base);
    return fromData(
      gather(memory, grad.dtype, to.sizes, to.strides, to.offset - base),
      [...to.sizes],
      grad.dtype,
    );
  },
  vjp: {
    grad: using((c) =>
      as_strided_backward(
        c.grad,
        c.input_sizes,
        c.input_strides,
        c.input_offset,
        c.size,
        c.stride,
        c.storage_offset,
        !c.adjoint,
      ),
    ),
  },
  python: internal,
  samples: (g) => [[g.randn(3, 3), [5], [1], 0, [3, 3], [1, 1], 0, false]],
});

interface Geometry {
  sizes: Sizes;
  strides: Sizes;
  offset: number;
}

function reach({ sizes, strides, offset }: Geometry): number {
  if (numel(sizes) === 0) return offset;
  return sizes.reduce((end, size, d) => end + (size - 1) * strides[d], offset + 1);
}

function shareAmong(memory: ReturnType<DType["allocate"]>, input: Geometry, base: number): void {
  if (!input.sizes.some((size, d) => size > 1 && input.strides[d] < overlapBound(input, d))) return;
  const count = new Float64Array(memory.length);
  const ones = new Float64Array(numel(input.sizes)).fill(1);
  addInto(count, ones, input.sizes, input.strides, input.offset - base);
  const numbers = memory as Float64Array;
  for (let i = 0; i < count.length; i++) if (count[i] > 1) numbers[i] /= count[i];
}

/** A stride below this may lead one dimension into places of the dimensions with smaller strides. */
function overlapBound({ sizes, strides }: Geometry, d: number): number {
  let bound = 1;
  for (let i = 0; i < sizes.length; i++) {
    const isInner = strides[i] < strides[d] || (strides[i] === strides[d] && i > d);
    if (i !== d && sizes[i] > 1 && isInner) bound += (sizes[i] - 1) * strides[i];
  }
  return bound;
}

/** The gradients of parts that lay one after another along `dim`; zeros where none arrived. */
export function joinParts(
  grads: readonly (Tensor | null)[],
  sizes: Sizes,
  lengths: readonly number[],
  dim: number,
  dtype: DType,
): Tensor {
  const parts = grads.map(
    (grad, i) =>
      grad ??
      tensorApi.zeros(
        sizes.map((size, d) => (d === dim ? lengths[i] : size)),
        dtype,
      ),
  );
  return cat(parts, dim);
}

export function stackParts(
  grads: readonly (Tensor | null)[],
  part: Sizes,
  dim: number,
  dtype: DType,
): Tensor {
  return stack(
    grads.map((grad) => grad ?? tensorApi.zeros([...part], dtype)),
    dim,
  );
}
