// Norms of matrices and what they say of a matrix: put together from vector norms and singular values as PyTorch
// does it.

import type { DType } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { wrapDim } from "../tensor/shape";
import type { Scalar, Tensor } from "../tensor/tensor";
import { div, mul } from "./arithmetic";
import { ne } from "./comparison";
import { to } from "./convert";
import { linalg_svdvals } from "./decompositions";
import { callInPlace, composite } from "./define";
import { amax, amin } from "./extremes";
import { linalg_inv_ex } from "./linalg";
import { functionsOnly, refuseHalf } from "./matrices";
import { linalg_vector_norm } from "./spread";
import { sumDims } from "./sums";
import { nan_to_num, reciprocal } from "./unary";
import { permute, squeezeDim, unsqueeze } from "./view";
import { narrow } from "./viewComposites";

type Dims = readonly number[];

function checkFloat(name: string, dtype: DType): void {
  if (dtype.kind === "float") return;
  throw runtimeError(
    `${name}: Expected a floating point or complex tensor as input. Got ${dtype.scalarName}`,
  );
}

function checkMatrix(name: string, self: Tensor): void {
  if (self.rank < 2) throw runtimeError(`${name}: The input tensor A must have at least 2 dimensions.`);
  checkFloat(name, self.dtype);
}

function twoDims(self: Tensor, dim: Dims): [number, number] {
  if (dim.length !== 2) {
    throw runtimeError(`linalg.matrix_norm: dim must be a 2-tuple. Got ${dim.join(", ")}`);
  }
  const [a, b] = dim.map((d) => wrapDim(d, self.rank));
  if (a === b) throw runtimeError(`linalg.matrix_norm: dims must be different. Got (${dim[0]}, ${dim[1]})`);
  return [a, b];
}

/** The singular values of the matrices that lie in two dimensions, reduced; with keepdim, both stay as ones. */
function ofSingular(
  self: Tensor,
  [a, b]: [number, number],
  keepdim: boolean,
  dtype: DType | null,
  reduce: (values: Tensor, keep: boolean) => Tensor,
): Tensor {
  const order = [...Array(self.rank).keys()].filter((d) => d !== a && d !== b).concat(a, b);
  const matrix = permute(dtype ? to(self, dtype) : self, order);
  const result = reduce(linalg_svdvals(matrix, null), keepdim);
  if (!keepdim) return result;
  const back = order.map((_, d) => order.indexOf(d));
  return permute(unsqueeze(result, -1), back);
}

function orderText(ord: Scalar): string {
  return String(ord);
}

function normByNumber(self: Tensor, ord: Scalar, dim: Dims, keepdim: boolean, dtype: DType | null): Tensor {
  checkMatrix("linalg.matrix_norm", self);
  const dims = twoDims(self, dim);
  const order = Number(ord);
  const size = Math.abs(order);
  if (size !== 1 && size !== 2 && size !== Number.POSITIVE_INFINITY) {
    throw runtimeError(`linalg.matrix_norm: Order ${orderText(ord)} not supported.`);
  }
  const extreme = order > 0 ? amax : amin;
  if (size === 2) refuseHalf("linalg.matrix_norm", self);
  if (size === 2)
    return ofSingular(self, dims, keepdim, dtype, (values, keep) => extreme(values, [-1], keep));
  const [first, second] = size === 1 ? dims : [dims[1], dims[0]];
  const sums = linalg_vector_norm(self, 1n, [first], keepdim, dtype);
  return extreme(sums, [second > first && !keepdim ? second - 1 : second], keepdim);
}

function normByName(self: Tensor, ord: string, dim: Dims, keepdim: boolean, dtype: DType | null): Tensor {
  if (ord !== "fro" && ord !== "nuc") throw runtimeError(`linalg.matrix_norm: Order ${ord} not supported.`);
  checkMatrix("linalg.matrix_norm", self);
  const dims = twoDims(self, dim);
  if (ord === "fro") return linalg_vector_norm(self, 2n, dims, keepdim, dtype);
  return ofSingular(self, dims, keepdim, dtype, (values, keep) => sumDims(values, [-1], keep));
}

const matrixNames = functionsOnly("linalg.matrix_norm");
export const linalg_matrix_norm = composite(
  'linalg_matrix_norm.str_ord(Tensor self, str ord="fro", int[] dim=[-2,-1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor',
  normByName,
  { python: matrixNames },
);
composite(
  "linalg_matrix_norm(Tensor self, Scalar ord, int[] dim=[-2,-1], bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
  normByNumber,
  { python: matrixNames },
);

const normNames = functionsOnly("linalg.norm");
composite(
  "linalg_norm(Tensor self, Scalar? ord=None, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
  (self, ord, dim, keepdim, dtype) => {
    if (dim && dim.length !== 1 && dim.length !== 2) {
      throw runtimeError(
        `linalg.norm: If dim is specified, it must be of length 1 or 2. Got [${dim.join(", ")}]`,
      );
    }
    if (!dim && ord !== null && self.rank !== 1 && self.rank !== 2) {
      throw runtimeError(
        `linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ${self.rank}D.`,
      );
    }
    if (ord !== null && (dim ? dim.length === 2 : self.rank === 2)) {
      return normByNumber(self, ord, dim ?? [0, 1], keepdim, dtype);
    }
    checkFloat("linalg.vector_norm", self.dtype);
    return linalg_vector_norm(self, ord ?? 2n, dim, keepdim, dtype);
  },
  { python: normNames },
);
composite(
  "linalg_norm.ord_str(Tensor self, str ord, int[1]? dim=None, bool keepdim=False, *, ScalarType? dtype=None) -> Tensor",
  (self, ord, dim, keepdim, dtype) => {
    if (dim && dim.length !== 1 && dim.length !== 2) {
      throw runtimeError(
        `linalg.norm: If dim is specified, it must be of length 1 or 2. Got [${dim.join(", ")}]`,
      );
    }
    if (!dim && self.rank !== 1 && self.rank !== 2) {
      throw runtimeError(
        `linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ${self.rank}D.`,
      );
    }
    return normByName(self, ord, dim ?? [0, 1], keepdim, dtype);
  },
  { python: normNames },
);

// ---- the older names ----

composite(
  "nuclear_norm(Tensor self, bool keepdim=False) -> Tensor",
  (self, keepdim) => normByName(self, "nuc", [-2, -1], keepdim, null),
  { python: { functions: ["nuclear_norm"], methods: [] } },
);
composite(
  "nuclear_norm.dim(Tensor self, int[2] dim, bool keepdim=False) -> Tensor",
  (self, dim, keepdim) => normByName(self, "nuc", dim, keepdim, null),
  { python: { functions: ["nuclear_norm"], methods: [] } },
);

// ---- condition ----

const condNames = functionsOnly("linalg.cond");

function bySingular(self: Tensor, smallestFirst: boolean): Tensor {
  const values = linalg_svdvals(self, null);
  const largest = narrow(values, -1, 0, 1);
  const smallest = narrow(values, -1, values.sizes[values.rank - 1] - 1, 1);
  return squeezeDim(smallestFirst ? div(smallest, largest) : div(largest, smallest), -1);
}

/** The norm times that of the inverse; infinite where there is no inverse. */
function byInverse(self: Tensor, name: string, norm: (x: Tensor) => Tensor): Tensor {
  const [rows, columns] = self.sizes.slice(-2);
  if (rows !== columns) {
    throw runtimeError(
      `linalg.cond(ord=${name}): A must be batches of square matrices, but they are ${rows} by ${columns} matrices`,
    );
  }
  const [inverse, info] = linalg_inv_ex(self, false);
  const singular = unsqueeze(unsqueeze(ne(info, 0n), -1), -1);
  const own = norm(self);
  // In place, as PyTorch does it: a backward through the inverse finds it overwritten.
  const other = norm(callInPlace("masked_fill_.Scalar", inverse, singular, Number.POSITIVE_INFINITY));
  return nan_to_num(
    mul(own, other),
    Number.POSITIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  );
}

function checkCond(self: Tensor): void {
  if (self.rank < 2) throw runtimeError("linalg.cond: The input tensor must have at least 2 dimensions.");
}

composite(
  "linalg_cond(Tensor self, Scalar? p=None) -> Tensor",
  (self, p) => {
    checkCond(self);
    const order = p === null ? 2 : Number(p);
    if (Math.abs(order) === 2) return bySingular(self, order < 0);
    if (Math.abs(order) !== 1 && Math.abs(order) !== Number.POSITIVE_INFINITY) {
      throw runtimeError(`linalg.cond got an invalid norm type: ${p}`);
    }
    const text = Number.isFinite(order) ? String(order) : order > 0 ? "inf" : "-inf";
    return byInverse(self, text, (x) => normByNumber(x, p as Scalar, [-2, -1], false, null));
  },
  { python: condNames },
);
composite(
  "linalg_cond.p_str(Tensor self, str p) -> Tensor",
  (self, p) => {
    checkCond(self);
    if (p === "fro") return byInverse(self, p, (x) => normByName(x, p, [-2, -1], false, null));
    if (p !== "nuc") throw runtimeError(`linalg.cond got an invalid norm type: ${p}`);
    const values = linalg_svdvals(self, null);
    return mul(sumDims(values, [-1]), sumDims(reciprocal(values), [-1]));
  },
  { python: condNames },
);
