// Logarithm, power, sine and cosine rounded correctly (but for one case in some billions), as the C library
// that PyTorch is built with rounds them; JavaScript's differ from it in the last digit now and then.
// Numbers are pairs: a double, and the double that the first one lacks.

type Pair = readonly [high: number, low: number];

const SPLIT = 2 ** 27 + 1;

function exactProduct(a: number, b: number): Pair {
  const product = a * b;
  const bigA = SPLIT * a;
  const highA = bigA - (bigA - a);
  const lowA = a - highA;
  const bigB = SPLIT * b;
  const highB = bigB - (bigB - b);
  const lowB = b - highB;
  return [product, lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB)];
}

function exactSum(a: number, b: number): Pair {
  const sum = a + b;
  const part = sum - a;
  return [sum, a - (sum - part) + (b - part)];
}

function add([a, aLow]: Pair, [b, bLow]: Pair): Pair {
  const [sum, error] = exactSum(a, b);
  return exactSum(sum, error + aLow + bLow);
}

function multiply([a, aLow]: Pair, [b, bLow]: Pair): Pair {
  const [product, error] = exactProduct(a, b);
  return exactSum(product, error + a * bLow + aLow * b);
}

function divide(a: Pair, b: Pair): Pair {
  const first = a[0] / b[0];
  const rest = add(a, multiply(b, [-first, 0]));
  return exactSum(first, rest[0] / b[0]);
}

/** 1/n for each n that a series needs. */
const INVERSE: readonly Pair[] = Array.from({ length: 32 }, (_, n) => divide([1, 0], [n || 1, 0]));
const LN2: Pair = [0.6931471805599453, 2.3190468138462996e-17];

/** ln x for x > 0. */
export function log(x: number): number {
  if (!(x > 2 ** -1000 && x < 2 ** 1000)) return Math.log(x);
  const [high, low] = logPair(x);
  return high + low;
}

/** 2 artanh((m - 1) / (m + 1)) of the mantissa, and the exponent's part. */
function logPair(x: number): Pair {
  let exponent = Math.round(Math.log2(x));
  let mantissa = x / 2 ** exponent;
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  } else if (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  const s = divide([mantissa - 1, 0], exactSum(mantissa, 1));
  const square = multiply(s, s);
  let series: Pair = INVERSE[31];
  for (let n = 29; n >= 1; n -= 2) series = add(multiply(series, square), INVERSE[n]);
  const [high, low] = multiply(series, s);
  return add(multiply(LN2, [exponent, 0]), [2 * high, 2 * low]);
}

/** x^y for x > 0: e^(y ln x), by Taylor's series of what powers of two leave. */
export function power(x: number, y: number): number {
  if (!(x > 2 ** -1000 && x < 2 ** 1000)) return x ** y;
  const exponent = multiply(logPair(x), [y, 0]);
  if (!(Math.abs(exponent[0]) < 700)) return x ** y;
  const twos = Math.round(exponent[0] / LN2[0]);
  const rest = add(exponent, multiply(LN2, [-twos, 0]));
  let series: Pair = [1, 0];
  for (let n = 28; n >= 1; n--) series = add([1, 0], multiply(multiply(series, rest), INVERSE[n]));
  return (series[0] + series[1]) * 2 ** twos;
}

// π/2 in three parts.
const HALF_PI = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33] as const;

/** Sine and cosine of an angle of a few turns: Taylor's series of what is left of it after quarter turns. */
export function sinCos(x: number): [sin: number, cos: number] {
  const quarters = Math.round(x / HALF_PI[0]);
  let angle: Pair = [x, 0];
  for (const part of HALF_PI) angle = add(angle, exactProduct(-quarters, part));
  const square = multiply(angle, angle);
  const minus: Pair = [-square[0], -square[1]];
  let sine: Pair = [1, 0];
  let cosine: Pair = [1, 0];
  for (let n = 27; n >= 3; n -= 2) {
    sine = add([1, 0], multiply(multiply(sine, minus), multiply(INVERSE[n], INVERSE[n - 1])));
  }
  for (let n = 28; n >= 2; n -= 2) {
    cosine = add([1, 0], multiply(multiply(cosine, minus), multiply(INVERSE[n], INVERSE[n - 1])));
  }
  const [high, low] = multiply(sine, angle);
  const sin = high + low;
  const cos = cosine[0] + cosine[1];
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return [sin, cos];
    case 1:
      return [cos, -sin];
    case 2:
      return [-sin, -cos];
    default:
      return [-cos, sin];
  }
}
