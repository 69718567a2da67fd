// The exponential of a matrix, and solving by a Cholesky factor: row-major, in double precision.

function product(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let r = 0; r < n; r++) {
    for (let k = 0; k < n; k++) {
      const factor = a[r * n + k];
      if (factor === 0) continue;
      for (let c = 0; c < n; c++) out[r * n + c] += factor * b[k * n + c];
    }
  }
  return out;
}

/** e^A by its series, of A halved until its norm is below a half, and squared as often. */
export function exponential(matrix: Float64Array, n: number): Float64Array {
  let norm = 0;
  for (let c = 0; c < n; c++) {
    let sum = 0;
    for (let r = 0; r < n; r++) sum += Math.abs(matrix[r * n + c]);
    norm = Math.max(norm, sum);
  }
  const halvings = norm > 0.5 && Number.isFinite(norm) ? Math.ceil(Math.log2(norm)) + 1 : 0;
  const scaled = matrix.map((value) => value / 2 ** halvings);
  let term = new Float64Array(n * n);
  for (let i = 0; i < n; i++) term[i * n + i] = 1;
  let out = term.slice();
  // The norm is at most a half: the 20th term is below 1e-24.
  for (let k = 1; k <= 20; k++) {
    term = product(term, scaled, n).map((value) => value / k) as Float64Array<ArrayBuffer>;
    for (let i = 0; i < out.length; i++) out[i] += term[i];
  }
  for (let i = 0; i < halvings; i++) out = product(out, out, n) as Float64Array<ArrayBuffer>;
  return out;
}

/** X of L·Lᵀ·X = B (or Uᵀ·U·X = B), for row-major B of `columns` columns. */
export function choleskySolved(
  factor: Float64Array,
  n: number,
  b: Float64Array,
  columns: number,
  upper: boolean,
): Float64Array {
  const x = b.slice();
  /** L[r, c], whichever triangle is stored. */
  const l = (r: number, c: number) => (upper ? factor[c * n + r] : factor[r * n + c]);
  for (let r = 0; r < n; r++) {
    for (let c = 0; c < columns; c++) {
      let sum = x[r * columns + c];
      for (let k = 0; k < r; k++) sum -= l(r, k) * x[k * columns + c];
      x[r * columns + c] = sum / l(r, r);
    }
  }
  for (let r = n - 1; r >= 0; r--) {
    for (let c = 0; c < columns; c++) {
      let sum = x[r * columns + c];
      for (let k = r + 1; k < n; k++) sum -= l(k, r) * x[k * columns + c];
      x[r * columns + c] = sum / l(r, r);
    }
  }
  return x;
}
