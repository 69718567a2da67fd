// Products of matrices and vectors that have nodes of their own. How `@`, linear and einsum are put
// together from them is in matmulComposites.ts and einsum.ts.
import { callbacks } from "../autograd/callbacks";
import { gemm, type MatrixView } from "../kernels/gemm";
import { elementsAs, elementsBroadcast } from "../kernels/strided";
import { wasm } from "../kernels/wasm/module";
import { productPlus } from "../kernels/wasm/product";
import { bool, type DType, float32 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { isExpandableTo, type Sizes, sizesText } from "../tensor/shape";
import { empty, type Scalar, type Tensor } from "../tensor/tensor";
import { expandGeometry } from "../tensor/viewShape";
import { maybeMultiply, mul } from "./arithmetic";
import { notImplementedFor } from "./checks";
import { composite, op, using } from "./define";
import { expand, flipped, t, transpose, unsqueeze } from "./view";
import { reshape } from "./viewComposites";

export const mm = op("mm(Tensor self, Tensor mat2) -> Tensor");
export const mv = op("mv(Tensor self, Tensor vec) -> Tensor");
export const dot = op("dot(Tensor self, Tensor tensor) -> Tensor");
export const vdot = op("vdot(Tensor self, Tensor other) -> Tensor");
export const bmm = op("bmm(Tensor self, Tensor mat2) -> Tensor");
export const addmm = op(
  "addmm(Tensor self, Tensor mat1, Tensor mat2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
);
export const addmv = op(
  "addmv(Tensor self, Tensor mat, Tensor vec, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
);
export const baddbmm = op(
  "baddbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
);
export const addbmm = op(
  "addbmm(Tensor self, Tensor batch1, Tensor batch2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
);
export const addr = op(
  "addr(Tensor self, Tensor vec1, Tensor vec2, *, Scalar beta=1, Scalar alpha=1) -> Tensor",
);

// ---- computing ----

function matrixView(tensor: Tensor, row: number, column: number, offset = tensor.offset): MatrixView {
  return {
    data: tensor.storage.data,
    offset,
    rowStride: row < 0 ? 0 : tensor.strides[row],
    columnStride: column < 0 ? 0 : tensor.strides[column],
  };
}

const pause = () => callbacks.checkInterrupt();

function product(a: Tensor, b: Tensor): Tensor {
  const [m, k] = a.sizes;
  const out = empty([m, b.sizes[1]], a.dtype);
  gemm(m, b.sizes[1], k, matrixView(a, 0, 1), matrixView(b, 0, 1), out.storage.data, 0, pause);
  return out;
}

function batchProduct(a: Tensor, b: Tensor): Tensor {
  const [batch, m, k] = a.sizes;
  const n = b.sizes[2];
  const out = empty([batch, m, n], a.dtype);
  for (let i = 0; i < batch; i++) {
    const left = matrixView(a, 1, 2, a.offset + i * a.strides[0]);
    const right = matrixView(b, 1, 2, b.offset + i * b.strides[0]);
    gemm(m, n, k, left, right, out.storage.data, i * m * n, pause);
  }
  return out;
}

function vectorProduct(mat: Tensor, vec: Tensor): Tensor {
  const [m, k] = mat.sizes;
  const out = empty([m], mat.dtype);
  gemm(m, 1, k, matrixView(mat, 0, 1), matrixView(vec, 0, -1), out.storage.data, 0, pause);
  return out;
}

function innerProduct(a: Tensor, b: Tensor): Tensor {
  const out = empty([], a.dtype);
  gemm(1, 1, a.sizes[0], matrixView(a, -1, 0), matrixView(b, 0, -1), out.storage.data, 0, pause);
  return out;
}

/** A float vector that is to be added to every row of a product as it is. */
function isBias(self: Tensor, n: number, dtype: DType, beta: Scalar, alpha: Scalar): boolean {
  const plain = self.rank === 1 && self.sizes[0] === n && self.strides[0] === 1;
  return plain && dtype.kind === "float" && self.dtype === dtype && Number(beta) === 1 && Number(alpha) === 1;
}

/** The commonest case, without reading the vector row by row through strides. */
function addBias(self: Tensor, out: Tensor, beta: Scalar, alpha: Scalar): boolean {
  const [m, n] = out.sizes;
  if (out.rank !== 2 || !isBias(self, n, out.dtype, beta, alpha)) return false;
  const sums = out.storage.data as Float64Array;
  const bias = self.storage.data as Float64Array;
  for (let i = 0, at = 0; i < m; i++) {
    for (let j = 0, from = self.offset; j < n; j++, at++, from++) sums[at] += bias[from];
  }
  return true;
}

/** From this many multiplications on, reading the product again to add something to it is worth avoiding. */
const LARGE = 4096;

/** a·b + bias in one go; null where that is not faster, or not the same. */
function productPlusBias(self: Tensor, a: Tensor, b: Tensor, beta: Scalar, alpha: Scalar): Tensor | null {
  const [m, k] = a.sizes;
  const n = b.sizes[1];
  const large = wasm.used && a.dtype === float32 && m > 1 && n > 1 && m * n * k > LARGE;
  if (!large || !isBias(self, n, a.dtype, beta, alpha)) return null;
  const out = empty([m, n], a.dtype);
  const { storage, offset } = self;
  const data = storage.data as Float32Array;
  const bias = data.length === n ? data : data.subarray(offset, offset + n);
  const sums = out.storage.data as Float32Array;
  return productPlus(m, n, k, matrixView(a, 0, 1), matrixView(b, 0, 1), bias, sums) ? out : null;
}

/** beta·self + alpha·product, self broadcast. With beta 0, self is not read at all (it may be NaN). */
function addScaled(self: Tensor, out: Tensor, beta: Scalar, alpha: Scalar): Tensor {
  const data = out.storage.data;
  const isBeta = Number(beta) !== 0;
  // The text of expand, which PyTorch calls here.
  if (!isExpandableTo(self.sizes, out.sizes)) {
    expandGeometry(self.sizes, self.strides, out.sizes, self.dtype);
  }
  if (isBeta && addBias(self, out, beta, alpha)) return out;
  const added = isBeta ? elementsBroadcast(self, out.sizes) : null;
  if (out.dtype.kind !== "float") {
    const [a, b] = [BigInt(Math.trunc(Number(alpha))), BigInt(Math.trunc(Number(beta)))];
    const sums = data as unknown as (number | bigint)[];
    for (let i = 0; i < data.length; i++) {
      const sum = a * BigInt(data[i]) + (added ? b * BigInt(added[i]) : 0n);
      sums[i] = typeof data[i] === "bigint" ? BigInt.asIntN(64, sum) : Number(BigInt.asIntN(32, sum));
    }
    return out;
  }
  const a = Number(alpha);
  const b = Number(beta);
  const numbers = data as Float64Array;
  const before = added as Float64Array | null;
  for (let i = 0; i < numbers.length; i++) numbers[i] = a * numbers[i] + (before ? b * before[i] : 0);
  return out;
}

// ---- checking ----

const CPP_NAMES: Record<string, string> = {
  float16: "c10::Half",
  bfloat16: "c10::BFloat16",
  float32: "float",
  float64: "double",
  int64: "long int",
  int32: "int",
  int16: "short int",
  int8: "signed char",
  uint8: "unsigned char",
  bool: "bool",
};

function checkProduct(a: Tensor, b: Tensor): void {
  if (a.sizes[1] === b.sizes[0]) return;
  throw runtimeError(
    `mat1 and mat2 shapes cannot be multiplied (${a.sizes.join("x")} and ${b.sizes.join("x")})`,
    { kind: "matmul-shape", mat1: a.id, mat2: b.id },
  );
}

function refuseBool(kernel: string, dtype: DType): void {
  if (dtype === bool) throw notImplementedFor(kernel, dtype);
}

/** A matrix that lies in memory column by column gets a gradient that does so too. */
function isColumnMajor({ sizes, strides }: Pick<Tensor, "sizes" | "strides">): boolean {
  return strides[0] === 1 && strides[1] === sizes[0];
}

function gradientOfLeft(grad: Tensor, left: Pick<Tensor, "sizes" | "strides">, right: Tensor): Tensor {
  return isColumnMajor(left) ? flipped(mm(right, flipped(grad))) : mm(grad, flipped(right));
}

function gradientOfRight(grad: Tensor, left: Tensor, right: Pick<Tensor, "sizes" | "strides">): Tensor {
  return isColumnMajor(right) ? flipped(mm(flipped(grad), left)) : mm(flipped(left), grad);
}

mm.define({
  forward: (self, mat2) => {
    if (self.rank !== 2) throw runtimeError("self must be a matrix");
    if (mat2.rank !== 2) throw runtimeError("mat2 must be a matrix");
    checkProduct(self, mat2);
    if (self.dtype !== mat2.dtype) {
      throw runtimeError(
        "expected m1 and m2 to have the same dtype, but got: " +
          `${CPP_NAMES[self.dtype.name]} != ${CPP_NAMES[mat2.dtype.name]}`,
        { kind: "matmul-dtype", mat1: self.id, mat2: mat2.id },
      );
    }
    refuseBool("addmm_impl_cpu_", self.dtype);
    return product(self, mat2);
  },
  vjp: {
    self: using("mat2", ({ grad, self, mat2 }) => gradientOfLeft(grad, self, mat2)),
    mat2: using("self", ({ grad, self, mat2 }) => gradientOfRight(grad, self, mat2)),
  },
  math: { self: "\\bar{s} = \\bar{r}\\,m_2^{\\top}", mat2: "\\bar{m}_2 = s^{\\top}\\,\\bar{r}" },
  samples: (g) => [[g.randn(2, 3), g.randn(3, 4)]],
});

function checkMatrixVector(self: Sizes, mat: Tensor, vec: Tensor): void {
  if (mat.rank !== 2 || vec.rank !== 1 || self.length > 1) {
    throw runtimeError(`vector + matrix @ vector expected, got ${self.length}, ${mat.rank}, ${vec.rank}`);
  }
  const count = self.length === 0 ? 1 : self[0];
  if (mat.sizes[1] !== vec.sizes[0] || (mat.sizes[0] !== count && count !== 1)) {
    throw runtimeError(
      `size mismatch, got input (${count}), mat (${mat.sizes.join("x")}), vec (${vec.sizes[0]})`,
      { kind: "matmul-shape", mat1: mat.id, mat2: vec.id },
    );
  }
}

function checkSameTypes(self: DType, mat: Tensor, vec: Tensor): void {
  if (self === mat.dtype && mat.dtype === vec.dtype) return;
  throw runtimeError(
    "addmv input tensors must have the same dtype, but got " +
      `${self.scalarName}, ${mat.dtype.scalarName}, and ${vec.dtype.scalarName}`,
    { kind: "matmul-dtype", mat1: mat.id, mat2: vec.id },
  );
}

mv.define({
  forward: (self, vec) => {
    checkMatrixVector([self.sizes[0] ?? 1], self, vec);
    checkSameTypes(vec.dtype, self, vec);
    refuseBool("addmv_impl_cpu", self.dtype);
    return vectorProduct(self, vec);
  },
  vjp: {
    self: using("vec", ({ grad, vec }) => outer(grad, vec)),
    vec: using("self", ({ grad, self }) => mv(t(self), grad)),
  },
  math: { self: "\\bar{s} = \\bar{r}\\,v^{\\top}", vec: "\\bar{v} = s^{\\top}\\,\\bar{r}" },
  samples: (g) => [[g.randn(2, 3), g.randn(3)]],
});

function checkDot(name: string, self: Tensor, other: Tensor): void {
  if (self.rank !== 1 || other.rank !== 1) {
    throw runtimeError(`1D tensors expected, but got ${self.rank}D and ${other.rank}D tensors`);
  }
  if (self.dtype !== other.dtype) {
    throw runtimeError(
      "dot : expected both vectors to have same dtype, but found " +
        `${self.dtype.scalarName} and ${other.dtype.scalarName}`,
    );
  }
  if (self.sizes[0] !== other.sizes[0]) {
    throw runtimeError(
      `inconsistent tensor size, expected tensor ${sizesText(self.sizes)} and src ${sizesText(other.sizes)} to have ` +
        `the same number of elements, but got ${self.sizes[0]} and ${other.sizes[0]} elements respectively`,
    );
  }
  refuseBool(name, self.dtype);
}

dot.define({
  forward: (self, tensor) => {
    checkDot("dot", self, tensor);
    return innerProduct(self, tensor);
  },
  vjp: {
    self: using("tensor", ({ grad, tensor }) => mul(grad, tensor)),
    tensor: using("self", ({ grad, self }) => mul(grad, self)),
  },
  math: { self: "\\bar{s} = \\bar{r}\\,t", tensor: "\\bar{t} = \\bar{r}\\,s" },
  samples: (g) => [[g.randn(3), g.randn(3)]],
});

vdot.define({
  forward: (self, other) => {
    checkDot("vdot", self, other);
    return innerProduct(self, other);
  },
  vjp: {
    self: using("other", ({ grad, other }) => mul(grad, other)),
    other: using("self", ({ grad, self }) => mul(grad, self)),
  },
  math: { self: "\\bar{s} = \\bar{r}\\,o", other: "\\bar{o} = \\bar{r}\\,s" },
  samples: (g) => [[g.randn(3), g.randn(3)]],
});

function checkBatches(a: Tensor, b: Tensor): void {
  if (a.rank !== 3) throw runtimeError("batch1 must be a 3D tensor");
  if (b.rank !== 3) throw runtimeError("batch2 must be a 3D tensor");
  if (b.sizes[0] !== a.sizes[0] || b.sizes[1] !== a.sizes[2]) {
    throw runtimeError(
      "Expected size for first two dimensions of batch2 tensor to be: " +
        `[${a.sizes[0]}, ${a.sizes[2]}] but got: [${b.sizes[0]}, ${b.sizes[1]}].`,
      { kind: "matmul-shape", mat1: a.id, mat2: b.id },
    );
  }
  if (a.dtype !== b.dtype) {
    throw runtimeError(`expected scalar type ${a.dtype.scalarName} but found ${b.dtype.scalarName}`, {
      kind: "matmul-dtype",
      mat1: a.id,
      mat2: b.id,
    });
  }
}

bmm.define({
  forward: (self, mat2) => {
    checkBatches(self, mat2);
    refuseBool("bmm", self.dtype);
    return batchProduct(self, mat2);
  },
  vjp: {
    self: using("mat2", ({ grad, mat2 }) => bmm(grad, transpose(mat2, 1, 2))),
    mat2: using("self", ({ grad, self }) => bmm(transpose(self, 1, 2), grad)),
  },
  math: { self: "\\bar{s} = \\bar{r}\\,m_2^{\\top}", mat2: "\\bar{m}_2 = s^{\\top}\\,\\bar{r}" },
  samples: (g) => [[g.randn(2, 2, 3), g.randn(2, 3, 2)]],
});

// ---- with something added ----

addmm.define({
  forward: (self, mat1, mat2, beta, alpha) => {
    const types = (name: string, a: Tensor, b: Tensor) => {
      if (a.dtype === b.dtype) return;
      throw runtimeError(
        `${name} must have the same dtype, but got ${a.dtype.scalarName} and ${b.dtype.scalarName}`,
      );
    };
    types("self and mat2", self, mat2);
    types("mat1 and mat2", mat1, mat2);
    if (mat1.rank !== 2) throw runtimeError(`mat1 must be a matrix, got ${mat1.rank}-D tensor`);
    if (mat2.rank !== 2) throw runtimeError(`mat2 must be a matrix, got ${mat2.rank}-D tensor`);
    checkProduct(mat1, mat2);
    refuseBool("addmm_impl_cpu_", self.dtype);
    return (
      productPlusBias(self, mat1, mat2, beta, alpha) ?? addScaled(self, product(mat1, mat2), beta, alpha)
    );
  },
  vjp: {
    self: using(({ grad, beta }) => maybeMultiply(grad, beta)),
    mat1: using("mat2", ({ grad, mat1, mat2, alpha }) =>
      maybeMultiply(gradientOfLeft(grad, mat1, mat2), alpha),
    ),
    mat2: using("mat1", ({ grad, mat1, mat2, alpha }) =>
      maybeMultiply(gradientOfRight(grad, mat1, mat2), alpha),
    ),
  },
  inPlace: true,
  overlap: "none",
  math: {
    self: "\\bar{s} = \\beta\\,\\bar{r}",
    mat1: "\\bar{m}_1 = \\alpha\\,\\bar{r}\\,m_2^{\\top}",
    mat2: "\\bar{m}_2 = \\alpha\\,m_1^{\\top}\\,\\bar{r}",
  },
  samples: (g) => [
    [g.randn(2, 4), g.randn(2, 3), g.randn(3, 4), 1n, 1n],
    [g.randn(4), g.randn(2, 3), g.randn(3, 4), 0.5, 2n],
  ],
});

addmv.define({
  forward: (self, mat, vec, beta, alpha) => {
    checkMatrixVector(self.sizes, mat, vec);
    checkSameTypes(self.dtype, mat, vec);
    refuseBool("addmv_impl_cpu", self.dtype);
    return addScaled(self, vectorProduct(mat, vec), beta, alpha);
  },
  vjp: {
    self: using(({ grad, beta }) => maybeMultiply(grad, beta)),
    mat: using("vec", ({ grad, vec, alpha }) => maybeMultiply(outer(grad, vec), alpha)),
    vec: using("mat", ({ grad, mat, alpha }) => maybeMultiply(mv(t(mat), grad), alpha)),
  },
  inPlace: true,
  overlap: "none",
  samples: (g) => [[g.randn(2), g.randn(2, 3), g.randn(3), 0.5, 2n]],
});

baddbmm.define({
  forward: (self, batch1, batch2, beta, alpha) => {
    checkBatches(batch1, batch2);
    return addScaled(self, batchProduct(batch1, batch2), beta, alpha);
  },
  vjp: {
    self: using(({ grad, beta }) => maybeMultiply(grad, beta)),
    batch1: using("batch2", ({ grad, batch2, alpha }) =>
      maybeMultiply(bmm(grad, transpose(batch2, 1, 2)), alpha),
    ),
    batch2: using("batch1", ({ grad, batch1, alpha }) =>
      maybeMultiply(bmm(transpose(batch1, 1, 2), grad), alpha),
    ),
  },
  inPlace: true,
  overlap: "none",
  samples: (g) => [[g.randn(2, 2, 2), g.randn(2, 2, 3), g.randn(2, 3, 2), 0.5, 2n]],
});

addbmm.define({
  forward: (self, batch1, batch2, beta, alpha) => {
    checkBatches(batch1, batch2);
    const products = batchProduct(batch1, batch2);
    const [batch, m, n] = products.sizes;
    const out = empty([m, n], products.dtype);
    const sums = out.storage.data as unknown as (number | bigint)[];
    const data = products.storage.data as unknown as (number | bigint)[];
    for (let b = 0; b < batch; b++) {
      for (let i = 0; i < m * n; i++) sums[i] = (sums[i] as number) + (data[b * m * n + i] as number);
    }
    return addScaled(self, out, beta, alpha);
  },
  vjp: {
    self: using(({ grad, beta }) => maybeMultiply(grad, beta)),
    batch1: using("batch2", ({ grad, batch1, batch2, alpha }) =>
      maybeMultiply(bmm(repeated(grad, batch1.sizes[0]), transpose(batch2, 1, 2)), alpha),
    ),
    batch2: using("batch1", ({ grad, batch1, batch2, alpha }) =>
      maybeMultiply(bmm(transpose(batch1, 1, 2), repeated(grad, batch2.sizes[0])), alpha),
    ),
  },
  inPlace: true,
  overlap: "none",
  samples: (g) => [[g.randn(2, 2), g.randn(2, 2, 3), g.randn(2, 3, 2), 0.5, 2n]],
});

function repeated(grad: Tensor, batch: number): Tensor {
  return expand(unsqueeze(grad, 0), [batch, ...grad.sizes], false);
}

addr.define({
  forward: (self, vec1, vec2, beta, alpha) => {
    if (vec1.rank !== 1 || vec2.rank !== 1) {
      const [name, vec] = vec1.rank !== 1 ? ["vec1", vec1] : ["vec2", vec2];
      throw runtimeError(`addr: Expected 1-D argument ${name}, but got ${vec.rank}-D`);
    }
    const out = empty([vec1.sizes[0], vec2.sizes[0]], self.dtype);
    const column = matrixView(vec1, 0, -1);
    const row = matrixView(vec2, -1, 0);
    column.data = elementsAs(vec1, self.dtype);
    row.data = elementsAs(vec2, self.dtype);
    const plain = (view: MatrixView, key: "rowStride" | "columnStride") =>
      Object.assign(view, { offset: 0, [key]: 1 });
    gemm(
      out.sizes[0],
      out.sizes[1],
      1,
      plain(column, "rowStride"),
      plain(row, "columnStride"),
      out.storage.data,
      0,
    );
    return addScaled(self, out, beta, alpha);
  },
  vjp: {
    self: using(({ grad, beta }) => maybeMultiply(grad, beta)),
    vec1: using("vec2", ({ grad, vec2, alpha }) => maybeMultiply(mv(grad, vec2), alpha)),
    vec2: using("vec1", ({ grad, vec1, alpha }) => maybeMultiply(mv(t(grad), vec1), alpha)),
  },
  inPlace: true,
  overlap: "none",
  samples: (g) => [[g.randn(2, 3), g.randn(2), g.randn(3), 0.5, 2n]],
});

/** A column times a row. */
export const outer = composite(
  "outer(Tensor self, Tensor vec2) -> Tensor",
  (self, vec2) => {
    for (const [name, vec] of [
      ["self", self],
      ["vec2", vec2],
    ] as const) {
      if (vec.rank !== 1) {
        throw runtimeError(`outer: Expected 1-D argument ${name}, but got ${vec.rank}-D`);
      }
    }
    return mul(reshape(self, [self.sizes[0], 1]), vec2);
  },
  { samples: (g) => [[g.randn(2), g.randn(3)]] },
);
export const ger = composite("ger(Tensor self, Tensor vec2) -> Tensor", (self, vec2) => outer(self, vec2));
