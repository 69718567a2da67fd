// The largest number of each window of an image, and numbers sent back to where those stood. Images lie one after
// the other; windows of fewer than three dimensions are one place deep.
import type { Data } from "../tensor/dtype";

/** For each window along one dimension, the places that it reads. */
export type Reads = readonly Int32Array[];

/** How far apart neighbours along depth and height are, and images. */
export interface ImageSteps {
  readonly width: number;
  readonly plane: number;
  readonly image: number;
}

/**
 * Writes each window's largest number (the first of equals; the last NaN before all) to `values`, and its place in
 * its image to `indices`. A window that reads nothing is not written.
 */
export function largestOfWindows(
  data: Data,
  { width, plane, image }: ImageSteps,
  [zs, ys, xs]: readonly [Reads, Reads, Reads],
  values: Data,
  indices: BigInt64Array,
): void {
  const from = data as Float64Array;
  const to = values as Float64Array;
  // Low words of the 64-bit numbers: making a bigint of each costs more than the search.
  const places = new Int32Array(indices.buffer, indices.byteOffset, indices.length * 2);
  let o = 0;
  for (let base = 0; base < from.length; base += image) {
    for (const zRow of zs) {
      for (const yRow of ys) {
        for (let w = 0; w < xs.length; w++) {
          const xRow = xs[w];
          let best = -1;
          let most = Number.NaN;
          for (let z = 0; z < zRow.length; z++) {
            for (let y = 0; y < yRow.length; y++) {
              const line = base + zRow[z] * plane + yRow[y] * width;
              for (let x = 0; x < xRow.length; x++) {
                const at = line + xRow[x];
                const value = from[at];
                // Only NaN differs from itself.
                if (best < 0 || value > most || value !== value) {
                  best = at;
                  most = value;
                }
              }
            }
          }
          to[o] = most;
          places[2 * o++] = best - base;
        }
      }
    }
  }
}

/** Sends each of `numbers` to its place among the `image` numbers of its own image; `add`: those that meet are added. */
export function sendBack(
  numbers: Data,
  indices: BigInt64Array,
  pooled: number,
  to: Data,
  image: number,
  add: boolean,
): void {
  const from = numbers as Float64Array;
  const out = to as Float64Array;
  const words = new Int32Array(indices.buffer, indices.byteOffset, indices.length * 2);
  for (let i = 0, base = 0; i < from.length; base += image) {
    for (const end = i + pooled; i < end; i++) {
      const at = base + (words[2 * i] >>> 0) + words[2 * i + 1] * 2 ** 32;
      out[at] = add ? out[at] + from[i] : from[i];
    }
  }
}
