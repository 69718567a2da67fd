// a * b + c rounded once, as C++ compilers write it for processors that can.

const SPLIT = 2 ** 27 + 1;

/** In double: the product's rounding error is computed (Dekker) and added at the end. */
export function fma(a: number, b: number, c: number): number {
  const product = a * b;
  if (!Number.isFinite(product) || !Number.isFinite(c)) return product + c;
  const bigA = SPLIT * a;
  const highA = bigA - (bigA - a);
  const lowA = a - highA;
  const bigB = SPLIT * b;
  const highB = bigB - (bigB - b);
  const lowB = b - highB;
  const productError = lowA * lowB - (product - highA * highB - lowA * highB - highA * lowB);
  const sum = product + c;
  const part = sum - product;
  const sumError = product - (sum - part) + (c - part);
  const correction = productError + sumError;
  return Number.isFinite(correction) ? sum + correction : sum;
}
