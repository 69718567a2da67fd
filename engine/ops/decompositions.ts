// Orthogonal decompositions and what is told from them: QR, eigenvalues of symmetric matrices, singular values,
// the pseudo-inverse, rank, condition, least squares.
import { modes } from "../autograd/modes";
import { requiresGrad } from "../autograd/views";
import { householder, orthogonalOf, symmetricEigen } from "../kernels/orthogonal";
import { singularOf } from "../kernels/singular";
import { elementsOf } from "../kernels/strided";
import { float32, int64 } from "../tensor/dtype";
import { runtimeError } from "../tensor/errors";
import { numel, type Sizes } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { add, div, mul, sub } from "./arithmetic";
import { notImplementedFor, requireWide } from "./checks";
import { maximum, where } from "./choice";
import { gt } from "./comparison";
import { fullOf } from "./creation";
import { composite, op, using } from "./define";
import { warnOnce } from "./deprecated";
import { amax } from "./extremes";
import { cat } from "./join";
import { linalg_solve_triangular } from "./linalg";
import { matmul } from "./matmulComposites";
import { columnMajor, functionsOnly, internal, matricesOf } from "./matrices";
import { diag_embed, triu } from "./rearrange";
import { sumDims } from "./sums";
import { abs, neg, reciprocal } from "./unary";
import { squeezeDim, transpose, unsqueeze } from "./view";
import { mT, narrow } from "./viewComposites";

function checkMatrix(name: string, A: Tensor): void {
  if (A.rank < 2) throw runtimeError(`${name}: The input tensor A must have at least 2 dimensions.`);
  if (A.dtype.kind !== "float") {
    throw runtimeError(
      `${name}: Expected a floating point or complex tensor as input. Got ${A.dtype.scalarName}`,
    );
  }
  requireWide(KERNELS[name] ?? name, A.dtype);
}

const KERNELS: Record<string, string> = {
  "linalg.qr": "geqrf_cpu",
  "linalg.eigh": "linalg_eigh_cpu",
  "linalg.svd": "linalg_svd_cpu",
};

/** Numbers in double precision in the dtype of `like`, row-major. */
function rowMajor(matrices: readonly Float64Array[], sizes: Sizes, like: Tensor): Tensor {
  const out = empty(sizes, like.dtype);
  let at = 0;
  for (const matrix of matrices) {
    (out.storage.data as Float64Array).set(matrix, at);
    at += matrix.length;
  }
  return out;
}

// ---- QR ----

export const linalg_qr = op('linalg_qr(Tensor A, str mode="reduced") -> (Tensor Q, Tensor R)');

/** X + Xᵀ with the diagonal counted once, of an upper triangle. */
function mirrored(x: Tensor): Tensor {
  const upper = triu(x, 0);
  return add(upper, mT(triu(x, 1)), 1n);
}

/** The gradient where there are at least as many rows as columns. */
function qrTall(Q: Tensor, R: Tensor, gQ: Tensor | null, gR: Tensor | null): Tensor {
  const fromR = gR ? matmul(gR, mT(R)) : null;
  const fromQ = gQ ? matmul(mT(Q), gQ) : null;
  const both = fromR && fromQ ? sub(fromR, fromQ, 1n) : (fromR ?? neg(fromQ as Tensor));
  let g = matmul(Q, mirrored(both));
  if (gQ) g = add(g, gQ, 1n);
  return linalg_solve_triangular(mT(R), g, false, false, false);
}

linalg_qr.define({
  forward: (A, mode) => {
    if (!["reduced", "complete", "r"].includes(mode)) {
      throw runtimeError(
        `qr received unrecognized mode '${mode}' but expected one of 'reduced' (default), 'r', or 'complete'`,
      );
    }
    checkMatrix("linalg.qr", A);
    const { matrices, outer } = matricesOf(A);
    const [rows, columns] = A.sizes.slice(-2);
    const rank = Math.min(rows, columns);
    const wide = mode === "complete" ? rows : rank;
    const qs: Float64Array[] = [];
    const rs = matrices.map((matrix) => {
      const { a, tau } = householder(matrix, rows, columns);
      if (mode !== "r") qs.push(orthogonalOf(a, columns, tau, rows, wide));
      const r = new Float64Array(wide * columns);
      for (let i = 0; i < rank; i++)
        for (let c = i; c < columns; c++) r[i * columns + c] = a[i * columns + c];
      return r;
    });
    const Q = mode === "r" ? empty([0], A.dtype) : columnMajor(qs, outer, rows, wide, A);
    return [Q, columnMajor(rs, outer, wide, columns, A)];
  },
  vjp: {
    A: using("Q", "R", ({ grads, mode, A, Q, R }) => {
      const [gQ, gR] = grads;
      if (mode === "r") {
        throw runtimeError(
          "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr.",
        );
      }
      const [rows, columns] = A.sizes.slice(-2);
      if (mode === "complete" && rows > columns) {
        throw runtimeError(
          "The QR decomposition is not differentiable when mode='complete' and nrows > ncols.",
        );
      }
      if (rows >= columns) return qrTall(Q, R, gQ, gR);
      // R = (R₁ R₂) with R₁ square: A₁ = Q·R₁ and R₂ = Qᵀ·A₂.
      const R1 = narrow(R, -1, 0, rows);
      if (!gR) {
        const nothing = fullOf([...A.sizes.slice(0, -1), columns - rows], 0n, Q.dtype);
        return cat([qrTall(Q, R1, gQ, null), nothing], -1);
      }
      const R2 = narrow(R, -1, rows, columns - rows);
      const g2 = narrow(gR, -1, rows, columns - rows);
      const fromR2 = matmul(matmul(Q, R2), mT(g2));
      const whole = gQ ? add(gQ, fromR2, 1n) : fromR2;
      return cat([qrTall(Q, R1, whole, narrow(gR, -1, 0, rows)), matmul(Q, g2)], -1);
    }),
  },
  python: functionsOnly("linalg.qr"),
  math: {
    A: "\\bar{A} = \\bigl(\\bar{Q} + Q\\,\\operatorname{sym}(\\operatorname{triu}(\\bar{R}R^{\\top} - Q^{\\top}\\bar{Q}))\\bigr)R^{-\\top}",
  },
  samples: (g) => [
    [g.randn(3, 3), "reduced"],
    [g.randn(4, 2), "reduced"],
    [g.randn(2, 3), "complete"],
    [g.randn(2, 3, 2), "reduced"],
  ],
});
composite("qr(Tensor self, bool some=True) -> (Tensor Q, Tensor R)", (self, some) => {
  warnOnce(
    "torch.qr is deprecated in favor of torch.linalg.qr and will be removed in a future PyTorch release.\n" +
      "The boolean parameter 'some' has been replaced with a string parameter 'mode'.\nQ, R = torch.qr(A, some)\n" +
      "should be replaced with\nQ, R = torch.linalg.qr(A, 'reduced' if some else 'complete')",
  );
  return linalg_qr(self, some ? "reduced" : "complete");
});

// ---- symmetric eigenvalues ----

const _linalg_eigh = op(
  '_linalg_eigh(Tensor A, str UPLO="L", bool compute_v=True) -> (Tensor eigenvalues, Tensor eigenvectors)',
);
_linalg_eigh.define({
  forward: (A, UPLO, compute_v) => {
    if (A.rank < 2) throw runtimeError("linalg.eigh: The input tensor A must have at least 2 dimensions.");
    const [rows, columns] = A.sizes.slice(-2);
    if (rows !== columns) {
      throw runtimeError(
        `linalg.eigh: A must be batches of square matrices, but they are ${rows} by ${columns} matrices`,
        { kind: "not-square", tensor: A.id },
      );
    }
    if (!/^[LlUu]/.test(UPLO)) {
      throw runtimeError(`Expected UPLO argument to be 'L' or 'U', but got ${UPLO}`);
    }
    if (A.dtype.kind !== "float" || A.dtype.round) throw notImplementedFor("linalg_eigh_cpu", A.dtype);
    const { matrices, n, outer } = matricesOf(A);
    const upper = /^[Uu]/.test(UPLO);
    const found = matrices.map((matrix) => symmetricEigen(matrix, n, upper));
    const values = rowMajor(
      found.map((each) => each.values),
      [...outer, n],
      A,
    );
    const vectors = compute_v
      ? columnMajor(
          found.map((each) => each.vectors),
          outer,
          n,
          n,
          A,
        )
      : empty([0], A.dtype);
    return [values, vectors];
  },
  vjp: {
    A: using("eigenvalues", "eigenvectors", ({ grads, compute_v, eigenvalues: L, eigenvectors: V }) => {
      const [gL, gV] = grads;
      if (!compute_v) {
        throw runtimeError(
          "linalg_eigh_backward: Setting compute_v to false in torch.linalg.eigh doesn't compute the eigenvectors, so it is not possible to compute the backward pass",
        );
      }
      if (!gV) return matmul(mul(V, unsqueeze(gL as Tensor, -2)), mT(V));
      const n = L.sizes[L.rank - 1];
      // Eⱼ − Eᵢ, with ones where it would be zero on the diagonal.
      const ones = diag_embed(fullOf([n], 1n, L.dtype), 0, -2, -1);
      const differences = add(sub(unsqueeze(L, -2), unsqueeze(L, -1), 1n), ones, 1n);
      const inner = div(mul(skew(matmul(mT(V), gV)), 0.5), differences);
      // The diagonal belongs to the eigenvalues alone.
      const off = sub(inner, mul(inner, ones), 1n);
      const whole = gL ? add(off, diag_embed(gL, 0, -2, -1), 1n) : off;
      return matmul(V, matmul(whole, mT(V)));
    }),
  },
  node: "LinalgEighBackward0",
  python: internal,
  math: {
    A: "\\bar{A} = V\\bigl(\\operatorname{diag}(\\bar{\\lambda}) + V^{\\top}\\bar{V} / (\\lambda_j - \\lambda_i)\\bigr)V^{\\top}",
  },
  gradcheck: { skip: "its input must be symmetric, so that single elements cannot be varied" },
  samples: (g) => [[g.tensor([2, 1, 0.5, 1, 3, -1, 0.5, -1, 1], [3, 3]), "L", true]],
});
composite(
  'linalg_eigh(Tensor self, str UPLO="L") -> (Tensor eigenvalues, Tensor eigenvectors)',
  (self, UPLO) => _linalg_eigh(self, UPLO, true),
  { python: functionsOnly("linalg.eigh") },
);
const linalg_eigvalsh = composite(
  'linalg_eigvalsh(Tensor self, str UPLO="L") -> Tensor',
  (self, UPLO) => _linalg_eigh(self, UPLO, modes.grad && requiresGrad(self))[0],
  { python: functionsOnly("linalg.eigvalsh") },
);

// ---- singular values ----

const _linalg_svd = op(
  "_linalg_svd(Tensor A, bool full_matrices=False, bool compute_uv=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)",
);

/** X − Xᵀ */
function skew(x: Tensor): Tensor {
  return sub(x, mT(x), 1n);
}

function svdBackward(
  gU: Tensor | null,
  gS: Tensor | null,
  gVh: Tensor | null,
  U: Tensor,
  S: Tensor,
  Vh: Tensor,
): Tensor {
  const [rows] = U.sizes.slice(-2);
  const columns = Vh.sizes[Vh.rank - 1];
  if (!gU && !gVh) {
    const values = gS as Tensor;
    return rows >= columns
      ? matmul(U, mul(unsqueeze(values, -1), Vh))
      : matmul(mul(U, unsqueeze(values, -2)), Vh);
  }
  const k = S.sizes[S.rank - 1];
  const squares = mul(S, S);
  const ones = diag_embed(fullOf([k], 1n, S.dtype), 0, -2, -1);
  const E = add(sub(unsqueeze(squares, -2), unsqueeze(squares, -1), 1n), ones, 1n);
  const parts: Tensor[] = [];
  if (gU) parts.push(mul(div(skew(matmul(mT(U), gU)), E), unsqueeze(S, -2)));
  if (gVh) parts.push(mul(unsqueeze(S, -1), div(skew(matmul(Vh, mT(gVh))), E)));
  if (gS) parts.push(diag_embed(gS, 0, -2, -1));
  const inner = parts.reduce((sum, part) => add(sum, part, 1n));
  if (rows > k && gU) {
    const outside = div(sub(gU, matmul(U, matmul(mT(U), gU)), 1n), unsqueeze(S, -2));
    return matmul(add(matmul(U, inner), outside, 1n), Vh);
  }
  if (columns > k && gVh) {
    const outside = div(sub(gVh, matmul(matmul(gVh, mT(Vh)), Vh), 1n), unsqueeze(S, -1));
    return matmul(U, add(matmul(inner, Vh), outside, 1n));
  }
  return rows >= columns ? matmul(U, matmul(inner, Vh)) : matmul(matmul(U, inner), Vh);
}

_linalg_svd.define({
  forward: (A, full, compute_uv, driver) => {
    checkMatrix("linalg.svd", A);
    if (driver !== null) {
      throw runtimeError(
        "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.",
      );
    }
    const { matrices, outer } = matricesOf(A);
    const [rows, columns] = A.sizes.slice(-2);
    const rank = Math.min(rows, columns);
    const found = matrices.map((matrix) => singularOf(matrix, rows, columns, full && compute_uv));
    const S = rowMajor(
      found.map((each) => each.s),
      [...outer, rank],
      A,
    );
    if (!compute_uv) return [empty([0], A.dtype), S, empty([0], A.dtype)];
    const U = columnMajor(
      found.map((each) => each.u),
      outer,
      rows,
      full ? rows : rank,
      A,
    );
    const Vh = columnMajor(
      found.map((each) => each.vh),
      outer,
      full ? columns : rank,
      columns,
      A,
    );
    return [U, S, Vh];
  },
  vjp: {
    A: using("S", "U", "Vh", ({ grads, full_matrices, compute_uv, S, U, Vh }) => {
      const [gU, gS, gVh] = grads;
      if (!compute_uv) {
        throw runtimeError(
          "svd_backward: Setting compute_uv to false in torch.svd doesn't compute singular matrices, and hence we cannot compute backward. Please use torch.svd(compute_uv=True)",
        );
      }
      if (!full_matrices) return svdBackward(gU, gS, gVh, U, S, Vh);
      const k = S.sizes[S.rank - 1];
      const left = (x: Tensor) => narrow(x, -1, 0, k);
      const right = (x: Tensor) => narrow(x, -2, 0, k);
      return svdBackward(gU && left(gU), gS, gVh && right(gVh), left(U), S, right(Vh));
    }),
  },
  node: "LinalgSvdBackward0",
  python: internal,
  math: {
    A: "\\bar{A} = U\\bigl(\\tfrac{\\operatorname{skew}(U^{\\top}\\bar{U})}{E}\\,S + S\\,\\tfrac{\\operatorname{skew}(V^{\\top}\\bar{V})}{E} + \\operatorname{diag}(\\bar{S})\\bigr)V^{\\top},\\quad E_{ij} = s_j^2 - s_i^2",
  },
  samples: (g) => [
    [g.randn(3, 3), false, true, null],
    [g.randn(4, 2), false, true, null],
    [g.randn(2, 3), false, true, null],
  ],
});

export const linalg_svd = composite(
  "linalg_svd(Tensor A, bool full_matrices=True, *, str? driver=None) -> (Tensor U, Tensor S, Tensor Vh)",
  (A, full, driver) => _linalg_svd(A, full, true, driver),
  { python: functionsOnly("linalg.svd") },
);
export const linalg_svdvals = composite(
  "linalg_svdvals(Tensor A, *, str? driver=None) -> Tensor",
  (A, driver) => _linalg_svd(A, false, modes.grad && requiresGrad(A), driver)[1],
  { python: functionsOnly("linalg.svdvals") },
);
composite(
  "svd(Tensor self, bool some=True, bool compute_uv=True) -> (Tensor U, Tensor S, Tensor V)",
  (self, some, compute_uv) => {
    if (self.rank < 2) {
      throw runtimeError(
        `linalg.svd: input should have at least 2 dimensions, but has ${self.rank} dimensions instead`,
      );
    }
    if (!compute_uv) {
      const [rows, columns] = self.sizes.slice(-2);
      const outer = self.sizes.slice(0, -2);
      const S = linalg_svdvals(self, null);
      const square = (n: number) => fullOf([...outer, n, n], 0n, self.dtype);
      return [square(rows), S, square(columns)];
    }
    const [U, S, Vh] = _linalg_svd(self, !some, true, null);
    return [U, S, transpose(Vh, -2, -1)];
  },
);

// ---- the pseudo-inverse ----

const EPSILONS: Record<string, number> = { float32: 2 ** -23, float64: 2 ** -52 };

/** atol and rtol as tensors; where neither is given, rtol follows from the size and the dtype. */
function tolerances(
  like: Tensor,
  atol: Tensor | null,
  rtol: Tensor | null,
): { absolute: Tensor; relative: Tensor } {
  const [rows, columns] = like.sizes.slice(-2);
  const zero = fullOf([], 0n, like.dtype);
  const usual = fullOf(
    [],
    (EPSILONS[like.dtype.name] ?? EPSILONS[float32.name]) * Math.max(rows, columns),
    like.dtype,
  );
  const absolute = atol ?? zero;
  if (rtol) return { absolute, relative: rtol };
  return { absolute, relative: atol ? where(gt(atol, 0n), zero, usual) : usual };
}

function asTensor(value: number | null, like: Tensor): Tensor | null {
  return value === null ? null : fullOf([], value, like.dtype);
}

const linalg_pinv_tensor = op(
  "linalg_pinv.atol_rtol_tensor(Tensor self, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor",
);
linalg_pinv_tensor.define({
  forward: (self, atol, rtol, hermitian) => {
    if (self.rank < 2 || self.dtype.kind !== "float" || self.dtype.round !== undefined) {
      throw runtimeError(
        `linalg.pinv(${self.dtype.scalarName}{[${self.sizes.join(", ")}]}): expected a tensor with 2 or more dimensions of ` +
          "float, double, cfloat or cdouble types",
      );
    }
    const { absolute, relative } = tolerances(self, atol, rtol);
    if (hermitian) {
      const [L, V] = _linalg_eigh(self, "L", true);
      const sizes = abs(L);
      const bound = maximum(unsqueeze(absolute, -1), mul(unsqueeze(relative, -1), amax(sizes, [-1], true)));
      const inverse = where(gt(sizes, bound), reciprocal(L), fullOf([], 0n, self.dtype));
      return matmul(mul(V, unsqueeze(inverse, -2)), mT(V));
    }
    const [rows, columns] = self.sizes.slice(-2);
    if (numel(self.sizes) === 0) return empty([...self.sizes.slice(0, -2), columns, rows], self.dtype);
    const [U, S, Vh] = _linalg_svd(self, false, true, null);
    const bound = maximum(unsqueeze(absolute, -1), mul(unsqueeze(relative, -1), narrow(S, -1, 0, 1)));
    const inverse = where(gt(S, bound), reciprocal(S), fullOf([], 0n, self.dtype));
    return matmul(mul(mT(Vh), unsqueeze(inverse, -2)), mT(U));
  },
  vjp: {
    self: using("self", "result", ({ grad, self, result }) => pinvBackward(grad, result, self)),
  },
  node: "LinalgPinvBackward0",
  python: functionsOnly("linalg.pinv"),
  math: {
    self: "\\bar{A} = -r^{\\top}\\bar{r}\\,r^{\\top} + (I - A r)\\,\\bar{r}^{\\top} r\\,r^{\\top} + r^{\\top}r\\,\\bar{r}^{\\top}(I - r A)",
  },
  samples: (g) => [
    [g.randn(3, 2), null, null, false],
    [g.randn(2, 3), null, null, false],
  ],
});

function pinvBackward(grad: Tensor, P: Tensor, A: Tensor): Tensor {
  const [rows, columns] = A.sizes.slice(-2);
  const Pt = mT(P);
  const gt_ = mT(grad);
  if (rows <= columns) {
    const K = matmul(gt_, P);
    const KPt = matmul(K, Pt);
    const first = add(neg(mT(matmul(P, K))), KPt, 1n);
    const second = sub(first, matmul(matmul(A, P), KPt), 1n);
    return add(second, matmul(matmul(Pt, P), sub(gt_, matmul(K, A), 1n)), 1n);
  }
  const K = matmul(P, gt_);
  const PtK = matmul(Pt, K);
  const first = add(neg(mT(matmul(K, P))), matmul(matmul(sub(gt_, matmul(A, K), 1n), P), Pt), 1n);
  return sub(add(first, PtK, 1n), matmul(matmul(PtK, P), A), 1n);
}

composite(
  "linalg_pinv.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor",
  (self, atol, rtol, hermitian) =>
    linalg_pinv_tensor(self, asTensor(atol, self), asTensor(rtol, self), hermitian),
  { python: functionsOnly("linalg.pinv") },
);
const linalg_pinv = composite(
  "linalg_pinv(Tensor self, float rcond, bool hermitian=False) -> Tensor",
  (self, rcond, hermitian) => linalg_pinv_tensor(self, asTensor(0, self), asTensor(rcond, self), hermitian),
  { python: functionsOnly("linalg.pinv") },
);
composite("pinverse(Tensor self, float rcond=1e-15) -> Tensor", (self, rcond) =>
  linalg_pinv(self, rcond, false),
);

// ---- rank ----

function rankOf(self: Tensor, atol: Tensor | null, rtol: Tensor | null, hermitian: boolean): Tensor {
  if (self.rank < 2) {
    throw runtimeError("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.");
  }
  if (self.dtype.round !== undefined) {
    throw runtimeError("This function doesn't handle types other than float and double");
  }
  const { absolute, relative } = tolerances(self, atol, rtol);
  const values = hermitian ? abs(linalg_eigvalsh(self, "L")) : linalg_svdvals(self, null);
  const largest = hermitian ? amax(values, [-1], false) : squeezeDim(narrow(values, -1, 0, 1), -1);
  const bound = unsqueeze(maximum(absolute, mul(relative, largest)), -1);
  return sumDims(gt(values, bound), [-1]);
}
const rankNames = functionsOnly("linalg.matrix_rank");
composite(
  "linalg_matrix_rank.atol_rtol_float(Tensor self, *, float? atol=None, float? rtol=None, bool hermitian=False) -> Tensor",
  (self, atol, rtol, hermitian) => rankOf(self, asTensor(atol, self), asTensor(rtol, self), hermitian),
  { python: rankNames },
);
composite(
  "linalg_matrix_rank.atol_rtol_tensor(Tensor self, *, Tensor? atol=None, Tensor? rtol=None, bool hermitian=False) -> Tensor",
  rankOf,
  { python: rankNames },
);
composite(
  "linalg_matrix_rank(Tensor self, float tol, bool hermitian=False) -> Tensor",
  (self, tol, hermitian) => rankOf(self, asTensor(tol, self), asTensor(0, self), hermitian),
  { python: rankNames },
);

// ---- least squares ----

const linalg_lstsq = op(
  "linalg_lstsq(Tensor self, Tensor b, float? rcond=None, *, str? driver=None) -> (Tensor solution, Tensor residuals, Tensor rank, Tensor singular_values)",
);

/** b as matrices: a vector gets a column of its own. */
function asColumns(A: { rank: number }, b: Tensor): { wide: Tensor; vector: boolean } {
  const vector = b.rank === A.rank - 1;
  return { wide: vector ? unsqueeze(b, -1) : b, vector };
}

linalg_lstsq.define({
  forward: (self, b, rcond, driver) => {
    const name = "torch.linalg.lstsq:";
    if (self.rank < 2) throw runtimeError(`${name} input must have at least 2 dimensions.`);
    if (b.rank < 1) throw runtimeError(`${name} other must have at least 1 dimension.`);
    if (self.dtype !== b.dtype) {
      throw runtimeError(
        `${name} Expected input and other to have the same dtype, but got input's dtype ${self.dtype.scalarName} and ` +
          `other's dtype ${b.dtype.scalarName}`,
      );
    }
    if (driver !== null && !["gels", "gelsy", "gelsd", "gelss"].includes(driver)) {
      throw runtimeError(`${name} parameter \`driver\` should be one of (gels, gelsy, gelsd, gelss)`);
    }
    const { wide, vector } = asColumns(self, b);
    const [rows, columns] = self.sizes.slice(-2);
    if (wide.sizes[wide.rank - 2] !== rows) {
      throw runtimeError(
        vector
          ? `${name} input.size(-2) should match other.size(-1)`
          : `${name} input.size(-2) should match other.size(-2)`,
      );
    }
    const usual = (EPSILONS[self.dtype.name] ?? EPSILONS[float32.name]) * Math.max(rows, columns);
    const { matrices, outer } = matricesOf(self);
    const right = matricesOf(wide).matrices;
    const count = wide.sizes[wide.rank - 1];
    const ranks: bigint[] = [];
    const singular: Float64Array[] = [];
    const residuals: Float64Array[] = [];
    const solutions = matrices.map((matrix, m) => {
      const { u, s, vh } = singularOf(matrix, rows, columns, false);
      const k = s.length;
      const live = Array.from(s).filter((value) => value > (rcond ?? usual) * s[0]).length;
      ranks.push(BigInt(live));
      singular.push(s);
      const x = new Float64Array(columns * count);
      for (let i = 0; i < live; i++) {
        for (let c = 0; c < count; c++) {
          let dot = 0;
          for (let r = 0; r < rows; r++) dot += u[r * k + i] * right[m][r * count + c];
          for (let j = 0; j < columns; j++) x[j * count + c] += (vh[i * columns + j] * dot) / s[i];
        }
      }
      const rest = new Float64Array(count);
      for (let c = 0; c < count; c++) {
        for (let r = 0; r < rows; r++) {
          let value = -right[m][r * count + c];
          for (let j = 0; j < columns; j++) value += matrix[r * columns + j] * x[j * count + c];
          rest[c] += value * value;
        }
      }
      residuals.push(rest);
      return x;
    });
    // It stands where b stood, which may have more rows.
    const solution = columnMajor(solutions, outer, columns, count, self, Math.max(rows, columns));
    const full =
      rows > columns &&
      ranks.every((rank) => rank === BigInt(columns)) &&
      driver !== "gelsy" &&
      driver !== null;
    const withValues = driver === "gelsd" || driver === "gelss";
    return [
      vector
        ? fromData(elementsOf(squeezeDim(solution, -1)).slice(), [...outer, columns], self.dtype)
        : solution,
      full ? rowMajor(residuals, [...outer, count], self) : empty([0], self.dtype),
      driver === "gels"
        ? fromData(new BigInt64Array(0), [0], int64)
        : fromData(BigInt64Array.from(ranks), outer, int64),
      withValues ? rowMajor(singular, [...outer, Math.min(rows, columns)], self) : empty([0], self.dtype),
    ];
  },
  vjp: {
    self: using("self", "b", "solution", ({ grads, self, b, solution }) => {
      const [gX, gResiduals] = grads;
      const { wide, vector } = asColumns(self, b);
      const X = vector ? unsqueeze(solution, -1) : solution;
      let out: Tensor | null = null;
      if (gX) {
        const g = vector ? unsqueeze(gX, -1) : gX;
        out = pinvBackward(matmul(g, mT(wide)), linalg_pinv_tensor(self, null, null, false), self);
      }
      if (gResiduals && gResiduals.numel > 0) {
        const rest = sub(matmul(self, X), wide, 1n);
        const part = matmul(mul(mul(rest, unsqueeze(gResiduals, -2)), 2n), mT(X));
        out = out ? add(out, part, 1n) : part;
      }
      return out;
    }),
    b: using("self", "b", "solution", ({ grads, self, b, solution }) => {
      const [gX, gResiduals] = grads;
      const { wide, vector } = asColumns(self, b);
      let out: Tensor | null = null;
      if (gX) {
        const g = vector ? unsqueeze(gX, -1) : gX;
        out = matmul(mT(linalg_pinv_tensor(self, null, null, false)), g);
      }
      if (gResiduals && gResiduals.numel > 0) {
        const X = vector ? unsqueeze(solution, -1) : solution;
        const rest = sub(matmul(self, X), wide, 1n);
        const part = mul(mul(rest, unsqueeze(gResiduals, -2)), -2n);
        out = out ? add(out, part, 1n) : part;
      }
      return vector && out ? squeezeDim(out, -1) : out;
    }),
  },
  undifferentiable: ["singular_values"],
  python: functionsOnly("linalg.lstsq"),
  math: { b: "\\bar{b} = A^{+\\top}\\bar{x}" },
  samples: (g) => [
    [g.randn(4, 2), g.randn(4, 3), null, "gelsd"],
    [g.randn(3, 2), g.randn(3), null, null],
  ],
});
