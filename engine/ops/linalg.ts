// Linear algebra of square matrices and batches of them: determinant, inverse, solving, Cholesky, powers.
import { modes } from "../autograd/modes";
import { tensorApi } from "../autograd/tensorApi";
import { choleskyOf, type Lu, luOf, luSolve, triangularSolve } from "../kernels/factorise";
import { transposed } from "../kernels/singular";
import { elementsOf } from "../kernels/strided";
import { int32 } from "../tensor/dtype";
import { runtimeError, type TorchError } from "../tensor/errors";
import { broadcastSizes, type Sizes, sameSizes } from "../tensor/shape";
import { fromData, type Tensor } from "../tensor/tensor";
import { add, mul } from "./arithmetic";
import { requireWide } from "./checks";
import { where } from "./choice";
import { eq } from "./comparison";
import { clone } from "./convert";
import { eye } from "./creation";
import { callInPlace, composite, op, using } from "./define";
import { warnOnce } from "./deprecated";
import { matmul } from "./matmulComposites";
import {
  batchText,
  checkSquare,
  columnMajor,
  functionsOnly,
  internal,
  linAlgError,
  matricesOf,
  numbers,
  refuseHalf,
} from "./matrices";
import { diag_embed, tril, triu } from "./rearrange";
import { mulNumber } from "./sums";
import { withoutHistory } from "./through";
import { neg } from "./unary";
import { expand, unsqueeze } from "./view";
import { mT } from "./viewComposites";

export function factorTensors(
  factors: readonly Lu[],
  outer: Sizes,
  n: number,
  like: Tensor,
): [Tensor, Tensor] {
  const pivots = factors.flatMap((factor) => Array.from(factor.pivots, (row) => row + 1));
  return [
    columnMajor(
      factors.map((factor) => factor.lu),
      outer,
      n,
      n,
      like,
    ),
    fromData(Int32Array.from(pivots), [...outer, n], int32),
  ];
}

function diagonalProduct({ lu, n, sign }: Lu): number {
  let product = sign;
  for (let i = 0; i < n; i++) product *= lu[i * n + i];
  return product;
}

// ---- determinant ----

const _linalg_det = op("_linalg_det(Tensor A) -> (Tensor result, Tensor LU, Tensor pivots)");
_linalg_det.define({
  forward: (A) => {
    checkSquare("linalg.det", A);
    requireWide("lu_cpu", A.dtype);
    const { matrices, n, outer } = matricesOf(A);
    const factors = matrices.map((matrix) => luOf(matrix, n));
    return [numbers(factors.map(diagonalProduct), outer, A), ...factorTensors(factors, outer, n, A)];
  },
  vjp: {
    A: using("A", "LU", "pivots", "result", ({ grad, A, result }) => {
      const scaled = unsqueeze(unsqueeze(mul(grad, result), -1), -1);
      if (modes.grad) return mul(scaled, mT(linalg_inv(A)));
      return mul(grad.rank === 0 ? grad : unsqueeze(unsqueeze(grad, -1), -1), cofactors(A));
    }),
  },
  node: "LinalgDetBackward0",
  undifferentiable: ["LU", "pivots"],
  python: internal,
  math: { A: "\\bar{A} = \\bar{r}\\,\\det(A)\\,A^{-\\top}" },
  samples: (g) => [[g.randn(3, 3)], [g.randn(2, 2, 2)]],
});

/**
 * det(A)·A⁻ᵀ. Where A is singular zeros on U's diagonal are replaced by the smallest step from 1; the determinant
 * stays 0, and so, as in PyTorch, does the gradient.
 */
function cofactors(A: Tensor): Tensor {
  const { matrices, n, outer } = matricesOf(A);
  const results = matrices.map((matrix) => {
    const factor = luOf(matrix, n);
    const det = diagonalProduct(factor);
    for (let i = 0; i < n; i++) factor.lu[i * n + i] ||= Number.EPSILON;
    const out = new Float64Array(n * n);
    for (let i = 0; i < n; i++) out[i * n + i] = det;
    luSolve(factor, out, n, true);
    return out;
  });
  return columnMajor(results, outer, n, n, A);
}

export const linalg_det = composite("linalg_det(Tensor A) -> Tensor", (A) => _linalg_det(A)[0], {
  python: functionsOnly("linalg.det"),
});
export const det = composite("det(Tensor self) -> Tensor", (self) => linalg_det(self));

const _linalg_slogdet = op(
  "_linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet, Tensor LU, Tensor pivots)",
);
_linalg_slogdet.define({
  forward: (A) => {
    checkSquare("linalg.slogdet", A);
    refuseHalf("linalg.slogdet", A);
    const { matrices, n, outer } = matricesOf(A);
    const factors = matrices.map((matrix) => luOf(matrix, n));
    const signs: number[] = [];
    const logs: number[] = [];
    for (const { lu, sign } of factors) {
      let total = 0;
      let s = sign;
      for (let i = 0; i < n; i++) {
        total += Math.log(Math.abs(lu[i * n + i]));
        s *= Math.sign(lu[i * n + i]);
      }
      signs.push(s);
      logs.push(total);
    }
    return [numbers(signs, outer, A), numbers(logs, outer, A), ...factorTensors(factors, outer, n, A)];
  },
  vjp: {
    A: using("A", "LU", "pivots", "sign", ({ grads, A }) => {
      const [, grad] = grads;
      if (!grad) return tensorApi.zeros([...A.sizes], A.dtype);
      return mul(unsqueeze(unsqueeze(grad, -1), -1), mT(linalg_inv(A)));
    }),
  },
  node: "LinalgSlogdetBackward0",
  undifferentiable: ["LU", "pivots"],
  python: internal,
  math: { A: "\\bar{A} = \\bar{\\ell}\\,A^{-\\top}" },
  samples: (g) => [[g.randn(3, 3)]],
});
export const linalg_slogdet = composite(
  "linalg_slogdet(Tensor A) -> (Tensor sign, Tensor logabsdet)",
  (A) => _linalg_slogdet(A).slice(0, 2),
  { python: functionsOnly("linalg.slogdet") },
);
export const slogdet = composite("slogdet(Tensor self) -> (Tensor sign, Tensor logabsdet)", (self) =>
  linalg_slogdet(self),
);
export const logdet = composite("logdet(Tensor self) -> Tensor", (self) => {
  refuseHalf("logdet", self);
  const [sign, logabsdet] = linalg_slogdet(self);
  return where(eq(sign, -1n), Number.NaN, logabsdet);
});

// ---- inverse ----

/** Raises LinAlgError where an element of U's diagonal, counted from 1, is zero. */
function checkInverse(name: string, singularAt: number, index: number, outer: Sizes, A: Tensor): void {
  if (singularAt === 0) return;
  throw linAlgError(
    `${name}: ${batchText(index, outer)}The diagonal element ${singularAt} is zero, the inversion could not be completed ` +
      "because the input matrix is singular.",
    A,
  );
}

export const linalg_inv_ex = op(
  "linalg_inv_ex(Tensor A, *, bool check_errors=False) -> (Tensor inverse, Tensor info)",
);
linalg_inv_ex.define({
  forward: (A, check_errors) => {
    checkSquare("linalg.inv", A);
    refuseHalf("linalg.inv", A);
    const { matrices, n, outer } = matricesOf(A);
    const infos: number[] = [];
    const results = matrices.map((matrix, i) => {
      const factor = luOf(matrix, n);
      infos.push(factor.singularAt);
      if (check_errors) checkInverse("linalg.inv_ex", factor.singularAt, i, outer, A);
      const out = new Float64Array(n * n);
      for (let k = 0; k < n; k++) out[k * n + k] = 1;
      luSolve(factor, out, n, false);
      return out;
    });
    return [columnMajor(results, outer, n, n, A), fromData(Int32Array.from(infos), outer, int32)];
  },
  vjp: {
    A: using("inverse", ({ grad, inverse }) => neg(matmul(mT(inverse), matmul(grad, mT(inverse))))),
  },
  python: functionsOnly("linalg.inv_ex"),
  math: { A: "\\bar{A} = -r^{\\top}\\,\\bar{r}\\,r^{\\top}" },
  samples: (g) => [
    [g.randn(3, 3), false],
    [g.randn(2, 2, 2), false],
  ],
});
export const linalg_inv = composite(
  "linalg_inv(Tensor A) -> Tensor",
  (A) => {
    refuseHalf("linalg.inv", A);
    checkSquare("linalg.inv", A);
    const [result, info] = linalg_inv_ex(A, false);
    elementsOf(info).forEach((at, i) => {
      checkInverse("linalg.inv", Number(at), i, info.sizes, A);
    });
    return result;
  },
  { python: functionsOnly("linalg.inv") },
);
export const inverse = composite("inverse(Tensor self) -> Tensor", (self) => linalg_inv(self));

// ---- solving ----

const _linalg_solve_ex = op(
  "_linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor LU, Tensor pivots, Tensor info)",
);

/** Whether B is a vector (or a batch of vectors) rather than a matrix. */
export function isVector(A: { sizes: Sizes; rank: number }, B: { sizes: Sizes; rank: number }): boolean {
  return B.rank === 1 || (A.rank - 1 === B.rank && sameSizes(B.sizes, A.sizes.slice(0, -1)));
}

function singular(name: string, i: number, outer: Sizes, A: Tensor): TorchError {
  return linAlgError(
    `${name}: ${batchText(i, outer)}The solver failed because the input matrix is singular.`,
    A,
  );
}
_linalg_solve_ex.define({
  forward: (A, B, left, check_errors) => {
    checkSquare("linalg.solve", A);
    requireWide("lu_cpu", A.dtype);
    if (A.dtype !== B.dtype) {
      throw runtimeError(
        `linalg.solve: Expected A and B to have the same dtype, but found A of type ${A.dtype.scalarName} and B of type ` +
          `${B.dtype.scalarName} instead`,
      );
    }
    const vector = isVector(A, B);
    const wide = vector ? { sizes: [...B.sizes, 1] } : B;
    const [rows, columns] = wide.sizes.slice(-2);
    const n = A.sizes[A.rank - 1];
    if ((left ? rows : columns) !== n) {
      const [a, b] = [A.sizes.slice(-2).join("x"), [rows, columns].join("x")];
      throw runtimeError(
        `linalg.solve: Incompatible shapes of A and B for the equation ${left ? "AX = B" : "XA = B"} (${a} and ${b})`,
        { kind: "solve-shape", tensor: A.id, other: B.id },
      );
    }
    const outer = broadcastSizes(A.sizes.slice(0, -2), wide.sizes.slice(0, -2));
    const a = matricesOf(withoutHistory(() => expand(A, [...outer, n, n], false)));
    const flat = withoutHistory(() => (vector ? unsqueeze(B, -1) : B));
    const b = matricesOf(withoutHistory(() => expand(flat, [...outer, rows, columns], false)));
    const factors = a.matrices.map((matrix, i) => {
      const factor = luOf(matrix, n);
      if (factor.singularAt > 0 && check_errors) {
        throw singular("torch.linalg.solve", i, outer, A);
      }
      return factor;
    });
    const results = b.matrices.map((matrix, i) => {
      // X·A = B is Aᵀ·Xᵀ = Bᵀ.
      if (left) {
        luSolve(factors[i], matrix, columns, false);
        return matrix;
      }
      const turned = transposed(matrix, rows, columns);
      luSolve(factors[i], turned, rows, true);
      return transposed(turned, columns, rows);
    });
    const solved = left
      ? columnMajor(results, outer, rows, columns, A)
      : numbers(
          results.flatMap((matrix) => [...matrix]),
          [...outer, rows, columns],
          A,
        );
    const infos = factors.map((factor) => factor.singularAt);
    return [
      vector ? fromData(elementsOf(solved).slice(), solved.sizes.slice(0, -1), A.dtype) : solved,
      ...factorTensors(factors, outer, n, A),
      fromData(Int32Array.from(infos), outer, int32),
    ];
  },
  vjp: {
    A: using("A", "LU", "pivots", "result", (c) => {
      const g = linalg_solve(mT(c.A), c.grad, c.left);
      if (isVector(c.A, c.B)) return neg(matmul(unsqueeze(g, -1), unsqueeze(c.result, -2)));
      return c.left ? neg(matmul(g, mT(c.result))) : neg(matmul(mT(c.result), g));
    }),
    B: using("A", "LU", "pivots", "result", (c) => linalg_solve(mT(c.A), c.grad, c.left)),
  },
  node: "LinalgSolveExBackward0",
  undifferentiable: ["LU", "pivots", "info"],
  python: internal,
  math: { A: "\\bar{A} = -\\bar{B}\\,r^{\\top}", B: "\\bar{B} = A^{-\\top}\\,\\bar{r}" },
  samples: (g) => [
    [g.randn(3, 3), g.randn(3, 2), true, false],
    [g.randn(3, 3), g.randn(3), true, false],
    [g.randn(3, 3), g.randn(2, 3), false, false],
  ],
});

composite(
  "linalg_solve_ex(Tensor A, Tensor B, *, bool left=True, bool check_errors=False) -> (Tensor result, Tensor info)",
  (A, B, left, check_errors) => {
    const [result, , , info] = _linalg_solve_ex(A, B, left, false);
    if (check_errors) {
      elementsOf(info).forEach((at, i) => {
        if (Number(at) !== 0) throw singular("torch.linalg.solve_ex", i, info.sizes, A);
      });
    }
    return [result, info];
  },
  { python: functionsOnly("linalg.solve_ex") },
);
export const linalg_solve = composite(
  "linalg_solve(Tensor A, Tensor B, *, bool left=True) -> Tensor",
  (A, B, left): Tensor => _linalg_solve_ex(A, B, left, true)[0],
  { python: functionsOnly("linalg.solve") },
);

export const linalg_solve_triangular = op(
  "linalg_solve_triangular(Tensor self, Tensor B, *, bool upper, bool left=True, bool unitriangular=False) -> Tensor",
);
linalg_solve_triangular.define({
  forward: (self, B, upper, left, unitriangular) => {
    checkSquare("linalg.solve_triangular", self);
    requireWide("triangular_solve_cpu", self.dtype);
    const [rows, columns] = B.sizes.slice(-2);
    const n = self.sizes[self.rank - 1];
    if ((left ? rows : columns) !== n) {
      const [a, b] = [self.sizes.slice(-2).join("x"), [rows, columns].join("x")];
      throw runtimeError(
        `linalg.solve_triangular: Incompatible shapes of A and B for the equation ${left ? "AX = B" : "XA = B"} (${a} and ${b})`,
      );
    }
    const outer = broadcastSizes(self.sizes.slice(0, -2), B.sizes.slice(0, -2));
    const a = matricesOf(withoutHistory(() => expand(self, [...outer, n, n], false))).matrices;
    const b = matricesOf(withoutHistory(() => expand(B, [...outer, rows, columns], false))).matrices;
    const results = b.map((matrix, i) => {
      if (left) {
        triangularSolve(a[i], n, matrix, columns, upper, unitriangular);
        return matrix;
      }
      const turned = transposed(matrix, rows, columns);
      triangularSolve(transposed(a[i], n, n), n, turned, rows, !upper, unitriangular);
      return transposed(turned, columns, rows);
    });
    return columnMajor(results, outer, rows, columns, self);
  },
  vjp: {
    self: using("self", "result", (c) => {
      const g = linalg_solve_triangular(mT(c.self), c.grad, !c.upper, c.left, c.unitriangular);
      const whole = c.left ? neg(matmul(g, mT(c.result))) : neg(matmul(mT(c.result), g));
      const off = c.unitriangular ? 1 : 0;
      return c.upper ? triu(whole, off) : tril(whole, -off);
    }),
    B: using("self", "result", (c) =>
      linalg_solve_triangular(mT(c.self), c.grad, !c.upper, c.left, c.unitriangular),
    ),
  },
  python: functionsOnly("linalg.solve_triangular"),
  samples: (g) => [
    [g.uniform(1, 2, 3, 3), g.randn(3, 2), true, true, false],
    [g.uniform(1, 2, 3, 3), g.randn(2, 3), false, false, true],
  ],
});

// ---- Cholesky ----

/** Raises LinAlgError where a leading minor, counted from 1, is not positive. */
function checkPositive(name: string, failedAt: number, index: number, outer: Sizes, self: Tensor): void {
  if (failedAt === 0) return;
  throw linAlgError(
    `${name}: ${batchText(index, outer)}The factorization could not be completed because the input is not ` +
      `positive-definite (the leading minor of order ${failedAt} is not positive-definite).`,
    self,
  );
}

export const linalg_cholesky_ex = op(
  "linalg_cholesky_ex(Tensor self, *, bool upper=False, bool check_errors=False) -> (Tensor L, Tensor info)",
);
linalg_cholesky_ex.define({
  forward: (self, upper, check_errors) => {
    checkSquare("linalg.cholesky", self);
    requireWide("cholesky_cpu", self.dtype);
    const { matrices, n, outer } = matricesOf(self);
    const infos: number[] = [];
    const results = matrices.map((matrix, i) => {
      // Of the upper form the upper triangle is read: the lower one of the transpose.
      const { l, failedAt } = choleskyOf(upper ? transposed(matrix, n, n) : matrix, n);
      infos.push(failedAt);
      if (check_errors) checkPositive("linalg.cholesky_ex", failedAt, i, outer, self);
      return upper ? transposed(l, n, n) : l;
    });
    return [columnMajor(results, outer, n, n, self), fromData(Int32Array.from(infos), outer, int32)];
  },
  vjp: {
    // Φ: the lower triangle with half the diagonal. Ā = ½ L⁻ᵀ (Φ + Φᵀ) L⁻¹ with Φ of Lᵀ·L̄ (Murray 2016).
    self: using("L", ({ grad, L, upper }) => {
      const lower = upper ? mT(L) : L;
      const phi = halved(matmul(mT(lower), upper ? mT(grad) : grad));
      const sum = add(phi, mT(phi), 1n);
      const left = linalg_solve_triangular(mT(lower), sum, true, true, false);
      return mulNumber(linalg_solve_triangular(lower, left, false, false, false), 0.5);
    }),
  },
  python: functionsOnly("linalg.cholesky_ex"),
  math: { self: "\\bar{A} = \\tfrac{1}{2} L^{-\\top}(\\Phi + \\Phi^{\\top})L^{-1}" },
  samples: (g) => [[g.tensor([4, 1, 1, 3], [2, 2]), false, true]],
  gradcheck: { skip: "its input must be symmetric, so that single elements cannot be varied" },
});

function halved(matrix: Tensor): Tensor {
  const n = matrix.sizes[matrix.rank - 1];
  const half = tensorApi.onesLike(tensorApi.zeros([n], matrix.dtype));
  const scale = add(
    tensorApi.onesLike(tensorApi.zeros([n, n], matrix.dtype)),
    diag_embed(half, 0, -2, -1),
    -0.5,
  );
  return mul(tril(matrix, 0), scale);
}

export const linalg_cholesky = composite(
  "linalg_cholesky(Tensor self, *, bool upper=False) -> Tensor",
  (self, upper) => {
    checkSquare("linalg.cholesky", self);
    requireWide("cholesky_cpu", self.dtype);
    const [result, info] = linalg_cholesky_ex(self, upper, false);
    elementsOf(info).forEach((at, i) => {
      checkPositive("linalg.cholesky", Number(at), i, info.sizes, self);
    });
    return result;
  },
  { python: functionsOnly("linalg.cholesky") },
);
export const cholesky = composite("cholesky(Tensor self, bool upper=False) -> Tensor", (self, upper) => {
  warnOnce(
    "torch.cholesky is deprecated in favor of torch.linalg.cholesky and will be removed in a future PyTorch release.\n" +
      "L = torch.cholesky(A)\nshould be replaced with\nL = torch.linalg.cholesky(A)\nand\n" +
      "U = torch.cholesky(A, upper=True)\nshould be replaced with\nU = torch.linalg.cholesky(A).mH\n" +
      "This transform will produce equivalent results for all valid (symmetric positive definite) inputs.",
  );
  return linalg_cholesky(self, upper);
});

// ---- powers ----

function power(self: Tensor, n: number): Tensor {
  checkSquare("linalg.matrix_power", self);
  if (n === 0) {
    const size = self.sizes[self.rank - 1];
    return callInPlace("copy_", clone(self, null), eye(size, size, self.dtype), false);
  }
  if (n === 1) return clone(self, null);
  if (n === 2) return matmul(self, self);
  if (n === 3) return matmul(matmul(self, self), self);
  if (n < 0) {
    const turned = linalg_inv(self);
    return n === -1 ? turned : power(turned, -n);
  }
  let square: Tensor | null = null;
  let result: Tensor | null = null;
  for (let rest = n; rest > 0; rest = Math.floor(rest / 2)) {
    square = square ? matmul(square, square) : self;
    if (rest % 2 === 1) result = result ? matmul(result, square) : square;
  }
  return result as Tensor;
}

export const linalg_matrix_power = composite("linalg_matrix_power(Tensor self, int n) -> Tensor", power, {
  python: functionsOnly("linalg.matrix_power"),
});
export const matrix_power = composite("matrix_power(Tensor self, int n) -> Tensor", power);
