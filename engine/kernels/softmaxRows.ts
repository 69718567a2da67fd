// softmax and log_softmax along one dimension of row-major data, and their gradients. Sums are in double
// precision; the largest element is taken away first, so that nothing overflows.
import type { Blocks } from "./alongDim";
import { forEachLine } from "./alongDim";
import { softmaxBackwardRows, softmaxRows } from "./wasm/rows";

type Floats = Float32Array | Float64Array;

export function softmaxLines(x: Floats, blocks: Blocks, out: Floats): void {
  const { size } = blocks;
  if (blocks.inner === 1 && softmaxRows("softmax", out, x, blocks.outer, size)) return;
  const scratch = new Float64Array(size);
  forEachLine(blocks, (start, step) => {
    const max = largest(x, start, step, size);
    let sum = 0;
    for (let i = 0, at = start; i < size; i++, at += step) {
      scratch[i] = Math.exp(x[at] - max);
      sum += scratch[i];
    }
    for (let i = 0, at = start; i < size; i++, at += step) out[at] = scratch[i] / sum;
  });
}

export function logSoftmaxLines(x: Floats, blocks: Blocks, out: Floats): void {
  const { size } = blocks;
  if (blocks.inner === 1 && softmaxRows("logSoftmax", out, x, blocks.outer, size)) return;
  forEachLine(blocks, (start, step) => {
    const max = largest(x, start, step, size);
    let sum = 0;
    for (let i = 0, at = start; i < size; i++, at += step) sum += Math.exp(x[at] - max);
    const shift = Math.log(sum);
    for (let i = 0, at = start; i < size; i++, at += step) out[at] = x[at] - max - shift;
  });
}

function largest(x: Floats, start: number, step: number, size: number): number {
  let max = Number.NEGATIVE_INFINITY;
  for (let i = 0, at = start; i < size; i++, at += step) {
    // NaN wins, as in C++'s vectorised max.
    if (x[at] > max || Number.isNaN(x[at])) max = x[at];
    if (Number.isNaN(max)) break;
  }
  return max;
}

/** y·(g − Σ g·y). */
export function softmaxGradLines(g: Floats, y: Floats, blocks: Blocks, out: Floats): void {
  const { size, outer, inner } = blocks;
  if (inner === 1 && softmaxBackwardRows("softmaxBackward", out, g, y, outer, size)) return;
  forEachLine(blocks, (start, step) => {
    let sum = 0;
    for (let i = 0, at = start; i < size; i++, at += step) sum += g[at] * y[at];
    for (let i = 0, at = start; i < size; i++, at += step) out[at] = y[at] * (g[at] - sum);
  });
}

/** g − exp(y)·Σ g. */
export function logSoftmaxGradLines(g: Floats, y: Floats, blocks: Blocks, out: Floats): void {
  const { size, outer, inner } = blocks;
  if (inner === 1 && softmaxBackwardRows("logSoftmaxBackward", out, g, y, outer, size)) return;
  forEachLine(blocks, (start, step) => {
    let sum = 0;
    for (let i = 0, at = start; i < size; i++, at += step) sum += g[at];
    for (let i = 0, at = start; i < size; i++, at += step) out[at] = g[at] - Math.exp(y[at]) * sum;
  });
}
