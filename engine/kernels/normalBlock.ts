// Box and Muller's method for blocks of 16 float32 numbers, with the logarithm, sine and cosine that
// PyTorch's AVX code has (Cephes' polynomials in float32, multiplied and added at once), so that the
// numbers are the same to the last bit. Verified against 64,000 numbers of real PyTorch.

const { fround } = Math;

/** a * b + c in float32, rounded once. */
const fused = (a: number, b: number, c: number) => fround(a * b + c);

const bits = new DataView(new ArrayBuffer(4));

// Coefficients of Cephes' logf, from the highest power.
const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(fround);
const LN2_LOW = fround(-2.1219444e-4);
const LN2_HIGH = fround(0.693359375);
const ROOT_HALF = fround(Math.SQRT1_2);

/** The natural logarithm of a float32 above 0. */
export function log32(value: number): number {
  bits.setFloat32(0, Math.max(value, 1.17549435e-38));
  const pattern = bits.getInt32(0);
  let exponent = (pattern >> 23) - 126;
  bits.setInt32(0, (pattern & 0x807fffff) | 0x3f000000);
  let x = bits.getFloat32(0);
  if (x < ROOT_HALF) {
    exponent -= 1;
    x = fround(fround(x - 1) + x);
  } else {
    x = fround(x - 1);
  }
  const square = fround(x * x);
  let y = LOG[0];
  for (let i = 1; i < LOG.length; i++) y = fused(y, x, LOG[i]);
  y = fused(fround(y * x), square, fround(exponent * LN2_LOW));
  y = fround(y - square * 0.5);
  return fround(fround(x + y) + fround(exponent * LN2_HIGH));
}

// Coefficients of Cephes' sinf and cosf, and π/4 in three parts.
const SIN = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(fround);
const COS = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(fround);
const QUARTER = [-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8].map(fround);
const FOUR_OVER_PI = fround(1.27323954473516);

/** Sine and cosine of a float32 from 0 to 2π. */
export function sinCos32(value: number): [sin: number, cos: number] {
  const octant = (Math.trunc(fround(value * FOUR_OVER_PI)) + 1) & ~1;
  let x = value;
  for (const part of QUARTER) x = fused(octant, part, x);
  const square = fround(x * x);
  let c = COS[0];
  for (let i = 1; i < COS.length; i++) c = fused(c, square, COS[i]);
  c = fround(fused(fround(c * square), square, -fround(square * 0.5)) + 1);
  let s = SIN[0];
  for (let i = 1; i < SIN.length; i++) s = fused(s, square, SIN[i]);
  s = fused(fround(s * square), x, x);
  const [sin, cos] = (octant & 2) === 0 ? [s, c] : [c, s];
  return [(octant & 4) !== 0 ? -sin : sin, (~(octant - 2) & 4) !== 0 ? -cos : cos];
}

const TWO_PI = fround(2 * Math.PI);

/** 16 uniform numbers from `at` on become 16 normal ones: the first half gives radii, the second angles. */
export function normalBlock32(numbers: Float32Array, at: number, mean: number, deviation: number): void {
  const [centre, width] = [fround(mean), fround(deviation)];
  for (let i = at; i < at + 8; i++) {
    const radius = fround(Math.sqrt(fround(-2 * log32(fround(1 - numbers[i])))));
    const [sin, cos] = sinCos32(fround(TWO_PI * numbers[i + 8]));
    numbers[i] = fused(fround(radius * cos), width, centre);
    numbers[i + 8] = fused(fround(radius * sin), width, centre);
  }
}
