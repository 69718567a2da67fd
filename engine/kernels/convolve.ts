// Convolution over up to three dimensions by matrix products: the patches of an image as columns (im2col), and
// columns added back into an image (col2im), which is the same thing turned round.
import type { Data } from "../tensor/dtype";
import { gemm } from "./gemm";

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

/** Calls `visit` for every (place in columns, place in image) pair that lies inside the image. */
export function forEachPatchPlace(shape: PatchShape, visit: (column: number, image: number) => void): void {
  const { inChannels, image, kernel, out, stride, padding, dilation } = shape;
  const [depth, height, width] = image;
  const [outDepth, outHeight, outWidth] = out;
  let row = 0;
  for (let c = 0; c < inChannels; c++) {
    for (let kz = 0; kz < kernel[0]; kz++) {
      for (let ky = 0; ky < kernel[1]; ky++) {
        for (let kx = 0; kx < kernel[2]; kx++, row++) {
          for (let oz = 0; oz < outDepth; oz++) {
            const z = oz * stride[0] - padding[0] + kz * dilation[0];
            if (z < 0 || z >= depth) continue;
            for (let oy = 0; oy < outHeight; oy++) {
              const y = oy * stride[1] - padding[1] + ky * dilation[1];
              if (y < 0 || y >= height) continue;
              const at = ((row * outDepth + oz) * outHeight + oy) * outWidth;
              const line = ((c * depth + z) * height + y) * width;
              for (let ox = 0; ox < outWidth; ox++) {
                const x = ox * stride[2] - padding[2] + kx * dilation[2];
                if (x >= 0 && x < width) visit(at + ox, line + x);
              }
            }
          }
        }
      }
    }
  }
}

/**
 * `out[n, g·outChannels + o] = Σ weight[g·outChannels + o] · patches of image[n, group g]`.
 * All arrays are row-major; `weight` is [groups·outChannels, inChannels, kernel…].
 */
export function convolve(
  shape: ConvolutionShape,
  image: Data,
  weight: Data,
  out: Data,
  pause: () => void,
): void {
  const { batch, groups, inChannels, outChannels } = shape;
  const depth = inChannels * volume(shape.kernel);
  const places = volume(shape.out);
  const size = volume(shape.image);
  const columns = new (image.constructor as new (length: number) => Data)(depth * places);
  const to = columns as Float64Array;
  const from = image as Float64Array;
  for (let n = 0; n < batch; n++) {
    for (let g = 0; g < groups; g++) {
      pause();
      const offset = (n * groups + g) * inChannels * size;
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
  const { batch, groups, inChannels, outChannels } = shape;
  const depth = inChannels * volume(shape.kernel);
  const places = volume(shape.out);
  const size = volume(shape.image);
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
      const offset = (n * groups + g) * inChannels * size;
      forEachPatchPlace(shape, (column, at) => {
        to[offset + at] += from[column];
      });
    }
  }
}
