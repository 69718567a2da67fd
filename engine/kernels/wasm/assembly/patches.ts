// The patches of an image as columns, and columns added back into an image, as in ../../convolve.ts: float32, with
// what describes the patches as whole numbers in memory.

// Places of the numbers in a shape: channels; then depth, height, width of image, kernel, number of patches, stride,
// padding and dilation.
const IMAGE: i32 = 1;
const KERNEL: i32 = 4;
const OUT: i32 = 7;
const STRIDE: i32 = 10;
const PADDING: i32 = 13;
const DILATION: i32 = 16;

// @ts-expect-error: decorator
@inline
function entry(shape: usize, list: i32, d: i32): i32 {
  return load<i32>(shape + ((list + d) << 2));
}

/** The first patch whose place k·dilation along a dimension is inside the image. */
function firstInside(stride: i32, shift: i32): i32 {
  return shift >= 0 ? 0 : (-shift + stride - 1) / stride;
}

/** One behind the last of them. */
function endInside(stride: i32, shift: i32, size: i32, count: i32): i32 {
  const last = size - 1 - shift;
  return last < 0 ? 0 : min(count, last / stride + 1);
}

/** Writes rows of `width` floats to `columns`: one row for each channel and place in the kernel. */
export function unfold(shape: usize, image: usize, columns: usize, width: i32): void {
  walk(shape, image, columns, width, false);
}

/** Adds to `image` what `unfold` would have taken from it. */
export function fold(shape: usize, image: usize, columns: usize, width: i32): void {
  walk(shape, image, columns, width, true);
}

function walk(shape: usize, image: usize, columns: usize, width: i32, back: bool): void {
  const channels = load<i32>(shape);
  const depth = entry(shape, IMAGE, 0);
  const height = entry(shape, IMAGE, 1);
  const across = entry(shape, IMAGE, 2);
  const outDepth = entry(shape, OUT, 0);
  const outHeight = entry(shape, OUT, 1);
  const outAcross = entry(shape, OUT, 2);
  const strideZ = entry(shape, STRIDE, 0);
  const strideY = entry(shape, STRIDE, 1);
  const strideX = entry(shape, STRIDE, 2);
  const line = across << 2;
  const plane = height * line;
  const outLine = outAcross << 2;
  let row = columns;
  for (let c: i32 = 0; c < channels; c++, image += depth * plane) {
    for (let kz: i32 = 0; kz < entry(shape, KERNEL, 0); kz++) {
      const shiftZ = kz * entry(shape, DILATION, 0) - entry(shape, PADDING, 0);
      const fromZ = firstInside(strideZ, shiftZ);
      const toZ = endInside(strideZ, shiftZ, depth, outDepth);
      for (let ky: i32 = 0; ky < entry(shape, KERNEL, 1); ky++) {
        const shiftY = ky * entry(shape, DILATION, 1) - entry(shape, PADDING, 1);
        const fromY = firstInside(strideY, shiftY);
        const toY = endInside(strideY, shiftY, height, outHeight);
        for (let kx: i32 = 0; kx < entry(shape, KERNEL, 2); kx++, row += width << 2) {
          const shiftX = kx * entry(shape, DILATION, 2) - entry(shape, PADDING, 2);
          const fromX = firstInside(strideX, shiftX);
          const toX = endInside(strideX, shiftX, across, outAcross);
          if (!back) memory.fill(row, 0, width << 2);
          for (let z = fromZ; z < toZ; z++) {
            for (let y = fromY; y < toY; y++) {
              const inner = row + (z * outHeight + y) * outLine + (fromX << 2);
              const place = image + (z * strideZ + shiftZ) * plane + (y * strideY + shiftY) * line;
              const start = place + ((fromX * strideX + shiftX) << 2);
              if (back) give(inner, start, toX - fromX, strideX);
              else take(inner, start, toX - fromX, strideX);
            }
          }
        }
      }
    }
  }
}

function take(to: usize, from: usize, count: i32, stride: i32): void {
  const end = to + (count << 2);
  if (stride == 1) {
    for (; to + 16 <= end; to += 16, from += 16) v128.store(to, v128.load(from));
  }
  for (const step = stride << 2; to < end; to += 4, from += step) store<f32>(to, load<f32>(from));
}

function give(from: usize, to: usize, count: i32, stride: i32): void {
  const end = from + (count << 2);
  if (stride == 1) {
    for (; from + 16 <= end; to += 16, from += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
  }
  for (const step = stride << 2; from < end; from += 4, to += step) {
    store<f32>(to, load<f32>(to) + load<f32>(from));
  }
}

/** Moves rows of `width` together so that only their first n floats stay, and adds one number to each row. */
export function closeRows(c: usize, m: i32, n: i32, width: i32, bias: usize): void {
  let to = c;
  for (let i: i32 = 0; i < m; i++, to += n << 2) {
    const from = c + ((i * width) << 2);
    if (to != from) memory.copy(to, from, n << 2);
    if (bias == 0) continue;
    const value = load<f32>(bias + (i << 2));
    const values = f32x4.splat(value);
    let at = to;
    const end = to + (n << 2);
    for (; at + 16 <= end; at += 16) v128.store(at, f32x4.add(v128.load(at), values));
    for (; at < end; at += 4) store<f32>(at, load<f32>(at) + value);
  }
}
