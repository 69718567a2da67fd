// Singular values of an upper bidiagonal matrix by implicit QR sweeps, as LAPACK's bdsqr does it step by step, so
// that the signs of the vectors agree with it.

const EPSILON = Number.EPSILON / 2;
const SMALLEST = 2.2250738585072014e-308;
const sign = (size: number, like: number) =>
  like < 0 || Object.is(like, -0) ? -Math.abs(size) : Math.abs(size);

/** The rotation that makes (f, g) a multiple of e₁, the cosine never negative. */
export function rotation(f: number, g: number): { c: number; s: number; r: number } {
  if (g === 0) return { c: 1, s: 0, r: f };
  if (f === 0) return { c: 0, s: Math.sign(g), r: Math.abs(g) };
  const r = Math.sign(f) * Math.hypot(f, g);
  return { c: f / r, s: g / r, r };
}

/** A square matrix that rotations act on; row-major. */
export interface Square {
  data: Float64Array;
  n: number;
}

/** Rows j and k become c·j + s·k and c·k − s·j. */
function mixRows({ data, n }: Square, j: number, k: number, c: number, s: number): void {
  for (let i = 0; i < n; i++) {
    const [x, y] = [data[j * n + i], data[k * n + i]];
    data[j * n + i] = c * x + s * y;
    data[k * n + i] = c * y - s * x;
  }
}

function mixColumns({ data, n }: Square, j: number, k: number, c: number, s: number): void {
  for (let i = 0; i < n; i++) {
    const [x, y] = [data[i * n + j], data[i * n + k]];
    data[i * n + j] = c * x + s * y;
    data[i * n + k] = c * y - s * x;
  }
}

/** The smaller singular value of [[f, g], [0, h]]. */
function smallerOfTwo(f: number, g: number, h: number): number {
  const [fa, ga, ha] = [Math.abs(f), Math.abs(g), Math.abs(h)];
  const low = Math.min(fa, ha);
  const high = Math.max(fa, ha);
  if (low === 0) return 0;
  const as = 1 + low / high;
  const at = (high - low) / high;
  if (ga < high) {
    const au = (ga / high) ** 2;
    return low * (2 / (Math.sqrt(as * as + au) + Math.sqrt(at * at + au)));
  }
  const au = high / ga;
  if (au === 0) return (low * high) / ga;
  return 2 * (low * (1 / (Math.sqrt(1 + (as * au) ** 2) + Math.sqrt(1 + (at * au) ** 2)))) * au;
}

/** The singular values of [[f, g], [0, h]] and the rotations that make it diagonal. */
function singularOfTwo(f: number, g: number, h: number) {
  let [ft, ht] = [f, h];
  let [fa, ha] = [Math.abs(f), Math.abs(h)];
  let largest = 1;
  const swapped = ha > fa;
  if (swapped) {
    largest = 3;
    [ft, ht] = [ht, ft];
    [fa, ha] = [ha, fa];
  }
  const ga = Math.abs(g);
  let [clt, crt, slt, srt] = [1, 1, 0, 0];
  let [low, high] = [ha, fa];
  if (ga !== 0) {
    let usual = true;
    if (ga > fa) {
      largest = 2;
      if (fa / ga < EPSILON) {
        usual = false;
        high = ga;
        low = ha > 1 ? fa / (ga / ha) : (fa / ga) * ha;
        [clt, slt, srt, crt] = [1, ht / g, 1, ft / g];
      }
    }
    if (usual) {
      const d = fa - ha;
      let l = d === fa ? 1 : d / fa;
      const m = g / ft;
      let t = 2 - l;
      const mm = m * m;
      const s = Math.sqrt(t * t + mm);
      const r = l === 0 ? Math.abs(m) : Math.sqrt(l * l + mm);
      const a = 0.5 * (s + r);
      low = ha / a;
      high = fa * a;
      if (mm !== 0) t = (m / (s + t) + m / (r + l)) * (1 + a);
      else if (l === 0) t = sign(2, ft) * sign(1, g);
      else t = g / sign(d, ft) + m / t;
      l = Math.sqrt(t * t + 4);
      crt = 2 / l;
      srt = t / l;
      clt = (crt + srt * m) / a;
      slt = ((ht / ft) * srt) / a;
    }
  }
  const [csl, snl, csr, snr] = swapped ? [srt, crt, slt, clt] : [clt, slt, crt, srt];
  const signs = [
    sign(1, csr) * sign(1, csl) * sign(1, f),
    sign(1, snr) * sign(1, csl) * sign(1, g),
    sign(1, snr) * sign(1, snl) * sign(1, h),
  ];
  const overall = signs[largest - 1];
  return { high: sign(high, overall), low: sign(low, overall * sign(1, f) * sign(1, h)), csl, snl, csr, snr };
}

/** One sweep over the block from `ll` to `m` with a shift (0: the one that keeps small values exact). */
function sweep(
  d: Float64Array,
  e: Float64Array,
  u: Square,
  vt: Square,
  ll: number,
  m: number,
  shift: number,
  down: boolean,
): void {
  // Upwards is the same sweep over the matrix read from its other corner, with U and Vᵀ in each other's place.
  const count = m - ll;
  const at = (i: number) => (down ? ll + i : m - i);
  const between = (i: number) => (down ? ll + i : m - 1 - i);
  const rights: [number, number][] = [];
  const lefts: [number, number][] = [];
  if (shift === 0) {
    let cs = 1;
    let oldCs = 1;
    let oldSn = 0;
    for (let i = 0; i < count; i++) {
      const first = rotation(d[at(i)] * cs, e[between(i)]);
      cs = first.c;
      if (i > 0) e[between(i - 1)] = oldSn * first.r;
      const second = rotation(oldCs * first.r, d[at(i + 1)] * first.s);
      oldCs = second.c;
      oldSn = second.s;
      d[at(i)] = second.r;
      rights.push([first.c, first.s]);
      lefts.push([second.c, second.s]);
    }
    const h = d[at(count)] * cs;
    d[at(count)] = h * oldCs;
    e[between(count - 1)] = h * oldSn;
  } else {
    const start = d[at(0)];
    let f = (Math.abs(start) - shift) * (sign(1, start) + shift / start);
    let g = e[between(0)];
    for (let i = 0; i < count; i++) {
      const right = rotation(f, g);
      if (i > 0) e[between(i - 1)] = right.r;
      const [di, ei, next] = [d[at(i)], e[between(i)], d[at(i + 1)]];
      f = right.c * di + right.s * ei;
      e[between(i)] = right.c * ei - right.s * di;
      g = right.s * next;
      d[at(i + 1)] = right.c * next;
      const left = rotation(f, g);
      d[at(i)] = left.r;
      f = left.c * e[between(i)] + left.s * d[at(i + 1)];
      d[at(i + 1)] = left.c * d[at(i + 1)] - left.s * e[between(i)];
      if (i < count - 1) {
        g = left.s * e[between(i + 1)];
        e[between(i + 1)] = left.c * e[between(i + 1)];
      }
      rights.push([right.c, right.s]);
      lefts.push([left.c, left.s]);
    }
    e[between(count - 1)] = f;
  }
  for (let i = 0; i < count; i++) {
    const [forV, forU] = down ? [rights[i], lefts[i]] : [lefts[i], rights[i]];
    const [j, k] = [at(i), at(i + 1)];
    mixRows(vt, j, k, forV[0], forV[1]);
    mixColumns(u, j, k, forU[0], forU[1]);
  }
}

/**
 * Makes the upper bidiagonal matrix with diagonal `d` and superdiagonal `e` diagonal: its singular values in
 * descending order in `d`, the rotations in `u` (from the right) and `vt` (from the left).
 */
export function diagonalise(d: Float64Array, e: Float64Array, u: Square, vt: Square): void {
  const n = d.length;
  const tolerance = Math.max(10, Math.min(100, EPSILON ** (-1 / 8))) * EPSILON;
  let least = Math.abs(d[0]);
  for (let i = 1, mu = least; i < n && least !== 0; i++) {
    mu = Math.abs(d[i]) * (mu / (mu + Math.abs(e[i - 1])));
    least = Math.min(least, mu);
  }
  const threshold = Math.max((tolerance * least) / Math.sqrt(n), 6 * n * n * SMALLEST);
  let m = n - 1;
  let oldLl = -1;
  let oldM = -1;
  let down = true;
  for (let rest = 6 * n * n; m > 0 && rest > 0; rest--) {
    let largest = Math.abs(d[m]);
    let ll = m - 1;
    while (ll >= 0 && Math.abs(e[ll]) > threshold) {
      largest = Math.max(largest, Math.abs(d[ll]), Math.abs(e[ll]));
      ll--;
    }
    if (ll >= 0) {
      e[ll] = 0;
      if (ll === m - 1) {
        m--;
        continue;
      }
    }
    ll++;
    if (ll === m - 1) {
      const two = singularOfTwo(d[ll], e[ll], d[m]);
      d[ll] = two.high;
      e[ll] = 0;
      d[m] = two.low;
      mixRows(vt, ll, m, two.csr, two.snr);
      mixColumns(u, ll, m, two.csl, two.snl);
      m -= 2;
      continue;
    }
    if (ll > oldM || m < oldLl || oldM < 0) down = Math.abs(d[ll]) >= Math.abs(d[m]);
    const found = converged(d, e, ll, m, down, tolerance);
    if (found === null) continue;
    oldLl = ll;
    oldM = m;
    let shift = 0;
    if (n * tolerance * (found / largest) > Math.max(EPSILON, 0.01 * tolerance)) {
      const size = Math.abs(down ? d[ll] : d[m]);
      shift = down ? smallerOfTwo(d[m - 1], e[m - 1], d[m]) : smallerOfTwo(d[ll], e[ll], d[ll + 1]);
      if (size > 0 && (shift / size) ** 2 < EPSILON) shift = 0;
    }
    sweep(d, e, u, vt, ll, m, shift, down);
    const last = down ? m - 1 : ll;
    if (Math.abs(e[last]) <= threshold) e[last] = 0;
  }
  for (let i = 0; i < n; i++) {
    if (d[i] >= 0 && !Object.is(d[i], -0)) continue;
    d[i] = -d[i];
    for (let c = 0; c < vt.n; c++) vt.data[i * vt.n + c] *= -1;
  }
  sortDown(d, u, vt);
}

/** Sets an element that no longer matters to zero and answers null; else a lower bound of the smallest value. */
function converged(
  d: Float64Array,
  e: Float64Array,
  ll: number,
  m: number,
  down: boolean,
  tolerance: number,
): number | null {
  const last = down ? m - 1 : ll;
  if (Math.abs(e[last]) <= tolerance * Math.abs(down ? d[m] : d[ll])) {
    e[last] = 0;
    return null;
  }
  let mu = Math.abs(down ? d[ll] : d[m]);
  let least = mu;
  for (let i = 0; i < m - ll; i++) {
    const k = down ? ll + i : m - 1 - i;
    if (Math.abs(e[k]) <= tolerance * mu) {
      e[k] = 0;
      return null;
    }
    mu = Math.abs(down ? d[k + 1] : d[k]) * (mu / (mu + Math.abs(e[k])));
    least = Math.min(least, mu);
  }
  return least;
}

function sortDown(d: Float64Array, u: Square, vt: Square): void {
  const order = Array.from(d.keys()).sort((i, j) => d[j] - d[i]);
  const [oldD, oldU, oldV] = [d.slice(), u.data.slice(), vt.data.slice()];
  const n = d.length;
  order.forEach((from, k) => {
    d[k] = oldD[from];
    for (let i = 0; i < n; i++) {
      u.data[i * n + k] = oldU[i * n + from];
      vt.data[k * n + i] = oldV[from * n + i];
    }
  });
}
