// Elements put into another order or among zeros: flip, roll, triangles, diagonals, padding.
import { tensorApi } from "../autograd/tensorApi";
import { detach as detached } from "../autograd/views";
import { elementsAs, elementsOf, gather, scatter } from "../kernels/strided";
import { type Data, int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { wrapDim, wrapDims } from "../tensor/shape";
import { alias, empty, fromData, type Scalar, scalarTensor, type Tensor } from "../tensor/tensor";
import { composite, op, using } from "./define";
import { scatterValue } from "./gather";
import { diagonal, expand, unsqueeze } from "./view";
import { diagonal_backward } from "./viewBackward";

export const flip = op("flip(Tensor self, int[] dims) -> Tensor");
export const roll = op("roll(Tensor self, int[1] shifts, int[1] dims=[]) -> Tensor");
export const rot90 = op("rot90(Tensor self, int k=1, int[] dims=[0,1]) -> Tensor");
export const tril = op("tril(Tensor self, int diagonal=0) -> Tensor");
export const triu = op("triu(Tensor self, int diagonal=0) -> Tensor");
export const diag_embed = op("diag_embed(Tensor self, int offset=0, int dim1=-2, int dim2=-1) -> Tensor");
export const diagonal_copy = op("diagonal_copy(Tensor self, int offset=0, int dim1=0, int dim2=1) -> Tensor");
export const trace = op("trace(Tensor self) -> Tensor");
export const constant_pad_nd = op("constant_pad_nd(Tensor self, int[] pad, Scalar value=0) -> Tensor");

/** Row-major elements with `dims` read from their ends. */
function flipped(self: Tensor, dims: readonly number[]): Tensor {
  const turned = new Set(dims.length === 0 ? [] : wrapDims(dims, self.rank));
  let { offset } = self;
  const strides = self.strides.map((stride, d) => {
    if (!turned.has(d) || self.sizes.includes(0)) return stride;
    offset += (self.sizes[d] - 1) * stride;
    return -stride;
  });
  return fromData(gather(self.storage.data, self.dtype, self.sizes, strides, offset), self.sizes, self.dtype);
}

flip.define({
  forward: flipped,
  vjp: { self: using(({ grad, dims }) => flip(grad, dims)) },
  math: { self: "\\bar{s} = \\operatorname{flip}(\\bar{r})" },
  samples: (g) => [
    [g.randn(2, 3), [0, -1]],
    [g.randn(3), [0]],
  ],
});
export const fliplr = composite("fliplr(Tensor self) -> Tensor", (self) => {
  if (self.rank < 2) throw runtimeError("Input must be >= 2-d.");
  return flip(self, [1]);
});
export const flipud = composite("flipud(Tensor self) -> Tensor", (self) => {
  if (self.rank < 1) throw runtimeError("Input must be >= 1-d.");
  return flip(self, [0]);
});

function rolled(self: Tensor, shifts: readonly number[], dims: readonly number[]): Tensor {
  if (dims.length === 0 && shifts.length === 1) {
    const flat = fromData(elementsOf(self), [self.numel], self.dtype);
    return fromData(rolled(flat, shifts, [0]).storage.data, self.sizes, self.dtype);
  }
  if (shifts.length === 0) throw runtimeError("`shifts` required");
  if (shifts.length !== dims.length) {
    throw runtimeError(`shifts and dimensions must align. shifts: ${shifts.length}, dims:${dims.length}`);
  }
  let out: Tensor = fromData(elementsOf(self).slice(), self.sizes, self.dtype);
  shifts.forEach((shift, i) => {
    if (out.numel > 0) out = rolledAlong(out, shift, wrapDim(dims[i], self.rank));
  });
  return out;
}

function rolledAlong(self: Tensor, shift: number, dim: number): Tensor {
  const size = self.sizes[dim];
  const first = ((shift % size) + size) % size;
  const out = empty(self.sizes, self.dtype);
  const part = (tensor: Tensor, begin: number, length: number) =>
    alias(
      tensor,
      tensor.sizes.map((s, d) => (d === dim ? length : s)),
      tensor.strides,
      tensor.offset + begin * tensor.strides[dim],
    );
  const move = (from: number, to: number, length: number) => {
    const target = part(out, to, length);
    const source = elementsOf(part(self, from, length));
    scatter(out.storage.data, source, target.sizes, target.strides, target.offset);
  };
  move(0, first, size - first);
  move(size - first, 0, first);
  return out;
}

roll.define({
  forward: rolled,
  vjp: {
    self: using(({ grad, shifts, dims }) =>
      roll(
        grad,
        shifts.map((shift) => -shift),
        dims,
      ),
    ),
  },
  samples: (g) => [
    [g.randn(2, 3), [1], []],
    [g.randn(2, 3), [1, -1], [0, 1]],
  ],
});

rot90.define({
  forward: (self, k, dims) => {
    if (dims.length !== 2) {
      throw runtimeError(`expected total rotation dims == 2, but got dims = ${dims.length}`);
    }
    if (self.rank < 2) {
      throw runtimeError(`expected total dims >= 2, but got total dims = ${self.rank}`);
    }
    const [a, b] = dims.map((dim) => wrapDim(dim, self.rank));
    const swapped = (tensor: Tensor) => {
      const order = [...tensor.sizes.keys()];
      [order[a], order[b]] = [order[b], order[a]];
      return alias(
        tensor,
        order.map((d) => tensor.sizes[d]),
        order.map((d) => tensor.strides[d]),
        tensor.offset,
      );
    };
    switch (((k % 4) + 4) % 4) {
      case 1:
        return swapped(flipped(self, [b]));
      case 2:
        return flipped(self, [a, b]);
      case 3:
        return swapped(flipped(self, [a]));
      default:
        return flipped(self, []);
    }
  },
  vjp: { self: using(({ grad, k, dims }) => rot90(grad, -k, dims)) },
  samples: (g) => [
    [g.randn(2, 3), 1, [0, 1]],
    [g.randn(2, 3), -1, [0, 1]],
  ],
});

function triangle(name: string, self: Tensor, keep: (row: number, column: number) => boolean): Tensor {
  if (self.rank < 2) throw runtimeError(`${name}: input tensor must have at least 2 dimensions`);
  const [rows, columns] = self.sizes.slice(-2);
  const data = elementsOf(self).slice() as Float64Array;
  const zero = (self.dtype === int64 ? 0n : 0) as number;
  for (let start = 0; start < data.length; start += rows * columns) {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) if (!keep(r, c)) data[start + r * columns + c] = zero;
    }
  }
  return fromData(data, self.sizes, self.dtype);
}

tril.define({
  forward: (self, k) => triangle("tril", self, (row, column) => column - row <= k),
  vjp: { self: using(({ grad, diagonal: k }) => tril(grad, k)) },
  inPlace: true,
  overlap: "none",
  math: { self: "\\bar{s} = \\operatorname{tril}(\\bar{r})" },
  samples: (g) => [
    [g.randn(3, 3), 0],
    [g.randn(2, 3, 2), -1],
  ],
});
triu.define({
  forward: (self, k) => triangle("triu", self, (row, column) => column - row >= k),
  vjp: { self: using(({ grad, diagonal: k }) => triu(grad, k)) },
  inPlace: true,
  overlap: "none",
  math: { self: "\\bar{s} = \\operatorname{triu}(\\bar{r})" },
  samples: (g) => [
    [g.randn(3, 3), 0],
    [g.randn(2, 3, 2), 1],
  ],
});

diag_embed.define({
  forward: (self, offset, dim1, dim2) => {
    const rank = self.rank + 1;
    const a = wrapDim(dim1, rank);
    const b = wrapDim(dim2, rank);
    if (a === b) throw runtimeError(`diagonal dimensions cannot be identical ${dim1}, ${dim2}`);
    const length = self.sizes[self.rank - 1];
    const side = length + Math.abs(offset);
    const rest = self.sizes.slice(0, -1);
    const sizes = Array.from({ length: rank }, (_, d) =>
      d === a || d === b ? side : (rest.shift() as number),
    );
    const out = empty(sizes, self.dtype);
    const steps = out.strides.filter((_, d) => d !== a && d !== b);
    const begin = offset >= 0 ? offset * out.strides[b] : -offset * out.strides[a];
    scatter(
      out.storage.data,
      elementsOf(self),
      self.sizes,
      [...steps, out.strides[a] + out.strides[b]],
      begin,
    );
    return out;
  },
  vjp: {
    self: using(({ grad, offset, dim1, dim2 }) => diagonal(grad, offset, dim1, dim2)),
  },
  samples: (g) => [
    [g.randn(3), 0, -2, -1],
    [g.randn(2, 3), 1, 0, 2],
  ],
});

diagonal_copy.define({
  forward: (self, offset, dim1, dim2) => {
    const window = diagonal(detached(self), offset, dim1, dim2);
    return fromData(elementsOf(window).slice(), window.sizes, self.dtype);
  },
  vjp: {
    self: using(({ grad, self, offset, dim1, dim2 }) =>
      diagonal_backward(grad, self.sizes, offset, dim1, dim2),
    ),
  },
  node: "DiagonalBackward0_copy",
  python: { methods: [] },
  samples: (g) => [[g.randn(3, 3), 0, 0, 1]],
});

/** A matrix's diagonal, or the matrix with this diagonal. */
export const diag = composite(
  "diag(Tensor self, int diagonal=0) -> Tensor",
  (self, offset) => {
    if (self.rank === 1) return diag_embed(self, offset, 0, 1);
    if (self.rank === 2) return diagonal_copy(self, offset, 0, 1);
    throw runtimeError(`diag(): Supports 1D or 2D tensors. Got ${self.rank}D`);
  },
  {
    samples: (g) => [
      [g.randn(3), 1],
      [g.randn(3, 4), -1],
    ],
  },
);

trace.define({
  forward: (self) => {
    if (self.rank !== 2) throw runtimeError(`trace: expected a matrix, but got tensor with dim ${self.rank}`);
    const line = diagonal(detached(self), 0, 0, 1);
    if (self.dtype.kind !== "float") {
      let total = 0n;
      for (const value of elementsAs(line, int64) as BigInt64Array) total += value;
      return scalarTensor(total, int64);
    }
    let total = 0;
    for (const value of elementsOf(line)) total += Number(value);
    return scalarTensor(total, self.dtype);
  },
  vjp: {
    self: using(({ grad, self }) =>
      diagonal_backward(expand(grad, [Math.min(...self.sizes)], false), self.sizes, 0, 0, 1),
    ),
  },
  math: { self: "\\bar{s} = \\bar{r}\\,I" },
  samples: (g) => [[g.randn(3, 3)], [g.randn(2, 3)]],
});

constant_pad_nd.define({
  forward: (self, pad, value) => {
    if (pad.length % 2 !== 0)
      throw runtimeError(`Length of pad must be even but instead it equals ${pad.length}`);
    if (pad.length > 2 * self.rank) {
      // The missing spaces are PyTorch's.
      throw runtimeError(
        `Length of pad should be no more than twice the number of dimensions of the input. Pad length is ${pad.length}while the input has ${self.rank}dimensions.`,
      );
    }
    // The last dimension's pair comes first.
    const before = self.sizes.map((_, d) => pad[2 * (self.rank - 1 - d)] ?? 0);
    const behind = self.sizes.map((_, d) => pad[2 * (self.rank - 1 - d) + 1] ?? 0);
    const sizes = self.sizes.map((size, d) => size + before[d] + behind[d]);
    // What is cut off is narrowed away first.
    self.sizes.forEach((size, d) => {
      if (size + Math.min(before[d], 0) + Math.min(behind[d], 0) < 0) {
        throw runtimeError("narrow(): length must be non-negative.");
      }
    });
    const out = empty(sizes, self.dtype);
    fillWith(out.storage.data, value, self);
    const from = before.map((n) => Math.max(-n, 0));
    const to = before.map((n) => Math.max(n, 0));
    const common = self.sizes.map((size, d) => size - from[d] - Math.max(-behind[d], 0));
    if (common.some((size) => size <= 0)) return out;
    const start = (places: number[], strides: readonly number[]) =>
      places.reduce((sum, place, d) => sum + place * strides[d], 0);
    const source = alias(self, common, self.strides, self.offset + start(from, self.strides));
    scatter(out.storage.data, elementsOf(source), common, out.strides, start(to, out.strides));
    return out;
  },
  vjp: {
    self: using(({ grad, pad }) =>
      constant_pad_nd(
        grad,
        pad.map((n) => -n),
        0n,
      ),
    ),
  },
  python: { methods: [] },
  samples: (g) => [
    [g.randn(2, 3), [1, 2], 0n],
    [g.randn(2, 3), [-1, 1, 0, 2], 1.5],
  ],
});

function fillWith(data: Data, value: Scalar, like: Tensor): void {
  const [one] = scalarTensor(
    like.dtype === int64 && typeof value === "number" ? Math.trunc(value) : value,
    like.dtype,
  ).storage.data as Float64Array;
  (data as Float64Array).fill(one);
}

/** `torch.nn.functional.one_hot`. */
export const one_hot = composite(
  "one_hot(Tensor self, int num_classes=-1) -> Tensor",
  (self, num_classes) => {
    if (self.dtype !== int64) {
      throw runtimeError("one_hot is only applicable to index tensor of type LongTensor.");
    }
    const values = Array.from(elementsOf(self), Number);
    if (values.length === 0 && num_classes <= 0) {
      throw runtimeError("Can not infer total number of classes from empty tensor.");
    }
    if (values.some((value) => value < 0)) throw runtimeError("Class values must be non-negative.");
    const highest = values.reduce((a, b) => Math.max(a, b), -1);
    const classes = num_classes === -1 ? highest + 1 : num_classes;
    if (classes < 1) throw runtimeError("num_classes should be positive");
    if (highest >= classes) throw runtimeError("Class values must be smaller than num_classes.");
    const zeros = tensorApi.zeros([...self.sizes, classes], int64);
    return scatterValue(zeros, -1, unsqueeze(self, -1), 1n);
  },
  { python: { functions: ["nn.functional.one_hot"], methods: [] } },
);
