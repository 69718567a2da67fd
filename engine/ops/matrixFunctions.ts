// Functions of matrices: the exponential, products of reflections, solving and inverting by a Cholesky factor; the
// cross product; chains of products.
import { tensorApi } from "../autograd/tensorApi";
import { choleskySolved, exponential } from "../kernels/matrixFunctions";
import { householder as factorised, orthogonalOf } from "../kernels/orthogonal";
import { elementsOf } from "../kernels/strided";
import { runtimeError } from "../tensor/errors";
import { broadcastSizes, numel, sameSizes, sizesText, wrapDim } from "../tensor/shape";
import { empty, fromData, type Tensor } from "../tensor/tensor";
import { add, mul, sub } from "./arithmetic";
import { notImplementedFor } from "./checks";
import { eye, fullOf } from "./creation";
import { composite, op, using } from "./define";
import { warnOnce } from "./deprecated";
import { cat, stack } from "./join";
import { linalg_inv, linalg_solve, linalg_solve_triangular } from "./linalg";
import { mm } from "./matmul";
import { matmul } from "./matmulComposites";
import { checkSquare, columnMajor, functionsOnly, matricesOf } from "./matrices";
import { cumprod } from "./scans";
import { sumDims } from "./sums";
import { once, vjpThrough, withoutHistory } from "./through";
import { neg } from "./unary";
import { diagonal, expand, select, unsqueeze, view } from "./view";
import { movedim, mT, narrow, reshape } from "./viewComposites";

// ---- the exponential ----

export const linalg_matrix_exp = op("linalg_matrix_exp(Tensor self) -> Tensor");
linalg_matrix_exp.define({
  forward: (self) => {
    checkSquare("linalg.matrix_exp", self);
    const { matrices, n } = matricesOf(self);
    const out = empty(self.sizes, self.dtype);
    matrices.forEach((matrix, m) => {
      (out.storage.data as Float64Array).set(exponential(matrix, n), m * n * n);
    });
    return out;
  },
  vjp: {
    // exp of (Aᵀ Ḡ; 0 Aᵀ) has the derivative in its upper right block.
    self: using("self", ({ grad, self }) => {
      const n = self.sizes[self.rank - 1];
      const turned = mT(self);
      const nothing = fullOf(self.sizes, 0n, self.dtype);
      const block = cat([cat([turned, grad], -1), cat([nothing, turned], -1)], -2);
      return narrow(narrow(linalg_matrix_exp(block), -2, 0, n), -1, n, n);
    }),
  },
  python: functionsOnly("linalg.matrix_exp"),
  math: { self: "\\bar{A} = \\int_0^1 e^{(1-t)A^{\\top}}\\,\\bar{r}\\,e^{tA^{\\top}}\\,dt" },
  samples: (g) => [[g.uniform(-1, 1, 2, 2)], [g.uniform(-1, 1, 2, 3, 3)]],
});
composite("matrix_exp(Tensor self) -> Tensor", (self) => linalg_matrix_exp(self));

// ---- products of reflections ----

/** Q = H₁·H₂·…, Hᵢ = I − τᵢ·vᵢ·vᵢᵀ, in public operators. */
function reflected(input: Tensor, tau: Tensor): Tensor {
  const [rows, columns] = input.sizes.slice(-2);
  const count = tau.sizes[tau.rank - 1];
  const outer = input.sizes.slice(0, -2);
  let Q = withoutHistory(() => expand(eye(rows, columns, input.dtype), [...outer, rows, columns], false));
  for (let i = count - 1; i >= 0; i--) {
    const one = fullOf([...outer, 1], 1n, input.dtype);
    const zeros = fullOf([...outer, i], 0n, input.dtype);
    const below = narrow(select(input, -1, i), -1, i + 1, rows - i - 1);
    const v = unsqueeze(cat([zeros, one, below], -1), -1);
    const size = unsqueeze(unsqueeze(select(tau, -1, i), -1), -1);
    Q = sub(Q, mul(size, matmul(v, matmul(mT(v), Q))), 1n);
  }
  return Q;
}

const linalg_householder_product = op("linalg_householder_product(Tensor input, Tensor tau) -> Tensor");
linalg_householder_product.define({
  forward: (input, tau) => {
    const name = "torch.linalg.householder_product:";
    if (input.rank < 2) throw runtimeError(`${name} input must have at least 2 dimensions.`);
    const [rows, columns] = input.sizes.slice(-2);
    if (rows < columns) {
      throw runtimeError(`${name} input.shape[-2] must be greater than or equal to input.shape[-1]`);
    }
    if (columns < tau.sizes[tau.rank - 1]) {
      throw runtimeError(`${name} input.shape[-1] must be greater than or equal to tau.shape[-1]`);
    }
    const { matrices, outer } = matricesOf(input);
    const taus = elementsOf(tau);
    const count = tau.sizes[tau.rank - 1];
    const results = matrices.map((matrix, m) => {
      const own = Float64Array.from({ length: count }, (_, i) => Number(taus[m * count + i]));
      return orthogonalOf(matrix, columns, own, rows, columns);
    });
    return columnMajor(results, outer, rows, columns, input);
  },
  vjp: {
    input: using("input", "tau", "result", (c) => once(c, () => productGradients(c))[0]),
    tau: using("input", "tau", "result", (c) => once(c, () => productGradients(c))[1]),
  },
  python: functionsOnly("linalg.householder_product"),
  math: { tau: "\\bar{\\tau}_i = -v_i^{\\top}\\bar{H}_i v_i" },
  samples: (g) => [
    [g.randn(3, 2), g.randn(2)],
    [g.randn(3, 3), g.randn(2)],
  ],
});
function productGradients(c: { grad: Tensor; input: Tensor; tau: Tensor }): (Tensor | null)[] {
  return vjpThrough((input, tau) => [reflected(input as Tensor, tau as Tensor)], [c.input, c.tau], [c.grad]);
}
composite("orgqr(Tensor self, Tensor input2) -> Tensor", (self, input2) =>
  linalg_householder_product(self, input2),
);

const geqrf = op("geqrf(Tensor self) -> (Tensor a, Tensor tau)");
geqrf.define({
  forward: (self) => {
    if (self.rank < 2) throw runtimeError("torch.geqrf: input must have at least 2 dimensions.");
    if (self.dtype.kind !== "float") throw notImplementedFor("geqrf_cpu", self.dtype);
    const { matrices, outer } = matricesOf(self);
    const [rows, columns] = self.sizes.slice(-2);
    const found = matrices.map((matrix) => factorised(matrix, rows, columns));
    const a = columnMajor(
      found.map((each) => each.a),
      outer,
      rows,
      columns,
      self,
    );
    const count = Math.min(rows, columns);
    const tau = empty([...outer, count], self.dtype);
    found.forEach((each, m) => {
      (tau.storage.data as Float64Array).set(each.tau, m * count);
    });
    return [a, tau];
  },
  vjp: "refuse",
  node: "GeqrfBackward0",
  samples: (g) => [[g.randn(3, 2)]],
});

// ---- by a Cholesky factor ----

/** Ā of a factor whose inverse or solution has the gradient that `common` was made from. */
function factorGradient(factor: Tensor, common: Tensor, upper: boolean): Tensor {
  return upper ? neg(matmul(factor, common)) : neg(matmul(common, factor));
}

const cholesky_inverse = op("cholesky_inverse(Tensor self, bool upper=False) -> Tensor");
cholesky_inverse.define({
  forward: (self, upper) => {
    checkSquare("cholesky_inverse", self);
    const { matrices, n, outer } = matricesOf(self);
    const results = matrices.map((matrix) => {
      const unit = new Float64Array(n * n);
      for (let i = 0; i < n; i++) unit[i * n + i] = 1;
      return choleskySolved(matrix, n, unit, n, upper);
    });
    return columnMajor(results, outer, n, n, self);
  },
  vjp: {
    self: using("self", "result", ({ grad, self, upper, result }) => {
      const both = add(grad, mT(grad), 1n);
      const common = matmul(result, matmul(both, result));
      return upper ? neg(matmul(self, common)) : neg(matmul(common, self));
    }),
  },
  math: { self: "\\bar{L} = -r\\,(\\bar{r} + \\bar{r}^{\\top})\\,r\\,L" },
  gradcheck: { skip: "its input must be triangular, so that single elements cannot be varied" },
  samples: (g) => [[g.tensor([2, 0, 0.5, 1], [2, 2]), false]],
});

const cholesky_solve = op("cholesky_solve(Tensor self, Tensor input2, bool upper=False) -> Tensor");
cholesky_solve.define({
  forward: (self, input2, upper) => {
    if (self.rank < 2) {
      throw runtimeError(`b should have at least 2 dimensions, but has ${self.rank} dimensions instead`);
    }
    if (input2.rank < 2) {
      throw runtimeError(`u should have at least 2 dimensions, but has ${input2.rank} dimensions instead`);
    }
    checkSquare("cholesky_solve", input2);
    const n = input2.sizes[input2.rank - 1];
    const [rows, columns] = self.sizes.slice(-2);
    if (rows !== n) {
      throw runtimeError(
        `Incompatible matrix sizes for cholesky_solve: each A matrix is ${n} by ${n} but each b matrix is ${rows} by ${columns}`,
      );
    }
    const outer = broadcastSizes(self.sizes.slice(0, -2), input2.sizes.slice(0, -2));
    const wide = (x: Tensor) => withoutHistory(() => expand(x, [...outer, ...x.sizes.slice(-2)], false));
    const factors = matricesOf(wide(input2)).matrices;
    const results = matricesOf(wide(self)).matrices.map((b, i) =>
      choleskySolved(factors[i], n, b, columns, upper),
    );
    return columnMajor(results, outer, n, columns, self);
  },
  vjp: {
    self: using("input2", "result", "self", ({ grad, input2, upper }) => cholesky_solve(grad, input2, upper)),
    input2: using("input2", "result", "self", ({ grad, input2, upper, result }) => {
      const pulled = cholesky_solve(grad, input2, upper);
      const product = matmul(pulled, mT(result));
      return factorGradient(input2, add(product, mT(product), 1n), upper);
    }),
  },
  math: { self: "\\bar{b} = (LL^{\\top})^{-1}\\,\\bar{r}" },
  gradcheck: { skip: "its input must be triangular, so that single elements cannot be varied" },
  samples: (g) => [[g.randn(2, 3), g.tensor([2, 0, 0.5, 1], [2, 2]), false]],
});

// ---- triangular, by its older name ----

const triangular_solve = op(
  "triangular_solve(Tensor self, Tensor A, bool upper=True, bool transpose=False, bool unitriangular=False) -> (Tensor solution, Tensor cloned_coefficient)",
);
const TRIANGULAR_SOLVE =
  "torch.triangular_solve is deprecated in favor of torch.linalg.solve_triangularand will be removed in a future PyTorch " +
  "release.\ntorch.linalg.solve_triangular has its arguments reversed and does not return a copy of one of the inputs.\n" +
  "X = torch.triangular_solve(B, A).solution\nshould be replaced with\nX = torch.linalg.solve_triangular(A, B).";
const turnedBy = (A: Tensor, turn: boolean) => (turn ? mT(A) : A);
triangular_solve.define({
  forward: (self, A, upper, turn, unit) =>
    withoutHistory(() => {
      warnOnce(TRIANGULAR_SOLVE);
      const X = linalg_solve_triangular(turnedBy(A, turn), self, upper !== turn, true, unit);
      const { matrices, outer } = matricesOf(A);
      const [rows, columns] = A.sizes.slice(-2);
      return [X, columnMajor(matrices, outer, rows, columns, A)];
    }),
  vjp: {
    self: using("A", "self", "solution", ({ grads, A, upper, transpose: turn, unitriangular }) =>
      grads[0] ? triangular_solve(grads[0], A, upper, !turn, unitriangular)[0] : null,
    ),
    A: using("A", "self", "solution", (c) => {
      const [g, gA] = c.grads;
      let out: Tensor | null = gA;
      if (g) {
        const pulled = triangular_solve(g, c.A, c.upper, !c.transpose, c.unitriangular)[0];
        const whole = c.transpose ? neg(matmul(c.solution, mT(pulled))) : neg(matmul(pulled, mT(c.solution)));
        const kept = triangle(whole, c.upper, c.unitriangular);
        out = out ? add(out, kept, 1n) : kept;
      }
      return out;
    }),
  },
  math: { self: "\\bar{b} = A^{-\\top}\\,\\bar{x}" },
  gradcheck: { skip: "its second result is A itself, of which only a triangle is read" },
  samples: (g) => [[g.randn(2, 3), g.tensor([2, 0.3, 0.5, 1], [2, 2]), true, false, false]],
});
function triangle(x: Tensor, upper: boolean, unit: boolean): Tensor {
  return withMask(x, (r, c) => (upper ? c - r >= (unit ? 1 : 0) : r - c >= (unit ? 1 : 0)));
}
function withMask(x: Tensor, keep: (row: number, column: number) => boolean): Tensor {
  const [rows, columns] = x.sizes.slice(-2);
  const mask = x.dtype.allocate(rows * columns) as Float64Array;
  for (let i = 0; i < mask.length; i++) mask[i] = keep(Math.floor(i / columns), i % columns) ? 1 : 0;
  return mul(x, fromData(mask, [rows, columns], x.dtype));
}

// ---- the cross product ----

export const linalg_cross = op("linalg_cross(Tensor self, Tensor other, *, int dim=-1) -> Tensor");
linalg_cross.define({
  forward: (self, other, dim) => {
    if (self.rank !== other.rank) {
      throw runtimeError("linalg.cross: inputs must have the same number of dimensions.");
    }
    const d = wrapDim(dim, self.rank);
    if (self.sizes[d] !== 3 || other.sizes[d] !== 3) {
      throw runtimeError(
        `linalg.cross: inputs dimension ${dim} must have length 3. Got ${self.sizes[d]} and ${other.sizes[d]}`,
      );
    }
    return withoutHistory(() => {
      const sizes = broadcastSizes(self.sizes, other.sizes);
      const [a, b] = [self, other].map((x) =>
        [0, 1, 2].map((i) => select(sameSizes(x.sizes, sizes) ? x : expand(x, sizes, false), d, i)),
      );
      const parts = [0, 1, 2].map((i) => {
        const [j, k] = [(i + 1) % 3, (i + 2) % 3];
        return sub(mul(a[j], b[k]), mul(a[k], b[j]), 1n);
      });
      return stack(parts, d);
    });
  },
  vjp: {
    self: using("other", ({ grad, other, dim, self }) =>
      tensorApi.sumTo(linalg_cross(wide(other, grad), grad, dim), self.sizes),
    ),
    other: using("self", ({ grad, self, dim, other }) =>
      tensorApi.sumTo(linalg_cross(grad, wide(self, grad), dim), other.sizes),
    ),
  },
  python: functionsOnly("linalg.cross"),
  math: { self: "\\bar{s} = o \\times \\bar{r}", other: "\\bar{o} = \\bar{r} \\times s" },
  samples: (g) => [
    [g.randn(2, 3), g.randn(2, 3), -1],
    [g.randn(3, 2), g.randn(3, 1), 0],
  ],
});
function wide(x: Tensor, like: Tensor): Tensor {
  return sameSizes(x.sizes, like.sizes) ? x : expand(x, like.sizes, false);
}
composite(
  "cross(Tensor self, Tensor other, int? dim=None) -> Tensor",
  (self, other, dim) => {
    if (dim !== null) return linalg_cross(self, other, dim);
    const found = self.sizes.indexOf(3);
    if (found < 0) throw runtimeError("no dimension of size 3 in input");
    warnOnce(
      "Using torch.cross without specifying the dim arg is deprecated.\n" +
        "Please either pass the dim explicitly or simply use torch.linalg.cross.\n" +
        "The default value of dim will change to agree with that of linalg.cross in a future release.",
    );
    return linalg_cross(self, other, found);
  },
  { samples: (g) => [[g.randn(3, 2), g.randn(3, 2), null]] },
);

// ---- products of many ----

/** The cheapest order: costs[i][j] and where the product from i to j is split. */
function chainOrder(sizes: readonly number[]): number[][] {
  const n = sizes.length - 1;
  const cost = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const split = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let length = 1; length < n; length++) {
    for (let i = 0; i + length < n; i++) {
      const j = i + length;
      cost[i][j] = Number.POSITIVE_INFINITY;
      for (let k = i; k < j; k++) {
        const here = cost[i][k] + cost[k + 1][j] + sizes[i] * sizes[k + 1] * sizes[j + 1];
        if (here >= cost[i][j]) continue;
        cost[i][j] = here;
        split[i][j] = k;
      }
    }
  }
  return split;
}

function chained(tensors: readonly Tensor[], split: number[][], i: number, j: number): Tensor {
  if (i === j) return tensors[i];
  return mm(chained(tensors, split, i, split[i][j]), chained(tensors, split, split[i][j] + 1, j));
}

const TYPE_NAMES: Record<string, string> = {
  float32: "float",
  float64: "double",
  int64: "long int",
  int32: "int",
};

export const linalg_multi_dot = composite(
  "linalg_multi_dot(Tensor[] tensors) -> Tensor",
  (tensors) => {
    const n = tensors.length;
    if (n < 2) throw runtimeError(`multi_dot(): expected at least 2 tensors but got ${n}`);
    const first = tensors[0];
    const last = tensors[n - 1];
    for (const [which, end] of [
      ["first", first],
      ["last", last],
    ] as const) {
      if (end.rank === 1 || end.rank === 2) continue;
      throw runtimeError(`multi_dot(): the ${which} tensor must be 1D or 2D but got ${end.rank}D`);
    }
    for (let i = 1; i < n; i++) {
      if (i < n - 1 && tensors[i].rank !== 2) {
        throw runtimeError(`multi_dot(): tensor ${i} must be 2D but got ${tensors[i].rank}D`);
      }
      if (tensors[i].dtype !== first.dtype) {
        const name = (dtype: Tensor["dtype"]) => TYPE_NAMES[dtype.name] ?? dtype.name;
        throw runtimeError(
          `multi_dot(): all tensors must have be the same dtype but tensor 0 is ${name(first.dtype)} and tensor ${i} ${name(tensors[i].dtype)}`,
        );
      }
    }
    const matrices = [...tensors];
    if (first.rank === 1) matrices[0] = unsqueeze(first, 0);
    if (last.rank === 1) matrices[n - 1] = unsqueeze(last, -1);
    matrices.forEach((matrix, i) => {
      if (i === 0 || matrices[i - 1].sizes[1] === matrix.sizes[0]) return;
      throw runtimeError(
        `multi_dot(): tensors ${i - 1} and ${i} with shapes ${sizesText(matrices[i - 1].sizes)} and ${sizesText(matrix.sizes)} cannot be multiplied`,
      );
    });
    const sizes = [
      ...(first.rank === 1 ? [] : [matrices[0].sizes[0]]),
      ...(last.rank === 1 ? [] : [matrices[n - 1].sizes[1]]),
    ];
    if (n === 2) return view(mm(matrices[0], matrices[1]), sizes);
    if (n === 3) {
      const [a, b, c] = matrices.map((matrix) => matrix.sizes);
      const leftFirst = a[0] * b[1] * (a[1] + c[1]);
      const rightFirst = b[0] * c[1] * (a[0] + b[1]);
      const product =
        leftFirst > rightFirst
          ? mm(matrices[0], mm(matrices[1], matrices[2]))
          : mm(mm(matrices[0], matrices[1]), matrices[2]);
      return view(product, sizes);
    }
    const split = chainOrder([matrices[0].sizes[0], ...matrices.map((matrix) => matrix.sizes[1])]);
    return view(chained(matrices, split, 0, n - 1), sizes);
  },
  { python: functionsOnly("linalg.multi_dot") },
);

// ---- powers of a vector ----

composite(
  "linalg_vander(Tensor x, *, int? N=None) -> Tensor",
  (x, N) => {
    if (x.rank < 1 && N !== null && N > 1) {
      throw runtimeError("linalg.vander: x must be a tensor of at least 1 dimension");
    }
    const count = N ?? x.sizes[x.rank - 1] ?? 0;
    if (count <= 1) throw runtimeError("N must be greater than 1.");
    const repeated = expand(unsqueeze(x, -1), [...x.sizes, count - 1], false);
    const powers = cumprod(repeated, -1, null);
    const ones = fullOf([...x.sizes, 1], 1n, powers.dtype);
    return cat([ones, powers], -1);
  },
  { python: functionsOnly("linalg.vander"), samples: (g) => [[g.randn(3), null]] },
);

// ---- tensors as matrices ----

composite(
  "linalg_tensorinv(Tensor self, int ind=2) -> Tensor",
  (self, ind) => {
    if (ind <= 0) throw runtimeError(`Expected a strictly positive integer for 'ind', but got ${ind}`);
    const [front, back] = [self.sizes.slice(0, ind), self.sizes.slice(ind)];
    if (numel(front) !== numel(back)) {
      throw runtimeError(
        `Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got ${numel(back)} != ${numel(front)}`,
      );
    }
    return reshape(linalg_inv(reshape(self, [numel(back), numel(front)])), [...back, ...front]);
  },
  { python: functionsOnly("linalg.tensorinv") },
);
composite(
  "linalg_tensorsolve(Tensor self, Tensor other, int[]? dims=None) -> Tensor",
  (self, other, dims) => {
    const moved = dims
      ? movedim(
          self,
          dims,
          dims.map((_, i) => self.rank - dims.length + i),
        )
      : self;
    const back = moved.sizes.slice(other.rank);
    const front = moved.sizes.slice(0, other.rank);
    if (numel(back) !== numel(front)) {
      throw runtimeError(
        `Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got ${numel(back)} != ${numel(front)}`,
      );
    }
    const solution = linalg_solve(reshape(moved, [numel(back), numel(back)]), reshape(other, [-1]), true);
    return reshape(solution, back);
  },
  { python: functionsOnly("linalg.tensorsolve") },
);

// ---- the same under another name ----

composite(
  "linalg_vecdot(Tensor x, Tensor y, *, int dim=-1) -> Tensor",
  (x, y, dim) => sumDims(mul(x, y), [dim]),
  { python: functionsOnly("linalg.vecdot"), samples: (g) => [[g.randn(2, 3), g.randn(2, 3), -1]] },
);
composite(
  "linalg_diagonal(Tensor(a) A, *, int offset=0, int dim1=-2, int dim2=-1) -> Tensor(a)",
  (A, offset, dim1, dim2) => diagonal(A, offset, dim1, dim2),
  { python: functionsOnly("linalg.diagonal") },
);
composite("linalg_matmul(Tensor self, Tensor other) -> Tensor", (self, other) => matmul(self, other), {
  python: functionsOnly("linalg.matmul"),
});
