// Convolution over up to three dimensions by matrix products: the patches of an image as columns (im2col), and
// columns added back into an image (col2im), which is the same thing turned round.
import type { Data } from "../tensor/dtype";
import { gemm } from "./gemm";
import type { Floats } from "./iterate";
import * as wasm from "./wasm/convolution";
import { wasm as settings } from "./wasm/module";

/** Depth, height, width; fewer dimensions have size 1 in front. */
export type Triple = readonly [number, number, number];

/** How patches lie over one image. */
export interface PatchShape {
  inChannels: number;
  image: Triple;
  kernel: Triple;
  /** How many patches there are along each dimension. */
  out: Triple;
  stride: Triple;
  padding: Triple;
  dilation: Triple;
}

export interface ConvolutionShape extends PatchShape {
  batch: number;
  groups: number;
  /** Channels of one group of the image that has patches (inChannels), and of the other side. */
  outChannels: number;
}

const volume = ([depth, height, width]: Triple) => depth * height * width;

/** The patches along one dimension whose place `shift` (k·dilation − padding) further is inside the image. */
function inside(stride: number, shift: number, size: number, count: number): [from: number, to: number] {
  const last = size - 1 - shift;
  return [
    shift >= 0 ? 0 : Math.ceil(-shift / stride),
    last < 0 ? 0 : Math.min(count, Math.floor(last / stride) + 1),
  ];
}

/**
 * Calls `visit` for every run of places that lie side by side in the columns and inside the image: where it begins
 * in both, how long it is, and how far apart its places in the image are.
 */
function forEachPatchRun(
  shape: PatchShape,
  visit: (column: number, image: number, count: number, step: number) => void,
): void {
  const { inChannels, image, kernel, out, stride, padding, dilation } = shape;
  const [depth, height, width] = image;
  const [outDepth, outHeight, outWidth] = out;
  const along = (d: 0 | 1 | 2, k: number) => {
    const shift = k * dilation[d] - padding[d];
    return { shift, range: inside(stride[d], shift, image[d], out[d]) };
  };
  let row = 0;
  for (let c = 0; c < inChannels; c++) {
    for (let kz = 0; kz < kernel[0]; kz++) {
      const z = along(0, kz);
      for (let ky = 0; ky < kernel[1]; ky++) {
        const y = along(1, ky);
        for (let kx = 0; kx < kernel[2]; kx++, row++) {
          const x = along(2, kx);
          const [from, to] = x.range;
          if (from >= to) continue;
          for (let oz = z.range[0]; oz < z.range[1]; oz++) {
            const plane = (c * depth + oz * stride[0] + z.shift) * height;
            for (let oy = y.range[0]; oy < y.range[1]; oy++) {
              const line = (plane + oy * stride[1] + y.shift) * width;
              const at = ((row * outDepth + oz) * outHeight + oy) * outWidth;
              visit(at + from, line + from * stride[2] + x.shift, to - from, stride[2]);
            }
          }
        }
      }
    }
  }
}

/** Writes the patches of the image that begins at `offset` to columns that hold zeros where no patch is inside. */
export function takePatches(shape: PatchShape, image: Data, offset: number, columns: Data, start = 0): void {
  const from = image as Float64Array;
  const to = columns as Float64Array;
  forEachPatchRun(shape, (column, place, count, step) => {
    for (let i = 0, at = offset + place; i < count; i++, at += step) to[start + column + i] = from[at];
  });
}

/** Adds columns to the image that begins at `offset`, where `takePatches` would have taken them from. */
export function givePatches(shape: PatchShape, image: Data, offset: number, columns: Data, start = 0): void {
  const to = image as Float64Array;
  const from = columns as Float64Array;
  forEachPatchRun(shape, (column, place, count, step) => {
    for (let i = 0, at = offset + place; i < count; i++, at += step) to[at] += from[start + column + i];
  });
}

/** Whether all are float32: then WASM may do it. */
function areFloat32(operands: Record<"image" | "weight" | "small", Data>): operands is wasm.Operands {
  return Object.values(operands).every((data) => data instanceof Float32Array);
}

/** As the product of matrices does: what is tiny, or a single row or column, is added up in double precision. */
function isTiny({ outChannels, inChannels, kernel, out }: ConvolutionShape): boolean {
  const places = volume(out);
  return (
    outChannels === 1 || places === 1 || outChannels * inChannels * volume(kernel) * places <= settings.tiny
  );
}

/**
 * `out[n, g·outChannels + o] = Σ weight[g·outChannels + o] · patches of image[n, group g] + bias`.
 * All arrays are row-major; `weight` is [groups·outChannels, inChannels, kernel…].
 */
export function convolve(
  shape: ConvolutionShape,
  image: Data,
  weight: Data,
  bias: Data | null,
  out: Data,
  pause: () => void,
): void {
  const operands = { image, weight, small: out };
  if (!isTiny(shape) && areFloat32(operands)) {
    if (wasm.convolve(shape, operands, bias as Float32Array | null, pause)) return;
  }
  const { batch, groups, inChannels, outChannels } = shape;
  const depth = inChannels * volume(shape.kernel);
  const places = volume(shape.out);
  const size = volume(shape.image);
  const columns = new (image.constructor as new (length: number) => Data)(depth * places);
  for (let n = 0; n < batch; n++) {
    for (let g = 0; g < groups; g++) {
      pause();
      // What lies outside the image stays as it is in every patch: zero.
      takePatches(shape, image, (n * groups + g) * inChannels * size, columns);
      gemm(
        outChannels,
        places,
        depth,
        { data: weight, offset: g * outChannels * depth, rowStride: depth, columnStride: 1 },
        { data: columns, offset: 0, rowStride: places, columnStride: 1 },
        out,
        (n * groups + g) * outChannels * places,
        pause,
      );
    }
  }
  if (bias) addBias(out as Float64Array, bias as Float64Array, places);
}

/** Each number of the bias to its channel. */
export function addBias(out: Float64Array, bias: Float64Array, places: number): void {
  for (let row = 0, at = 0; at < out.length; row++) {
    const value = bias[row % bias.length];
    for (const end = at + places; at < end; at++) out[at] += value;
  }
}

/**
 * The transpose: `image[n, group g] += patches of weightᵀ · small[n, g·outChannels + o]`.
 * `small` is what `convolve` would have given, `image` (of zeros) what it would have read.
 */
export function convolveTransposed(
  shape: ConvolutionShape,
  small: Data,
  weight: Data,
  image: Data,
  pause: () => void,
): void {
  const operands = { image, weight, small };
  if (!isTiny(shape) && areFloat32(operands) && wasm.convolveTransposed(shape, operands, pause)) return;
  const { batch, groups, inChannels, outChannels } = shape;
  const depth = inChannels * volume(shape.kernel);
  const places = volume(shape.out);
  const size = volume(shape.image);
  const isWhole = image instanceof BigInt64Array;
  const columns: Data = isWhole ? new BigInt64Array(depth * places) : new Float64Array(depth * places);
  for (let n = 0; n < batch; n++) {
    for (let g = 0; g < groups; g++) {
      pause();
      gemm(
        depth,
        places,
        outChannels,
        { data: weight, offset: g * outChannels * depth, rowStride: 1, columnStride: depth },
        { data: small, offset: (n * groups + g) * outChannels * places, rowStride: places, columnStride: 1 },
        columns,
        0,
        pause,
      );
      givePatches(shape, image, (n * groups + g) * inChannels * size, columns);
    }
  }
}

/** The gradient for the weight: `weight[g·outChannels + o] = Σ over n of small[n, …] · (patches of image[n, …])ᵀ`. */
export function convolveWeight(
  shape: ConvolutionShape,
  image: Floats,
  small: Floats,
  weight: Floats,
  pause: () => void,
): void {
  const operands = { image, weight, small };
  if (!isTiny(shape) && areFloat32(operands) && wasm.convolveWeight(shape, operands, pause)) return;
  const { batch, groups, inChannels, outChannels } = shape;
  const depth = inChannels * volume(shape.kernel);
  const places = volume(shape.out);
  const size = volume(shape.image);
  const columns = new Float64Array(depth * places);
  const part = new Float64Array(outChannels * depth);
  const sums = new Float64Array(groups * outChannels * depth);
  for (let n = 0; n < batch; n++) {
    for (let g = 0; g < groups; g++) {
      pause();
      takePatches(shape, image, (n * groups + g) * inChannels * size, columns);
      gemm(
        outChannels,
        depth,
        places,
        { data: small, offset: (n * groups + g) * outChannels * places, rowStride: places, columnStride: 1 },
        { data: columns, offset: 0, rowStride: 1, columnStride: places },
        part,
        0,
        pause,
      );
      for (let i = 0, at = g * part.length; i < part.length; i++, at++) sums[at] += part[i];
    }
  }
  weight.set(sums);
}
