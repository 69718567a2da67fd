// Orthogonal factorisations of small matrices, row-major and in double precision: QR by Householder reflections,
// and the eigenvalues of symmetric matrices by reduction to tridiagonal form and implicit QL and QR sweeps. Both
// take LAPACK's steps (geqr2, org2r; sytd2, steqr), so that signs agree with it.

/** Makes x of `count` numbers from `at` on (each `step` apart) a multiple of e₁; answers tau, leaves v behind the first. */
export function reflector(a: Float64Array, at: number, step: number, count: number): number {
  let rest = 0;
  for (let i = 1; i < count; i++) rest = Math.hypot(rest, a[at + i * step]);
  if (rest === 0) return 0;
  const alpha = a[at];
  const beta = -Math.sign(alpha || 1) * Math.hypot(alpha, rest);
  for (let i = 1; i < count; i++) a[at + i * step] /= alpha - beta;
  a[at] = beta;
  return (beta - alpha) / beta;
}

/** R on and above the diagonal, the reflections' vectors below it (their first number, 1, is not stored). */
export function householder(matrix: Float64Array, rows: number, columns: number) {
  const a = matrix.slice();
  const rank = Math.min(rows, columns);
  const tau = new Float64Array(rank);
  for (let k = 0; k < rank; k++) {
    tau[k] = reflector(a, k * columns + k, columns, rows - k);
    if (tau[k] === 0) continue;
    for (let c = k + 1; c < columns; c++) {
      let dot = a[k * columns + c];
      for (let r = k + 1; r < rows; r++) dot += a[r * columns + k] * a[r * columns + c];
      dot *= tau[k];
      a[k * columns + c] -= dot;
      for (let r = k + 1; r < rows; r++) a[r * columns + c] -= dot * a[r * columns + k];
    }
  }
  return { a, tau };
}

/** H₁·H₂·…·Hₖ·C in place (or its transpose times C): C is row-major with `width` columns. */
export function applyReflections(
  a: Float64Array,
  stride: number,
  tau: Float64Array,
  rows: number,
  c: Float64Array,
  width: number,
  transposed: boolean,
): void {
  for (let step = 0; step < tau.length; step++) {
    const k = transposed ? step : tau.length - 1 - step;
    if (tau[k] === 0) continue;
    for (let j = 0; j < width; j++) {
      let dot = c[k * width + j];
      for (let r = k + 1; r < rows; r++) dot += a[r * stride + k] * c[r * width + j];
      dot *= tau[k];
      c[k * width + j] -= dot;
      for (let r = k + 1; r < rows; r++) c[r * width + j] -= dot * a[r * stride + k];
    }
  }
}

/** The first `count` columns of H₁·H₂·…: rows×count, row-major. */
export function orthogonalOf(
  a: Float64Array,
  stride: number,
  tau: Float64Array,
  rows: number,
  count: number,
): Float64Array {
  const q = new Float64Array(rows * count);
  for (let i = 0; i < Math.min(rows, count); i++) q[i * count + i] = 1;
  applyReflections(a, stride, tau, rows, q, count, false);
  return q;
}

// ---- symmetric eigenvalues ----

interface Rotation {
  c: number;
  s: number;
  r: number;
}

/** The rotation that makes (f, g) a multiple of e₁, with the signs of LAPACK's older lartg. */
function rotation(f: number, g: number): Rotation {
  if (g === 0) return { c: 1, s: 0, r: f };
  if (f === 0) return { c: 0, s: 1, r: g };
  const r = Math.hypot(f, g);
  const sign = Math.abs(f) > Math.abs(g) && f < 0 ? -1 : 1;
  return { c: (sign * f) / r, s: (sign * g) / r, r: sign * r };
}

/** Eigenvalues of [[a, b], [b, c]] (the larger in absolute value first) and the vector of the first. */
function eigenOfTwo(a: number, b: number, c: number) {
  const sum = a + c;
  const difference = a - c;
  const twice = 2 * b;
  const root = Math.hypot(difference, twice);
  const [large, small] = Math.abs(a) > Math.abs(c) ? [a, c] : [c, a];
  let first = root / 2;
  let second = -root / 2;
  let sign1 = 1;
  if (sum !== 0) {
    sign1 = Math.sign(sum);
    first = (sum + sign1 * root) / 2;
    second = (large / first) * small - (b / first) * b;
  }
  const sign2 = difference >= 0 ? 1 : -1;
  const cs = difference + sign2 * root;
  let cosine = 1;
  let sine = 0;
  if (Math.abs(cs) > Math.abs(twice)) {
    const t = -twice / cs;
    sine = 1 / Math.sqrt(1 + t * t);
    cosine = t * sine;
  } else if (twice !== 0) {
    const t = -cs / twice;
    cosine = 1 / Math.sqrt(1 + t * t);
    sine = t * cosine;
  }
  return sign1 === sign2 ? { first, second, c: -sine, s: cosine } : { first, second, c: cosine, s: sine };
}

/** Rotates columns j and j + 1 of the n×n matrix z. */
function turn(z: Float64Array, n: number, j: number, c: number, s: number): void {
  for (let i = 0; i < n; i++) {
    const at = i * n + j;
    const next = z[at + 1];
    z[at + 1] = c * next - s * z[at];
    z[at] = s * next + c * z[at];
  }
}

const EPSILON = Number.EPSILON / 2;
const SMALLEST = 2.2250738585072014e-308;

/** Whether the element between two diagonal ones is as good as zero. */
function negligible(e: number, before: number, after: number): boolean {
  return e * e <= EPSILON * EPSILON * Math.abs(before) * Math.abs(after) + SMALLEST;
}

/** One implicit sweep over the block from l to m (m > l: from below, QL; m < l: from above, QR). */
function sweep(d: Float64Array, e: Float64Array, z: Float64Array, n: number, l: number, m: number): void {
  const up = m > l ? 1 : -1;
  /** The element between i and i + up. */
  const between = (i: number) => (up === 1 ? i : i - 1);
  const start = d[l];
  let g = (d[l + up] - start) / (2 * e[between(l)]);
  const root = Math.hypot(g, 1);
  g = d[m] - start + e[between(l)] / (g + (g >= 0 ? root : -root));
  let s = 1;
  let c = 1;
  let p = 0;
  const turns: [number, number, number][] = [];
  for (let i = m - up; i !== l - up; i -= up) {
    const f = s * e[between(i)];
    const b = c * e[between(i)];
    const made = rotation(g, f);
    ({ c, s } = made);
    if (i !== m - up) e[between(i + up)] = made.r;
    g = d[i + up] - p;
    const r = (d[i] - g) * s + 2 * c * b;
    p = s * r;
    d[i + up] = g + p;
    g = c * r - b;
    turns.push([up === 1 ? i : i - 1, c, up === 1 ? -s : s]);
  }
  for (const [column, cosine, sine] of turns) turn(z, n, column, cosine, sine);
  d[l] -= p;
  e[between(l)] = g;
}

/** Diagonalises the tridiagonal matrix (d, e); z becomes its eigenvectors. */
function tridiagonal(d: Float64Array, e: Float64Array, z: Float64Array, n: number): void {
  let begin = 0;
  for (let sweeps = 0; begin < n; ) {
    let end = begin;
    while (end < n - 1) {
      const size = Math.abs(e[end]);
      if (size <= Math.sqrt(Math.abs(d[end])) * Math.sqrt(Math.abs(d[end + 1])) * EPSILON) break;
      end++;
    }
    if (end < n - 1) e[end] = 0;
    // From the end whose diagonal element is smaller.
    let [l, last] = Math.abs(d[end]) < Math.abs(d[begin]) ? [end, begin] : [begin, end];
    begin = end + 1;
    const up = last > l ? 1 : -1;
    const between = (i: number) => (up === 1 ? i : i - 1);
    while (l !== last + up && up * (last - l) >= 0) {
      let m = l;
      while (m !== last && !negligible(e[between(m)], d[m], d[m + up])) m += up;
      if (m !== last) e[between(m)] = 0;
      if (m === l) {
        l += up;
      } else if (m === l + up) {
        const low = Math.min(l, m);
        const two = eigenOfTwo(d[low], e[low], d[low + 1]);
        turn(z, n, low, two.c, two.s);
        d[low] = two.first;
        d[low + 1] = two.second;
        e[low] = 0;
        l += 2 * up;
      } else {
        if (++sweeps > 30 * n) return;
        sweep(d, e, z, n, l, m);
      }
    }
  }
}

function reverseRows(z: Float64Array, n: number): void {
  for (let r = 0; 2 * r < n - 1; r++) {
    const [top, bottom] = [z.slice(r * n, (r + 1) * n), z.slice((n - 1 - r) * n, (n - r) * n)];
    z.set(bottom, r * n);
    z.set(top, (n - 1 - r) * n);
  }
}

/**
 * Eigenvalues in ascending order and eigenvectors (columns, row-major) of a symmetric matrix, of which one triangle is
 * read. The upper one is reduced from its other corner: as the lower one of the matrix read backwards.
 */
export function symmetricEigen(
  matrix: Float64Array,
  n: number,
  upper: boolean,
): { values: Float64Array; vectors: Float64Array } {
  const a = upper ? matrix.slice().reverse() : matrix.slice();
  const d = new Float64Array(n);
  const e = new Float64Array(Math.max(n - 1, 0));
  const tau = new Float64Array(Math.max(n - 1, 0));
  for (let i = 0; i < n - 1; i++) {
    tau[i] = reflector(a, (i + 1) * n + i, n, n - i - 1);
    e[i] = a[(i + 1) * n + i];
    if (tau[i] === 0) continue;
    a[(i + 1) * n + i] = 1;
    const v = (r: number) => a[r * n + i];
    const w = new Float64Array(n);
    for (let r = i + 1; r < n; r++) {
      let sum = 0;
      for (let c = i + 1; c < n; c++) sum += a[r >= c ? r * n + c : c * n + r] * v(c);
      w[r] = tau[i] * sum;
    }
    let dot = 0;
    for (let r = i + 1; r < n; r++) dot += w[r] * v(r);
    for (let r = i + 1; r < n; r++) w[r] -= 0.5 * tau[i] * dot * v(r);
    for (let r = i + 1; r < n; r++) {
      for (let c = i + 1; c <= r; c++) a[r * n + c] -= v(r) * w[c] + w[r] * v(c);
    }
  }
  for (let i = 0; i < n; i++) d[i] = a[i * n + i];
  if (upper) {
    d.reverse();
    e.reverse();
  }
  const z = new Float64Array(n * n);
  for (let i = 0; i < n; i++) z[i * n + i] = 1;
  tridiagonal(d, e, z, n);
  if (upper) reverseRows(z, n);
  // The reflections act on the rows from 1 on.
  for (let k = n - 2; k >= 0; k--) {
    if (tau[k] === 0) continue;
    for (let j = 0; j < n; j++) {
      let dot = z[(k + 1) * n + j];
      for (let r = k + 2; r < n; r++) dot += a[r * n + k] * z[r * n + j];
      dot *= tau[k];
      z[(k + 1) * n + j] -= dot;
      for (let r = k + 2; r < n; r++) z[r * n + j] -= dot * a[r * n + k];
    }
  }
  if (upper) reverseRows(z, n);
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => d[i] - d[j]);
  const vectors = new Float64Array(n * n);
  for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) vectors[r * n + c] = z[r * n + order[c]];
  return { values: Float64Array.from(order, (i) => d[i]), vectors };
}
