// One step of an LSTM for a batch, forwards and back: what its operators would do to each number, rounded where each
// of them rounds. Rows hold the gates i, f, g, o one after the other, `size` numbers each; size is 4 or more, and the
// last group of four overlaps the one before where it does not come out even, so nothing is both read and written.
import { high, low, rounded } from "./pairs";
import { tanh as tanhOf } from "./elementary";
import { logistic } from "./pointwise";

// @ts-expect-error: decorator
@inline
function tanh(x: v128): v128 {
  return rounded(tanhOf(low(x)), tanhOf(high(x)));
}

// @ts-expect-error: decorator
@inline
function summed(product: usize, bias: usize, input: usize, inputBias: usize): v128 {
  const fromHidden = f32x4.add(v128.load(product), v128.load(bias));
  return f32x4.add(fromHidden, f32x4.add(v128.load(input), v128.load(inputBias)));
}

/**
 * From the products of the hidden state and of the input (both in rows of `width`), each with its bias: the gates, the
 * next cell state, its tanh and the next hidden state.
 */
export function lstmForward(
  batch: i32,
  size: i32,
  products: usize,
  width: i32,
  bias: usize,
  inputs: usize,
  inputBias: usize,
  cell: usize,
  gates: usize,
  nextCell: usize,
  tanhs: usize,
  hidden: usize,
): void {
  const step = size << 2;
  for (let b: i32 = 0; b < batch; b++) {
    for (let j: i32 = 0; j < size; j += 4) {
      const at = min(j, size - 4) << 2;
      const product = products + at;
      const other = bias + at;
      const input = inputs + at;
      const added = inputBias + at;
      const gate = gates + at;
      const i = logistic(summed(product, other, input, added));
      const f = logistic(summed(product + step, other + step, input + step, added + step));
      const g = tanh(summed(product + 2 * step, other + 2 * step, input + 2 * step, added + 2 * step));
      const o = logistic(summed(product + 3 * step, other + 3 * step, input + 3 * step, added + 3 * step));
      v128.store(gate, i);
      v128.store(gate + step, f);
      v128.store(gate + 2 * step, g);
      v128.store(gate + 3 * step, o);
      const c = f32x4.add(f32x4.mul(f, v128.load(cell + at)), f32x4.mul(i, g));
      v128.store(nextCell + at, c);
      const t = tanh(c);
      v128.store(tanhs + at, t);
      v128.store(hidden + at, f32x4.mul(o, t));
    }
    products += width << 2;
    inputs += width << 2;
    gates += 4 * step;
    cell += step;
    nextCell += step;
    tanhs += step;
    hidden += step;
  }
}

// @ts-expect-error: decorator
@inline
function throughLogistic(grad: v128, y: v128): v128 {
  return f32x4.mul(f32x4.mul(grad, f32x4.sub(f32x4.splat(1), y)), y);
}

// @ts-expect-error: decorator
@inline
function throughTanh(grad: v128, y: v128): v128 {
  return f32x4.mul(grad, f32x4.sub(f32x4.splat(1), f32x4.mul(y, y)));
}

/**
 * From the gradients of the output and of the next hidden (rows of `width`) and cell states: those of the gates'
 * sums and of the cell state before.
 */
export function lstmBackward(
  batch: i32,
  size: i32,
  output: usize,
  hidden: usize,
  width: i32,
  nextCell: usize,
  gates: usize,
  cell: usize,
  tanhs: usize,
  sums: usize,
  previous: usize,
): void {
  const step = size << 2;
  for (let b: i32 = 0; b < batch; b++) {
    for (let j: i32 = 0; j < size; j += 4) {
      const at = min(j, size - 4) << 2;
      const gate = gates + at;
      const i = v128.load(gate);
      const f = v128.load(gate + step);
      const g = v128.load(gate + 2 * step);
      const o = v128.load(gate + 3 * step);
      const t = v128.load(tanhs + at);
      const dh = f32x4.add(v128.load(output + at), v128.load(hidden + at));
      const dc = f32x4.add(v128.load(nextCell + at), throughTanh(f32x4.mul(dh, o), t));
      const sum = sums + at;
      v128.store(sum, throughLogistic(f32x4.mul(dc, g), i));
      v128.store(sum + step, throughLogistic(f32x4.mul(dc, v128.load(cell + at)), f));
      v128.store(sum + 2 * step, throughTanh(f32x4.mul(dc, i), g));
      v128.store(sum + 3 * step, throughLogistic(f32x4.mul(dh, t), o));
      v128.store(previous + at, f32x4.mul(dc, f));
    }
    output += step;
    hidden += width << 2;
    nextCell += step;
    gates += 4 * step;
    cell += step;
    tanhs += step;
    sums += 4 * step;
    previous += step;
  }
}

/** Adds up the columns of `rows` rows of n numbers, the last row first. */
export function columnSums(out: usize, a: usize, rows: i32, n: i32): void {
  memory.fill(out, 0, n << 2);
  for (let i = rows - 1; i >= 0; i--) {
    let from = a + ((i * n) << 2);
    let to = out;
    const end = out + (n << 2);
    for (; to + 16 <= end; to += 16, from += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
    for (; to < end; to += 4, from += 4) store<f32>(to, load<f32>(to) + load<f32>(from));
  }
}
