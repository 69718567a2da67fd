// Convolutions of float32 in WASM: an image, its patches as columns and the products with the weight, one image and
// group at a time, without leaving the module's memory in between.
import type { ConvolutionShape, Triple } from "../convolve";
import { borrow, firstAddress, type Kernels, kernels, wasm } from "./module";

/** Floats in the module's memory at a time (64 MB). */
const LIMIT = 1 << 24;

/** A convolution's numbers; all arrays are row-major, `weight` is [groups·outChannels, inChannels, kernel…]. */
export interface Operands {
  /** The side that patches are cut from. */
  image: Float32Array;
  weight: Float32Array;
  /** One number per patch and channel. */
  small: Float32Array;
}

const volume = ([depth, height, width]: Triple) => depth * height * width;
const lines = (floats: number) => (floats + 15) & ~15;

/** Where everything stands in memory, in floats. */
interface Plan {
  kernels: Kernels;
  memory: Float32Array;
  /** Rows of columns are this long: whole registers. */
  width: number;
  imageSize: number;
  places: number;
  depth: number;
  shape: number;
  image: number;
  columns: number;
  weight: number;
  small: number;
  bias: number;
  packing: number;
}

function plan(given: ConvolutionShape): Plan | null {
  if (kernels === null || !wasm.used) return null;
  const { inChannels, outChannels } = given;
  const imageSize = inChannels * volume(given.image);
  const places = volume(given.out);
  const depth = inChannels * volume(given.kernel);
  if (imageSize === 0 || places === 0 || depth === 0 || outChannels === 0) return null;
  const width = kernels.paddedColumns(places);
  const weightWidth = kernels.paddedColumns(depth);
  const parts = {
    shape: 32,
    image: lines(imageSize),
    columns: lines(kernels.paddedRows(depth) * width),
    weight: lines(kernels.paddedRows(outChannels) * weightWidth),
    small: lines(kernels.paddedRows(outChannels) * width),
    bias: lines(outChannels),
  };
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0);
  if (total > LIMIT) return null;
  const memory = borrow(total * 4 + kernels.packingBytes(Math.max(width, weightWidth)));
  let at = firstAddress() >> 2;
  const next = (part: number) => {
    at += part;
    return at - part;
  };
  const shape = next(parts.shape);
  const { image, kernel, out, stride, padding, dilation } = given;
  new Int32Array(memory.buffer, shape << 2, 19).set([
    inChannels,
    ...image,
    ...kernel,
    ...out,
    ...stride,
    ...padding,
    ...dilation,
  ]);
  return {
    kernels,
    memory,
    width,
    imageSize,
    places,
    depth,
    shape,
    image: next(parts.image),
    columns: next(parts.columns),
    weight: next(parts.weight),
    small: next(parts.small),
    bias: next(parts.bias),
    packing: at,
  };
}

/** Calls `visit` with image and group, in the order in which they lie in memory. */
function forEachPart(
  { batch, groups }: ConvolutionShape,
  visit: (part: number, group: number) => void,
): void {
  for (let n = 0; n < batch; n++) for (let g = 0; g < groups; g++) visit(n * groups + g, g);
}

/** `small` = weight · patches of `image`, plus a number for each channel. False where it is not done here. */
export function convolve(
  shape: ConvolutionShape,
  { image, weight, small }: Operands,
  bias: Float32Array | null,
  pause: () => void,
): boolean {
  const p = plan(shape);
  if (p === null) return false;
  const { memory, depth, places, imageSize, width } = p;
  const { outChannels, groups } = shape;
  const [weights, results] = [outChannels * depth, outChannels * places];
  forEachPart(shape, (part, g) => {
    pause();
    if (groups > 1 || part === 0) {
      memory.set(weight.subarray(g * weights, (g + 1) * weights), p.weight);
      if (bias) memory.set(bias.subarray(g * outChannels, (g + 1) * outChannels), p.bias);
    }
    memory.set(image.subarray(part * imageSize, (part + 1) * imageSize), p.image);
    p.kernels.unfold(p.shape << 2, p.image << 2, p.columns << 2, places);
    multiply(p, outChannels, places, depth, [p.weight, depth, 1], [p.columns, places, 1], p.small, false);
    p.kernels.closeRows(p.small << 2, outChannels, places, width, bias ? p.bias << 2 : 0);
    small.set(memory.subarray(p.small, p.small + results), part * results);
  });
  return true;
}

/** `image` += patches of weightᵀ · `small`, added up into an image of zeros. */
export function convolveTransposed(
  shape: ConvolutionShape,
  { image, weight, small }: Operands,
  pause: () => void,
): boolean {
  const p = plan(shape);
  if (p === null) return false;
  const { memory, depth, places, imageSize, width } = p;
  const { outChannels, groups } = shape;
  const [weights, results] = [outChannels * depth, outChannels * places];
  forEachPart(shape, (part, g) => {
    pause();
    if (groups > 1 || part === 0) memory.set(weight.subarray(g * weights, (g + 1) * weights), p.weight);
    memory.set(small.subarray(part * results, (part + 1) * results), p.small);
    multiply(p, depth, places, outChannels, [p.weight, 1, depth], [p.small, places, 1], p.columns, false);
    memory.fill(0, p.image, p.image + imageSize);
    p.kernels.fold(p.shape << 2, p.image << 2, p.columns << 2, width);
    image.set(memory.subarray(p.image, p.image + imageSize), part * imageSize);
  });
  return true;
}

/** `weight` = Σ over images of `small` · (patches of `image`)ᵀ. */
export function convolveWeight(
  shape: ConvolutionShape,
  { image, weight, small }: Operands,
  pause: () => void,
): boolean {
  const p = plan(shape);
  if (p === null) return false;
  const { memory, depth, places, imageSize } = p;
  const { outChannels, groups, batch } = shape;
  const [weights, results] = [outChannels * depth, outChannels * places];
  for (let g = 0; g < groups; g++) {
    for (let n = 0; n < batch; n++) {
      pause();
      const part = n * groups + g;
      memory.set(image.subarray(part * imageSize, (part + 1) * imageSize), p.image);
      memory.set(small.subarray(part * results, (part + 1) * results), p.small);
      p.kernels.unfold(p.shape << 2, p.image << 2, p.columns << 2, places);
      multiply(p, outChannels, depth, places, [p.small, places, 1], [p.columns, 1, places], p.weight, n > 0);
    }
    if (batch === 0) continue;
    p.kernels.closeRows(p.weight << 2, outChannels, depth, p.kernels.paddedColumns(depth), 0);
    weight.set(memory.subarray(p.weight, p.weight + weights), g * weights);
  }
  return true;
}

/** A matrix in memory: where it begins, and the steps from row to row and from column to column. */
type Matrix = readonly [at: number, row: number, column: number];

function multiply(
  { kernels: { gemm }, packing }: Plan,
  m: number,
  n: number,
  k: number,
  a: Matrix,
  b: Matrix,
  c: number,
  add: boolean,
): void {
  gemm(m, n, k, a[0] << 2, a[1], a[2], b[0] << 2, b[1], b[2], c << 2, packing << 2, add);
}
