// softmax and log_softmax of rows of float32, their gradients, and sums over rows, as the loops in TypeScript compute
// them: in double precision along a row, from its first number to its last, and rounded once.
import { expOfAll, logOfOne } from "./elementary";
import { high, low, rounded } from "./pairs";

/** The largest number of a row; NaN before all. */
function largest(a: usize, n: i32): f64 {
  let most: f32 = -f32.POSITIVE_INFINITY;
  for (const end = a + (n << 2); a < end; a += 4) {
    const x = load<f32>(a);
    if (x > most || x != x) most = x;
    if (most != most) break;
  }
  return most;
}

/** exp(x - shift) of n numbers as doubles to `out`, whole groups of four; answers their sum. */
function exponentials(out: usize, a: usize, n: i32, shift: f64): f64 {
  const by = f64x2.splat(shift);
  let to = out;
  for (const end = a + (n << 2); a < end; a += 16, to += 32) {
    const x = v128.load(a);
    v128.store(to, expOfAll(f64x2.sub(low(x), by)));
    v128.store(to, expOfAll(f64x2.sub(high(x), by)), 16);
  }
  let sum: f64 = 0;
  for (const end = out + (n << 3); out < end; out += 8) sum += load<f64>(out);
  return sum;
}

/** Rows lie `n` apart in both; `scratch` has room for a row of doubles and three more. */
export function softmax(out: usize, a: usize, rows: i32, n: i32, scratch: usize): void {
  for (let i: i32 = 0; i < rows; i++, a += n << 2, out += n << 2) {
    const sum = f64x2.splat(exponentials(scratch, a, n, largest(a, n)));
    for (let j: i32 = 0; j < n; j += 4) {
      const from = scratch + (j << 3);
      v128.store(
        out + (j << 2),
        rounded(f64x2.div(v128.load(from), sum), f64x2.div(v128.load(from, 16), sum)),
      );
    }
  }
}

export function logSoftmax(out: usize, a: usize, rows: i32, n: i32, scratch: usize): void {
  for (let i: i32 = 0; i < rows; i++, a += n << 2, out += n << 2) {
    const most = largest(a, n);
    const sum = exponentials(scratch, a, n, most);
    const first = f64x2.splat(most);
    const second = f64x2.splat(logOfOne(sum));
    for (let j: i32 = 0; j < n; j += 4) {
      const x = v128.load(a + (j << 2));
      v128.store(
        out + (j << 2),
        rounded(
          f64x2.sub(f64x2.sub(low(x), first), second),
          f64x2.sub(f64x2.sub(high(x), first), second),
        ),
      );
    }
  }
}

/** y·(g − Σ g·y) */
export function softmaxBackward(out: usize, g: usize, y: usize, rows: i32, n: i32): void {
  for (let i: i32 = 0; i < rows; i++, g += n << 2, y += n << 2, out += n << 2) {
    let sum: f64 = 0;
    for (let j: i32 = 0; j < n; j++) sum += f64(load<f32>(g + (j << 2))) * f64(load<f32>(y + (j << 2)));
    const sums = f64x2.splat(sum);
    for (let j: i32 = 0; j < n; j += 4) {
      const grad = v128.load(g + (j << 2));
      const value = v128.load(y + (j << 2));
      v128.store(
        out + (j << 2),
        rounded(
          f64x2.mul(low(value), f64x2.sub(low(grad), sums)),
          f64x2.mul(high(value), f64x2.sub(high(grad), sums)),
        ),
      );
    }
  }
}

/** g − exp(y)·Σ g */
export function logSoftmaxBackward(out: usize, g: usize, y: usize, rows: i32, n: i32): void {
  for (let i: i32 = 0; i < rows; i++, g += n << 2, y += n << 2, out += n << 2) {
    let sum: f64 = 0;
    for (let j: i32 = 0; j < n; j++) sum += f64(load<f32>(g + (j << 2)));
    const sums = f64x2.splat(sum);
    for (let j: i32 = 0; j < n; j += 4) {
      const grad = v128.load(g + (j << 2));
      const value = v128.load(y + (j << 2));
      v128.store(
        out + (j << 2),
        rounded(
          f64x2.sub(low(grad), f64x2.mul(expOfAll(low(value)), sums)),
          f64x2.sub(high(grad), f64x2.mul(expOfAll(high(value)), sums)),
        ),
      );
    }
  }
}

/**
 * Sums over fewer than 256 rows of `width` numbers that are `step` bytes apart, in groups of sixteen rows: PyTorch's
 * order (fewRowsSum in ../../sum.ts). `width` is a multiple of four.
 */
export function sumFewRows(out: usize, a: usize, step: i32, width: i32, rows: i32): void {
  const whole = rows & ~15;
  for (let k: i32 = 0; k < width; k += 4) {
    let total = f32x4.splat(0);
    let at = a + (k << 2);
    for (let from: i32 = 0; from < rows; from += 16) {
      const to = from < whole ? from + 16 : rows;
      let sum = f32x4.splat(0);
      for (let i = from; i < to; i++, at += step) sum = f32x4.add(sum, v128.load(at));
      total = f32x4.add(total, sum);
    }
    v128.store(out + (k << 2), total);
  }
}
