// Factorisations of small square matrices, row-major and in double precision: LU with partial pivoting,
// and Cholesky. Rows are exchanged as LAPACK does, so that pivots and signs agree.

export interface Lu {
  n: number;
  /** L below the diagonal (its own is 1), U on and above it. */
  lu: Float64Array;
  /** Row i was exchanged with row pivots[i]. */
  pivots: Int32Array;
  /** +1 or −1: an odd number of exchanges changes the determinant's sign. */
  sign: number;
  /** The first diagonal element of U that is zero, counted from 1; 0 where none is. */
  singularAt: number;
}

export function luOf(matrix: Float64Array, n: number): Lu {
  const { lu, pivots, singularAt } = rectangularLu(matrix, n, n);
  let sign = 1;
  pivots.forEach((row, k) => {
    if (row !== k) sign = -sign;
  });
  return { n, lu, pivots, sign, singularAt };
}

/** Solves A·X = B, or Aᵀ·X = B, for row-major B of `columns` columns, in place. */
export function luSolve({ n, lu, pivots }: Lu, b: Float64Array, columns: number, transposed: boolean): void {
  const exchange = (i: number, j: number) => {
    if (i === j) return;
    for (let c = 0; c < columns; c++) {
      const keep = b[i * columns + c];
      b[i * columns + c] = b[j * columns + c];
      b[j * columns + c] = keep;
    }
  };
  const subtract = (from: number, row: number, factor: number) => {
    for (let c = 0; c < columns; c++) b[from * columns + c] -= factor * b[row * columns + c];
  };
  const divide = (row: number, by: number) => {
    for (let c = 0; c < columns; c++) b[row * columns + c] /= by;
  };
  if (!transposed) {
    for (let i = 0; i < n; i++) exchange(i, pivots[i]);
    for (let i = 0; i < n; i++) for (let k = 0; k < i; k++) subtract(i, k, lu[i * n + k]);
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) subtract(i, k, lu[i * n + k]);
      divide(i, lu[i * n + i]);
    }
    return;
  }
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) subtract(i, k, lu[k * n + i]);
    divide(i, lu[i * n + i]);
  }
  for (let i = n - 1; i >= 0; i--) for (let k = i + 1; k < n; k++) subtract(i, k, lu[k * n + i]);
  for (let i = n - 1; i >= 0; i--) exchange(i, pivots[i]);
}

/** L with A = L·Lᵀ, reading the lower triangle; `failedAt`: the order of the first minor that is not positive. */
export function choleskyOf(matrix: Float64Array, n: number): { l: Float64Array; failedAt: number } {
  const l = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    let sum = matrix[j * n + j];
    for (let k = 0; k < j; k++) sum -= l[j * n + k] ** 2;
    if (!(sum > 0)) {
      // As LAPACK leaves it: what was found so far, the rest as it was given.
      l[j * n + j] = sum;
      for (let r = j + 1; r < n; r++) for (let c = j; c <= r; c++) l[r * n + c] = matrix[r * n + c];
      return { l, failedAt: j + 1 };
    }
    l[j * n + j] = Math.sqrt(sum);
    for (let i = j + 1; i < n; i++) {
      let rest = matrix[i * n + j];
      for (let k = 0; k < j; k++) rest -= l[i * n + k] * l[j * n + k];
      l[i * n + j] = rest / l[j * n + j];
    }
  }
  return { l, failedAt: 0 };
}

/** Solves T·X = B in place, where T is read on one side of the diagonal only. */
export function triangularSolve(
  t: Float64Array,
  n: number,
  b: Float64Array,
  columns: number,
  upper: boolean,
  unit: boolean,
): void {
  for (let step = 0; step < n; step++) {
    const i = upper ? n - 1 - step : step;
    for (let k = upper ? i + 1 : 0; k < (upper ? n : i); k++) {
      for (let c = 0; c < columns; c++) b[i * columns + c] -= t[i * n + k] * b[k * columns + c];
    }
    if (!unit) for (let c = 0; c < columns; c++) b[i * columns + c] /= t[i * n + i];
  }
}

/** LU of a matrix that need not be square, as luOf: packed, with the rows' exchanges. */
export function rectangularLu(matrix: Float64Array, rows: number, columns: number): Omit<Lu, "n" | "sign"> {
  const lu = matrix.slice();
  const rank = Math.min(rows, columns);
  const pivots = new Int32Array(rank);
  let singularAt = 0;
  for (let k = 0; k < rank; k++) {
    let best = k;
    for (let i = k + 1; i < rows; i++) {
      if (Math.abs(lu[i * columns + k]) > Math.abs(lu[best * columns + k])) best = i;
    }
    pivots[k] = best;
    if (lu[best * columns + k] === 0) {
      singularAt ||= k + 1;
      continue;
    }
    if (best !== k) {
      for (let j = 0; j < columns; j++) {
        const keep = lu[k * columns + j];
        lu[k * columns + j] = lu[best * columns + j];
        lu[best * columns + j] = keep;
      }
    }
    for (let i = k + 1; i < rows; i++) {
      const factor = lu[i * columns + k] / lu[k * columns + k];
      lu[i * columns + k] = factor;
      for (let j = k + 1; j < columns; j++) lu[i * columns + j] -= factor * lu[k * columns + j];
    }
  }
  return { lu, pivots, singularAt };
}
