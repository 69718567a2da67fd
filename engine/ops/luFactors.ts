// LU factorisation with partial pivoting: the factors packed as LAPACK leaves them, unpacked, and solving by them.
import { rectangularLu } from "../kernels/factorise";
import { elementsOf } from "../kernels/strided";
import { int32 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { broadcastSizes, numel, sameSizes, sizesText } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { add, sub } from "./arithmetic";
import { requireWide } from "./checks";
import { eye, fullOf } from "./creation";
import { composite, op, using } from "./define";
import { warnOnce } from "./deprecated";
import { cat } from "./join";
import { linalg_solve_triangular } from "./linalg";
import { matmul } from "./matmulComposites";
import { batchText, columnMajor, functionsOnly, matricesOf } from "./matrices";
import { tril, triu } from "./rearrange";
import { withoutHistory } from "./through";
import { neg } from "./unary";
import { expand } from "./view";
import { mT, narrow } from "./viewComposites";

function check(name: string, A: Tensor, pivot: boolean): void {
  if (A.rank < 2) {
    throw runtimeError(
      `${name}: Expected tensor with 2 or more dimensions. Got size: ${sizesText(A.sizes)} instead`,
    );
  }
  if (A.dtype.kind !== "float") {
    throw runtimeError(
      `${name}: Expected a floating point or complex tensor as input. Got ${A.dtype.scalarName}`,
    );
  }
  requireWide("lu_cpu", A.dtype);
  if (!pivot) throw runtimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU");
}

/** The order of rows that a list of exchanges (counted from 1) leads to. */
function orderOf(pivots: ArrayLike<number>, rows: number): number[] {
  const order = Array.from({ length: rows }, (_, i) => i);
  for (let i = 0; i < pivots.length; i++) {
    const other = pivots[i] - 1;
    [order[i], order[other]] = [order[other], order[i]];
  }
  return order;
}

/** P of A = P·L·U for each of a batch: row-major, in the dtype of `like`. */
function permutations(pivots: Tensor, rows: number, like: Tensor): Tensor {
  const outer = pivots.sizes.slice(0, -1);
  const count = pivots.sizes[pivots.rank - 1];
  const given = elementsOf(pivots) as Int32Array;
  const out = empty([...outer, rows, rows], like.dtype);
  const data = out.storage.data as Float64Array;
  for (let m = 0; m < numel(outer); m++) {
    orderOf(given.subarray(m * count, (m + 1) * count), rows).forEach((from, i) => {
      data[(m * rows + from) * rows + i] = 1;
    });
  }
  return out;
}

/** L (its diagonal ones, rows × rank) and U (rank × columns) of packed factors, by public operators. */
function unpacked(LU: Tensor): { L: Tensor; U: Tensor } {
  const [rows, columns] = LU.sizes.slice(-2);
  const rank = Math.min(rows, columns);
  const below = tril(columns > rank ? narrow(LU, -1, 0, rank) : LU, -1);
  const ones = withoutHistory(() => eye(rows, rank, LU.dtype));
  return { L: add(below, ones, 1n), U: triu(rows > rank ? narrow(LU, -2, 0, rank) : LU, 0) };
}

/**
 * The gradient for A = P·L·U. Of square factors: Ā = P·L⁻ᵀ·(tril(LᵀL̄, −1) + triu(ŪUᵀ))·U⁻ᵀ; what stands below or
 * beside the square block follows from it.
 */
function luBackward(P: Tensor, L: Tensor, U: Tensor, gL: Tensor | null, gU: Tensor | null): Tensor {
  const rows = L.sizes[L.rank - 2];
  const columns = U.sizes[U.rank - 1];
  const rank = L.sizes[L.rank - 1];
  const L1 = rows > rank ? narrow(L, -2, 0, rank) : L;
  const U1 = columns > rank ? narrow(U, -1, 0, rank) : U;
  let left = gL && rows > rank ? narrow(gL, -2, 0, rank) : gL;
  let right = gU && columns > rank ? narrow(gU, -1, 0, rank) : gU;
  const fromRight = (x: Tensor) => linalg_solve_triangular(mT(U1), x, false, false, false);
  const fromLeft = (x: Tensor) => linalg_solve_triangular(mT(L1), x, true, true, true);
  let below: Tensor | null = null;
  let beside: Tensor | null = null;
  if (rows > rank) {
    const g2 = gL
      ? narrow(gL, -2, rank, rows - rank)
      : fullOf([...L.sizes.slice(0, -2), rows - rank, rank], 0n, L.dtype);
    below = fromRight(g2);
    if (gL) {
      const pulled = matmul(mT(narrow(L, -2, rank, rows - rank)), below);
      right = right ? sub(right, triu(pulled, 0), 1n) : neg(triu(pulled, 0));
    }
  }
  if (columns > rank) {
    const g2 = gU
      ? narrow(gU, -1, rank, columns - rank)
      : fullOf([...U.sizes.slice(0, -1), columns - rank], 0n, U.dtype);
    beside = fromLeft(g2);
    if (gU) {
      const pulled = matmul(beside, mT(narrow(U, -1, rank, columns - rank)));
      left = left ? sub(left, tril(pulled, -1), 1n) : neg(tril(pulled, -1));
    }
  }
  const lower = left ? tril(matmul(mT(L1), left), -1) : null;
  const upper = right ? triu(matmul(right, mT(U1)), 0) : null;
  const inner = lower && upper ? add(lower, upper, 1n) : ((lower ?? upper) as Tensor);
  let whole = fromRight(fromLeft(inner));
  if (below) whole = cat([whole, below], -2);
  if (beside) whole = cat([whole, beside], -1);
  return matmul(P, whole);
}

// ---- packed ----

export const linalg_lu_factor_ex = op(
  "linalg_lu_factor_ex(Tensor A, *, bool pivot=True, bool check_errors=False) -> (Tensor LU, Tensor pivots, Tensor info)",
);

function checkFactors(A: Tensor, info: Tensor): void {
  elementsOf(info).forEach((at, i) => {
    if (Number(at) === 0) return;
    throw runtimeError(
      `torch.linalg.lu_factor: ${batchText(i, info.sizes)}U[${at},${at}] is zero and using it on lu_solve would result in a ` +
        "division by zero. If you still want to perform the factorization, consider calling linalg.lu(A, pivot) or " +
        "linalg.lu_factor_ex(A, pivot)",
      { kind: "linalg", tensor: A.id },
    );
  });
}

linalg_lu_factor_ex.define({
  forward: (A, pivot, check_errors) => {
    check("linalg.lu_factor_ex", A, pivot);
    const { matrices, outer } = matricesOf(A);
    const [rows, columns] = A.sizes.slice(-2);
    const rank = Math.min(rows, columns);
    const factors = matrices.map((matrix) => rectangularLu(matrix, rows, columns));
    const info = fromData(
      Int32Array.from(factors, (factor) => factor.singularAt),
      outer,
      int32,
    );
    if (check_errors) checkFactors(A, info);
    const pivots = Int32Array.from(factors.flatMap((factor) => Array.from(factor.pivots, (row) => row + 1)));
    const LU = columnMajor(
      factors.map((factor) => factor.lu),
      outer,
      rows,
      columns,
      A,
    );
    return [LU, fromData(pivots, [...outer, rank], int32), info];
  },
  vjp: {
    A: using("LU", "pivots", ({ grad, LU, pivots }) => {
      const [rows, columns] = LU.sizes.slice(-2);
      const rank = Math.min(rows, columns);
      const P = withoutHistory(() => permutations(pivots, rows, LU));
      const { L, U } = unpacked(LU);
      const gL = tril(columns > rank ? narrow(grad, -1, 0, rank) : grad, -1);
      const gU = triu(rows > rank ? narrow(grad, -2, 0, rank) : grad, 0);
      return luBackward(P, L, U, gL, gU);
    }),
  },
  python: functionsOnly("linalg.lu_factor_ex"),
  math: {
    A: "\\bar{A} = P L^{-\\top}\\bigl(\\operatorname{tril}(L^{\\top}\\bar{L}) + \\operatorname{triu}(\\bar{U}U^{\\top})\\bigr)U^{-\\top}",
  },
  samples: (g) => [
    [g.randn(3, 3), true, false],
    [g.randn(2, 4, 2), true, false],
    [g.randn(2, 3), true, false],
  ],
});
composite(
  "linalg_lu_factor(Tensor A, *, bool pivot=True) -> (Tensor LU, Tensor pivots)",
  (A, pivot) => {
    const [LU, pivots, info] = linalg_lu_factor_ex(A, pivot, false);
    checkFactors(A, info);
    return [LU, pivots];
  },
  { python: functionsOnly("linalg.lu_factor") },
);

// ---- unpacked ----

const linalg_lu = op("linalg_lu(Tensor A, *, bool pivot=True) -> (Tensor P, Tensor L, Tensor U)");
linalg_lu.define({
  forward: (A, pivot) => {
    check("linalg.lu", A, pivot);
    return withoutHistory(() => {
      const [LU, pivots] = linalg_lu_factor_ex(A, true, false);
      const { L, U } = unpacked(LU);
      return [permutations(pivots, A.sizes[A.rank - 2], A), L, U].map((each) =>
        fromData(elementsOf(each).slice(), each.sizes, each.dtype),
      );
    });
  },
  vjp: {
    A: using("P", "L", "U", ({ grads, P, L, U }) => luBackward(P, L, U, grads[1], grads[2])),
  },
  undifferentiable: ["P"],
  python: functionsOnly("linalg.lu"),
  math: {
    A: "\\bar{A} = P L^{-\\top}\\bigl(\\operatorname{tril}(L^{\\top}\\bar{L}) + \\operatorname{triu}(\\bar{U}U^{\\top})\\bigr)U^{-\\top}",
  },
  samples: (g) => [
    [g.randn(3, 3), true],
    [g.randn(4, 2), true],
    [g.randn(2, 3), true],
  ],
});

const lu_unpack = op(
  "lu_unpack(Tensor LU_data, Tensor LU_pivots, bool unpack_data=True, bool unpack_pivots=True) -> (Tensor P, Tensor L, Tensor U)",
);
lu_unpack.define({
  forward: (LU_data, LU_pivots, unpack_data, unpack_pivots) => {
    if (unpack_pivots && LU_pivots.dtype !== int32) {
      throw runtimeError(
        "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\n" +
          "Note: this function is intended to be used with the output produced by torch.linalg.lu_factor",
      );
    }
    return withoutHistory(() => {
      const nothing = () => empty([0], LU_data.dtype);
      const P = unpack_pivots ? permutations(LU_pivots, LU_data.sizes[LU_data.rank - 2], LU_data) : nothing();
      if (!unpack_data) return [P, nothing(), nothing()];
      const { L, U } = unpacked(LU_data);
      return [P, ...[L, U].map((each) => fromData(elementsOf(each).slice(), each.sizes, each.dtype))];
    });
  },
  vjp: {
    LU_data: using(({ grads, LU_data }) => {
      const [rows, columns] = LU_data.sizes.slice(-2);
      const rank = Math.min(rows, columns);
      const [, gL, gU] = grads;
      const outer = LU_data.sizes.slice(0, -2);
      const widened = (part: Tensor, more: number, dim: number) => {
        if (more === 0) return part;
        const sizes = [...outer, ...(dim === -1 ? [rows, more] : [more, columns])];
        return cat([part, fullOf(sizes, 0n, part.dtype)], dim);
      };
      const lower = gL ? widened(tril(gL, -1), columns - rank, -1) : null;
      const upper = gU ? widened(triu(gU, 0), rows - rank, -2) : null;
      return lower && upper ? add(lower, upper, 1n) : (lower ?? upper);
    }),
  },
  undifferentiable: ["P"],
  python: { functions: ["lu_unpack"], methods: [] },
  gradcheck: { skip: "pivots are no numbers to be varied; its gradient is checked through linalg_lu" },
  samples: (g) => [
    [g.randn(3, 3), fromData(Int32Array.from([2, 3, 3]), [3], int32), true, true],
    [g.randn(2, 3), fromData(Int32Array.from([2, 2]), [2], int32), true, true],
  ],
});

// ---- solving ----

const linalg_lu_solve = op(
  "linalg_lu_solve(Tensor LU, Tensor pivots, Tensor B, *, bool left=True, bool adjoint=False) -> Tensor",
);

/** X of P·L·U·X = B, or of (P·L·U)ᵀ·X = B. */
function solveLeft(LU: Tensor, P: Tensor, B: Tensor, adjoint: boolean): Tensor {
  if (adjoint) {
    const y = linalg_solve_triangular(mT(LU), B, false, true, false);
    return matmul(P, linalg_solve_triangular(mT(LU), y, true, true, true));
  }
  const y = linalg_solve_triangular(LU, matmul(mT(P), B), false, true, true);
  return linalg_solve_triangular(LU, y, true, true, false);
}

function solved(LU: Tensor, pivots: Tensor, B: Tensor, left: boolean, adjoint: boolean): Tensor {
  const P = withoutHistory(() => permutations(pivots, LU.sizes[LU.rank - 1], LU));
  // X·A = B is Aᵀ·Xᵀ = Bᵀ.
  return left ? solveLeft(LU, P, B, adjoint) : mT(solveLeft(LU, P, mT(B), !adjoint));
}

linalg_lu_solve.define({
  forward: (LU, pivots, B, left, adjoint) => {
    const name = "torch.linalg.lu_solve";
    if (pivots.dtype !== int32) {
      throw runtimeError("linalg.lu_solve: pivots should be a Tensor of scalar type torch.int32");
    }
    if (LU.dtype !== B.dtype) {
      throw runtimeError(
        `linalg.lu_solve: Expected LU and B to have the same dtype, but found LU of type ${LU.dtype.scalarName} and B of type ${B.dtype.scalarName} instead`,
      );
    }
    const [rows, columns] = LU.sizes.slice(-2);
    if (rows !== columns) {
      throw runtimeError(
        `${name}: A must be batches of square matrices, but they are ${rows} by ${columns} matrices`,
      );
    }
    if (B.sizes[B.rank - (left ? 2 : 1)] !== rows) {
      throw runtimeError(
        `linalg.lu_solve: Incompatible shapes of A and B for the equation ${left ? "AX = B" : "XA = B"} ` +
          `(${LU.sizes.slice(-2).join("x")} and ${B.sizes.slice(-2).join("x")})`,
      );
    }
    return withoutHistory(() => {
      const outer = broadcastSizes(LU.sizes.slice(0, -2), B.sizes.slice(0, -2));
      const same = sameSizes(outer, B.sizes.slice(0, -2));
      const right = same ? B : expand(B, [...outer, ...B.sizes.slice(-2)], false);
      const X = solved(LU, pivots, right, left, adjoint);
      const { matrices } = matricesOf(X);
      const [r, c] = X.sizes.slice(-2);
      if (left) return columnMajor(matrices, outer, r, c, LU);
      return fromData(elementsOf(X).slice(), X.sizes, X.dtype);
    });
  },
  vjp: {
    LU: using("LU", "pivots", "result", ({ grad, LU, pivots, left, adjoint, result }) => {
      const P = withoutHistory(() => permutations(pivots, LU.sizes[LU.rank - 1], LU));
      const { L, U } = unpacked(LU);
      const [X, g] = left ? [result, grad] : [mT(result), mT(grad)];
      const turned = left ? adjoint : !adjoint;
      // M = L·U. Of M·X = Pᵀ·B: M̄ = −M⁻ᵀ·X̄·Xᵀ; of Mᵀ·Pᵀ·X = B, with Y = Pᵀ·X: M̄ = −Y·(M⁻¹·Ȳ)ᵀ.
      const forM = turned
        ? neg(
            matmul(
              matmul(mT(P), X),
              mT(
                linalg_solve_triangular(
                  LU,
                  linalg_solve_triangular(LU, matmul(mT(P), g), false, true, true),
                  true,
                  true,
                  false,
                ),
              ),
            ),
          )
        : neg(
            matmul(
              linalg_solve_triangular(
                mT(LU),
                linalg_solve_triangular(mT(LU), g, false, true, false),
                true,
                true,
                true,
              ),
              mT(X),
            ),
          );
      return add(tril(matmul(forM, mT(U)), -1), triu(matmul(mT(L), forM), 0), 1n);
    }),
    B: using("LU", "pivots", ({ grad, LU, pivots, left, adjoint }) =>
      linalg_lu_solve(LU, pivots, grad, left, !adjoint),
    ),
  },
  python: functionsOnly("linalg.lu_solve"),
  math: { B: "\\bar{B} = A^{-\\top}\\bar{X}" },
  samples: (g) => {
    const LU = g.tensor([3, 1, 0.5, 0.2, 2, 1, -0.4, 0.6, 4], [3, 3]);
    const pivots = fromData(Int32Array.from([2, 3, 3]), [3], int32);
    return [
      [LU, pivots, g.randn(3, 2), true, false],
      [LU, pivots, g.randn(3, 2), true, true],
      [LU, pivots, g.randn(2, 3), false, false],
      [LU, pivots, g.randn(2, 3), false, true],
    ];
  },
});
composite("lu_solve(Tensor self, Tensor LU_data, Tensor LU_pivots) -> Tensor", (self, LU_data, LU_pivots) => {
  warnOnce(
    "torch.lu_solve is deprecated in favor of torch.linalg.lu_solveand will be removed in a future PyTorch release.\n" +
      "Note that torch.linalg.lu_solve has its arguments reversed.\nX = torch.lu_solve(B, LU, pivots)\n" +
      "should be replaced with\nX = torch.linalg.lu_solve(LU, pivots, B)",
  );
  return linalg_lu_solve(LU_data, LU_pivots, self, true, false);
});
