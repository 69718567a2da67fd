// Convolution over two dimensions by matrix products: the patches of an image as columns (im2col), and
// columns added back into an image (col2im), which is the same thing turned round.
import type { Data } from "../tensor/dtype";
import { gemm } from "./gemm";

export interface ConvolutionShape {
  batch: number;
  groups: number;
  /** Channels of one group of the image that has patches, and of the other side. */
  inChannels: number;
  outChannels: number;
  height: number;
  width: number;
  kernelHeight: number;
  kernelWidth: number;
  outHeight: number;
  outWidth: number;
  stride: readonly [number, number];
  padding: readonly [number, number];
  dilation: readonly [number, number];
}

/** Calls `visit` for every (place in columns, place in image) pair that lies inside the image. */
function forEachPatchPlace(shape: ConvolutionShape, visit: (column: number, image: number) => void): void {
  const { inChannels, height, width, kernelHeight, kernelWidth, outHeight, outWidth } = shape;
  const [strideY, strideX] = shape.stride;
  const [padY, padX] = shape.padding;
  const [stepY, stepX] = shape.dilation;
  let row = 0;
  for (let c = 0; c < inChannels; c++) {
    for (let ky = 0; ky < kernelHeight; ky++) {
      for (let kx = 0; kx < kernelWidth; kx++, row++) {
        for (let oy = 0; oy < outHeight; oy++) {
          const y = oy * strideY - padY + ky * stepY;
          if (y < 0 || y >= height) continue;
          const at = (row * outHeight + oy) * outWidth;
          const line = (c * height + y) * width;
          for (let ox = 0; ox < outWidth; ox++) {
            const x = ox * strideX - padX + kx * stepX;
            if (x >= 0 && x < width) visit(at + ox, line + x);
          }
        }
      }
    }
  }
}

/**
 * `out[n, g·outChannels + o] = Σ weight[g·outChannels + o] · patches of image[n, group g]`.
 * All arrays are row-major; `weight` is [groups·outChannels, inChannels, kernelHeight, kernelWidth].
 */
export function convolve(
  shape: ConvolutionShape,
  image: Data,
  weight: Data,
  out: Data,
  pause: () => void,
): void {
  const { batch, groups, inChannels, outChannels, height, width, outHeight, outWidth } = shape;
  const depth = inChannels * shape.kernelHeight * shape.kernelWidth;
  const places = outHeight * outWidth;
  const columns = new (image.constructor as new (length: number) => Data)(depth * places);
  const to = columns as Float64Array;
  const from = image as Float64Array;
  for (let n = 0; n < batch; n++) {
    for (let g = 0; g < groups; g++) {
      pause();
      const offset = (n * groups + g) * inChannels * height * width;
      // What lies outside the image stays as it is in every patch: zero.
      forEachPatchPlace(shape, (column, at) => {
        to[column] = from[offset + at];
      });
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
  const { batch, groups, inChannels, outChannels, height, width, outHeight, outWidth } = shape;
  const depth = inChannels * shape.kernelHeight * shape.kernelWidth;
  const places = outHeight * outWidth;
  const isWhole = image instanceof BigInt64Array;
  const columns: Data = isWhole ? new BigInt64Array(depth * places) : new Float64Array(depth * places);
  const from = columns as Float64Array;
  const to = image as Float64Array;
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
      const offset = (n * groups + g) * inChannels * height * width;
      forEachPatchPlace(shape, (column, at) => {
        to[offset + at] += from[column];
      });
    }
  }
}
